/*
 * What the kernel has counted for each ACE of a policy: asked for when a
 * person wants to see it, one policy at a time.
 */
#ifndef ENGINE_TALLIES_H
#define ENGINE_TALLIES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"

struct engine;

/* Asks mudd for those of a policy; kernel_policy.packets has them once the
 * engine's listener hears `tallied`.  False: it is busy with another one's. */
bool tallies_ask(struct engine *engine, uint32_t policy);

/* mudd's answers. false: the record breaks a rule. */
bool tallies_take(struct engine *engine, const struct record_tally *tally);
bool tallies_end(struct engine *engine, const struct record_tallied *end);

#endif
