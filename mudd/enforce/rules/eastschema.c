/*
 * The fixed part of the stateless path.  Role: enforcer.  Input: constants.
 *
 * A look-up in `dropped_from` or `things` of table bridge mudd counts a drop,
 * so these are asked where something is dropped, and once.
 */
#include "enforce/rules/eastschema.h"

#include <netinet/in.h> /* before linux/netfilter.h, which defines less */

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "enforce/rules/bridged.h"
#include "enforce/rules/dispatch.h"
#include "enforce/rules/expr.h"
#include "enforce/rules/expreast.h"
#include "enforce/rules/exproption.h"
#include "enforce/rules/linkschema.h"
#include "enforce/rules/schema.h"
#include "enforce/rules/writer.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* NF_BR_FORWARD, whose header does not go with <net/if.h>. */
#define BR_FORWARD 2

#define CHAIN_EAST  "east"
#define CHAIN_BLIND "east_blind"

/* Options of IPv4 (RFC 791 s3.1): loose and strict source route. */
static const uint8_t routes4[] = { 131, 137 };
/* Headers of IPv6 (RFC 8200 s4.4, s4.5). */
static const uint8_t headers6[] = { IPPROTO_FRAGMENT, IPPROTO_ROUTING };

/* clang-format off */
static const struct set_form sets[] = {
	{ SET_JUDGED, KEY_MAC, 6, 0, 0, 0, false },
	{ SET_LOCAL4, KEY_IPV4, 4, NFT_SET_INTERVAL, 0, 0, false },
	{ SET_LOCAL6, KEY_IPV6, 16, NFT_SET_INTERVAL, 0, 0, false },
	{ SET_SELF4, KEY_IPV4, 4, 0, 0, 0, false },
};
/* clang-format on */

static const uint8_t neighbour_types[] = { ICMPV6_NS, ICMPV6_NA };

static const unsigned int families[] = { 4, 6 };

/* The look-up alone counts. */
static void
count(const struct writer *to, enum end end)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_mac_in(
	    rule, end, end == SOURCE ? SET_DROPPED_FROM : SET_THINGS, false);
	writer_put(to, rule);
}

static void
fill_drop(struct writer *to, const char *chain, enum end end)
{
	struct nftnl_rule *rule;

	writer_chain(to, chain, NULL);
	count(to, end);
	rule = writer_rule(to);
	expr_goto(rule, end == SOURCE ? CHAIN_DROP_DENIED : CHAIN_DROP_TO);
	writer_put(to, rule);
}

static void
fill_watch(struct writer *to, const char *chain, enum end end)
{
	const bool from = end == SOURCE;
	struct nftnl_rule *rule;

	writer_chain(to, chain, NULL);
	count(to, end);
	rule = writer_rule(to);
	expr_update_mac(rule, end, from ? "seen_from" : "seen_to", WITH_LIMIT);
	expr_log(rule, from ? LOG_FROM : LOG_TO);
	writer_put(to, rule);
}

/* What tells too little of where it goes, of a Thing or to one. */
static void
fill_blind(struct writer *to)
{
	struct nftnl_rule *rule;

	writer_chain(to, CHAIN_BLIND, NULL);
	rule = writer_rule(to);
	expr_mac_in(rule, SOURCE, SET_DROPPED_FROM, false);
	expr_goto(rule, CHAIN_DROP_DENIED);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_mac_in(rule, DESTINATION, SET_THINGS, false);
	expr_goto(rule, CHAIN_DROP_TO);
	writer_put(to, rule);
}

static void
jump_blind(struct writer *to, struct nftnl_rule *rule)
{
	expr_jump(rule, CHAIN_BLIND);
	writer_put(to, rule);
}

static void
put_blind(struct writer *to)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_family(rule, 4);
	expr_is_fragment(rule);
	jump_blind(to, rule);
	for (size_t i = 0; i < LENGTH(routes4); i++) {
		rule = writer_rule(to);
		expr_family(rule, 4);
		expr_has_options(rule);
		expr_option_exists(rule, routes4[i]);
		jump_blind(to, rule);
	}
	for (size_t i = 0; i < LENGTH(headers6); i++) {
		rule = writer_rule(to);
		expr_family(rule, 6);
		expr_header_exists(rule, headers6[i]);
		jump_blind(to, rule);
	}
}

static void
fill_east(struct writer *to)
{
	static const struct hook_form hook = { BR_FORWARD, 0, NULL };
	struct nftnl_rule *rule;

	writer_chain(to, CHAIN_EAST, &hook);
	put_blind(to);
	bridged_fill(to);
	writer_accept_icmpv6(to, neighbour_types, LENGTH(neighbour_types), 255);
	for (size_t i = 0; i < LENGTH(families); i++) {
		rule = writer_rule(to);
		expr_family(rule, families[i]);
		expr_mac_in(rule, SOURCE, SET_JUDGED, false);
		expr_jump(rule, dispatch_root(TREE_FROM));
		writer_put(to, rule);

		rule = writer_rule(to);
		expr_family(rule, families[i]);
		expr_mac_in(rule, DESTINATION, SET_JUDGED, false);
		expr_jump(rule, dispatch_root(TREE_TO));
		writer_put(to, rule);
	}
}

void
eastschema_write(struct batch *batch, bool monitor)
{
	struct writer to = { batch, NFPROTO_BRIDGE, NULL, 300, monitor };

	for (size_t i = 0; i < LENGTH(sets); i++)
		writer_set(&to, &sets[i]);
	dispatch_schema(&to);
	fill_drop(&to, CHAIN_DROP_FROM, SOURCE);
	fill_drop(&to, CHAIN_EAST_DROP_TO, DESTINATION);
	fill_watch(&to, CHAIN_WATCH_FROM, SOURCE);
	fill_watch(&to, CHAIN_WATCH_TO, DESTINATION);
	fill_blind(&to);
	fill_east(&to);
}
