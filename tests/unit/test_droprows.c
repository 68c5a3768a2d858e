/* The engine's table of drops: what it believes, its bounds, its events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "core/log.h"
#include "engine/drops.h"
#include "engine/events.h"
#include "engine/files/mudurl.h"
#include "engine/things/things.h"
#include "libmud/limits.h"
#include "tests/unit/logged.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define NOW           1700000000

struct rig {
	struct things *things;
	struct mudurl *mud;
	struct drops *drops;
};

/* ---- a few Things, and a log ------------------------------------------- */

static struct mac
mac_of(unsigned int n)
{
	return (struct mac){ { 0x02, 0, 0, 0, (uint8_t)(n >> 8),
	    (uint8_t)(n & 255) } };
}

/* What events are bounded by. */
static int64_t now;

static int64_t
clock_now(void *arg)
{
	(void)arg;
	return now;
}

static void
rig_begin(struct rig *rig, unsigned int n_things)
{
	struct fault why = { 0 };
	struct url url;

	now = NOW;
	events_start(clock_now, NULL);
	rig->things = things_new(LIMIT_THINGS);
	assert_true(url_parse("https://mud.example.com/lamp", &url, &why));
	rig->mud = mudurl_new(&url, NULL);
	for (unsigned int n = 1; n <= n_things; n++) {
		struct mac mac = mac_of(n);
		struct thing *thing = things_add(rig->things, &mac, NOW);

		thing->is_proven = true;
		things_manage(rig->things, thing, rig->mud);
	}
	rig->drops = drops_new(rig->things);
	log_init("t", LOG_LEVEL_ERROR);
}

static void
rig_end(struct rig *rig)
{
	drops_free(rig->drops);
	things_free(rig->things);
	mudurl_free(rig->mud);
	events_start(NULL, NULL);
}

static struct record_drop
drop_of(unsigned int thing, uint16_t port)
{
	return (struct record_drop){
		.kind = DROP_FROM,
		.protocol = 6,
		.has_number = DROP_PORT,
		.number = port,
		.mac = mac_of(thing),
		.own = { 4, { 192, 168, 77, 10 } },
		.peer = { 4, { 192, 0, 2, 1 } },
		.count = 1,
	};
}

struct tally {
	size_t n, spoofs;
	uint64_t count;
};

static void
count_row(void *arg, const struct drop_row *row)
{
	struct tally *tally = arg;

	tally->n++;
	tally->spoofs += row->what.kind == DROP_SPOOF;
	tally->count += row->count;
}

static struct tally
tally_of(const struct rig *rig)
{
	struct tally tally = { 0 };

	drops_each(rig->drops, count_row, &tally);
	return tally;
}

/* ---- records ------------------------------------------------------------ */

enum wrong {
	KIND,
	NUMBER_KIND,
	NUMBER_WITHOUT,
	ICMP_TYPE,
	ETHERTYPE,
	ZERO,
	ZERO2,
	COUNT,
	FAMILY,
	FAMILIES,
	UNTIDY,
	LEFT_OVER,
	WRONGS
};

static struct record_drop
spoil(enum wrong wrong)
{
	struct record_drop drop = drop_of(1, 443);

	switch (wrong) {
	case KIND:
		drop.kind = DROP_KINDS;
		break;
	case NUMBER_KIND:
		drop.has_number = DROP_NUMBERS;
		break;
	case NUMBER_WITHOUT:
		drop.has_number = DROP_NO_NUMBER;
		break;
	case ICMP_TYPE:
		drop.has_number = DROP_ICMP_TYPE;
		break;
	case ETHERTYPE:
		drop.has_number = DROP_ETHERTYPE;
		break;
	case ZERO:
		drop.zero = 1;
		break;
	case ZERO2:
		drop.zero2[1] = 1;
		break;
	case COUNT:
		drop.count = 0;
		break;
	case FAMILY:
		drop.own.family = drop.peer.family = 5;
		break;
	case FAMILIES:
		drop.peer.family = 6;
		break;
	case UNTIDY:
		drop.own.byte[15] = 1;
		break;
	case LEFT_OVER:
		drop.own.family = drop.peer.family = 0;
		break;
	case WRONGS:
		break;
	}
	return drop;
}

static void
refuses_what_breaks_a_rule(void **state)
{
	struct record_drop good = spoil(WRONGS);
	struct rig rig;

	(void)state;
	rig_begin(&rig, 1);
	for (enum wrong wrong = KIND; wrong < WRONGS; wrong++) {
		struct record_drop drop = spoil(wrong);

		if (drops_take(rig.drops, &drop, NOW))
			fail_msg("wrong thing %d was taken", (int)wrong);
	}
	assert_int_equal(tally_of(&rig).n, 0);
	assert_true(drops_take(rig.drops, &good, NOW));
	assert_int_equal(tally_of(&rig).n, 1);
	rig_end(&rig);
}

/* ---- bounds ------------------------------------------------------------- */

static void
each_thing_has_its_own(void **state)
{
	struct record_drop drop = drop_of(2, 1);
	struct rig rig;
	struct tally tally;

	(void)state;
	rig_begin(&rig, 2);
	assert_true(drops_take(rig.drops, &drop, NOW));
	drop.kind = DROP_SPOOF;
	drop.mac = mac_of(1);
	assert_true(drops_take(rig.drops, &drop, NOW));
	for (uint16_t port = 1; port <= 1000; port++) {
		drop = drop_of(1, port);
		assert_true(drops_take(rig.drops, &drop, NOW + port));
	}
	tally = tally_of(&rig);
	assert_int_equal(tally.n, LIMIT_THING_DROPS + 2);
	assert_int_equal(tally.spoofs, 1);
	/* Strangers, whatever MACs they make up, share one bound. */
	for (unsigned int n = 100; n < 1100; n++) {
		drop = drop_of(n, 1);
		drop.kind = DROP_SPOOF;
		assert_true(drops_take(rig.drops, &drop, NOW + 2000));
	}
	tally = tally_of(&rig);
	assert_int_equal(tally.n, 2 * LIMIT_THING_DROPS + 2);
	assert_int_equal(tally.spoofs, LIMIT_THING_DROPS + 1);
	rig_end(&rig);
}

static void
all_have_one(void **state)
{
	const unsigned int n = LIMIT_DROPS / LIMIT_THING_DROPS + 100;
	struct record_drop drop;
	struct rig rig;
	struct tally tally;

	(void)state;
	rig_begin(&rig, n);
	for (unsigned int thing = 1; thing <= n; thing++)
		for (uint16_t port = 1; port <= LIMIT_THING_DROPS; port++) {
			drop = drop_of(thing, port);
			assert_true(drops_take(rig.drops, &drop, NOW));
		}
	tally = tally_of(&rig);
	assert_int_equal(tally.n, LIMIT_DROPS);
	/* The oldest went: the first one's are counted anew. */
	drop = drop_of(1, 1);
	assert_true(drops_take(rig.drops, &drop, NOW));
	assert_int_equal(tally_of(&rig).n, LIMIT_DROPS);
	assert_int_equal(tally_of(&rig).count, LIMIT_DROPS);
	drop = drop_of(n, 1);
	assert_true(drops_take(rig.drops, &drop, NOW));
	assert_int_equal(tally_of(&rig).count, LIMIT_DROPS + 1);
	rig_end(&rig);
}

/* ---- events ------------------------------------------------------------- */

static void
says_what_it_is(void **state)
{
	struct record_drop drop = drop_of(1, 443);
	struct record_drop icmp = drop_of(9, 8);
	struct rig rig;

	(void)state;
	rig_begin(&rig, 1);
	drop.count = 3;
	icmp.kind = DROP_SPOOF;
	icmp.protocol = 58;
	icmp.has_number = DROP_ICMP_TYPE;
	logged_begin();
	assert_true(drops_take(rig.drops, &drop, NOW));
	assert_true(drops_take(rig.drops, &icmp, NOW));
	assert_int_equal(logged_end(), 2);
	assert_string_equal(logged_text(),
	    "t: event=drop device=02:00:00:00:00:01 "
	    "mud_url=\"https://mud.example.com/lamp\" direction=from "
	    "address=192.168.77.10 peer=192.0.2.1 protocol=tcp port=443 "
	    "count=3\n"
	    "t: event=spoof device=02:00:00:00:00:09 reason=address direction=from "
	    "address=192.168.77.10 peer=192.0.2.1 protocol=icmpv6 "
	    "icmp_type=8 count=1\n");
	rig_end(&rig);
}

/* One line, then one every ten minutes while it goes on. */
static void
says_it_now_and_then(void **state)
{
	struct record_drop drop = drop_of(1, 443);
	struct rig rig;

	(void)state;
	rig_begin(&rig, 1);
	logged_begin();
	for (; now < NOW + 1300; now++)
		assert_true(drops_take(rig.drops, &drop, now));
	assert_int_equal(logged_end(), 3);
	assert_non_null(strstr(logged_text(), "count=1\n"));
	assert_non_null(strstr(logged_text(), "count=600\n"));
	rig_end(&rig);
}

/* A hundred at once, then twenty a second; spoofs have a bound of their own,
 * and how many were left out is said. */
static void
does_not_flood_the_log(void **state)
{
	struct record_drop drop;
	struct rig rig;

	(void)state;
	rig_begin(&rig, 1);
	logged_begin();
	for (uint16_t port = 1; port <= 5000; port++) {
		drop = drop_of(1, port);
		assert_true(drops_take(rig.drops, &drop, NOW));
	}
	assert_int_equal(logged_end(), 100);
	logged_begin();
	drop.kind = DROP_SPOOF;
	assert_true(drops_take(rig.drops, &drop, NOW));
	assert_int_equal(logged_end(), 1);
	logged_begin();
	now = NOW + 1;
	for (uint16_t port = 1; port <= 5000; port++) {
		drop = drop_of(1, port);
		assert_true(drops_take(rig.drops, &drop, now));
	}
	assert_int_equal(logged_end(), 21);
	assert_non_null(
	    strstr(logged_text(), "t: event=drop suppressed=4900\n"));
	rig_end(&rig);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_breaks_a_rule),
		cmocka_unit_test(each_thing_has_its_own),
		cmocka_unit_test(all_have_one),
		cmocka_unit_test(says_what_it_is),
		cmocka_unit_test(says_it_now_and_then),
		cmocka_unit_test(does_not_flood_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
