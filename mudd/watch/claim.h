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

#endif
