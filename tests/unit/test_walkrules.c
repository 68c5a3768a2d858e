/*
 * What rules do with a packet: each expression that may be in one, in a real
 * kernel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/walkask.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A rule at the head of `forward`, and what the packet above comes to. */
static const struct {
	const char *rule;
	uint32_t verdict;
	const char *why; /* in it */
} expressions[] = {
	{ "drop", WALK_IS_DROPPED, NULL },
	{ "accept", WALK_PASSES, NULL },
	{ "reject", WALK_IS_DROPPED, NULL },
	{ "counter", WALK_PASSES, NULL },
	{ "log group 5", WALK_PASSES, NULL },
	{ "continue", WALK_PASSES, NULL },
	{ "return", WALK_PASSES, NULL },
	{ "goto drop_from", WALK_IS_DROPPED, NULL },
	{ "udp dport 4000 drop", WALK_IS_DROPPED, NULL },
	{ "udp dport != 4000 drop", WALK_PASSES, NULL },
	{ "udp dport > 3999 drop", WALK_IS_DROPPED, NULL },
	{ "udp dport > 4000 drop", WALK_PASSES, NULL },
	{ "udp dport < 4001 drop", WALK_IS_DROPPED, NULL },
	{ "udp dport < 4000 drop", WALK_PASSES, NULL },
	{ "udp dport >= 4000 drop", WALK_IS_DROPPED, NULL },
	{ "udp dport <= 3999 drop", WALK_PASSES, NULL },
	{ "udp dport 3999-4001 drop", WALK_IS_DROPPED, NULL },
	{ "udp dport 4001-4002 drop", WALK_PASSES, NULL },
	{ "udp dport != 3999-4001 drop", WALK_PASSES, NULL },
	{ "udp dport != 1-5 drop", WALK_IS_DROPPED, NULL },
	{ "udp dport & 0xff == 0xa0 drop", WALK_IS_DROPPED, NULL },
	{ "udp dport & 0xff == 0xa1 drop", WALK_PASSES, NULL },
	{ "udp sport 50000 drop", WALK_IS_DROPPED, NULL },
	{ "tcp dport 4000 drop", WALK_PASSES, NULL },
	{ "ip daddr 203.0.113.0/25 drop", WALK_IS_DROPPED, NULL },
	{ "ip daddr 203.0.113.128/25 drop", WALK_PASSES, NULL },
	{ "ip saddr " THING_ADDR " drop", WALK_IS_DROPPED, NULL },
	{ "ip6 daddr ::1 drop", WALK_PASSES, NULL },
	{ "ip protocol udp drop", WALK_IS_DROPPED, NULL },
	{ "ip version 4 drop", WALK_IS_DROPPED, NULL },
	{ "ip frag-off & 0x3fff != 0 drop", WALK_PASSES, NULL },
	{ "udp dport { 53, 4000 } drop", WALK_IS_DROPPED, NULL },
	{ "udp dport != { 53, 4000 } drop", WALK_PASSES, NULL },
	{ "udp dport { 1-5, 3000-5000 } drop", WALK_IS_DROPPED, NULL },
	{ "udp dport { 1-5, 4001-5000 } drop", WALK_PASSES, NULL },
	{ "ip daddr . udp dport { 203.0.113.2 . 4000 } drop", WALK_IS_DROPPED,
	    NULL },
	{ "ip daddr . udp dport { 203.0.113.2 . 4001 } drop", WALK_PASSES,
	    NULL },
	{ "ip daddr . udp dport { 203.0.113.0/24 . 3000-5000 } drop",
	    WALK_IS_DROPPED, NULL },
	{ "ip daddr . udp dport { 203.0.113.0/24 . 4001-5000 } drop",
	    WALK_PASSES, NULL },
	{ "udp dport vmap { 53 : accept, 4000 : drop }", WALK_IS_DROPPED,
	    NULL },
	{ "udp dport vmap { 53 : drop }", WALK_PASSES, NULL },
	{ "udp dport vmap { 53 : accept, * : drop }", WALK_IS_DROPPED, NULL },
	{ "udp dport vmap { 4000 : goto drop_from }", WALK_IS_DROPPED, NULL },
	{ "iifname br0 oifname wan drop", WALK_IS_DROPPED, NULL },
	{ "iifname wan drop", WALK_PASSES, NULL },
	{ "iif br0 oif wan drop", WALK_IS_DROPPED, NULL },
	{ "iiftype ether drop", WALK_IS_DROPPED, NULL },
	{ "ether saddr " THING_MAC " drop", WALK_IS_DROPPED, NULL },
	{ "ether saddr " OTHER_MAC " drop", WALK_PASSES, NULL },
	{ "ether type ip drop", WALK_IS_DROPPED, NULL },
	{ "meta protocol ip drop", WALK_IS_DROPPED, NULL },
	{ "meta nfproto ipv6 drop", WALK_PASSES, NULL },
	{ "meta l4proto udp drop", WALK_IS_DROPPED, NULL },
	{ "meta oif > 0 drop", WALK_IS_DROPPED, NULL },
	{ "meta oif > 100000 drop", WALK_PASSES, NULL },
	{ "ct state new drop", WALK_IS_DROPPED, NULL },
	{ "ct state established,related drop", WALK_PASSES, NULL },
	{ "ct direction original drop", WALK_IS_DROPPED, NULL },
	{ "ct direction reply drop", WALK_PASSES, NULL },
	{ "ct mark 0 drop", WALK_IS_DROPPED, NULL },
	{ "ct mark set 7", WALK_PASSES, NULL },
	{ "ct protocol udp drop", WALK_IS_DROPPED, NULL },
	{ "ct original ip saddr " THING_ADDR " drop", WALK_IS_DROPPED, NULL },
	{ "ct reply ip saddr " SERVER_ADDR " drop", WALK_IS_DROPPED, NULL },
	/* It comes without options and extension headers. */
	{ "ip option lsrr exists drop", WALK_PASSES, NULL },
	{ "ip option lsrr missing drop", WALK_IS_DROPPED, NULL },
	{ "exthdr rt exists drop", WALK_PASSES, NULL },
	{ "tcp option maxseg size 5 drop", WALK_PASSES, NULL },
	/* What the question leaves open. */
	{ "ip hdrlength 6 drop", WALK_UNTOLD, "it depends on cmp" },
	{ "ip dscp 4 drop", WALK_UNTOLD, "it depends on cmp in chain forward" },
	{ "ip ttl < 3 drop", WALK_UNTOLD, "it depends on cmp" },
	{ "meta length > 100 drop", WALK_UNTOLD, "it depends on cmp" },
	{ "meta length > 100 accept", WALK_PASSES, NULL },
	{ "ip dscp { 1, 2 } drop", WALK_UNTOLD, "it depends on lookup" },
	{ "meta mark 5 drop", WALK_UNTOLD, "it depends on cmp" },
	{ "limit rate 1/second drop", WALK_UNTOLD, "it depends on limit" },
	{ "limit rate 1/second counter", WALK_PASSES, NULL },
	{ "update @seen_to { ip daddr limit rate 1/second } drop", WALK_UNTOLD,
	    "it depends on dynset" },
	{ "update @seen_to { ip daddr limit rate 1/second } log", WALK_PASSES,
	    NULL },
	{ "quota over 1 mbytes drop", WALK_UNTOLD, "it depends on quota" },
	{ "ct original ip daddr 1.2.3.4 drop", WALK_UNTOLD, "it depends" },
	/* What is not understood is no guess. */
	{ "fib daddr type local drop", WALK_UNTOLD, "fib in chain forward" },
	{ "fib daddr type local counter", WALK_UNTOLD, "fib" },
	{ "numgen random mod 2 == 0 drop", WALK_UNTOLD, "numgen" },
	{ "udp dport 4000 fib daddr type local drop", WALK_UNTOLD, "fib" },
	{ "udp dport 53 fib daddr type local drop", WALK_PASSES, NULL },
	{ "ip dscp vmap { 1 : drop }", WALK_UNTOLD, "lookup" },
	{ "ip dscp set 4", WALK_UNTOLD, "payload" },
	{ "meta skuid 0 drop", WALK_UNTOLD, "meta" },
	{ "ct helper \"ftp\" drop", WALK_UNTOLD, "ct" },
	{ "notrack", WALK_UNTOLD, "notrack" },
};

static void
expressions_mean_what_they_do(void **state)
{
	struct world *world = world_begin(state);
	char text[4096], command[256];

	for (size_t i = 0; i < LENGTH(expressions); i++) {
		struct walked walked;

		(void)snprintf(command, sizeof(command),
		    "insert rule inet mudd forward %s", expressions[i].rule);
		world = world_begin(state);
		walkask_nft(command);
		walked = walkask_plain(world);
		if (walked.end.verdict != expressions[i].verdict ||
		    (expressions[i].why != NULL &&
			strstr(walked.end.why, expressions[i].why) == NULL))
			fail_msg("%s: %s", expressions[i].rule,
			    walkask_text(&walked, text));
	}
}

/* Values that come out of maps, and marks that a rule before has set. */
static void
rules_hear_of_those_before(void **state)
{
	struct world *world = world_begin(state);

	walkask_nft("insert rule inet mudd forward ct mark 9 drop");
	walkask_nft("insert rule inet mudd forward ct mark set udp dport map "
		    "{ 53 : 8, 4000 : 9 }");
	assert_int_equal(walkask_plain(world).end.verdict, WALK_IS_DROPPED);
	world = world_begin(state);
	walkask_nft("insert rule inet mudd forward ct mark 8 drop");
	walkask_nft("insert rule inet mudd forward ct mark set udp dport map "
		    "{ 53 : 8, 4000 : 9 }");
	assert_int_equal(walkask_plain(world).end.verdict, WALK_PASSES);
}

/* What a packet puts into sets, and what comes of it. */
static void
sets_that_packets_change(void **state)
{
	struct world *world = world_begin(state);

	walkask_nft("add set inet mudd heard { type ipv4_addr; flags dynamic; "
		    "size 100; }");
	walkask_nft(
	    "insert rule inet mudd forward update @heard { ip saddr } drop");
	assert_int_equal(walkask_plain(world).end.verdict, WALK_IS_DROPPED);
	world = world_begin(state);
	walkask_nft("add set inet mudd heard { type ipv4_addr; flags dynamic; "
		    "size 100; }");
	walkask_nft("insert rule inet mudd forward ip saddr @heard drop");
	assert_int_equal(walkask_plain(world).end.verdict, WALK_PASSES);
	/* Looked at after it was put there, even if nothing comes of that. */
	walkask_nft("insert rule inet mudd forward update @heard { ip saddr }");
	assert_int_equal(walkask_plain(world).end.verdict, WALK_UNTOLD);
	/* All its elements have a limit, which the rule does not tell. */
	world = world_begin(state);
	walkask_nft("add set inet mudd some { type ipv4_addr; flags dynamic; "
		    "size 100; limit rate 5/second; }");
	walkask_nft(
	    "insert rule inet mudd forward update @some { ip saddr limit rate "
	    "5/second } drop");
	assert_int_equal(walkask_plain(world).end.verdict, WALK_UNTOLD);
	(void)world_begin(state);
}

/* Marks are computed, and chains are walked by their priority. */
static void
marks_go_from_chain_to_chain(void **state)
{
	struct world *world = world_begin(state);
	struct walked walked;

	walkask_nft(
	    "insert rule inet mudd forward ct mark set ct mark xor 0x5");
	walkask_nft(
	    "insert rule inet mudd forward ct mark set ct mark and 0xff or "
	    "0x30");
	walkask_nft(
	    "add chain inet mudd before { type filter hook forward priority "
	    "-10; }");
	walkask_nft(
	    "add rule inet mudd before ct mark and 0xffff == 0x35 drop");
	assert_int_equal(walkask_plain(world).end.verdict, WALK_PASSES);
	walkask_nft(
	    "add chain inet mudd after { type filter hook forward priority "
	    "10; }");
	walkask_nft("add rule inet mudd after ct mark and 0xffff == 0x35 drop");
	assert_int_equal(walkask_plain(world).end.verdict, WALK_IS_DROPPED);
	walked = walkask_plain(world);
	assert_string_equal(walkask_last(&walked), "after");
	(void)world_begin(state);
}

/* What opens a connection by TCP has one flag, what answers another one. */
static void
flags_tell_who_opens(void **state)
{
	static const struct packet_row rows[] = {
		{ '>', SERVER_ADDR, TCP, 50000, 443, WALK_NEW, WALK_IS_DROPPED,
		    "forward" },
		{ '<', SERVER_ADDR, TCP, 443, 50000, WALK_REPLY, WALK_PASSES,
		    NULL },
	};
	struct world *world = world_begin(state);

	walkask_nft(
	    "insert rule inet mudd forward tcp flags & (syn | ack) == syn "
	    "drop");
	walkask_rows(world, rows, LENGTH(rows));
	(void)world_begin(state);
}

static void
elements_have_their_time(void **state)
{
	struct world *world = world_begin(state);

	walkask_nft("add set inet mudd late { type ipv4_addr; flags timeout; "
		    "elements = { " SERVER_ADDR " timeout 1s } }");
	walkask_nft("insert rule inet mudd forward ip daddr @late drop");
	assert_int_equal(walkask_plain(world).end.verdict, WALK_IS_DROPPED);
	(void)usleep(1200 * 1000);
	assert_int_equal(walkask_plain(world).end.verdict, WALK_PASSES);
	/* An element that lets pass only so many. */
	walkask_nft(
	    "add set inet mudd some { type ipv4_addr; limit rate 5/second; "
	    "elements = { " SERVER_ADDR " } }");
	walkask_nft("insert rule inet mudd forward ip daddr @some drop");
	assert_int_equal(walkask_plain(world).end.verdict, WALK_UNTOLD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_mean_what_they_do),
		cmocka_unit_test(rules_hear_of_those_before),
		cmocka_unit_test(sets_that_packets_change),
		cmocka_unit_test(marks_go_from_chain_to_chain),
		cmocka_unit_test(flags_tell_who_opens),
		cmocka_unit_test(elements_have_their_time),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
