/*
 * Places for fetches that run at the same time (S-25, S-63).
 */
#ifndef ENGINE_FETCHPLACE_H
#define ENGINE_FETCHPLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/list.h"

struct mudurl;

/*
 * Is one free for this URL, beside what runs of all (struct mudurl, by link)?
 * One fetch a host, and a place left for the names of policies that are in
 * force, whoever wants whatever.  No port gets all the places, so one that asks
 * for a hundred slow servers delays itself.
 */
bool fetchplace_is_free(struct list *all, const struct mudurl *mud);

/*
 * Slow servers that some ports lead to do not hold up a port that has had none
 * lately: whichever takes longest gives way to it.  NULL if the port has had
 * its turn, or none has had its time yet.
 */
struct mudurl *fetchplace_slow(
    struct list *all, const struct mudurl *mud, int64_t now);

#endif
