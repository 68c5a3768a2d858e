/*
 * Redirects.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fetch/redirect.h"
#include "libmud/fault.h"
#include "libmud/url.h"

#define FROM "https://a.example/dir/file.json"

#define X10 "xxxxxxxxxx"
#define X50 X10 X10 X10 X10 X10

/* clang-format off */
static const struct {
	const char *name;
	const char *lines[4];
	const char *to; /* NULL: refused with this code */
	enum fault_code code;
} cases[] = {
	{ "relative", { "HTTP/1.1 302 x\r\n", "Location: other.json\r\n" },
		"https://a.example/dir/other.json", 0 },
	{ "absolute path", { "Location:/other.json\r\n" },
		"https://a.example/other.json", 0 },
	{ "whole", { "LOCATION: \t https://a.example/x \r\n" },
		"https://a.example/x", 0 },
	{ "port 443", { "location: https://A.example:443/x\r\n" },
		"https://a.example/x", 0 },
	{ "other headers", { "Content-Location: /no\r\n", "X: Location: /no",
		"Location: /yes\r\n", "Loc: /no\r\n" },
		"https://a.example/yes", 0 },
	{ "of the last response", { "HTTP/1.1 100 x\r\n", "Location: /no\r\n",
		"HTTP/1.1 302 x\r\n", "Location: /yes\r\n" },
		"https://a.example/yes", 0 },
	{ "none", { "HTTP/1.1 302 x\r\n" }, NULL, FAULT_REDIRECT },
	{ "none in the last response", { "Location: /no\r\n",
		"HTTP/1.1 302 x\r\n" }, NULL, FAULT_REDIRECT },
	{ "two", { "Location: /a\r\n", "Location: /b\r\n" }, NULL,
		FAULT_REDIRECT },
	{ "empty", { "Location:  \r\n" }, NULL, FAULT_REDIRECT },
	{ "space inside", { "Location: /a b\r\n" }, NULL, FAULT_REDIRECT },
	{ "eighth bit", { "Location: /\xc3\xa4\r\n" }, NULL, FAULT_REDIRECT },
	{ "too long", { "Location: /" X50 X50 X50 X50 X50 X10 "\r\n" }, NULL,
		FAULT_REDIRECT },
	{ "other host", { "Location: https://b.example/x\r\n" }, NULL,
		FAULT_REDIRECT },
	{ "other host, no scheme", { "Location: //b.example/x\r\n" }, NULL,
		FAULT_REDIRECT },
	{ "host below", { "Location: https://x.a.example/x\r\n" }, NULL,
		FAULT_REDIRECT },
	{ "other port", { "Location: https://a.example:8443/x\r\n" }, NULL,
		FAULT_REDIRECT },
	{ "http", { "Location: http://a.example/x\r\n" }, NULL,
		FAULT_REDIRECT },
	{ "file", { "Location: file:///etc/passwd\r\n" }, NULL,
		FAULT_REDIRECT },
	{ "userinfo", { "Location: https://u@a.example/x\r\n" }, NULL,
		FAULT_REDIRECT },
	{ "name as userinfo", { "Location: https://a.example@192.0.2.1/\r\n" },
		NULL, FAULT_REDIRECT },
	{ "fragment", { "Location: /x#y\r\n" }, NULL, FAULT_REDIRECT },
	{ "hidden dots", { "Location: /x/%2e%2e/y\r\n" }, NULL,
		FAULT_REDIRECT },
	{ "backslashes", { "Location: \\\\192.0.2.1\\x\r\n" }, NULL,
		FAULT_REDIRECT },
	{ "an address", { "Location: https://0x7f.1/x\r\n" }, NULL,
		FAULT_REDIRECT },
	{ "an address, no scheme", { "Location: //[::1]/x\r\n" }, NULL,
		FAULT_REDIRECT },
	{ "tab inside", { "Location: /a\tb\r\n" }, NULL, FAULT_REDIRECT },
	{ "same host, no scheme", { "Location: //a.example/x\r\n" },
		"https://a.example/x", 0 },
	{ "dots", { "Location: ./y/../x\r\n" }, "https://a.example/dir/x",
		0 },
};
/* clang-format on */

static void
note(struct redirect *redirect, const char *line)
{
	redirect_note(redirect, line, strlen(line));
}

static void
follows_or_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct redirect redirect = { 0 };
		struct fault why = { 0 };
		struct url from, to;
		bool ok;

		assert_true(url_parse(FROM, &from, &why));
		to = from;
		for (size_t n = 0; n < 4 && cases[i].lines[n] != NULL; n++)
			note(&redirect, cases[i].lines[n]);
		ok = redirect_follow(&redirect, &from, &to, &why);
		if (ok != (cases[i].to != NULL))
			fail_msg("%s: %s", cases[i].name, why.detail);
		assert_string_equal(to.text, ok ? cases[i].to : FROM);
		assert_int_equal(why.code, cases[i].code);
		assert_int_equal(redirect.n_followed, ok);
	}
}

static void
forgets_an_unusable_one_with_its_response(void **state)
{
	struct redirect redirect = { 0 };
	struct fault why = { 0 };
	struct url from, to;

	(void)state;
	assert_true(url_parse(FROM, &from, &why));
	note(&redirect, "Location: /a b\r\n");
	note(&redirect, "HTTP/1.1 302 x\r\n");
	note(&redirect, "Location: /b\r\n");
	assert_true(redirect_follow(&redirect, &from, &to, &why));
	assert_string_equal(to.text, "https://a.example/b");
}

static void
does_not_stop_at_a_nul(void **state)
{
	static const char line[] = "Location: /a\0b\r\n";
	struct redirect redirect = { 0 };
	struct fault why = { 0 };
	struct url from, to;

	(void)state;
	assert_true(url_parse(FROM, &from, &why));
	redirect_note(&redirect, line, sizeof(line) - 1);
	assert_false(redirect_follow(&redirect, &from, &to, &why));
}

static void
counts(void **state)
{
	struct redirect redirect = { 0 };
	struct fault why = { 0 };
	struct url url;

	(void)state;
	assert_true(url_parse(FROM, &url, &why));
	note(&redirect, "Location: again\r\n");
	for (int i = 0; i < LIMIT_REDIRECTS; i++)
		assert_true(redirect_follow(&redirect, &url, &url, &why));
	assert_false(redirect_follow(&redirect, &url, &url, &why));
	assert_int_equal(why.code, FAULT_HTTP);
}

static void
knows_the_statuses(void **state)
{
	static const long yes[] = { 301, 302, 303, 307, 308 };
	static const long no[] = { 0, 200, 300, 304, 305, 306, 309, 404 };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(redirect_is_status(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(redirect_is_status(no[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_or_refuses),
		cmocka_unit_test(forgets_an_unusable_one_with_its_response),
		cmocka_unit_test(does_not_stop_at_a_nul),
		cmocka_unit_test(counts),
		cmocka_unit_test(knows_the_statuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
