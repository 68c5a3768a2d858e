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
	size_t n_servers, n_relays;
	struct mac servers[OBSERVE_SERVERS], relays[OBSERVE_SERVERS];
	/* What observe_more has still to hand out: `more', with each of these
	 * in its turn. One more than addresses: the answer as a whole. */
	struct record_sighting more;
	size_t n_more, n_told;
	struct observer_part {
		uint8_t kind;        /* enum sighting_kind */
		struct addr address; /* family 0: none */
		uint32_t lease_sec;
	} parts[OBSERVE_ADDRESSES + 1];
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

/* One more for observe_more. */
void observer_part(struct observer *observer, enum sighting_kind kind,
    const struct addr *address, uint32_t lease_sec);

/*
 * The frame is refused, for what it says in the name of mac, or of somebody:
 * that is told, with *why (S-5, S-48).  False.
 */
bool observer_refuse(struct observer *observer, const struct observation *seen,
    const struct mac *mac, enum carrier carrier, const struct fault *why);

/* Does the answer of a DHCP server with this MAC count?  Anybody on the LAN
 * can make one up, and knows what was asked: it went to all. */
bool observer_is_server(const struct observer *observer, const struct mac *mac);
/* And the word of a DHCP relay, for its clients? */
bool observer_is_relay(const struct observer *observer, const struct mac *mac);
/* The same of a frame's source; if not, it is refused (S-5, S-60). */
bool observer_may_relay(struct observer *observer,
    const struct observation *seen, const struct frame *frame,
    enum carrier carrier, struct fault *why);

/* Of one Ethernet type (of IPv6: and one protocol). */
typedef bool observe_type_fn(struct observer *observer,
    const struct observation *seen, struct record_sighting *sighting,
    struct fault *why);
observe_type_fn observe_arp, observe_lldp, observe_nd;

/* Between two ports of UDP, one way. */
typedef bool observe_udp_fn(struct observer *observer,
    const struct observation *seen, const struct frame *frame,
    struct record_sighting *sighting, struct fault *why);
observe_udp_fn observe_client4, observe_server4, observe_forward4,
    observe_backward4, observe_client6, observe_server6, observe_forward6,
    observe_backward6, observe_rogue;

#endif
