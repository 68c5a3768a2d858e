/*
 * On which port was a MAC address known before this frame?
 *
 * A MAC that has presence changes state only by what comes from the port
 * where it was known before (docs/architecture.md; nobody shall lock a
 * neighbour's laptop in with a forged frame).  The bridge learns from the
 * very frame that is being judged, and its word of that may reach us before
 * or after the frame.  So what the kernel learnt a moment ago is no "before":
 *
 *   appeared  a MAC is known from PRESENCE_APPEAR_MSEC after it was first
 *             learnt;
 *   moved     the new port counts from PRESENCE_MOVE_MSEC after the move
 *             (S-47: the old one was silent for so long, or it would have
 *             moved back), until then the port where it was settled does.
 *
 * A Thing that boots is often learnt from a frame (IPv6 DAD, ARP) shortly
 * before its first DHCP message: it counts as never seen.  That is safe, for
 * whoever could forge that frame could do so only against a MAC that had no
 * presence, hence nothing to protect.
 *
 * What the kernel forgets (an entry that aged out) is remembered here: a
 * laptop that slept keeps its port.  At most LIMIT_PRESENCE addresses; the
 * oldest of the port that holds most makes room (share.h).
 */
#ifndef WATCH_PRESENCE_H
#define WATCH_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"

#define PRESENCE_APPEAR_MSEC 2000
#define PRESENCE_MOVE_MSEC   10000

struct presence;

/* What the kernel knew when the watcher started: before any frame. */
#define PRESENCE_EVER_MSEC (INT64_MIN / 2)

/* Who says so.  The bridge knows the port; the neighbour table knows the
 * interface only, and is believed where no bridge knows better. */
enum presence_source { PRESENCE_BRIDGE, PRESENCE_NEIGHBOUR };

/* key: random, 64 bits. */
struct presence *presence_new(uint64_t key);
void presence_free(struct presence *presence);

/*
 * The kernel knows mac on this port (of a bridge, or a plain interface); 0:
 * behind a bridge, on which port is not said.  Addresses that can name no
 * Thing are passed over.  at_msec: PRESENCE_EVER_MSEC, or a clock that never
 * runs backwards.
 */
void presence_learn(struct presence *presence, const struct mac *mac,
    uint32_t ifindex, enum presence_source source, int64_t at_msec);

/* The bridge has forgotten it; from now on a neighbour entry may move it. */
void presence_aged(
    struct presence *presence, const struct mac *mac, uint32_t ifindex);

/* A complete dump of the bridges' tables follows ... */
void presence_resync(struct presence *presence);
/* ... and has ended well: of whom it said nothing the bridge has forgotten, of
 * which the word may have been lost. */
void presence_settle(struct presence *presence);

/* The interface is gone: who was known there is known, but nowhere. */
void presence_port_gone(struct presence *presence, uint32_t ifindex);

/* The port where a bridge has mac now, or 0. */
uint32_t presence_now(const struct presence *presence, const struct mac *mac);

/*
 * Was mac known before a frame that came in at at_msec?  If so *ifindex is
 * where; 0 where no port is known, or it is gone.  Untouched if not.
 */
bool presence_before(const struct presence *presence, const struct mac *mac,
    int64_t at_msec, uint32_t *ifindex);

#endif
