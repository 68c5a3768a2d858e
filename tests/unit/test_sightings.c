/*
 * What sightings mean: which are believed, and who is confined by them.
 *
 * The scenarios play whole exchanges; here each check stands alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "engine/things/leases.h"
#include "libmud/mem.h"
#include "tests/unit/sightrig.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* ---- records ------------------------------------------------------------ */

static void
break_record(struct record_sighting *sighting, size_t which)
{
	static const struct addr nobody = { .family = 4 };

	switch (which) {
	case 0:
		sighting->kind = SIGHTING_KINDS;
		break;
	case 1:
		sighting->present = 2;
		break;
	case 2:
		sighting->flagged = 2;
		break;
	case 3:
		sighting->ifindex = 0;
		break;
	case 4:
		sighting->mac.byte[0] = 3; /* a group */
		break;
	case 5:
		memset(sighting->url, 'x', sizeof(sighting->url));
		break;
	case 6:
		memset(sighting->hostname, 'x', sizeof(sighting->hostname));
		break;
	case 7:
		sighting->why.code = FAULT_CODES;
		break;
	case 8:
		sighting->address = nobody;
		break;
	default:
		sighting->address.family = 6;
		sighting->address.byte[0] = 0x20;
		break;
	}
}

static void
refuses_broken_records(void **state)
{
	struct rig *rig = rig_begin();

	(void)state;
	for (size_t which = 0; which <= 9; which++) {
		struct record_sighting sighting =
		    rig_sighting(SIGHTING_LEASE, 1, 3);

		break_record(&sighting, which);
		if (rig_take(rig, &sighting, NOW))
			fail_msg("field %zu", which);
		assert_int_equal(things_count(rig->things), 0);
	}
	rig_end(rig);
}

/* Which sightings leave a trace of a MAC that was not known. */
static void
knows_whom_to_remember(void **state)
{
	static const struct {
		const char *name;
		enum sighting_kind kind;
		unsigned int mac;
		uint32_t port, known;
		bool remembered;
	} cases[] = {
		{ "request", SIGHTING_REQUEST, 1, 3, 0, true },
		{ "its own port", SIGHTING_REQUEST, 1, 3, 3, true },
		{ "another port", SIGHTING_REQUEST, 1, 3, 4, false },
		{ "lease", SIGHTING_LEASE, 1, 3, 0, true },
		{ "lease, another port", SIGHTING_LEASE, 1, 3, 4, false },
		{ "release", SIGHTING_RELEASE, 1, 3, 0, false },
		{ "nak", SIGHTING_NAK, 1, 3, 0, false },
		{ "not of the LAN", SIGHTING_REQUEST, 1, 9, 0, false },
		{ "no such port", SIGHTING_REQUEST, 1, 8, 0, false },
	};
	struct record_sighting own = rig_sighting(SIGHTING_REQUEST, 1, 3);
	struct rig *rig;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct record_sighting sighting =
		    rig_sighting(cases[i].kind, cases[i].mac, cases[i].port);

		rig = rig_begin();
		sighting.known_ifindex = cases[i].known;
		assert_true(rig_take(rig, &sighting, NOW));
		if ((rig_find(rig, 1) != NULL) != cases[i].remembered)
			fail_msg("%s", cases[i].name);
		rig_end(rig);
	}
	/* The gateway's own MAC. */
	rig = rig_begin();
	own.mac = (struct mac){ { 0x02, 1, 0, 0, 0, 1 } };
	assert_true(rig_take(rig, &own, NOW));
	assert_null(things_find(rig->things, &own.mac));
	rig_end(rig);
}

/* ---- who may be confined ------------------------------------------------ */

/* A request with a URL, then perhaps a lease on a port. */
static const struct {
	const char *name;
	uint8_t present;
	uint32_t known;
	uint32_t lease_port; /* 0: none */
	bool managed;
} announcements[] = {
	{ "never seen", 0, 0, 0, true },
	{ "never seen, with a lease", 0, 0, 3, true },
	{ "present", 1, 3, 0, false },
	{ "present, exchange completed", 1, 3, 3, true },
	{ "present, completed elsewhere", 1, 3, 4, false },
	{ "not in the bridge's books, but present", 1, 0, 0, false },
	{ "from another port", 1, 4, 3, false },
	{ "from another port, not present", 0, 4, 0, false },
};

static void
confines_whom_it_may(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(announcements); i++) {
		struct record_sighting sighting =
		    rig_sighting(SIGHTING_REQUEST, 1, 3);
		struct rig *rig = rig_begin();
		const struct thing *thing;

		sighting.present = announcements[i].present;
		sighting.known_ifindex = announcements[i].known;
		text_copy(sighting.url, sizeof(sighting.url), LAMP);
		assert_true(rig_take(rig, &sighting, NOW));
		if (announcements[i].lease_port != 0) {
			sighting = rig_sighting(
			    SIGHTING_LEASE, 1, announcements[i].lease_port);
			assert_true(rig_take(rig, &sighting, NOW));
		}
		thing = rig_find(rig, 1);
		if ((thing != NULL && thing->mud != NULL) !=
		    announcements[i].managed)
			fail_msg("%s", announcements[i].name);
		if (announcements[i].managed) {
			assert_string_equal(thing->mud->url.text, LAMP);
			assert_int_equal(thing->source, STATE_SOURCE_DHCP4);
			assert_int_equal(thing->port, 3);
			assert_string_equal(thing->port_name, "p3");
		}
		rig_end(rig);
	}
}

/*
 * What happens to the link of the Thing's port, p3, before it speaks on
 * another port that the bridge knows nothing of: our own books say where it
 * belongs, while that port is up.
 */
static const struct {
	const char *name;
	uint32_t op, ifindex;
	uint8_t is_up;
	uint32_t port;
	bool believed;
} moves[] = {
	{ "stays", OP_ADD, 3, 1, 3, true },
	{ "elsewhere", OP_ADD, 3, 1, 4, false },
	{ "elsewhere, its port is down", OP_ADD, 3, 0, 4, true },
	{ "elsewhere, its port has gone", OP_DELETE, 3, 1, 4, true },
	{ "its port has another number", OP_ADD, 5, 1, 5, true },
};

static void
our_books_know_ports_too(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(moves); i++) {
		struct record_link link = {
			.op = moves[i].op,
			.ifindex = moves[i].ifindex,
			.is_up = moves[i].is_up,
			.master = 2,
			.name = "p3",
		};
		struct record_link gone = { .op = OP_DELETE, .ifindex = 3 };
		struct record_sighting nak =
		    rig_sighting(SIGHTING_NAK, 1, moves[i].port);
		struct rig *rig = rig_begin();

		rig_request(rig, 1, LAMP);
		rig_lease(rig, 1, 600);
		if (moves[i].ifindex != 3)
			assert_true(lan_link(rig->lan, &gone));
		assert_true(lan_link(rig->lan, &link));
		assert_true(rig_take(rig, &nak, NOW));
		if ((rig_find(rig, 1)->n_leases == 0) != moves[i].believed ||
		    rig_find(rig, 1)->spoofed == moves[i].believed)
			fail_msg("%s", moves[i].name);
		rig_end(rig);
	}
}

/* Present, but on no port that anybody knows: no say, until it is managed. */
static void
who_is_nowhere_has_no_say(void **state)
{
	struct record_sighting sighting = rig_sighting(SIGHTING_LEASE, 1, 3);
	struct state_thing row = {
		.mac = rig_mac(2),
		.url = LAMP,
		.url_source = STATE_SOURCE_DHCP4,
	};
	struct rig *rig = rig_begin();

	(void)state;
	sighting.present = 1;
	assert_true(rig_take(rig, &sighting, NOW));
	assert_null(rig_find(rig, 1));
	assert_int_equal(state_put_thing(rig->state, &row), 0);
	rig_restart(rig, NOW);
	sighting.mac = rig_mac(2);
	assert_true(rig_take(rig, &sighting, NOW));
	assert_int_equal(rig_find(rig, 2)->n_leases, 1);
	assert_false(rig_find(rig, 2)->spoofed);
	rig_end(rig);
}

static void
manages_only_so_many_on_a_port(void **state)
{
	struct rig *rig = rig_begin();
	struct record_sighting sighting;
	struct mac last = { { 0x02, 0, 0, 0, 1, 0 } };

	(void)state;
	for (unsigned int n = 0; n < LIMIT_PORT_THINGS; n++)
		rig_request(rig, n, LAMP);
	rig_lease(rig, 7, 3600); /* the configured one: now it has a port */
	assert_non_null(rig_find(rig, LIMIT_PORT_THINGS - 1)->mud);
	/* One more on that port, then on another. */
	sighting = rig_sighting(SIGHTING_REQUEST, 0, 3);
	sighting.mac = last;
	text_copy(sighting.url, sizeof(sighting.url), OTHER);
	assert_true(rig_take(rig, &sighting, NOW));
	assert_null(things_find(rig->things, &last)->mud);
	assert_false(rig_wants(rig, OTHER));
	sighting.ifindex = 4;
	assert_true(rig_take(rig, &sighting, NOW));
	assert_null(things_find(rig->things, &last)->mud);
	sighting.mac.byte[5] = 1;
	assert_true(rig_take(rig, &sighting, NOW));
	assert_non_null(things_find(rig->things, &sighting.mac)->mud);
	rig_end(rig);
}

static void
a_second_url_must_be_its_makers(void **state)
{
	struct rig *rig = rig_begin();
	const struct thing *thing;

	(void)state;
	rig_request(rig, 1, LAMP);
	thing = rig_find(rig, 1);
	/* Known by now: it takes a completed exchange. */
	rig_request(rig, 1, CAM);
	assert_string_equal(thing->mud->url.text, LAMP);
	rig_lease(rig, 1, 3600);
	assert_string_equal(thing->mud->url.text, CAM);
	assert_false(thing->conflicted);
	rig_request(rig, 1, OTHER);
	rig_lease(rig, 1, 3600);
	assert_string_equal(thing->mud->url.text, CAM);
	assert_true(thing->conflicted);
	/* And it is not fetched for nobody. */
	assert_false(rig_wants(rig, OTHER));
	/* What is no URL at all. */
	rig_request(rig, 1, "http://mud.example.com/lamp.json");
	rig_lease(rig, 1, 3600);
	assert_string_equal(thing->mud->url.text, CAM);
	rig_end(rig);
}

static void
an_announcement_is_for_one_exchange(void **state)
{
	struct record_sighting again = rig_sighting(SIGHTING_REQUEST, 1, 3);
	struct rig *rig = rig_begin();

	(void)state;
	again.present = 1;
	text_copy(again.url, sizeof(again.url), LAMP);
	assert_true(rig_take(rig, &again, NOW));
	rig_request(rig, 1, "");
	rig_lease(rig, 1, 3600);
	assert_null(rig_find(rig, 1)->mud);
	/* And for one lease: the next tells nothing new. */
	assert_true(rig_take(rig, &again, NOW));
	rig_lease(rig, 1, 3600);
	assert_non_null(rig_find(rig, 1)->mud);
	assert_null(rig_find(rig, 1)->claims.waits[STATE_SOURCE_DHCP4]);
	rig_end(rig);
}

static void
the_administrator_knows_better(void **state)
{
	struct rig *rig = rig_begin();
	const struct thing *thing;

	(void)state;
	rig_lease(rig, 7, 3600);
	thing = rig_find(rig, 7);
	assert_string_equal(thing->name, "hall");
	assert_string_equal(thing->mud->url.text, CAM);
	assert_int_equal(thing->source, STATE_SOURCE_CONFIG);
	rig_request(rig, 7, LAMP);
	rig_lease(rig, 7, 3600);
	assert_string_equal(thing->mud->url.text, CAM);
	rig_end(rig);
}

static void
manages_only_so_many(void **state)
{
	struct rig *rig = rig_begin();

	(void)state;
	rig->config->max_devices = 2;
	rig_restart(rig, NOW);
	rig_request(rig, 1, LAMP);
	rig_request(rig, 2, LAMP);
	rig_request(rig, 3, OTHER);
	assert_null(rig_find(rig, 3)->mud);
	assert_false(rig_wants(rig, OTHER));
	rig_request(rig, 4, LAMP);
	assert_null(rig_find(rig, 4)->mud);
	/* Not even one that stands in the configuration. */
	rig_lease(rig, 7, 3600);
	assert_null(rig_find(rig, 7)->mud);
	rig_end(rig);
}

static void
notes_what_was_refused(void **state)
{
	struct record_sighting sighting = rig_sighting(SIGHTING_REQUEST, 1, 3);
	struct rig *rig = rig_begin();

	(void)state;
	sighting.flagged = 1;
	text_copy(sighting.hostname, sizeof(sighting.hostname), "lamp");
	(void)fault_set(&sighting.why, FAULT_URL_CONFLICT, "S-3", "two");
	assert_true(rig_take(rig, &sighting, NOW));
	assert_true(rig_find(rig, 1)->doubled);
	assert_null(rig_find(rig, 1)->mud);
	assert_string_equal(rig_find(rig, 1)->hostname, "lamp");
	/* A request without a name keeps it; one of a spoofer says nothing. */
	sighting = rig_sighting(SIGHTING_REQUEST, 1, 3);
	assert_true(rig_take(rig, &sighting, NOW + 5));
	assert_string_equal(rig_find(rig, 1)->hostname, "lamp");
	assert_int_equal(rig_find(rig, 1)->last_seen, NOW + 5);
	sighting.known_ifindex = 4;
	text_copy(sighting.hostname, sizeof(sighting.hostname), "evil");
	assert_true(rig_take(rig, &sighting, NOW + 9));
	assert_true(rig_find(rig, 1)->spoofed);
	assert_string_equal(rig_find(rig, 1)->hostname, "lamp");
	assert_int_equal(rig_find(rig, 1)->last_seen, NOW + 5);
	rig_end(rig);
}

/* ---- leases ------------------------------------------------------------- */

static void
leases_end(void **state)
{
	struct rig *rig = rig_begin();
	struct record_sighting forever = rig_sighting(SIGHTING_LEASE, 2, 3);

	(void)state;
	assert_true(leases_expire(&rig->sightings, NOW) == INT64_MAX);
	rig_request(rig, 1, LAMP);
	rig_lease(rig, 1, 600);
	rig_lease(rig, 3, 300);
	assert_int_equal(leases_expire(&rig->sightings, NOW), NOW + 300);
	assert_int_equal(leases_expire(&rig->sightings, NOW + 300), NOW + 600);
	assert_int_equal(rig_find(rig, 3)->n_leases, 0);
	assert_false(rig_find(rig, 3)->departed); /* it was never here */
	assert_int_equal(leases_expire(&rig->sightings, NOW + 599), NOW + 600);
	assert_false(rig_find(rig, 1)->departed);
	assert_true(leases_expire(&rig->sightings, NOW + 600) == INT64_MAX);
	assert_true(rig_find(rig, 1)->departed);
	/* Not for ever, whatever the server says. */
	forever.lease_sec = UINT32_MAX;
	assert_true(rig_take(rig, &forever, NOW));
	assert_int_equal(
	    rig_find(rig, 2)->leases[0].expires_at, NOW + (int64_t)366 * 86400);
	rig_end(rig);
}

static void
a_lease_is_of_the_lan(void **state)
{
	struct record_sighting foreign = rig_sighting(SIGHTING_LEASE, 1, 3);
	struct record_sighting request = rig_sighting(SIGHTING_REQUEST, 1, 3);
	struct rig *rig = rig_begin();

	(void)state;
	request.present = 1;
	text_copy(request.url, sizeof(request.url), LAMP);
	assert_true(rig_take(rig, &request, NOW));
	/* The gateway's own address, and one of another network: nothing of
	 * the exchange counts. */
	foreign.address.byte[3] = 1;
	assert_true(rig_take(rig, &foreign, NOW));
	foreign.address.byte[2] = 78;
	assert_true(rig_take(rig, &foreign, NOW));
	assert_int_equal(rig_find(rig, 1)->n_leases, 0);
	assert_null(rig_find(rig, 1)->mud);
	rig_end(rig);
}

static void
releases_what_it_has(void **state)
{
	struct record_sighting other = rig_sighting(SIGHTING_RELEASE, 2, 3);
	struct record_sighting own = rig_sighting(SIGHTING_RELEASE, 1, 3);
	struct record_sighting nak = rig_sighting(SIGHTING_NAK, 1, 3);
	struct rig *rig = rig_begin();
	const struct thing *thing;

	(void)state;
	rig_request(rig, 1, LAMP);
	thing = rig_find(rig, 1);
	rig_lease(rig, 1, 600);
	other.mac = rig_mac(1);
	assert_true(rig_take(rig, &other, NOW));
	assert_int_equal(thing->n_leases, 1);
	/* A Thing is where our books have it, whatever a bridge has learnt. */
	own.ifindex = own.known_ifindex = 4;
	assert_true(rig_take(rig, &own, NOW));
	assert_int_equal(thing->n_leases, 1);
	own.ifindex = 3;
	assert_true(rig_take(rig, &own, NOW));
	assert_int_equal(thing->n_leases, 0);
	assert_true(thing->departed);
	rig_lease(rig, 1, 600);
	assert_false(thing->departed);
	assert_true(rig_take(rig, &nak, NOW));
	assert_int_equal(thing->n_leases, 0);
	assert_false(thing->departed);
	rig_end(rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_broken_records),
		cmocka_unit_test(knows_whom_to_remember),
		cmocka_unit_test(confines_whom_it_may),
		cmocka_unit_test(our_books_know_ports_too),
		cmocka_unit_test(who_is_nowhere_has_no_say),
		cmocka_unit_test(manages_only_so_many_on_a_port),
		cmocka_unit_test(a_second_url_must_be_its_makers),
		cmocka_unit_test(an_announcement_is_for_one_exchange),
		cmocka_unit_test(the_administrator_knows_better),
		cmocka_unit_test(manages_only_so_many),
		cmocka_unit_test(notes_what_was_refused),
		cmocka_unit_test(leases_end),
		cmocka_unit_test(a_lease_is_of_the_lan),
		cmocka_unit_test(releases_what_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
