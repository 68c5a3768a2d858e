/*
 * What LLDP says of a Thing: when it counts, and how it ends (RFC 8520 s12,
 * M-LL-3).
 *
 * LLDP has no exchange that would show who spoke.  So where a word may not
 * count at once (announce.h) it counts when an exchange of DHCP is completed on
 * the same port, or once it has been repeated for LLDP_STAY_SEC, always by the
 * port where its MAC was known before (S-62): whoever forges a frame in the
 * name of a neighbour does so by another port, or would have to hold the MAC's
 * own port against it for as long.
 *
 * It ends by a shutdown from there, or with its TTL.  A Thing whose URL came by
 * LLDP and that has no lease by DHCP has departed then.  One that never had a
 * lease is back with the next announcement from its port; any other by a lease.
 */
#ifndef ENGINE_LLDP_H
#define ENGINE_LLDP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"

#define LLDP_STAY_SEC 60
/* Of one that was stored without: 802.1AB's own, four messages. */
#define LLDP_TTL_SEC 120

struct sightings;
struct thing;

/* Of one Thing; zero: it does not speak it. */
struct lldp_life {
	int64_t until; /* seconds; 0: it has ended */
	uint16_t ttl_sec;
	bool is_refused; /* its URL is, and that was told */
};

/* A sighting that LLDP brought. */
void lldp_take(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, bool was_here, int64_t now);

/* It was heard before a restart: it lives once more as long. */
void lldp_restore(struct thing *thing, uint16_t ttl_sec, int64_t now);

/* Ends what is over. Returns when the next of them will be. */
int64_t lldp_expire(const struct sightings *sightings, int64_t now);

#endif
