/*
 * The talk with rtnetlink: one socket for dumps, one for events, so that a
 * flood of events never stands in the way of an answer.
 */
#ifndef WATCH_RTNL_H
#define WATCH_RTNL_H

#include <stdbool.h>

struct fault;
struct links;

struct rtnl;

/*
 * Takes a socket for events, which must not block, and opens the other; then
 * subscribes to links, addresses, neighbours (bridge tables included) and
 * routes.  NULL with *why, and the socket is closed.
 */
struct rtnl *rtnl_new(int events, struct fault *why);
void rtnl_free(struct rtnl *rtnl);

/* To wait for; stays the rtnl's. */
int rtnl_events_fd(const struct rtnl *rtnl);

/*
 * Dumps links, addresses, bridge tables, neighbours and routes into *links;
 * waits for the kernel, which answers at once.  0: *links is as the kernel is;
 * 1: so it is but for routes, which changed meanwhile; dump again.  -EINTR:
 * the same of something else, and *links is not; another -errno.  *n_lost,
 * added to: what did not fit.
 */
int rtnl_dump(struct rtnl *rtnl, struct links *links, unsigned int *n_lost);

/*
 * Feeds the events that wait, or so many of them, to *links.  0; -ENOBUFS:
 * some were lost, dump again; another -errno.
 */
int rtnl_read(struct rtnl *rtnl, struct links *links, unsigned int *n_lost);

#endif
