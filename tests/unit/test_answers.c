/*
 * The gateway's own answers, seen by packets: judged as anybody's are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <unistd.h>

#include "tests/unit/world.h"

#define POLICY   3
#define SERVICES 6 /* a class: the gateway */

static struct rule
rule_of(enum rule_chain chain, unsigned int family, bool is_destination)
{
	struct rule rule = rule_port(chain, 17, SERVICES, is_destination, 4000);

	rule.family = (uint8_t)family;
	return rule;
}

/* The Thing may open UDP 4000 to the gateway.  `end` is what becomes of
 * answers from that port, or RULE_VERDICTS: the mirror says so. */
static void
play_policy(struct world *world, unsigned int family, enum rule_verdict end)
{
	struct rule rules[4];
	size_t n = 0;

	rules[n++] = rule_of(CHAIN_FROM, family, true);
	if (end != RULE_VERDICTS) {
		rules[n] = rule_of(CHAIN_TO, family, false);
		rules[n++].verdict = (uint8_t)end;
	}
	rules[n] = rule_any(CHAIN_TO, 0);
	rules[n++].verdict = RULE_REPLIES;
	rules[n++] = rule_of(CHAIN_TO_REPLY, family, false);
	script_rules(&world->script, POLICY, rules, n);
	script_thing(&world->script, OP_ADD, THING_MAC, POLICY);
	world_play(world, 0);
}

static struct world *
begin(void **state, const char *thing, const char *gateway)
{
	struct world *world = world_begin(state);

	script_set(&world->script, OP_ADD, SERVICES, false);
	script_element(&world->script, OP_ADD, SERVICES, gateway, 0);
	script_binding(&world->script, OP_ADD, THING_MAC, thing);
	world_play(world, 0);
	return world;
}

static void
answers_are_judged(
    void **state, unsigned int family, const char *host, const char *self)
{
	struct world *world = begin(state, host, self);
	int thing = gateway_udp(HOST_THING, host, 5000);
	int gateway = gateway_udp(HOST_GATEWAY, self, 4000);
	struct sums before, after;

	/* By the mirror, as the opener's list says. */
	play_policy(world, family, RULE_VERDICTS);
	assert_int_equal(gateway_pass(thing, self, 4000, gateway, 5), 5);
	assert_int_equal(gateway_pass(gateway, host, 5000, thing, 5), 5);
	/* An explicit drop holds, counts, and takes the other way nothing. */
	before = world_counters(world);
	play_policy(world, family, RULE_DENY);
	assert_int_equal(gateway_pass(thing, self, 4000, gateway, 5), 5);
	assert_int_equal(gateway_pass(gateway, host, 5000, thing, 5), 0);
	assert_int_equal(gateway_pass(thing, self, 4000, gateway, 5), 5);
	after = world_counters(world);
	/* The sender is told, and tries again. */
	assert_int_equal(
	    after.thing.to_packets, before.thing.to_packets + 2 * 5);
	/* Without it they pass again. */
	play_policy(world, family, RULE_VERDICTS);
	assert_int_equal(gateway_pass(gateway, host, 5000, thing, 5), 5);
	(void)close(thing), (void)close(gateway);
}

static void
answers_of_ipv4(void **state)
{
	answers_are_judged(state, 4, THING_ADDR, GATEWAY_ADDR);
}

static void
answers_of_ipv6(void **state)
{
	answers_are_judged(state, 6, THING_ADDR6, GATEWAY_ADDR6);
}

/* Nor does the policy speak of leases, and of what the gateway opens. */
static void
the_rest_passes(void **state, unsigned int family, const char *host,
    const char *self, const char *stranger)
{
	struct world *world = begin(state, host, self);
	uint16_t ask = family == 4 ? 68 : 546, give = family == 4 ? 67 : 547;
	int thing = gateway_udp(HOST_THING, host, 5001);
	int gateway = gateway_udp(HOST_GATEWAY, self, 4001);
	int client = gateway_udp(HOST_THING, host, ask);
	int server = gateway_udp(HOST_GATEWAY, self, give);
	int other = gateway_udp(HOST_OTHER, stranger, 5000);

	play_policy(world, family, RULE_DENY);
	assert_int_equal(gateway_pass(client, self, give, server, 5), 5);
	assert_int_equal(gateway_pass(server, host, ask, client, 5), 5);
	assert_int_equal(gateway_pass(gateway, host, 5001, thing, 5), 5);
	assert_int_equal(gateway_pass(thing, self, 4001, gateway, 5), 5);
	assert_int_equal(gateway_pass(gateway, host, 5001, thing, 5), 5);
	/* Who is not managed is not ours. */
	assert_int_equal(gateway_pass(other, self, 4001, gateway, 5), 5);
	assert_int_equal(gateway_pass(gateway, stranger, 5000, other, 5), 5);
	(void)close(thing), (void)close(gateway), (void)close(client);
	(void)close(server), (void)close(other);
}

static void
the_rest_of_ipv4(void **state)
{
	the_rest_passes(state, 4, THING_ADDR, GATEWAY_ADDR, OTHER_ADDR);
}

static void
the_rest_of_ipv6(void **state)
{
	the_rest_passes(state, 6, THING_ADDR6, GATEWAY_ADDR6, OTHER_ADDR6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_of_ipv4),
		cmocka_unit_test(answers_of_ipv6),
		cmocka_unit_test(the_rest_of_ipv4),
		cmocka_unit_test(the_rest_of_ipv6),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
