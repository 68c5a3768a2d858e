/*
 * The worst that somebody who runs code in one of our programs would try
 * next: one list for tests/unit/test_sandbox, which tries it in a sandbox of
 * its own, and for the hook (hook.h), which tries it in the real programs.
 *
 * In no release: the attempts mean it, and where nothing refuses them they do
 * harm.  What a start proves each time, harmlessly, is in probe.h.
 */
#ifndef CORE_WORST_H
#define CORE_WORST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/records.h"

/* What stands for the attacker's surroundings in an attempt. */
struct worst_place {
	pid_t other; /* a process of ours: the parent will do */
	int late; /* a descriptor that came after the sandbox closed, or -1 */
};

/* Where files would come to stand; a test looks whether they do. */
#define WORST_IN_TMP   "/tmp/mudd-worst"
#define WORST_IN_STATE STATEDIR "/mudd-worst"

size_t worst_count(void);
/* What the i-th is called; a constant. */
const char *worst_name(size_t i);
/* Must it be refused to the program?  Is it part of its work?  One that is
 * neither does not concern it. */
bool worst_is_refused(size_t i, enum program program);
bool worst_is_allowed(size_t i, enum program program);

/* Tries it: 0, or the errno.  Whoever is not refused an execve does not come
 * back; a process that is made ends at once. */
int worst_try(size_t i, const struct worst_place *place);

#endif
