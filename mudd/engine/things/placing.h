/*
 * Where Things are: the ports of the LAN, and on which of them each Thing is,
 * as far as the kernel was not told yet.
 *
 * A Thing is on the port where it last completed an exchange, as long as that
 * is there and up; with the port down, or once it has departed, it is on none,
 * and from any port it may do what leads to a binding (architecture.md,
 * "Moving").
 */
#ifndef ENGINE_PLACING_H
#define ENGINE_PLACING_H

#include "engine/batch.h"
#include "engine/lan.h"
#include "engine/things/things.h"

struct sightings;

/* Ports that came, went, or are called something else. Things whose port is
 * another one than the kernel was told are touched: before they are sent. A
 * port that comes again under its name has its Things again. */
void placing_sync_ports(
    struct lan *lan, struct things *things, struct batch *batch);
/* Where this Thing is, behind its THING. */
void placing_sync_thing(
    struct lan *lan, struct thing *thing, struct batch *batch);
/* A link as the watcher tells it, before lan_link takes it: if it has another
 * name now, the Things on it are on the port of that name. */
void placing_rename(
    const struct sightings *sightings, const struct record_link *link);
/* Is it one of locked-ports? */
bool placing_is_locked(struct lan *lan, uint32_t ifindex);
/* Nothing counts as told any more. */
void placing_forget(struct lan *lan);

#endif
