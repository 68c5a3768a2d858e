/*
 * When states change.  Role: engine.
 */
#include "engine/things/states.h"

#include <string.h>

#include "engine/control/report.h"
#include "engine/engine.h"
#include "engine/events.h"
#include "engine/files/mudurl.h"

void
states_note(struct engine *engine)
{
	LIST_EACH(at, things_dirty(engine->things))
	{
		struct thing *thing = LIST_ENTRY(at, struct thing, dirty);

		list_remove(&thing->unsettled);
		list_append(&engine->unsettled, &thing->unsettled);
	}
}

static void
tell(struct thing *thing, const char *state)
{
	const char *before =
	    thing->told_state == NULL ? "unknown" : thing->told_state;
	struct events_line line;

	thing->told_state = state;
	if (before == state ||
	    !events_open(&line, EVENT_STATE_CHANGED, events_is_stranger(thing),
		&thing->mac, thing->mud == NULL ? NULL : thing->mud->url.text))
		return;
	events_word(&line, "state", state);
	events_word(&line, "before", before);
	events_close(&line);
}

/* A batch is under way that gives it an address, or takes one: it lives by
 * what it lived by meanwhile, and nobody wants to hear of it twice. */
static bool
is_passing(const struct thing *thing, const char *state)
{
	return thing->told_state != NULL && thing->mud != NULL &&
	       mudurl_standing(thing->mud) == STANDING_ENFORCED &&
	       strcmp(state, "fetching") == 0 &&
	       (strcmp(thing->told_state, "enforced") == 0 ||
		   strcmp(thing->told_state, "monitored") == 0);
}

/* May its state still become another one without its being touched? */
static bool
is_settled(const struct engine *engine, const struct thing *thing)
{
	if (thing->mud == NULL)
		return true;
	return plan_stands(engine->plan, thing->batch) &&
	       (mudurl_standing(thing->mud) != STANDING_ENFORCED ||
		   plan_has_names(engine->plan, thing->mud->accepted->policy));
}

void
states_turn(struct engine *engine)
{
	LIST_EACH_SAFE(at, &engine->unsettled)
	{
		struct thing *thing = LIST_ENTRY(at, struct thing, unsettled);

		const char *state = report_state(engine, thing);

		if (!is_passing(thing, state))
			tell(thing, state);
		if (is_settled(engine, thing))
			list_remove(&thing->unsettled);
	}
}
