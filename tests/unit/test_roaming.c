/* How a Thing goes about ports (S-47): when it flaps, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/records.h"
#include "engine/files/mudurl.h"
#include "engine/things/roaming.h"
#include "engine/things/things.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define START         1700000000

struct world {
	struct things *things;
	struct thing *thing;
};

static struct world
world_begin(void)
{
	const struct mac mac = { { 2, 0, 0, 0, 1, 1 } };
	struct world world;

	world.things = things_new(4);
	world.thing = things_add(world.things, &mac, START);
	return world;
}

static void
move_at(const struct world *world, int64_t now)
{
	roaming_moved(world->things, world->thing, "p1", "p2", now);
}

/* Moves at these times, and when that has come to be too many. */
static void
more_than_five_are_too_many(void **state)
{
	static const struct {
		const char *name;
		int at[9]; /* seconds, ended by 0 */
		int from;  /* the time of the one that is too many; 0: none */
	} cases[] = {
		{ "five at once", { 1, 1, 1, 1, 1 }, 0 },
		{ "six at once", { 1, 1, 1, 1, 1, 1 }, 1 },
		{ "six in ten minutes", { 1, 2, 3, 4, 5, 601 }, 601 },
		{ "six in a little more", { 1, 2, 3, 4, 5, 602 }, 0 },
		{ "twice three", { 1, 2, 3, 1001, 1002, 1003 }, 0 },
		{ "then four more", { 1, 500, 501, 502, 503, 700, 701, 702 },
		    701 },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct world world = world_begin();
		int since = 0;

		for (size_t k = 0; cases[i].at[k] != 0; k++) {
			move_at(&world, START + cases[i].at[k]);
			if (since == 0 && world.thing->roaming.flaps_until != 0)
				since = cases[i].at[k];
		}
		if (since != cases[i].from)
			fail_msg("%s: at %d", cases[i].name, since);
		things_free(world.things);
	}
}

/* It begins with the move that is one too many, and ends when none was for ten
 * minutes; the kernel hears of both. */
static void
quarantine_ends_by_itself(void **state)
{
	struct world world = world_begin();
	struct list *dirty = things_dirty(world.things);

	(void)state;
	for (int i = 0; i < 5; i++)
		move_at(&world, START + i);
	assert_int_equal(roaming_tick(world.things, START + 5), INT64_MAX);
	assert_true(list_is_empty(dirty));
	move_at(&world, START + 5);
	assert_false(list_is_empty(dirty));
	list_remove(&world.thing->dirty);
	assert_int_equal(roaming_tick(world.things, START + 6), START + 605);
	move_at(&world, START + 100);
	assert_true(list_is_empty(dirty));
	assert_int_equal(roaming_tick(world.things, START + 605), START + 700);
	assert_true(world.thing->roaming.flaps_until != 0);
	assert_int_equal(roaming_tick(world.things, START + 700), INT64_MAX);
	assert_int_equal(world.thing->roaming.flaps_until, 0);
	assert_false(list_is_empty(dirty));
	things_free(world.things);
}

/* Two of one name at once: a word about it, and nothing for the kernel. */
static void
a_clash_changes_nothing(void **state)
{
	struct record_drop drop = { .kind = DROP_TWICE };
	struct world world = world_begin();
	struct mudurl mud;

	(void)state;
	drop.mac = world.thing->mac;
	roaming_drop(world.things, &drop, START); /* a laptop's */
	assert_int_equal(world.thing->roaming.clashes_until, 0);
	world.thing->mud = &mud;
	drop.kind = DROP_PLACE;
	roaming_drop(world.things, &drop, START);
	assert_int_equal(world.thing->roaming.clashes_until, 0);
	drop.kind = DROP_TWICE;
	roaming_drop(world.things, &drop, START);
	roaming_drop(world.things, &drop, START + 60);
	assert_true(list_is_empty(things_dirty(world.things)));
	assert_int_equal(roaming_tick(world.things, START + 600), START + 660);
	assert_int_equal(world.thing->roaming.clashes_until, START + 660);
	assert_int_equal(roaming_tick(world.things, START + 660), INT64_MAX);
	assert_int_equal(world.thing->roaming.clashes_until, 0);
	assert_int_equal(world.thing->roaming.flaps_until, 0);
	assert_true(list_is_empty(things_dirty(world.things)));
	world.thing->mud = NULL;
	things_free(world.things);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_than_five_are_too_many),
		cmocka_unit_test(quarantine_ends_by_itself),
		cmocka_unit_test(a_clash_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
