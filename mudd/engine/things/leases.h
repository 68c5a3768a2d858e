/*
 * Leases: addresses that a DHCP server lends to a Thing, until they are given
 * back, run out, or go to another (S-48).  With the last one, of whichever
 * family, a Thing has departed (architecture.md, "Departure"), and loses what
 * it gave itself as well; with one left it loses only what has ended.
 */
#ifndef ENGINE_LEASES_H
#define ENGINE_LEASES_H

#include <stdint.h>

#include "core/records.h"

struct sightings;
struct thing;

/*
 * An exchange is completed: the URL that was announced in it counts.  The
 * address is lent, unless it is none for a device there; with none (family 0)
 * the Thing has asked for no address, or the server had none: it gives itself
 * one (SLAAC).
 */
void leases_take(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now);
void leases_release(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting);
/* The server takes an address away, or (family 0) denies the Thing whatever it
 * asked for.  It has not left by that. */
void leases_nak(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting);

/* It has left; its record stays. how: for people, constant. */
void leases_depart(
    const struct sightings *sightings, struct thing *thing, const char *how);

/* Those that have run out. Returns when the next one does. */
int64_t leases_expire(const struct sightings *sightings, int64_t now);

#endif
