/*
 * The programs that mudd has started: which live, until when, and which are
 * started again.
 *
 * The engine and the watcher live for ever: they are restarted with back-off.
 * Fetchers and readers belong to a job of the engine's and are killed when
 * they outlive it.  When the engine ends, all others end with it.
 */
#ifndef ENFORCE_WORKERS_H
#define ENFORCE_WORKERS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/records.h"
#include "enforce/parent/spawn.h"

/* Workers at one time, those included that were killed but not yet reaped. */
#define WORKERS_MOST 16

struct event_base;
struct workers;

struct workers_calls {
	/* The engine runs; the caller owns its channel. */
	void (*engine)(void *arg, int channel);
	/* It has ended, and what it asked for ends with it. Is a new one
	 * wanted? */
	bool (*engine_gone)(void *arg);
	/* A worker runs; the caller owns the other end of its channel, which
	 * is the engine's to have. */
	void (*peer)(
	    void *arg, enum program program, uint32_t job, int channel);
	/* A worker that the engine knows has ended. */
	void (*gone)(void *arg, const struct record_gone *gone);
	/* The configuration was judged (workers_check). */
	void (*checked)(void *arg, bool good);
};

/*
 * Lends spawn, calls and arg; programdir NULL stands for spawn's (tests bring
 * programs of their own).  Listens to SIGCHLD.  Nothing is started yet.
 */
struct workers *workers_new(struct event_base *base, const struct spawn *spawn,
    const char *programdir, const struct workers_calls *calls, void *arg);

/* Ends all that runs: the engine is asked first and has two seconds. */
void workers_free(struct workers *workers);

/* Starts the engine and, when that stands, the watcher. */
void workers_begin(struct workers *workers);

/*
 * Starts a fetcher or a reader for a job.  0; -EINVAL: another program, or
 * a job that has one already: the engine is broken; another -errno (-EAGAIN:
 * WORKERS_MOST run): it was not started.
 */
int workers_start(struct workers *workers, enum program program, uint32_t job);

/* Kills the worker of that job; gone() follows. One that is not there has
 * ended by itself. */
void workers_stop(struct workers *workers, enum program program, uint32_t job);

/* Ends the engine: at once, or asked first and then given so many seconds. A
 * new one is started, without back-off if `wanted`. */
void workers_end_engine(
    struct workers *workers, unsigned int grace_sec, bool wanted);

/* Does an engine run (and not only end)? */
bool workers_has_engine(const struct workers *workers);

/* Has the configuration judged; checked() follows. A check under way counts
 * for this one too. */
void workers_check(struct workers *workers);

/* A pause before each restart: none, then 1 s doubling to 60 s; a run of 10 s
 * makes it forget. */
struct backoff {
	unsigned int next_sec;
};
unsigned int backoff_wait(struct backoff *backoff, int64_t ran_sec);

#endif
