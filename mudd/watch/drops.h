/*
 * Drops that the kernel has logged, summed up for a short time.
 *
 * Pure but for the table it keeps, whose size is fixed.  The first packet of
 * its kind in a window is told at once, so that a single one is seen at once;
 * what follows it is counted and told when the window ends.  The kernel logs
 * at most one packet a second of each Thing after a burst; this bounds what
 * many of them come to, for whom the engine has to look up a Thing each, and
 * what one can take from the others.
 */
#ifndef WATCH_DROPS_H
#define WATCH_DROPS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"

#define DROPS_WINDOW_MSEC 1000
#define DROPS_MAX         256 /* that are told apart in a window */
#define DROPS_SENDER      16  /* of them of one sender, or to one receiver */

struct drops;

typedef void drops_tell_fn(void *arg, const struct record_drop *drop);

/* key: random, 64 bits. */
struct drops *drops_new(uint64_t key, drops_tell_fn *tell, void *arg);
void drops_free(struct drops *drops);

/* False: there are too many of them in this window, it is not told. */
bool drops_add(struct drops *drops, const struct record_drop *drop);
/* The window has ended: tells what is untold, and begins another. */
void drops_end(struct drops *drops);

#endif
