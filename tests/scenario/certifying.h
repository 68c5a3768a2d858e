/*
 * Certificates of Things in a scenario.  The certificate that is handed over
 * is the words of its line; the reader says what they say.
 */
#ifndef SCENARIO_CERTIFYING_H
#define SCENARIO_CERTIFYING_H

#include <stddef.h>
#include <stdint.h>

#include "tests/scenario/steps.h"

struct msg;
struct worker;

/* device-anchor WORD: what device-anchors holds when the engine begins, as
 * trust.d does (trusting.h) */
step_fn certifying_anchor;
/* certificate MAC WORD...; then: expect certified done, or a fault's name */
step_fn certifying_step;
/* A reader was asked to judge one. */
void certifying_judge(struct worker *worker, const struct msg *msg);
/* What is named as signer, as the bytes of a Name. */
size_t certifying_name(const char *signer, uint8_t name[64]);

#endif
