/*
 * One LLDPDU (IEEE 802.1AB), and the MUD URL in its TLV of RFC 8520 s12.
 *
 * Who sent it is the Ethernet source, as with every other message: a bridge
 * learns that address, and our rules ask for it.  The chassis ID names the
 * whole chassis, whose ports often have addresses of their own, so that it
 * differs from the source is no lie, and what it says is not looked at.
 */
#ifndef WATCH_LLDP_H
#define WATCH_LLDP_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"
#include "libmud/bytes.h"
#include "libmud/fault.h"
#include "libmud/limits.h"

struct lldp {
	struct mac source; /* of the frame */
	uint16_t ttl_sec;  /* 0: a shutdown, and all below is empty */
	char hostname[LIMIT_CLIENTNAME + 1]; /* [A-Za-z0-9-]; "" : none */
	/* A URL that is refused refuses no LLDPDU: url is "" then, and url_why
	 * says why. */
	bool is_flagged;         /* several MUD TLVs (S-3): no URL */
	char url[LIMIT_URL + 1]; /* canonical; "" : none, or refused */
	struct fault url_why;    /* FAULT_NONE: there was nothing wrong */
};

/*
 * raw is a whole frame.  Refused, with *why and *lldp untouched, is what a
 * receiver discards (802.1AB 9.2.7.7): another destination than the three
 * groups, an LLDPDU that does not begin with one Chassis ID, one Port ID and
 * one Time To Live in this order, a TLV that is cut or of a wrong length.  The
 * list ends by its End TLV, or with the frame.  TLVs that are not known are
 * skipped, those of other organizations too.
 */
bool lldp_parse(struct bytes raw, struct lldp *lldp, struct fault *why);

#endif
