/*
 * The "ietf-mud:mud" container, and what extensions the file uses: what the
 * YANG modules take and RFC 8520's text does not, or advises against.
 */
#ifndef LIBMUD_LINT_LINTMUD_H
#define LIBMUD_LINT_LINTMUD_H

#include <stdint.h>

#include "libmud/finding.h"
#include "libmud/json.h"

/*
 * Judges the container of the document at `top`: mud-version, the three URLs
 * and where they lead, last-update against `now` (seconds since 1970; 0: no
 * clock), cache-validity, the texts for people, and extensions against what
 * the whole document uses (M-EXT-1, M-EXT-6).  Leaves that are missing though
 * mandatory, or of another type, are passed over: schema.h has told them.
 */
void lintmud_judge(const struct json_at *top, int64_t now, struct findings *to);

#endif
