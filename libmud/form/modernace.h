/*
 * One ACL of a draft's shape (see modernize.h).
 */
#ifndef LIBMUD_FORM_MODERNACE_H
#define LIBMUD_FORM_MODERNACE_H

#include "libmud/form/edit.h"

/* The ACL and all its ACEs. */
void modernace_acl(struct edit *edit, const struct json_at *acl);

/* Decimal text in place of a number, for the leaf of that name; nothing, if it
 * is absent or anything else. */
void modernace_number(
    struct edit *edit, const struct json_at *object, const char *name);

#endif
