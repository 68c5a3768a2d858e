/*
 * Frames that stay on their bridge, in the chains of table inet mudd: what a
 * host needs to live on its link is no policy's to forbid
 * (docs/architecture.md, "A policy in the kernel").
 */
#ifndef ENFORCE_BRIDGED_H
#define ENFORCE_BRIDGED_H

struct writer;

/* Frames that stay on their bridge jump there, and come back unless it is
 * accepted. */
#define CHAIN_BRIDGED "bridged"

/* The chain, with its rules. */
void bridged_schema(struct writer *to);
/* The rules alone, into the chain in hand, of table inet or bridge. */
void bridged_fill(struct writer *to);

#endif
