/*
 * Which doors a policy opens towards the local network, or lets others open
 * towards the Thing: what a new file may not widen by itself (S-37).
 */
#ifndef ENGINE_GRANTS_H
#define ENGINE_GRANTS_H

#include <stdbool.h>

struct grants;
struct policy;

/* Owned by the caller; at most LIMIT_ACES of 32 bytes. */
struct grants *grants_of(const struct policy *policy);
void grants_free(struct grants *grants); /* NULL is fine */

/*
 * Does `old` open every door that `fresh` opens?  ACEs are compared whole but
 * for their names, so a door that was cut narrower counts as another one; and
 * where ACEs that drop are among them, order counts too.
 */
bool grants_cover(const struct grants *old, const struct grants *fresh);

#endif
