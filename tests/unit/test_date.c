/* Times in MUD files: RFC 3339 with a zone, or none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libmud/date.h"

#define NONE INT64_MIN

static const struct {
	const char *text;
	int64_t seconds;
} cases[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "2026-01-15T10:32:28Z", 1768473148 },
	{ "2026-01-15T10:32:28.5Z", 1768473148 },
	{ "2026-01-15T10:32:28+00:00", 1768473148 },
	{ "2026-01-15T12:02:28+01:30", 1768473148 },
	{ "2026-01-15T02:32:28-08:00", 1768473148 },
	{ "1969-12-31T23:59:59Z", -1 },
	{ "9999-12-31T23:59:59Z", 253402300799 },
	{ "2016-12-31T23:59:60Z", 1483228800 },
	{ "0000-01-01T00:00:00Z", -62167219200 },
	{ "", NONE },
	{ "2026-01-15", NONE },
	{ "2026-01-15T10:32:28", NONE },
	{ "2026-01-15T10:32:28 Z", NONE },
	{ "2026-01-15 10:32:28Z", NONE },
	{ "2026-01-15t10:32:28z", NONE },
	{ "2026-13-15T10:32:28Z", NONE },
	{ "2026-00-15T10:32:28Z", NONE },
	{ "2026-01-32T10:32:28Z", NONE },
	{ "2026-01-00T10:32:28Z", NONE },
	{ "2026-01-15T24:32:28Z", NONE },
	{ "2026-01-15T10:60:28Z", NONE },
	{ "2026-01-15T10:32:61Z", NONE },
	{ "2026-01-15T10:32:28.Z", NONE },
	{ "2026-01-15T10:32:28+24:00", NONE },
	{ "2026-01-15T10:32:28+01:60", NONE },
	{ "2026-01-15T10:32:28+0100", NONE },
	{ "2026-01-15T10:32:28Zx", NONE },
	{ "26-01-15T10:32:28Z", NONE },
	{ "+026-01-15T10:32:28Z", NONE },
};

static void
parses_or_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t seconds = NONE;
		bool ok = date_parse(cases[i].text, &seconds);

		if (ok != (cases[i].seconds != NONE) ||
		    seconds != cases[i].seconds)
			fail_msg("%s: %lld", cases[i].text, (long long)seconds);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_or_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
