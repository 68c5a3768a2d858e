/*
 * A frame with a neighbour solicitation or advertisement (RFC 4861 s4.3, s4.4)
 * → the address that its sender uses, or is about to use.
 *
 * A host asks for an address by duplicate address detection (source ::) before
 * it sends anything else from it (RFC 4862 s5.4); later its solicitations come
 * from the address, and its advertisements speak for it.
 */
#ifndef WATCH_ND_H
#define WATCH_ND_H

#include <stdbool.h>

#include "libmud/addr.h"
#include "libmud/bytes.h"

struct fault;

struct nd {
	struct mac source; /* of the frame */
	struct addr address;
	bool is_probe; /* duplicate address detection */
};

/*
 * Refused, with *why and *nd untouched: what is not ICMPv6 135 or 136 straight
 * behind its IPv6 header; what a host would discard (RFC 4861 s7.1.1, s7.1.2),
 * but for its checksum, which is often left to hardware and proves nothing;
 * and what names another MAC address than the frame's.
 */
bool nd_parse(struct bytes raw, struct nd *nd, struct fault *why);

#endif
