/*
 * Things that were removed and that the kernel still has.
 */
#ifndef ENGINE_GONE_H
#define ENGINE_GONE_H

#include <stddef.h>

#include "libmud/addr.h"

struct batch;
struct thing;

/* Zero it before use. */
struct gone {
	size_t n;
	struct mac *macs; /* owned */
};

/* It is about to be removed; nothing if the kernel was never told of it. */
void gone_add(struct gone *gone, const struct thing *thing);
/* Tells the kernel: with each go its addresses, its place and its policy. */
void gone_sync(struct gone *gone, struct batch *batch);
/* The kernel is told everything anew, and has none of them. */
void gone_clear(struct gone *gone);
void gone_done(struct gone *gone);

#endif
