/*
 * The fixed part of table inet mudd.  Role: enforcer.  Input: constants.
 */
#include "enforce/rules/schema.h"

#include <netinet/in.h> /* before linux/netfilter.h, which defines less */

#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "enforce/model.h"
#include "enforce/rules/answers.h"
#include "enforce/rules/bridged.h"
#include "enforce/rules/detour.h"
#include "enforce/rules/dispatch.h"
#include "enforce/rules/dropchains.h"
#include "enforce/rules/expr.h"
#include "enforce/rules/object.h"
#include "enforce/rules/sixguard.h"
#include "enforce/rules/unknown.h"
#include "enforce/rules/writer.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define ADDRESSES  (LIMIT_THINGS_MAX * LIMIT_ADDRESSES4)
#define ADDRESSES6 (LIMIT_THINGS_MAX * LIMIT_ADDRESSES6)

#define DYNAMIC NFT_SET_EVAL

/* A few elements: with a bound so small the kernel takes a faster set. */
#define EPOCH_SIZE 8

/*
 * The dynamic sets have a size, and cannot be filled by strangers: only
 * managed MACs, the gateway's own, and owned addresses are ever put into them.
 */
/* clang-format off */
static const struct set_form inet_sets[] = {
	{ SET_LAN, KEY_IFNAME, 16, 0, 0, 0, false },
	{ SET_HAIRPIN, KEY_BOTH(KEY_IFNAME, KEY_IFNAME), 32, 0, 0, 0, false },
	{ SET_GATEWAY, KEY_MAC, 6, 0, 0, 0, false },
	{ SET_THINGS, KEY_MAC, 6, 0, 0, 0, false },
	{ SET_DENIED, KEY_MAC, 6, 0, 0, 0, false },
	{ SET_BIND4, KEY_BOTH(KEY_MAC, KEY_IPV4), 12, 0, 0, 0, true },
	{ SET_BIND6, KEY_BOTH(KEY_MAC, KEY_IPV6), 24, 0, 0, 0, true },
	{ SET_OWN4, KEY_IPV4, 4, 0, 0, 0, false },
	{ SET_OWN6, KEY_IPV6, 16, 0, 0, 0, false },
	{ SET_TO4, KEY_IPV4, 4, 0, 0, 0, false },
	{ SET_TO6, KEY_IPV6, 16, 0, 0, 0, false },
	{ SET_EPOCH, KEY_MARK, 4, 0, EPOCH_SIZE, 0, false },
	{ SET_PASSED, KEY_MARK, 4, 0, EPOCH_SIZE, 0, false },
	{ SET_LOCAL4, KEY_IPV4, 4, NFT_SET_INTERVAL, 0, 0, false },
	{ SET_LOCAL6, KEY_IPV6, 16, NFT_SET_INTERVAL, 0, 0, false },
	{ SET_SELF4, KEY_IPV4, 4, 0, 0, 0, false },
	{ SET_SELF6, KEY_IPV6, 16, 0, 0, 0, false },
	{ SET_DROPPED_FROM, KEY_MAC, 6, DYNAMIC, LIMIT_THINGS_MAX, 0, true },
	{ SET_DROPPED_TO, KEY_IPV4, 4, DYNAMIC, ADDRESSES, 0, true },
	{ SET_DROPPED_TO6, KEY_IPV6, 16, DYNAMIC, ADDRESSES6, 0, true },
	{ SET_UNCACHED4, KEY_IPV4, 4, 0, 0, 0, false },
	{ SET_UNCACHED6, KEY_IPV6, 16, 0, 0, 0, false },
	{ SET_CALLS4, KEY_IFNAME, 16, 0, 0, 0, false },
	{ SET_CALLS6, KEY_IFNAME, 16, 0, 0, 0, false },
	{ SET_DEAF, KEY_IFNAME, 16, 0, 0, 0, false },
	{ "seen_from", KEY_MAC, 6, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC, false },
	{ "seen_to", KEY_IPV4, 4, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC,
	    false },
	{ "seen_spoof", KEY_IPV4, 4, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC,
	    false },
	{ "seen_to6", KEY_IPV6, 16, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC,
	    false },
	{ "seen_spoof6", KEY_IPV6, 16, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC,
	    false },
};

static const struct {
	const char *name;
	struct hook_form hook;
	bool is_base;
} inet_chains[] = {
	{ "guard", { NF_INET_PRE_ROUTING, PRIORITY_GUARD, NULL }, true },
	{ "forward", { NF_INET_FORWARD, PRIORITY_FILTER, NULL }, true },
	{ "input", { NF_INET_LOCAL_IN, PRIORITY_FILTER, NULL }, true },
	{ "guard_lan", { 0 }, false },
	{ "guard_unbound", { 0 }, false },
	{ "infra", { 0 }, false },
	{ CHAIN_FAST, { 0 }, false },
	{ CHAIN_STAMP, { 0 }, false },
	{ CHAIN_STAMP_ORIGINAL, { 0 }, false },
	{ CHAIN_STAMP_REPLY, { 0 }, false },
	{ CHAIN_STAMP_JUDGED, { 0 }, false },
	{ CHAIN_ERRORS, { 0 }, false },
	{ CHAIN_DROP_FROM, { 0 }, false },
	{ CHAIN_DROP_TO, { 0 }, false },
	{ CHAIN_WATCH_FROM, { 0 }, false },
	{ CHAIN_WATCH_TO, { 0 }, false },
	{ "drop_spoof", { 0 }, false },
};
/* clang-format on */

static const uint8_t link_types[] = { ICMPV6_SOLICIT, ICMPV6_NS, ICMPV6_NA };
static const uint8_t mld_types[] = { ICMPV6_MLD_REPORT, ICMPV6_MLD_DONE,
	ICMPV6_MLD2_REPORT };
static const uint8_t neighbour_types[] = { ICMPV6_NS, ICMPV6_NA };
/* Destination unreachable, time exceeded, parameter problem, and of IPv6 packet
 * too big (RFC 4443); no redirect. */
static const struct errors {
	unsigned int family;
	uint8_t protocol;
	uint8_t type[4];
	size_t n;
	const char *own;
} errors[] = {
	{ 4, IPPROTO_ICMP, { 3, 11, 12 }, 3, SET_OWN4 },
	{ 6, IPPROTO_ICMPV6, { 1, 2, 3, 4 }, 4, SET_OWN6 },
};

/* A rule that ends with acceptance of ICMP errors. */
static void
put_errors(struct writer *to, struct nftnl_rule *rule, const struct errors *of)
{
	uint32_t id = ++to->set_id;

	object_icmp_types(
	    to->batch, to->family, id, of->family == 6, of->type, of->n);
	expr_family(rule, of->family);
	expr_protocol(rule, of->protocol);
	expr_icmp_in(rule, id);
	expr_accept(rule);
	writer_put(to, rule);
}

/* Only errors about a flow that is allowed now come here (epoch.c): an error
 * can end the flow that it quotes. */
static void
fill_errors(struct writer *to)
{
	to->chain = CHAIN_ERRORS;
	for (size_t i = 0; i < LENGTH(errors); i++)
		put_errors(to, writer_rule(to), &errors[i]);
}

/*
 * The gateway's own flows are allowed as long as their peer is a Thing, and
 * carry no epoch.  An error about one goes the way of a reply.
 */
static void
accept_errors_of_gateway(struct writer *to)
{
	for (size_t i = 0; i < LENGTH(errors); i++) {
		struct nftnl_rule *rule = writer_rule(to);

		expr_ct_related(rule);
		expr_ct_reply(rule, true);
		expr_ct_source_in(rule, errors[i].family, true, errors[i].own);
		put_errors(to, rule, &errors[i]);
	}
}

static void
jump(struct writer *to, const char *chain)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_jump(rule, chain);
	writer_put(to, rule);
}

static void
plain_goto(struct writer *to, const char *chain)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_goto(rule, chain);
	writer_put(to, rule);
}

/*
 * A managed MAC uses the addresses it is bound to, and nobody else uses
 * them: all later rules may trust either key.
 */
static void
fill_guard(struct writer *to)
{
	struct nftnl_rule *rule;

	to->chain = "guard";
	rule = writer_rule(to);
	expr_interface_in(rule, COMES_IN, SET_LAN, false);
	expr_jump(rule, "guard_lan");
	writer_put(to, rule);

	/* What the gateway says to itself has no Ethernet header. */
	to->chain = "guard_lan";
	rule = writer_rule(to);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_GATEWAY, false);
	expr_goto(rule, "drop_spoof");
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_is_ether(rule, COMES_IN);
	expr_ether_type(rule, ETH_P_IP);
	expr_bound_in(rule, 4, SOURCE, SET_BIND4);
	expr_return(rule);
	writer_put(to, rule);

	sixguard_nd(to);

	rule = writer_rule(to);
	expr_is_ether(rule, COMES_IN);
	expr_ether_type(rule, ETH_P_IPV6);
	expr_bound_in(rule, 6, SOURCE, SET_BIND6);
	expr_return(rule);
	writer_put(to, rule);

	/* goto, not jump: one packet is counted as one drop in any mode. */
	rule = writer_rule(to);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_THINGS, false);
	expr_goto(rule, "guard_unbound");
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_family(rule, 4);
	expr_addr_in(rule, 4, SOURCE, SET_OWN4, false);
	expr_goto(rule, "drop_spoof");
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_family(rule, 6);
	expr_addr_in(rule, 6, SOURCE, SET_OWN6, false);
	expr_goto(rule, "drop_spoof");
	writer_put(to, rule);
}

/* A Thing without a binding gets one by DHCP, from no address or an old one
 * that is nobody's now. */
static void
fill_guard_unbound(struct writer *to)
{
	struct nftnl_rule *rule;

	to->chain = "guard_unbound";
	rule = writer_rule(to);
	expr_family(rule, 4);
	expr_addr_in(rule, 4, SOURCE, SET_OWN4, true);
	writer_dhcp(rule, 68, 67);
	expr_accept(rule);
	writer_put(to, rule);

	sixguard_unbound(to);

	/* One that is denied everything is bound to nothing here; using its
	 * address is no spoofing. */
	rule = writer_rule(to);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_DENIED, false);
	expr_goto(rule, CHAIN_DROP_FROM);
	writer_put(to, rule);
	plain_goto(to, "drop_spoof");
}

static void
stamp_receiver(struct writer *to, unsigned int family, const char *own)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_interface_in(rule, GOES_OUT, SET_LAN, false);
	expr_family(rule, family);
	expr_addr_in(rule, family, DESTINATION, own, false);
	expr_goto(rule, CHAIN_STAMP);
	writer_put(to, rule);
}

static void
fill_forward(struct writer *to, bool unknown, bool bridged)
{
	struct nftnl_rule *rule;

	to->chain = "forward";
	detour_enter(to);
	jump(to, CHAIN_FAST);
	rule = writer_rule(to);
	/* A frame that stays on its bridge is addressed to its receiver, one
	 * that is routed to the gateway. */
	expr_hairpin_in(rule, SET_HAIRPIN);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, DESTINATION, SET_GATEWAY, true);
	if (bridged)
		expr_jump(rule, CHAIN_BRIDGED);
	else
		expr_accept(rule);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_interface_in(rule, COMES_IN, SET_LAN, true);
	expr_interface_in(rule, GOES_OUT, SET_LAN, true);
	expr_accept(rule);
	writer_put(to, rule);

	writer_accept_icmpv6(to, neighbour_types, LENGTH(neighbour_types), 255);

	rule = writer_rule(to);
	expr_interface_in(rule, COMES_IN, SET_LAN, false);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_THINGS, false);
	expr_jump(rule, dispatch_root(TREE_FROM));
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_interface_in(rule, GOES_OUT, SET_LAN, false);
	expr_family(rule, 4);
	expr_addr_in(rule, 4, DESTINATION, SET_TO4, false);
	expr_jump(rule, dispatch_root(TREE_TO4));
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_interface_in(rule, GOES_OUT, SET_LAN, false);
	expr_family(rule, 6);
	expr_addr_in(rule, 6, DESTINATION, SET_TO6, false);
	expr_jump(rule, dispatch_root(TREE_TO6));
	writer_put(to, rule);

	if (unknown)
		unknown_forward(to);

	/* A flow is remembered where a Thing is at one of its ends. */
	rule = writer_rule(to);
	expr_interface_in(rule, COMES_IN, SET_LAN, false);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_THINGS, false);
	expr_goto(rule, CHAIN_STAMP);
	writer_put(to, rule);

	stamp_receiver(to, 4, SET_OWN4);
	stamp_receiver(to, 6, SET_OWN6);
}

static void
fill_input(struct writer *to, bool unknown)
{
	struct nftnl_rule *rule;

	to->chain = "input";
	rule = writer_rule(to);
	expr_interface_in(rule, COMES_IN, SET_LAN, true);
	expr_accept(rule);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_THINGS, true);
	if (unknown)
		expr_goto(rule, CHAIN_UNKNOWN_IN);
	else
		expr_accept(rule);
	writer_put(to, rule);

	jump(to, CHAIN_FAST);
	jump(to, "infra");

	/* Flows that the gateway itself has opened. */
	rule = writer_rule(to);
	expr_ct_established(rule);
	expr_ct_reply(rule, true);
	expr_accept(rule);
	writer_put(to, rule);
	accept_errors_of_gateway(to);

	/* What has no Ethernet header came by here without being asked. */
	rule = writer_rule(to);
	expr_is_ether(rule, COMES_IN);
	expr_mac_in(rule, SOURCE, SET_THINGS, false);
	expr_jump(rule, dispatch_root(TREE_FROM));
	writer_put(to, rule);
	jump(to, CHAIN_STAMP);
}

static void
fill_infra(struct writer *to)
{
	const struct ports server = { 67, 67, 0, 0 };
	const struct ports server6 = { 547, 547, 0, 0 };
	struct nftnl_rule *rule;

	to->chain = "infra";
	rule = writer_rule(to);
	expr_family(rule, 4);
	expr_protocol(rule, IPPROTO_UDP);
	expr_ports(rule, DESTINATION, &server);
	expr_accept(rule);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_family(rule, 6);
	expr_protocol(rule, IPPROTO_UDP);
	expr_ports(rule, DESTINATION, &server6);
	expr_accept(rule);
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_family(rule, 4);
	expr_protocol(rule, IPPROTO_IGMP);
	expr_accept(rule);
	writer_put(to, rule);

	writer_accept_icmpv6(to, link_types, LENGTH(link_types), 255);
	writer_accept_icmpv6(to, mld_types, LENGTH(mld_types), 1);
}

void
schema_inet(struct batch *batch, bool monitor, bool unknown, bool bridged)
{
	struct writer to = { batch, NFPROTO_INET, NULL, 0, monitor };

	writer_fresh(&to);
	for (size_t i = 0; i < LENGTH(inet_sets); i++)
		writer_set(&to, &inet_sets[i]);
	for (size_t i = 0; i < LENGTH(inet_chains); i++)
		writer_chain(&to, inet_chains[i].name,
		    inet_chains[i].is_base ? &inet_chains[i].hook : NULL);
	unknown_schema(&to);
	dispatch_schema(&to);
	if (bridged)
		bridged_schema(&to);
	answers_schema(&to);
	detour_write(&to);
	fill_guard(&to);
	fill_guard_unbound(&to);
	fill_forward(&to, unknown, bridged);
	fill_input(&to, unknown);
	fill_infra(&to);
	fill_errors(&to);
	dropchains_fill(&to);
}

void
schema_probe_inet(struct batch *batch)
{
	static const struct hook_form hook = { NF_INET_FORWARD, 0, NULL };

	object_probe(batch, NFPROTO_INET, &hook);
}
