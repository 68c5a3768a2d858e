/*
 * MUD files in the shape of the drafts before RFC 8520, and with the slips
 * that tools of that time made, written as the RFCs want them.
 *
 * Meaning is kept and none is added: what a member was meant to say has to be
 * plain from the file itself.  What is not plain stays as it is, and is for
 * schema_judge to tell of.  The draft names are those of draft.h.
 */
#ifndef LIBMUD_FORM_MODERNIZE_H
#define LIBMUD_FORM_MODERNIZE_H

#include <jansson.h>
#include <stddef.h>

#include "libmud/json.h"

/* One change, done. `at` is a place in the new document, lent for the call;
 * `text` says what was changed there, printable ASCII. */
typedef void modernize_fn(
    void *arg, const struct json_at *at, const char *text);

/*
 * The document in today's form, members in their old order; the caller owns
 * it.  `document` came from json_load and stays as it is.  *n becomes the
 * number of changes; `tell` (NULL: nobody) hears of each.
 */
json_t *modernize(
    const json_t *document, modernize_fn *tell, void *arg, size_t *n);

#endif
