/*
 * The enforcer against a real kernel: batches in, `nft list` out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "enforce/rules/schema.h"
#include "libmud/fault.h"
#include "tests/unit/world.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* One of our tables on a single line, counts left out. */
static char *
list(const char *family)
{
	char *listed = gateway_nft("list", "table", family, "mudd", NULL);
	static const char counts[] = " packets 0 bytes 0";
	char *to = listed;

	for (const char *from = listed; *from != '\0';) {
		if (strncmp(from, counts, strlen(counts)) == 0) {
			from += strlen(counts);
		} else if (strchr("\n\t ", *from) == NULL) {
			*to++ = *from++;
		} else {
			*to++ = ' ';
			from += strspn(from, "\n\t ");
		}
	}
	*to = '\0';
	return listed;
}

/* Everything, less what counts and runs out by itself: nft's JSON tells when
 * an element runs out, --stateless or not. */
static char *
list_all(void)
{
	return gateway_nft("--handle", "--stateless", "list", "ruleset", NULL);
}

/* ---- what is listed ---------------------------------------------------- */

/* What nft makes of the inet table with the snapshot in it. */
static const char *const inet[] = {
	"type ifname elements = { \"br0\", \"lan1\" }",
	"set hairpin { type ifname . ifname elements = { "
	"\"br0\" . \"br0\" } }",
	"set gateway { type ether_addr elements = {",
	"02:bb:00:00:00:01 . 192.168.77.11",
	"elements = { 192.168.77.11, 192.168.78.13 }",
	"02:bb:00:00:00:01 . fd77::10",
	"elements = { fd77::10 }",
	"ether saddr . ip6 saddr @bind6 return",
	"icmpv6 type nd-neighbor-advert ether saddr . @th,64,128 != @bind6 "
	"ether saddr @things goto drop_spoof",
	"icmpv6 type nd-neighbor-advert @th,64,128 @own6 ether saddr . "
	"@th,64,128 != @bind6 goto drop_spoof",
	"icmpv6 type nd-router-advert ether saddr @things goto drop_spoof",
	"ip6 saddr @own6 goto drop_spoof",
	"set from_a1 { type ether_addr elements = { 02:bb:00:00:00:01, "
	"02:bb:00:00:00:03 } }",
	"set to4_a1 { type ipv4_addr elements = { 192.168.77.11, "
	"192.168.78.13 } }",
	"set to6_a1 { type ipv6_addr elements = { fd77::10 } }",
	"set from_a2 { type ether_addr }",
	"chain from { goto from_e_0 }",
	"chain from_a_0 { ether saddr @from_a2 goto pf_2 "
	"ether saddr @from_a1 goto pf_1 goto drop_from }",
	"chain to6_a_0 { ip6 daddr @to6_a2 goto pt_2 "
	"ip6 daddr @to6_a1 goto pt_1 goto drop_to }",
	"elements = { 192.168.76.0-192.168.78.255 }",
	"elements = { fd77::/64 }",
	"elements = { 192.168.77.1, 192.168.77.255 }",
	"elements = { fd77::1 }",
	"set dns1_4",
	"203.0.113.2 timeout 5m",
	"2001:db8::2 timeout 5m",
	"set cls2_4",
	"iifname . oifname @hairpin ether daddr != @gateway jump bridged",
	"set calls4 { type ifname elements = { \"br0\" } }",
	"set calls6 { type ifname elements = { \"br0\" } }",
	"set deaf { type ifname elements = { \"br0\" } }",
	"chain bridged { meta nfproto ipv4 ether saddr @things udp sport 68 "
	"udp dport 67 jump stamp udp sport 68 udp dport 67 ip daddr @own4 jump "
	"stamp meta nfproto ipv4 udp sport 68 udp dport 67 accept "
	"meta nfproto ipv4 ether saddr @things udp sport 67 udp dport 68 jump "
	"from meta nfproto ipv4 ether saddr @things udp sport 67 udp dport 68 "
	"jump stamp udp sport 67 udp dport 68 ip daddr @own4 jump stamp "
	"meta nfproto ipv4 udp sport 67 udp dport 68 accept",
	"ip daddr 224.0.0.0/4 meta l4proto igmp accept "
	"ip daddr @self4 udp dport 67 accept",
	"ip6 daddr ff00::/8 udp dport 547 accept "
	"ip6 daddr ff00::/8 icmpv6 type { nd-router-solicit } ip6 "
	"hoplimit 255 accept",
	"chain guard_lan { ether saddr @gateway goto drop_spoof "
	"ether saddr . ip saddr @bind4 return",
	"ether saddr @gateway update @seen_from { ether saddr limit rate "
	"1/second } log prefix \"mud:spoof \"",
	"ether saddr != @things ether saddr != @gateway "
	"update @seen_spoof { ip saddr limit",
	"ct state established ct direction reply accept",
	"iifname != @lan oifname != @lan accept",
	"iifname @lan ether saddr @things jump from "
	"oifname @lan ip daddr @to4 jump to4 "
	"oifname @lan ip6 daddr @to6 jump to6 ",
	"chain fast { ct direction original ct mark & 0xfffe0000 == @passed "
	"ct state ! related counter accept ct direction reply ct mark & "
	"0xfffd0000 == @passed ct state ! related counter accept ct state "
	"related ct mark & 0xfffc0000 == @epoch jump errors }",
	"ip saddr != @own4 udp sport 68 udp dport 67 accept",
	"nd-neighbor-advert } ip6 hoplimit 255 accept",
	"chain errors { icmp type { destination-unreachable, time-exceeded, "
	"parameter-problem } accept icmpv6 type { destination-unreachable, "
	"packet-too-big, time-exceeded, parameter-problem } accept }",
	"ct state related ct direction reply ct reply ip saddr @own4 icmp "
	"type { destination-unreachable, time-exceeded, parameter-problem } "
	"accept",
	"chain forward { type filter hook forward priority filter - 5; policy "
	"accept; ip hdrlength != 5 jump detour_options "
	"exthdr rt exists jump detour jump fast iifname . oifname @hairpin",
	"chain detour { iifname @lan ether saddr @things goto drop_from "
	"iifname . oifname @hairpin ether daddr != @gateway return "
	"oifname != @lan return ip6 daddr @own6 goto drop_to "
	"meta nfproto ipv6 return counter drop }",
	"chain detour_options { ip option lsrr exists goto detour "
	"ip option ssrr exists goto detour }",
	"oifname @lan ip6 daddr @to6 jump to6 "
	"iifname @lan ether saddr @things goto stamp "
	"oifname @lan ip daddr @own4 goto stamp "
	"oifname @lan ip6 daddr @own6 goto stamp",
	"ether saddr != @things accept jump fast jump infra",
	"ether saddr @things jump from jump stamp",
	"ip daddr @dns1_4 tcp dport 443 ct direction original counter "
	"return comment \"ace 0\"",
	"ip daddr @local4 ip daddr != @self4 icmp type echo-request "
	"counter return comment \"ace 2\"",
	"ct state established ct direction reply goto mf_1",
	"ct state established ct direction reply goto mt_1",
	"ip saddr @dns1_4 tcp sport 443 counter return",
	"ip saddr @cls2_4 udp dport 5683 counter return comment "
	"\"ace 3\"",
	"ct state related ct direction reply ct reply ip6 saddr @own6 icmpv6 "
	"type { "
	"destination-unreachable, packet-too-big, time-exceeded, "
	"parameter-problem } accept",
	"update @dropped_from { ether saddr }",
	"update @dropped_to6 { ip6 daddr }",
	"log prefix \"mud:from \" group 100",
	"log prefix \"mud:to \" group 100",
	"log prefix \"mud:spoof \" group 100",
	"counter drop",
};

/* And of the bridge table. */
static const char *const frames[] = {
	"02:bb:00:00:00:77",
	"02:bb:00:00:00:01 . 192.168.77.11",
	"02:bb:00:00:00:03 . 192.168.78.13",
	"chain guard { type filter hook prerouting priority dstnat - 10; "
	"policy accept; ether saddr @gateway goto drop_spoof "
	"icmpv6 type nd-neighbor-advert ether saddr . "
	"@th,64,128 != @bind6 ether saddr @dropped_from goto drop_spoof "
	"icmpv6 type nd-neighbor-advert @th,64,128 @own6 "
	"ether saddr . @th,64,128 != @bind6 goto drop_spoof "
	"icmpv6 type nd-router-advert "
	"ether saddr @dropped_from goto drop_spoof "
	"iifname @ports goto guard_port }",
	"chain guard_port { arp saddr ip @own4 arp saddr ether . arp saddr ip "
	"!= @bind4 goto drop_claim ether saddr != @things goto guard_stranger "
	"iifname . ether saddr @port_bind goto guard_placed "
	"ether saddr @heard ether saddr @placed goto drop_twice "
	"goto guard_loose }",
	"chain drop_port { ether saddr @dropped_from update @seen_port { "
	"ether saddr limit rate 1/second } log prefix \"mud:port \" group 100 "
	"counter drop }",
	"elements = { fd77::10 }",
	"update @seen_spoof { ether saddr limit rate "
	"1/second } log prefix \"mud:spoof \" group 100 counter drop",
	"ether daddr . ip6 daddr @bind6 accept "
	"ip6 daddr fe80::/10 udp sport 547 udp dport 546 "
	"accept meta protocol ip6 ether daddr @things goto drop_to "
	"ether daddr . ip daddr @bind4 accept "
	"meta protocol ip udp sport 67 udp dport 68 accept "
	"meta protocol ip ether daddr @things goto drop_to",
};

static void
snapshot_is_listed(void **state)
{
	char *listed, *bridge, *egress;

	(void)world_begin(state);
	listed = list("inet");
	for (size_t i = 0; i < LENGTH(inet); i++)
		holds(listed, inet[i]);
	holds(listed, gateway_mac("br0"));
	holds(listed, gateway_mac("lan1"));
	free(listed);

	bridge = list("bridge");
	for (size_t i = 0; i < LENGTH(frames); i++)
		holds(bridge, frames[i]);
	holds(bridge, gateway_mac("br0"));
	holds(bridge, gateway_mac("lan1"));
	free(bridge);
	egress = list("netdev");
	holds(egress, "02:bb:00:00:00:01 . 192.168.77.11");
	holds(egress, "type filter hook egress device \"lan1\"");
	lacks(egress, "\"br0\"");
	holds(egress, "02:bb:00:00:00:77");
	free(egress);
}

/* All our tables, but for the epoch, which is another with each RESET. */
static char *
list_settled(void)
{
	static const char *const chains[] = { CHAIN_STAMP_ORIGINAL,
		CHAIN_STAMP_REPLY, CHAIN_STAMP_JUDGED };
	static const char *const sets[] = { SET_EPOCH, SET_PASSED };

	for (size_t i = 0; i < LENGTH(chains); i++)
		free(gateway_nft("flush", "chain", "inet", "mudd", chains[i]));
	for (size_t i = 0; i < LENGTH(sets); i++)
		free(gateway_nft("flush", "set", "inet", "mudd", sets[i]));
	return gateway_nft("--stateless", "list", "ruleset", NULL, NULL);
}

static void
reset_twice_is_the_same(void **state)
{
	struct world *world = world_begin(state);
	char *before, *after;

	before = list_settled();
	world_snapshot(&world->script);
	world_play(world, BATCH_RESET);
	after = list_settled();
	assert_string_equal(before, after);
	free(before);
	free(after);
}

/* Is the element in the set? */
static bool
listed_in(const char *listed, const char *set, const char *element)
{
	char head[96];
	const char *at, *end;

	(void)snprintf(head, sizeof(head), " set %s {", set);
	at = strstr(listed, head);
	assert_non_null(at);
	end = strchr(strchr(at + strlen(head), '}'), ' ');
	at = strstr(at, element);
	return at != NULL && end != NULL && at < end &&
	       strchr(" ,", at[strlen(element)]) != NULL;
}

/* The tree leads from this MAC or address to that chain: by its lowest digit,
 * the others being 0. */
static void
lead(const char *listed, const char *tree, const char *key, const char *chain)
{
	const char *load = strcmp(tree, "from") == 0  ? "ether saddr"
	                   : strcmp(tree, "to4") == 0 ? "ip daddr"
	                                              : "ip6 daddr";
	char set[64], rule[128];
	int digit = 0;

	for (int i = 1; i <= 3; i++) {
		(void)snprintf(set, sizeof(set), "%s_a%d", tree, i);
		if (!listed_in(listed, set, key))
			continue;
		assert_int_equal(digit, 0);
		digit = i;
	}
	if (digit != 0)
		(void)snprintf(rule, sizeof(rule), "%s @%s_a%d goto %s ", load,
		    tree, digit, chain);
	else
		(void)snprintf(rule, sizeof(rule), " goto %s }", chain);
	(void)snprintf(set, sizeof(set), "chain %s_a_0 {", tree);
	assert_non_null(strstr(listed, set));
	holds(strstr(listed, set), rule);
	assert_true(strstr(strstr(listed, set), rule) <
		    strchr(strstr(listed, set), '}') + 1);
}

static void
batches_change_what_they_name(void **state)
{
	struct world *world = world_begin(state);
	struct script *script = &world->script;
	char *listed;

	/* A Thing, a policy and its set in one batch; another Thing moves. */
	script_set(script, OP_ADD, 3, false);
	script_element(script, OP_ADD, 3, OTHER_ADDR, 0);
	script_rules(script, 3,
	    &(struct rule[]){ rule_port(CHAIN_FROM, 6, 3, true, 80) }[0], 1);
	script_thing(script, OP_ADD, OTHER_MAC, 3);
	script_binding(script, OP_ADD, OTHER_MAC, OTHER_ADDR);
	script_thing(script, OP_ADD, THING_MAC, 2);
	world_play(world, 0);
	listed = list("inet");
	lead(listed, "from", OTHER_MAC, "pf_3");
	lead(listed, "to4", OTHER_ADDR, "pt_3");
	lead(listed, "from", THING_MAC, "pf_2");
	lead(listed, "to4", THING_ADDR, "pt_2");
	holds(listed, "ip daddr @cls3_4 tcp dport 80");
	free(listed);

	/* An address changes hands, a policy its rules, places their shape. */
	script_binding(script, OP_ADD, OTHER_MAC, THING_ADDR);
	script_binding(script, OP_DELETE, THING_MAC, THING_ADDR);
	script_rules(script, 3,
	    &(struct rule[]){ rule_port(CHAIN_FROM, 17, 3, true, 81) }[0], 1);
	script_element(script, OP_ADD, 1, SERVER_ADDR, 7200);
	script_element(script, OP_DELETE, 1, "2001:db8::2", 0);
	script_element(script, OP_DELETE, 1, "2001:db8::9", 0);
	script_local(script, OP_DELETE, "192.168.78.0/24");
	script_self(script, OP_DELETE, "192.168.77.255");
	world_play(world, 0);
	listed = list("inet");
	holds(listed, "02:bb:00:00:00:02 . 192.168.77.11");
	lacks(listed, "02:bb:00:00:00:01 . 192.168.77.11");
	lead(listed, "to4", THING_ADDR, "pt_3");
	holds(listed, "ip daddr @cls3_4 udp dport 81");
	lacks(listed, "tcp dport 80 ");
	holds(listed, "203.0.113.2 timeout 2h");
	lacks(listed, "2001:db8::2");
	holds(listed, "192.168.76.0-192.168.78.127");
	lacks(listed, "192.168.77.255");
	free(listed);
	listed = list("bridge");
	holds(listed, "02:bb:00:00:00:02 . 192.168.77.11");
	lacks(listed, "02:bb:00:00:00:01 . 192.168.77.11");
	free(listed);

	/* It departs, the other goes, and with it its policy and set. */
	script_thing(script, OP_ADD, PLAIN_MAC, 0);
	script_thing(script, OP_DELETE, OTHER_MAC, 0);
	script_gone(script, 3);
	script_set(script, OP_DELETE, 3, false);
	world_play(world, 0);
	listed = gateway_nft("list", "ruleset", NULL, NULL, NULL);
	lacks(listed, "02:bb:00:00:00:02");
	lacks(listed, "192.168.77.11");
	lacks(listed, PLAIN_ADDR);
	lacks(listed, "pf_3");
	lacks(listed, "cls3_4");
	holds(listed, "02:bb:00:00:00:03");
	free(listed);
	listed = list("inet");
	lead(listed, "from", PLAIN_MAC, "drop_from");
	free(listed);
}

/* ---- what is refused --------------------------------------------------- */

static void
denied_batch_changes_nothing(void **state)
{
	struct world *world = world_begin(state);
	struct fault why = { 0 };
	char *before = list_all(), *after;

	/* The model says no. */
	script_thing(&world->script, OP_ADD, OTHER_MAC, 1);
	script_binding(&world->script, OP_ADD, OTHER_MAC, OTHER_ADDR);
	script_thing(&world->script, OP_ADD, THING_MAC, 9);
	assert_false(world_try(world, 0, &why));
	assert_int_equal(why.code, FAULT_RECORD);
	after = list_all();
	assert_string_equal(before, after);
	free(after);

	/* The kernel says no: somebody has taken away what we rely on. */
	world->is_unwatched = true;
	free(gateway_nft(
	    "delete", "element", "inet", "mudd", "things { " THING_MAC " }"));
	free(before);
	before = list_all();
	script_thing(&world->script, OP_ADD, OTHER_MAC, 1);
	script_binding(&world->script, OP_ADD, OTHER_MAC, OTHER_ADDR);
	script_thing(&world->script, OP_DELETE, THING_MAC, 0);
	assert_false(world_try(world, 0, &why));
	assert_int_equal(why.code, FAULT_KERNEL);
	assert_string_equal(why.detail, "things: No such file or directory");
	after = list_all();
	assert_string_equal(before, after);
	free(before);
	free(after);

	/* And the model has not moved: the same again, without that one. */
	script_thing(&world->script, OP_ADD, OTHER_MAC, 1);
	script_binding(&world->script, OP_ADD, OTHER_MAC, OTHER_ADDR);
	world_play(world, 0);
	world_snapshot(&world->script);
	world_play(world, BATCH_RESET);
}

static void
knows_its_turn(void **state)
{
	struct world *world = world_begin(state);
	const struct record_lan lan = { OP_ADD, 1 };
	const struct record_batch frame = { 99, BATCH_RESET, 2 };
	struct fault why = { 0 };

	assert_false(enforcer_record(world->enforcer, RECORD_LAN, &lan, &why));
	assert_int_equal(why.code, FAULT_RECORD);
	assert_false(
	    enforcer_record(world->enforcer, RECORD_BATCH_END, &frame, &why));
	assert_false(enforcer_takes(RECORD_COUNTERS));
	assert_true(enforcer_takes(RECORD_LAN));
	/* Half a batch, and then the engine dies. */
	assert_true(
	    enforcer_record(world->enforcer, RECORD_BATCH_BEGIN, &frame, &why));
	enforcer_abandon(world->enforcer);
	assert_false(enforcer_record(world->enforcer, RECORD_LAN, &lan, &why));
	world->batch = 99;
	script_thing(&world->script, OP_ADD, THING_MAC, 2);
	world_play(world, 0);
}

static void
teardown_leaves_nothing(void **state)
{
	struct world *world = world_begin(state);
	struct fault why = { 0 };
	char *listed;

	assert_true(enforcer_teardown(world->enforcer, &why));
	listed = gateway_nft("list", "ruleset", NULL, NULL, NULL);
	assert_string_equal(listed, "");
	free(listed);
	assert_true(enforcer_teardown(world->enforcer, &why));
	script_thing(&world->script, OP_ADD, THING_MAC, 2);
	assert_false(world_try(world, 0, &why));
}

/* An interface of the LAN goes, and comes back under another number. */
static void
interfaces_come_and_go(void **state)
{
	char mac[MAC_TEXT];
	const char *const add[] = { "ip", "link", "add", "lan2", "address", mac,
		"type", "veth", "peer", "name", "x2", NULL };
	const char *const del[] = { "ip", "link", "del", "lan2", NULL };
	struct world *world = world_begin(state);
	struct fault why = { 0 };
	uint32_t ifindex;
	char *listed;

	/* Two interfaces with one MAC, and one without. */
	script_lan(&world->script, OP_ADD, if_nametoindex("lo"));
	memcpy(mac, gateway_mac("lan1"), sizeof(mac));
	free(gateway_run(HOST_GATEWAY, add));
	ifindex = if_nametoindex("lan2");
	script_lan(&world->script, OP_ADD, ifindex);
	world_play(world, 0);
	listed = list("netdev");
	holds(listed, "device \"lan2\"");
	free(listed);
	listed = list("inet");
	lacks(listed, "00:00:00:00:00:00");
	free(listed);
	script_lan(&world->script, OP_DELETE, ifindex);
	assert_false(world_try(world, 0, &why));
	assert_string_equal(why.clause, "enforcer");

	/* It is gone; the engine hears of it after another batch. */
	free(gateway_run(HOST_GATEWAY, del));
	script_lan(&world->script, OP_ADD, if_nametoindex("br0"));
	world_play(world, 0);
	script_lan(&world->script, OP_DELETE, ifindex);
	world_play(world, 0);
	/* What is called so next is judged from its first frame. */
	listed = list("inet");
	holds(listed, "\"lan2\"");
	free(listed);
	listed = list("netdev");
	lacks(listed, "\"lan2\"");
	free(listed);
	free(gateway_run(HOST_GATEWAY, add));
	script_lan(&world->script, OP_ADD, if_nametoindex("lan2"));
	world_play(world, 0);
	listed = list("netdev");
	holds(listed, "device \"lan2\"");
	holds(listed, THING_MAC);
	holds(listed, THING_MAC " . " THING_ADDR);
	free(listed);
	free(gateway_run(HOST_GATEWAY, del));
}

/* A bridge's MAC changes: what counts drops goes on counting. */
static void
refresh_keeps_counters(void **state)
{
	const char *const set[] = { "ip", "link", "set", "br0", "address",
		"02:bb:00:00:00:aa", NULL };
	struct world *world = world_begin(state);
	int plain = gateway_udp(HOST_PLAIN, PLAIN_STOLEN, 5000);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_LAN1, 5000);
	char was[MAC_TEXT], *listed;

	memcpy(was, gateway_mac("br0"), sizeof(was));
	(void)gateway_pass(gateway, PLAIN_STOLEN, 5000, plain, 5);
	assert_int_equal(world_counters(world).plain.to_packets, 5);
	free(gateway_run(HOST_GATEWAY, set));
	script_lan(&world->script, OP_ADD, if_nametoindex("br0"));
	world_play(world, 0);
	for (int i = 0; i < 2; i++) {
		listed = list(i == 0 ? "inet" : "bridge");
		holds(listed, "02:bb:00:00:00:aa");
		lacks(listed, was);
		free(listed);
	}
	assert_int_equal(world_counters(world).plain.to_packets, 5);
	(void)close(plain), (void)close(gateway);
}

static void
no_counter(void *arg, const struct record_counter *counter)
{
	(void)arg;
	fail_msg("a counter of %02x", counter->mac.byte[5]);
}

/* Whichever of our tables somebody deletes, asking for counters shows it. */
static void
deleted_tables_are_missed(void **state)
{
	static const char *const families[] = { "inet", "bridge", "netdev" };
	struct world *world = *state;

	for (size_t i = 0; i < LENGTH(families); i++) {
		(void)world_begin(state);
		assert_int_equal(world_counters(world).n, 3);
		free(gateway_nft("delete", "table", families[i], "mudd", NULL));
		assert_int_equal(
		    enforcer_counters(world->enforcer, no_counter, NULL),
		    -ENOENT);
	}
}

/* ---- many -------------------------------------------------------------- */

static double
msec(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return 1e3 * (double)now.tv_sec + (double)now.tv_nsec / 1e6;
}

static void
write_thing(struct script *script, unsigned int i)
{
	char mac[MAC_TEXT], addr[ADDR_TEXT];

	(void)snprintf(
	    mac, sizeof(mac), "02:cc:00:00:%02x:%02x", i >> 8 & 0xff, i & 0xff);
	(void)snprintf(
	    addr, sizeof(addr), "10.1.%u.%u", i >> 7 & 0xff, (i & 0x7f) + 1);
	script_thing(script, OP_ADD, mac, 1);
	script_binding(script, OP_ADD, mac, addr);
}

static void
load_many(struct world *world, unsigned int n)
{
	double start;

	world_snapshot(&world->script);
	for (unsigned int i = 0; i < n; i++)
		write_thing(&world->script, i);
	start = msec();
	world_play(world, BATCH_RESET);
	print_message("%u Things: %.0f ms\n", n, msec() - start);
	for (unsigned int i = n; i < n + 5; i++) {
		write_thing(&world->script, i);
		start = msec();
		world_play(world, 0);
		print_message("one more: %.2f ms\n", msec() - start);
	}
}

static void
ten_thousand_fit(void **state)
{
	struct world *world = *state;
	struct sums sums;

	load_many(world, 1000);
	load_many(world, 10000);
	sums = world_counters(world);
	assert_int_equal(sums.n, 10000 + 5 + 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(snapshot_is_listed),
		cmocka_unit_test(reset_twice_is_the_same),
		cmocka_unit_test(batches_change_what_they_name),
		cmocka_unit_test(denied_batch_changes_nothing),
		cmocka_unit_test(knows_its_turn),
		cmocka_unit_test(teardown_leaves_nothing),
		cmocka_unit_test(interfaces_come_and_go),
		cmocka_unit_test(refresh_keeps_counters),
		cmocka_unit_test(deleted_tables_are_missed),
		cmocka_unit_test(ten_thousand_fit),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
