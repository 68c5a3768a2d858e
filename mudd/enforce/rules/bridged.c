/*
 * What passes between neighbours whatever their policies say.  Role: enforcer.
 * Input: constants.
 */
#include "enforce/rules/bridged.h"

#include <netinet/in.h> /* before linux/netfilter.h, which defines less */

#include <linux/netfilter.h>

#include "enforce/rules/dispatch.h"
#include "enforce/rules/eastschema.h"
#include "enforce/rules/expr.h"
#include "enforce/rules/schema.h"
#include "enforce/rules/writer.h"
#include "libmud/addr.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const uint8_t router_types[] = { ICMPV6_SOLICIT };
static const uint8_t mld_types[] = { ICMPV6_MLD_REPORT, ICMPV6_MLD_DONE,
	ICMPV6_MLD2_REPORT };

/* All hosts, all groups. */
static const struct prefix everybody4 = { { 4, { 255, 255, 255, 255 } }, 32 };
static const struct prefix groups4 = { { 4, { 224 } }, 4 };
static const struct prefix groups6 = { { 6, { 0xff } }, 8 };

static struct nftnl_rule *
rule_of(const struct writer *to, unsigned int family)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_family(rule, family);
	return rule;
}

static void
let_pass(const struct writer *to, struct nftnl_rule *rule)
{
	expr_accept(rule);
	writer_put(to, rule);
}

/* A Thing's flow, so that errors about it are known as such. */
static void
remember_dhcp(struct writer *to, unsigned int family, uint16_t source,
    uint16_t destination)
{
	struct nftnl_rule *rule = rule_of(to, family);

	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_THINGS, false);
	writer_dhcp(rule, source, destination);
	expr_jump(rule, CHAIN_STAMP);
	writer_put(to, rule);

	rule = rule_of(to, family);
	writer_dhcp(rule, source, destination);
	expr_addr_in(rule, family, DESTINATION,
	    family == 4 ? SET_OWN4 : SET_OWN6, false);
	expr_jump(rule, CHAIN_STAMP);
	writer_put(to, rule);
}

/* A Thing is a server only if its file says so. */
static void
judge_server(struct writer *to, unsigned int family, uint16_t source,
    uint16_t destination)
{
	const bool is_inet = to->family == NFPROTO_INET;
	struct nftnl_rule *rule = rule_of(to, family);

	if (is_inet)
		expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, is_inet ? SET_THINGS : SET_JUDGED, false);
	writer_dhcp(rule, source, destination);
	expr_jump(rule, dispatch_root(TREE_FROM));
	writer_put(to, rule);
}

/* Between a client and a server of the same link, both by their own ports.
 * Only table inet knows flows. */
static void
fill_dhcp(struct writer *to)
{
	static const struct {
		unsigned int family;
		uint16_t source, destination;
		bool is_server;
	} ways[] = { { 4, 68, 67, false }, { 4, 67, 68, true },
		{ 6, 546, 547, false }, { 6, 547, 546, true } };

	for (size_t i = 0; i < LENGTH(ways); i++) {
		struct nftnl_rule *rule;

		if (ways[i].is_server)
			judge_server(to, ways[i].family, ways[i].source,
			    ways[i].destination);
		if (to->family == NFPROTO_INET)
			remember_dhcp(to, ways[i].family, ways[i].source,
			    ways[i].destination);
		rule = rule_of(to, ways[i].family);
		writer_dhcp(rule, ways[i].source, ways[i].destination);
		let_pass(to, rule);
	}
}

/* To many at once: every host, a group, a network's broadcast address. */
static struct nftnl_rule *
rule_to_many(const struct writer *to, int which)
{
	struct nftnl_rule *rule = rule_of(to, 4);

	if (which == 0)
		expr_prefix(rule, DESTINATION, &everybody4);
	else if (which == 1)
		expr_prefix(rule, DESTINATION, &groups4);
	else /* the gateway's own are reached by its MAC, not here */
		expr_addr_in(rule, 4, DESTINATION, SET_SELF4, false);
	return rule;
}

static void
accept_icmpv6(struct writer *to, const uint8_t *types, size_t n, uint8_t hops)
{
	uint32_t id = ++to->set_id;
	struct nftnl_rule *rule;

	object_icmp_types(to->batch, to->family, id, true, types, n);
	rule = rule_of(to, 6);
	expr_prefix(rule, DESTINATION, &groups6);
	expr_protocol(rule, IPPROTO_ICMPV6);
	expr_icmp_in(rule, id);
	expr_hop_limit(rule, hops);
	let_pass(to, rule);
}

static void
fill_groups(struct writer *to)
{
	static const struct ports server4 = { 67, 67, 0, 0 };
	static const struct ports server6 = { 547, 547, 0, 0 };
	struct nftnl_rule *rule;

	for (int which = 0; which < 3; which++) {
		rule = rule_to_many(to, which);
		expr_protocol(rule, IPPROTO_UDP);
		expr_ports(rule, DESTINATION, &server4);
		let_pass(to, rule);

		rule = rule_to_many(to, which);
		expr_protocol(rule, IPPROTO_IGMP);
		let_pass(to, rule);
	}
	rule = rule_of(to, 6);
	expr_prefix(rule, DESTINATION, &groups6);
	expr_protocol(rule, IPPROTO_UDP);
	expr_ports(rule, DESTINATION, &server6);
	let_pass(to, rule);
	accept_icmpv6(to, router_types, LENGTH(router_types), 255);
	accept_icmpv6(to, mld_types, LENGTH(mld_types), 1);
}

void
bridged_fill(struct writer *to)
{
	fill_dhcp(to);
	fill_groups(to);
}

void
bridged_schema(struct writer *to)
{
	writer_chain(to, CHAIN_BRIDGED, NULL);
	bridged_fill(to);
}
