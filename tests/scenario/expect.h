/*
 * Steps that say what the engine must have done, or think.
 */
#ifndef SCENARIO_EXPECT_H
#define SCENARIO_EXPECT_H

#include "tests/scenario/steps.h"

/*
 * expect nothing             it has done nothing that was not expected
 * expect batch [reset] [monitor]   and, indented, the batch, line by line
 * expect url URL STANDING [CODE]   fetching, pending, refused, enforced
 * expect waits URL | expect settled | expect unsettled
 * expect flags MAC FLAG... | none
 * expect addresses MAC ADDRESS... | none
 * expect absent MAC
 * expect WORDS...            any other line that it caused (scene_see)
 */
step_fn expect_step;

#endif
