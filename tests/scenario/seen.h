/*
 * What the engine did, as lines for people, kept until the script claims
 * them.  The first word of a line is its kind; a batch has more lines.
 */
#ifndef SCENARIO_SEEN_H
#define SCENARIO_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/list.h"

struct seen {
	struct list link;
	char *text;   /* owned */
	int64_t at;   /* seconds since the scenario began */
	uint32_t job; /* whose worker it concerns; 0: none */
	uint32_t n;   /* of a lookup: the engine's number */
};

/* Appends one. text is copied. */
struct seen *seen_add(struct list *all, int64_t at, const char *text);
void seen_free(struct seen *seen);
void seen_free_all(struct list *all);

/* The first of this kind that nobody has claimed, or NULL. */
struct seen *seen_first(struct list *all, const char *kind);
/* Is the first word of text this one? */
bool seen_is(const char *text, const char *kind);

#endif
