/*
 * The life of the other programs.  Role: mudd.  Input: what the engine asks
 * for, as numbers that were checked by size only; exit statuses.
 */
#include "enforce/parent/workers.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/sandbox.h"
#include "libmud/limits.h"
#include "libmud/list.h"
#include "libmud/mem.h"

#define LONG_RUN_SEC     10
#define LONGEST_WAIT_SEC 60
#define CHECK_SEC        10
#define FAREWELL_MSEC    2000

struct worker {
	struct list link;
	struct workers *owner;
	pid_t pid;
	enum program program;
	uint32_t job;
	bool is_check;  /* mudd-engine -t */
	bool is_orphan; /* its engine has gone: nobody is told */
	bool is_ending;
	bool outlived;
	int64_t started_sec;
	struct event *deadline;
};

struct workers {
	struct event_base *base;
	struct spawn spawn;
	const struct workers_calls *calls;
	void *arg;
	struct list list;
	unsigned int n;
	struct worker *engine; /* NULL: waits for its restart */
	struct worker *check;
	struct backoff engine_pause, watcher_pause;
	struct event *engine_due, *watcher_due, *child;
	bool restart_now; /* the engine's end was wanted */
};

unsigned int
backoff_wait(struct backoff *backoff, int64_t ran_sec)
{
	unsigned int wait;

	if (ran_sec >= LONG_RUN_SEC)
		backoff->next_sec = 0;
	wait = backoff->next_sec;
	backoff->next_sec = wait == 0 ? 1 : wait * 2;
	if (backoff->next_sec > LONGEST_WAIT_SEC)
		backoff->next_sec = LONGEST_WAIT_SEC;
	return wait;
}

static void
timer_set(struct event *timer, unsigned int sec)
{
	const struct timeval wait = { .tv_sec = (time_t)sec };

	if (event_add(timer, &wait) != 0)
		log_fatal("cannot set a timer");
}

/* No signal goes to a pid that is not ours any more: a worker in the list has
 * not been waited for. */
static void
worker_kill(struct worker *worker, int number)
{
	worker->is_ending = true;
	if (kill(worker->pid, number) != 0)
		log_error("cannot end %s: %s", spawn_name(worker->program),
		    strerror(errno));
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;

	(void)fd;
	(void)what;
	/* One that was asked to end, and does not, did not outlive its job. */
	worker->outlived = !worker->is_ending;
	log_warning("%s %u takes too long: killed", spawn_name(worker->program),
	    worker->job);
	worker_kill(worker, SIGKILL);
}

/* sec 0: no deadline. */
static struct worker *
worker_add(struct workers *workers, pid_t pid, enum program program,
    uint32_t job, unsigned int sec)
{
	struct worker *worker = xcalloc(1, sizeof(*worker));

	worker->owner = workers;
	worker->pid = pid;
	worker->program = program;
	worker->job = job;
	worker->started_sec = clock_sec();
	worker->deadline = evtimer_new(workers->base, on_deadline, worker);
	if (worker->deadline == NULL)
		log_fatal("out of memory");
	if (sec > 0)
		timer_set(worker->deadline, sec);
	list_append(&workers->list, &worker->link);
	workers->n++;
	return worker;
}

static void
worker_remove(struct worker *worker)
{
	worker->owner->n--;
	list_remove(&worker->link);
	event_free(worker->deadline);
	free(worker);
}

/* Starts one with its channel. *end: the other end, the caller's. */
static int
launch(struct workers *workers, enum program program, uint32_t job,
    unsigned int sec, struct worker **worker, int *end)
{
	int pair[2];
	pid_t pid;

	if (workers->n >= WORKERS_MOST)
		return -EAGAIN;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return -errno;
	pid = spawn_worker(&workers->spawn, program, pair[1]);
	(void)close(pair[1]);
	if (pid < 0) {
		(void)close(pair[0]);
		return (int)pid;
	}
	*worker = worker_add(workers, pid, program, job, sec);
	*end = pair[0];
	log_debug("%s %u started, pid %d", spawn_name(program), job, (int)pid);
	return 0;
}

static void
watcher_launch(struct workers *workers)
{
	struct worker *watcher;
	int end, error;

	if (!workers_has_engine(workers))
		return;
	error = launch(workers, PROGRAM_WATCHER, 0, 0, &watcher, &end);
	if (error < 0) {
		log_error("cannot start the watcher: %s", strerror(-error));
		timer_set(workers->watcher_due,
		    backoff_wait(&workers->watcher_pause, 0));
		return;
	}
	workers->calls->peer(workers->arg, PROGRAM_WATCHER, 0, end);
}

static void
engine_launch(struct workers *workers)
{
	int end;
	int error =
	    launch(workers, PROGRAM_ENGINE, 0, 0, &workers->engine, &end);

	if (error < 0) {
		log_error("cannot start the engine: %s", strerror(-error));
		timer_set(workers->engine_due,
		    backoff_wait(&workers->engine_pause, 0));
		return;
	}
	workers->calls->engine(workers->arg, end);
	watcher_launch(workers);
}

static void
on_engine_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	engine_launch(arg);
}

static void
on_watcher_due(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	watcher_launch(arg);
}

/* Ended by a signal that we sent? */
static bool
was_killed(const struct worker *worker, int status)
{
	return worker->is_ending && WIFSIGNALED(status) &&
	       (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM);
}

static void
status_log(const struct worker *worker, int status)
{
	const char *name = spawn_name(worker->program);

	if (WIFSIGNALED(status) && !was_killed(worker, status))
		log_warning("%s %u died of signal %d", name, worker->job,
		    WTERMSIG(status));
	else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		log_warning("%s %u ended with status %d", name, worker->job,
		    WEXITSTATUS(status));
	else
		log_debug("%s %u ended", name, worker->job);
}

/* Everybody else's work was for the engine that has gone. */
static void
engine_reaped(struct workers *workers, int64_t ran_sec)
{
	unsigned int wait;

	workers->engine = NULL;
	(void)event_del(workers->watcher_due);
	memset(&workers->watcher_pause, 0, sizeof(workers->watcher_pause));
	LIST_EACH(at, &workers->list)
	{
		struct worker *other = LIST_ENTRY(at, struct worker, link);

		if (other->is_check)
			continue;
		other->is_orphan = true;
		worker_kill(other, SIGKILL);
	}
	if (!workers->calls->engine_gone(workers->arg))
		return;
	if (workers->restart_now)
		memset(&workers->engine_pause, 0, sizeof(struct backoff));
	workers->restart_now = false;
	wait = backoff_wait(&workers->engine_pause, ran_sec);
	if (wait > 0)
		log_warning("the engine starts again in %u s; what stands in "
			    "the kernel stays",
		    wait);
	timer_set(workers->engine_due, wait);
}

/* What it says of the sandbox is for workers that start from now on; mudd's
 * own stays as it is. */
static void
check_reaped(struct workers *workers, int status)
{
	const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	const bool good = code == 0 || code == SANDBOX_BEST_EFFORT;

	if (good)
		workers->spawn.best_effort = code == SANDBOX_BEST_EFFORT;
	workers->calls->checked(workers->arg, good);
}

static void
worker_reaped(struct worker *worker, int status)
{
	struct workers *workers = worker->owner;
	const struct record_gone gone = {
		.program = worker->program,
		.job = worker->job,
		.status = status,
		.outlived = worker->outlived ? 1 : 0,
	};
	const bool is_check = worker->is_check, is_orphan = worker->is_orphan;
	const bool is_engine = worker == workers->engine;
	const int64_t ran_sec = clock_sec() - worker->started_sec;

	/* Of a check that ended by itself checked() says how. */
	if (!is_check || WIFSIGNALED(status))
		status_log(worker, status);
	worker_remove(worker);
	if (is_check) {
		workers->check = NULL;
		check_reaped(workers, status);
		return;
	}
	if (is_engine) {
		engine_reaped(workers, ran_sec);
		return;
	}
	if (is_orphan)
		return;
	workers->calls->gone(workers->arg, &gone);
	if (gone.program == PROGRAM_WATCHER)
		timer_set(workers->watcher_due,
		    backoff_wait(&workers->watcher_pause, ran_sec));
}

static struct worker *
worker_find_pid(const struct workers *workers, pid_t pid)
{
	LIST_EACH(at, &workers->list)
	{
		struct worker *worker = LIST_ENTRY(at, struct worker, link);

		if (worker->pid == pid)
			return worker;
	}
	return NULL;
}

static void
on_child(evutil_socket_t fd, short what, void *arg)
{
	struct workers *workers = arg;
	int status;
	pid_t pid;

	(void)fd;
	(void)what;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct worker *worker = worker_find_pid(workers, pid);

		if (worker != NULL)
			worker_reaped(worker, status);
	}
}

struct workers *
workers_new(struct event_base *base, const struct spawn *spawn,
    const char *programdir, const struct workers_calls *calls, void *arg)
{
	struct workers *workers = xcalloc(1, sizeof(*workers));

	workers->base = base;
	workers->spawn = *spawn;
	if (programdir != NULL)
		workers->spawn.programdir = programdir;
	workers->calls = calls;
	workers->arg = arg;
	list_init(&workers->list);
	workers->engine_due = evtimer_new(base, on_engine_due, workers);
	workers->watcher_due = evtimer_new(base, on_watcher_due, workers);
	workers->child = evsignal_new(base, SIGCHLD, on_child, workers);
	if (workers->engine_due == NULL || workers->watcher_due == NULL ||
	    workers->child == NULL || event_add(workers->child, NULL) != 0)
		log_fatal("cannot watch the workers");
	return workers;
}

/* Waits for the engine, at most so long. */
static void
farewell(struct workers *workers)
{
	const struct timespec nap = { .tv_nsec = 10 * 1000000 };

	for (int msec = 0; msec < FAREWELL_MSEC; msec += 10) {
		int status;

		if (waitpid(workers->engine->pid, &status, WNOHANG) != 0) {
			worker_remove(workers->engine);
			return;
		}
		(void)nanosleep(&nap, NULL);
	}
	worker_kill(workers->engine, SIGKILL);
}

void
workers_free(struct workers *workers)
{
	if (workers == NULL)
		return;
	LIST_EACH(at, &workers->list)
	{
		struct worker *worker = LIST_ENTRY(at, struct worker, link);

		worker_kill(
		    worker, worker == workers->engine ? SIGTERM : SIGKILL);
	}
	if (workers->engine != NULL)
		farewell(workers);
	LIST_EACH_SAFE(at, &workers->list)
	{
		struct worker *worker = LIST_ENTRY(at, struct worker, link);

		(void)waitpid(worker->pid, NULL, 0);
		worker_remove(worker);
	}
	event_free(workers->engine_due);
	event_free(workers->watcher_due);
	event_free(workers->child);
	free(workers);
}

void
workers_begin(struct workers *workers)
{
	engine_launch(workers);
}

/* One that was killed already is not found: its number may be used again. */
static struct worker *
worker_find(const struct workers *workers, enum program program, uint32_t job)
{
	LIST_EACH(at, &workers->list)
	{
		struct worker *worker = LIST_ENTRY(at, struct worker, link);

		if (worker->program == program && worker->job == job &&
		    !worker->is_orphan && !worker->is_ending)
			return worker;
	}
	return NULL;
}

int
workers_start(struct workers *workers, enum program program, uint32_t job)
{
	struct worker *worker;
	unsigned int sec;
	int end, error;

	if (program != PROGRAM_FETCHER && program != PROGRAM_READER)
		return -EINVAL;
	if (worker_find(workers, program, job) != NULL)
		return -EINVAL;
	sec = program == PROGRAM_FETCHER ? LIMIT_FETCHER_SEC : LIMIT_READER_SEC;
	error = launch(workers, program, job, sec, &worker, &end);
	if (error == 0)
		workers->calls->peer(workers->arg, program, job, end);
	return error;
}

void
workers_stop(struct workers *workers, enum program program, uint32_t job)
{
	struct worker *worker = worker_find(workers, program, job);

	if (worker != NULL && program != PROGRAM_ENGINE)
		worker_kill(worker, SIGKILL);
}

void
workers_end_engine(struct workers *workers, unsigned int grace_sec, bool wanted)
{
	if (workers->engine == NULL)
		return;
	workers->restart_now = workers->restart_now || wanted;
	if (grace_sec > 0) {
		if (workers->engine->is_ending)
			return;
		worker_kill(workers->engine, SIGTERM);
		timer_set(workers->engine->deadline, grace_sec);
	} else {
		worker_kill(workers->engine, SIGKILL);
	}
}

bool
workers_has_engine(const struct workers *workers)
{
	return workers->engine != NULL && !workers->engine->is_ending;
}

void
workers_check(struct workers *workers)
{
	pid_t pid;

	if (workers->check != NULL)
		return;
	pid = spawn_check(&workers->spawn);
	if (pid < 0) {
		log_error(
		    "cannot check the configuration: %s", strerror((int)-pid));
		workers->calls->checked(workers->arg, false);
		return;
	}
	workers->check = worker_add(workers, pid, PROGRAM_ENGINE, 0, CHECK_SEC);
	workers->check->is_check = true;
}
