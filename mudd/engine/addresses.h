/*
 * Addresses that a Thing gives itself: SLAAC, privacy and link-local ones, of
 * which it speaks in neighbour discovery.
 *
 * No server stands behind its word.  So it gets only what nobody has, of the
 * networks that are connected where it is: not the gateway's, not another's
 * (S-48, S-49).  Otherwise whoever claims an address would take the policy, or
 * the place in a class, of somebody who has it, or open a class to a host of
 * the Internet.
 */
#ifndef ENGINE_ADDRESSES_H
#define ENGINE_ADDRESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/things.h"
#include "libmud/addr.h"

struct record_sighting;
struct sightings;

/* Is it an address for a Thing there at all? Says so if not. */
bool addresses_may_have(
    const struct sightings *sightings, const struct record_sighting *sighting);

/*
 * The Thing, whose port is noted, uses this address: it is its from now on,
 * unless another has it (spoof).  A Thing that has departed does not come back
 * by that: what it says of itself is kept until a DHCP server has spoken.
 */
void addresses_take(const struct sightings *sightings, struct thing *thing,
    const struct addr *address, int64_t now);

/* What makes room for one more address of this family (4 or 6) leaves the
 * state; things.h takes it from the Thing. */
void addresses_make_room(const struct sightings *sightings,
    const struct thing *thing, unsigned int family);

/* Takes all that the Thing has from there. */
void addresses_drop(const struct sightings *sightings, struct thing *thing,
    enum lease_source source);

#endif
