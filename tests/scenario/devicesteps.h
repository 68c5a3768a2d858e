/*
 * What an administrator does with one device.
 */
#ifndef SCENARIO_DEVICESTEPS_H
#define SCENARIO_DEVICESTEPS_H

#include "tests/scenario/steps.h"

/* own-file NAME WORD: policies/NAME holds this when the engine begins */
step_fn devicesteps_own_file;
/* assign MAC URL|announced OUTCOME: done, no-url, configured, full,
 * not-assigned */
step_fn devicesteps_assign;
/* forget MAC OUTCOME: done, configured, not-stored */
step_fn devicesteps_forget;
/* rename MAC NAME|none OUTCOME: done, no-name, configured, taken, full,
 * not-stored */
step_fn devicesteps_rename;
/* called NAME MAC|nobody: who is meant by that name? */
step_fn devicesteps_called;

#endif
