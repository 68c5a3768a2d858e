/*
 * announce, lldp: who says which MUD URL, whose word counts, and until when.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "engine/things/announce.h"
#include "engine/things/lldp.h"
#include "libmud/mem.h"
#include "tests/unit/sightrig.h"

#define DHCP4  STATE_SOURCE_DHCP4
#define DHCP6  STATE_SOURCE_DHCP6
#define LLDP   STATE_SOURCE_LLDP
#define X509   STATE_SOURCE_X509
#define ADMIN  STATE_SOURCE_ADMIN
#define CONFIG STATE_SOURCE_CONFIG

/*
 * LAMP by the first; then what the second says.  CAM lies beside LAMP, OTHER
 * is another maker's.
 */
static const struct {
	enum state_source first, second;
	const char *says;
	const char *url; /* in force then */
	enum state_source source;
	bool is_flagged;
} words[] = {
	/* The source may move beside (S-37), and not away (S-45, M-SEC-5). */
	{ DHCP4, DHCP4, CAM, CAM, DHCP4, false },
	{ DHCP4, DHCP4, OTHER, LAMP, DHCP4, true },
	{ DHCP6, DHCP6, CAM, CAM, DHCP6, false },
	{ LLDP, LLDP, CAM, CAM, LLDP, false },
	{ LLDP, LLDP, OTHER, LAMP, LLDP, true },
	{ X509, X509, CAM, CAM, X509, false },
	{ X509, X509, OTHER, LAMP, X509, true },
	/* All who announce must agree (S-42, M-DH-2). */
	{ DHCP4, DHCP6, LAMP, LAMP, DHCP4, false },
	{ DHCP4, DHCP6, CAM, LAMP, DHCP4, true },
	{ DHCP4, LLDP, CAM, LAMP, DHCP4, true },
	{ DHCP6, DHCP4, CAM, LAMP, DHCP6, true },
	{ DHCP6, LLDP, OTHER, LAMP, DHCP6, true },
	{ LLDP, DHCP4, OTHER, LAMP, LLDP, true },
	{ LLDP, DHCP6, LAMP, LAMP, LLDP, false },
	/* A certificate beats them, and none of them a certificate. */
	{ DHCP4, X509, LAMP, LAMP, X509, false },
	{ DHCP4, X509, OTHER, OTHER, X509, true },
	{ LLDP, X509, OTHER, OTHER, X509, true },
	{ X509, DHCP4, LAMP, LAMP, X509, false },
	{ X509, DHCP4, CAM, LAMP, X509, true },
	{ X509, LLDP, OTHER, LAMP, X509, true },
	/* An administrator beats all, and then there is no question. */
	{ DHCP4, ADMIN, OTHER, OTHER, ADMIN, false },
	{ X509, ADMIN, OTHER, OTHER, ADMIN, false },
	{ X509, CONFIG, LAMP, LAMP, CONFIG, false },
	{ ADMIN, ADMIN, OTHER, OTHER, ADMIN, false },
	{ ADMIN, CONFIG, OTHER, OTHER, CONFIG, false },
	{ CONFIG, ADMIN, OTHER, LAMP, CONFIG, false },
	{ ADMIN, X509, OTHER, LAMP, ADMIN, false },
	{ CONFIG, DHCP4, OTHER, LAMP, CONFIG, false },
	{ ADMIN, LLDP, OTHER, LAMP, ADMIN, false },
};

static struct thing *
add(struct rig *rig, unsigned int n)
{
	const struct mac mac = rig_mac(n);

	return things_add(rig->things, &mac, NOW);
}

static void
weighs_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct rig *rig = rig_begin();
		const struct sightings *sightings = &rig->sightings;
		struct thing *thing = add(rig, 1);

		announce_manage(sightings, thing, LAMP, words[i].first, NOW);
		announce_manage(
		    sightings, thing, words[i].says, words[i].second, NOW);
		if (strcmp(thing->mud->url.text, words[i].url) != 0 ||
		    thing->source != words[i].source ||
		    thing->conflicted != words[i].is_flagged)
			fail_msg("%zu: %s of %d, %d", i, thing->mud->url.text,
			    thing->source, thing->conflicted);
		/* What does not count is fetched by nobody. */
		if (strcmp(words[i].says, words[i].url) != 0)
			assert_false(rig_wants(rig, words[i].says));
		rig_end(rig);
	}
}

/* The flag goes with the last that differs. */
static void
a_conflict_ends(void **state)
{
	struct rig *rig = rig_begin();
	const struct sightings *sightings = &rig->sightings;
	struct thing *thing = add(rig, 1);

	(void)state;
	announce_manage(sightings, thing, LAMP, DHCP4, NOW);
	announce_manage(sightings, thing, CAM, LLDP, NOW);
	announce_manage(sightings, thing, OTHER, DHCP6, NOW);
	assert_true(thing->conflicted);
	announce_end(sightings, thing, LLDP);
	assert_true(thing->conflicted);
	announce_manage(sightings, thing, LAMP, DHCP6, NOW);
	assert_false(thing->conflicted);
	/* The source is silent: who says the same is it from now on. */
	announce_end(sightings, thing, DHCP4);
	assert_int_equal(thing->source, DHCP4);
	announce_manage(sightings, thing, CAM, DHCP6, NOW);
	assert_true(thing->conflicted);
	announce_manage(sightings, thing, LAMP, DHCP6, NOW);
	assert_int_equal(thing->source, DHCP6);
	announce_manage(sightings, thing, CAM, DHCP6, NOW);
	assert_string_equal(thing->mud->url.text, CAM);
	assert_false(thing->conflicted);
	rig_end(rig);
}

static void
say(struct rig *rig, unsigned int n, uint32_t known, const char *url,
    uint32_t ttl_sec, int64_t now)
{
	struct record_sighting sighting = rig_sighting(SIGHTING_REQUEST, n, 3);

	sighting.carrier = CARRIER_LLDP;
	sighting.present = known != 0;
	sighting.known_ifindex = known;
	sighting.lease_sec = ttl_sec;
	text_copy(sighting.url, sizeof(sighting.url), url);
	assert_true(rig_take(rig, &sighting, now));
}

/* S-62: for a minute, by the port where it was known, without a gap. */
static void
waits_a_minute(void **state)
{
	struct rig *rig = rig_begin();
	const struct thing *thing;

	(void)state;
	say(rig, 1, 3, LAMP, 40, NOW);
	thing = rig_find(rig, 1);
	say(rig, 1, 3, LAMP, 40, NOW + 40);
	say(rig, 1, 3, LAMP, 40, NOW + LLDP_STAY_SEC - 1);
	assert_null(thing->mud);
	/* Somebody else's frame in its name is none of it. */
	say(rig, 1, 4, LAMP, 40, NOW + LLDP_STAY_SEC);
	assert_null(thing->mud);
	say(rig, 1, 3, LAMP, 40, NOW + LLDP_STAY_SEC);
	assert_string_equal(thing->mud->url.text, LAMP);
	/* A gap. */
	say(rig, 2, 3, LAMP, 40, NOW);
	say(rig, 2, 3, LAMP, 40, NOW + 41);
	say(rig, 2, 3, LAMP, 40, NOW + 80);
	assert_null(rig_find(rig, 2)->mud);
	assert_int_equal(rig_find(rig, 2)->claims.waits[LLDP]->since, NOW + 41);
	/* And over by itself. */
	(void)lldp_expire(&rig->sightings, NOW + 120);
	assert_null(rig_find(rig, 2)->claims.waits[LLDP]);
	rig_end(rig);
}

static void
wakes_for_its_end(void **state)
{
	struct rig *rig = rig_begin();
	struct thing *thing;

	(void)state;
	assert_true(lldp_expire(&rig->sightings, NOW) == INT64_MAX);
	say(rig, 1, 0, LAMP, 120, NOW);
	say(rig, 2, 0, LAMP, 65535, NOW);
	say(rig, 3, 3, LAMP, 100, NOW);
	assert_int_equal(lldp_expire(&rig->sightings, NOW), NOW + 100);
	assert_int_equal(lldp_expire(&rig->sightings, NOW + 100), NOW + 120);
	assert_int_equal(lldp_expire(&rig->sightings, NOW + 120), NOW + 65535);
	thing = rig_find(rig, 1);
	assert_true(thing->departed);
	assert_false(rig_find(rig, 2)->departed);
	/* A shutdown ends what has not ended. */
	say(rig, 2, 3, "", 0, NOW + 121);
	assert_true(rig_find(rig, 2)->departed);
	assert_true(lldp_expire(&rig->sightings, NOW + 121) == INT64_MAX);
	rig_end(rig);
}

/* Whose lease is what it lives by, LLDP neither ends nor brings back. */
static void
a_lease_is_more(void **state)
{
	struct record_sighting gone = rig_sighting(SIGHTING_RELEASE, 1, 3);
	struct rig *rig = rig_begin();
	const struct thing *thing;

	(void)state;
	say(rig, 1, 0, LAMP, 120, NOW);
	rig_lease(rig, 1, 3600);
	thing = rig_find(rig, 1);
	assert_int_equal(thing->source, LLDP);
	say(rig, 1, 3, "", 0, NOW + 1);
	assert_false(thing->departed);
	assert_true(rig_take(rig, &gone, NOW + 2));
	assert_true(thing->departed);
	say(rig, 1, 3, LAMP, 120, NOW + 3);
	say(rig, 1, 3, LAMP, 120, NOW + 90);
	assert_true(thing->departed);
	rig_restart(rig, NOW + 91);
	thing = rig_find(rig, 1);
	say(rig, 1, 3, LAMP, 120, NOW + 92);
	assert_true(thing->departed);
	rig_lease(rig, 1, 3600);
	assert_false(thing->departed);
	rig_end(rig);
}

/* What carries no URL, and a TTL that LLDP has not: no record of a watcher. */
static void
refuses_unsound_sightings(void **state)
{
	struct record_sighting sighting = rig_sighting(SIGHTING_REQUEST, 1, 3);
	struct rig *rig = rig_begin();

	(void)state;
	sighting.carrier = CARRIER_ND;
	assert_false(rig_take(rig, &sighting, NOW));
	sighting.carrier = CARRIER_ARP;
	assert_false(rig_take(rig, &sighting, NOW));
	sighting.carrier = CARRIER_LLDP;
	sighting.lease_sec = 65536;
	assert_false(rig_take(rig, &sighting, NOW));
	sighting.lease_sec = 65535;
	assert_true(rig_take(rig, &sighting, NOW));
	rig_end(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weighs_words),
		cmocka_unit_test(a_conflict_ends),
		cmocka_unit_test(waits_a_minute),
		cmocka_unit_test(wakes_for_its_end),
		cmocka_unit_test(a_lease_is_more),
		cmocka_unit_test(refuses_unsound_sightings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
