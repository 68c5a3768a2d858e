/*
 * What rtnetlink says of this machine: links, its own addresses, networks it
 * has routes to, and which MAC addresses it knows where.
 *
 * Bytes of netlink messages go in, each change comes out once as a record.
 * A dump that is fed between links_resync and links_settle replaces what was
 * known: whatever it did not name is reported as deleted.  Sockets are
 * rtnl.h's business.
 */
#ifndef WATCH_LINKS_H
#define WATCH_LINKS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"
#include "libmud/bytes.h"

/* More than a gateway with a few hundred containers has; a bound, since what
 * makes interfaces may be out of hand. */
#define LINKS_MAX           1024
#define LINKS_ADDRESSES_MAX 1024
#define LINKS_OWN_MAX       4096 /* local bridge entries: ports × VLANs */

enum links_where {
	LINKS_AT_PORT,      /* a bridge has the MAC on this port */
	LINKS_AT_PORT_GONE, /* the bridge has forgotten that */
	LINKS_NEIGHBOUR     /* a neighbour; ifindex 0: behind a bridge */
};

/* Called from links_feed and links_settle; lent for the call. */
struct links_events {
	void (*link)(void *arg, const struct record_link *link);
	void (*gateway)(void *arg, const struct record_gateway *address);
	void (*network)(void *arg, const struct record_network *network);
	void (*mac)(void *arg, enum links_where where, const struct mac *mac,
	    uint32_t ifindex);
	/* The kernel has asked for this neighbour in vain. */
	void (*unreachable)(void *arg, const struct record_unreachable *told);
};

struct links_outcome {
	bool is_done;        /* the dump has ended */
	bool is_interrupted; /* NLM_F_DUMP_INTR: it must be asked for again */
	int error;           /* 0, or -errno that the kernel gave */
	unsigned int n_bad;  /* messages that were cut or malformed */
	unsigned int n_lost; /* things past a bound, which are not kept */
};

struct links;

struct links *links_new(const struct links_events *events, void *arg);
void links_free(struct links *links);

/*
 * Feeds one datagram of netlink messages.  seq: of the dump's request; 0 for
 * events.  Messages of another seq than the dump's are passed over.  Fills
 * *outcome anew.
 */
void links_feed(struct links *links, struct bytes raw, uint32_t seq,
    struct links_outcome *outcome);

/* A complete dump of links, addresses and routes follows... */
void links_resync(struct links *links);
/* ... of which the routes changed meanwhile, so that some may be missing ... */
void links_doubt_routes(struct links *links);
/* ... and has ended well: what it left out is gone. */
void links_settle(struct links *links);

/* The gateway's own: a MAC of an interface, or of a local bridge entry
 * (S-49). */
bool links_is_own(const struct links *links, const struct mac *mac);
/* NULL if there is no such interface; lends. */
const struct record_link *links_find(
    const struct links *links, uint32_t ifindex);

#endif
