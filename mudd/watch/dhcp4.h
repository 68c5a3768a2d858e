/*
 * One DHCPv4 message (RFC 2131, 2132), and the MUD URL in its option 161
 * (RFC 8520 s10.1).
 */
#ifndef WATCH_DHCP4_H
#define WATCH_DHCP4_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"
#include "libmud/bytes.h"
#include "libmud/fault.h"
#include "libmud/limits.h"

#define DHCP4_SERVER_PORT 67
#define DHCP4_CLIENT_PORT 68

enum dhcp4_op { DHCP4_BOOTREQUEST = 1, DHCP4_BOOTREPLY = 2 };

/* Option 53; the types past these are of no use here and are refused. */
enum dhcp4_type {
	DHCP4_DISCOVER = 1,
	DHCP4_OFFER,
	DHCP4_REQUEST,
	DHCP4_DECLINE,
	DHCP4_ACK,
	DHCP4_NAK,
	DHCP4_RELEASE,
	DHCP4_INFORM
};

/* Addresses have family 0 where the message has none, or 0.0.0.0. */
struct dhcp4 {
	enum dhcp4_op op;
	enum dhcp4_type type; /* fits op: clients' or servers' */
	uint32_t xid;
	bool is_broadcast; /* the client asks for a broadcast answer */
	struct mac chaddr;
	struct addr ciaddr, yiaddr, giaddr;
	struct addr requested; /* option 50 */
	struct addr server;    /* option 54 */
	bool is_rapid; /* option 80: a DISCOVER may get an ACK (RFC 4039) */
	bool has_lease;
	uint32_t lease_sec;                  /* option 51 */
	char hostname[LIMIT_CLIENTNAME + 1]; /* [A-Za-z0-9-]; "" : none */
	/* Of client messages only. A URL that is refused refuses no message:
	 * url is "" then, and url_why says why. */
	bool is_flagged;         /* several options 161 (S-3): no URL */
	char url[LIMIT_URL + 1]; /* canonical; "" : none, or refused */
	struct fault url_why;    /* FAULT_NONE: there was nothing wrong */
};

/*
 * raw is the UDP payload.  Refused, with *why, are: what is not Ethernet
 * (htype 1, hlen 6), a missing magic cookie, a cut option or an option area
 * without its end option, a known option of the wrong size or given twice,
 * a message without a type or with one that does not fit op.  Unknown options
 * are skipped.  *message is untouched on failure.
 */
bool dhcp4_parse(struct bytes raw, struct dhcp4 *message, struct fault *why);

#endif
