/*
 * Which Content-Type S-26 expects of a MUD file and of a signature.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fetch/media.h"

/* clang-format off */
static const struct {
	const char *type;
	bool of_file, of_signature;
} cases[] = {
	{ "application/mud+json", true, false },
	{ "application/json", true, false },
	{ "application/pkcs7-signature", false, true },
	{ "application/octet-stream", false, true },
	{ "Application/MUD+Json", true, false },
	{ "APPLICATION/PKCS7-SIGNATURE", false, true },
	{ "application/json;charset=utf-8", true, false },
	{ "application/json ; charset=utf-8", true, false },
	{ "application/json\t;", true, false },
	{ "application/json;", true, false },
	{ "  application/json  ", true, false },
	{ "\tapplication/json\t", true, false },
	{ NULL, false, false },
	{ "", false, false },
	{ "   ", false, false },
	{ ";application/json", false, false },
	{ "application/jso", false, false },
	{ "application/json5", false, false },
	{ "application/json x", false, false },
	{ "application/json, text/html", false, false },
	{ "application/ json", false, false },
	{ "application/mud", false, false },
	{ "application/*", false, false },
	{ "text/html; a=application/json", false, false },
	{ "text/json", false, false },
	{ "application/x-pkcs7-signature", false, false },
};
/* clang-format on */

static void
judges(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (media_is_expected(FETCH_FILE, cases[i].type) !=
			cases[i].of_file ||
		    media_is_expected(FETCH_SIGNATURE, cases[i].type) !=
			cases[i].of_signature)
			fail_msg("case %zu: %s", i,
			    cases[i].type != NULL ? cases[i].type : "none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
