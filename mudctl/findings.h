/*
 * What is wrong with a MUD file, as JSON: what `validate` prints in each of
 * its formats is written from this, so that they never say different things.
 */
#ifndef MUDCTL_FINDINGS_H
#define MUDCTL_FINDINGS_H

#include <jansson.h>
#include <stdbool.h>

#include "libmud/bytes.h"

/*
 * {"file", "schema_valid", "valid", "findings"}; a finding has "severity",
 * "code", "pointer", "line", "column" (0: unknown), "clause", "message" and
 * "fix".  They are in the order of the file, and each stands there once.  The
 * caller owns it.  *is_valid falls if there is an error.
 */
json_t *findings_judge(const char *path, struct bytes file, bool *is_valid);

/* How many findings have that severity. */
size_t findings_count(const json_t *file, const char *severity);

/* A text member, "" where there is none. Lends. */
const char *findings_text(const json_t *object, const char *name);

#endif
