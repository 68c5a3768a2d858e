/*
 * Who is who in the kernel: the sets and maps from MAC and IP addresses to
 * Things and their policies.
 */
#ifndef ENFORCE_IDENTITY_H
#define ENFORCE_IDENTITY_H

#include <stdint.h>

struct batch;
struct model;

/* The difference between `was` and `now`, in the table of this family. */
void identity_write(
    struct batch *batch, uint16_t family, const struct model *model);
/* The same of what only the stateless path has (eastschema.h). */
void identity_write_east(struct batch *batch, const struct model *model);
/* All Things of `now`, in a bridge or netdev table that is empty. */
void identity_fill(
    struct batch *batch, uint16_t family, const struct model *model);

#endif
