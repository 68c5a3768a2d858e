/*
 * Workers on demand: fetchers and readers, each for a job or a few.
 *
 * mudd starts them; this module asks for them, hands the channel to whoever
 * asked, and keeps to LIMIT_JOBS of each kind at one time: the rest waits in
 * line.  A worker that dies with its job undone is told of once.
 */
#ifndef ENGINE_JOBS_H
#define ENGINE_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/channel.h"

struct job;
struct jobs;
struct event_base;
struct fault;

struct job_handler {
	/* The worker is there: send it its work. */
	void (*ready)(void *arg, struct job *job);
	/* false: it broke a rule and is ended; `gone` follows. */
	bool (*record)(void *arg, struct job *job, struct msg *msg);
	/* It ended before job_end was called. The job is freed after. */
	void (*gone)(void *arg, struct job *job, const struct fault *why);
};

/* mudd is the channel to ask on; lent, and may be replaced only by a new
 * engine. */
struct jobs *jobs_new(struct event_base *base, struct channel *mudd);
void jobs_free(struct jobs *jobs);

/* NULL when LIMIT_JOB_QUEUE wait already. */
struct job *job_start(struct jobs *jobs, enum program program,
    const struct job_handler *handler, void *arg);
/* The work is done, or no longer wanted: the worker is ended, the job freed.
 * No handler is called any more. */
void job_end(struct job *job);
void job_send(struct job *job, enum record_type type, const void *body,
    const int *fds, size_t n_fds);
uint32_t job_number(const struct job *job);

/* mudd's records. The fd is taken. false: no such job was asked for. */
bool jobs_peer(struct jobs *jobs, const struct record_worker *peer, int fd);
bool jobs_gone(struct jobs *jobs, const struct record_gone *gone);

#endif
