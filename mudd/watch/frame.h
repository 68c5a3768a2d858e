/*
 * A frame down to its UDP payload: Ethernet II, up to two VLAN tags, IPv4 or
 * IPv6, UDP.  Anything else is refused; nothing is copied but the header
 * fields.
 *
 * So are IPv6 extension headers: S-2 would have up to eight walked, but no
 * client or server of DHCPv6 sends one, and our packet filter lets none in.
 */
#ifndef WATCH_FRAME_H
#define WATCH_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"
#include "libmud/bytes.h"

struct fault;

#define FRAME_TAGS 2 /* S-2 */

/* Ethernet types, and IPv6's number of ICMP. */
#define FRAME_IPV4   0x0800
#define FRAME_ARP    0x0806
#define FRAME_IPV6   0x86dd
#define FRAME_LLDP   0x88cc
#define FRAME_ICMPV6 58

struct frame {
	struct mac destination, source;
	uint8_t n_tags; /* 802.1Q and 802.1ad tags that were walked */
	struct addr from, to;
	uint16_t source_port, destination_port;
	struct bytes payload; /* lends from raw, without padding */
};

/*
 * The Ethernet type of an untagged frame, of a tagged one that of its tag; and
 * what it names straight behind its header if it is IPv6 (else 0).  0 where
 * the frame ends before.
 */
uint16_t frame_type(struct bytes raw, uint8_t *next_header);

/*
 * Untouched on failure; *why then says which layer did not hold.
 *
 * Checksums are not judged.  UDP's is often left to hardware on frames that
 * leave; and a frame whose sums are wrong gets no answer, so it completes no
 * exchange, while its sender could as well have made them right.
 */
bool frame_parse(struct bytes raw, struct frame *frame, struct fault *why);

#endif
