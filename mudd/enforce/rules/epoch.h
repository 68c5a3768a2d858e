/*
 * The connection cache: who has been judged already, written in the mark of
 * the connection.
 *
 * Of the MARK_BITS that are ours the upper 14 hold an epoch, the other two say
 * in which directions a packet has passed all that judges it since that epoch
 * began.  Chain `fast` accepts a packet whose connection carries the epoch and
 * the bit of its own direction; `stamp` writes them.  A batch that may revoke
 * what was allowed begins a new epoch, in the same transaction: each flow is
 * judged anew with its next packet.  No other rules change by that.
 */
#ifndef ENFORCE_EPOCH_H
#define ENFORCE_EPOCH_H

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct fault;
struct kernel;
struct model;

#define EPOCH_LAST 16383

struct epoch {
	uint32_t number; /* 1..EPOCH_LAST; 0: not known */
	uint32_t mask;   /* of mudd.conf, sound */
};

/* Could something that was allowed before the batch be denied after it? */
bool epoch_is_over(const struct model *model);

/*
 * The one that follows, for bits under this mask.  Number 1 where the count
 * begins anew: no connection may carry it from earlier, so the caller clears
 * their marks (conntrack.h) before it, and after it once more, of what was
 * stamped in between.
 */
struct epoch epoch_after(const struct epoch *was, uint32_t mask);

/* Writes the rules of `fast` and `stamp`, whose chains and sets must be there,
 * for this epoch.  monitor: everything is judged packet by packet, so that what
 * would be dropped is counted. */
void epoch_write(struct batch *batch, const struct epoch *epoch, bool monitor);
/* Replaces only what is of the epoch: the sets that they ask, and the three
 * chains behind `stamp`. */
void epoch_renew(struct batch *batch, const struct epoch *epoch);

/* The epoch of the table that stands in the kernel; its number is 0 if there
 * is none.  False with *why if the kernel cannot be read. */
bool epoch_read(struct kernel *kernel, struct epoch *epoch, struct fault *why);

#endif
