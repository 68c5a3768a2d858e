/*
 * What the YANG modules of RFC 8520 s7, s8 and RFC 8519 s4 say of a MUD file,
 * as RFC 7951 writes it: every member, type, range, key, choice, `when` and
 * `must`.
 *
 * Knows nothing of what the file means; mudfile.h does.
 */
#ifndef LIBMUD_FORM_SCHEMA_H
#define LIBMUD_FORM_SCHEMA_H

#include "libmud/finding.h"
#include "libmud/json.h"

/*
 * Tells all that is wrong with the document at `top`, in its order.  A known
 * leaf that is broken `refuses` the file; what is unknown only breaks the
 * schema (M-EXT-2).
 */
void schema_judge(const struct json_at *top, struct findings *to);

#endif
