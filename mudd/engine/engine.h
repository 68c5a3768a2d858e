/*
 * The engine: the hub that ties the modules to each other, to the channels
 * and to the clock.
 *
 * Who does what: sightings.c decides who is who, manager.c what holds for a
 * MUD URL, names.c and controllers.c what a name and a class are today,
 * plan.c tells the enforcer.  This module only carries records to them and
 * calls them when their time has come.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/control/walks.h"
#include "engine/controllers.h"
#include "engine/drops.h"
#include "engine/files/fetching.h"
#include "engine/files/manager.h"
#include "engine/files/materials.h"
#include "engine/files/trust.h"
#include "engine/health.h"
#include "engine/lan.h"
#include "engine/names.h"
#include "engine/plan.h"
#include "engine/tables.h"
#include "engine/things/sightings.h"
#include "engine/things/things.h"

struct event;
struct event_base;

/* Seconds since 1970 that only go forward while we run. */
typedef int64_t engine_clock_fn(void *arg);

struct engine_options {
	struct event_base *base;
	const struct config *config;
	struct state *state;
	const struct materials *materials;
	int mudd_fd; /* channel to mudd; taken */
	engine_clock_fn *clock;
	void *clock_arg;
};

/* Who wants to know: the commands. Any of them may be NULL. */
struct engine_listener {
	/* A turn of the loop has ended: something may be different. */
	void (*turned)(void *arg);
	/* What counts_ask asked for is there. */
	void (*counted)(void *arg);
	/* What tallies_ask asked for is there. */
	void (*tallied)(void *arg, uint32_t policy);
	/* What walks_ask asked for is there; the steps are in engine.walks. */
	void (*walked)(void *arg, const struct record_walk_end *end);
	/* What engine_teardown asked for is done; why: or not. */
	void (*torn_down)(void *arg, const struct fault *why);
	void *arg;
};

struct engine {
	struct engine_options options;
	struct channel *mudd, *watcher;
	struct lan lan;
	struct things *things;
	struct list unsettled; /* of thing.unsettled (states.c) */
	struct sets *sets;
	struct policies policies;
	struct jobs *jobs;
	struct trust *trust;
	struct manager *manager;
	struct names *names;
	struct plan *plan;
	struct fetching fetching;
	struct controllers controllers;
	struct sightings sightings;
	struct drops *drops;
	struct walks walks;
	struct health health;
	struct tables_watch tables;
	struct engine_listener listener;
	struct event *turn;  /* what one turn of the loop has changed */
	struct event *timer; /* what time brings */
	int64_t started_at;
	int64_t absence_at; /* the next look at who does not come back */
	bool is_ready;      /* mudd has been told that all stands */
	bool is_counting;
	uint32_t tallied; /* policy whose tallies are asked for; 0: none */
};

/* Loads the state, sends what it needs to be sent, and waits for events. */
struct engine *engine_new(const struct engine_options *options);
void engine_free(struct engine *engine);

void engine_listen(
    struct engine *engine, const struct engine_listener *listener);

int64_t engine_now(const struct engine *engine);
/* Something has changed: the modules look at it before the loop waits. */
void engine_touch(struct engine *engine);
/* Asks mudd to delete the tables; the listener hears of it. */
void engine_teardown(struct engine *engine);
/* Ends the loop. */
void engine_stop(struct engine *engine);

#endif
