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
 * Tries, harmlessly, what the program's sandbox must refuse.  A worker: to
 * open a file, make one, open a socket that is not its business, start a
 * program or a process, reach another process, gain rights, map code; the
 * watcher also (reserved as in sandbox_enter()) to write to, duplicate and
 * close what it may not.  Everybody, mudd included: what mudd's filter denies
 * to all that come from it.
 * False with *why (the first that is not refused, and the layer that should
 * have done it), FAULT_INTERNAL.
 */
bool probe_sandbox(enum program program, int reserved, struct fault *why);

#endif
