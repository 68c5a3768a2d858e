/*
 * How what a policy denies ends, and who may be under which (enum
 * policy_ending): model.c's part about these.
 */
#ifndef ENFORCE_ENDING_H
#define ENFORCE_ENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"

struct fault;
struct model;

/* ENDING_DROP if it is not there. */
enum policy_ending ending_of(const struct model *model, uint32_t policy);

/* What an unknown device runs into is counted for no Thing, and where a
 * Thing ends nobody else may: is it so, as far as the batch touched it? */
bool ending_fits(const struct model *model, struct fault *why);
/* What unknown devices live under: as it was told, or as it was before. */
void ending_settle(struct model *model, bool keep);

#endif
