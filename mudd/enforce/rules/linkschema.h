/*
 * The fixed part of the tables that see frames: bridge mudd, and netdev mudd
 * for the LAN interfaces that are no bridge.
 *
 * They guard Things where the inet hooks do not reach.  Only what is sent to
 * an address that is bound, and DHCP, goes to a managed MAC: the address's
 * policy is looked up by it, so a packet to another address that the Thing
 * has would meet none.  And nothing comes in by a bridge's port in the
 * gateway's own name, and no neighbour advertisement that lies
 * (sixguard.h); by any port, Things speak as portguard.h says.
 */
#ifndef ENFORCE_LINKSCHEMA_H
#define ENFORCE_LINKSCHEMA_H

#include <stdbool.h>

struct batch;
struct places;

/* On a bridge: logs what a Thing has sent, and drops it; it was counted. */
#define CHAIN_DROP_DENIED "drop_denied"

/* Replaces table bridge mudd. */
void linkschema_bridge(struct batch *batch, bool monitor);

/* Replaces table netdev mudd.  The LAN interfaces of `places` must exist: the
 * kernel refuses names of none. */
void linkschema_egress(
    struct batch *batch, const struct places *places, bool monitor);

/* Adds a base chain of this kind, in a table of another name, and takes it
 * away again: does the kernel have it? */
void linkschema_probe_bridge(struct batch *batch);
void linkschema_probe_egress(struct batch *batch);

#endif
