/*
 * What enforcement rests on, as far as mudd knows it (core/records.h,
 * enum condition): remembered, and told when it changes.
 */
#ifndef ENFORCE_CONDITIONS_H
#define ENFORCE_CONDITIONS_H

#include <stdbool.h>

#include "core/records.h"

typedef void conditions_fn(void *arg, const struct record_condition *condition);

/* Zero it before use. */
struct conditions {
	struct {
		bool is_known;
		struct record_condition record;
	} at[CONDITIONS_OF_MUDD];
	conditions_fn *tell; /* NULL: nobody listens */
	void *arg;
};

/* It is well; detail: how so, or "". */
void conditions_well(struct conditions *conditions, enum condition condition,
    const char *detail);
/* It is impaired; clause and detail as those of a fault (libmud/fault.h). */
void conditions_impaired(struct conditions *conditions,
    enum condition condition, const char *clause, const char *detail);

/* tell hears of all that is known now, and of every change. */
void conditions_listen(
    struct conditions *conditions, conditions_fn *tell, void *arg);
void conditions_deafen(struct conditions *conditions);

#endif
