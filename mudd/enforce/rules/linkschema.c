/*
 * The fixed part of tables bridge mudd and netdev mudd.  Role: enforcer.
 * Input: constants, and names of interfaces from the kernel.
 */
#include "enforce/rules/linkschema.h"

#include <netinet/in.h> /* before linux/netfilter.h, which defines less */

#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>

#include "enforce/model.h"
#include "enforce/rules/expr.h"
#include "enforce/rules/portguard.h"
#include "enforce/rules/schema.h"
#include "enforce/rules/sixguard.h"
#include "enforce/rules/writer.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* NF_BR_*, whose header does not go with <net/if.h>. */
#define BR_PRE_ROUTING  0
#define BR_POST_ROUTING 4

static const uint8_t link_types[] = { ICMPV6_SOLICIT, ICMPV6_NS, ICMPV6_NA };
static const uint8_t mld_types[] = { ICMPV6_MLD_REPORT, ICMPV6_MLD_DONE,
	ICMPV6_MLD2_REPORT };

/* clang-format off */
/* An element of `things` counts drops of what was sent to it, one of
 * `dropped_from` of what it sent. */
static const struct set_form link_sets[] = {
	{ SET_THINGS, KEY_MAC, 6, 0, 0, 0, true },
	{ SET_BIND4, KEY_BOTH(KEY_MAC, KEY_IPV4), 12, 0, 0, 0, false },
	{ SET_BIND6, KEY_BOTH(KEY_MAC, KEY_IPV6), 24, 0, 0, 0, false },
	{ "seen_to", KEY_MAC, 6, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC, false },
	{ SET_OWN4, KEY_IPV4, 4, 0, 0, 0, false },
	{ SET_OWN6, KEY_IPV6, 16, 0, 0, 0, false },
	{ SET_SELF6, KEY_IPV6, 16, 0, 0, 0, false },
	{ SET_DROPPED_FROM, KEY_MAC, 6, 0, 0, 0, true },
};

static const struct set_form bridge_sets[] = {
	{ SET_GATEWAY, KEY_MAC, 6, 0, 0, 0, false },
	{ "seen_spoof", KEY_MAC, 6, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC,
	    false },
	{ SET_DENIED, KEY_MAC, 6, 0, 0, 0, true },
	{ "seen_from", KEY_MAC, 6, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC,
	    false },
};
/* clang-format on */

static const struct hook_form guard_hook = { BR_PRE_ROUTING, PRIORITY_GUARD,
	NULL };
static const struct hook_form denied_hook = { BR_PRE_ROUTING,
	PRIORITY_GUARD + 1, NULL };
static const struct hook_form egress_hook = { BR_POST_ROUTING, 0, NULL };

/* A rule on a frame of this type that leaves. */
static struct nftnl_rule *
rule_on(const struct writer *to, uint16_t type)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_meta_protocol(rule, type);
	if (to->family == NFPROTO_NETDEV)
		expr_is_ether(rule, GOES_OUT);
	return rule;
}

/*
 * What may pass goes before the look-up in `things`, so that what its
 * elements count are drops.  ARP is neither IPv4 nor IPv6.  What an interface
 * that is no bridge sends is the gateway's, whatever its kind.
 */
static void
fill_egress(struct writer *to)
{
	struct nftnl_rule *rule;

	to->chain = "egress";
	if (to->family == NFPROTO_BRIDGE)
		portguard_leave(to);
	sixguard_egress(to);

	rule = rule_on(to, ETH_P_IP);
	expr_bound_in(rule, 4, DESTINATION, SET_BIND4);
	expr_accept(rule);
	writer_put(to, rule);

	/* The offer of an address comes before its binding. */
	rule = rule_on(to, ETH_P_IP);
	writer_dhcp(rule, 67, 68);
	expr_accept(rule);
	writer_put(to, rule);

	rule = rule_on(to, ETH_P_IP);
	expr_mac_in(rule, DESTINATION, SET_THINGS, false);
	expr_goto(rule, CHAIN_DROP_TO);
	writer_put(to, rule);
}

static void
fill_drop_to(struct writer *to)
{
	struct nftnl_rule *rule;

	to->chain = CHAIN_DROP_TO;
	rule = writer_rule(to);
	if (to->family == NFPROTO_NETDEV)
		expr_is_ether(rule, GOES_OUT);
	expr_update_mac(rule, DESTINATION, "seen_to", WITH_LIMIT);
	expr_log(rule, LOG_TO);
	writer_put(to, rule);
	writer_drop(to);
}

/* What the gateway sends does not come in by a port: such a frame is forged,
 * a DHCP ACK in its name for one.  Here rather than in `inet` for all frames:
 * those that stay on the bridge may not come by there. */
static void
fill_guard(struct writer *to)
{
	struct nftnl_rule *rule;

	to->chain = "guard";
	rule = writer_rule(to);
	expr_mac_in(rule, SOURCE, SET_GATEWAY, false);
	expr_goto(rule, "drop_spoof");
	writer_put(to, rule);
	sixguard_nd(to);
	portguard_enter(to);

	to->chain = "drop_spoof";
	rule = writer_rule(to);
	expr_update_mac(rule, SOURCE, "seen_spoof", WITH_LIMIT);
	expr_log(rule, LOG_SPOOF);
	writer_put(to, rule);
	writer_drop(to);
}

/*
 * A Thing that is denied everything: also what it sends to its neighbours, in
 * whatever kind of frame.  An inverted look-up does not count, so that what
 * the elements of `denied` count are drops.
 */
static void
fill_denied(struct writer *to)
{
	static const uint16_t types[] = { ETH_P_ARP, ETH_P_PAE };
	static const struct {
		uint16_t type, source, destination;
	} dhcp[] = { { ETH_P_IP, 68, 67 }, { ETH_P_IPV6, 546, 547 } };
	struct nftnl_rule *rule;

	to->chain = "denied";
	rule = writer_rule(to);
	expr_mac_in(rule, SOURCE, SET_DENIED, true);
	expr_accept(rule);
	writer_put(to, rule);
	for (size_t i = 0; i < LENGTH(types); i++) {
		rule = writer_rule(to);
		expr_ether_type(rule, types[i]);
		expr_accept(rule);
		writer_put(to, rule);
	}
	for (size_t i = 0; i < LENGTH(dhcp); i++) {
		rule = writer_rule(to);
		expr_ether_type(rule, dhcp[i].type);
		expr_meta_protocol(rule, dhcp[i].type);
		writer_dhcp(rule, dhcp[i].source, dhcp[i].destination);
		expr_accept(rule);
		writer_put(to, rule);
	}
	writer_accept_icmpv6(to, link_types, LENGTH(link_types), 255);
	writer_accept_icmpv6(to, mld_types, LENGTH(mld_types), 1);
	rule = writer_rule(to);
	expr_mac_in(rule, SOURCE, SET_DENIED, false);
	expr_goto(rule, CHAIN_DROP_DENIED);
	writer_put(to, rule);

	to->chain = CHAIN_DROP_DENIED;
	rule = writer_rule(to);
	expr_update_mac(rule, SOURCE, "seen_from", WITH_LIMIT);
	expr_log(rule, LOG_FROM);
	writer_put(to, rule);
	writer_drop(to);
}

static void
begin(struct writer *to)
{
	writer_fresh(to);
	for (size_t i = 0; i < LENGTH(link_sets); i++)
		writer_set(to, &link_sets[i]);
	writer_chain(to, CHAIN_DROP_TO, NULL);
}

void
linkschema_bridge(struct batch *batch, bool monitor)
{
	struct writer to = { batch, NFPROTO_BRIDGE, NULL, 100, monitor };

	begin(&to);
	for (size_t i = 0; i < LENGTH(bridge_sets); i++)
		writer_set(&to, &bridge_sets[i]);
	writer_chain(&to, "drop_spoof", NULL);
	writer_chain(&to, CHAIN_DROP_DENIED, NULL);
	writer_chain(&to, "guard", &guard_hook);
	writer_chain(&to, "denied", &denied_hook);
	writer_chain(&to, "egress", &egress_hook);
	portguard_write(&to);
	fill_guard(&to);
	fill_denied(&to);
	fill_egress(&to);
	fill_drop_to(&to);
}

/* Of one interface, to the chain that all share. */
static void
add_hook(struct writer *to, const struct device *lan, uint32_t number,
    const char *chain)
{
	const struct hook_form hook = { number, 0, lan->name };
	const struct about about = { "chain of interface", lan->ifindex };
	char name[OBJECT_NAME];
	struct nftnl_rule *rule;

	(void)snprintf(name, sizeof(name), "%s_%u", chain, lan->ifindex);
	object_chain_add(to->batch, to->family, name, &hook, about);
	rule = object_rule(to->family, name);
	expr_goto(rule, chain);
	object_rule_put(to->batch, rule, about);
}

void
linkschema_egress(
    struct batch *batch, const struct places *places, bool monitor)
{
	struct writer to = { batch, NFPROTO_NETDEV, NULL, 200, monitor };

	begin(&to);
	writer_chain(&to, "egress", NULL);
	fill_egress(&to);
	fill_drop_to(&to);
	portguard_write(&to);
	for (size_t i = 0; i < places->n_lan; i++) {
		if (places->lan[i].is_bridge)
			continue;
		add_hook(&to, &places->lan[i], NF_NETDEV_EGRESS, "egress");
		add_hook(
		    &to, &places->lan[i], NF_NETDEV_INGRESS, CHAIN_INGRESS);
	}
}

void
linkschema_probe_bridge(struct batch *batch)
{
	object_probe(batch, NFPROTO_BRIDGE, &egress_hook);
}

void
linkschema_probe_egress(struct batch *batch)
{
	static const struct hook_form hook = { NF_NETDEV_EGRESS, 0, "lo" };

	object_probe(batch, NFPROTO_NETDEV, &hook);
}
