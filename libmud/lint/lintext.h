/*
 * Extensions: what a file names in "extensions", beside what it uses (RFC 8520
 * s3.9).  The name and the YANG module are different things (M-EXT-6).
 */
#ifndef LIBMUD_LINT_LINTEXT_H
#define LIBMUD_LINT_LINTEXT_H

#include "libmud/finding.h"
#include "libmud/json.h"

/*
 * Tells of each module of which a member stands anywhere in the document and
 * whose extension is not declared, and of declared names that are not used or
 * are a module's.
 */
void lintext_judge(const struct json_at *top, struct findings *to);

#endif
