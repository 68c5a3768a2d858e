/*
 * Moves between ports.  Role: engine.  Input: where the LAN's frames came in;
 * whoever is on the LAN can send them in anybody's name.
 */
#include "engine/things/roaming.h"

#include <string.h>

#include "core/records.h"
#include "engine/events.h"
#include "engine/things/things.h"

#define NEVER INT64_MAX

/* Room for one more; false: it makes too many. */
static bool
note_move(struct roaming *roaming, int64_t now)
{
	const int64_t oldest = roaming->moved_at[0];

	memmove(roaming->moved_at, roaming->moved_at + 1,
	    sizeof(roaming->moved_at) - sizeof(roaming->moved_at[0]));
	roaming->moved_at[ROAMING_MOVES - 1] = now;
	return oldest == 0 || now - oldest > ROAMING_WINDOW_SEC;
}

void
roaming_moved(struct things *things, struct thing *thing, const char *from,
    const char *to, int64_t now)
{
	struct roaming *roaming = &thing->roaming;

	events_tell(EVENT_MOVED, thing, "from port %s to port %s", from, to);
	if (note_move(roaming, now))
		return;
	if (roaming->flaps_until == 0) {
		events_tell(EVENT_STATE_CHANGED, thing,
		    "moved more than %d times in %d minutes: in quarantine "
		    "until %d minutes after the last time (S-47)",
		    ROAMING_MOVES, ROAMING_WINDOW_SEC / 60,
		    ROAMING_WINDOW_SEC / 60);
		things_touch(things, thing);
	}
	roaming->flaps_until = now + ROAMING_WINDOW_SEC;
}

void
roaming_clash(struct thing *thing, int64_t now)
{
	if (thing->roaming.clashes_until == 0)
		events_tell(EVENT_CONFLICT, thing,
		    "its MAC speaks on two ports at once: what comes in by "
		    "another port than %s is dropped (S-47)",
		    thing->port_name);
	thing->roaming.clashes_until = now + ROAMING_WINDOW_SEC;
}

void
roaming_drop(struct things *things, const struct record_drop *drop, int64_t now)
{
	struct thing *thing = things_find(things, &drop->mac);

	if (drop->kind == DROP_TWICE && thing != NULL && thing->mud != NULL)
		roaming_clash(thing, now);
}

struct ticking {
	struct things *things;
	int64_t now, next;
};

static bool
is_over(struct ticking *ticking, int64_t *until)
{
	if (*until == 0)
		return false;
	if (*until > ticking->now) {
		if (*until < ticking->next)
			ticking->next = *until;
		return false;
	}
	*until = 0;
	return true;
}

static void
tick_thing(void *arg, struct thing *thing)
{
	struct ticking *ticking = arg;

	(void)is_over(ticking, &thing->roaming.clashes_until);
	if (!is_over(ticking, &thing->roaming.flaps_until))
		return;
	events_tell(EVENT_STATE_CHANGED, thing,
	    "has kept to its port for %d minutes: out of quarantine",
	    ROAMING_WINDOW_SEC / 60);
	things_touch(ticking->things, thing);
}

int64_t
roaming_tick(struct things *things, int64_t now)
{
	struct ticking ticking = {
		.things = things,
		.now = now,
		.next = NEVER,
	};

	things_each(things, tick_thing, &ticking);
	return ticking.next;
}
