/*
 * What was meant by a wrong value of a known node, so that advice can have the
 * right one in it.  Guesses for people's eyes; no policy is made of them.
 */
#ifndef LIBMUD_FORM_SCHEMABETTER_H
#define LIBMUD_FORM_SCHEMABETTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/form/schematree.h"

#define SCHEMA_TEXT  256 /* a buffer for a sentence, or for what goes in one */
#define SCHEMA_QUOTE 72  /* how much of a value is quoted */

/* Writes a sentence, and cuts what does not fit. */
void schema_say(char buf[SCHEMA_TEXT], const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The value as the file has it; what does not fit ends in "...". */
void schema_quote(const json_t *value, char *buf, size_t size);

/* Is it perhaps this name, with a slip of the pen? How many letters differ,
 * but for their case; SIZE_MAX: too many. */
size_t schema_distance(const char *written, const char *name);

/*
 * The right value as JSON, where the wrong one tells what was meant; false if
 * it does not.  Of a leaf *more may become what else to do, to be written
 * behind the value; it is static.
 */
bool schema_better_leaf(const struct schema_node *node, const json_t *value,
    char buf[SCHEMA_TEXT], const char **more);
bool schema_better_shape(
    const struct schema_node *node, const json_t *value, char buf[SCHEMA_TEXT]);

#endif
