/*
 * mudd at work: one loop over the engine's records, the workers' ends, the
 * signals, and the kernel.
 */
#ifndef ENFORCE_PARENT_H
#define ENFORCE_PARENT_H

#include "enforce/parent/spawn.h"

struct enforcer;
struct notify;

/* After TEARDOWN; the service manager takes it for "do not start again". */
#define PARENT_TORN_DOWN 4

/* All lent. */
struct parent_setup {
	const struct spawn *spawn;
	struct enforcer *enforcer;
	const struct notify *notify;
	int ready_fd; /* told with one byte, and closed, at READY; or -1 */
};

/*
 * Starts the engine and the watcher and serves until SIGTERM, SIGINT or
 * TEARDOWN.  The sandbox was entered before.  Returns the exit status; the
 * workers have ended then, and the kernel tables stand, but after TEARDOWN.
 */
int parent_run(const struct parent_setup *setup);

#endif
