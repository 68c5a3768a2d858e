/* claims: what was said, by each that may say it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/things/claims.h"

#define LLDP  STATE_SOURCE_LLDP
#define DHCP4 STATE_SOURCE_DHCP4
#define A     "https://a.test/t"
#define B     "https://b.test/t"

static void
waits_from_the_first_on(void **state)
{
	struct claims claims = { 0 };

	(void)state;
	assert_int_equal(claims_wait(&claims, LLDP, A, 3, 10, 20)->since, 10);
	assert_int_equal(claims_wait(&claims, LLDP, A, 3, 20, 30)->since, 10);
	/* Its life was over; by another port; another URL. */
	assert_int_equal(claims_wait(&claims, LLDP, A, 3, 31, 40)->since, 31);
	assert_int_equal(claims_wait(&claims, LLDP, A, 4, 35, 40)->since, 35);
	assert_int_equal(claims_wait(&claims, LLDP, B, 4, 36, 40)->since, 36);
	assert_string_equal(claims.waits[LLDP]->url, B);
	assert_null(claims.counts[LLDP]);
	assert_null(claims.waits[DHCP4]);
	assert_false(claims.is_dirty);
	claims_free(&claims);
	assert_null(claims.waits[LLDP]);
}

static void
counts_until_it_is_dropped(void **state)
{
	struct claims claims = { 0 };

	(void)state;
	(void)claims_wait(&claims, LLDP, A, 3, 10, 20);
	/* What waited may be what is counted. */
	assert_string_equal(
	    claims_count(&claims, LLDP, claims.waits[LLDP]->url)->url, A);
	assert_null(claims.waits[LLDP]);
	assert_true(claims.is_dirty);
	claims.is_dirty = false;
	claims.counts[LLDP]->differs = true;
	/* The same is no news, and keeps what is known of it. */
	assert_true(claims_count(&claims, LLDP, A)->differs);
	assert_false(claims.is_dirty);
	assert_false(claims_count(&claims, LLDP, B)->differs);
	assert_true(claims.is_dirty);
	(void)claims_wait(&claims, LLDP, A, 3, 10, 20);
	claims_drop_waiting(&claims, LLDP);
	assert_non_null(claims.counts[LLDP]);
	claims.is_dirty = false;
	claims_drop(&claims, DHCP4);
	assert_false(claims.is_dirty);
	claims_drop(&claims, LLDP);
	assert_true(claims.is_dirty);
	assert_null(claims.counts[LLDP]);
	claims_free(&claims);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_from_the_first_on),
		cmocka_unit_test(counts_until_it_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
