/*
 * How a Thing goes about ports (S-47): that it moves, that it moves too often,
 * and that its MAC speaks on two ports at once.
 *
 * Of two that use one MAC at the same time the one on the Thing's port keeps
 * what the Thing has, and the other gets nothing: the guard drops what it sends
 * (enforce/rules/portguard.h).  To narrow the Thing's own policy as well would
 * let anybody on the LAN take its service away by a frame now and then.  So a
 * clash is flagged and told, and changes nothing else.
 *
 * Who moves more than ROAMING_MOVES times in ROAMING_WINDOW_SEC is in
 * quarantine for as long as it goes on, and ROAMING_WINDOW_SEC after that,
 * unless an administrator has said what is to be done with it (modes.h).
 * Nothing of this is stored: who is still at it after a restart is found again.
 */
#ifndef ENGINE_ROAMING_H
#define ENGINE_ROAMING_H

#include <stdbool.h>
#include <stdint.h>

#define ROAMING_MOVES      5
#define ROAMING_WINDOW_SEC 600

struct record_drop;
struct thing;
struct things;

/* Of one Thing; zero: it has never moved. Times in seconds. */
struct roaming {
	int64_t moved_at[ROAMING_MOVES];    /* the last ones, oldest first */
	int64_t flaps_until, clashes_until; /* 0: it does not */
};

/* A managed Thing is on another port now, which is called to. */
void roaming_moved(struct things *things, struct thing *thing, const char *from,
    const char *to, int64_t now);
/* A Thing is where it was, and somebody else speaks in its name on another
 * port. Told once in ROAMING_WINDOW_SEC. */
void roaming_clash(struct thing *thing, int64_t now);
/* A drop of kind TWICE: what was sent in a Thing's name on another port than
 * its own, on which it was heard just before: that is a clash. Other drops, and
 * those of other devices, are passed over. */
void roaming_drop(
    struct things *things, const struct record_drop *drop, int64_t now);

/* Ends what is over. Returns when the next of them will be. */
int64_t roaming_tick(struct things *things, int64_t now);

#endif
