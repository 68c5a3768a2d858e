/*
 * Whole frames, byte by byte, of every carrier that Things announce by.
 */
#ifndef TESTS_WIRE_H
#define TESTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text with any bytes in it, and how many; lengths within are best octal: hex
 * would run into the text. */
#define WIRE(s) s, sizeof(s) - 1

#define WIRE_THING  "\2\0\0\0\1\1" /* sends all that comes in */
#define WIRE_SERVER "\2\0\0\0\11\11"

struct wire {
	uint8_t raw[2048];
	size_t len;
};

void wire_put(struct wire *wire, const void *bytes, size_t len);
void wire_put8(struct wire *wire, unsigned int value);
void wire_put16(struct wire *wire, size_t value);

/* Begins a frame: to a MAC, from another, behind so many VLAN tags. */
void wire_ethernet(struct wire *wire, const char *to, const char *from,
    unsigned int n_tags, uint16_t ethertype);

/* A DHCPv4 message to all, of the Thing or to it; options as they are, behind
 * the one of the type (0: none). */
void wire_dhcp4(struct wire *wire, unsigned int n_tags, bool is_client,
    uint8_t type, uint32_t xid, const void *options, size_t len);

/* A DHCPv6 message of the Thing to all servers, in so many relays' envelopes.
 * The options are those of the message itself. */
void wire_dhcp6(struct wire *wire, unsigned int n_tags, uint8_t type,
    unsigned int n_relays, const void *options, size_t len);

/* LLDP to the nearest bridge: the three mandatory TLVs, and these. */
void wire_lldp(struct wire *wire, unsigned int n_tags, uint16_t ttl,
    const void *tlvs, size_t len);

/* Neighbour discovery of this ICMPv6 type, by the Thing as fe80::1:1, with
 * these options. */
void wire_nd(struct wire *wire, unsigned int n_tags, uint8_t type,
    const void *options, size_t len);

/* ARP of this operation, by the Thing as 192.168.77.50. */
void wire_arp(struct wire *wire, unsigned int n_tags, uint16_t operation);

/* A MUDstring in the option or TLV of each carrier. split: DHCPv4 may cut it
 * into instances of so many bytes (RFC 3396). */
void wire_mud4(struct wire *wire, const void *text, size_t len, size_t split);
void wire_mud6(struct wire *wire, const void *text, size_t len);
void wire_mud_lldp(struct wire *wire, const void *text, size_t len);

#endif
