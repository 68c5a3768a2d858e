/*
 * Tallies.  Role: engine.  Input: mudd's records, checked all the same.
 */
#include "engine/control/tallies.h"

#include <string.h>

#include "engine/engine.h"
#include "libmud/mem.h"

static struct kernel_policy *
find(struct engine *engine, uint32_t number)
{
	LIST_EACH(at, &engine->policies.all)
	{
		struct kernel_policy *policy =
		    LIST_ENTRY(at, struct kernel_policy, link);

		if (policy->number == number)
			return policy;
	}
	return NULL;
}

bool
tallies_ask(struct engine *engine, uint32_t policy)
{
	const struct record_tallies ask = { .policy = policy };

	if (engine->tallied != 0)
		return engine->tallied == policy;
	engine->tallied = policy;
	channel_send(engine->mudd, RECORD_TALLIES, &ask, NULL, 0);
	return true;
}

bool
tallies_take(struct engine *engine, const struct record_tally *tally)
{
	struct kernel_policy *policy = find(engine, tally->policy);

	if (engine->tallied == 0 || tally->policy != engine->tallied)
		return false;
	if (policy == NULL) /* it has gone since we asked */
		return tally->ace < LIMIT_ACES;
	if (tally->ace >= policy->policy->n_aces)
		return false;
	if (policy->packets == NULL) {
		policy->packets =
		    xcalloc(policy->policy->n_aces, sizeof(*policy->packets));
		for (size_t i = 0; i < policy->policy->n_aces; i++)
			policy->packets[i] = POLICY_NO_RULE;
	}
	policy->packets[tally->ace] = tally->packets;
	return true;
}

bool
tallies_end(struct engine *engine, const struct record_tallied *end)
{
	if (engine->tallied == 0 || end->policy != engine->tallied ||
	    end->is_missing > 1)
		return false;
	engine->tallied = 0;
	if (end->is_missing != 0) {
		plan_lost(engine->plan);
		engine_touch(engine);
	}
	if (engine->listener.tallied != NULL)
		engine->listener.tallied(engine->listener.arg, end->policy);
	return true;
}
