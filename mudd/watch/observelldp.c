/*
 * LLDP to sightings.  Role: watcher.  Input: hostile frames, and what the
 * kernel says of them.
 */
#include <string.h>

#include "watch/lldp.h"
#include "watch/observer.h"

/* What its sender says of itself, and for how long; whether that counts is the
 * engine's. */
bool
observe_lldp(struct observer *observer, const struct observation *seen,
    struct record_sighting *sighting, struct fault *why)
{
	struct lldp lldp;

	if (!lldp_parse(seen->raw, &lldp, why) ||
	    !observer_judge(
		observer, observer->budget, seen, &lldp.source, why))
		return false;
	observer_begin(observer, seen, &lldp.source, SIGHTING_REQUEST,
	    CARRIER_LLDP, sighting);
	sighting->lease_sec = lldp.ttl_sec;
	sighting->flagged = lldp.is_flagged;
	memcpy(sighting->url, lldp.url, sizeof(sighting->url));
	memcpy(sighting->hostname, lldp.hostname, sizeof(sighting->hostname));
	sighting->why = lldp.url_why;
	return true;
}
