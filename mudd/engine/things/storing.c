/*
 * When Things are written down.  Role: engine.
 */
#include "engine/things/storing.h"

#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "engine/bucket.h"
#include "engine/files/mudurl.h"
#include "engine/state/state.h"
#include "engine/things/newcomers.h"
#include "engine/things/things.h"
#include "engine/things/thingstore.h"
#include "libmud/mem.h"

/* A home where the power comes back has not many more Things at once. */
static const struct bucket_rate bursts = { 16, 1, STORING_SEC };

struct storing {
	struct state *state;
	struct newcomers *newcomers;
	struct bucket bucket;
	struct list due; /* of thing.unsaved */
};

struct storing *
storing_new(struct state *state, struct newcomers *newcomers)
{
	struct storing *storing = xcalloc(1, sizeof(*storing));

	storing->state = state;
	storing->newcomers = newcomers;
	list_init(&storing->due);
	return storing;
}

static bool
is_worth_it(struct storing *storing, const struct thing *thing, int64_t now)
{
	return thing->is_proven || thing->is_stored ||
	       newcomers_may_store(storing->newcomers, thing->port, now);
}

/* True: somebody among those that are left was never written down. */
static bool
leave_out_strangers(struct storing *storing, int64_t now)
{
	bool is_news = false;

	LIST_EACH_SAFE(at, &storing->due)
	{
		struct thing *thing = LIST_ENTRY(at, struct thing, unsaved);

		if (!is_worth_it(storing, thing, now)) {
			list_remove(&thing->unsaved);
			continue;
		}
		is_news = is_news || !thing->is_stored;
		thing->is_stored = true;
	}
	return is_news;
}

static void
write_all(struct storing *storing)
{
	int error = state_begin(storing->state);

	LIST_EACH_SAFE(at, &storing->due)
	{
		list_remove(at);
		(void)thingstore_put(
		    storing->state, LIST_ENTRY(at, struct thing, unsaved));
	}
	if (error == 0)
		error = state_commit(storing->state);
	if (error != 0)
		log_error("state: cannot store what has changed: %s",
		    strerror(-error));
}

void
storing_free(struct storing *storing)
{
	if (storing == NULL)
		return;
	(void)leave_out_strangers(storing, 0);
	if (!list_is_empty(&storing->due))
		write_all(storing);
	free(storing);
}

void
storing_due(struct storing *storing, struct thing *thing)
{
	if (thingstore_keeps(thing))
		list_append_once(&storing->due, &thing->unsaved);
}

void
storing_prove(struct storing *storing, struct thing *thing)
{
	if (thing->is_proven)
		return;
	thing->is_proven = true;
	if (thing->mud != NULL)
		thing->mud->is_proven = true;
	storing_due(storing, thing);
}

int64_t
storing_tick(struct storing *storing, int64_t now)
{
	const bool is_news = leave_out_strangers(storing, now);

	if (list_is_empty(&storing->due))
		return INT64_MAX;
	/* Who is confined for the first time shall be so after a crash. */
	if (!bucket_take(&storing->bucket, &bursts, now) && !is_news)
		return bucket_due(&storing->bucket, &bursts, now);
	write_all(storing);
	return INT64_MAX;
}
