/*
 * Places in a JSON text.  Role: mudctl.  Input: JSON that the library has
 * found to be good, within the limits of json_scan.
 *
 * The library keeps the members of an object in the order of the text, so the
 * n-th value of the document, counted from the top, is the n-th of the text.
 */
#include "libmud/place.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/limits.h"
#include "libmud/mem.h"

/* One value: where it, or its name, begins, and how many lie in it. */
struct place {
	uint32_t line, column; /* from 1 */
	uint32_t n_inside;
};

struct places {
	struct bytes text; /* only while it is walked */
	size_t n, most;
	struct place place[]; /* in the order of the text */
};

struct walk {
	struct places *places;
	size_t at;
	size_t line, line_begin; /* of the byte in hand */
};

static uint8_t
peek(const struct walk *walk)
{
	const struct bytes text = walk->places->text;

	return walk->at < text.len ? text.data[walk->at] : 0;
}

/* The next byte that is neither blank nor comma nor colon. */
static uint8_t
skip(struct walk *walk)
{
	uint8_t byte = peek(walk);

	while (byte != 0 && strchr(" \t\r\n,:", byte) != NULL) {
		walk->at++;
		/* Between values only: a string has no line break. */
		if (byte == '\n') {
			walk->line++;
			walk->line_begin = walk->at;
		}
		byte = peek(walk);
	}
	return byte;
}

static void
pass_string(struct walk *walk)
{
	walk->at++;
	while (peek(walk) != '"' && peek(walk) != 0)
		walk->at += peek(walk) == '\\' ? 2 : 1;
	walk->at++;
}

static void
pass_scalar(struct walk *walk)
{
	if (peek(walk) == '"') {
		pass_string(walk);
		return;
	}
	while (peek(walk) != 0 && strchr(" \t\r\n,]}", peek(walk)) == NULL)
		walk->at++;
}

/* Values nest at most LIMIT_JSON_DEPTH deep, so open ones fit a small stack. */
static void
walk_text(struct walk *walk)
{
	struct places *places = walk->places;
	size_t open[LIMIT_JSON_DEPTH], n_open = 0;
	uint8_t byte;

	for (byte = skip(walk); byte != 0; byte = skip(walk)) {
		const uint32_t line = (uint32_t)walk->line;
		const uint32_t column =
		    (uint32_t)(walk->at - walk->line_begin + 1);
		struct place *place;

		if (byte == '}' || byte == ']') {
			walk->at++;
			if (n_open == 0)
				return;
			place = &places->place[open[--n_open]];
			place->n_inside =
			    (uint32_t)(places->n -
				       (size_t)(place - places->place) - 1);
			continue;
		}
		/* A name, and then its value. */
		if (byte == '"' && n_open > 0 &&
		    places->text
			    .data[places->place[open[n_open - 1]].n_inside] ==
			'{') {
			pass_string(walk);
			byte = skip(walk);
		}
		if (places->n == places->most)
			return;
		place = &places->place[places->n++];
		place->line = line;
		place->column = column;
		if (byte == '{' || byte == '[') {
			if (n_open == LIMIT_JSON_DEPTH)
				return;
			/* Until it is closed: where its bracket stands. */
			place->n_inside = (uint32_t)walk->at++;
			open[n_open++] = places->n - 1;
		} else {
			pass_scalar(walk);
		}
	}
}

struct places *
places_new(struct bytes text)
{
	/* Each value takes a byte, and another to part it from the next. */
	const size_t most = text.len / 2 + 1 < LIMIT_JSON_VALUES
	                        ? text.len / 2 + 1
	                        : LIMIT_JSON_VALUES;
	struct places *places =
	    xcalloc(1, sizeof(*places) + most * sizeof(places->place[0]));
	struct walk walk = { places, 0, 1, 0 };

	places->text = text;
	places->most = most;
	walk_text(&walk);
	return places;
}

void
places_free(struct places *places)
{
	free(places);
}

/* How many members stand before this one. */
static size_t
ordinal(const struct json_at *at)
{
	const char *key;
	json_t *value;
	size_t n = 0;

	if (at->key == NULL)
		return at->index;
	json_object_foreach(at->parent->value, key, value)
	{
		(void)value;
		/* Mostly the document's own key. */
		if (key == at->key || strcmp(key, at->key) == 0)
			break;
		n++;
	}
	return n;
}

void
places_find(const struct places *places, const struct json_at *at, size_t *line,
    size_t *column)
{
	const struct json_at *path[LIMIT_JSON_DEPTH + 1];
	size_t n = 0, i = 0;

	for (; at->parent != NULL && n <= LIMIT_JSON_DEPTH; at = at->parent)
		path[n++] = at;
	while (n > 0) {
		size_t skip_n = ordinal(path[--n]);

		for (i++; skip_n > 0 && i < places->n; skip_n--)
			i += 1 + places->place[i].n_inside;
	}
	*line = i < places->n ? places->place[i].line : 1;
	*column = i < places->n ? places->place[i].column : 1;
}
