/*
 * MUD URLs that no Thing lives by.  Role: engine.
 */
#include "engine/files/resting.h"

#include "engine/files/mudurl.h"

void
resting_turn(struct mudurl *mud, size_t *n_settling)
{
	const bool is_used = mud->n_things > 0 || mud->n_previous > 0;
	const bool has_policy =
	    mud->accepted != NULL && mud->accepted->policy != NULL;

	if (mud->attempt != NULL ||
	    (mud->accepted == NULL &&
		(mud->own == NULL || mud->fault.code != FAULT_NONE)))
		return;
	if (is_used && !has_policy && !mud->is_unsettled) {
		mud->is_unsettled = true;
		(*n_settling)++;
	} else if (!is_used && mud->is_unsettled) {
		mud->is_unsettled = false;
		(*n_settling)--;
	} else if (!is_used && has_policy) {
		policies_drop(mud->accepted->policy);
		mud->accepted->policy = NULL;
	}
}

bool
resting_is_over(const struct mudurl *mud)
{
	return !mud->is_wanted && mud->attempt == NULL &&
	       mud->n_previous == 0 && mud->n_calls == 0 &&
	       mud->accepted == NULL && mud->candidate == NULL;
}
