/*
 * One frame of a port → what there is to tell the engine about it.
 *
 * Pure but for the tables it keeps: the same frames, events and times give
 * the same sightings.  Who sent a frame is believed only as far as
 * architecture.md says ("Who may be confined by an announcement"); what is
 * needed for that is in the sighting.
 */
#ifndef WATCH_OBSERVE_H
#define WATCH_OBSERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"
#include "libmud/bytes.h"

struct links;
struct observer;
struct presence;

/*
 * links and presence are lent, and fed by the owner; presence may only hear
 * of MAC addresses that links_is_own does not know.  key: random, 64 bits.
 */
struct observer *observer_new(
    const struct links *links, const struct presence *presence, uint64_t key);
void observer_free(struct observer *observer);

/* A DHCP server besides the gateway, whose answers count. At most
 * OBSERVE_SERVERS; more are ignored. */
#define OBSERVE_SERVERS 16
void observer_trust(struct observer *observer, const struct mac *server);

/* A DHCP relay whose word for its clients counts (S-5). As many. */
void observer_trust_relay(struct observer *observer, const struct mac *relay);

struct observation {
	uint32_t ifindex; /* port that it was seen on */
	bool is_leaving;  /* PACKET_OUTGOING */
	int64_t at_msec;  /* when the kernel saw it, on our clock */
	struct bytes raw; /* from the Ethernet header on */
};

/*
 * True: *sighting is filled.  False: there is nothing to tell, and *why says
 * what was wrong with the frame, for a debug line; FAULT_BUSY: a budget of
 * S-60 is used up; FAULT_NONE: nothing was wrong.
 */
bool observe(struct observer *observer, const struct observation *seen,
    struct record_sighting *sighting, struct fault *why);

/*
 * After observe(), each call fills *sighting with what else there is to tell,
 * until it is false: the other addresses of a message of DHCPv6, at most
 * OBSERVE_ADDRESSES; and of a frame that was refused because it speaks for
 * somebody else, that it did (SIGHTING_REFUSED).
 */
#define OBSERVE_ADDRESSES LIMIT_ADDRESSES6
bool observe_more(struct observer *observer, struct record_sighting *sighting);

#endif
