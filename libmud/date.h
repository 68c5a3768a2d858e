/*
 * Times as MUD files write them: yang:date-and-time, which is RFC 3339 with a
 * mandatory zone (RFC 6991 s3).
 */
#ifndef LIBMUD_DATE_H
#define LIBMUD_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* *seconds since 1970, fractions cut off. False, and *seconds untouched, if
 * the text is no such time. */
bool date_parse(const char *text, int64_t *seconds);

#endif
