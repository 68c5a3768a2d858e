/* New devices: how many a port may bring, and what of them is written down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "engine/bucket.h"
#include "libmud/mem.h"
#include "tests/unit/sightrig.h"

#define PORT_BURST  256 /* S-61 */
#define TOTAL_BURST 512
#define STORED      64

static void
a_bucket_loses_nothing(void **state)
{
	const struct bucket_rate rate = { 3, 2, 60 };
	struct bucket bucket = { 0 };
	unsigned int taken = 0;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(bucket_take(&bucket, &rate, NOW));
	assert_false(bucket_take(&bucket, &rate, NOW));
	assert_false(bucket_has(&bucket, &rate, NOW));
	assert_int_equal(bucket_due(&bucket, &rate, NOW), NOW + 30);
	assert_false(bucket_take(&bucket, &rate, NOW + 29));
	assert_true(bucket_take(&bucket, &rate, NOW + 30));
	/* Asked every second, it gives as many as if asked seldom. */
	for (int i = 31; i <= 30 + 3600; i++)
		taken += bucket_take(&bucket, &rate, NOW + i) ? 1 : 0;
	assert_int_equal(taken, 120);
	/* A clock that runs backwards gives nothing back. */
	bucket = (struct bucket){ 0 };
	for (int i = 0; i < 3; i++)
		assert_true(bucket_take(&bucket, &rate, NOW));
	assert_false(bucket_take(&bucket, &rate, NOW - 100000));
	assert_true(bucket_take(&bucket, &rate, NOW - 100000 + 30));
}

static void
ports_have_a_budget_each_and_one_together(void **state)
{
	struct newcomers *newcomers = newcomers_new();

	(void)state;
	for (int i = 0; i < PORT_BURST; i++)
		assert_true(newcomers_may(newcomers, 3, NOW));
	assert_false(newcomers_may(newcomers, 3, NOW));
	/* What port 3 is refused costs the others nothing. */
	for (int i = 0; i < 1000; i++)
		assert_false(newcomers_may(newcomers, 3, NOW));
	for (int i = PORT_BURST; i < TOTAL_BURST; i++)
		assert_true(newcomers_may(newcomers, 4, NOW));
	assert_false(newcomers_may(newcomers, 5, NOW));
	assert_true(newcomers_may(newcomers, 5, NOW + 1));
	assert_false(newcomers_may(newcomers, 5, NOW + 1));
	assert_false(newcomers_may(newcomers, 3, NOW + 2));
	assert_true(newcomers_may(newcomers, 3, NOW + 3));
	newcomers_free(newcomers);
}

static bool
take(struct rig *rig, const struct mac *mac, uint32_t port, const char *url,
    int64_t now)
{
	struct record_sighting sighting =
	    rig_sighting(SIGHTING_REQUEST, 0, port);

	sighting.mac = *mac;
	text_copy(sighting.url, sizeof(sighting.url), url);
	assert_true(rig_take(rig, &sighting, now));
	return things_find(rig->things, mac) != NULL;
}

static struct mac
stranger(unsigned int n)
{
	return (struct mac){ { 0x06, 0, 0, 0, (uint8_t)(n >> 8), (uint8_t)n } };
}

/* S-61: past the budget no record is made of a stranger; who is known, or
 * named in the configuration, or on another port, is taken as ever. */
static void
a_flood_keeps_nobody_else_out(void **state)
{
	struct rig *rig = rig_begin();
	unsigned int n, taken = 0;
	struct mac mac;

	(void)state;
	rig_request(rig, 1, LAMP);
	rig_lease(rig, 1, 3600);
	for (n = 0; n < 2000; n++) {
		mac = stranger(n);
		taken += take(rig, &mac, 3, "", NOW) ? 1 : 0;
	}
	assert_int_equal(taken, PORT_BURST - 1);
	assert_int_equal(things_count(rig->things), PORT_BURST);
	/* The known one renews, also on the flooded port. */
	rig_lease(rig, 1, 7200);
	assert_int_equal(rig_find(rig, 1)->leases[0].expires_at, NOW + 7200);
	/* The configured one comes there for the first time. */
	mac = rig_mac(7);
	assert_true(take(rig, &mac, 3, "", NOW));
	assert_non_null(rig_find(rig, 7)->mud);
	mac = rig_mac(2);
	assert_true(take(rig, &mac, 4, LAMP, NOW));
	assert_non_null(rig_find(rig, 2)->mud);
	/* Whoever was passed over is taken once there is room. */
	mac = stranger(n);
	assert_false(take(rig, &mac, 3, LAMP, NOW + 2));
	assert_true(take(rig, &mac, 3, LAMP, NOW + 3));
	rig_end(rig);
}

static void
count(void *arg, const struct state_thing *thing)
{
	(void)thing;
	(*(unsigned int *)arg)++;
}

static unsigned int
stored(struct rig *rig)
{
	unsigned int n = 0;

	assert_int_equal(state_load_things(rig->state, count, &n), 0);
	return n;
}

/* S-62: of strangers who are confined so many are written down; one who is
 * no stranger any more is. */
static void
few_strangers_are_stored(void **state)
{
	struct rig *rig = rig_begin();
	struct record_sighting sighting;
	struct mac mac;

	(void)state;
	for (unsigned int n = 0; n < 200; n++) {
		mac = stranger(n);
		assert_true(take(rig, &mac, 3, LAMP, NOW));
	}
	assert_int_equal(stored(rig), STORED);
	assert_int_equal(
	    storing_tick(rig->sightings.storing, NOW + 5), INT64_MAX);

	/* A completed exchange. */
	sighting = rig_sighting(SIGHTING_LEASE, 9, 3);
	sighting.mac = stranger(150);
	assert_true(rig_take(rig, &sighting, NOW + 10));
	assert_int_equal(stored(rig), STORED + 1);
	/* A minute, and the kernel knows it. */
	mac = stranger(151);
	assert_true(take(rig, &mac, 3, LAMP, NOW + 59));
	sighting = rig_sighting(SIGHTING_REQUEST, 9, 3);
	sighting.mac = mac;
	sighting.present = 1;
	sighting.known_ifindex = 3;
	assert_true(rig_take(rig, &sighting, NOW + 59));
	assert_int_equal(stored(rig), STORED + 1);
	assert_true(rig_take(rig, &sighting, NOW + 60));
	assert_int_equal(stored(rig), STORED + 2);
	assert_true(things_find(rig->things, &mac)->is_proven);

	/* What they are comes back. */
	rig_restart(rig, NOW + 100);
	assert_int_equal(things_count(rig->things), STORED + 2);
	assert_true(things_find(rig->things, &mac)->is_proven);
	mac = stranger(0);
	assert_false(things_find(rig->things, &mac)->is_proven);
	rig_end(rig);
}

/* S-64: who is new is written at once, what else has changed waits, and what
 * is due and has not been written is, at the end. */
static void
the_end_writes_all(void **state)
{
	struct rig *rig = rig_begin();

	(void)state;
	for (unsigned int n = 10; n < 60; n++) {
		rig_request(rig, n, LAMP);
		rig_lease(rig, n, 3600);
	}
	assert_int_equal(stored(rig), 50);
	rig_lease(rig, 59, 7200);
	assert_int_equal(
	    storing_tick(rig->sightings.storing, NOW + 4), NOW + 5);
	rig_restart(rig, NOW + 1);
	assert_int_equal(rig_find(rig, 59)->n_leases, 1);
	assert_int_equal(rig_find(rig, 59)->leases[0].expires_at, NOW + 7200);
	/* What is removed before it is written is not. */
	for (unsigned int n = 60; n < 80; n++) {
		rig_request(rig, n, LAMP);
		rig_lease(rig, n, 3600);
	}
	rig_lease(rig, 79, 7200);
	things_remove(rig->things, rig_find(rig, 79));
	rig_restart(rig, NOW + 2);
	assert_int_equal(stored(rig), 70);
	assert_int_equal(rig_find(rig, 79)->n_leases, 0);
	rig_end(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bucket_loses_nothing),
		cmocka_unit_test(ports_have_a_budget_each_and_one_together),
		cmocka_unit_test(a_flood_keeps_nobody_else_out),
		cmocka_unit_test(few_strangers_are_stored),
		cmocka_unit_test(the_end_writes_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
