/*
 * What the enforcer found of the kernel and of what stands in it, in words
 * for `mudctl health` (conditions.h).
 */
#ifndef ENFORCE_NOTES_H
#define ENFORCE_NOTES_H

#include <stdbool.h>

struct bridgepath;
struct conditions;
struct kernel;
struct places;
struct tables;

/* Which tables the kernel can hold. */
void notes_tables(struct conditions *conditions, const struct tables *tables);
/* Whether others can change ours. */
void notes_owner(struct conditions *conditions, bool is_own, bool can_own);
/* Whether packets of our interfaces go on without asking any rule: looks. */
void notes_offload(struct conditions *conditions, struct kernel *kernel,
    const struct places *places);
/* How frames that stay on one bridge are judged. */
void notes_path(struct conditions *conditions, const struct bridgepath *path);

#endif
