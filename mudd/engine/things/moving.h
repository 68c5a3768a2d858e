/*
 * Has a Thing moved, or does somebody use its name while it is quiet (S-47)?
 *
 * A lease that is given on another port than the Thing's, which is up, says
 * that the Thing was silent there for ten seconds (the guard lets nobody ask
 * for one before).  That it is quiet does not say that it has gone: so the
 * gateway asks for its addresses first, by ARP and neighbour discovery, which
 * the guard lets answer on its own port alone.  Whoever is heard there within
 * MOVING_SEC has not moved, and all stays as it is; else the lease counts.
 *
 * Who does not answer, since he sleeps, loses his port to whoever completes an
 * exchange in his name: a MAC is no proof of identity.
 */
#ifndef ENGINE_MOVING_H
#define ENGINE_MOVING_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"

#define MOVING_SEC 3

struct channel;
struct lan;
struct record_sighting;
struct sightings;
struct thing;

/* Of one Thing: the last lease that was given to it on another port. */
struct moving {
	int64_t due; /* 0: there is none */
	bool is_asked;
	uint8_t carrier;
	uint32_t ifindex, lease_sec;
	struct addr address;
};

/* Must it be asked before this sighting, whose origin is right, counts? thing:
 * NULL where the MAC is not known. */
bool moving_must_ask(struct lan *lan, const struct thing *thing,
    const struct record_sighting *sighting);
/* ... then it will be, and the sighting is kept till then. */
void moving_ask(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now);
/* Any other sighting whose origin is right: it is where it was. */
void moving_heard(struct thing *thing, int64_t now);

/* Asks, and lets what was kept count once it is time.  Returns when the next
 * is. */
int64_t moving_tick(
    const struct sightings *sightings, struct channel *mudd, int64_t now);

#endif
