/*
 * How many new MUD URLs may be fetched: bursts, refills, and tables that stay
 * bounded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engine/files/fetchbudget.h"
#include "libmud/fault.h"
#include "libmud/limits.h"

#define NOW 1700000000

static struct fault why; /* of the last refusal */

static bool
take_of(struct fetchbudget *budget, unsigned int thing, uint32_t port,
    bool is_new_host, int64_t now)
{
	struct mac mac = { { 0x02, 0, 0, (uint8_t)(thing >> 16),
	    (uint8_t)(thing >> 8), (uint8_t)thing } };
	struct fetchbudget_wish wish = { &mac, port, is_new_host };

	why = (struct fault){ 0 };
	if (fetchbudget_take(budget, &wish, now, &why)) {
		assert_int_equal(why.code, FAULT_NONE);
		return true;
	}
	assert_int_equal(why.code, FAULT_BUSY);
	return false;
}

static bool
take(struct fetchbudget *budget, unsigned int thing, uint32_t port, int64_t now)
{
	return take_of(budget, thing, port, false, now);
}

static void
a_thing_may_fetch_two_at_once(void **state)
{
	struct fetchbudget *budget = fetchbudget_new();

	(void)state;
	assert_true(take(budget, 1, 3, NOW));
	assert_true(take(budget, 1, 3, NOW));
	assert_false(take(budget, 1, 3, NOW));
	assert_true(take(budget, 2, 3, NOW));
	/* Four an hour: one after a quarter, to the second. */
	assert_false(take(budget, 1, 3, NOW + 899));
	assert_true(take(budget, 1, 3, NOW + 900));
	assert_false(take(budget, 1, 3, NOW + 901));
	/* Asking for nothing meanwhile takes nothing away. */
	for (int64_t at = 902; at < 1800; at += 7)
		assert_false(take(budget, 1, 3, NOW + at));
	assert_true(take(budget, 1, 3, NOW + 1800));
	/* And no more than two are saved up. */
	assert_true(take(budget, 1, 3, NOW + 1000000));
	assert_true(take(budget, 1, 3, NOW + 1000000));
	assert_false(take(budget, 1, 3, NOW + 1000000));
	/* A clock that stands, or runs backwards, gives nothing. */
	assert_false(take(budget, 1, 3, NOW));
	fetchbudget_free(budget);
	fetchbudget_free(NULL);
}

static void
a_port_may_fetch_so_many(void **state)
{
	struct fetchbudget *budget = fetchbudget_new();

	(void)state;
	for (unsigned int n = 0; n < 32; n++)
		assert_true(take(budget, n, 3, NOW));
	assert_false(take(budget, 100, 3, NOW));
	assert_true(take(budget, 100, 4, NOW));
	/* Twelve an hour. */
	assert_false(take(budget, 101, 3, NOW + 299));
	assert_true(take(budget, 101, 3, NOW + 300));
	assert_false(take(budget, 102, 3, NOW + 300));
	/* Who was refused for its port has not paid with its own tokens. */
	assert_true(take(budget, 102, 4, NOW + 300));
	assert_true(take(budget, 102, 4, NOW + 300));
	fetchbudget_free(budget);
}

static void
all_may_fetch_so_many(void **state)
{
	struct fetchbudget *budget = fetchbudget_new();

	(void)state;
	for (unsigned int n = 0; n < 64; n++)
		assert_true(take(budget, n, 1 + n % 8, NOW));
	assert_false(take(budget, 100, 9, NOW));
	/* Sixty an hour. */
	assert_false(take(budget, 100, 9, NOW + 59));
	assert_true(take(budget, 100, 9, NOW + 60));
	assert_false(take(budget, 101, 9, NOW + 60));
	fetchbudget_free(budget);
}

static void
forgets_who_asked_longest_ago(void **state)
{
	struct fetchbudget *budget = fetchbudget_new();
	unsigned int n;

	(void)state;
	/* An hour apart, so that only the table is in the way. */
	assert_true(take(budget, 0, 1, NOW));
	for (n = 1; n <= 2000; n++)
		assert_true(take(budget, n, 1 + n % (LIMIT_PORTS + 10),
		    NOW + (int64_t)n * 3600));
	/* The youngest are remembered. */
	assert_true(take(budget, 2000, 1, NOW + (int64_t)2000 * 3600));
	assert_false(take(budget, 2000, 1, NOW + (int64_t)2000 * 3600));
	fetchbudget_free(budget);
}

/* S-27: four a day, whatever the hours would give. */
static void
a_thing_may_fetch_four_a_day(void **state)
{
	struct fetchbudget *budget = fetchbudget_new();

	(void)state;
	for (int64_t hour = 0; hour < 4; hour++)
		assert_true(take(budget, 1, 3, NOW + hour * 3600));
	assert_false(take(budget, 1, 3, NOW + 5 * 3600));
	assert_string_equal(why.clause, "S-27");
	assert_false(take(budget, 1, 3, NOW + 86399));
	assert_true(take(budget, 1, 3, NOW + 86400));
	/* The next when the second is a day old, not before. */
	assert_false(take(budget, 1, 3, NOW + 86400 + 3599));
	assert_true(take(budget, 1, 3, NOW + 86400 + 3600));
	/* Others may. */
	assert_true(take(budget, 2, 3, NOW + 5 * 3600));
	fetchbudget_free(budget);
}

/* S-27: names of hosts are the widest way out. */
static void
all_may_ask_so_many_new_hosts(void **state)
{
	struct fetchbudget *budget = fetchbudget_new();

	(void)state;
	for (unsigned int n = 0; n < 32; n++)
		assert_true(take_of(budget, n, 1 + n % 8, true, NOW));
	assert_false(take_of(budget, 100, 9, true, NOW));
	assert_string_equal(why.clause, "S-27");
	/* Who was refused has paid nothing; hosts that are known cost none. */
	assert_true(take(budget, 100, 9, NOW));
	assert_true(take(budget, 100, 9, NOW));
	/* Twenty a day: one every 72 minutes. */
	assert_false(take_of(budget, 101, 9, true, NOW + 4319));
	assert_true(take_of(budget, 101, 9, true, NOW + 4320));
	assert_false(take_of(budget, 102, 9, true, NOW + 4320));
	fetchbudget_free(budget);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thing_may_fetch_two_at_once),
		cmocka_unit_test(a_port_may_fetch_so_many),
		cmocka_unit_test(all_may_fetch_so_many),
		cmocka_unit_test(a_thing_may_fetch_four_a_day),
		cmocka_unit_test(all_may_ask_so_many_new_hosts),
		cmocka_unit_test(forgets_who_asked_longest_ago),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
