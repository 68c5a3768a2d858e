/*
 * The stateless path: frames between two ports of a bridge that pass no inet
 * hook, seen by what arrives, in IPv4 and IPv6.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libmud/addr.h"
#include "libmud/fault.h"
#include "tests/unit/forge.h"
#include "tests/unit/world.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define MARK "a frame of this test"
/* The Thing's, in both families, and its neighbour's. */
#define THING6 "fd77::10"

#define SYN 0x02
#define ACK 0x10
#define TCP 6
#define UDP 17

/* Which of them a frame has that a policy cannot judge. */
enum odd { PLAIN, FIRST_FRAGMENT, LAST_FRAGMENT, ROUTED };

/* ---- frames ------------------------------------------------------------- */

struct sent {
	bool by_thing;
	uint8_t protocol, flags;
	uint16_t source, destination;
	enum odd odd;
};

static size_t
put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return 2;
}

static size_t
put_mac(uint8_t *at, const char *text)
{
	struct mac mac;

	assert_true(mac_parse(text, &mac));
	memcpy(at, &mac, sizeof(mac));
	return sizeof(mac);
}

static size_t
put_segment(uint8_t *at, const struct sent *sent)
{
	size_t len = sent->protocol == TCP ? 20 : 8;

	memset(at, 0, len);
	(void)put16(at, sent->source);
	(void)put16(at + 2, sent->destination);
	if (sent->protocol == TCP) {
		at[12] = 5 << 4;
		at[13] = sent->flags;
	} else {
		(void)put16(at + 4, len + strlen(MARK));
	}
	memcpy(at + len, MARK, strlen(MARK));
	return len + strlen(MARK);
}

static size_t
put_ip4(uint8_t *at, const struct sent *sent, const char *from, const char *to)
{
	static const uint8_t route[] = { 131, 7, 4, 192, 168, 77, 99, 0 };
	size_t head = sent->odd == ROUTED ? 28 : 20;
	size_t len = head + put_segment(at + head, sent);
	uint32_t sum = 0;

	memset(at, 0, head);
	at[0] = (uint8_t)(4 << 4 | head / 4);
	(void)put16(at + 2, len);
	at[8] = 64;
	at[9] = sent->protocol;
	if (sent->odd == FIRST_FRAGMENT)
		at[6] = 0x20;
	if (sent->odd == LAST_FRAGMENT)
		at[7] = 3;
	if (sent->odd == ROUTED)
		memcpy(at + 20, route, sizeof(route));
	assert_int_equal(inet_pton(AF_INET, from, at + 12), 1);
	assert_int_equal(inet_pton(AF_INET, to, at + 16), 1);
	for (size_t i = 0; i < head; i += 2)
		sum += (uint32_t)(at[i] << 8 | at[i + 1]);
	(void)put16(at + 10, ~((sum & 0xffff) + (sum >> 16)) & 0xffff);
	return len;
}

static size_t
put_ip6(uint8_t *at, const struct sent *sent, const char *from, const char *to)
{
	size_t head = sent->odd == PLAIN ? 40 : 48;
	size_t len = head + put_segment(at + head, sent);

	memset(at, 0, head);
	at[0] = 6 << 4;
	(void)put16(at + 4, len - 40);
	at[6] = sent->odd == PLAIN    ? sent->protocol
	        : sent->odd == ROUTED ? IPPROTO_ROUTING
	                              : IPPROTO_FRAGMENT;
	at[7] = 64;
	assert_int_equal(inet_pton(AF_INET6, from, at + 8), 1);
	assert_int_equal(inet_pton(AF_INET6, to, at + 24), 1);
	if (sent->odd == PLAIN)
		return len;
	at[40] = sent->protocol;
	if (sent->odd == FIRST_FRAGMENT)
		at[43] = 1;
	if (sent->odd == LAST_FRAGMENT)
		at[43] = 3 << 3;
	return len;
}

static void
send_frame(const struct sent *sent, unsigned int family)
{
	const char *thing = family == 4 ? THING_ADDR : THING6;
	const char *other = family == 4 ? OTHER_ADDR : OTHER_ADDR6;
	const char *from = sent->by_thing ? thing : other;
	const char *to = sent->by_thing ? other : thing;
	uint8_t frame[160] = { 0 };
	size_t len = put_mac(frame, sent->by_thing ? OTHER_MAC : THING_MAC);

	len += put_mac(frame + len, sent->by_thing ? THING_MAC : OTHER_MAC);
	len += put16(frame + len, family == 4 ? ETH_P_IP : ETH_P_IPV6);
	len += family == 4 ? put_ip4(frame + len, sent, from, to)
	                   : put_ip6(frame + len, sent, from, to);
	if (sent->by_thing)
		forge_bytes(HOST_THING, "t0", frame, len);
	else
		forge_bytes(HOST_OTHER, "o0", frame, len);
}

/* Does what was sent come in there, within 0.2 s? */
static bool
arrives(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	bool is_there = false;

	while (poll(&ready, 1, is_there ? 0 : 200) > 0) {
		struct sockaddr_ll from = { 0 };
		socklen_t size = sizeof(from);
		uint8_t frame[2048];
		ssize_t got = recvfrom(fd, frame, sizeof(frame), 0,
		    (struct sockaddr *)(void *)&from, &size);

		if (got > 0 && from.sll_pkttype != PACKET_OUTGOING &&
		    memmem(frame, (size_t)got, MARK, strlen(MARK)) != NULL)
			is_there = true;
	}
	return is_there;
}

/* ---- what there is ------------------------------------------------------ */

#define POLICY 5

/* As policy 1 of world.h, of both families. */
static void
write_policy(struct script *script)
{
	static const unsigned int families[] = { 4, 6 };
	struct rule rules[16];
	size_t n = 0;

	for (size_t i = 0; i < 2; i++) {
		rules[n] = rule_port(CHAIN_FROM, TCP, 1, true, 443);
		rules[n].opener = OPENER_ORIGINAL;
		rules[n++].family = (uint8_t)families[i];
		rules[n] = rule_port(CHAIN_FROM, UDP, 1, true, 4000);
		rules[n++].family = (uint8_t)families[i];
		rules[n] = rule_port(CHAIN_TO, UDP, 2, true, 5683);
		rules[n].ace = 3;
		rules[n++].family = (uint8_t)families[i];
		rules[n] = rule_port(CHAIN_FROM_REPLY, UDP, 2, false, 5683);
		rules[n++].family = (uint8_t)families[i];
		rules[n] = rule_port(CHAIN_TO_REPLY, TCP, 1, false, 443);
		rules[n++].family = (uint8_t)families[i];
		rules[n] = rule_port(CHAIN_TO_REPLY, UDP, 1, false, 4000);
		rules[n++].family = (uint8_t)families[i];
	}
	rules[n] = rule_any(CHAIN_FROM, 0);
	rules[n++].verdict = RULE_REPLIES;
	rules[n] = rule_any(CHAIN_TO, 0);
	rules[n++].verdict = RULE_REPLIES;
	script_rules(script, POLICY, rules, n);
}

/*
 * The neighbour is in both sets, so the Thing may open TCP 443 there and talk
 * to UDP 4000, and hear on UDP 5683.
 */
static struct world *
begin(void **state)
{
	struct world *world = *state;
	struct record_bridges *bridges;
	struct record_path path;

	world_snapshot(&world->script);
	bridges = script_put(&world->script, RECORD_BRIDGES);
	bridges->choice = BRIDGE_CHOICE_STATELESS;
	script_port(&world->script, OP_ADD, if_nametoindex("p1"), false);
	script_port(&world->script, OP_ADD, if_nametoindex("p2"), false);
	script_place(&world->script, THING_MAC, if_nametoindex("p1"));
	write_policy(&world->script);
	script_thing(&world->script, OP_ADD, THING_MAC, POLICY);
	for (uint32_t set = 1; set <= 2; set++) {
		script_element(&world->script, OP_ADD, set, OTHER_ADDR,
		    set == 1 ? 300 : 0);
		script_element(&world->script, OP_ADD, set, OTHER_ADDR6,
		    set == 1 ? 300 : 0);
	}
	world_play(world, BATCH_RESET);
	enforcer_path(world->enforcer, &path);
	assert_int_equal(path.path, BRIDGE_PATH_STATELESS);
	assert_string_equal(path.why.clause, "bridge-path");
	return world;
}

static const struct {
	struct sent sent;
	bool passes;
} cases[] = {
	{ { true, UDP, 0, 1111, 4000, PLAIN }, true },
	{ { true, UDP, 0, 1111, 4001, PLAIN }, false },
	{ { false, UDP, 0, 4000, 1111, PLAIN }, true }, /* its reply */
	{ { false, UDP, 0, 4001, 1111, PLAIN }, false },
	{ { false, UDP, 0, 1111, 5683, PLAIN }, true },
	{ { false, UDP, 0, 1111, 5684, PLAIN }, false },
	{ { true, UDP, 0, 5683, 1111, PLAIN }, true },
	{ { true, UDP, 0, 5684, 1111, PLAIN }, false },
	/* Opened by the Thing, and by nobody else. */
	{ { true, TCP, SYN, 1111, 443, PLAIN }, true },
	{ { true, TCP, ACK, 1111, 443, PLAIN }, true },
	{ { true, TCP, SYN | ACK, 1111, 443, PLAIN }, false },
	{ { false, TCP, SYN | ACK, 443, 1111, PLAIN }, true },
	{ { false, TCP, ACK, 443, 1111, PLAIN }, true },
	{ { false, TCP, SYN, 443, 1111, PLAIN }, false },
	{ { true, TCP, SYN, 1111, 80, PLAIN }, false },
	{ { true, TCP, ACK, 443, 1111, PLAIN }, false },
	/* What tells too little, to whom it may be sent or not. */
	{ { true, UDP, 0, 1111, 4000, FIRST_FRAGMENT }, false },
	{ { true, UDP, 0, 1111, 4000, LAST_FRAGMENT }, false },
	{ { true, UDP, 0, 1111, 4000, ROUTED }, false },
	{ { false, UDP, 0, 1111, 5683, FIRST_FRAGMENT }, false },
	{ { false, UDP, 0, 1111, 5683, LAST_FRAGMENT }, false },
	{ { false, UDP, 0, 1111, 5683, ROUTED }, false },
};

/* What the Thing sent, or was sent, so far. */
static uint64_t
dropped(struct world *world, const struct sent *sent)
{
	struct sums sums = world_counters(world);

	return sent->by_thing ? sums.thing.from_packets : sums.thing.to_packets;
}

static void
judges_by_policy(void **state)
{
	static const unsigned int families[] = { 4, 6 };
	struct world *world = begin(state);
	int thing = forge_wire(HOST_THING, "t0", ETH_P_ALL);
	int other = forge_wire(HOST_OTHER, "o0", ETH_P_ALL);

	for (size_t i = 0; i < LENGTH(cases); i++)
		for (size_t k = 0; k < LENGTH(families); k++) {
			const struct sent *sent = &cases[i].sent;
			uint64_t n = dropped(world, sent);

			send_frame(sent, families[k]);
			if (arrives(sent->by_thing ? other : thing) !=
			    cases[i].passes)
				fail_msg("case %zu of IPv%u", i, families[k]);
			/* Hosts answer what arrives. */
			if (!cases[i].passes && dropped(world, sent) != n + 1)
				fail_msg(
				    "case %zu of IPv%u is not counted once", i,
				    families[k]);
		}
	(void)close(thing), (void)close(other);
}

/* The same frames where neither end is a Thing. */
static void
drops_nobody_else(void **state)
{
	struct world *world = begin(state);
	int thing = forge_wire(HOST_THING, "t0", ETH_P_ALL);

	script_thing(&world->script, OP_DELETE, THING_MAC, 0);
	world_play(world, 0);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		if (cases[i].sent.by_thing)
			continue;
		send_frame(&cases[i].sent, 4);
		if (!arrives(thing))
			fail_msg("case %zu", i);
	}
	(void)close(thing);
}

static void
monitors_drop_nothing(void **state)
{
	struct world *world = begin(state);
	const struct sent denied = { false, UDP, 0, 1111, 5684, PLAIN };
	int thing = forge_wire(HOST_THING, "t0", ETH_P_ALL);
	struct rule none[1] = { rule_any(CHAIN_FROM, 0) };
	uint64_t to;

	none[0].verdict = RULE_REPLIES;
	script_rules(&world->script, 9, none, 1);
	script_ending(&world->script, 9, ENDING_WATCH);
	script_thing(&world->script, OP_ADD, THING_MAC, 9);
	world_play(world, 0);
	to = world_counters(world).thing.to_packets;
	send_frame(&denied, 4);
	assert_true(arrives(thing));
	assert_int_equal(world_counters(world).thing.to_packets, to + 1);
	script_thing(&world->script, OP_ADD, THING_MAC, POLICY);
	script_gone(&world->script, 9);
	world_play(world, 0);
	send_frame(&denied, 4);
	assert_false(arrives(thing));
	(void)close(thing);
}

/* A change is in both tables, and there at once: nothing is remembered. */
static void
changes_at_once(void **state)
{
	struct world *world = begin(state);
	const struct sent allowed = { false, UDP, 0, 1111, 5683, PLAIN };
	int thing = forge_wire(HOST_THING, "t0", ETH_P_ALL);

	send_frame(&allowed, 4);
	assert_true(arrives(thing));
	script_element(&world->script, OP_DELETE, 2, OTHER_ADDR, 0);
	world_play(world, 0);
	send_frame(&allowed, 4);
	assert_false(arrives(thing));
	send_frame(&allowed, 6);
	assert_true(arrives(thing));
	script_element(&world->script, OP_ADD, 2, OTHER_ADDR, 0);
	world_play(world, 0);
	send_frame(&allowed, 4);
	assert_true(arrives(thing));
	script_thing(&world->script, OP_ADD, THING_MAC, 2);
	world_play(world, 0);
	send_frame(&allowed, 4);
	assert_false(arrives(thing));
	(void)close(thing);
}

static void
note(void *arg, const struct record_tally *tally)
{
	uint64_t *packets = arg;

	if (tally->ace == 3)
		*packets = tally->packets;
}

static void
tallies_are_of_both_tables(void **state)
{
	struct world *world = begin(state);
	const struct sent allowed = { false, UDP, 0, 1111, 5683, PLAIN };
	uint64_t before = 0, packets = 0;

	assert_int_equal(
	    enforcer_tallies(world->enforcer, POLICY, note, &before), 0);
	for (int i = 0; i < 3; i++)
		send_frame(&allowed, 4);
	assert_int_equal(
	    enforcer_tallies(world->enforcer, POLICY, note, &packets), 0);
	assert_int_equal(packets, before + 3);
}

/* Where the path is another one the bridge's table has none of it. */
static void
goes_with_the_path(void **state)
{
	struct world *world = begin(state);
	char *text = gateway_nft("list", "table", "bridge", "mudd", NULL);

	holds(text, "chain east {");
	holds(text, "type filter hook forward priority ");
	holds(text, "ether saddr @judged jump from");
	holds(text, "ether daddr @judged jump to");
	holds(text, "chain pf_5 {");
	free(text);
	world = world_begin(state);
	text = gateway_nft("list", "table", "bridge", "mudd", NULL);
	lacks(text, "chain east");
	lacks(text, "chain pf_1");
	free(text);
	(void)world;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_by_policy),
		cmocka_unit_test(drops_nobody_else),
		cmocka_unit_test(monitors_drop_nothing),
		cmocka_unit_test(changes_at_once),
		cmocka_unit_test(tallies_are_of_both_tables),
		cmocka_unit_test(goes_with_the_path),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
