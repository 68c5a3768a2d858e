/*
 * What a sighting means: who may be confined by an announcement, who holds
 * which address, who has left (architecture.md, "Who may be confined").
 *
 * A MAC never seen before is confined the moment its URL is seen.  One that
 * has presence changes only by an announcement from the port where the bridge
 * knew it before that frame, followed by a completed exchange; anything else
 * is spoofing and changes nothing.  So nobody can lock a neighbour's laptop
 * in, or let a Thing out, with a forged frame.
 */
#ifndef ENGINE_SIGHTINGS_H
#define ENGINE_SIGHTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"

struct config;
struct lan;
struct manager;
struct newcomers;
struct state;
struct storing;
struct thing;
struct things;

struct sightings {
	const struct config *config;
	struct lan *lan;
	struct things *things;
	struct manager *manager;
	struct state *state;
	/* Its own, from sightings_begin to sightings_end. */
	struct newcomers *newcomers;
	struct storing *storing;
};

void sightings_begin(struct sightings *sightings);
/* Writes what is due. */
void sightings_end(struct sightings *sightings);

/* false: the record breaks a rule. */
bool sightings_take(const struct sightings *sightings,
    const struct record_sighting *sighting, int64_t now);

/* Ends what is over: leases, LLDP. Returns when the next of them will be. */
int64_t sightings_expire(const struct sightings *sightings, int64_t now);

/* A device that was not known before, with what mudd.conf says of it. */
struct thing *sightings_add(
    const struct sightings *sightings, const struct mac *mac, int64_t now);

/* Things, their leases and certificates as they were stored. */
void sightings_load(const struct sightings *sightings, int64_t now);

#endif
