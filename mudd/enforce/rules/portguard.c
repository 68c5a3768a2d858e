/*
 * The guard of ports.  Role: enforcer.  Input: constants.
 *
 * An inverted look-up does not count, so `things`, whose elements count drops
 * of what goes to a Thing, is only asked that way here; `dropped_from` counts
 * in the chains that drop.
 */
#include "enforce/rules/portguard.h"

#include <netinet/in.h> /* before linux/netfilter.h, which defines less */

#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "enforce/rules/expr.h"
#include "enforce/rules/exprlink.h"
#include "enforce/rules/schema.h"
#include "enforce/rules/sixguard.h"
#include "enforce/rules/writer.h"
#include "libmud/limits.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* What ran out is counted until the kernel has cleared it away. */
#define HEARD_SIZE (2 * LIMIT_THINGS_MAX)

/* clang-format off */
static const struct set_form sets[] = {
	{ SET_PORT_BIND, KEY_BOTH(KEY_IFNAME, KEY_MAC), 24, 0, 0, 0, false },
	{ SET_PLACED, KEY_MAC, 6, 0, 0, 0, false },
	{ SET_PORTS, KEY_IFNAME, 16, 0, 0, 0, false },
	{ SET_LOCKED, KEY_IFNAME, 16, 0, 0, 0, false },
	{ SET_HEARD, KEY_MAC, 6, SEEN_FLAGS, HEARD_SIZE, PORTGUARD_SILENT_SEC,
	    false },
	{ "seen_port", KEY_MAC, 6, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC,
	    false },
	{ "seen_twice", KEY_MAC, 6, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC,
	    false },
	{ "seen_locked", KEY_IFNAME, 16, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC,
	    false },
	{ "seen_arp", KEY_MAC, 6, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC, false },
	{ "seen_claim", KEY_IPV4, 4, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC,
	    false },
	{ "seen_type", KEY_MAC, 6, SEEN_FLAGS, SEEN_SIZE, SEEN_KEEP_SEC,
	    false },
};
/* clang-format on */

static const char *const chains[] = { "guard_port", "guard_stranger",
	"guard_placed", "guard_loose", "drop_port", "drop_twice", "drop_locked",
	"drop_arp", "drop_claim", "drop_type" };

static bool
is_bridge(const struct writer *to)
{
	return to->family == NFPROTO_BRIDGE;
}

/* Untagged frames of this type. */
static struct nftnl_rule *
rule_on(const struct writer *to, uint16_t type)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_ether_type(rule, type);
	return rule;
}

static void
plain_goto(const struct writer *to, const char *chain)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_goto(rule, chain);
	writer_put(to, rule);
}

static void
accept_type(const struct writer *to, uint16_t type)
{
	struct nftnl_rule *rule = rule_on(to, type);

	expr_accept(rule);
	writer_put(to, rule);
}

static void
accept_probes(const struct writer *to)
{
	struct nftnl_rule *rule = rule_on(to, ETH_P_ARP);

	expr_arp_is_probe(rule);
	expr_accept(rule);
	writer_put(to, rule);
}

/* Whoever says so: a Thing's address is at its MAC, and nowhere else. */
static void
fill_guard_port(struct writer *to)
{
	struct nftnl_rule *rule;

	to->chain = "guard_port";
	rule = rule_on(to, ETH_P_ARP);
	expr_arp_sender_in(rule, SET_OWN4);
	expr_arp_pair_in(rule, SET_BIND4, true);
	expr_goto(rule, "drop_claim");
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_mac_in(rule, SOURCE, SET_THINGS, true);
	expr_goto(rule, "guard_stranger");
	writer_put(to, rule);

	rule = writer_rule(to);
	expr_port_bound_in(rule, SET_PORT_BIND);
	expr_goto(rule, "guard_placed");
	writer_put(to, rule);

	/* Who has just left his port may be heard there still, by a packet
	 * that was in here then. */
	rule = writer_rule(to);
	expr_mac_in(rule, SOURCE, SET_HEARD, false);
	expr_mac_in(rule, SOURCE, SET_PLACED, false);
	expr_goto(rule, "drop_twice");
	writer_put(to, rule);
	plain_goto(to, "guard_loose");
}

/* On a LAN interface that is no bridge, `inet mudd` sees all of IP. */
static void
fill_guard_stranger(struct writer *to)
{
	struct nftnl_rule *rule;

	to->chain = "guard_stranger";
	rule = writer_rule(to);
	expr_interface_in(rule, COMES_IN, SET_LOCKED, false);
	expr_goto(rule, "drop_locked");
	writer_put(to, rule);
	if (!is_bridge(to))
		return;
	rule = rule_on(to, ETH_P_IP);
	expr_addr_in(rule, 4, SOURCE, SET_OWN4, false);
	expr_goto(rule, "drop_spoof");
	writer_put(to, rule);

	rule = rule_on(to, ETH_P_IPV6);
	expr_addr_in(rule, 6, SOURCE, SET_OWN6, false);
	expr_goto(rule, "drop_spoof");
	writer_put(to, rule);
}

/* DHCP from no address, or an old one that is nobody's now, and its like of
 * IPv6. */
static void
accept_unbound(struct writer *to)
{
	struct nftnl_rule *rule = rule_on(to, ETH_P_IP);

	expr_addr_in(rule, 4, SOURCE, SET_OWN4, true);
	writer_dhcp(rule, 68, 67);
	expr_accept(rule);
	writer_put(to, rule);
	sixguard_unbound(to);
}

/* In its own name alone; one that is denied everything is bound to nothing,
 * and goes on to the chain that says so. */
static void
judge_source(struct writer *to)
{
	static const uint16_t types[] = { ETH_P_IP, ETH_P_IPV6 };
	struct nftnl_rule *rule;

	accept_unbound(to);
	for (size_t i = 0; i < LENGTH(types); i++) {
		rule = rule_on(to, types[i]);
		expr_mac_in(rule, SOURCE, SET_DENIED, true);
		expr_mac_in(rule, SOURCE, SET_DROPPED_FROM, false);
		expr_goto(rule, "drop_spoof");
		writer_put(to, rule);
	}
	for (size_t i = 0; i < LENGTH(types); i++)
		accept_type(to, types[i]);
}

/* What most frames are goes first. */
static void
fill_guard_placed(struct writer *to)
{
	struct nftnl_rule *rule;

	to->chain = "guard_placed";
	rule = writer_rule(to);
	expr_note_sender(rule, SET_HEARD);
	writer_put(to, rule);

	if (is_bridge(to)) {
		rule = rule_on(to, ETH_P_IP);
		expr_bound_in(rule, 4, SOURCE, SET_BIND4);
		expr_accept(rule);
		writer_put(to, rule);
		rule = rule_on(to, ETH_P_IPV6);
		expr_bound_in(rule, 6, SOURCE, SET_BIND6);
		expr_accept(rule);
		writer_put(to, rule);
	}
	accept_probes(to);
	rule = rule_on(to, ETH_P_ARP);
	expr_arp_bound_in(rule, SET_BIND4);
	expr_accept(rule);
	writer_put(to, rule);
	rule = rule_on(to, ETH_P_ARP);
	expr_goto(rule, "drop_arp");
	writer_put(to, rule);
	if (!is_bridge(to))
		return;
	accept_type(to, ETH_P_PAE);
	judge_source(to);
	plain_goto(to, "drop_type");
}

/* Of no port, or of one that is silent: what leads to a binding.  Who has
 * moved has the addresses still that it had. */
static void
fill_guard_loose(struct writer *to)
{
	struct nftnl_rule *rule;

	to->chain = "guard_loose";
	accept_probes(to);
	accept_type(to, ETH_P_PAE);
	accept_unbound(to);
	rule = rule_on(to, ETH_P_IP);
	expr_bound_in(rule, 4, SOURCE, SET_BIND4);
	writer_dhcp(rule, 68, 67);
	expr_accept(rule);
	writer_put(to, rule);
	sixguard_bound(to);
	plain_goto(to, "drop_port");
}

/* Once counted, whoever is known by his MAC; logged by what this rule's own
 * expressions keep apart; dropped. */
static struct nftnl_rule *
begin_drop(struct writer *to, const char *chain)
{
	struct nftnl_rule *rule;

	to->chain = chain;
	rule = writer_rule(to);
	expr_mac_in(rule, SOURCE, SET_DROPPED_FROM, false);
	writer_put(to, rule);
	return writer_rule(to);
}

static void
end_drop(struct writer *to, struct nftnl_rule *rule, const char *prefix)
{
	expr_log(rule, prefix);
	writer_put(to, rule);
	writer_drop(to);
}

/* Strangers, who may use any MAC, are kept apart by what they cannot make
 * up. */
static void
fill_drops(struct writer *to)
{
	static const struct {
		const char *chain, *seen, *prefix;
	} by_mac[] = {
		{ "drop_port", "seen_port", LOG_PORT },
		{ "drop_twice", "seen_twice", LOG_TWICE },
		{ "drop_arp", "seen_arp", LOG_ARP },
		{ "drop_type", "seen_type", LOG_TYPE },
	};
	struct nftnl_rule *rule;

	for (size_t i = 0; i < LENGTH(by_mac); i++) {
		rule = begin_drop(to, by_mac[i].chain);
		expr_update_mac(rule, SOURCE, by_mac[i].seen, WITH_LIMIT);
		end_drop(to, rule, by_mac[i].prefix);
	}
	rule = begin_drop(to, "drop_locked");
	expr_update_port(rule, "seen_locked");
	end_drop(to, rule, LOG_PORT);
	rule = begin_drop(to, "drop_claim");
	expr_update_arp(rule, "seen_claim");
	end_drop(to, rule, LOG_ARP);
}

void
portguard_enter(struct writer *to)
{
	struct nftnl_rule *rule = writer_rule(to);

	expr_interface_in(rule, COMES_IN, SET_PORTS, false);
	expr_goto(rule, "guard_port");
	writer_put(to, rule);
}

void
portguard_leave(struct writer *to)
{
	static const uint16_t types[] = { ETH_P_IP, ETH_P_IPV6, ETH_P_ARP,
		ETH_P_PAE };
	struct nftnl_rule *rule = writer_rule(to);

	for (size_t i = 0; i < LENGTH(types); i++)
		expr_ether_type_not(rule, types[i]);
	expr_interface_in(rule, GOES_OUT, SET_PORTS, false);
	expr_mac_in(rule, DESTINATION, SET_THINGS, false);
	expr_goto(rule, CHAIN_DROP_TO);
	writer_put(to, rule);
}

/* A tagged frame belongs to the VLAN interface above, if there is one; that
 * may be a LAN interface itself, with Things of its own. */
static void
fill_ingress(struct writer *to)
{
	writer_chain(to, CHAIN_INGRESS, NULL);
	accept_type(to, ETH_P_8021Q);
	accept_type(to, ETH_P_8021AD);
	portguard_enter(to);
}

void
portguard_write(struct writer *to)
{
	for (size_t i = 0; i < LENGTH(sets); i++)
		writer_set(to, &sets[i]);
	for (size_t i = 0; i < LENGTH(chains); i++)
		writer_chain(to, chains[i], NULL);
	fill_guard_port(to);
	fill_guard_stranger(to);
	fill_guard_placed(to);
	fill_guard_loose(to);
	fill_drops(to);
	if (!is_bridge(to))
		fill_ingress(to);
}
