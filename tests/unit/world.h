/*
 * The enforcer on the gateway of gateway.h, and what it is told there.
 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforce/audit/repair.h"
#include "enforce/enforcer.h"
#include "tests/unit/batches.h"
#include "tests/unit/gateway.h"

struct world {
	struct enforcer *enforcer;
	struct script script;
	uint32_t batch;
	bool is_unwatched; /* a test, or a benchmark, that is about other things
	                      changes our tables by nft, or counts time */
};

/* Group fixtures of cmocka; *state is a struct world. */
int world_make(void **state);
int world_end(void **state);

/* Plays the script as the next batch. */
bool world_try(struct world *world, uint32_t flags, struct fault *why);
/* What is not as the model says, and is so again. */
struct damage world_look(struct world *world);
/* It must be applied; and then, unless is_unwatched, the kernel must say of our
 * tables what the model says (enforcer_verify). */
void world_play(struct world *world, uint32_t flags);

/*
 * LAN interfaces br0 and lan1, sets 1 (a name: the server) and 2 (a class:
 * the server), policies 1 and 2, the Things of THING_MAC and PLAIN_MAC under
 * policy 1, and a departed one.  Policy 1: TCP 443 (opened by the Thing) and
 * UDP 4000 to the name, ping on the local networks, replies by the mirror,
 * UDP 5683 from the class.  Policy 2: nothing.
 */
void world_snapshot(struct script *script);
/* Without tables: what an earlier test has counted is not for the next. */
struct world *world_bare(void **state);
/* Each test begins with it: no tables, and a RESET. */
struct world *world_begin(void **state);
/* Also a neighbour on its bridge may speak to the Thing's UDP port 5683, and
 * is answered: what goes between the two is judged as all else is. */
void world_meet(struct world *world);

struct sums {
	size_t n;
	struct record_counter thing, plain;
};
struct sums world_counters(struct world *world);

/* Fails the test unless the text holds, or lacks, this. */
void holds(const char *text, const char *what);
void lacks(const char *text, const char *what);

#endif
