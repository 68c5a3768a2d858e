/*
 * What schema.c says to whoever wrote a MUD file: what stands there, what
 * belongs there, and what to write, with the file's own value where that can
 * be known.
 *
 * All write into the caller's buffer and cut what does not fit.
 */
#ifndef LIBMUD_FORM_SCHEMAWORDS_H
#define LIBMUD_FORM_SCHEMAWORDS_H

#include <jansson.h>
#include <stddef.h>

#include "libmud/form/schemabetter.h"
#include "libmud/form/schematree.h"

/* The member's name as a file must write it: "ietf-mud:direction-initiated".
 * Returns buf. */
const char *schema_member(
    const struct schema_node *node, char buf[SCHEMA_TEXT]);

/* `the text "443"`, `an empty array`, `true`. Returns buf. */
const char *schema_seen(const json_t *value, char buf[SCHEMA_TEXT]);

/* `a whole number from 1 to 168`, `[null]`, `one of accept, drop, reject`.
 * Returns buf. */
const char *schema_wanted(
    const struct schema_node *node, char buf[SCHEMA_TEXT]);

/* What to write for a known node whose value is wrong. */
void schema_fix_value(
    const struct schema_node *node, json_t *value, char fix[SCHEMA_TEXT]);

/* What to do about a member that `node`, which `above` has, does not know. */
void schema_fix_unknown(const struct schema_node *node,
    const struct schema_node *above, const char *member, char fix[SCHEMA_TEXT]);

/*
 * The module of an extension that has this member, for one that is written
 * without a module or with its short prefix; NULL: not known.
 */
const char *schema_extension(const char *simple_name);

#endif
