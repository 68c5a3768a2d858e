/*
 * What is impaired of that on which enforcement rests, and what to do about it
 * (`mudctl health`).
 */
#ifndef ENGINE_HEALTH_H
#define ENGINE_HEALTH_H

#include <stdbool.h>

#include <jansson.h>

#include "core/records.h"

struct engine;

struct health {
	struct {
		bool is_known;
		bool is_impaired;
		struct fault why; /* FAULT_NONE: detail says how it is well */
	} at[CONDITIONS];
};

/* False: the record breaks its rules. Logs what changes. */
bool health_take(struct health *health, const struct record_condition *record);

/* {"conditions": [{name, state, detail, remedy}]}: the known ones; state is ok
 * or degraded. The caller owns it. */
json_t *health_report(struct engine *engine);
/* The names of those that are degraded. */
json_t *health_degraded(struct engine *engine);

#endif
