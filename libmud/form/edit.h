/*
 * Small changes to a JSON tree, each told.  Members keep their order.
 *
 * Shared by modernize.c and modernace.c, and by nothing else.
 */
#ifndef LIBMUD_FORM_EDIT_H
#define LIBMUD_FORM_EDIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "libmud/form/modernize.h"

struct edit {
	modernize_fn *tell; /* NULL: nobody */
	void *arg;
	size_t n;
};

/* Counts a change, and tells it. */
void edit_told(struct edit *edit, const struct json_at *at, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* Another value for a leaf, which edit takes over; tells both. */
void edit_set(struct edit *edit, struct json_at *leaf, json_t *value);

/* Gives a member of the object another name; false, and nothing done, if it
 * does not have it, or has one of the new name too. */
bool edit_rename(struct edit *edit, const struct json_at *object,
    const char *old, const char *name);

/* Moves a member to another object; false, as above. */
bool edit_move(struct edit *edit, const struct json_at *from, const char *old,
    const struct json_at *to, const char *name);

/* All members of the object that draft.h has under `parent`: renames them, and
 * takes wrappers away.  Then takes the name of `module` off the members that
 * need not have it (RFC 7951 s4); NULL: none. */
void edit_names(struct edit *edit, const struct json_at *object,
    const char *parent, const char *module);

#endif
