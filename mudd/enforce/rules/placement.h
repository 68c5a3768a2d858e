/*
 * Where Things are, as elements: the pairs of port and MAC that the guard of
 * ports asks for (portguard.h), the ports, and which of them are locked.
 */
#ifndef ENFORCE_PLACEMENT_H
#define ENFORCE_PLACEMENT_H

#include <stdint.h>

struct batch;
struct model;
struct places;

/* The difference between `was` and `now` of Things, in the bridge or netdev
 * table. */
void placement_write(
    struct batch *batch, uint16_t family, const struct model *model);
/* All Things of `now`, in one that is empty. */
void placement_fill(
    struct batch *batch, uint16_t family, const struct model *model);
/* The sets of ports, flushed and filled again. */
void placement_ports(
    struct batch *batch, uint16_t family, const struct places *now);

#endif
