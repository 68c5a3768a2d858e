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

/*
 * A packet socket on the host's interface, for the caller to close; it hears
 * this protocol (ETH_P_*, 0: nothing).
 */
int forge_wire(enum host host, const char *interface, uint16_t protocol);

/* The frame of a datagram, IPv4 or IPv6, to be sent by the caller; its
 * length. */
#define FORGE_DATAGRAM (14 + 40 + 9)
size_t forge_datagram(
    const struct forged *forged, uint8_t byte[FORGE_DATAGRAM]);

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
