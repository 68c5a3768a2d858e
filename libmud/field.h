/*
 * Header fields that an ACE compares with one value (RFC 8519 s4.2), beyond
 * the addresses, the protocol, the ports and the ICMP type and code that have
 * members of their own in struct ace and struct rule.
 *
 * A leaf stands for the whole field: tcp flags "syn" matches packets with SYN
 * and no other flag (the RFC has no mask).  A plain value, fit for records.
 */
#ifndef LIBMUD_FIELD_H
#define LIBMUD_FIELD_H

#include <stdbool.h>
#include <stdint.h>

enum field_id {
	FIELD_NONE,
	/* ipv4 and ipv6 */
	FIELD_DSCP,   /* 6 bits */
	FIELD_ECN,    /* 2 */
	FIELD_LENGTH, /* 16; IPv4: total, IPv6: payload */
	FIELD_TTL,    /* 8; IPv6: hop limit */
	/* ipv4 */
	FIELD_IHL,            /* 4, in words */
	FIELD_IP_FLAGS,       /* 3: reserved 4, fragment (DF) 2, more 1 */
	FIELD_OFFSET,         /* 13, in units of 8 octets */
	FIELD_IDENTIFICATION, /* 16 */
	/* ipv6 */
	FIELD_FLOW_LABEL, /* 20 */
	/* tcp */
	FIELD_SEQUENCE,        /* 32 */
	FIELD_ACKNOWLEDGEMENT, /* 32 */
	FIELD_DATA_OFFSET,     /* 4, in words */
	FIELD_RESERVED,        /* 4 */
	FIELD_TCP_FLAGS,       /* 8: cwr 128 ... fin 1 */
	FIELD_WINDOW,          /* 16 */
	FIELD_URGENT,          /* 16 */
	/* udp */
	FIELD_UDP_LENGTH, /* 16 */
	/* eth; from-device only, with a mask */
	FIELD_ETH_SOURCE,      /* 48 */
	FIELD_ETH_DESTINATION, /* 48 */
	FIELD_IDS
};

/* Of one ACE; one with more is not understood. */
#define ACE_FIELDS 6

struct field {
	uint8_t id; /* enum field_id; FIELD_NONE: unused, all zero */
	uint8_t zero;
	uint8_t value[6]; /* big-endian, right-aligned, no bit outside mask */
	uint8_t mask[6];  /* all ones over the width, but for the MACs' */
};

#endif
