/*
 * JSON as RFC 7951 writes YANG data: load, walk, and read typed leaves.
 *
 * Runs in the reader and in mudctl.  The bytes are bounded by a scan of our
 * own before the library sees them (S-7).  A place in the document is a
 * struct json_at on the stack of whoever walks; it lends its value and its
 * parents, and is what refusals take their JSON pointer from.
 */
#ifndef LIBMUD_JSON_H
#define LIBMUD_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/bytes.h"
#include "libmud/fault.h"

struct json_at {
	json_t *value;
	const struct json_at *parent; /* NULL: the top */
	const char *key; /* of a member; NULL: an element of an array */
	size_t index;
};

/* A pointer that does not fit ends in "..."; all that we name
 * ourselves do. */
#define JSON_POINTER 140

/* RFC 6901; '%', '\' and what is not visible ASCII become %XX (s6), so that
 * a pointer has no space. */
void json_pointer(const struct json_at *at, char buf[JSON_POINTER]);

/* How large a text is, as the library would find it. */
struct json_size {
	size_t depth;  /* of arrays and objects; a number alone has 0 */
	size_t values; /* arrays and objects are values too */
};

/*
 * Holds the text to S-6 and S-7 before anything is made of it.  True does not
 * mean that it is JSON; but where it is, *size is right.
 */
bool json_scan(struct bytes text, struct json_size *size, struct fault *why);

/*
 * Parses an object within the limits: at most LIMIT_FILE bytes, LIMIT_JSON_*
 * of each kind, no duplicate names (J-3).  The caller owns *root.
 */
bool json_load(struct bytes text, json_t **root, struct fault *why);

/* Fills *why with "POINTER: text" and returns false. */
bool json_refuse(const struct json_at *at, struct fault *why,
    enum fault_code code, const char *clause, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* Reads what stands at `at` into the caller's struct. */
typedef bool json_read_fn(
    const struct json_at *at, void *into, struct fault *why);

struct json_member {
	const char *name;
	json_read_fn *read; /* NULL: known, and left alone here */
};

/*
 * Reads an object's members in their order: each by its line of the table,
 * the others by `unknown`.  Metadata ("@...") is passed over (J-15).  Refuses
 * what is no object (J-4).
 */
bool json_each_member(const struct json_at *object,
    const struct json_member *table, size_t n, json_read_fn *unknown,
    void *into, struct fault *why);

/* Reads an array's elements; at most max (J-6). */
bool json_each_element(const struct json_at *array, size_t max,
    json_read_fn *read, void *into, struct fault *why);

/* False if there is no such member; `member` lends from `object`. */
bool json_find(
    const struct json_at *object, const char *name, struct json_at *member);

/* A number from low to high (J-7, S-10). */
bool json_read_uint(const struct json_at *at, unsigned int low,
    unsigned int high, unsigned int *number, struct fault *why);
bool json_read_boolean(const struct json_at *at, bool *is, struct fault *why);
/* Lends the text; bytes are valid UTF-8 without a NUL. */
bool json_read_text(
    const struct json_at *at, const char **text, struct fault *why);
/* An inet:uri: visible ASCII, 1..LIMIT_URL bytes. Lends. */
bool json_read_uri(
    const struct json_at *at, const char **uri, struct fault *why);
/* A yang:date-and-time: RFC 3339, with a zone. Lends; seconds since 1970. */
bool json_read_date(const struct json_at *at, const char **date,
    int64_t *seconds, struct fault *why);
/* Type empty: exactly [null] (J-13). */
bool json_read_empty(const struct json_at *at, struct fault *why);

/*
 * An identity (J-12): lends its name, without `module` and the colon where it
 * is written so.  An identity of another module keeps its own module's name.
 */
bool json_read_identity(const struct json_at *at, const char *module,
    const char **name, struct fault *why);

/* Text for people: printable ASCII as it is, all else \xNN, cut to fit. */
void json_display(const char *text, char *buf, size_t size);

#endif
