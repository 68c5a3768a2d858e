/* mudstring: where the MUD URL ends, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mudstring.h"

#define TEXT(s) (s), sizeof(s) - 1

/* One line a case: a new clause is a new line, not a new function. */
static const struct {
	const char *name;
	const char *text;
	size_t len;
	const char *url; /* NULL: must be refused, with this code */
	enum fault_code code;
} cases[] = {
	{ "URL alone", TEXT("https://a.test/t"), "https://a.test/t", 0 },
	{ "reserved", TEXT("https://a.test/t x y"), "https://a.test/t", 0 },
	{ "reserved bytes", TEXT("https://a.test \0\xff"), "https://a.test",
	    0 },
	{ "capitals", TEXT("HTTPS://a.test"), "HTTPS://a.test", 0 },
	{ "empty", TEXT(""), NULL, FAULT_MALFORMED },
	{ "plain http", TEXT("http://a.test"), NULL, FAULT_NOT_HTTPS },
	{ "scheme alone", TEXT("https://"), NULL, FAULT_NOT_HTTPS },
	{ "scheme cut", TEXT("https:/"), NULL, FAULT_NOT_HTTPS },
	{ "space first", TEXT(" https://a.test"), NULL, FAULT_NOT_HTTPS },
	{ "NUL inside", TEXT("https://a\0.test"), NULL, FAULT_MALFORMED },
	{ "NUL behind", TEXT("https://a.test\0"), NULL, FAULT_MALFORMED },
	{ "tab", TEXT("https://a.test\tb"), NULL, FAULT_MALFORMED },
	{ "DEL", TEXT("https://a.test/\x7f"), NULL, FAULT_MALFORMED },
	{ "UTF-8", TEXT("https://caf\xc3\xa9.test"), NULL, FAULT_MALFORMED },
};

static void
parses_or_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char untouched[] = "untouched", *url = untouched;
		struct fault why = { 0 };
		struct bytes raw = { (const uint8_t *)cases[i].text,
			cases[i].len };
		bool ok = mudstring_parse(raw, &url, &why);

		if (ok != (cases[i].url != NULL))
			fail_msg("%s: %s", cases[i].name, why.detail);
		assert_string_equal(url, ok ? cases[i].url : untouched);
		assert_int_equal(why.code, cases[i].code);
		if (ok)
			free(url);
	}
}

/* RFC 8520 s10: 255 bytes and not one more. */
static void
knows_its_length(void **state)
{
	char text[LIMIT_MUDSTRING + 2], *url = NULL;
	struct bytes raw = { (const uint8_t *)text, LIMIT_MUDSTRING };
	struct fault why = { 0 };

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "https://", 8);
	assert_true(mudstring_parse(raw, &url, &why));
	assert_int_equal(strlen(url), LIMIT_MUDSTRING);
	free(url);
	url = NULL;
	raw.len++;
	assert_false(mudstring_parse(raw, &url, &why));
	assert_int_equal(why.code, FAULT_TOO_LONG);
	assert_null(url);
	raw = (struct bytes){ NULL, 0 };
	assert_false(mudstring_parse(raw, &url, &why));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_or_refuses),
		cmocka_unit_test(knows_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
