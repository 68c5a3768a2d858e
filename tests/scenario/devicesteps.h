/*
 * What an administrator does with one device.
 */
#ifndef SCENARIO_DEVICESTEPS_H
#define SCENARIO_DEVICESTEPS_H

#include "tests/scenario/steps.h"

/* forget MAC OUTCOME: done, configured, not-stored */
step_fn devicesteps_forget;

#endif
