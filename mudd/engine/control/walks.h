/*
 * What becomes of a packet by the kernel's own rules: mudd walks over what is
 * really installed, one question at a time.
 */
#ifndef ENGINE_WALKS_H
#define ENGINE_WALKS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"
#include "libmud/flow.h"

struct engine;
struct msg;
struct thing;

/* One question under way, and what was told of it so far. */
struct walks {
	bool is_asked;
	uint32_t number; /* of the last question */
	uint32_t n;
	struct record_walk_step step[WALK_STEPS];
};

/* The packet as mudd has to know it. */
void walks_describe(const struct engine *engine, const struct thing *thing,
    const struct flow *flow, struct record_walk *walk);

/* Asks; the engine's listener hears `walked`.  Nothing may be asked already. */
void walks_ask(struct engine *engine, struct record_walk *walk);

/* mudd's answers: a WALK_STEP or WALK_END. false: it breaks a rule. */
bool walks_record(struct engine *engine, const struct msg *msg);
bool walks_take(struct engine *engine, const struct record_walk_step *step);
bool walks_end(struct engine *engine, const struct record_walk_end *end);

#endif
