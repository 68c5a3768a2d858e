/*
 * What the kernel has counted for each ACE of a policy: packets that its rules
 * decided, replies among them, in all tables that ask them.
 */
#ifndef ENFORCE_TALLIES_H
#define ENFORCE_TALLIES_H

#include <stdint.h>

#include "core/records.h"

struct kernel;
struct model;
struct tables;

/*
 * One call for each ACE that has a rule in the model's policy of this number,
 * by rising index, once all was read.  They count from the time when the
 * policy's chains were made.  0, also where the model has no such policy, or
 * -errno if the kernel could not be read: -ENOENT if a chain is not there.
 */
int tallies_read(struct kernel *kernel, const struct model *model,
    const struct tables *tables, uint32_t policy,
    void (*each)(void *arg, const struct record_tally *tally), void *arg);

#endif
