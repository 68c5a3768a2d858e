/*
 * Fetchers and readers, played.
 *
 * What makers.h knows is answered at once: a GET of a URL that is served, a
 * PEEK or a READ of a file that was described.  All else is shown to the
 * script, which answers by hand (answer.c).
 */
#ifndef SCENARIO_WORKERS_H
#define SCENARIO_WORKERS_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/fault.h"

struct mud_file;
struct record_worker;
struct scene;
struct worker;

/* "fetcher", "reader". */
const char *workers_name(uint32_t program);

/* A new one; returns the engine's end of its channel, or -1. */
int workers_add(struct scene *scene, const struct record_worker *start);
/* The engine wants it to end. */
void workers_stop(struct scene *scene, const struct record_worker *stop);
void workers_stop_all(struct scene *scene);
/* NULL if there is none with this number. */
struct worker *workers_find(struct scene *scene, uint32_t job);
/* Takes what the engine has sent. True if there was something. */
bool workers_turn(struct scene *scene);

/* Answers, each of which the engine may take badly. */
void workers_fetched(
    struct worker *worker, const char *body, enum fault_code fault);
void workers_verdict(struct worker *worker, const char *body,
    const char *signer, enum fault_code fault);
void workers_refused(struct worker *worker, enum fault_code fault);
/* POLICY_BEGIN to POLICY_END; the last only if is_whole. */
void workers_policy(
    struct worker *worker, const struct mud_file *file, bool is_whole);
void workers_signature_at(struct worker *worker, const char *url);

#endif
