/*
 * What the kernel has counted for each Thing.
 */
#ifndef ENFORCE_COUNTERS_H
#define ENFORCE_COUNTERS_H

#include "core/records.h"

struct kernel;
struct model;
struct tables;

/* One call for each Thing of the model, once all was read.  0, or -errno if
 * the kernel could not be read: -ENOENT if a table or set is not there. */
int counters_read(struct kernel *kernel, struct model *model,
    const struct tables *tables,
    void (*each)(void *arg, const struct record_counter *counter), void *arg);

#endif
