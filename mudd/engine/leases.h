/*
 * Leases: addresses that a DHCP server lends to a Thing, until they are given
 * back, run out, or go to another (S-48); and what a Thing that has none left
 * loses: it has departed (architecture.md, "Departure").
 */
#ifndef ENGINE_LEASES_H
#define ENGINE_LEASES_H

#include <stdint.h>

#include "core/records.h"

struct sightings;
struct thing;

/* An exchange is completed: the URL that was announced in it counts. */
void leases_take(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now);
void leases_release(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting);
/* The server denies the Thing whatever it asked for. */
void leases_nak(const struct sightings *sightings, struct thing *thing);

/* It has left; its record stays. how: for people, constant. */
void leases_depart(
    const struct sightings *sightings, struct thing *thing, const char *how);

/* Those that have run out. Returns when the next one does. */
int64_t leases_expire(const struct sightings *sightings, int64_t now);

#endif
