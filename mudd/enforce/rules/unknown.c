/*
 * Unknown devices in table inet mudd.  Role: enforcer.  Input: constants, and
 * the number of a policy that the model holds.
 */
#include "enforce/rules/unknown.h"

#include <netinet/in.h> /* before linux/netfilter.h, which defines less */

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "enforce/rules/chains.h"
#include "enforce/rules/expr.h"
#include "enforce/rules/schema.h"
#include "enforce/rules/writer.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define CHAIN_UNKNOWN_FROM "unknown_from"
#define CHAIN_UNKNOWN_TO   "unknown_to"
#define SET_SEEN_FROM      "seen_unknown"
#define SET_SEEN_TO        "seen_unknown_to"

/* Neither MACs nor addresses of theirs are counted one by one: whoever makes
 * them up must not fill a set.  The log's sets let go of them by themselves,
 * and one that is full logs nothing more. */
/* clang-format off */
static const struct set_form sets[] = {
	{ SET_SEEN_FROM, KEY_MAC, 6, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC,
	    false },
	{ SET_SEEN_TO, KEY_IPV4, 4, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC,
	    false },
};
/* clang-format on */

/* Destination unreachable, time exceeded, parameter problem; no redirect. */
static const uint8_t errors4[] = { 3, 11, 12 };
/* The same, and packet too big. */
static const uint8_t errors6[] = { 1, 2, 3, 4 };

static void
fill_drops(struct writer *to)
{
	struct nftnl_rule *rule;

	writer_chain(to, CHAIN_DROP_UNKNOWN_FROM, NULL);
	rule = writer_rule(to);
	expr_is_ether(rule, COMES_IN);
	expr_update_mac(rule, SOURCE, SET_SEEN_FROM, WITH_LIMIT);
	expr_log(rule, LOG_UNKNOWN);
	writer_put(to, rule);
	writer_drop(to);

	writer_chain(to, CHAIN_DROP_UNKNOWN_TO, NULL);
	rule = writer_rule(to);
	expr_family(rule, 4);
	expr_update_addr(rule, 4, DESTINATION, SET_SEEN_TO, WITH_LIMIT);
	expr_log(rule, LOG_UNKNOWN);
	writer_put(to, rule);
	writer_drop(to);
}

/* Towards the gateway: what every host needs on its link comes first. */
static void
fill_in(struct writer *to)
{
	const struct ports server6 = { 547, 547, 0, 0 };
	struct nftnl_rule *rule;

	to->chain = CHAIN_UNKNOWN_IN;
	rule = writer_rule(to);
	expr_jump(rule, "infra");
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_family(rule, 6);
	expr_protocol(rule, IPPROTO_UDP);
	expr_ports(rule, DESTINATION, &server6);
	expr_accept(rule);
	writer_put(to, rule);

	/* Flows that the gateway itself has opened. */
	rule = writer_rule(to);
	expr_ct_established(rule);
	expr_ct_reply(rule, true);
	expr_accept(rule);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_goto(rule, CHAIN_UNKNOWN_FROM);
	writer_put(to, rule);
}

void
unknown_schema(struct writer *to)
{
	for (size_t i = 0; i < LENGTH(sets); i++)
		writer_set(to, &sets[i]);
	writer_chain(to, CHAIN_UNKNOWN_FROM, NULL);
	writer_chain(to, CHAIN_UNKNOWN_TO, NULL);
	writer_chain(to, CHAIN_UNKNOWN_IN, NULL);
	fill_drops(to);
	fill_in(to);
}

/* To an address on the LAN that is no Thing's. */
static struct nftnl_rule *
rule_to_unknown(const struct writer *to, unsigned int family)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_interface_in(rule, GOES_OUT, SET_LAN, false);
	expr_family(rule, family);
	expr_addr_in(
	    rule, family, DESTINATION, family == 4 ? SET_OWN4 : SET_OWN6, true);
	return rule;
}

/* The errors that a flow of theirs brings back, a path's MTU for one. What
 * they say about flows of others is their policy's to allow. */
static void
accept_errors(
    struct writer *to, unsigned int family, const uint8_t *types, size_t n)
{
	uint32_t id = ++to->set_id;
	struct nftnl_rule *rule;

	object_icmp_types(to->batch, to->family, id, family == 6, types, n);
	rule = rule_to_unknown(to, family);
	expr_interface_in(rule, COMES_IN, SET_LAN, true);
	expr_ct_related(rule);
	expr_protocol(rule, family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	expr_icmp_in(rule, id);
	expr_accept(rule);
	writer_put(to, rule);
}

void
unknown_forward(struct writer *to)
{
	static const unsigned int families[] = { 4, 6 };
	struct nftnl_rule *rule = writer_rule(to);

	expr_interface_in(rule, COMES_IN, SET_LAN, false);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_THINGS, true);
	expr_jump(rule, CHAIN_UNKNOWN_FROM);
	writer_put(to, rule);

	accept_errors(to, 4, errors4, LENGTH(errors4));
	accept_errors(to, 6, errors6, LENGTH(errors6));
	for (size_t i = 0; i < LENGTH(families); i++) {
		rule = rule_to_unknown(to, families[i]);
		expr_jump(rule, CHAIN_UNKNOWN_TO);
		writer_put(to, rule);
	}
}

static void
lead(struct batch *batch, const char *from, enum rule_chain chain,
    uint32_t policy)
{
	const struct about about = { from, policy };
	struct nftnl_rule *rule;
	char name[OBJECT_NAME];

	object_chain_flush(batch, NFPROTO_INET, from, about);
	rule = object_rule(NFPROTO_INET, from);
	expr_goto(rule, chains_name(chain, policy, name));
	object_rule_put(batch, rule, about);
}

void
unknown_write(struct batch *batch, uint32_t policy)
{
	lead(batch, CHAIN_UNKNOWN_FROM, CHAIN_FROM, policy);
	lead(batch, CHAIN_UNKNOWN_TO, CHAIN_TO, policy);
}
