/*
 * Flows of `check --flows`: one JSON object a packet.
 *
 *   {"direction": "from|to", "peer": addr, "protocol": "tcp|udp|icmp|icmpv6" or
 *    0 to 255, "src_port", "dst_port", "icmp_type", "icmp_code",
 *    "opener": "thing|peer", "own": addr}
 *
 * The first three are needed.  Besides, "tracked": false for a packet that the
 * connection tracker does not know; "about": a flow like this one that an ICMP
 * error quotes; and header fields: dscp, ecn, length, ttl, ihl,
 * ip_flags, fragment_offset, identification, flow_label, sequence,
 * acknowledgement, data_offset, reserved, window, urgent and udp_length are
 * numbers, tcp_flags is one or an array of names ("syn"), eth_source and
 * eth_destination are MACs.  What is left out is not known.
 */
#ifndef MUDCTL_FLOWJSON_H
#define MUDCTL_FLOWJSON_H

#include <stdbool.h>

#include "libmud/bytes.h"
#include "libmud/flow.h"

struct fault;

struct flowjson {
	struct flow flow; /* its `about` is NULL or the one below: not to be
	                   * copied */
	struct flow about;
};

/* On failure *why says what is wrong and where. */
bool flowjson_read(struct bytes text, struct flowjson *flow, struct fault *why);

/* "tcp", "udp", "icmp", "icmpv6", or a number to 255; untouched on failure. */
bool flowjson_protocol(const char *text, uint8_t *protocol);

/* False, with *why, where the peer's family has no such protocol. */
bool flowjson_fits(const struct flow *flow, struct fault *why);

/* Exactly decimal digits, at most max; untouched on failure. */
bool flowjson_number(const char *text, unsigned int max, unsigned int *number);

#endif
