/*
 * The deliberate hole: in a test build (configure --enable-sandbox-hook, never
 * in a release) a program that finds HOOK_MAGIC in what reached it from
 * outside does as one that was taken over by it, and tries the worst calls
 * (worst.h) from within its real sandbox.  tests/lab's sandbox-* read what
 * became of them.
 *
 * In every other build nothing of this is there, and these are empty.
 */
#ifndef CORE_HOOK_H
#define CORE_HOOK_H

#include <stddef.h>

#include "core/records.h"

#define HOOK_NO_FD (-1)

#ifdef WITH_SANDBOX_HOOK

/* Also a fit name for a MUD file: then a URL brings it to everybody. */
#define HOOK_MAGIC   "hook-arbitrary-code"
#define HOOK_VERSION " with the sandbox hook: for tests only"

/* Says in the log what kind of build this is. */
void hook_announce(void);

/*
 * Where the input has the magic, for the first time in this process: tries
 * everything, a line of the log each, "hook: PROGRAM: CALL: OUTCOME", then
 * "hook: PROGRAM: end", and returns.  OUTCOME: "allowed", or the errno.
 * late: a descriptor that came after the sandbox closed, or HOOK_NO_FD.
 */
void hook_try(enum program program, const void *input, size_t size, int late);

#else

#define HOOK_VERSION ""

static inline void
hook_announce(void)
{
}

static inline void
hook_try(enum program program, const void *input, size_t size, int late)
{
	(void)program;
	(void)input;
	(void)size;
	(void)late;
}

#endif

#endif
