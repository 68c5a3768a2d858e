/*
 * How many new MUD URLs may be fetched on whose behalf (S-25): a Thing, a
 * port, the whole LAN each have a bucket of tokens.  A refresh of what is in
 * force costs nothing.
 */
#ifndef ENGINE_FETCHBUDGET_H
#define ENGINE_FETCHBUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"

struct fetchbudget;

struct fetchbudget *fetchbudget_new(void);
void fetchbudget_free(struct fetchbudget *budget);

/* Takes a token from each of the three, or none if one is empty. */
bool fetchbudget_take(struct fetchbudget *budget, const struct mac *thing,
    uint32_t port, int64_t now);

#endif
