/*
 * MUD URLs that no Thing lives by: the policy is taken out of the kernel, and
 * the file is kept.  It is judged again, like all that was stored, when a Thing
 * comes.
 */
#ifndef ENGINE_RESTING_H
#define ENGINE_RESTING_H

#include <stdbool.h>
#include <stddef.h>

struct mudurl;

/* Once a turn for each. n_settling: how many there are whose file in force is
 * to be judged. */
void resting_turn(struct mudurl *mud, size_t *n_settling);
/* Nothing is known of it but that some Thing announced it once. */
bool resting_is_over(const struct mudurl *mud);

#endif
