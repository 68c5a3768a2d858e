/*
 * Which MUD URL a Thing has: what it announces, and what an administrator says
 * of it, which beats that (M-URL-7).
 *
 * Who says it: mudd.conf beats mudctl, an administrator a certificate, and that
 * what is announced by DHCPv4, DHCPv6 and LLDP, which must agree (S-42,
 * M-DH-2).  The first of these that counts is the source of the URL in force,
 * and may change it to another of the same base path (S-37).  What another says
 * that differs, or the source of another maker (M-SEC-5, S-45), does not count:
 * the Thing keeps what it has, is flagged for as long as that is said, an event
 * is told once, and nobody fetches the other URL.
 *
 * When a word counts: at once from a MAC that nobody has seen before, and where
 * it only repeats the URL in force; else once an exchange of DHCP was completed
 * on the port where it came in.  LLDP has no exchange: lldp.h.
 */
#ifndef ENGINE_ANNOUNCE_H
#define ENGINE_ANNOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"
#include "engine/state/state.h"

struct fault;
struct sightings;
struct thing;

/* Whose word a carrier brings; NONE: it brings no MUD URL. */
enum state_source announce_carrier(enum carrier carrier);

/* A message that may announce a MUD URL, of a Thing that was_here before it or
 * not: it counts at once, or waits. */
void announce_take(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, bool was_here, int64_t now);

/* An exchange was completed: what was announced on its port counts, and a Thing
 * that had departed is back; one that had a lease, by a lease alone, not by an
 * exchange that lent nothing. */
void announce_confirm(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now);

/* What waits from there counts now. */
void announce_believe(const struct sightings *sightings, struct thing *thing,
    enum state_source source, int64_t now);

/* This one says nothing any more. A Thing stays managed all the same (S-45). */
void announce_end(const struct sightings *sightings, struct thing *thing,
    enum state_source source);

/* What was said before a restart, and counted; it is told no second time. */
void announce_restore(
    struct thing *thing, enum state_source source, const char *url);

/*
 * The source says that the Thing has this URL, and that counts: it is managed
 * under it from now on, if it may be.  Of those that are not announced a Thing
 * that had departed comes back.  The caller stores it.
 */
void announce_manage(const struct sightings *sightings, struct thing *thing,
    const char *url, enum state_source source, int64_t now);

/* The same, as it was stored: nothing of it is news. */
void announce_load(const struct sightings *sightings, struct thing *thing,
    const char *url, enum state_source source, int64_t now);

/* It had departed, and is back. */
void announce_return(const struct sightings *sightings, struct thing *thing);

/* Stores it, if what is said of it is another than the state knows. */
void announce_keep(const struct sightings *sightings, struct thing *thing);

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
