/*
 * Counting, logging, dropping, in table inet mudd.  Role: enforcer.  Input:
 * constants.
 */
#include "enforce/rules/dropchains.h"

#include "enforce/rules/expr.h"
#include "enforce/rules/schema.h"
#include "enforce/rules/writer.h"

static void
fill_drop_from(struct writer *to, const char *chain)
{
	struct nftnl_rule *rule;

	to->chain = chain;
	rule = writer_rule(to);
	expr_is_ether(rule, COMES_IN);
	expr_update_mac(rule, SOURCE, SET_DROPPED_FROM, WITH_COUNTER);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_is_ether(rule, COMES_IN);
	expr_update_mac(rule, SOURCE, "seen_from", WITH_LIMIT);
	expr_log(rule, LOG_FROM);
	writer_put(to, rule);
	writer_drop(to);
}

static void
note_drop_to(struct writer *to, unsigned int family, const char *dropped,
    const char *seen)
{
	struct nftnl_rule *rule;

	rule = writer_rule(to);
	expr_family(rule, family);
	expr_update_addr(rule, family, DESTINATION, dropped, WITH_COUNTER);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_family(rule, family);
	expr_update_addr(rule, family, DESTINATION, seen, WITH_LIMIT);
	expr_log(rule, LOG_TO);
	writer_put(to, rule);
}

static void
fill_drop_to(struct writer *to, const char *chain)
{
	to->chain = chain;
	note_drop_to(to, 4, SET_DROPPED_TO, "seen_to");
	note_drop_to(to, 6, SET_DROPPED_TO6, "seen_to6");
	writer_drop(to);
}

static void
log_stranger(struct writer *to, unsigned int family, const char *seen)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_THINGS, true);
	expr_mac_in(rule, SOURCE, SET_GATEWAY, true);
	expr_family(rule, family);
	expr_update_addr(rule, family, SOURCE, seen, WITH_LIMIT);
	expr_log(rule, LOG_SPOOF);
	writer_put(to, rule);
}

/* A spoofing Thing is named by its MAC, and so is the gateway in whose name a
 * frame came in; a stranger, who may use any, by the address that is not its
 * own. */
static void
fill_drop_spoof(struct writer *to)
{
	struct nftnl_rule *rule;

	to->chain = "drop_spoof";
	rule = writer_rule(to);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_THINGS, false);
	expr_update_mac(rule, SOURCE, SET_DROPPED_FROM, WITH_COUNTER);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_THINGS, false);
	expr_update_mac(rule, SOURCE, "seen_from", WITH_LIMIT);
	expr_log(rule, LOG_SPOOF);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_GATEWAY, false);
	expr_update_mac(rule, SOURCE, "seen_from", WITH_LIMIT);
	expr_log(rule, LOG_SPOOF);
	writer_put(to, rule);

	log_stranger(to, 4, "seen_spoof");
	log_stranger(to, 6, "seen_spoof6");
	writer_drop(to);
}

/* They count and log where the others drop, and what comes by goes on. */
static void
fill_watch(const struct writer *table)
{
	struct writer to = *table;

	to.monitor = true;
	fill_drop_from(&to, CHAIN_WATCH_FROM);
	fill_drop_to(&to, CHAIN_WATCH_TO);
}

void
dropchains_fill(struct writer *to)
{
	fill_drop_from(to, CHAIN_DROP_FROM);
	fill_drop_to(to, CHAIN_DROP_TO);
	fill_watch(to);
	fill_drop_spoof(to);
}
