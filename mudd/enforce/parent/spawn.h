/*
 * Starting one worker: fork, give up everything, exec.
 *
 * A worker begins with its channel on MSG_CHANNEL_FD, standard error, the
 * watcher with a socket on MSG_EVENTS_FD, and nothing else: no group, no
 * capability, no way to gain one, an environment of constants, and SIGKILL when
 * mudd dies.
 */
#ifndef ENFORCE_SPAWN_H
#define ENFORCE_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/records.h"

struct account {
	uid_t uid;
	gid_t gid;
};

/* The texts are lent, for as long as workers are started. */
struct spawn {
	const char *programdir; /* holds mudd-engine and the others */
	const char *config;     /* the engine's -c, or NULL: its default */
	unsigned int debug;     /* so many -d; more than 3 count as 3 */
	bool restore;           /* --restore, for the engine */
	bool stay;              /* keep the user (mudd -t by anybody) */
	bool best_effort;       /* -b, for all but the engine (worker.h) */
	struct account account[PROGRAMS];
};

/* "mudd-engine"; a constant. */
const char *spawn_name(enum program program);

/*
 * Starts a worker.  channel becomes its descriptor 3 and stays the caller's,
 * who closes it.  The pid, or -errno.  What goes wrong in the child is logged
 * by it and ends it with status 127.  Needs CAP_SETUID and CAP_SETGID, unless
 * spawn->stay.
 */
pid_t spawn_worker(
    const struct spawn *spawn, enum program program, int channel);

/* Starts `mudd-engine -t`, which judges the configuration, has no channel,
 * and ends with status 0 if it is good, or with SANDBOX_BEST_EFFORT if it is
 * and says so. The pid, or -errno. */
pid_t spawn_check(const struct spawn *spawn);

#endif
