/*
 * JSON documents of our own (a world, flows), read strictly: the first thing
 * that is wrong ends it, and names its place.
 *
 * MUD files are read otherwise: there everything that is wrong is told.
 */
#ifndef MUDCTL_STRICT_H
#define MUDCTL_STRICT_H

#include <stdbool.h>
#include <stddef.h>

#include "libmud/json.h"

/* Fills *why with "POINTER: text" and returns false. */
bool strict_refuse(const struct json_at *at, struct fault *why,
    enum fault_code code, const char *clause, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* Reads what stands at `at` into the caller's struct. */
typedef bool strict_read_fn(
    const struct json_at *at, void *into, struct fault *why);

struct strict_member {
	const char *name;
	strict_read_fn *read; /* NULL: known, and left alone here */
};

/*
 * Reads an object's members in their order: each by its line of the table,
 * the others by `unknown`.  Metadata ("@...") is passed over (J-15).  Refuses
 * what is no object.
 */
bool strict_members(const struct json_at *object,
    const struct strict_member *table, size_t n, strict_read_fn *unknown,
    void *into, struct fault *why);

/* Reads an array's elements; at most max. */
bool strict_elements(const struct json_at *array, size_t max,
    strict_read_fn *read, void *into, struct fault *why);

/* A number from low to high. */
bool strict_uint(const struct json_at *at, unsigned int low, unsigned int high,
    unsigned int *number, struct fault *why);
bool strict_boolean(const struct json_at *at, bool *is, struct fault *why);
/* Lends the text; bytes are valid UTF-8 without a NUL. */
bool strict_text(
    const struct json_at *at, const char **text, struct fault *why);

#endif
