/*
 * The networks that the kernel's routes tell of, and that no fetch may reach
 * (S-22): those that end in this machine (a prefix that was delegated to it
 * shows as unreachable, a blackhole, or prohibited; it may answer to a whole
 * range itself), and those that lead out by an interface.
 *
 * Which interfaces are the LAN is not known here, so routes out of all of them
 * are told, default routes left out.  Where an interface has more of them than
 * LIMIT_LINK_ROUTES none of them is told any more, but that there are so many:
 * a full routing table takes no more room than a small one.
 */
#ifndef WATCH_NETWORKS_H
#define WATCH_NETWORKS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"
#include "libmud/bytes.h"

/* A network came or went; each is told once.  Lent for the call. */
typedef void networks_fn(void *arg, const struct record_network *network);

struct networks;

struct networks *networks_new(networks_fn *tell, void *arg);
void networks_free(struct networks *networks);

/* Takes in the body of RTM_NEWROUTE or RTM_DELROUTE.  replaces: NLM_F_REPLACE,
 * other routes with its key are gone.  False: it is malformed. */
bool networks_feed(
    struct networks *networks, bool is_new, bool replaces, struct bytes body);

/* The interface is gone or down: the kernel drops its routes, silently. */
void networks_link_gone(struct networks *networks, uint32_t ifindex);

/* A complete dump of routes follows... */
void networks_resync(struct networks *networks);
/* ... it changed meanwhile, so that some may be missing: told as too many ...
 */
void networks_doubt(struct networks *networks);
/* ... and it has ended: what it left out is gone. */
void networks_settle(struct networks *networks);

#endif
