/*
 * Neighbour discovery and ARP to sightings.  Role: watcher.  Input: hostile
 * frames, and what the kernel says of them.
 */
#include "watch/arp.h"
#include "watch/nd.h"
#include "watch/observer.h"

/* What its sender says of itself; whether that counts is the engine's. */
static bool
observe_word(struct observer *observer, const struct observation *seen,
    const struct record_sighting *word, struct record_sighting *sighting,
    struct fault *why)
{
	if (!observer_judge(
		observer, observer->neighbour_budget, seen, &word->mac, why))
		return false;
	observer_begin(observer, seen, &word->mac, SIGHTING_ADDRESS,
	    (enum carrier)word->carrier, sighting);
	sighting->message = word->message;
	sighting->address = word->address;
	return true;
}

bool
observe_nd(struct observer *observer, const struct observation *seen,
    struct record_sighting *sighting, struct fault *why)
{
	struct record_sighting word = { .carrier = CARRIER_ND };
	struct nd nd;

	if (!nd_parse(seen->raw, &nd, why))
		return false;
	word.message = nd.is_probe ? ADDRESS_PROBED : ADDRESS_USED;
	word.mac = nd.source;
	word.address = nd.address;
	return observe_word(observer, seen, &word, sighting, why);
}

bool
observe_arp(struct observer *observer, const struct observation *seen,
    struct record_sighting *sighting, struct fault *why)
{
	struct record_sighting word = { .carrier = CARRIER_ARP };
	struct arp arp;

	if (!arp_parse(seen->raw, &arp, why))
		return false;
	word.message = arp.is_probe ? ADDRESS_PROBED : ADDRESS_USED;
	word.mac = arp.source;
	word.address = arp.address;
	return observe_word(observer, seen, &word, sighting, why);
}
