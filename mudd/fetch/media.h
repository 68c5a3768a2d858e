/*
 * Media types of MUD files and signatures (RFC 8520 s1.6, S-26).
 */
#ifndef FETCH_MEDIA_H
#define FETCH_MEDIA_H

#include <stdbool.h>

#include "core/records.h"

/* Is this the value of a Content-Type that S-26 expects of the kind?
 * Parameters do not matter, nor does case.  NULL (there was none): no. */
bool media_is_expected(enum fetch_kind kind, const char *type);

#endif
