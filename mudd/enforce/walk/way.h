/*
 * The hooks that a described packet passes on its way through the gateway, in
 * their order: in by a port and its bridge, to the gateway or past it, out.
 */
#ifndef WALK_WAY_H
#define WALK_WAY_H

#include <stdbool.h>
#include <stddef.h>

#include "enforce/walk/packet.h"
#include "enforce/walk/route.h"

#define WAY_PLACES 16
#define WAY_LINKS  6

struct way {
	size_t n, n_links;
	struct packet_place place[WAY_PLACES];
	struct packet_link link[WAY_LINKS]; /* that places refer to */
	struct mac from_mac, to_mac, out_from_mac, out_to_mac;
};

/*
 * Where the packet of the question goes.  *way is filled in place, and not to
 * be copied: its parts refer to each other.  0 or -errno; -ENODEV: the port of
 * the Thing is not there (any more), so nobody knows.
 */
int way_find(
    struct routes *routes, const struct record_walk *walk, struct way *way);

/* Does a frame, or a packet, pass a hook of this kind anywhere?  What stands
 * in another one has nobody thought of. */
bool way_knows_hook(uint16_t family, uint32_t hook);

#endif
