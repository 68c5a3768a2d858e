/*
 * What of a sighting is stored, and what of it comes back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "libmud/mem.h"
#include "tests/unit/sightrig.h"

static void
comes_back_as_it_was(void **state)
{
	struct record_sighting spoof = rig_sighting(SIGHTING_REQUEST, 1, 4);
	struct record_sighting named = rig_sighting(SIGHTING_REQUEST, 1, 3);
	struct record_sighting gone = rig_sighting(SIGHTING_RELEASE, 2, 3);
	struct rig *rig = rig_begin();
	const struct thing *thing;

	(void)state;
	text_copy(named.url, sizeof(named.url), LAMP);
	text_copy(named.hostname, sizeof(named.hostname), "lamp");
	named.flagged = 1;
	assert_true(rig_take(rig, &named, NOW));
	/* Confined without a lease: that is stored at once. */
	rig_restart(rig, NOW + 1);
	assert_string_equal(rig_find(rig, 1)->mud->url.text, LAMP);
	assert_true(rig_find(rig, 1)->doubled);
	spoof.known_ifindex = 3;
	assert_true(rig_take(rig, &spoof, NOW));
	rig_request(rig, 1, OTHER);
	rig_lease(rig, 1, 597);
	named = rig_sighting(SIGHTING_LEASE, 1, 3);
	named.lease_sec = 597;
	assert_true(rig_take(rig, &named, NOW + 3));
	rig_request(rig, 2, LAMP);
	rig_lease(rig, 2, 600);
	assert_true(rig_take(rig, &gone, NOW));
	rig_lease(rig, 3, 600);

	rig_restart(rig, NOW + 10);
	thing = rig_find(rig, 1);
	assert_string_equal(thing->mud->url.text, LAMP);
	assert_int_equal(thing->source, STATE_SOURCE_DHCP4);
	assert_string_equal(thing->hostname, "lamp");
	assert_string_equal(thing->port_name, "p3");
	assert_int_equal(thing->first_seen, NOW);
	assert_int_equal(thing->last_seen, NOW + 3);
	assert_true(thing->doubled && thing->spoofed && thing->conflicted);
	assert_false(thing->departed);
	assert_int_equal(thing->n_leases, 1);
	assert_int_equal(thing->leases[0].expires_at, NOW + 600);
	thing = rig_find(rig, 2);
	assert_true(thing->departed);
	assert_int_equal(thing->n_leases, 0);
	assert_false(thing->doubled || thing->spoofed || thing->conflicted);
	/* Who has no MUD URL is not kept. */
	assert_null(rig_find(rig, 3));
	rig_end(rig);
}

static void
the_configuration_holds_after_a_restart(void **state)
{
	struct rig *rig = rig_begin();
	struct state_thing row = {
		.mac = rig_mac(7),
		.url = LAMP,
		.url_source = STATE_SOURCE_DHCP4,
	};

	(void)state;
	/* Written down since: what the state has is of the past. */
	assert_int_equal(state_put_thing(rig->state, &row), 0);
	/* Taken out since: the Thing stays, and may announce again. */
	row.mac = rig_mac(1);
	row.url_source = STATE_SOURCE_CONFIG;
	assert_int_equal(state_put_thing(rig->state, &row), 0);
	rig_restart(rig, NOW);
	assert_string_equal(rig_find(rig, 7)->mud->url.text, CAM);
	assert_int_equal(rig_find(rig, 7)->source, STATE_SOURCE_CONFIG);
	assert_string_equal(rig_find(rig, 1)->mud->url.text, LAMP);
	assert_int_equal(rig_find(rig, 1)->source, STATE_SOURCE_DHCP4);
	rig_end(rig);
}

static void
loads_only_so_many(void **state)
{
	struct rig *rig = rig_begin();
	struct state_thing row = {
		.url = LAMP,
		.url_source = STATE_SOURCE_DHCP4,
	};

	(void)state;
	rig->config->max_devices = 2;
	for (unsigned int n = 1; n <= 3; n++) {
		row.mac = rig_mac(n);
		assert_int_equal(state_put_thing(rig->state, &row), 0);
	}
	rig_restart(rig, NOW);
	assert_int_equal(things_count(rig->things), 2);
	assert_false(things_has_room(rig->things));
	rig_end(rig);
}

static size_t n_stored_leases;

static void
count_lease(void *arg, const struct state_lease *row)
{
	(void)arg;
	(void)row;
	n_stored_leases++;
}

static void
the_state_holds_no_lease_that_ended(void **state)
{
	struct record_sighting more = rig_sighting(SIGHTING_LEASE, 1, 3);
	struct record_sighting nak = rig_sighting(SIGHTING_NAK, 1, 3);
	struct rig *rig = rig_begin();

	(void)state;
	nak.address = (struct addr){ 0 };
	rig_request(rig, 1, LAMP);
	for (uint8_t i = 0; i <= LIMIT_ADDRESSES4; i++) {
		more.address.byte[3] = (uint8_t)(100 - i);
		assert_true(rig_take(rig, &more, NOW));
	}
	n_stored_leases = 0;
	(void)state_load_leases(rig->state, count_lease, NULL);
	assert_int_equal(n_stored_leases, LIMIT_ADDRESSES4);
	/* One goes to another host. */
	more.mac = rig_mac(2);
	assert_true(rig_take(rig, &more, NOW));
	n_stored_leases = 0;
	(void)state_load_leases(rig->state, count_lease, NULL);
	assert_int_equal(n_stored_leases, LIMIT_ADDRESSES4 - 1);
	assert_true(rig_take(rig, &nak, NOW));
	n_stored_leases = 0;
	(void)state_load_leases(rig->state, count_lease, NULL);
	assert_int_equal(n_stored_leases, 0);
	rig_end(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_as_it_was),
		cmocka_unit_test(the_configuration_holds_after_a_restart),
		cmocka_unit_test(loads_only_so_many),
		cmocka_unit_test(the_state_holds_no_lease_that_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
