/*
 * Frames as no honest host sends them, on the wires of gateway.h.
 */
#ifndef TESTS_FORGE_H
#define TESTS_FORGE_H

#include <stddef.h>
#include <stdint.h>

#include "tests/unit/gateway.h"

/* A UDP datagram of one byte: who it says it is from, and to whom. */
struct forged {
	const char *from_mac, *to_mac;
	const char *from, *to;
	uint16_t source, destination;
};

/*
 * Neighbour discovery in a frame of these addresses (ports left out): of this
 * ICMPv6 type, speaking of `target` (NULL: of nothing, as a router's), with
 * the sender's MAC as the link-layer address, and to override what is known.
 */
void forge_nd(enum host host, const char *interface, const struct forged *frame,
    uint8_t type, const char *target);

/* Sends a whole frame out by the host's interface. */
void forge_bytes(
    enum host host, const char *interface, const void *frame, size_t len);
/* Sends it out by the host's interface. */
void forge_udp(
    enum host host, const char *interface, const struct forged *frame);
/*
 * An ICMP error "port unreachable" in a frame of these addresses, its ports
 * left out, which quotes a UDP datagram of `about`, its MACs left out.
 */
void forge_error(enum host host, const char *interface,
    const struct forged *frame, const struct forged *about);

/* The same with another type and code. */
void forge_icmp(enum host host, const char *interface,
    const uint8_t type_code[2], const struct forged *frame,
    const struct forged *about);
/* The same three by IPv6. */
void forge_udp6(
    enum host host, const char *interface, const struct forged *frame);
void forge_icmp6(enum host host, const char *interface,
    const uint8_t type_code[2], const struct forged *frame,
    const struct forged *about);
void forge_error6(enum host host, const char *interface,
    const struct forged *frame, const struct forged *about);

#endif
