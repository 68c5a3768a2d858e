/*
 * The guard of IPv6.  Role: enforcer.  Input: constants.
 */
#include "enforce/rules/sixguard.h"

#include <netinet/in.h> /* before linux/netfilter.h, which defines less */

#include <linux/if_ether.h>
#include <linux/netfilter.h>

#include "enforce/rules/expr.h"
#include "enforce/rules/schema.h"
#include "enforce/rules/writer.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct prefix none = { { 6, { 0 } }, 128 };
static const struct prefix link_local = { { 6, { 0xfe, 0x80 } }, 10 };

static const uint8_t link_types[] = { ICMPV6_SOLICIT, ICMPV6_NS, ICMPV6_NA };
static const uint8_t mld_types[] = { ICMPV6_MLD_REPORT, ICMPV6_MLD_DONE,
	ICMPV6_MLD2_REPORT };
static const uint8_t to_host_types[] = { ICMPV6_ADVERT, ICMPV6_NS, ICMPV6_NA };
static const uint8_t query_types[] = { ICMPV6_MLD_QUERY };

/* A rule on IPv6 in an Ethernet frame. */
static struct nftnl_rule *
rule_on(const struct writer *to, enum way way)
{
	struct nftnl_rule *rule = writer_rule(to);

	if (to->family == NFPROTO_INET)
		expr_family(rule, 6);
	else
		expr_meta_protocol(rule, ETH_P_IPV6);
	if (to->family != NFPROTO_BRIDGE)
		expr_is_ether(rule, way);
	return rule;
}

static struct nftnl_rule *
rule_on_type(const struct writer *to, uint8_t type)
{
	struct nftnl_rule *rule = rule_on(to, COMES_IN);

	expr_protocol(rule, IPPROTO_ICMPV6);
	expr_icmp(rule, type, -1);
	return rule;
}

/* The look-up of the sender goes last, since its set may count. */
void
sixguard_nd(struct writer *to)
{
	const bool is_inet = to->family == NFPROTO_INET;
	const char *managed = is_inet ? SET_THINGS : SET_DROPPED_FROM;
	struct nftnl_rule *rule;

	rule = rule_on_type(to, ICMPV6_NA);
	expr_target_bound_in(rule, SET_BIND6, true);
	expr_mac_in(rule, SOURCE, managed, false);
	expr_goto(rule, "drop_spoof");
	writer_put(to, rule);

	rule = rule_on_type(to, ICMPV6_NA);
	expr_target_in(rule, SET_OWN6);
	expr_target_bound_in(rule, SET_BIND6, true);
	expr_goto(rule, "drop_spoof");
	writer_put(to, rule);

	rule = rule_on_type(to, ICMPV6_ADVERT);
	expr_mac_in(rule, SOURCE, managed, false);
	expr_goto(rule, "drop_spoof");
	writer_put(to, rule);
}

static struct nftnl_rule *
unbound_rule(const struct writer *to, const struct prefix *prefix)
{
	struct nftnl_rule *rule = writer_rule(to);

	if (to->family == NFPROTO_INET)
		expr_family(rule, 6);
	else
		expr_ether_type(rule, ETH_P_IPV6);
	expr_prefix(rule, SOURCE, prefix);
	expr_addr_in(rule, 6, SOURCE, SET_OWN6, true);
	expr_addr_in(rule, 6, SOURCE, SET_SELF6, true);
	return rule;
}

static void
accept_unbound(struct writer *to, const struct prefix *prefix,
    const uint8_t *types, size_t n, uint8_t hop_limit)
{
	uint32_t id = ++to->set_id;
	struct nftnl_rule *rule;

	object_icmp_types(to->batch, to->family, id, true, types, n);
	rule = unbound_rule(to, prefix);
	expr_protocol(rule, IPPROTO_ICMPV6);
	expr_icmp_in(rule, id);
	expr_hop_limit(rule, hop_limit);
	expr_accept(rule);
	writer_put(to, rule);
}

void
sixguard_unbound(struct writer *to)
{
	struct nftnl_rule *rule = unbound_rule(to, &link_local);

	writer_dhcp(rule, 546, 547);
	expr_accept(rule);
	writer_put(to, rule);

	accept_unbound(to, &none, link_types, LENGTH(link_types), 255);
	accept_unbound(to, &link_local, link_types, LENGTH(link_types), 255);
	accept_unbound(to, &none, mld_types, LENGTH(mld_types), 1);
	accept_unbound(to, &link_local, mld_types, LENGTH(mld_types), 1);
}

void
sixguard_bound(struct writer *to)
{
	uint32_t id = ++to->set_id;
	struct nftnl_rule *rule;

	object_icmp_types(
	    to->batch, to->family, id, true, link_types, LENGTH(link_types));
	rule = writer_rule(to);
	expr_ether_type(rule, ETH_P_IPV6);
	expr_bound_in(rule, 6, SOURCE, SET_BIND6);
	expr_protocol(rule, IPPROTO_ICMPV6);
	expr_icmp_in(rule, id);
	expr_hop_limit(rule, 255);
	expr_accept(rule);
	writer_put(to, rule);
}

void
sixguard_egress(struct writer *to)
{
	struct nftnl_rule *rule;

	writer_accept_icmpv6(to, to_host_types, LENGTH(to_host_types), 255);
	writer_accept_icmpv6(to, query_types, LENGTH(query_types), 1);

	rule = rule_on(to, GOES_OUT);
	expr_bound_in(rule, 6, DESTINATION, SET_BIND6);
	expr_accept(rule);
	writer_put(to, rule);

	/* A server answers to the link-local address (RFC 8415 s18.3.10). */
	rule = rule_on(to, GOES_OUT);
	expr_prefix(rule, DESTINATION, &link_local);
	writer_dhcp(rule, 547, 546);
	expr_accept(rule);
	writer_put(to, rule);

	rule = rule_on(to, GOES_OUT);
	expr_mac_in(rule, DESTINATION, SET_THINGS, false);
	expr_goto(rule, CHAIN_DROP_TO);
	writer_put(to, rule);
}
