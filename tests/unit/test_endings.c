/*
 * Things that are watched or denied, and devices that are no Things, seen by
 * packets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/world.h"

#define WATCHED 11 /* the rules of policy 2: none */
#define UNKNOWN 12 /* nothing for unknown devices */
#define GUEST   13 /* TCP 443 to the server, opened by them */

/* Policy 2, whose Things are watched. */
static void
write_watched(struct script *script)
{
	script_rules(script, WATCHED, NULL, 0);
	script_ending(script, WATCHED, ENDING_WATCH);
}

/* One Thing is watched, and another under the same rules is not. */
static void
watched_things_lose_nothing(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int stolen = gateway_udp(HOST_THING, THING_STOLEN, 5001);
	int plain = gateway_udp(HOST_PLAIN, PLAIN_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4001);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR, 4000);
	struct sums sums;
	char *listed;

	write_watched(&world->script);
	script_thing(&world->script, OP_ADD, THING_MAC, WATCHED);
	script_thing(&world->script, OP_ADD, PLAIN_MAC, 2);
	world_play(world, 0);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 3), 3);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4001, server, 5), 5);
	assert_int_equal(
	    gateway_pass(thing, GATEWAY_ADDR, 4000, gateway, 2), 2);
	sums = world_counters(world);
	assert_int_equal(sums.thing.from_packets, 5 + 2);
	assert_int_equal(sums.thing.to_packets, 3);
	listed = gateway_nft("list", "chain", "inet", "mudd", "watch_from");
	holds(listed, "log prefix \"mud:from \" group 100");
	lacks(listed, "drop\n");
	free(listed);
	/* Its neighbour is not, and each end of a flow is asked. */
	assert_int_equal(gateway_pass(plain, SERVER_ADDR, 4001, server, 5), 0);
	assert_int_equal(gateway_pass(server, PLAIN_ADDR, 5000, plain, 5), 0);
	assert_int_equal(gateway_pass(thing, PLAIN_ADDR, 5000, plain, 5), 0);
	assert_int_equal(gateway_pass(plain, THING_ADDR, 5000, thing, 5), 0);
	/* Nor may it take another's address. */
	assert_int_equal(gateway_pass(stolen, SERVER_ADDR, 4001, server, 5), 0);

	/* From now on what it is watched for counts. */
	script_thing(&world->script, OP_ADD, THING_MAC, 2);
	script_gone(&world->script, WATCHED);
	world_play(world, 0);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4001, server, 5), 0);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 5), 0);
	(void)close(thing), (void)close(stolen), (void)close(plain);
	(void)close(server), (void)close(gateway);
}

/* Denied is denied at once, also what was under way, what the gateway opens,
 * and what comes across the bridge; DHCP is not.  The gateway's port is not one
 * that the Thing has spoken to before: in that flow it would answer. */
static void
denied_things_do_dhcp(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR, 4002);
	int other = gateway_udp(HOST_OTHER, OTHER_ADDR, 5000);
	int dhcp = gateway_udp(HOST_GATEWAY, "0.0.0.0", 67);
	int client = gateway_udp(HOST_THING, THING_STOLEN, 68);
	int client2 = gateway_udp(HOST_THING, THING_ADDR, 68);
	int hears = gateway_udp(HOST_THING, THING_ADDR, 5683);
	struct sums before, sums;

	world_meet(world);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 5), 5);
	assert_int_equal(gateway_pass(gateway, THING_ADDR, 5000, thing, 5), 5);
	assert_int_equal(gateway_pass(other, THING_ADDR, 5683, hears, 5), 5);
	before = world_counters(world);
	script_deny(&world->script, THING_MAC, 1);
	world_play(world, 0);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 0);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 5), 0);
	assert_int_equal(
	    gateway_pass(thing, GATEWAY_ADDR, 4002, gateway, 5), 0);
	assert_int_equal(gateway_pass(gateway, THING_ADDR, 5000, thing, 5), 0);
	assert_int_equal(gateway_pass(other, THING_ADDR, 5683, hears, 5), 0);
	sums = world_counters(world);
	assert_int_equal(
	    sums.thing.from_packets, before.thing.from_packets + 10);
	assert_in_range(sums.thing.to_packets, before.thing.to_packets + 10,
	    before.thing.to_packets + 15);
	assert_int_equal(gateway_pass(client, GATEWAY_ADDR, 67, dhcp, 5), 5);
	assert_int_equal(gateway_pass(client2, GATEWAY_ADDR, 67, dhcp, 5), 5);
	assert_int_equal(gateway_pass(dhcp, THING_ADDR, 68, client2, 5), 5);

	/* The same addresses lead to it again. */
	script_thing(&world->script, OP_ADD, THING_MAC, 1);
	world_play(world, 0);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(gateway, THING_ADDR, 5000, thing, 5), 5);
	(void)close(thing), (void)close(server), (void)close(gateway);
	(void)close(other), (void)close(dhcp), (void)close(client);
	(void)close(client2), (void)close(hears);
}

/* Where bridged frames pass no inet hook, the bridge's own chain sees them. */
static void
denied_things_reach_no_neighbour(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int other = gateway_udp(HOST_OTHER, OTHER_ADDR, 5000);
	struct sums sums;

	gateway_hand_over(false);
	assert_int_equal(gateway_pass(thing, OTHER_ADDR, 5000, other, 5), 5);
	script_deny(&world->script, THING_MAC, 1);
	world_play(world, 0);
	gateway_hand_over(false);
	sums = world_counters(world);
	assert_int_equal(sums.thing.from_packets, 0);
	assert_int_equal(gateway_pass(thing, OTHER_ADDR, 5000, other, 5), 0);
	sums = world_counters(world);
	assert_int_equal(sums.thing.from_packets, 5);
	assert_int_equal(gateway_pass(other, THING_ADDR, 5000, thing, 5), 0);
	script_thing(&world->script, OP_ADD, THING_MAC, 1);
	world_play(world, 0);
	gateway_hand_over(false);
	assert_int_equal(gateway_pass(thing, OTHER_ADDR, 5000, other, 5), 5);
	gateway_hand_over(true);
	(void)close(thing), (void)close(other);
}

/* A RESET of which unknown devices are judged. */
static struct world *
begin_with_unknown(void **state, uint32_t flags)
{
	struct world *world = *state;

	world_snapshot(&world->script);
	script_rules(&world->script, UNKNOWN, NULL, 0);
	script_ending(&world->script, UNKNOWN, ENDING_UNKNOWN);
	script_unknown(&world->script, UNKNOWN);
	world_play(world, BATCH_RESET | flags);
	return world;
}

static void
unknown_devices_are_closed(void **state)
{
	struct world *world = begin_with_unknown(state, 0);
	int other = gateway_udp(HOST_OTHER, OTHER_ADDR, 5000);
	int other6 = gateway_udp(HOST_OTHER, OTHER_ADDR6, 5000);
	int gateway6 = gateway_udp(HOST_GATEWAY, "fd77::1", 5000);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR, 4000);
	int dhcp = gateway_udp(HOST_GATEWAY, "0.0.0.0", 67);
	int client = gateway_udp(HOST_OTHER, OTHER_ADDR, 68);
	struct sums sums;
	char *listed;

	assert_false(gateway_connect(HOST_OTHER, SERVER_ADDR, 443));
	assert_int_equal(gateway_pass(other, SERVER_ADDR, 4000, server, 5), 0);
	assert_int_equal(gateway_pass(server, OTHER_ADDR, 5000, other, 5), 0);
	assert_int_equal(
	    gateway_pass(other, GATEWAY_ADDR, 4000, gateway, 5), 0);
	assert_int_equal(gateway_pass(other6, "fd77::1", 5000, gateway6, 5), 0);
	/* The gateway speaks to whom it will, and is answered. */
	assert_int_equal(gateway_pass(gateway, OTHER_ADDR, 5000, other, 5), 5);
	assert_int_equal(
	    gateway_pass(other, GATEWAY_ADDR, 4000, gateway, 5), 5);
	/* A lease is to be had, and a Thing has what it had. */
	assert_int_equal(gateway_pass(client, GATEWAY_ADDR, 67, dhcp, 5), 5);
	assert_int_equal(gateway_pass(dhcp, OTHER_ADDR, 68, client, 5), 5);
	assert_true(gateway_connect(HOST_THING, SERVER_ADDR, 443));
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 5), 5);
	/* Nobody's counters but their own. */
	sums = world_counters(world);
	assert_int_equal(sums.n, 3);
	assert_int_equal(sums.thing.from_packets, 0);
	listed = gateway_nft("list", "set", "inet", "mudd", "dropped_from");
	lacks(listed, OTHER_MAC);
	free(listed);
	listed =
	    gateway_nft("list", "chain", "inet", "mudd", "drop_unknown_from");
	lacks(listed, "counter packets 0 ");
	free(listed);
	(void)close(other), (void)close(other6), (void)close(gateway6);
	(void)close(thing), (void)close(server), (void)close(gateway);
	(void)close(dhcp), (void)close(client);
}

/* What unknown devices may do can change, and one may become a Thing. */
static void
unknown_devices_have_a_policy(void **state)
{
	struct world *world = begin_with_unknown(state, 0);
	struct rule rules[4];
	size_t n = 0;

	rules[n] = rule_port(CHAIN_FROM, 6, 1, true, 443);
	rules[n++].opener = OPENER_ORIGINAL;
	rules[n] = rule_any(CHAIN_TO, 0);
	rules[n++].verdict = RULE_REPLIES;
	rules[n++] = rule_port(CHAIN_TO_REPLY, 6, 1, false, 443);
	script_rules(&world->script, GUEST, rules, n);
	script_ending(&world->script, GUEST, ENDING_UNKNOWN);
	script_unknown(&world->script, GUEST);
	script_gone(&world->script, UNKNOWN);
	world_play(world, 0);
	assert_true(gateway_connect(HOST_OTHER, SERVER_ADDR, 443));
	assert_false(gateway_connect(HOST_OTHER, SERVER_ADDR, 8443));

	write_watched(&world->script);
	script_thing(&world->script, OP_ADD, OTHER_MAC, WATCHED);
	script_binding(&world->script, OP_ADD, OTHER_MAC, OTHER_ADDR);
	world_play(world, 0);
	assert_true(gateway_connect(HOST_OTHER, SERVER_ADDR, 8443));
	script_thing(&world->script, OP_DELETE, OTHER_MAC, 0);
	world_play(world, 0);
	assert_false(gateway_connect(HOST_OTHER, SERVER_ADDR, 8443));
	assert_true(gateway_connect(HOST_OTHER, SERVER_ADDR, 443));

	/* Where the whole gateway only watches, so it does here. */
	(void)begin_with_unknown(state, BATCH_MONITOR);
	assert_true(gateway_connect(HOST_OTHER, SERVER_ADDR, 8443));
}

/* The error that a router on the way sends back, to a flow of theirs. */
static void
unknown_devices_hear_errors(void **state)
{
	struct world *world = begin_with_unknown(state, 0);
	int other = gateway_udp(HOST_OTHER, OTHER_ADDR, 5002);
	struct rule rule = rule_port(CHAIN_FROM, 17, 1, true, 4999);

	script_rules(&world->script, GUEST, &rule, 1);
	script_ending(&world->script, GUEST, ENDING_UNKNOWN);
	script_unknown(&world->script, GUEST);
	world_play(world, 0);
	assert_true(gateway_is_refused(other, SERVER_ADDR, 4999));
	(void)close(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(watched_things_lose_nothing),
		cmocka_unit_test(denied_things_do_dhcp),
		cmocka_unit_test(denied_things_reach_no_neighbour),
		cmocka_unit_test(unknown_devices_are_closed),
		cmocka_unit_test(unknown_devices_have_a_policy),
		cmocka_unit_test(unknown_devices_hear_errors),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
