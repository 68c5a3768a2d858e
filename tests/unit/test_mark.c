/*
 * Connection marks: which bits are ours, and what is done with those that were
 * written before the count of epochs began.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/mark.h"
#include "libmud/fault.h"
#include "tests/unit/cachelook.h"
#include "tests/unit/world.h"

/* ---- marks -----------------------------------------------------------------
 */

/* Somebody else marks connections, too: these bits, until they are
 * answered. */
static void
mark_as_others_do(const char *bits)
{
	char line[128];

	(void)snprintf(line, sizeof(line),
	    "add rule ip other others ct state new ct mark set ct mark | %s",
	    bits);
	free(gateway_nft("add table ip other", NULL, NULL, NULL, NULL));
	free(gateway_nft("add chain ip other others { type filter hook "
			 "prerouting priority -150; }",
	    NULL, NULL, NULL, NULL));
	free(
	    gateway_nft("flush chain ip other others", NULL, NULL, NULL, NULL));
	free(gateway_nft(line, NULL, NULL, NULL, NULL));
}

static void
forget_others(void)
{
	free(gateway_nft("delete table ip other", NULL, NULL, NULL, NULL));
}

/* Under this mask, a flow passes by the cache, its other bits are the
 * stranger's, before and after a bump. */
static void
try_mask(struct world *world, uint32_t mask, const char *bits, uint16_t port)
{
	int thing = gateway_udp(HOST_THING, THING_ADDR, port);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	uint32_t ours = 0xffffu << mark_shift(mask);

	mark_as_others_do(bits);
	world_snapshot(&world->script);
	script_mark(&world->script, mask);
	world_play(world, BATCH_RESET);
	for (int i = 0; i < 2; i++) {
		long long mark;

		cache_forget_hits();
		assert_int_equal(
		    gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
		assert_int_equal(
		    gateway_pass(server, THING_ADDR, port, thing, 5), 5);
		assert_int_equal(cache_hits(false), 4);
		assert_int_equal(cache_hits(true), 4);
		mark = cache_mark(THING_ADDR, port);
		assert_true(mark >= 0);
		assert_int_equal(
		    (uint32_t)mark & ~ours, strtoul(bits, NULL, 0));
		assert_int_equal(((uint32_t)mark & ours) >> mark_shift(mask),
		    cache_epoch() << 2 | 3);
		script_thing(&world->script, OP_ADD, PLAIN_MAC, i == 0 ? 0 : 1);
		world_play(world, 0);
	}
	forget_others();
	(void)close(thing), (void)close(server);
}

static void
other_bits_are_not_ours(void **state)
{
	struct world *world = world_begin(state);

	try_mask(world, MARK_MASK_DEFAULT, "0x00001234", 5050);
}

static void
mask_can_be_another(void **state)
{
	struct world *world = world_begin(state);

	try_mask(world, 0x000ffff0, "0xabc0000d", 5051);
	try_mask(world, 0x0000ffff, "0x56780000", 5052);
	/* Of a wider one the lowest. */
	try_mask(world, 0xfffff000, "0x90000bcd", 5053);
}

/* What looks like a stamp of ours under another mask is none. */
static void
bits_of_before_are_no_stamp(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5030);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);

	mark_as_others_do("0x00000070");
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	forget_others();
	world_snapshot(&world->script);
	script_mark(&world->script, 0x000ffff0);
	cache_remove_ace(&world->script);
	world_play(world, BATCH_RESET);
	assert_int_equal(cache_epoch(), 1);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 0);
	(void)close(thing), (void)close(server);
}

/* ---- the count --------------------------------------------------------------
 */

/* As after a restart, of an enforcer that finds this number. */
static void
restart_at(struct world *world, const char *number)
{
	struct fault why = { 0 };
	char line[128];

	(void)snprintf(line, sizeof(line),
	    "add rule inet mudd stamp_original counter comment "
	    "\"epoch %s, mark 0xffff0000\"",
	    number);
	free(gateway_nft(
	    "flush chain inet mudd stamp_original", NULL, NULL, NULL, NULL));
	free(gateway_nft(line, NULL, NULL, NULL, NULL));
	enforcer_free(world->enforcer);
	world->enforcer = enforcer_new(&why);
	assert_non_null(world->enforcer);
}

static void
reset(struct world *world, bool revokes)
{
	world_snapshot(&world->script);
	if (revokes)
		cache_remove_ace(&world->script);
	world_play(world, BATCH_RESET);
}

static void
count_goes_on(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);

	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	restart_at(world, "77");
	reset(world, true);
	assert_int_equal(cache_epoch(), 78);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 0);
	/* What we did not write is not believed. */
	restart_at(world, "16384");
	reset(world, false);
	assert_int_equal(cache_epoch(), 1);
	restart_at(world, "077");
	reset(world, false);
	assert_int_equal(cache_epoch(), 1);
	(void)close(thing), (void)close(server);
}

/* A flow of the first epoch, by a port of its own; and a stranger's bits. */
static unsigned int
first_flow(struct world *world, uint16_t port, bool begins)
{
	struct fault why = { 0 };
	int thing = gateway_udp(HOST_THING, THING_ADDR, port);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	unsigned int n;

	if (begins) {
		assert_true(enforcer_teardown(world->enforcer, &why));
		reset(world, false);
		assert_int_equal(cache_epoch(), 1);
		mark_as_others_do("0x00001234");
	}
	n = gateway_pass(thing, SERVER_ADDR, 4000, server, 5);
	if (begins)
		forget_others();
	(void)close(thing), (void)close(server);
	return n;
}

static void
old_stamps_do_not_count_again(void **state)
{
	struct world *world = world_begin(state);
	struct fault why = { 0 };

	/* The table has gone, and with it the number. */
	assert_int_equal(first_flow(world, 5040, true), 5);
	assert_int_equal(
	    cache_mark(THING_ADDR, 5040), (1 << 2 | 2) << 16 | 0x1234);
	assert_true(enforcer_teardown(world->enforcer, &why));
	reset(world, true);
	assert_int_equal(cache_epoch(), 1);
	assert_int_equal(first_flow(world, 5040, false), 0);

	/* The numbers are used up: at a RESET, and in mid-course. */
	assert_int_equal(first_flow(world, 5041, true), 5);
	restart_at(world, "16383");
	reset(world, true);
	assert_int_equal(cache_epoch(), 1);
	assert_int_equal(cache_mark(THING_ADDR, 5041), 0x1234);
	assert_int_equal(first_flow(world, 5041, false), 0);

	assert_int_equal(first_flow(world, 5042, true), 5);
	restart_at(world, "16382");
	reset(world, false);
	assert_int_equal(cache_epoch(), 16383);
	cache_remove_ace(&world->script);
	world_play(world, 0);
	assert_int_equal(cache_epoch(), 1);
	assert_int_equal(cache_mark(THING_ADDR, 5042), 0x1234);
	assert_int_equal(first_flow(world, 5042, false), 0);
	script_binding(&world->script, OP_DELETE, THING_MAC, THING_ADDR);
	world_play(world, 0);
	assert_int_equal(cache_epoch(), 2);
}

/*
 * Marks are cleared before the batch that begins the count anew, and again
 * after the next one that stands: what is stamped in between is of an epoch
 * that is over, and would count again one day.
 */
static void
marks_are_cleared_twice(void **state)
{
	struct world *world = world_begin(state);
	struct fault why = { 0 };

	restart_at(world, "16382");
	reset(world, false);
	assert_int_equal(first_flow(world, 5043, false), 5);
	assert_int_equal(
	    cache_mark(THING_ADDR, 5043), (long long)(16383 << 2 | 2) << 16);
	/* The kernel refuses the batch. */
	world->is_unwatched = true;
	free(gateway_nft(
	    "delete", "element", "inet", "mudd", "things { " PLAIN_MAC " }"));
	script_thing(&world->script, OP_DELETE, PLAIN_MAC, 0);
	assert_false(world_try(world, 0, &why));
	assert_int_equal(why.code, FAULT_KERNEL);
	assert_int_equal(cache_epoch(), 16383);
	assert_int_equal(cache_mark(THING_ADDR, 5043), 0);
	assert_int_equal(first_flow(world, 5043, false), 5);
	assert_int_not_equal(cache_mark(THING_ADDR, 5043), 0);
	/* One that revokes nothing stands. */
	script_element(&world->script, OP_ADD, 1, "203.0.113.9", 300);
	world_play(world, 0);
	assert_int_equal(cache_epoch(), 16383);
	assert_int_equal(cache_mark(THING_ADDR, 5043), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_bits_are_not_ours),
		cmocka_unit_test(mask_can_be_another),
		cmocka_unit_test(bits_of_before_are_no_stamp),
		cmocka_unit_test(count_goes_on),
		cmocka_unit_test(old_stamps_do_not_count_again),
		cmocka_unit_test(marks_are_cleared_twice),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
