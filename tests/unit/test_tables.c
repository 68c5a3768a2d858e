/*
 * What mudd says of others at our tables, and what is made of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "engine/events.h"
#include "engine/tables.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define START         1000000

static const struct {
	struct record_tampered record;
	bool good;
} records[] = {
	{ { 1, 77, 1, 0, 0, 0, "nft" }, true },
	{ { 0, 0, 0, 2, 0, 5, "" }, true },
	{ { 1, 77, 1, 0, 0, 0, "fifteen-letters" }, true },
	{ { 2, 77, 1, 0, 0, 0, "nft" }, false },
	{ { 1, 77, 1, 0, 0, 0, "an nft" }, false },
	{ { 1, 77, 1, 0, 0, 0, "nft\n" }, false },
	{ { 1, 77, 1, 0, 0, 0, "nft\x1b[0m" }, false },
	{ { 1, 77, 1, 0, 0, 0, "\xc3\xa9" }, false },
	{ { 1, 77, 1, 0, 0, 0, "0123456789abcdef" }, false },
};

static void
judges_records(void **state)
{
	(void)state;

	for (size_t i = 0; i < LENGTH(records); i++) {
		struct tables_watch watch = { 0 };
		bool good = tables_take(&watch, &records[i].record, START);

		if (good != records[i].good)
			fail_msg("record %zu", i);
		assert_int_equal(watch.n, good ? 1 : 0);
	}
}

static void
tells_for_a_while(void **state)
{
	struct tables_watch watch = { 0 };
	json_t *report;

	(void)state;
	assert_string_equal(tables_word(&watch, START), "ok");
	assert_null(tables_report(&watch));
	assert_true(tables_take(&watch, &records[0].record, START));
	assert_string_equal(tables_word(&watch, START + 599), "foreign-change");
	assert_string_equal(tables_word(&watch, START + 600), "ok");
	report = tables_report(&watch);
	assert_string_equal(
	    json_string_value(json_object_get(report, "process")), "nft");
	assert_int_equal(
	    json_integer_value(json_object_get(report, "pid")), 77);
	assert_true(json_is_true(json_object_get(report, "is_repaired")));
	assert_string_equal(json_string_value(json_object_get(report, "time")),
	    "1970-01-12T13:46:40Z");
	json_decref(report);
	assert_true(tables_take(&watch, &records[1].record, START + 900));
	report = tables_report(&watch);
	assert_null(json_object_get(report, "process"));
	assert_null(json_object_get(report, "pid"));
	assert_int_equal(
	    json_integer_value(json_object_get(report, "count")), 2);
	json_decref(report);
}

static int64_t
clock_now(void *arg)
{
	return *(int64_t *)arg;
}

/* All are counted, and few are written. */
static void
a_flood_is_summed(void **state)
{
	struct tables_watch watch = { 0 };
	int64_t now = START;

	(void)state;
	events_start(clock_now, &now);
	for (int i = 0; i < 1000; i++)
		assert_true(tables_take(&watch, &records[0].record, START));
	assert_int_equal(watch.n, 1000);
	assert_int_equal(watch.n_told, 10);
	now = START + 9;
	assert_true(tables_take(&watch, &records[0].record, now));
	assert_int_equal(watch.n_told, 10);
	now = START + 10;
	assert_true(tables_take(&watch, &records[0].record, now));
	assert_int_equal(watch.n_told, 1002);
	assert_true(tables_take(&watch, &records[0].record, now));
	assert_int_equal(watch.n_told, 1002);
	events_start(NULL, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_records),
		cmocka_unit_test(tells_for_a_while),
		cmocka_unit_test(a_flood_is_summed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
