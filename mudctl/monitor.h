/*
 * What happens, as it happens.
 */
#ifndef MUDCTL_MONITOR_H
#define MUDCTL_MONITOR_H

#include "mudctl/show.h"

struct options;

/* A line for each answer of this method, or an object with -j, until the user
 * interrupts; an exit code (commands.h). */
int monitor_run(
    const struct options *options, const char *method, show_fn *show);

#endif
