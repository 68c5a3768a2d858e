/*
 * Where in a JSON text each value stands: the library forgets it.
 *
 * One more walk over a text that json_load has taken, so its size, depth and
 * number of values are within limits.h.
 */
#ifndef LIBMUD_PLACE_H
#define LIBMUD_PLACE_H

#include <stddef.h>

#include "libmud/bytes.h"
#include "libmud/json.h"

struct places;

/* The text must be one that json_load took. */
struct places *places_new(struct bytes text);
void places_free(struct places *places);

/*
 * Line and column, both from 1, of a member's name or an array's element; the
 * column counts bytes, as editors and compilers do.  `at` is a place in the
 * document that json_load made of the text, which must not have been changed.
 */
void places_find(const struct places *places, const struct json_at *at,
    size_t *line, size_t *column);

#endif
