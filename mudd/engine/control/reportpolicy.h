/*
 * Policies in use, as the JSON of the control protocol.  Reads, changes
 * nothing.
 */
#ifndef ENGINE_REPORTPOLICY_H
#define ENGINE_REPORTPOLICY_H

#include <jansson.h>

struct engine;
struct kernel_policy;
struct mudurl;

/* The caller owns what it gets. */
json_t *reportpolicy_all(struct engine *engine);
/* One policy, ACE by ACE, with the counters that tallies.h has brought.  mud is
 * the MUD URL whose file it is, NULL for pending.json. */
json_t *reportpolicy_one(struct engine *engine, const struct mudurl *mud,
    const struct kernel_policy *policy);

#endif
