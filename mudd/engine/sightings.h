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
struct fault;
struct lan;
struct manager;
struct state;
struct thing;
struct things;

struct sightings {
	const struct config *config;
	struct lan *lan;
	struct things *things;
	struct manager *manager;
	struct state *state;
};

/* false: the record breaks a rule. */
bool sightings_take(const struct sightings *sightings,
    const struct record_sighting *sighting, int64_t now);

/*
 * An administrator gives a Thing its MUD URL: from now on what it announces
 * itself does not count (M-URL-7).  0 once that is durable; -EINVAL with *why:
 * it is none that may be fetched; -EPERM: mudd.conf says otherwise; -ENOSPC:
 * as many devices are managed as may be; -EIO: it holds, but is not durable.
 */
int sightings_assign(const struct sightings *sightings, struct thing *thing,
    const char *url, int64_t now, struct fault *why);

/* Leases that have run out. Returns when the next one does. */
int64_t sightings_expire(const struct sightings *sightings, int64_t now);

/* Things and leases as they were stored. */
void sightings_load(const struct sightings *sightings, int64_t now);

#endif
