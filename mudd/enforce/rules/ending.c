/*
 * Endings in the model.  Role: enforcer.  Input: the model, whose records were
 * checked one by one.
 */
#include "enforce/rules/ending.h"

#include <search.h>

#include "enforce/model.h"
#include "libmud/fault.h"

/* The order of model.policy_tree. */
static int
by_number(const void *a, const void *b)
{
	const struct model_policy *left = a, *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

enum policy_ending
ending_of(const struct model *model, uint32_t policy)
{
	const struct model_policy key = { .number = policy };
	struct model_policy *const *node =
	    tfind(&key, &model->policy_tree, by_number);

	return node == NULL ? ENDING_DROP : (enum policy_ending)(*node)->ending;
}

bool
ending_fits(const struct model *model, struct fault *why)
{
	const struct model_policy *unknown = model->unknown_now;
	char text[MAC_TEXT];

	if (unknown != NULL && unknown->ending != ENDING_UNKNOWN)
		return fault_set(why, FAULT_RECORD, "enforcer",
		    "policy %u is not one for unknown devices",
		    unknown->number);
	LIST_EACH(at, &model->dirty_things)
	{
		const struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, dirty);

		if (thing->now.policy != NULL &&
		    thing->now.policy->ending == ENDING_UNKNOWN)
			return fault_set(why, FAULT_RECORD, "enforcer",
			    "%s is a Thing, and policy %u for unknown devices",
			    mac_text(&thing->mac, text),
			    thing->now.policy->number);
	}
	return true;
}

void
ending_settle(struct model *model, bool keep)
{
	if (keep) {
		model->unknown_was = model->unknown_now;
		return;
	}
	if (model->unknown_now != NULL)
		model->unknown_now->refs--;
	if (model->unknown_was != NULL)
		model->unknown_was->refs++;
	model->unknown_now = model->unknown_was;
}
