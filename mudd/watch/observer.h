/*
 * What observe.c shares with the modules that read one carrier each; nobody
 * else includes this.
 *
 * A carrier is a line in a table of observe.c and a function below, in a
 * module of its own: observe4.c for DHCPv4, observend.c for neighbour
 * discovery and ARP, and so on.  Each hears a frame whose port is within its
 * budget, and answers as observe() does.
 */
#ifndef WATCH_OBSERVER_H
#define WATCH_OBSERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/records.h"
#include "libmud/addr.h"
#include "libmud/fault.h"
#include "watch/observe.h"

struct budget;
struct exchanges;
struct frame;

struct observer {
	const struct links *links;
	const struct presence *presence;
	/* DHCP and LLDP; neighbour discovery and ARP: whoever talks to his
	 * neighbours a lot shall not miss his lease. */
	struct budget *budget, *neighbour_budget;
	struct exchanges *exchanges;
	size_t n_servers;
	struct mac servers[OBSERVE_SERVERS];
	/* What observe_more has still to hand out. */
	struct record_sighting more;
	size_t n_more, n_told;
	struct observer_address {
		struct addr address;
		uint32_t lease_sec;
		uint8_t kind; /* enum sighting_kind */
	} addresses[OBSERVE_ADDRESSES];
};

/* Can the frame's source be a Thing, and has it not said too much (S-49,
 * S-60)? Before anything is parsed or allocated. */
bool observer_judge(struct observer *observer, struct budget *budget,
    const struct observation *seen, const struct mac *source,
    struct fault *why);

/* *sighting, with who, where, and where he was known before this frame. */
void observer_begin(const struct observer *observer,
    const struct observation *seen, const struct mac *mac,
    enum sighting_kind kind, enum carrier carrier,
    struct record_sighting *sighting);

/* Does the answer of a DHCP server with this MAC count?  Anybody on the LAN
 * can make one up, and knows what was asked: it went to all. */
bool observer_is_server(const struct observer *observer, const struct mac *mac);

/* Of one Ethernet type (of IPv6: and one protocol). */
typedef bool observe_type_fn(struct observer *observer,
    const struct observation *seen, struct record_sighting *sighting,
    struct fault *why);
observe_type_fn observe_arp, observe_lldp, observe_nd;

/* Between two ports of UDP, one way. */
typedef bool observe_udp_fn(struct observer *observer,
    const struct observation *seen, const struct frame *frame,
    struct record_sighting *sighting, struct fault *why);
observe_udp_fn observe_client4, observe_server4;

#endif
