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

/* Reads what stands at `at` into the caller's struct. */
typedef void json_visit_fn(const struct json_at *at, void *into);

struct json_member {
	const char *name;
	json_visit_fn *visit; /* NULL: known, and left alone here */
	/* The name is a draft's, and counts only where this one is absent. */
	const char *modern;
};

/*
 * Visits an object's members in their order: each by its line of the table,
 * the others by `unknown` (NULL: passed over).  Metadata ("@...") is passed
 * over (J-15); what is no object has no members.
 */
void json_visit_members(const struct json_at *object,
    const struct json_member *table, size_t n, json_visit_fn *unknown,
    void *into);

/* Visits an array's first `max` elements; what is no array has none. */
void json_visit_elements(
    const struct json_at *array, size_t max, json_visit_fn *visit, void *into);

/* False if there is no such member; `member` lends from `object`. */
bool json_find(
    const struct json_at *object, const char *name, struct json_at *member);

/*
 * Values as RFC 7951 s6 writes them.  False or NULL if it is no such value;
 * they tell nobody: schema_judge has.
 */
bool json_get_uint(
    const struct json_at *at, uint64_t low, uint64_t high, uint64_t *number);
bool json_get_boolean(const struct json_at *at, bool *is);
/* Lends the text; its bytes are valid UTF-8 without a NUL. */
const char *json_get_text(const struct json_at *at);
/* Type empty: exactly [null] (J-13). */
bool json_is_empty(const struct json_at *at);

/*
 * An identity (J-12): lends its name, without `module` and the colon where it
 * is written so.  An identity of another module keeps its own module's name.
 */
const char *json_get_identity(const struct json_at *at, const char *module);

/* Text for people: printable ASCII as it is, all else \xNN, cut to fit. */
void json_display(const char *text, char *buf, size_t size);

#endif
