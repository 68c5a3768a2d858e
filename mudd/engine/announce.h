/*
 * Which MUD URL a Thing has: what it announces, and what an administrator says
 * of it, which beats that (M-URL-7).
 *
 * Another maker's URL from a known Thing is not believed (M-SEC-5, S-45), nor
 * one for another product of its maker's from another source (S-37, S-42): the
 * Thing keeps what it has, and is flagged.
 */
#ifndef ENGINE_ANNOUNCE_H
#define ENGINE_ANNOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"
#include "engine/state.h"

struct fault;
struct sightings;
struct thing;

/* A message that may announce a MUD URL, of a Thing that was_here before it or
 * not: it counts at once, or once the exchange is completed. */
void announce_take(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, bool was_here, int64_t now);

/* The Thing is managed under this URL from now on, if it may be. */
void announce_manage(const struct sightings *sightings, struct thing *thing,
    const char *url, enum state_source source, int64_t now);

/* Who says which MUD URL it has; its classes follow that (S-40). */
void announce_source(const struct sightings *sightings, struct thing *thing,
    enum state_source source);

/* It is on this port. */
void announce_port(
    const struct sightings *sightings, struct thing *thing, uint32_t ifindex);

/*
 * An administrator gives a Thing its MUD URL: from now on what it announces
 * itself does not count (M-URL-7).  0 once that is durable; -EINVAL with *why:
 * it is none that may be fetched; -EPERM: mudd.conf says otherwise; -ENOSPC:
 * as many devices are managed as may be; -EIO: it holds, but is not durable.
 */
int announce_assign(const struct sightings *sightings, struct thing *thing,
    const char *url, int64_t now, struct fault *why);

#endif
