/*
 * A scene: the engine, a clock that stands until the script moves it, a state
 * in a directory of its own, and the runner in the roles of all the others.
 */
#ifndef SCENARIO_SCENE_H
#define SCENARIO_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforce/rules.h"
#include "engine/engine.h"
#include "engine/files/materials.h"
#include "libmud/list.h"
#include "tests/scenario/far.h"
#include "tests/scenario/makers.h"
#include "tests/scenario/seen.h"
#include "tests/scenario/told.h"

struct config;
struct state;

#define SCENE_EPOCH   1700000000 /* second 0 of every scenario */
#define SCENE_NEVER   INT64_MAX
#define SCENE_DEVICES 16

/* mudd, as the engine sees it (fakemudd.c). */
struct fake_mudd {
	struct far far;
	struct gather gather; /* the real enforcer's judgement of batches */
	struct told told;
	unsigned int denials; /* so many batches will be denied */
	bool is_slow;         /* answers wait */
	bool is_refused;      /* the enforcer would have denied one */
	uint32_t n_answered;  /* batch up to which answers were sent */
	uint32_t n_batches;   /* batch that came last */
	bool cannot_start;    /* workers */
	bool cannot_log;      /* nor open the drop log */
};

/* A fetcher or a reader (workers.c). */
struct worker {
	struct list link;
	enum program program;
	uint32_t job;
	struct far far;
	int into;               /* a fetcher's: where the body goes; -1 */
	uint32_t kind;          /* of the fetch */
	uint32_t lie;           /* added to the job number in what it says */
	bool is_introduced;     /* has its TLS roots */
	char body[MAKERS_WORD]; /* a reader's: what it was given */
	char url[LIMIT_URL + 1];
};

struct scene {
	struct event_base *base;
	struct engine *engine; /* NULL: not started */
	struct state *state;
	struct config *config;
	struct materials materials;
	char *config_text;
	char dir[64];
	int64_t now, wake_at;

	struct fake_mudd mudd;
	struct far watcher;              /* fd -1: none */
	uint32_t devices[SCENE_DEVICES]; /* interfaces that exist; 0: none */
	struct list workers;
	struct makers makers;

	struct list seen;      /* struct seen, not claimed yet */
	struct list ignored;   /* struct seen whose text is a kind */
	uint32_t it_job, it_n; /* what the script answers to */

	const char *where; /* of the line in hand, for failures */
	int line;
	bool has_given_up; /* the engine has ended its loop */
	bool is_held;      /* steps follow at once, nobody answers in between */
	bool failed;
};

bool scene_begin(struct scene *scene);
void scene_end(struct scene *scene);

/* Says what is wrong with the line in hand; false. Only the first counts. */
bool scene_fail(struct scene *scene, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Notes what the engine did, unless its kind is ignored; NULL then. */
struct seen *scene_see(struct scene *scene, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* False, with a failure, if something was not claimed. */
bool scene_is_quiet(struct scene *scene);

/* The engine begins, with what the configuration and the state say. */
bool scene_start(struct scene *scene);
/* It ends, and with it all channels; the state stays. */
void scene_stop(struct scene *scene);
/* Lets the engine and its peers talk until nobody has anything to say. */
void scene_pump(struct scene *scene);
/* Seconds since the scenario began; the engine wakes when it asked to. */
void scene_advance(struct scene *scene, int64_t to);
/* Seconds since the scenario began. */
int64_t scene_time(const struct scene *scene);

#endif
