/*
 * Walks over what is really installed: real rules in a real kernel, ours,
 * others' among them, and ours damaged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "enforce/walk/walk.h"
#include "libmud/fault.h"
#include "tests/unit/walkask.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void
what_is_there_is_told(void **state)
{
	/* clang-format off */
	static const struct packet_row rows[] = {
		{ '>', SERVER_ADDR, TCP, 50000, 443, WALK_NEW, WALK_PASSES, NULL },
		{ '>', SERVER_ADDR, TCP, 50000, 444, WALK_NEW, WALK_IS_DROPPED, "drop_from" },
		{ '>', SERVER_ADDR, UDP, 50000, 4000, WALK_NEW, WALK_PASSES, NULL },
		{ '>', SERVER_ADDR, UDP, 50000, -1, WALK_NEW, WALK_UNTOLD, NULL },
		{ '>', "203.0.113.3", UDP, 50000, 4000, WALK_NEW, WALK_IS_DROPPED, "drop_from" },
		/* Opened by the other side: what opens is judged, and the mirror. */
		{ '>', SERVER_ADDR, TCP, 50000, 443, WALK_REPLY, WALK_IS_DROPPED, "drop_from" },
		{ '<', SERVER_ADDR, TCP, 443, 50000, WALK_REPLY, WALK_PASSES, NULL },
		{ '<', SERVER_ADDR, TCP, 443, 50000, WALK_NEW, WALK_IS_DROPPED, "drop_to" },
		{ '<', SERVER_ADDR, UDP, 4000, 50000, WALK_REPLY, WALK_PASSES, NULL },
		{ '<', SERVER_ADDR, UDP, 50000, 5683, WALK_NEW, WALK_PASSES, NULL },
		{ '>', SERVER_ADDR, UDP, 5683, 50000, WALK_REPLY, WALK_PASSES, NULL },
		{ '<', SERVER_ADDR, UDP, 50000, 5684, WALK_NEW, WALK_IS_DROPPED, "drop_to" },
		/* Local networks, by intervals; the gateway is none of it. */
		{ '>', PLAIN_ADDR, ICMP, 8, 0, WALK_NEW, WALK_IS_DROPPED, "drop_to" },
		{ '>', "192.168.78.99", ICMP, 8, 0, WALK_NEW, WALK_PASSES, NULL },
		{ '>', "192.168.76.9", ICMP, 8, 0, WALK_NEW, WALK_PASSES, NULL },
		{ '>', SERVER_ADDR, ICMP, 8, 0, WALK_NEW, WALK_IS_DROPPED, "drop_from" },
		{ '>', GATEWAY_ADDR, ICMP, 8, 0, WALK_NEW, WALK_IS_DROPPED, "drop_from" },
		{ '>', GATEWAY_ADDR, UDP, 50000, 67, WALK_NEW, WALK_PASSES, "infra" },
		{ '>', GATEWAY_ADDR, UDP, 4000, 50000, WALK_REPLY, WALK_PASSES, "input" },
		{ '<', GATEWAY_ADDR, UDP, 50000, 1, WALK_NEW, WALK_PASSES, "egress" },
		{ '>', "224.0.0.251", 2, -1, -1, WALK_NEW, WALK_PASSES, "infra" },
		{ '>', SERVER_ADDR6, UDP, 50000, 4000, WALK_NEW, WALK_IS_DROPPED, "drop_from" },
		{ '>', "fd77::1", ICMPV6, 135, 0, WALK_UNTRACKED, WALK_PASSES, "infra" },
		{ '>', "ff02::2", ICMPV6, 133, 0, WALK_UNTRACKED, WALK_PASSES, "infra" },
		{ '>', "ff02::16", ICMPV6, 143, 0, WALK_UNTRACKED, WALK_PASSES, "infra" },
		/* An advertisement is no request of a host's. */
		{ '>', "ff02::1", ICMPV6, 134, 0, WALK_UNTRACKED, WALK_IS_DROPPED, "drop_spoof" },
		{ '<', "fd77::1", ICMPV6, 134, 0, WALK_UNTRACKED, WALK_PASSES, "egress" },
	};
	/* clang-format on */
	struct world *world = world_begin(state);

	walkask_rows(world, rows, LENGTH(rows));
}

/* ---- what others wrote, and what is broken ------------------------------- */

static const struct record_walk_step *
step_of(const struct walked *walked, const char *note)
{
	for (uint32_t i = 0; i < walked->end.n; i++)
		if (strcmp(walked->step[i].note, note) == 0)
			return &walked->step[i];
	fail_msg("no step with comment %s", note);
	return NULL;
}

static void
a_deleted_rule_is_missed(void **state)
{
	struct world *world = world_begin(state);
	struct walked walked = walkask_plain(world);
	const struct record_walk_step *step = step_of(&walked, "ace 1");
	char command[128];

	assert_int_equal(walked.end.verdict, WALK_PASSES);
	assert_int_equal(step->action, WALK_RETURN);
	assert_string_equal(step->chain, "pf_1");
	(void)snprintf(command, sizeof(command),
	    "delete rule inet mudd pf_1 handle %llu",
	    (unsigned long long)step->handle);
	walkask_nft(command);
	walked = walkask_plain(world);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_string_equal(walkask_last(&walked), "drop_from");
}

static void
a_rule_of_others_is_seen(void **state)
{
	static const struct packet_row closed = { '>', SERVER_ADDR, TCP, 50000,
		444, WALK_NEW, WALK_IS_DROPPED, NULL };
	struct record_walk walk = walkask_question(&closed);
	struct world *world = world_begin(state);
	struct walked walked = walkask(world, &walk);

	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	walkask_nft(
	    "insert rule inet mudd forward accept comment \"not \x01 ours\"");
	walked = walkask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_PASSES);
	/* Whoever wrote it cannot write to a terminal. */
	assert_int_equal(step_of(&walked, "not ? ours")->action, WALK_ACCEPT);
	walkask_nft("flush chain inet mudd forward");
	walked = walkask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_PASSES);
	walkask_nft("add element inet mudd from_a2 { 02:bb:00:00:00:55 }");
	walkask_nft("delete element inet mudd bind4 { " THING_MAC
		    " . " THING_ADDR " }");
	walked = walkask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_string_equal(walkask_last(&walked), "drop_spoof");
}

static void
a_table_that_is_gone_is_missed(void **state)
{
	struct world *world = world_begin(state);
	struct walked walked;

	walkask_nft("delete table inet mudd");
	walked = walkask_plain(world);
	assert_int_equal(walked.end.is_missing, 1);
	assert_int_equal(walked.end.verdict, WALK_PASSES);
	(void)world_begin(state);
	walked = walkask_plain(world);
	assert_int_equal(walked.end.is_missing, 0);
}

/* ---- base chains --------------------------------------------------------- */

static void
base_chains_are_walked_in_order(void **state)
{
	static const struct {
		const char *chain;
		uint32_t verdict;
	} rows[] = {
		{ "add chain inet mudd forward { policy drop; }",
		    WALK_IS_DROPPED },
		{ "add chain inet mudd z { type filter hook forward priority "
		  "10; policy drop; }",
		    WALK_IS_DROPPED },
		{ "add chain inet mudd z { type filter hook output priority "
		  "10; policy drop; }",
		    WALK_PASSES },
		{ "add chain inet mudd z { type filter hook postrouting "
		  "priority 10; policy drop; }",
		    WALK_IS_DROPPED },
		{ "add chain netdev mudd z { type filter hook ingress device "
		  "p1 priority 10; policy drop; }",
		    WALK_IS_DROPPED },
		{ "add chain netdev mudd z { type filter hook ingress devices "
		  "= { p2, lan1 } priority 10; policy drop; }",
		    WALK_PASSES },
		{ "add chain netdev mudd z { type filter hook egress device "
		  "wan priority 10; policy drop; }",
		    WALK_IS_DROPPED },
		{ "add chain bridge mudd z { type filter hook input priority "
		  "10; policy drop; }",
		    WALK_IS_DROPPED },
		{ "add chain bridge mudd z { type filter hook forward "
		  "priority 10; policy drop; }",
		    WALK_PASSES },
		/* What nobody here can follow. */
		{ "add chain inet mudd z { type nat hook prerouting priority "
		  "-100; }",
		    WALK_UNTOLD },
		{ "add chain inet mudd z { type nat hook output priority "
		  "-100; }",
		    WALK_PASSES },
		{ "add chain inet mudd z { type filter hook ingress device "
		  "br0 priority 0; }",
		    WALK_UNTOLD },
	};
	char text[4096];

	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct world *world = world_begin(state);
		struct walked walked;

		walkask_nft(rows[i].chain);
		walked = walkask_plain(world);
		if (walked.end.verdict != rows[i].verdict)
			fail_msg("%s: %s", rows[i].chain,
			    walkask_text(&walked, text));
	}
	(void)world_begin(state);
}

static void
deep_jumps_are_followed(void **state)
{
	struct world *world = world_begin(state);
	char command[128];

	for (int i = 0; i < 20; i++) {
		(void)snprintf(
		    command, sizeof(command), "add chain inet mudd deep%d", i);
		walkask_nft(command);
	}
	for (int i = 0; i < 13; i++) {
		(void)snprintf(command, sizeof(command),
		    "add rule inet mudd deep%d jump deep%d", i, i + 1);
		walkask_nft(command);
	}
	walkask_nft("insert rule inet mudd forward jump deep0");
	assert_int_equal(walkask_plain(world).end.verdict, WALK_PASSES);
	walkask_nft("add rule inet mudd deep13 drop");
	assert_int_equal(walkask_plain(world).end.verdict, WALK_IS_DROPPED);
}

/* ---- ways ---------------------------------------------------------------- */

/* For all bridges of the namespace. */
static void
switch_all(const char *digit)
{
	FILE *out = fopen("/proc/sys/net/bridge/bridge-nf-call-iptables", "w");

	assert_non_null(out);
	assert_true(fputs(digit, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

static struct record_walk
between(const char *own, const char *peer, enum direction direction)
{
	struct record_walk walk = walkask_question(&walkask_udp);

	walk.own = walkask_addr(own);
	walk.peer = walkask_addr(peer);
	walk.direction = (uint8_t)direction;
	return walk;
}

/* By the namespace's switch, or the bridge's own. */
static void
bridges_call_the_inet_hooks(void **state)
{
	static const char *const off[] = { "ip", "link", "set", "br0", "type",
		"bridge", "nf_call_iptables", "0", NULL };
	static const char *const on[] = { "ip", "link", "set", "br0", "type",
		"bridge", "nf_call_iptables", "1", NULL };
	struct world *world = world_begin(state);
	struct record_walk walk = between(THING_ADDR, OTHER_ADDR, FROM_DEVICE);

	walk.is_neighbour = 1;
	walk.peer_port = if_nametoindex("p2");
	assert_true(mac_parse(OTHER_MAC, &walk.peer_mac));
	walkask_nft(
	    "insert rule inet mudd forward iifname br0 oifname br0 drop");
	for (int i = 0; i < 4; i++) {
		bool calls = i != 0;
		struct walked walked;

		switch_all(i < 2 ? "0" : "1");
		free(gateway_run(HOST_GATEWAY, i == 1 || i == 3 ? on : off));
		walked = walkask(world, &walk);
		assert_int_equal(
		    walked.end.verdict, calls ? WALK_IS_DROPPED : WALK_PASSES);
	}
	(void)world_begin(state);
}

static void
other_ways_are_known(void **state)
{
	struct world *world = world_begin(state);
	struct record_walk walk;
	struct walked walked;

	/* Neighbours on a bridge whose frames pass the inet hooks: where the
	 * policy allows it. */
	walk = between(THING_ADDR, OTHER_ADDR, FROM_DEVICE);
	walk.is_neighbour = 1;
	walk.peer_port = if_nametoindex("p2");
	assert_true(mac_parse(OTHER_MAC, &walk.peer_mac));
	walked = walkask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_string_equal(walkask_last(&walked), "drop_from");
	script_element(&world->script, OP_ADD, 1, OTHER_ADDR, 300);
	world_play(world, 0);
	walked = walkask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_PASSES);
	walkask_nft(
	    "insert rule inet mudd forward iifname br0 oifname br0 drop");
	walked = walkask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_string_equal(walkask_last(&walked), "forward");
	world = world_begin(state);
	/* To an address that nobody is bound to. */
	walk = between(THING_STOLEN, OTHER_ADDR, TO_DEVICE);
	walk.is_neighbour = 1;
	walked = walkask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_int_equal(walked.step[walked.end.n - 1].table, WALK_BRIDGE);
	/* On an interface that is no bridge. */
	walk = between(PLAIN_STOLEN, SERVER_ADDR, TO_DEVICE);
	walk.port = if_nametoindex("lan1");
	assert_true(mac_parse(PLAIN_MAC, &walk.thing));
	walked = walkask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_int_equal(walked.step[walked.end.n - 1].table, WALK_NETDEV);
	/* Where there is no route it goes nowhere that is ours. */
	walk = between(THING_ADDR, "192.0.2.77", FROM_DEVICE);
	walked = walkask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_string_equal(walkask_last(&walked), "drop_from");
}

/* Who was not heard of since a restart is where the bridge knows him. */
static void
ports_are_found(void **state)
{
	static const char *const learn[] = { "bridge", "fdb", "replace",
		THING_MAC, "dev", "p1", "master", "static", NULL };
	struct world *world = world_begin(state);
	struct record_walk walk = walkask_question(&walkask_udp);
	struct walked walked;

	free(gateway_run(HOST_GATEWAY, learn));
	walkask_nft(
	    "add chain netdev mudd z { type filter hook ingress device p1 "
	    "priority 10; policy drop; }");
	walk.port = 9999;
	walked = walkask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_string_equal(walkask_last(&walked), "z");
	walk.thing.byte[5] ^= 0x55;
	walked = walkask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_UNTOLD);
	assert_non_null(strstr(walked.end.why, "port"));
	/* Nowhere at all. */
	walk = walkask_question(&walkask_udp);
	walk.port = 0;
	walk.own = walkask_addr("192.0.2.77");
	walked = walkask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_UNTOLD);
	(void)world_begin(state);
}

static void
no_packet_is_no_question(void **state)
{
	const struct record_walk good = walkask_question(&walkask_udp);
	struct record_walk bad[12];
	struct fault why;

	(void)state;
	assert_true(walk_is_sound(&good, &why));
	for (size_t i = 0; i < LENGTH(bad); i++)
		bad[i] = good;
	bad[0].own = walkask_addr("fd77::10");
	bad[1].own.family = bad[1].peer.family = 5;
	bad[2].peer.byte[9] = 1;
	bad[3].thing.byte[0] = 1;
	bad[4].peer_mac.byte[0] = 3;
	bad[5].direction = 2;
	bad[6].track = WALK_TRACKS;
	bad[7].is_neighbour = 2;
	bad[8].source = 65536;
	bad[9].destination = -2;
	bad[10].icmp_type = 256;
	bad[11].icmp_code = -2;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		why.code = FAULT_NONE;
		if (walk_is_sound(&bad[i], &why))
			fail_msg("row %zu is a question", i);
		assert_int_equal(why.code, FAULT_RECORD);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_there_is_told),
		cmocka_unit_test(a_deleted_rule_is_missed),
		cmocka_unit_test(a_rule_of_others_is_seen),
		cmocka_unit_test(a_table_that_is_gone_is_missed),
		cmocka_unit_test(base_chains_are_walked_in_order),
		cmocka_unit_test(deep_jumps_are_followed),
		cmocka_unit_test(bridges_call_the_inet_hooks),
		cmocka_unit_test(other_ways_are_known),
		cmocka_unit_test(ports_are_found),
		cmocka_unit_test(no_packet_is_no_question),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
