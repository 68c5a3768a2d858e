/* remedy: nobody is told to approve what cannot be approved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/mudurl.h"
#include "engine/remedy.h"

static void
speaks_of_approval_where_it_is_possible(void **state)
{
	(void)state;
	for (int i = 0; i < FAULT_CODES; i++) {
		enum fault_code code = (enum fault_code)i;

		if (strstr(remedy_for(code, false), "approve") != NULL)
			fail_msg("%s: cannot be approved", fault_name(code));
		assert_string_not_equal(remedy_for(code, false), "");
		assert_ptr_equal(remedy_for(code, true), fault_remedy(code));
	}
}

static void
looks_at_the_file(void **state)
{
	struct version version = { .status = FILE_PENDING };
	struct mudurl mud = { .candidate = &version };

	(void)state;
	version.why.code = FAULT_SIGNATURE_URL;
	assert_non_null(strstr(remedy_of(&mud), "mudctl approve"));
	version.status = FILE_REFUSED;
	assert_null(strstr(remedy_of(&mud), "approve"));
	mud.candidate = NULL;
	mud.fault.code = FAULT_UNSIGNED;
	assert_null(strstr(remedy_of(&mud), "approve"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(speaks_of_approval_where_it_is_possible),
		cmocka_unit_test(looks_at_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
