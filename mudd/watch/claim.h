/*
 * What a Thing says of itself, whichever protocol carries it.
 */
#ifndef WATCH_CLAIM_H
#define WATCH_CLAIM_H

#include <stdbool.h>

#include "libmud/bytes.h"
#include "libmud/limits.h"

struct fault;

/*
 * The MUD URL at the beginning of a MUDstring (RFC 8520 s10, s12), in its
 * canonical form.  False: the URL is refused, *why says why, and url is
 * untouched.
 */
bool claim_url(
    struct bytes mudstring, char url[static LIMIT_URL + 1], struct fault *why);

/*
 * A name for people, which proves nothing: one label of which everything that
 * is no letter, digit or hyphen is left out, and so is all from the first dot
 * or NUL on.  An earlier name stays.
 */
void claim_name(struct bytes value, char name[static LIMIT_CLIENTNAME + 1]);

#endif
