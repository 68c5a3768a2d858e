/*
 * What the kernel has counted for each Thing: asked for when a person wants to
 * see it.
 */
#ifndef ENGINE_COUNTS_H
#define ENGINE_COUNTS_H

#include <stdbool.h>

#include "core/records.h"

struct engine;

/* Asks mudd, unless an answer is on its way; the Things have the counters once
 * the engine's listener hears `counted`. */
void counts_ask(struct engine *engine);

/* mudd's answers. false: the record breaks a rule. */
bool counts_take(struct engine *engine, const struct record_counter *counter);
bool counts_end(struct engine *engine, const struct record_counted *end);

#endif
