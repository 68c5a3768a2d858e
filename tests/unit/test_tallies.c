/*
 * What an ACE's rules have counted, in a real kernel: by packets, and where
 * somebody else has been at our tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/world.h"

#define ACES 4

struct told {
	size_t n;
	struct record_tally tally[ACES + 1];
};

static void
note(void *arg, const struct record_tally *tally)
{
	struct told *told = arg;

	assert_true(told->n <= ACES);
	told->tally[told->n++] = *tally;
}

static struct told
tallies_of(struct world *world, uint32_t policy)
{
	struct told told = { 0 };

	assert_int_equal(
	    enforcer_tallies(world->enforcer, policy, note, &told), 0);
	return told;
}

/* An ACE that never matched counts nothing; what is dropped is nobody's. */
static void
packets_count_for_the_ace_that_decides(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int coap = gateway_udp(HOST_THING, THING_ADDR, 5683);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int closed = gateway_udp(HOST_SERVER, SERVER_ADDR, 4001);
	struct told told = tallies_of(world, 1);

	assert_int_equal(told.n, ACES);
	for (uint32_t i = 0; i < ACES; i++) {
		assert_int_equal(told.tally[i].policy, 1);
		assert_int_equal(told.tally[i].ace, i);
		assert_int_equal(told.tally[i].packets, 0);
	}
	assert_int_equal(gateway_pass(server, THING_ADDR, 5683, coap, 1), 1);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 1), 1);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4001, closed, 7), 0);
	told = tallies_of(world, 1);
	assert_int_equal(told.n, ACES);
	assert_int_equal(told.tally[0].packets, 0);
	assert_int_equal(told.tally[1].packets, 1);
	assert_int_equal(told.tally[2].packets, 0);
	assert_int_equal(told.tally[3].packets, 1);
	/* A policy without rules, and one that is not there. */
	assert_int_equal(tallies_of(world, 2).n, 0);
	assert_int_equal(tallies_of(world, 99).n, 0);
	(void)close(thing), (void)close(coap), (void)close(server);
	(void)close(closed);
}

/* An ACE may be several rules. */
static void
the_rules_of_an_ace_are_summed(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int other = gateway_udp(HOST_SERVER, SERVER_ADDR, 4001);
	struct rule rules[3];
	struct told told;

	rules[0] = rule_port(CHAIN_FROM, 17, 1, true, 4000);
	rules[1] = rule_port(CHAIN_FROM, 17, 1, true, 4001);
	rules[2] = rule_port(CHAIN_TO, 17, 1, true, 5000);
	for (size_t i = 0; i < 3; i++)
		rules[i].ace = 511;
	script_rules(&world->script, 1, rules, 3);
	world_play(world, 0);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 1), 1);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4001, other, 1), 1);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 1), 1);
	told = tallies_of(world, 1);
	assert_int_equal(told.n, 1);
	assert_int_equal(told.tally[0].ace, 511);
	assert_int_equal(told.tally[0].packets, 3);
	(void)close(thing), (void)close(server), (void)close(other);
}

static void
add_rule(const char *comment)
{
	const char *const argv[] = { "nft", "add", "rule", "inet", "mudd",
		"pf_1", "counter packets 1000 bytes 1000 comment", comment,
		NULL };

	free(gateway_run(HOST_GATEWAY, argv));
}

static void
what_others_wrote_does_not_count(void **state)
{
	static const char *const comments[] = { "\"ace 1000\"", "\"ace 512\"",
		"\"ace 9\"", "\"ace 1x\"", "\"ace \"", "\"ace -1\"",
		"\"axe 1\"", "\"ace 1 \"", "\"ace 99999999999\"" };
	struct world *world = world_begin(state);
	struct told told;

	for (size_t i = 0; i < sizeof(comments) / sizeof(comments[0]); i++)
		add_rule(comments[i]);
	told = tallies_of(world, 1);
	assert_int_equal(told.n, ACES);
	for (size_t i = 0; i < ACES; i++)
		assert_int_equal(told.tally[i].packets, 0);
}

static void
tables_that_have_gone_are_told(void **state)
{
	struct world *world = world_begin(state);
	const char *const argv[] = { "nft", "delete", "table", "inet", "mudd",
		NULL };
	struct told told = { 0 };

	free(gateway_run(HOST_GATEWAY, argv));
	assert_int_equal(
	    enforcer_tallies(world->enforcer, 1, note, &told), -ENOENT);
	assert_int_equal(told.n, 0);
	world_snapshot(&world->script);
	world_play(world, BATCH_RESET);
	assert_int_equal(tallies_of(world, 1).n, ACES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_count_for_the_ace_that_decides),
		cmocka_unit_test(the_rules_of_an_ace_are_summed),
		cmocka_unit_test(what_others_wrote_does_not_count),
		cmocka_unit_test(tables_that_have_gone_are_told),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
