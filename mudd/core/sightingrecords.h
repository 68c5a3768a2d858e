/*
 * What the watcher sees of a device, and tells the engine: a part of
 * core/records.h, which everybody includes.
 */
#ifndef CORE_SIGHTINGRECORDS_H
#define CORE_SIGHTINGRECORDS_H

#include <stdint.h>

#include "libmud/addr.h"
#include "libmud/fault.h"
#include "libmud/limits.h"

enum sighting_kind {
	SIGHTING_REQUEST, /* a client's message: perhaps with a URL */
	SIGHTING_LEASE,   /* an answer left, to the client that asked */
	SIGHTING_RELEASE, /* RELEASE, DECLINE */
	SIGHTING_NAK,
	SIGHTING_ADDRESS, /* it uses this address, by its own word */
	SIGHTING_REFUSED, /* counts for nothing: not for its sender to say */
	SIGHTING_KINDS
};

/* Of an ADDRESS: message. */
enum address_word {
	ADDRESS_USED,
	ADDRESS_PROBED, /* it asks whether another has it, before it does */
	ADDRESS_WORDS
};

/* What brought it. */
enum carrier {
	CARRIER_DHCP4,
	CARRIER_DHCP6,
	CARRIER_LLDP,
	CARRIER_ND,
	CARRIER_ARP,
	CARRIERS
};

struct record_sighting {
	uint8_t kind;
	uint8_t message; /* DHCP message type: option 53, DHCPv6's msg-type;
	                  * or enum address_word */
	uint8_t present; /* 1: the MAC had presence before this frame */
	uint8_t flagged; /* 1: more than one MUD URL (S-3) */
	/* Ethernet source, equal to chaddr (S-5); a relay's client; REFUSED:
	 * whom it speaks for, or if nobody can be that, who spoke. */
	struct mac mac;
	uint8_t carrier; /* enum carrier */
	uint8_t zero;
	uint32_t ifindex;       /* port that the frame came in by */
	uint32_t known_ifindex; /* port where the bridge knew it before; 0 */
	/* LEASE: where it has it now, however short a time; 0. Which shows
	 * that what the client sent from there has come by our guard. */
	uint32_t now_ifindex;
	uint32_t lease_sec;
	/* LEASE: the one that is lent; RELEASE: given back; ADDRESS; NAK: taken
	 * away. Family 0: LEASE: none was asked for, or none was left, but the
	 * exchange is completed; NAK: all of that carrier. */
	struct addr address;
	char url[LIMIT_URL + 1]; /* "" : none, or refused (see why) */
	char hostname[LIMIT_CLIENTNAME + 1]; /* [A-Za-z0-9-], or "" */
	struct fault why;                    /* the URL was refused, or all */
};

#endif
