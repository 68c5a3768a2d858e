/*
 * Whether what the model holds leads somewhere.  Role: enforcer.  Input: what
 * the engine's records made of it; each was judged alone.
 */
#include "enforce/model.h"

#include "enforce/rules/ending.h"
#include "libmud/fault.h"

bool
model_is_whole(const struct model *model, struct fault *why)
{
	char text[ADDR_TEXT];

	LIST_EACH(at, &model->dirty_sets)
	{
		const struct model_set *set =
		    LIST_ENTRY(at, struct model_set, dirty);

		if (set->refs > 0 && !set->now.present)
			return fault_set(why, FAULT_RECORD, "enforcer",
			    "%zu rules look into set %u, which is not there",
			    set->refs, set->number);
	}
	LIST_EACH(at, &model->dirty_policies)
	{
		const struct model_policy *policy =
		    LIST_ENTRY(at, struct model_policy, dirty);

		if (policy->refs > 0 && !policy->now.present)
			return fault_set(why, FAULT_RECORD, "enforcer",
			    "%zu Things under policy %u, which is not there",
			    policy->refs, policy->number);
	}
	LIST_EACH(at, &model->dirty_addresses)
	{
		const struct model_address *address =
		    LIST_ENTRY(at, struct model_address, dirty);

		if (address->claims > 1)
			return fault_set(why, FAULT_RECORD, "S-48",
			    "%s is bound to %u MAC addresses",
			    addr_text(&address->addr, text), address->claims);
	}
	return ending_fits(model, why);
}
