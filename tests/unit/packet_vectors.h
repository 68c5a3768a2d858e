/*
 * Frames, and what observe() says of each: the table of test_packet_vectors.c.
 */
#ifndef TESTS_PACKET_VECTORS_H
#define TESTS_PACKET_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#include "libmud/fault.h"

#define NOTHING (-1) /* no sighting */

#define URL     "https://a.test/t"
#define MUD4    "\241\20" URL
#define MUD6    "\0\160\0\20" URL
#define MUD_TLV "\376\24\0\0\136\1" URL
#define END     "\377"

/* Of what clause: of the frame, or of its URL. */
struct outcome {
	int kind; /* enum sighting_kind, or NOTHING */
	enum fault_code code;
	const char *clause; /* how that begins; "" : none */
	const char *url;    /* "" : none */
};

enum form { DHCP4, DHCP6, LLDP, ND, ARP };

struct vector {
	const char *name;
	enum form form;
	uint8_t type; /* of the message; ARP: operation */
	const char *options;
	size_t len;
	unsigned int more; /* VLAN tags; for DHCPv6: 16 times relays, too */
	/* What differs then; len 0: nothing. */
	struct {
		size_t at;
		const char *bytes;
		size_t len;
	} patch[2];
	size_t cut_to; /* 0: it is whole */
	struct outcome expected;
};

extern const struct vector packet_vectors[];
extern const size_t n_packet_vectors;

#endif
