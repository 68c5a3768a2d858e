/*
 * ACEs that earlier ones decide, and ACLs of one direction that contradict
 * each other (see lint.h).
 */
#ifndef LIBMUD_LINT_LINTORDER_H
#define LIBMUD_LINT_LINTORDER_H

#include <stdbool.h>

#include "libmud/finding.h"
#include "libmud/policy.h"

/* `aside` has one element for each of policy->aces: true, if that ACE takes
 * no part.  `places` as for lint_policy. */
void lintorder_judge(const struct policy *policy, const bool *aside,
    const struct finding_place *places, struct findings *to);

#endif
