/*
 * DHCP exchanges under way: what a client asked, until its answer leaves.
 *
 * Only an answer that leaves by the port where the question came in, with its
 * xid and client, completes an exchange; what somebody on the LAN makes up is
 * matched by nothing, or goes where he is himself.
 *
 * At most LIMIT_TRANSACTIONS, and EXCHANGE_PORT of one port; the oldest of
 * the port, or of the port that holds most, makes room.
 */
#ifndef WATCH_EXCHANGE_H
#define WATCH_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"

#define EXCHANGE_PORT      64
#define EXCHANGE_LIFE_MSEC 30000 /* a server that takes longer is not asked */

struct exchanges;

struct exchange {
	struct mac mac;
	/* By which a DHCPv6 relay's answer names its client; it does not repeat
	 * the MAC address. Family 0: not relayed, or DHCPv4. */
	struct addr peer;
	uint8_t carrier; /* enum carrier: CARRIER_DHCP4 or CARRIER_DHCP6 */
	uint8_t message; /* what was asked: the type, as the carrier has it */
	uint32_t xid;
	uint32_t ifindex; /* port that the request came in by */
	/* As they were when it came (presence.h). */
	bool is_present;
	uint32_t known_ifindex;
	int64_t at_msec;
};

struct exchanges *exchanges_new(void);
void exchanges_free(struct exchanges *exchanges);

/* Copies; a request that is sent again replaces the earlier one. */
void exchanges_asked(struct exchanges *exchanges, const struct exchange *asked);

/*
 * Takes the exchange out that an answer completes: of its carrier, xid, port
 * and client, which is `peer' where that is set, else `mac'.  False if there is
 * none, or it was asked too long before at_msec; *asked is then untouched.
 */
bool exchanges_answered(struct exchanges *exchanges,
    const struct exchange *answer, struct exchange *asked);

#endif
