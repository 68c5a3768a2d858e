/*
 * mudd, as the engine sees it: starts workers, opens captures, judges and
 * applies batches.
 *
 * Batches are judged by the enforcer's own code (enforce/rules.h), with a
 * kernel that refuses nothing: what the real one would deny is a failure of
 * the scenario.
 */
#ifndef SCENARIO_FAKEMUDD_H
#define SCENARIO_FAKEMUDD_H

#include <stdbool.h>

struct scene;

/* Returns the engine's end of its channel, or -1. */
int fakemudd_begin(struct scene *scene);
void fakemudd_end(struct scene *scene);
/* Takes what the engine has sent. True if there was something. */
bool fakemudd_turn(struct scene *scene);
/* Somebody has deleted our tables: mudd finds out, and says so. */
void fakemudd_lose(struct scene *scene);
/* Bridged frames must go another way from now on: mudd says so. */
void fakemudd_find_firewall(struct scene *scene);
/* Sends the answers that were held back. */
void fakemudd_answer(struct scene *scene);

#endif
