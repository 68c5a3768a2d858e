/*
 * One DHCPv6 message (RFC 8415), out of the relays' envelopes that it came in,
 * and the MUD URL in its option 112 (RFC 8520 s10.1).
 */
#ifndef WATCH_DHCP6_H
#define WATCH_DHCP6_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/addr.h"
#include "libmud/bytes.h"
#include "libmud/fault.h"
#include "libmud/limits.h"

#define DHCP6_CLIENT_PORT 546
#define DHCP6_SERVER_PORT 547 /* and relays' */

/* S-2; RFC 8415 s7.6 says the same (HOP_COUNT_LIMIT). */
#define DHCP6_RELAYS 8

enum dhcp6_type {
	DHCP6_SOLICIT = 1,
	DHCP6_ADVERTISE,
	DHCP6_REQUEST,
	DHCP6_CONFIRM,
	DHCP6_RENEW,
	DHCP6_REBIND,
	DHCP6_REPLY,
	DHCP6_RELEASE,
	DHCP6_DECLINE,
	DHCP6_RECONFIGURE,
	DHCP6_INFORMATION_REQUEST
};

/* RFC 8415 s21.13; those past these are taken as they come. */
enum dhcp6_status {
	DHCP6_SUCCESS,
	DHCP6_UNSPEC_FAIL,
	DHCP6_NO_ADDRS_AVAIL,
	DHCP6_NO_BINDING,
	DHCP6_NOT_ON_LINK,
	DHCP6_USE_MULTICAST
};

/* An address of an IA_NA or IA_TA, as the message has it. */
struct dhcp6_address {
	struct addr addr;
	uint32_t valid_sec; /* UINT32_MAX: for ever (RFC 8415 s7.7) */
};

struct dhcp6 {
	enum dhcp6_type type;
	uint32_t xid;    /* 24 bits */
	bool is_answer;  /* a server's message */
	size_t n_relays; /* envelopes that were opened */
	/* Of the innermost relay, which heard the client itself. */
	struct addr peer; /* the client's address; family 0: not relayed */
	bool has_mac;
	struct mac mac; /* the client's, as option 79 has it (RFC 6939) */
	bool is_rapid;  /* option 14 */
	/* The one of the whole message, or the first of an IA or an address
	 * that is not success. */
	uint16_t status, inner_status;
	/* In which the server put no failure, and lifetimes that a client
	 * takes (RFC 8415 s21.4, s21.6). */
	size_t n_addresses;
	struct dhcp6_address addresses[LIMIT_ADDRESSES6];
	char hostname[LIMIT_CLIENTNAME + 1]; /* option 39; [A-Za-z0-9-] */
	/* Of client messages only. A URL that is refused refuses no message:
	 * url is "" then, and url_why says why. */
	bool is_flagged;         /* several options 112 (S-3): no URL */
	char url[LIMIT_URL + 1]; /* canonical; "" : none, or refused */
	struct fault url_why;    /* FAULT_NONE: there was nothing wrong */
};

/*
 * raw is the UDP payload.  Refused, with *why, are: an option that is cut, an
 * option known here of the wrong size, or given twice where one may stand
 * (S-3); more than DHCP6_RELAYS envelopes, one without a message in it or with
 * one that goes the other way; more than LIMIT_ADDRESSES6 addresses; a message
 * of another type, or one that RFC 8415 s16 has discarded since a DUID is
 * missing, or there, or it asks for the configuration alone with an IA.
 * Unknown options are skipped, and so are prefixes (IA_PD): what is delegated
 * is routed to the Thing, and is not its address on this link.
 * *message is untouched on failure.
 */
bool dhcp6_parse(struct bytes raw, struct dhcp6 *message, struct fault *why);

#endif
