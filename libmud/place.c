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
	uint32_t offset;
	uint32_t n_inside;
};

struct places {
	struct bytes text;
	uint32_t *lines; /* where each begins */
	size_t n_lines;
	size_t n;
	struct place place[]; /* in the order of the text */
};

struct walk {
	struct places *places;
	size_t at;
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
		const size_t begin = walk->at;
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
		if (places->n == LIMIT_JSON_VALUES)
			return;
		place = &places->place[places->n++];
		place->offset = (uint32_t)begin;
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

/* A file may have as many findings as lines, so that none is counted twice. */
static void
find_lines(struct places *places)
{
	const struct bytes text = places->text;
	size_t n = 1;

	for (size_t i = 0; i < text.len; i++)
		n += text.data[i] == '\n';
	places->lines = xcalloc(n, sizeof(places->lines[0]));
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '\n')
			places->lines[++places->n_lines] = (uint32_t)i + 1;
	places->n_lines++;
}

/* The line, from 0, that this byte is in. */
static size_t
line_of(const struct places *places, size_t offset)
{
	size_t low = 0, high = places->n_lines;

	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;

		if (places->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct places *
places_new(struct bytes text)
{
	struct places *places = xcalloc(
	    1, sizeof(*places) + LIMIT_JSON_VALUES * sizeof(places->place[0]));
	struct walk walk = { places, 0 };

	places->text = text;
	find_lines(places);
	walk_text(&walk);
	return places;
}

void
places_free(struct places *places)
{
	if (places != NULL)
		free(places->lines);
	free(places);
}

/* How many members stand before this one. */
static size_t
ordinal(const struct json_at *at)
{
	json_t *object;
	void *to, *iter;
	size_t n = 0;

	if (at->key == NULL)
		return at->index;
	object = at->parent->value;
	to = json_object_iter_at(object, at->key);
	for (iter = json_object_iter(object); iter != NULL && iter != to;
	     iter = json_object_iter_next(object, iter))
		n++;
	return n;
}

void
places_find(const struct places *places, const struct json_at *at, size_t *line,
    size_t *column)
{
	const struct json_at *path[LIMIT_JSON_DEPTH + 1];
	size_t n = 0, i = 0, offset;

	for (; at->parent != NULL && n <= LIMIT_JSON_DEPTH; at = at->parent)
		path[n++] = at;
	while (n > 0) {
		size_t skip_n = ordinal(path[--n]);

		for (i++; skip_n > 0 && i < places->n; skip_n--)
			i += 1 + places->place[i].n_inside;
	}
	offset = i < places->n ? places->place[i].offset : 0;
	*line = line_of(places, offset);
	*column = offset - places->lines[*line] + 1;
	(*line)++;
}
