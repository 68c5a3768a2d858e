/*
 * The difference between what should stand in our tables and what does, as
 * messages that make the one into the other.
 *
 * Only what differs is touched: a table whose flags or note are not ours, or
 * that is not there, is made anew; a chain whose rules differ gets them anew;
 * of a set the elements come and go that differ.  What else stands keeps its
 * counters and the time that it has left.
 */
#ifndef ENFORCE_REPAIR_H
#define ENFORCE_REPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct batch;
struct image;

/* How much differed. */
struct damage {
	size_t tables, chains, sets, elements;
};

/*
 * Clocks of two differ: the time that an element has left is the same where it
 * differs by no more than this.  After the model's times were laid down
 * (REPAIR_MEET) they may differ by as much, so who looks later must allow more.
 */
#define REPAIR_MEET_MSEC 2000
#define REPAIR_LOOK_MSEC 5000

/*
 * Appends to `out` what makes `have` (the kernel's) into `want` (a batch's,
 * which must still be there).  Nothing is appended where nothing differs, but
 * that what runs out within slack_msec is let go.
 */
void repair_write(struct batch *out, const struct batch *whole,
    struct image *want, struct image *have, uint64_t slack_msec,
    struct damage *damage);

static inline bool
damage_is_none(const struct damage *damage)
{
	return damage->tables + damage->chains + damage->sets +
	           damage->elements ==
	       0;
}

#endif
