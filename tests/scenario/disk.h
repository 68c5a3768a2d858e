/*
 * The disk under the state: what it does not take, or has lost.
 */
#ifndef SCENARIO_DISK_H
#define SCENARIO_DISK_H

#include "tests/scenario/steps.h"

/* disk-takes no-new-file, disk-takes no-change, disk-takes all */
step_fn disk_takes;
/* disk-forgets urls: the state has no row of that table any more */
step_fn disk_forgets;

#endif
