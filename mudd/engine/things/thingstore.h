/*
 * Things, as the state keeps them: who is managed, by which URL, with which
 * leases, and what else is said of its URL.  Of devices without a MUD URL those
 * are kept that the configuration names as members of a class: others' flows
 * live by the addresses they have.
 */
#ifndef ENGINE_THINGSTORE_H
#define ENGINE_THINGSTORE_H

#include <stdbool.h>
#include <stdint.h>

struct state;
struct thing;

/* Is it one of these? */
bool thingstore_keeps(const struct thing *thing);
/* Writes such a Thing and its leases down, durably; of any other nothing. 0, or
 * -errno, which was logged: the Thing stays as it is in memory. */
int thingstore_put(struct state *state, const struct thing *thing);
/* The flags of a stored Thing. */
void thingstore_flags(struct thing *thing, uint32_t flags);

#endif
