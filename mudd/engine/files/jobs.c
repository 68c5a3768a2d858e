/*
 * Workers on demand.  Role: engine.  The workers parse hostile bytes: what
 * they send is checked by msg.c's table and then by whoever asked for them.
 */
#include "engine/files/jobs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/list.h"
#include "libmud/mem.h"

struct job {
	struct jobs *jobs;
	uint32_t number;
	enum program program;
	const struct job_handler *handler;
	void *arg;
	bool asked; /* START has been sent */
	struct channel *channel;
	struct list link;
};

struct jobs {
	struct event_base *base;
	struct channel *mudd;
	struct list all; /* in the order they were asked for */
	size_t n;
	size_t n_asked[PROGRAMS];
	uint32_t last_number;
};

struct jobs *
jobs_new(struct event_base *base, struct channel *mudd)
{
	struct jobs *jobs = xcalloc(1, sizeof(*jobs));

	jobs->base = base;
	jobs->mudd = mudd;
	list_init(&jobs->all);
	return jobs;
}

/* Asks mudd for workers, as many as may be, oldest job first. */
static void
ask(struct jobs *jobs)
{
	LIST_EACH(at, &jobs->all)
	{
		struct job *job = LIST_ENTRY(at, struct job, link);
		struct record_worker start = {
			.program = (uint32_t)job->program,
			.job = job->number,
		};

		if (job->asked || jobs->n_asked[job->program] >= LIMIT_JOBS)
			continue;
		job->asked = true;
		jobs->n_asked[job->program]++;
		channel_send(jobs->mudd, RECORD_START, &start, NULL, 0);
	}
}

static void
job_free(struct job *job)
{
	struct jobs *jobs = job->jobs;

	channel_free(job->channel);
	list_remove(&job->link);
	jobs->n--;
	if (job->asked)
		jobs->n_asked[job->program]--;
	free(job);
}

void
jobs_free(struct jobs *jobs)
{
	if (jobs == NULL)
		return;
	LIST_EACH_SAFE(at, &jobs->all)
	job_free(LIST_ENTRY(at, struct job, link));
	free(jobs);
}

struct job *
job_start(struct jobs *jobs, enum program program,
    const struct job_handler *handler, void *arg)
{
	struct job *job;

	if (jobs->n >= LIMIT_JOB_QUEUE)
		return NULL;
	job = xcalloc(1, sizeof(*job));
	job->jobs = jobs;
	job->number = ++jobs->last_number;
	job->program = program;
	job->handler = handler;
	job->arg = arg;
	list_append(&jobs->all, &job->link);
	jobs->n++;
	ask(jobs);
	return job;
}

void
job_end(struct job *job)
{
	struct jobs *jobs = job->jobs;
	struct record_worker stop = {
		.program = (uint32_t)job->program,
		.job = job->number,
	};

	if (job->asked)
		channel_send(jobs->mudd, RECORD_STOP, &stop, NULL, 0);
	job_free(job);
	ask(jobs);
}

/* Ends a job that did not do its work, and tells why. */
static void
job_fail(struct job *job, const char *reason)
{
	struct jobs *jobs = job->jobs;
	struct record_worker stop = {
		.program = (uint32_t)job->program,
		.job = job->number,
	};
	struct fault why;

	(void)fault_set(&why, FAULT_WORKER, "S-24", "the %s ended early: %s",
	    job->program == PROGRAM_FETCHER ? "fetcher" : "reader", reason);
	channel_send(jobs->mudd, RECORD_STOP, &stop, NULL, 0);
	job->handler->gone(job->arg, job, &why);
	job_free(job);
	ask(jobs);
}

static bool
on_record(void *arg, struct channel *ch, struct msg *msg)
{
	struct job *job = arg;

	(void)ch;
	return job->handler->record(job->arg, job, msg);
}

static void
on_gone(void *arg, struct channel *ch, const char *reason)
{
	(void)ch;
	job_fail(arg, reason);
}

void
job_send(struct job *job, enum record_type type, const void *body,
    const int *fds, size_t n_fds)
{
	channel_send(job->channel, type, body, fds, n_fds);
}

uint32_t
job_number(const struct job *job)
{
	return job->number;
}

static struct job *
find(struct jobs *jobs, uint32_t program, uint32_t number)
{
	LIST_EACH(at, &jobs->all)
	{
		struct job *job = LIST_ENTRY(at, struct job, link);

		if (job->number == number && (uint32_t)job->program == program)
			return job;
	}
	return NULL;
}

bool
jobs_peer(struct jobs *jobs, const struct record_worker *peer, int fd)
{
	struct job *job = find(jobs, peer->program, peer->job);

	if (job == NULL) { /* ended while its worker was being started */
		(void)close(fd);
		return peer->job <= jobs->last_number;
	}
	if (!job->asked || job->channel != NULL) {
		(void)close(fd);
		return false;
	}
	job->channel = channel_new(jobs->base, fd, PROGRAM_ENGINE, job->program,
	    on_record, on_gone, job);
	job->handler->ready(job->arg, job);
	return true;
}

bool
jobs_gone(struct jobs *jobs, const struct record_gone *gone)
{
	struct job *job = find(jobs, gone->program, gone->job);

	if (job == NULL) /* ended in good order */
		return gone->job <= jobs->last_number;
	/* What it sent before it died is still in its channel, whose end
	 * tells; only a worker that never got a channel, or outlived its job,
	 * is told of here. */
	if (job->channel == NULL)
		job_fail(job, "it could not be started");
	else if (gone->outlived != 0)
		job_fail(job, "it took too long");
	return true;
}
