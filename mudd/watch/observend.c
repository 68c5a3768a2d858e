/*
 * Neighbour discovery to sightings.  Role: watcher.  Input: hostile frames,
 * and what the kernel says of them.
 */
#include "watch/nd.h"
#include "watch/observer.h"

/* What its sender says of itself; whether that counts is the engine's. */
bool
observe_nd(struct observer *observer, const struct observation *seen,
    struct record_sighting *sighting, struct fault *why)
{
	struct nd nd;

	if (!nd_parse(seen->raw, &nd, why) ||
	    !observer_judge(
		observer, observer->neighbour_budget, seen, &nd.source, why))
		return false;
	observer_begin(
	    observer, seen, &nd.source, SIGHTING_ADDRESS, CARRIER_ND, sighting);
	sighting->address = nd.address;
	return true;
}
