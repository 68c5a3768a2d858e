/*
 * ACEs that no packet can match, each for a reason that its conditions give
 * on their own (see lint.h).
 */
#ifndef LIBMUD_LINT_LINTNEVER_H
#define LIBMUD_LINT_LINTNEVER_H

#include <stdbool.h>

#include "libmud/finding.h"
#include "libmud/policy.h"

/* True if it never matches; the first reason is told. `at` may be NULL. */
bool lintnever_judge(const struct policy *policy, const struct ace *ace,
    const struct finding_place *at, struct findings *to);

#endif
