/* DER: one SEQUENCE, cut as DER cuts, and nothing behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/der.h"
#include "libmud/fault.h"

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

/* clang-format off */
static const struct {
	const char *name;
	const uint8_t *data;
	size_t len;
	enum fault_code code;
	const char *detail;
} cases[] = {
	{ "empty SEQUENCE", BYTES("\x30\x00"), FAULT_NONE, "" },
	{ "INTEGER inside", BYTES("\x30\x03\x02\x01\x05"), FAULT_NONE, "" },
	{ "SET in SEQUENCE", BYTES("\x30\x05\x31\x03\x02\x01\x05"),
	    FAULT_NONE, "" },
	{ "own tag, constructed", BYTES("\x30\x04\xa0\x02\x05\x00"),
	    FAULT_NONE, "" },
	{ "long tag", BYTES("\x30\x04\x5f\x81\x01\x00"), FAULT_NONE, "" },
	{ "nothing", BYTES(""), FAULT_SIGNATURE_CUT, "head" },
	{ "a tag", BYTES("\x30"), FAULT_SIGNATURE_CUT, "head" },
	{ "half a length", BYTES("\x30\x82\x01"), FAULT_SIGNATURE_CUT,
	    "head" },
	{ "a byte less", BYTES("\x30\x03\x02\x01"), FAULT_SIGNATURE_CUT,
	    "1 bytes are missing" },
	{ "a byte more", BYTES("\x30\x00\x00"), FAULT_SIGNATURE_TAIL,
	    "1 bytes behind" },
	{ "no SEQUENCE", BYTES("\x31\x00"), FAULT_SIGNATURE_FORM, "0x31" },
	{ "text", BYTES("{}"), FAULT_SIGNATURE_FORM, "0x7b" },
	{ "indefinite", BYTES("\x30\x80\x00\x00"), FAULT_SIGNATURE_BER,
	    "indefinite" },
	{ "indefinite inside", BYTES("\x30\x04\x30\x80\x00\x00"),
	    FAULT_SIGNATURE_BER, "indefinite" },
	{ "long form of a short length", BYTES("\x30\x81\x02\x05\x00"),
	    FAULT_SIGNATURE_BER, "than it needs" },
	{ "length with a zero", BYTES("\x30\x82\x00\x02\x05\x00"),
	    FAULT_SIGNATURE_BER, "than it needs" },
	{ "string in pieces", BYTES("\x30\x04\x24\x02\x04\x00"),
	    FAULT_SIGNATURE_BER, "pieces" },
	{ "length of four bytes", BYTES("\x30\x84\x01\x00\x00\x00"),
	    FAULT_SIGNATURE_FORM, "4 bytes" },
	{ "tag of six bytes", BYTES("\x30\x07\x1f\x81\x81\x81\x81\x01\x00"),
	    FAULT_SIGNATURE_FORM, "tag" },
	{ "value reaches out", BYTES("\x30\x05\x30\x01\x02\x01\x05"),
	    FAULT_SIGNATURE_FORM, "reaches out" },
	{ "value reaches out of the last", BYTES("\x30\x02\x02\x01"),
	    FAULT_SIGNATURE_FORM, "reaches out" },
};
/* clang-format on */

static void
judges(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes raw = { cases[i].data, cases[i].len };
		struct fault why = { .code = FAULT_NONE };
		const bool ok = der_check(raw, &why);

		if (ok != (cases[i].code == FAULT_NONE) ||
		    why.code != cases[i].code ||
		    strstr(why.detail, cases[i].detail) == NULL)
			fail_msg("%s: %s: %s", cases[i].name,
			    fault_name(why.code), why.detail);
	}
}

/* n SEQUENCEs in one another, the innermost empty. */
static bool
judge_nest(size_t n, struct fault *why)
{
	uint8_t nest[2 * 64];

	for (size_t i = 0; i < n; i++) {
		nest[2 * i] = 0x30;
		nest[2 * i + 1] = (uint8_t)(2 * (n - 1 - i));
	}
	return der_check((struct bytes){ nest, 2 * n }, why);
}

static void
bounds_the_depth(void **state)
{
	struct fault why = { .code = FAULT_NONE };

	(void)state;
	assert_true(judge_nest(32, &why));
	assert_false(judge_nest(33, &why));
	assert_int_equal(why.code, FAULT_SIGNATURE_FORM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges),
		cmocka_unit_test(bounds_the_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
