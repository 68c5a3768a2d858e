/*
 * Whether a bridge hands the frames that it passes on to the inet hooks, and
 * whether it learns from frames that it does not pass on (LLDP and the like,
 * which it takes in before any rule sees them): asked, switched and watched by
 * rtnetlink, for each bridge alone.  The global sysctl, which is everybody's,
 * is left as it is.
 */
#ifndef ENFORCE_BRIDGECALL_H
#define ENFORCE_BRIDGECALL_H

#include <stdbool.h>
#include <stdint.h>

struct fault;
struct bridgecall;

struct calls {
	bool four, six; /* which frames of its IPv4's and IPv6's hooks see */
	/* It learns nothing from frames to the link-local groups; false as
	 * well where the kernel has no such switch (Linux 4.20 has). */
	bool deaf;
};

/* Opens a socket to ask through, and one that hears of changes.
 * NULL with *why (FAULT_KERNEL). */
struct bridgecall *bridgecall_new(struct fault *why);
void bridgecall_free(struct bridgecall *bridgecall);

/* 0, or -errno: -EOPNOTSUPP if the kernel has no such switch; *calls is
 * untouched then. */
int bridgecall_get(
    struct bridgecall *bridgecall, uint32_t ifindex, struct calls *calls);
/* Switches, and looks whether it took; deaf is taken where it can be.  0 or
 * -errno. */
int bridgecall_set(
    struct bridgecall *bridgecall, uint32_t ifindex, const struct calls *calls);

/* Readable when some link has changed. */
int bridgecall_fd(const struct bridgecall *bridgecall);
/* Reads all that came in: what it was is asked for by bridgecall_get. */
void bridgecall_drain(struct bridgecall *bridgecall);

#endif
