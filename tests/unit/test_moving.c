/* Leases on another port than the Thing's: whom is it asked of first (S-47). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "engine/things/moving.h"
#include "libmud/mem.h"
#include "tests/unit/sightrig.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void
asks_who_may_be_there_still(void **state)
{
	static const struct {
		const char *name;
		enum sighting_kind kind;
		uint32_t port;
		bool departed, has_lease, is_down, asks;
	} cases[] = {
		{ "another port", SIGHTING_LEASE, 4, false, true, false, true },
		{ "its own", SIGHTING_LEASE, 3, false, true, false, false },
		{ "no lease", SIGHTING_REQUEST, 4, false, true, false, false },
		{ "departed", SIGHTING_LEASE, 4, true, true, false, false },
		{ "without an address", SIGHTING_LEASE, 4, false, false, false,
		    false },
		{ "its port is down", SIGHTING_LEASE, 4, false, true, true,
		    false },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct record_sighting sighting =
		    rig_sighting(cases[i].kind, 1, cases[i].port);
		struct rig *rig = rig_begin();
		struct thing *thing;

		rig_request(rig, 1, LAMP);
		if (cases[i].has_lease)
			rig_lease(rig, 1, 600);
		thing = rig_find(rig, 1);
		thing->departed = cases[i].departed;
		lan_find(rig->lan, 3)->link.is_up = !cases[i].is_down;
		if (moving_must_ask(rig->lan, thing, &sighting) !=
		    cases[i].asks)
			fail_msg("%s", cases[i].name);
		assert_false(moving_must_ask(rig->lan, NULL, &sighting));
		rig_end(rig);
	}
}

/* The lease counts once nobody has answered; and not at all if somebody has. */
static void
believes_who_does_not_answer(void **state)
{
	struct record_sighting there = rig_sighting(SIGHTING_LEASE, 1, 4);
	struct record_sighting here = rig_sighting(SIGHTING_REQUEST, 1, 3);
	struct rig *rig = rig_begin();
	struct thing *thing;

	(void)state;
	there.now_ifindex = 4;
	rig_request(rig, 1, LAMP);
	rig_lease(rig, 1, 600);
	thing = rig_find(rig, 1);
	assert_true(rig_take(rig, &there, NOW + 20));
	assert_int_equal(moving_tick(&rig->sightings, rig->mudd, NOW + 20),
	    NOW + 20 + MOVING_SEC);
	assert_true(rig_take(rig, &here, NOW + 21));
	assert_int_equal(
	    moving_tick(&rig->sightings, rig->mudd, NOW + 30), INT64_MAX);
	assert_string_equal(thing->port_name, "p3");
	assert_true(thing->roaming.clashes_until != 0);

	assert_true(rig_take(rig, &there, NOW + 40));
	/* Whoever goes on asking does not put it off. */
	assert_true(rig_take(rig, &there, NOW + 42));
	assert_int_equal(
	    moving_tick(&rig->sightings, rig->mudd, NOW + 42), NOW + 43);
	assert_string_equal(thing->port_name, "p3");
	assert_int_equal(
	    moving_tick(&rig->sightings, rig->mudd, NOW + 43), INT64_MAX);
	assert_string_equal(thing->port_name, "p4");
	rig_end(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_who_may_be_there_still),
		cmocka_unit_test(believes_who_does_not_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
