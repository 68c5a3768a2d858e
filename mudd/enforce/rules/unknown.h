/*
 * LAN hosts that are no Things, in table inet mudd: where they are judged at
 * all, they live under one policy (docs/architecture.md, "Unknown devices").
 *
 * What the gateway itself says to them is not asked about, nor what stays on
 * one bridge, nor anything on the side of the WAN alone.
 */
#ifndef ENFORCE_UNKNOWN_H
#define ENFORCE_UNKNOWN_H

#include <stdint.h>

struct batch;
struct writer;

#define CHAIN_UNKNOWN_IN "unknown_in"
/* Where a policy of ENDING_UNKNOWN ends. */
#define CHAIN_DROP_UNKNOWN_FROM "drop_unknown_from"
#define CHAIN_DROP_UNKNOWN_TO   "drop_unknown_to"

/* The sets and chains of theirs, which nothing jumps to yet. */
void unknown_schema(struct writer *to);
/* What `forward` asks about them, after it has asked about Things. */
void unknown_forward(struct writer *to);

/* From now on they live under this policy, whose chains are there. */
void unknown_write(struct batch *batch, uint32_t policy);

#endif
