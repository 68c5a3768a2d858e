/*
 * An administrator looks at a file that waits.
 */
#ifndef SCENARIO_SHOWSTEPS_H
#define SCENARIO_SHOWSTEPS_H

#include "tests/scenario/steps.h"

/* show URL; then: expect shown candidate VERDICT WHAT, and the same for
 * accepted where there is one.  WHAT: policy N (that many lines), or the
 * fault for which there is none.  Last come expect shown + TEXT, - TEXT. */
step_fn showsteps_show;
/* refresh URL */
step_fn showsteps_refresh;
/* explain MAC from|to ADDRESS PROTOCOL PORT VERDICT SOURCE [peer] [NOTE...] */
step_fn showsteps_explain;
/* mode MAC MODE OUTCOME: done, no-url, not-stored */
step_fn showsteps_mode;

#endif
