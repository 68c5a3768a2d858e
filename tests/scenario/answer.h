/*
 * Steps of the world outside, of workers that the script plays itself, and of
 * administrators.
 */
#ifndef SCENARIO_ANSWER_H
#define SCENARIO_ANSWER_H

#include "libmud/fault.h"
#include "tests/scenario/steps.h"

/* The code of a fault's name ("unsigned"); false, with a failure, if none. */
bool answer_fault(struct scene *scene, const char *name, enum fault_code *code);

/* file BODY [signed SIGNER] [at REFERENCE] [verdict CODE] [refused CODE]
 * [hold CODE] [silent] [deadly] [draft] [hours N], and up to four of
 * name HOST, controller URI, my-controller, manufacturer HOST,
 * same-manufacturer, model URL, local */
step_fn answer_file;
/* serve URL BODY | serve URL fault CODE */
step_fn answer_serve;
/* stored URL WORD holds WORD2: other bytes lie where WORD's lay */
step_fn answer_stored;
/* pending, quarantine, unknown BODY: what that .json holds when the engine
 * begins */
step_fn answer_pending;
/* trust | distrust SIGNER */
step_fn answer_trust;

/*
 * What the worker of the last `expect fetch|resolve|peek|read` says:
 *   fetched BODY | fetched fault CODE
 *   address ADDRESS ttl SECONDS, resolved [fault CODE]
 *   signature-at URL | none
 *   verdict good SIGNER | verdict CODE, policy BODY, policy-begin BODY,
 *   refused CODE, die
 */
step_fn answer_worker;

/* approve URL as BODY OUTCOME; reject URL OUTCOME.  OUTCOME: done, unknown,
 * wrong-digest, nothing-waits */
step_fn answer_approve;
step_fn answer_reject;

#endif
