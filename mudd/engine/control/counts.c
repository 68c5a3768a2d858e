/*
 * Counters of Things.  Role: engine.  Input: mudd's records.
 */
#include "engine/control/counts.h"

#include "core/channel.h"
#include "engine/engine.h"

void
counts_ask(struct engine *engine)
{
	struct record_empty counters = { 0 };

	if (engine->is_counting)
		return;
	engine->is_counting = true;
	channel_send(engine->mudd, RECORD_COUNTERS, &counters, NULL, 0);
}

bool
counts_take(struct engine *engine, const struct record_counter *counter)
{
	struct thing *thing = things_find(engine->things, &counter->mac);

	if (!engine->is_counting)
		return false;
	if (thing != NULL) {
		thing->dropped_from = counter->from_packets;
		thing->dropped_to = counter->to_packets;
		thing->sent = counter->sent_packets;
	}
	return true;
}

bool
counts_end(struct engine *engine, const struct record_counted *end)
{
	engine->is_counting = false;
	if (end->is_missing != 0) {
		plan_lost(engine->plan);
		engine_touch(engine);
	}
	if (engine->listener.counted != NULL)
		engine->listener.counted(engine->listener.arg);
	return true;
}
