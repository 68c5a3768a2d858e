/*
 * What the conditions of two ACEs say of each other: does one match all that
 * the other does, and can one packet meet both?
 *
 * Each answer is on the safe side: true means proven.
 */
#ifndef LIBMUD_LINT_ACECOVER_H
#define LIBMUD_LINT_ACECOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/policy.h"

/* Ports low..high, both included. */
struct span {
	uint32_t low, high;
};

/* The ports that a condition leaves, in order; returns how many spans, 0..2. */
size_t ports_spans(const struct ports *ports, struct span spans[2]);

bool ports_cover(const struct ports *wide, const struct ports *narrow);

/* Any address (family 0), or all of narrow's. */
bool prefix_covers(const struct prefix *wide, const struct prefix *narrow);

/* Conditions that a comparison leaves aside. */
enum {
	COVER_ASIDE_SOURCE = 1,
	COVER_ASIDE_DESTINATION = 2,
};

/* Every condition of `wide` holds for all that `narrow` matches.  Both are of
 * one policy, since texts are compared by their index. */
bool ace_covers(
    const struct ace *wide, const struct ace *narrow, unsigned int aside);

/* Some packet may meet both: no two conditions exclude each other, and the
 * peer's of one are among the other's. */
bool ace_meets(const struct ace *a, const struct ace *b);

/* Both accept, or neither does. */
bool ace_agrees(const struct ace *a, const struct ace *b);

#endif
