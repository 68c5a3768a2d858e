/*
 * The deliberate hole of the test build.  Role: watcher, fetcher, reader,
 * engine.  Input: whatever they were sent, searched for one word.
 */
#include "core/hook.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/worst.h"

/* In every other build this file is empty. */
#ifdef WITH_SANDBOX_HOOK

static const char *const names[PROGRAMS] = {
	[PROGRAM_MUDD] = "mudd",
	[PROGRAM_WATCHER] = "watcher",
	[PROGRAM_FETCHER] = "fetcher",
	[PROGRAM_READER] = "reader",
	[PROGRAM_ENGINE] = "engine",
};

void
hook_announce(void)
{
	log_warning("built" HOOK_VERSION ": do not let it near a network");
}

static const char *
outcome(int error)
{
	switch (error) {
	case 0:
		return "allowed";
	case EPERM:
		return "EPERM";
	case EACCES:
		return "EACCES";
	default:
		return strerror(error);
	}
}

void
hook_try(enum program program, const void *input, size_t size, int late)
{
	static bool is_done;
	const struct worst_place place = { .other = getppid(), .late = late };

	if (is_done ||
	    memmem(input, size, HOOK_MAGIC, strlen(HOOK_MAGIC)) == NULL)
		return;
	is_done = true;
	for (size_t i = 0; i < worst_count(); i++)
		if (worst_is_refused(i, program) ||
		    worst_is_allowed(i, program))
			log_warning("hook: %s: %s: %s", names[program],
			    worst_name(i), outcome(worst_try(i, &place)));
	log_warning("hook: %s: end", names[program]);
}

#endif
