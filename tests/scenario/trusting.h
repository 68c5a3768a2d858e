/*
 * Trust anchors in a scenario: the word "anchor-SIGNER" stands for the
 * certificate of a signer's CA, any other for one that cannot be read; some
 * make the reader break its rules (has_misbehaved).
 */
#ifndef SCENARIO_TRUSTING_H
#define SCENARIO_TRUSTING_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/scenario/steps.h"

struct msg;
struct worker;

/* A signer's public key, as the readers of scenarios say it. */
void trusting_spki(const char *signer, uint8_t spki[32]);
/* Is "anchor-SIGNER" one of the words in this file? */
bool trusting_has(int fd, const char *signer);
/* A reader was asked to list anchors. */
void trusting_list(struct worker *worker, const struct msg *msg);

/* anchor-file NAME WORD: what a file of trust.d holds when the engine begins */
step_fn trusting_file;
/* trust-add WORD; then: expect trusted done, or a fault's name */
step_fn trusting_add;
/* trust-remove WORD OUTCOME: done, unknown, in-a-file */
step_fn trusting_remove;
/* trust-distrust SIGNER, trust-restore SIGNER */
step_fn trusting_decide;
/* lose URL WORD: the state has that file no more */
step_fn trusting_lose;
/* expect anchors WORD ... | none; a word of trust.d is NAME:WORD */
step_fn trusting_expect;

#endif
