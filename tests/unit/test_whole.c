/*
 * Whether a body is whole: by its headers, and by how TLS ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fetch/whole.h"

/* clang-format off */
static const struct {
	const char *name;
	const char *lines[4];
	bool is_whole;
} cases[] = {
	{ "nothing", { NULL }, false },
	{ "no length", { "HTTP/1.1 200 x\r\n", "A: b\r\n" }, false },
	{ "a length", { "HTTP/1.1 200 x\r\n", "Content-Length: 1\r\n" },
		true },
	{ "small letters", { "HTTP/1.1 200 x\r\n", "content-length:1\r\n" },
		true },
	{ "chunks", { "HTTP/1.1 200 x\r\n",
		"Transfer-Encoding: chunked\r\n" }, true },
	{ "like a length", { "X-Content-Length: 1\r\n", "Content-Len" },
		false },
	{ "of an earlier response", { "HTTP/1.1 100 x\r\n",
		"Content-Length: 0\r\n", "HTTP/1.1 200 x\r\n", "A: b\r\n" },
		false },
};
/* clang-format on */

static void
looks_for_a_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct whole whole = { 0 };

		for (size_t n = 0; n < 4 && cases[i].lines[n] != NULL; n++)
			whole_note(&whole, cases[i].lines[n],
			    strlen(cases[i].lines[n]));
		if (whole_is(&whole) != cases[i].is_whole)
			fail_msg("%s", cases[i].name);
		/* What TLS says counts besides. */
		whole.is_closed = true;
		assert_true(whole_is(&whole));
	}
}

/* The line is lent, and has no NUL. */
static void
reads_no_further(void **state)
{
	const char line[] = "Content-Length: 1";
	struct whole whole = { 0 };

	(void)state;
	for (size_t len = 0; len < strlen("Content-Length:"); len++)
		whole_note(&whole, line, len);
	assert_false(whole_is(&whole));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_for_a_length),
		cmocka_unit_test(reads_no_further),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
