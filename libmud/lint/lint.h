/*
 * What a policy says that its maker can hardly mean: entries that can never
 * match or are decided by an earlier one, ACLs that contradict each other,
 * services that are open one way only, and doors that are wider than a
 * service needs.
 *
 * All of it is advice: nothing here refuses a file, breaks the schema or
 * changes the policy.  Where a proof fails, nothing is told.
 */
#ifndef LIBMUD_LINT_LINT_H
#define LIBMUD_LINT_LINT_H

#include "libmud/finding.h"
#include "libmud/policy.h"

/*
 * Tells all that is to be said of the policy.  `places` has one element for
 * each of policy->aces, in their order; NULL: no places.  Entries that were
 * not understood are left out: the reader has told why.  Does nothing if
 * nobody listens, since it costs the square of the number of entries.
 */
void lint_policy(const struct policy *policy,
    const struct finding_place *places, struct findings *to);

#endif
