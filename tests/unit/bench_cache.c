/*
 * What an established packet that is routed costs: with the connection cache,
 * with every packet judged by a policy of twenty ACEs, and without us.  For
 * ./dev bench; a few seconds a family.  Of several rounds the fastest counts,
 * since others use the machine, too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "libmud/fault.h"
#include "tests/unit/cachelook.h"
#include "tests/unit/world.h"

#define POLICY  3
#define ACES    20
#define PACKETS 20000
#define ROUNDS  7

static double
nsec(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return 1e9 * (double)now.tv_sec + (double)now.tv_nsec;
}

enum way { BARE, TRACKED, CACHED, JUDGED, WAYS };

static const struct side {
	unsigned int family;
	const char *thing, *server;
} sides[] = {
	{ 4, PLAIN_ADDR, SERVER_ADDR },
	{ 6, PLAIN_ADDR6, SERVER_ADDR6 },
};

/* The kernel carries a datagram to its receiver, or drops it there for want
 * of room, before send returns. */
static void
measure(double best[WAYS], enum way way, int thing)
{
	double start = nsec(), took;

	for (int i = 0; i < PACKETS; i++)
		(void)send(thing, "x", 1, 0);
	took = (nsec() - start) / PACKETS;
	if (best[way] == 0 || took < best[way])
		best[way] = took;
}

static void
play_aces(struct world *world, const struct side *side)
{
	struct rule rules[ACES + 2];
	size_t n = 0;

	for (; n < ACES; n++)
		rules[n] = rule_port(
		    CHAIN_FROM, 17, 1, true, (uint16_t)(4000 + ACES - 1 - n));
	rules[n] = rule_any(CHAIN_TO, 0);
	rules[n++].verdict = RULE_REPLIES;
	rules[n++] = rule_port(CHAIN_TO_REPLY, 17, 1, false, 4000);
	for (size_t i = 0; i < n; i++)
		if (rules[i].verdict == RULE_ACCEPT)
			rules[i].family = (uint8_t)side->family;
	script_rules(&world->script, POLICY, rules, n);
	script_thing(&world->script, OP_ADD, PLAIN_MAC, POLICY);
	script_binding(&world->script, OP_ADD, PLAIN_MAC, PLAIN_ADDR6);
	world_play(world, 0);
}

static void
play_round(void **state, const struct side *side, double best[WAYS], int thing,
    int server)
{
	struct world *world = world_begin(state);
	struct fault why = { 0 };

	play_aces(world, side);
	assert_int_equal(gateway_pass(thing, side->server, 4000, server, 2), 2);
	assert_int_equal(gateway_pass(server, side->thing, 5000, thing, 2), 2);
	measure(best, CACHED, thing);
	assert_true(cache_hits(false) >= PACKETS);
	free(gateway_nft("flush chain inet mudd fast", NULL, NULL, NULL, NULL));
	measure(best, JUDGED, thing);
	assert_true(enforcer_teardown(world->enforcer, &why));
	measure(best, BARE, thing);
	free(gateway_nft("add table inet other; add chain inet other c { type "
			 "filter hook forward priority 0; }; add rule inet "
			 "other c ct state established accept",
	    NULL, NULL, NULL, NULL));
	measure(best, TRACKED, thing);
	free(gateway_nft("delete table inet other", NULL, NULL, NULL, NULL));
}

static void
established_packet(void **state)
{
	for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
		const struct side *side = &sides[i];
		int thing = gateway_udp(HOST_PLAIN, side->thing, 5000);
		int server = gateway_udp(HOST_SERVER, side->server, 4000);
		double best[WAYS] = { 0 };

		gateway_join(thing, side->server, 4000);
		for (int round = 0; round < ROUNDS; round++)
			play_round(state, side, best, thing, server);
		(void)printf(
		    "established packet, IPv%u, ns: %.0f bare, %.0f with "
		    "conntrack, %.0f by the cache, %.0f judged by %d ACEs\n"
		    "established packet, IPv%u: the cache costs %+.0f ns over "
		    "conntrack (x%.2f); judging costs %+.0f ns (x%.2f)\n",
		    side->family, best[BARE], best[TRACKED], best[CACHED],
		    best[JUDGED], ACES, side->family,
		    best[CACHED] - best[TRACKED], best[CACHED] / best[TRACKED],
		    best[JUDGED] - best[TRACKED], best[JUDGED] / best[TRACKED]);
		(void)close(thing), (void)close(server);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(established_packet),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
