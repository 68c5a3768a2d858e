/* Presence: what happened, second by second, and what is known before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/limits.h"
#include "watch/presence.h"
#include "watch/share.h"

#define KEY 0x1234567890abcdefu

enum step_kind {
	NOTHING, /* ends a scenario */
	BRIDGE,  /* the bridge learnt it on a port */
	NEIGHBOUR,
	AGED,
	GONE, /* the interface */
	EVER, /* the bridge knew it when we started */
	ASK
};

struct step {
	enum step_kind what;
	int64_t at;       /* ms */
	uint32_t ifindex; /* for ASK: the answer */
	bool present;     /* for ASK */
};

#define STEPS 12

static const struct {
	const char *name;
	struct step step[STEPS];
} scenarios[] = {
	/* clang-format off */
	{ "never seen", { { ASK, 0, 0, false } } },
	{ "the frame's own entry comes first", { { BRIDGE, 100, 3, false },
	    { ASK, 100, 0, false } } },
	{ "the frame's own entry comes after", { { ASK, 100, 0, false },
	    { BRIDGE, 101, 3, false }, { ASK, 150, 0, false } } },
	{ "an entry in the frame's future", { { BRIDGE, 9000, 3, false },
	    { ASK, 8000, 0, false } } },
	{ "DAD shortly before DHCP", { { BRIDGE, 0, 3, false },
	    { ASK, 1999, 0, false } } },
	{ "known after two seconds", { { BRIDGE, 0, 3, false },
	    { ASK, 2000, 3, true } } },
	{ "known from the start", { { EVER, 0, 3, false },
	    { ASK, 0, 3, true } } },
	{ "heard again on its port", { { BRIDGE, 0, 3, false },
	    { BRIDGE, 1900, 3, false }, { ASK, 2000, 3, true } } },
	{ "forged from another port", { { BRIDGE, 0, 3, false },
	    { BRIDGE, 60000, 4, false }, { ASK, 60000, 3, true } } },
	{ "forged, and the owner comes back", { { EVER, 0, 3, false },
	    { BRIDGE, 60000, 4, false }, { BRIDGE, 60001, 3, false },
	    { ASK, 60002, 3, true }, { ASK, 80000, 3, true } } },
	{ "forged again and again", { { EVER, 0, 3, false },
	    { BRIDGE, 1000, 4, false }, { BRIDGE, 2000, 5, false },
	    { BRIDGE, 9000, 4, false }, { ASK, 18999, 3, true },
	    { ASK, 19000, 4, true } } },
	{ "moved: not before ten seconds", { { EVER, 0, 3, false },
	    { BRIDGE, 1000, 4, false }, { ASK, 10999, 3, true },
	    { ASK, 11000, 4, true } } },
	{ "moved twice, settled between", { { EVER, 0, 3, false },
	    { BRIDGE, 1000, 4, false }, { BRIDGE, 12000, 5, false },
	    { ASK, 12001, 4, true }, { ASK, 22000, 5, true } } },
	{ "moved while it was new", { { BRIDGE, 0, 3, false },
	    { BRIDGE, 1000, 4, false }, { ASK, 2500, 0, false },
	    { ASK, 3000, 4, true } } },
	{ "aged out, asks on its port", { { BRIDGE, 0, 3, false },
	    { AGED, 300000, 3, false }, { ASK, 400000, 3, true } } },
	{ "aged out, and learnt there again", { { BRIDGE, 0, 3, false },
	    { AGED, 300000, 3, false }, { BRIDGE, 400000, 3, false },
	    { ASK, 400000, 3, true } } },
	{ "aged out, forged elsewhere", { { BRIDGE, 0, 3, false },
	    { AGED, 300000, 3, false }, { BRIDGE, 400000, 4, false },
	    { ASK, 400000, 3, true } } },
	{ "aged that was never seen", { { AGED, 0, 3, false },
	    { ASK, 1, 0, false } } },
	{ "moved, and a third port is gone", { { EVER, 0, 3, false },
	    { BRIDGE, 1000, 4, false }, { GONE, 1500, 5, false },
	    { ASK, 2000, 3, true }, { ASK, 11000, 4, true } } },
	{ "its port is gone", { { EVER, 0, 3, false }, { GONE, 10, 3, false },
	    { ASK, 20, 0, true } } },
	{ "another port is gone", { { EVER, 0, 3, false },
	    { GONE, 10, 4, false }, { ASK, 20, 3, true } } },
	{ "moved, and the old port is gone", { { EVER, 0, 3, false },
	    { BRIDGE, 1000, 4, false }, { GONE, 1500, 3, false },
	    { ASK, 2000, 0, true }, { ASK, 11000, 4, true } } },
	{ "new, and its port is gone", { { BRIDGE, 0, 3, false },
	    { GONE, 10, 3, false }, { ASK, 20, 0, false } } },
	{ "neighbour on a plain interface", { { NEIGHBOUR, 0, 6, false },
	    { ASK, 1999, 0, false }, { ASK, 2000, 6, true } } },
	{ "neighbour behind a bridge", { { NEIGHBOUR, 0, 0, false },
	    { ASK, 2000, 0, true } } },
	{ "neighbour, then its port", { { NEIGHBOUR, 0, 0, false },
	    { BRIDGE, 5000, 3, false }, { ASK, 5001, 0, true },
	    { ASK, 15000, 3, true } } },
	{ "the bridge knows better", { { EVER, 0, 3, false },
	    { NEIGHBOUR, 5000, 6, false }, { ASK, 60000, 3, true } } },
	{ "a neighbour behind a bridge moves nothing", { { EVER, 0, 3, false },
	    { AGED, 5000, 3, false }, { NEIGHBOUR, 6000, 0, false },
	    { ASK, 60000, 3, true } } },
	{ "left the bridge for a plain interface", { { EVER, 0, 3, false },
	    { AGED, 5000, 3, false }, { NEIGHBOUR, 6000, 6, false },
	    { ASK, 6001, 3, true }, { ASK, 16000, 6, true } } },
	{ "aged where it is no more", { { EVER, 0, 3, false },
	    { BRIDGE, 1000, 4, false }, { AGED, 2000, 3, false },
	    { NEIGHBOUR, 3000, 6, false }, { ASK, 60000, 4, true } } },
	{ "its bridge port gone, then a plain one", { { EVER, 0, 3, false },
	    { GONE, 1000, 3, false }, { NEIGHBOUR, 2000, 6, false },
	    { ASK, 60000, 6, true } } },
	{ "in the bridge since", { { NEIGHBOUR, 0, 6, false },
	    { BRIDGE, 3000, 3, false }, { NEIGHBOUR, 4000, 6, false },
	    { ASK, 60000, 3, true } } },
	/* clang-format on */
};

static void
take(struct presence *presence, const char *name, const struct step *step)
{
	const struct mac mac = { { 2, 0, 0, 0, 1, 1 } };
	uint32_t ifindex = 77;
	bool present;

	switch (step->what) {
	case BRIDGE:
		presence_learn(
		    presence, &mac, step->ifindex, PRESENCE_BRIDGE, step->at);
		break;
	case NEIGHBOUR:
		presence_learn(presence, &mac, step->ifindex,
		    PRESENCE_NEIGHBOUR, step->at);
		break;
	case EVER:
		presence_learn(presence, &mac, step->ifindex, PRESENCE_BRIDGE,
		    PRESENCE_EVER_MSEC);
		break;
	case AGED:
		presence_aged(presence, &mac, step->ifindex);
		break;
	case GONE:
		presence_port_gone(presence, step->ifindex);
		break;
	case ASK:
		present = presence_before(presence, &mac, step->at, &ifindex);
		if (present != step->present ||
		    ifindex != (step->present ? step->ifindex : 77))
			fail_msg("%s: at %ld: %d, port %u", name,
			    (long)step->at, present, ifindex);
		break;
	case NOTHING:
		break;
	}
}

static void
plays_scenarios(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		struct presence *presence = presence_new(KEY);

		for (size_t k = 0; k < STEPS; k++)
			take(
			    presence, scenarios[i].name, &scenarios[i].step[k]);
		presence_free(presence);
	}
}

static struct mac
mac_number(uint32_t n)
{
	return (struct mac){ { 2, 1, (uint8_t)(n >> 24), (uint8_t)(n >> 16),
	    (uint8_t)(n >> 8), (uint8_t)n } };
}

/* One port that floods pushes out its own, and never the laptop next door. */
static void
a_flood_evicts_its_own(void **state)
{
	const struct mac laptop = { { 2, 0, 0, 0, 1, 1 } };
	struct presence *presence = presence_new(KEY);
	uint32_t ifindex = 0;
	struct mac mac;

	(void)state;
	presence_learn(
	    presence, &laptop, 3, PRESENCE_BRIDGE, PRESENCE_EVER_MSEC);
	for (uint32_t n = 0; n < 3 * LIMIT_PRESENCE; n++) {
		mac = mac_number(n);
		presence_learn(presence, &mac, 4, PRESENCE_BRIDGE, n);
	}
	assert_true(presence_before(presence, &laptop, 0, &ifindex));
	assert_int_equal(ifindex, 3);
	/* The oldest went, the newest are there, and there is a bound. */
	mac = mac_number(2 * LIMIT_PRESENCE);
	assert_false(presence_before(presence, &mac, 1000000, &ifindex));
	mac = mac_number(2 * LIMIT_PRESENCE + 1);
	assert_true(presence_before(presence, &mac, 1000000, &ifindex));
	mac = mac_number(3 * LIMIT_PRESENCE - 1);
	assert_true(presence_before(presence, &mac, 1000000, &ifindex));
	presence_free(presence);
}

/* An address that moves counts for the port where it is now. */
static void
a_moved_one_counts_where_it_is(void **state)
{
	struct presence *presence = presence_new(KEY);
	uint32_t ifindex = 0;
	struct mac mac;

	(void)state;
	for (uint32_t n = 0; n < LIMIT_PRESENCE; n++) {
		mac = mac_number(n);
		presence_learn(
		    presence, &mac, 3, PRESENCE_BRIDGE, PRESENCE_EVER_MSEC);
	}
	for (uint32_t n = 0; n < LIMIT_PRESENCE / 2 + 8; n++) {
		mac = mac_number(n);
		presence_learn(presence, &mac, 4, PRESENCE_BRIDGE, 0);
	}
	mac = mac_number(LIMIT_PRESENCE);
	presence_learn(presence, &mac, 5, PRESENCE_BRIDGE, 0);
	mac = mac_number(0);
	assert_false(presence_before(presence, &mac, 0, &ifindex));
	mac = mac_number(LIMIT_PRESENCE / 2 + 8);
	assert_true(presence_before(presence, &mac, 0, &ifindex));
	presence_free(presence);
}

static void
passes_over_what_is_no_host(void **state)
{
	const struct mac none[] = { { { 0 } }, { { 1, 0, 0x5e, 0, 0, 1 } },
		{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } } };
	struct presence *presence = presence_new(KEY);
	uint32_t ifindex;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		presence_learn(
		    presence, &none[i], 3, PRESENCE_BRIDGE, PRESENCE_EVER_MSEC);
		assert_false(presence_before(presence, &none[i], 0, &ifindex));
	}
	presence_free(presence);
	presence_free(NULL);
}

/* whom a dump does not name the bridge has forgotten, whatever was said of
 * it; it is known where it was all the same. */
static void
settles_after_a_dump(void **state)
{
	static const struct mac stays = { { 2, 0, 0, 0, 2, 1 } };
	static const struct mac left = { { 2, 0, 0, 0, 2, 2 } };
	static const struct mac near = { { 2, 0, 0, 0, 2, 3 } };
	struct presence *presence = presence_new(7);
	uint32_t ifindex = 77;

	(void)state;
	presence_learn(
	    presence, &stays, 3, PRESENCE_BRIDGE, PRESENCE_EVER_MSEC);
	presence_learn(presence, &left, 3, PRESENCE_BRIDGE, PRESENCE_EVER_MSEC);
	presence_resync(presence);
	presence_learn(presence, &stays, 3, PRESENCE_BRIDGE, 1000);
	presence_learn(presence, &left, 6, PRESENCE_NEIGHBOUR, 1000);
	presence_learn(presence, &near, 6, PRESENCE_NEIGHBOUR, 1000);
	assert_int_equal(presence_now(presence, &left), 3);
	presence_settle(presence);
	assert_int_equal(presence_now(presence, &stays), 3);
	assert_int_equal(presence_now(presence, &left), 0);
	assert_int_equal(presence_now(presence, &near), 0);
	assert_true(presence_before(presence, &left, 1000, &ifindex));
	assert_int_equal(ifindex, 3);
	presence_free(presence);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plays_scenarios),
		cmocka_unit_test(a_flood_evicts_its_own),
		cmocka_unit_test(a_moved_one_counts_where_it_is),
		cmocka_unit_test(passes_over_what_is_no_host),
		cmocka_unit_test(settles_after_a_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
