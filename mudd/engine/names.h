/*
 * DNS names in ACEs, and the addresses they have (RFC 8520 s8).
 *
 * Each name that a policy refers to is a set (sets.h).  It is resolved ahead,
 * when a policy first names it and again when its TTL runs out, by a fetcher,
 * through the resolver the gateway itself uses.  An address stays for its TTL
 * and a grace (S-55), so a lookup that fails once opens and closes nothing.
 */
#ifndef ENGINE_NAMES_H
#define ENGINE_NAMES_H

#include <stdint.h>

#include "engine/files/fetching.h"
#include "engine/files/jobs.h"
#include "engine/sets.h"

struct names;
struct state;

/* All lent. changed is called when a set's addresses differ. */
struct names_options {
	struct sets *sets;
	struct jobs *jobs;
	struct state *state;
	const struct fetching *fetching;
	void (*changed)(void *arg);
	void *arg;
};

struct names *names_new(const struct names_options *options);
void names_free(struct names *names);

/* What the state remembers: used at once after a restart. */
void names_load(struct names *names, int64_t now);

/* Resolves what is due, drops what has ended. Returns when it wants to be
 * called next. */
int64_t names_tick(struct names *names, int64_t now);

#endif
