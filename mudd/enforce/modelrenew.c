/*
 * The model, to be written into the kernel anew.  Role: enforcer.  Input: the
 * model itself.
 */
#include "enforce/model.h"

#include <string.h>

/* What is left of its time, a second at least. */
static void
renew_element(struct model *model, struct model_element *element)
{
	int64_t left = element->now.ends_at - model->at_sec;

	element->was = (struct element_state){ 0 };
	if (element->now.timeout_sec != 0)
		element->now.timeout_sec = left < 1 ? 1 : (uint32_t)left;
	list_append_once(&model->dirty_elements, &element->dirty);
}

static void
renew_set(struct model *model, struct model_set *set)
{
	set->was = (struct set_state){ 0 };
	list_append_once(&model->dirty_sets, &set->dirty);
	LIST_EACH(at, &set->elements)
	renew_element(model, LIST_ENTRY(at, struct model_element, of_set));
}

void
model_renew(struct model *model, int64_t at_sec)
{
	model->at_sec = at_sec;
	model_expire(model, NULL);
	memset(&model->was, 0, sizeof(model->was));
	model->unknown_was = NULL;
	LIST_EACH(at, &model->sets)
	renew_set(model, LIST_ENTRY(at, struct model_set, all));
	LIST_EACH(at, &model->policies)
	{
		struct model_policy *policy =
		    LIST_ENTRY(at, struct model_policy, all);

		/* `now` has the same rules, and keeps them. */
		policy->was = (struct policy_state){ 0 };
		list_append_once(&model->dirty_policies, &policy->dirty);
	}
	LIST_EACH(at, &model->things)
	{
		struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, all);

		memset(&thing->was, 0, sizeof(thing->was));
		list_append_once(&model->dirty_things, &thing->dirty);
	}
	LIST_EACH(at, &model->addresses)
	{
		struct model_address *address =
		    LIST_ENTRY(at, struct model_address, all);

		address->was = NULL;
		list_append_once(&model->dirty_addresses, &address->dirty);
	}
}
