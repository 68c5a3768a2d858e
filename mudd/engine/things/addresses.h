/*
 * Addresses that a Thing gives itself: SLAAC, privacy and link-local ones, of
 * which it speaks in neighbour discovery, and static ones of IPv4, of which it
 * speaks in ARP.
 *
 * No server stands behind its word.  So it gets only what nobody has, of the
 * networks that are connected where it is: not the gateway's, not another's
 * (S-48, S-49).  Otherwise whoever claims an address would take the policy, or
 * the place in a class, of somebody who has it, or open a class to a host of
 * the Internet.
 *
 * Who looks for a duplicate (RFC 4862 s5.4, RFC 5227 s2.1.1) asks, and whoever
 * has the address answers.  Where that is one of whom we know, nothing changes,
 * and the kernel lets the answer through.  Else the first packet from an IPv6
 * address may come with no further word in neighbour discovery, so the question
 * counts; ARP is never spared, so there the question does not, and the guard
 * does not stand in the way of an answer from somebody of whom we do not know.
 */
#ifndef ENGINE_ADDRESSES_H
#define ENGINE_ADDRESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/things/things.h"
#include "libmud/addr.h"

struct record_sighting;
struct record_unreachable;
struct sightings;

/* Is it an address for a Thing there at all? Says so if not. */
bool addresses_may_have(
    const struct sightings *sightings, const struct record_sighting *sighting);

/*
 * The Thing, whose port is noted, uses the sighting's address, or is about to:
 * it is its from now on, unless another has it.  A Thing that has departed does
 * not come back by that: what it says of itself is kept until a DHCP server has
 * spoken.
 */
void addresses_take(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now);

/*
 * The kernel has asked for this neighbour, and nobody answered.  Whoever gave
 * himself the address has it for ADDRESSES_GRACE_SEC more, unless he is heard
 * of again; a lease stays, since it is the server's to end.  That an entry was
 * idle, and has been removed, says nothing, and is not told.
 */
#define ADDRESSES_GRACE_SEC 600
bool addresses_unreachable(const struct sightings *sightings,
    const struct record_unreachable *told, int64_t now);

/*
 * Once a turn: have the LAN's networks changed?  What is of none that is
 * connected where its Thing is counts no more from now on (bindplan.h,
 * controllers.h), and again once it is; so does a lease, until it ends: the
 * kernel must learn of all. What the Thing gave itself it loses after
 * ADDRESSES_GRACE_SEC.
 */
void addresses_review(const struct sightings *sightings, int64_t now);

/* Takes an address from the Thing that it was not heard of from for too long.
 */
void addresses_forget(const struct sightings *sightings, struct thing *thing,
    const struct addr *address);

/* Takes all that the Thing has from there. */
void addresses_drop(const struct sightings *sightings, struct thing *thing,
    enum lease_source source);

#endif
