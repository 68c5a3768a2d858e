/*
 * A frame down to its UDP payload: Ethernet II, up to two VLAN tags, IPv4,
 * UDP.  Anything else is refused; nothing is copied but the header fields.
 */
#ifndef WATCH_FRAME_H
#define WATCH_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"
#include "libmud/bytes.h"

struct fault;

#define FRAME_TAGS 2 /* S-2 */

struct frame {
	struct mac destination, source;
	uint8_t n_tags; /* 802.1Q and 802.1ad tags that were walked */
	struct addr from, to;
	uint16_t source_port, destination_port;
	struct bytes payload; /* lends from raw, without padding */
};

/*
 * Untouched on failure; *why then says which layer did not hold.
 *
 * Checksums are not judged.  UDP's is often left to hardware on frames that
 * leave; and a frame whose sums are wrong gets no answer, so it completes no
 * exchange, while its sender could as well have made them right.
 */
bool frame_parse(struct bytes raw, struct frame *frame, struct fault *why);

#endif
