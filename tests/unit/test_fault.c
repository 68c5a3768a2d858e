/* fault: escaping, cutting, and a word and a remedy for every code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/fault.h"

static const struct {
	const char *text, *detail;
} cases[] = {
	{ "", "" },
	{ "a plain text, ~ included", "a plain text, ~ included" },
	{ "tab\tline\n", "tab\\x09line\\x0a" },
	{ "\x1b[31m", "\\x1b[31m" },
	{ "back\\slash", "back\\\\slash" },
	{ "caf\xc3\xa9", "caf\\xc3\\xa9" },
	{ "\x7f", "\\x7f" },
	{ "%s %n", "%s %n" },
};

static void
escapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault why = { 0 };

		assert_false(fault_set(
		    &why, FAULT_HTTP, "S-1\x01", "%s", cases[i].text));
		assert_int_equal(why.code, FAULT_HTTP);
		assert_string_equal(why.clause, "S-1\\x01");
		assert_string_equal(why.detail, cases[i].detail);
		assert_true(fault_is_sound(&why));
	}
}

/* Cut where it no longer fits, and never inside an escape. */
static void
cuts(void **state)
{
	struct fault why = { 0 };
	char text[4096];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)fault_set(&why, FAULT_HTTP, text, "%s", text);
	assert_int_equal(strlen(why.detail), sizeof(why.detail) - 1);
	assert_int_equal(strlen(why.clause), sizeof(why.clause) - 1);
	for (size_t room = 0; room < 5; room++) {
		size_t plain = sizeof(why.detail) - 1 - room;

		memset(text, 'x', plain);
		memcpy(text + plain, "\n\n", 3);
		(void)fault_set(&why, FAULT_HTTP, "S-1", "%s", text);
		assert_int_equal(
		    strlen(why.detail), plain + (room == 4 ? 4 : 0));
		assert_true(fault_is_sound(&why));
	}
}

static void
may_quote_itself(void **state)
{
	struct fault why = { 0 };

	(void)state;
	(void)fault_set(&why, FAULT_HTTP, "S-24", "status 404");
	(void)fault_set(
	    &why, FAULT_TIMEOUT, why.clause, "again: %s", why.detail);
	assert_string_equal(why.clause, "S-24");
	assert_string_equal(why.detail, "again: status 404");
	assert_int_equal(why.code, FAULT_TIMEOUT);
}

static void
speaks_of_every_code(void **state)
{
	(void)state;
	for (int i = 0; i < FAULT_CODES; i++) {
		const char *name = fault_name((enum fault_code)i);

		assert_non_null(name);
		assert_int_equal(
		    strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
		assert_true(
		    strlen(fault_remedy((enum fault_code)i, true)) > 10);
		assert_true(
		    strlen(fault_remedy((enum fault_code)i, false)) > 10);
		/* Nobody is told to approve what cannot be approved. */
		if (strstr(fault_remedy((enum fault_code)i, false),
			"approve") != NULL)
			fail_msg("%s: cannot be approved", name);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(
			    name, fault_name((enum fault_code)j));
	}
	assert_string_equal(fault_name(FAULT_UNTRUSTED), "untrusted-signer");
	for (int i = 0; i < FAULT_CODES; i++) {
		enum fault_code found = FAULT_CODES;

		assert_true(fault_find(fault_name((enum fault_code)i), &found));
		assert_int_equal(found, i);
		assert_false(fault_find("unknown", &found));
		assert_int_equal(found, i);
	}
	assert_string_equal(fault_name(FAULT_CODES), "unknown");
	assert_string_equal(fault_remedy((enum fault_code)0x7fffffff, true),
	    fault_remedy(FAULT_INTERNAL, true));
	assert_non_null(strstr(fault_remedy(FAULT_UNSIGNED, true),
	    "`mudctl approve ID --digest HEX`"));
}

static void
knows_sound_from_unsound(void **state)
{
	struct fault good, why;

	(void)state;
	(void)fault_set(&good, FAULT_HTTP, "S-24", "status 404");
	assert_true(fault_is_sound(&good));
	why = (struct fault){ 0 };
	assert_true(fault_is_sound(&why));
	why = good;
	why.code = FAULT_CODES;
	assert_false(fault_is_sound(&why));
	why = good;
	memset(why.clause, 'x', sizeof(why.clause));
	assert_false(fault_is_sound(&why));
	why = good;
	memset(why.detail, 'x', sizeof(why.detail));
	assert_false(fault_is_sound(&why));
	why = good;
	why.clause[0] = '\n';
	assert_false(fault_is_sound(&why));
	why = good;
	why.detail[3] = '\x1b';
	assert_false(fault_is_sound(&why));
	why = good;
	why.detail[3] = (char)0x80;
	assert_false(fault_is_sound(&why));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes),
		cmocka_unit_test(cuts),
		cmocka_unit_test(may_quote_itself),
		cmocka_unit_test(speaks_of_every_code),
		cmocka_unit_test(knows_sound_from_unsound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
