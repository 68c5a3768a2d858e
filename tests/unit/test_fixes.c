/* What makers are told: of every fault of a signature, and as to makers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/fault.h"
#include "mudctl/fixes.h"

static void
speaks_to_makers(void **state)
{
	(void)state;
	for (int i = FAULT_UNSIGNED; i <= FAULT_MUDSIGNER; i++) {
		const enum fault_code code = (enum fault_code)i;
		const char *fix = fix_for(code);

		if (strcmp(fix, fault_remedy(code, true)) == 0 ||
		    strstr(fix, "Ask the maker") != NULL ||
		    strstr(fix, "mudctl approve") != NULL)
			fail_msg("%s: %s", fault_name(code), fix);
		assert_int_equal(fix[strlen(fix) - 1], '.');
	}
	assert_string_equal(
	    fix_for(FAULT_TIMEOUT), fault_remedy(FAULT_TIMEOUT, true));
	assert_string_equal(
	    fix_for(FAULT_CODES), fault_remedy(FAULT_CODES, true));
}

/* An administrator can approve what is held, and is told to look first. */
static void
speaks_to_administrators(void **state)
{
	(void)state;
	for (int i = FAULT_UNSIGNED; i <= FAULT_MUDSIGNER; i++) {
		const enum fault_code code = (enum fault_code)i;
		const char *remedy = fault_remedy(code, true);

		if (code == FAULT_EXPIRED_AT_SIGNING)
			continue;
		if (strstr(remedy, "mudctl approve ID --digest HEX") == NULL &&
		    strstr(remedy, "Do not approve it unseen") == NULL)
			fail_msg("%s: %s", fault_name(code), remedy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(speaks_to_makers),
		cmocka_unit_test(speaks_to_administrators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
