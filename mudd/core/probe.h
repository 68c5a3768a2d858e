/*
 * The proof that a sandbox holds: each program tries what it must not be able
 * to do (S-12).
 */
#ifndef CORE_PROBE_H
#define CORE_PROBE_H

#include <stdbool.h>

#include "core/records.h"

struct fault;

/*
 * Tries, harmlessly, to open a file, make one, open a socket, start a program
 * and trace the parent; and for the watcher (reserved as in sandbox_enter())
 * to write to, duplicate and close what it may not.  False with *why (which
 * layer let it through) at the first attempt that is not refused.
 */
bool probe_sandbox(enum program program, int reserved, struct fault *why);

#endif
