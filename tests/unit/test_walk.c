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

#include "enforce/walk.h"
#include "libmud/fault.h"
#include "tests/unit/world.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define TCP    6
#define UDP    17
#define ICMP   1
#define ICMPV6 58

/* A packet from (>) or to (<) the Thing. */
struct packet_row {
	char way;
	const char *peer;
	uint8_t protocol;
	int source, destination; /* or ICMP's type and code */
	enum walk_track track;
	uint32_t verdict;
	const char *chain; /* where the way ends; NULL: whatever */
};

static struct addr
addr_of(const char *text)
{
	struct addr addr;

	assert_true(addr_parse(text, &addr));
	return addr;
}

static struct record_walk
question_of(const struct packet_row *row)
{
	bool is_icmp = row->protocol == ICMP || row->protocol == ICMPV6;
	struct record_walk walk = {
		.number = 7,
		.port = if_nametoindex("p1"),
		.direction = row->way == '>' ? FROM_DEVICE : TO_DEVICE,
		.track = row->track,
		.protocol = row->protocol,
		.source = is_icmp ? -1 : row->source,
		.destination = is_icmp ? -1 : row->destination,
		.icmp_type = (int16_t)(is_icmp ? row->source : -1),
		.icmp_code = (int16_t)(is_icmp ? row->destination : -1),
		.peer = addr_of(row->peer),
	};

	walk.own = addr_of(walk.peer.family == 4 ? THING_ADDR : "fd77::10");
	assert_true(mac_parse(THING_MAC, &walk.thing));
	return walk;
}

static const char *
text_of(const struct walked *walked, char text[4096])
{
	size_t n = 0;

	n += (size_t)snprintf(text + n, 4096 - n, "verdict %u %s",
	    walked->end.verdict, walked->end.why);
	for (uint32_t i = 0; i < walked->end.n && n < 4000; i++)
		n += (size_t)snprintf(text + n, 4096 - n,
		    "\n  %u %s %llu -> %u %s (%s)", walked->step[i].table,
		    walked->step[i].chain,
		    (unsigned long long)walked->step[i].handle,
		    walked->step[i].action, walked->step[i].to,
		    walked->step[i].note);
	return text;
}

static struct walked
ask(struct world *world, const struct record_walk *walk)
{
	struct walked walked;
	struct fault why = { 0 };

	if (!walk_is_sound(walk, &why))
		fail_msg("%s", why.detail);
	enforcer_walk(world->enforcer, walk, &walked);
	assert_int_equal(walked.end.number, walk->number);
	return walked;
}

static const char *
last_chain(const struct walked *walked)
{
	return walked->end.n == 0 ? "" : walked->step[walked->end.n - 1].chain;
}

static void
walk_rows(struct world *world, const struct packet_row *rows, size_t n)
{
	char text[4096];

	for (size_t i = 0; i < n; i++) {
		struct record_walk walk = question_of(&rows[i]);
		struct walked walked = ask(world, &walk);

		if (walked.end.verdict != rows[i].verdict ||
		    (rows[i].chain != NULL &&
			strcmp(last_chain(&walked), rows[i].chain) != 0))
			fail_msg("row %zu: %c %s %u %d %d: %s", i, rows[i].way,
			    rows[i].peer, rows[i].protocol, rows[i].source,
			    rows[i].destination, text_of(&walked, text));
	}
}

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

	walk_rows(world, rows, LENGTH(rows));
}

/* ---- what others wrote, and what is broken ------------------------------- */

static void
nft(const char *command)
{
	const char *const argv[] = { "nft", command, NULL };

	free(gateway_run(HOST_GATEWAY, argv));
}

/* What the tests below go by: policy 1 allows it, by ACE 1. */
static const struct packet_row plain = { '>', SERVER_ADDR, UDP, 50000, 4000,
	WALK_NEW, WALK_PASSES, NULL };

static struct walked
ask_plain(struct world *world)
{
	struct record_walk walk = question_of(&plain);

	return ask(world, &walk);
}

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
	struct walked walked = ask_plain(world);
	const struct record_walk_step *step = step_of(&walked, "ace 1");
	char command[128];

	assert_int_equal(walked.end.verdict, WALK_PASSES);
	assert_int_equal(step->action, WALK_RETURN);
	assert_string_equal(step->chain, "pf_1");
	(void)snprintf(command, sizeof(command),
	    "delete rule inet mudd pf_1 handle %llu",
	    (unsigned long long)step->handle);
	nft(command);
	walked = ask_plain(world);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_string_equal(last_chain(&walked), "drop_from");
}

static void
a_rule_of_others_is_seen(void **state)
{
	static const struct packet_row closed = { '>', SERVER_ADDR, TCP, 50000,
		444, WALK_NEW, WALK_IS_DROPPED, NULL };
	struct record_walk walk = question_of(&closed);
	struct world *world = world_begin(state);
	struct walked walked = ask(world, &walk);

	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	nft("insert rule inet mudd forward accept comment \"not \x01 ours\"");
	walked = ask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_PASSES);
	/* Whoever wrote it cannot write to a terminal. */
	assert_int_equal(step_of(&walked, "not ? ours")->action, WALK_ACCEPT);
	nft("flush chain inet mudd forward");
	walked = ask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_PASSES);
	nft("add element inet mudd from_a2 { 02:bb:00:00:00:55 }");
	nft("delete element inet mudd bind4 { " THING_MAC " . " THING_ADDR
	    " }");
	walked = ask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_string_equal(last_chain(&walked), "drop_spoof");
}

static void
a_table_that_is_gone_is_missed(void **state)
{
	struct world *world = world_begin(state);
	struct walked walked;

	nft("delete table inet mudd");
	walked = ask_plain(world);
	assert_int_equal(walked.end.is_missing, 1);
	assert_int_equal(walked.end.verdict, WALK_PASSES);
	(void)world_begin(state);
	walked = ask_plain(world);
	assert_int_equal(walked.end.is_missing, 0);
}

/* ---- expressions --------------------------------------------------------- */

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
		nft(command);
		walked = ask_plain(world);
		if (walked.end.verdict != expressions[i].verdict ||
		    (expressions[i].why != NULL &&
			strstr(walked.end.why, expressions[i].why) == NULL))
			fail_msg("%s: %s", expressions[i].rule,
			    text_of(&walked, text));
	}
}

/* Values that come out of maps, and marks that a rule before has set. */
static void
rules_hear_of_those_before(void **state)
{
	struct world *world = world_begin(state);

	nft("insert rule inet mudd forward ct mark 9 drop");
	nft("insert rule inet mudd forward ct mark set udp dport map "
	    "{ 53 : 8, 4000 : 9 }");
	assert_int_equal(ask_plain(world).end.verdict, WALK_IS_DROPPED);
	world = world_begin(state);
	nft("insert rule inet mudd forward ct mark 8 drop");
	nft("insert rule inet mudd forward ct mark set udp dport map "
	    "{ 53 : 8, 4000 : 9 }");
	assert_int_equal(ask_plain(world).end.verdict, WALK_PASSES);
}

/* What a packet puts into sets, and what comes of it. */
static void
sets_that_packets_change(void **state)
{
	struct world *world = world_begin(state);

	nft("add set inet mudd heard { type ipv4_addr; flags dynamic; "
	    "size 100; }");
	nft("insert rule inet mudd forward update @heard { ip saddr } drop");
	assert_int_equal(ask_plain(world).end.verdict, WALK_IS_DROPPED);
	world = world_begin(state);
	nft("add set inet mudd heard { type ipv4_addr; flags dynamic; "
	    "size 100; }");
	nft("insert rule inet mudd forward ip saddr @heard drop");
	assert_int_equal(ask_plain(world).end.verdict, WALK_PASSES);
	/* Looked at after it was put there, even if nothing comes of that. */
	nft("insert rule inet mudd forward update @heard { ip saddr }");
	assert_int_equal(ask_plain(world).end.verdict, WALK_UNTOLD);
	/* All its elements have a limit, which the rule does not tell. */
	world = world_begin(state);
	nft("add set inet mudd some { type ipv4_addr; flags dynamic; "
	    "size 100; limit rate 5/second; }");
	nft("insert rule inet mudd forward update @some { ip saddr limit rate "
	    "5/second } drop");
	assert_int_equal(ask_plain(world).end.verdict, WALK_UNTOLD);
	(void)world_begin(state);
}

static void
elements_have_their_time(void **state)
{
	struct world *world = world_begin(state);

	nft("add set inet mudd late { type ipv4_addr; flags timeout; "
	    "elements = { " SERVER_ADDR " timeout 1s } }");
	nft("insert rule inet mudd forward ip daddr @late drop");
	assert_int_equal(ask_plain(world).end.verdict, WALK_IS_DROPPED);
	(void)usleep(1200 * 1000);
	assert_int_equal(ask_plain(world).end.verdict, WALK_PASSES);
	/* An element that lets pass only so many. */
	nft("add set inet mudd some { type ipv4_addr; limit rate 5/second; "
	    "elements = { " SERVER_ADDR " } }");
	nft("insert rule inet mudd forward ip daddr @some drop");
	assert_int_equal(ask_plain(world).end.verdict, WALK_UNTOLD);
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

		nft(rows[i].chain);
		walked = ask_plain(world);
		if (walked.end.verdict != rows[i].verdict)
			fail_msg(
			    "%s: %s", rows[i].chain, text_of(&walked, text));
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
		nft(command);
	}
	for (int i = 0; i < 13; i++) {
		(void)snprintf(command, sizeof(command),
		    "add rule inet mudd deep%d jump deep%d", i, i + 1);
		nft(command);
	}
	nft("insert rule inet mudd forward jump deep0");
	assert_int_equal(ask_plain(world).end.verdict, WALK_PASSES);
	nft("add rule inet mudd deep13 drop");
	assert_int_equal(ask_plain(world).end.verdict, WALK_IS_DROPPED);
}

/* ---- ways ---------------------------------------------------------------- */

static struct record_walk
between(const char *own, const char *peer, enum direction direction)
{
	struct record_walk walk = question_of(&plain);

	walk.own = addr_of(own);
	walk.peer = addr_of(peer);
	walk.direction = (uint8_t)direction;
	return walk;
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
	walked = ask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_string_equal(last_chain(&walked), "drop_from");
	script_element(&world->script, OP_ADD, 1, OTHER_ADDR, 300);
	world_play(world, 0);
	walked = ask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_PASSES);
	nft("insert rule inet mudd forward iifname br0 oifname br0 drop");
	walked = ask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_string_equal(last_chain(&walked), "forward");
	world = world_begin(state);
	/* To an address that nobody is bound to. */
	walk = between(THING_STOLEN, OTHER_ADDR, TO_DEVICE);
	walk.is_neighbour = 1;
	walked = ask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_int_equal(walked.step[walked.end.n - 1].table, WALK_BRIDGE);
	/* On an interface that is no bridge. */
	walk = between(PLAIN_STOLEN, SERVER_ADDR, TO_DEVICE);
	walk.port = if_nametoindex("lan1");
	assert_true(mac_parse(PLAIN_MAC, &walk.thing));
	walked = ask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_int_equal(walked.step[walked.end.n - 1].table, WALK_NETDEV);
	/* Where there is no route it goes nowhere that is ours. */
	walk = between(THING_ADDR, "192.0.2.77", FROM_DEVICE);
	walked = ask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_string_equal(last_chain(&walked), "drop_from");
}

/* Who was not heard of since a restart is where the bridge knows him. */
static void
ports_are_found(void **state)
{
	static const char *const learn[] = { "bridge", "fdb", "replace",
		THING_MAC, "dev", "p1", "master", "static", NULL };
	struct world *world = world_begin(state);
	struct record_walk walk = question_of(&plain);
	struct walked walked;

	free(gateway_run(HOST_GATEWAY, learn));
	nft("add chain netdev mudd z { type filter hook ingress device p1 "
	    "priority 10; policy drop; }");
	walk.port = 9999;
	walked = ask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_IS_DROPPED);
	assert_string_equal(last_chain(&walked), "z");
	walk.thing.byte[5] ^= 0x55;
	walked = ask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_UNTOLD);
	assert_non_null(strstr(walked.end.why, "port"));
	/* Nowhere at all. */
	walk = question_of(&plain);
	walk.port = 0;
	walk.own = addr_of("192.0.2.77");
	walked = ask(world, &walk);
	assert_int_equal(walked.end.verdict, WALK_UNTOLD);
	(void)world_begin(state);
}

static void
no_packet_is_no_question(void **state)
{
	const struct record_walk good = question_of(&plain);
	struct record_walk bad[12];
	struct fault why;

	(void)state;
	assert_true(walk_is_sound(&good, &why));
	for (size_t i = 0; i < LENGTH(bad); i++)
		bad[i] = good;
	bad[0].own = addr_of("fd77::10");
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
		cmocka_unit_test(expressions_mean_what_they_do),
		cmocka_unit_test(rules_hear_of_those_before),
		cmocka_unit_test(sets_that_packets_change),
		cmocka_unit_test(elements_have_their_time),
		cmocka_unit_test(base_chains_are_walked_in_order),
		cmocka_unit_test(deep_jumps_are_followed),
		cmocka_unit_test(other_ways_are_known),
		cmocka_unit_test(ports_are_found),
		cmocka_unit_test(no_packet_is_no_question),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
