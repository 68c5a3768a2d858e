/*
 * Header fields that an ACE compares with one value (RFC 8519 s4.2), beyond
 * the addresses, the protocol, the ports and the ICMP type and code that have
 * members of their own in struct ace and struct rule.
 *
 * A leaf stands for the whole field: tcp flags "syn" matches packets with SYN
 * and no other flag (the RFC has no mask).  A plain value, fit for records.
 *
 * What is compared is the packet as the gateway judges it, which differs from
 * what was on the wire in three ways:
 *
 *   - Fragments are put together before any chain of ours: a datagram has
 *     offset 0 and no "more", so a condition that asks for a fragment holds
 *     for nothing (field_can_hold), and length is the whole datagram's.
 *   - Segments of one TCP stream may come merged (GRO): length, flags,
 *     sequence number, window and identification are then those of the
 *     merged segment.
 *   - A packet that is passed on has lost one hop by then.  The enforcer makes
 *     up for it (rule.h, rule_forms): "ttl" is what the Thing has sent, or
 *     what it gets.
 */
#ifndef LIBMUD_FIELD_H
#define LIBMUD_FIELD_H

#include <stdbool.h>
#include <stddef.h>
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
	uint8_t value[6]; /* big-endian, right-aligned; see field_of */
	uint8_t mask[6];  /* all ones over the width, but for the MACs' */
};

struct mac;

/* What holds for all fields of one id. */
struct field_info {
	const char *container; /* "ipv4", "ipv6", "tcp", "udp", "eth"; "ip" for
	                        * those of ipv4 and ipv6 alike */
	const char *leaf;      /* as RFC 8519 names it */
	uint8_t bits;          /* in the packet */
	uint8_t families;      /* FAMILY_4 | FAMILY_6 whose packets have it */
	int16_t protocol;      /* that the ACE must name; -1: any */
	uint64_t most;         /* largest value of the leaf; may be too wide */
	bool is_by_family;     /* IPv4 and IPv6 have it in different places */
};

/* NULL unless FIELD_NONE < id < FIELD_IDS. */
const struct field_info *field_info(unsigned int id);

/* By container ("ipv4", "ipv6", "tcp", "udp", "eth") and leaf, both without a
 * module's name; FIELD_NONE: no such field here. */
enum field_id field_find(const char *container, const char *leaf);

/*
 * The field that asks for this number.  False if the leaf cannot have it (or
 * the field is a MAC), with *field all zero.  A number that the leaf can have
 * and the packet cannot, such as an ihl of 60, is kept: such a field is
 * sound, its value has bits outside the mask, and it holds for no packet.
 */
bool field_of(enum field_id id, uint64_t value, struct field *field);
/* FIELD_ETH_SOURCE or _DESTINATION; bits outside the mask are cleared.  False
 * for an empty mask, which asks for nothing: leave the field out. */
bool field_of_mac(enum field_id id, const struct mac *mac,
    const struct mac *mask, struct field *field);
uint64_t field_value(const struct field *field);

/*
 * Is there a packet for which it holds where the gateway judges?  No: a value
 * wider than the field, an IPv4 header of less than 5 words, and fragments
 * (an offset other than 0; "more"), see above.
 */
bool field_can_hold(const struct field *field);

/* Puts it where its id belongs.  False if there is one of its id already, or
 * no room. */
bool fields_add(struct field fields[ACE_FIELDS], const struct field *field);
size_t fields_count(const struct field fields[ACE_FIELDS]);
/* FAMILY_4 | FAMILY_6 whose packets have all of them; 0: none has. */
unsigned int fields_families(const struct field fields[ACE_FIELDS]);
bool fields_can_hold(const struct field fields[ACE_FIELDS]);
/*
 * Ids ascending, each once, unused ones last and zero; values that field_of
 * makes; some of `families` has them all; the protocol is the one they need;
 * MACs only in what comes from the Thing, since the frame towards it does not
 * exist yet where it is judged.
 */
bool fields_are_sound(const struct field fields[ACE_FIELDS],
    unsigned int families, int protocol, bool is_from_device);

/* Where a packet has a field, and what must stand there. */
enum field_base { FIELD_LINK, FIELD_NETWORK, FIELD_TRANSPORT };
struct field_wire {
	enum field_base base;      /* the header */
	uint8_t offset, len;       /* bytes of it */
	bool is_masked;            /* only the bits of mask count */
	uint8_t value[6], mask[6]; /* the first len bytes */
};

/* Of a sound field that can hold; family 4 or 6, or 0 where the field is not
 * by family. */
struct field_wire field_wire(const struct field *field, unsigned int family);

#define FIELD_TEXT 64
/* "ip dscp 46", "tcp flags == syn|ack": as nft writes it.  Family and field as
 * for field_wire.  Returns buf. */
const char *field_nft(
    const struct field *field, unsigned int family, char buf[FIELD_TEXT]);
/* "TTL 255", "TCP flags syn ack": for people.  A sound field. Returns buf. */
const char *field_words(const struct field *field, char buf[FIELD_TEXT]);

#endif
