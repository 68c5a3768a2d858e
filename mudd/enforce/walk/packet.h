/*
 * A packet that somebody asks about, and what an nftables rule reads of it at
 * one place of its way: headers, interfaces, connection.
 *
 * What the question says is known; what it does not say (TOS, lengths, the
 * payload) is open (known.h).  Pure.
 */
#ifndef WALK_PACKET_H
#define WALK_PACKET_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/records.h"
#include "libmud/addr.h"

/* Registers of nf_tables in bytes; the first 16 are the verdict's. */
#define PACKET_REGISTERS 80
#define PACKET_LOAD_MAX  64 /* what is left for data */

/* An interface that the packet passes. */
struct packet_link {
	uint32_t ifindex; /* 0: some port, nobody knows which */
	char name[IFNAMSIZ];
	struct mac mac;
	uint16_t type; /* ARPHRD_* */
};

/* A hook of the kernel, as the packet meets it. */
struct packet_place {
	uint16_t family; /* NFPROTO_INET, _BRIDGE, _NETDEV */
	uint32_t hook;
	const struct packet_link *in, *out; /* NULL: there is none */
	const struct packet_link *bridge;   /* that in and out are ports of */
	/* The frame's Ethernet header; NULL: it has none (yet). */
	const struct mac *from, *to;
};

struct packet {
	uint8_t family, protocol;
	enum walk_track track;
	struct addr source, destination;
	size_t network_len;
	uint8_t network[40], network_known[40];
	uint8_t transport[24], transport_known[24];
	uint8_t mark[4], mark_known[4]; /* the connection's, in host order */
};

/* The packet of a question that was judged (walk.h). */
void packet_describe(struct packet *packet, const struct record_walk *walk);

enum load {
	LOAD_DONE,
	LOAD_BREAKS,  /* there is no such thing: the rule ends */
	LOAD_STRANGE, /* nobody here knows what it is */
};

/* A place for at most PACKET_LOAD_MAX bytes; *len is how many were written,
 * the padding to whole registers included. */
struct loaded {
	uint8_t value[PACKET_LOAD_MAX], known[PACKET_LOAD_MAX];
	size_t len;
};

enum load packet_payload(const struct packet *packet,
    const struct packet_place *place, uint32_t base, uint32_t offset,
    uint32_t len, struct loaded *out);
/* op: NFT_EXTHDR_OP_*; is_presence: whether it is there, not what is in it.
 * The packet has no options of IPv4 and no extension header of IPv6. */
enum load packet_exthdr(const struct packet *packet, uint32_t op,
    bool is_presence, struct loaded *out);
enum load packet_meta(const struct packet *packet,
    const struct packet_place *place, uint32_t key, struct loaded *out);
/* priority: of the chain, since there is no connection before tracking.
 * direction: IP_CT_DIR_*, or -1. */
enum load packet_ct(const struct packet *packet,
    const struct packet_place *place, int32_t priority, uint32_t key,
    int direction, struct loaded *out);

#endif
