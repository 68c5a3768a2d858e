/*
 * Services that a file opens in one direction only (see lint.h).
 *
 * An ACE speaks of one direction (RFC 8520 s3.3), so a service needs two:
 * for its requests and for its replies.  Replies pass here by themselves
 * (docs/architecture.md, "What a verdict is"); elsewhere they may not.
 */
#ifndef LIBMUD_LINT_LINTTWIN_H
#define LIBMUD_LINT_LINTTWIN_H

#include <stdbool.h>

#include "libmud/finding.h"
#include "libmud/policy.h"

/* As lintorder_judge. */
void linttwin_judge(const struct policy *policy, const bool *aside,
    const struct finding_place *places, struct findings *to);

/*
 * The ACE that would match the other direction of what this one does: ports
 * and addresses swapped, the same peers and the same opener.  False if there
 * is none: a packet that begins no exchange, or that goes to a group.
 */
bool linttwin_of(const struct ace *ace, struct ace *twin);

#endif
