/*
 * Marks of the connections that the kernel knows, by ctnetlink.
 */
#ifndef ENFORCE_CONNTRACK_H
#define ENFORCE_CONNTRACK_H

#include <stdbool.h>
#include <stdint.h>

struct fault;

/*
 * Clears our MARK_BITS under this mask (core/mark.h) in the mark of each
 * connection that has one of them; all other bits stay, and so do the
 * connections.  False with *why (FAULT_KERNEL) if that cannot be said of all
 * that were there.  Needs CAP_NET_ADMIN.
 */
bool conntrack_clear(uint32_t mask, struct fault *why);

#endif
