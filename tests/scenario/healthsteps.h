/*
 * What enforcement rests on, as mudd tells it.
 */
#ifndef SCENARIO_HEALTHSTEPS_H
#define SCENARIO_HEALTHSTEPS_H

#include "tests/scenario/steps.h"

/* condition NUMBER well|impaired DETAIL: mudd tells the engine */
step_fn healthsteps_condition;
/* degraded NAME...: what `mudctl health` says is; or none */
step_fn healthsteps_degraded;

#endif
