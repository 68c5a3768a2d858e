/*
 * What the kernel logs of dropped packets, and what people are shown of it.
 */
#ifndef SCENARIO_DROPSTEPS_H
#define SCENARIO_DROPSTEPS_H

#include "tests/scenario/steps.h"

/* drop from | to | spoof MAC own ADDRESS peer ADDRESS [protocol N] [port N]
 * [type N] [count N]; MAC may be 00:00:00:00:00:00, own and peer may both be
 * left out */
step_fn dropsteps_drop;
/* drops MAC|all; then a line each: expect denied KIND WAY DEVICE ADDRESS PEER
 * NAME PROTOCOL NUMBER count N first SECONDS last SECONDS, with a dash where
 * there is none */
step_fn dropsteps_list;

#endif
