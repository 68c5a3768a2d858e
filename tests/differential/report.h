/*
 * A case as text, for whoever has to find out which side is wrong.
 */
#ifndef DIFFERENTIAL_REPORT_H
#define DIFFERENTIAL_REPORT_H

#include "libmud/evaluate.h"
#include "libmud/flow.h"
#include "tests/differential/generate.h"
#include "tests/differential/interpret.h"

void report_case(const struct made *made, struct kernel *kernel,
    const struct flow *flow, const struct evaluation *said,
    const struct kernel_verdict *done);

#endif
