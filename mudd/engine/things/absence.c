/*
 * Things that do not come back.  Role: engine.  Input: our own books.
 */
#include "engine/things/absence.h"

#include "engine/engine.h"
#include "engine/things/forget.h"
#include "engine/things/things.h"

bool
absence_is_random(const struct mac *mac)
{
	return (mac->byte[0] & 2) != 0;
}

/* An administrator has said something about it. */
static bool
is_known_to_people(const struct thing *thing)
{
	return thing->source == STATE_SOURCE_ADMIN || thing->has_mode ||
	       thing->has_configured_mode || thing->name[0] != '\0';
}

bool
absence_is_over(const struct thing *thing, bool is_full, int64_t now)
{
	int64_t limit = ABSENCE_SEC;

	if (thing->mud == NULL || thing->n_leases > 0 ||
	    thing->source == STATE_SOURCE_CONFIG)
		return false;
	if (is_full)
		limit = ABSENCE_ROOM_SEC;
	if (absence_is_random(&thing->mac) && !is_known_to_people(thing))
		limit = ABSENCE_RANDOM_SEC;
	return now - thing->last_seen >= limit;
}

struct looking {
	int64_t now;
	bool is_full;
	struct thing *found;
};

/* They come oldest first, but for those that were loaded. */
static void
look_at(void *arg, struct thing *thing)
{
	struct looking *looking = arg;

	if (absence_is_over(thing, looking->is_full, looking->now) &&
	    (looking->found == NULL ||
		thing->last_seen < looking->found->last_seen))
		looking->found = thing;
}

static struct thing *
find(struct engine *engine, int64_t now)
{
	struct looking looking = {
		.now = now,
		.is_full = !things_has_room(engine->things),
	};

	things_each(engine->things, look_at, &looking);
	return looking.found;
}

int64_t
absence_tick(struct engine *engine, int64_t now)
{
	struct thing *thing;

	if (now < engine->absence_at && things_has_room(engine->things))
		return engine->absence_at;
	for (int i = 0; i < ABSENCE_LOOK_MAX; i++) {
		thing = find(engine, now);
		if (thing == NULL || forget_absent(engine, thing, now) != 0)
			break;
	}
	engine->absence_at = now + ABSENCE_LOOK_SEC;
	return engine->absence_at;
}
