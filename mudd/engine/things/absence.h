/*
 * How long a Thing that is not there is remembered (S-45, S-46).
 *
 * Whoever was managed once stays managed, so that no Thing gets out by keeping
 * its MUD URL to itself for a while: for ABSENCE_SEC.  One whose MAC is locally
 * administered may never come back under it; it is forgotten after
 * ABSENCE_RANDOM_SEC, unless an administrator has said something about it.
 * With max-devices managed, the one that was not seen for longest makes room,
 * if that is ABSENCE_ROOM_SEC or more.
 *
 * Absent is who has no address any more, and is counted from when it was last
 * heard.  What was decided about its MUD URL is kept, and what mudd.conf names
 * is never forgotten.
 */
#ifndef ENGINE_ABSENCE_H
#define ENGINE_ABSENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"

#define ABSENCE_SEC        (400 * 86400)
#define ABSENCE_RANDOM_SEC (14 * 86400)
#define ABSENCE_ROOM_SEC   (30 * 86400)
#define ABSENCE_LOOK_SEC   3600 /* between two looks at all */
#define ABSENCE_LOOK_MAX   64   /* are forgotten in one look */

struct engine;
struct thing;

/* Has its owner made it up (IEEE 802, the second bit)? */
bool absence_is_random(const struct mac *mac);

/* Has it been absent for so long that it is forgotten? is_full: room is
 * needed. */
bool absence_is_over(const struct thing *thing, bool is_full, int64_t now);

/* Forgets those, an hour after the last time, or where room is needed. Returns
 * when the next look is due. */
int64_t absence_tick(struct engine *engine, int64_t now);

#endif
