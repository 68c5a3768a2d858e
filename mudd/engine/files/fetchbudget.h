/*
 * How many new MUD URLs may be fetched on whose behalf: a Thing, a port, the
 * whole LAN each have a bucket of tokens (S-25).  What a Thing could tell the
 * world by the URLs it announces is bounded besides: so many a day, and so
 * many hosts that were never asked before (S-27).  A refresh of what is in
 * force costs nothing.
 */
#ifndef ENGINE_FETCHBUDGET_H
#define ENGINE_FETCHBUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"

struct fault;
struct fetchbudget;

struct fetchbudget *fetchbudget_new(void);
void fetchbudget_free(struct fetchbudget *budget);

/* What is asked for. */
struct fetchbudget_wish {
	const struct mac *thing;
	uint32_t port;
	bool is_new_host; /* nothing was ever fetched from that host */
};

/* Could it be taken, as far as it does not depend on the host?  What it costs
 * to know whether that is a new one is worth it only then. */
bool fetchbudget_may(struct fetchbudget *budget,
    const struct fetchbudget_wish *wish, int64_t now, struct fault *why);

/* Takes what the wish costs, or nothing: then false, and *why (FAULT_BUSY)
 * says which of them is used up. */
bool fetchbudget_take(struct fetchbudget *budget,
    const struct fetchbudget_wish *wish, int64_t now, struct fault *why);

#endif
