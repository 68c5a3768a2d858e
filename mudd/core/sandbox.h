/*
 * The sandbox a program closes behind itself once it has opened what it
 * needs: no capabilities, no_new_privs, undumpable, resource limits, Landlock
 * where the kernel has it, seccomp; then the proof that it holds (S-12).
 *
 * After sandbox_enter no program can open a path, make a socket, or run
 * another program, except as its profile says.
 */
#ifndef CORE_SANDBOX_H
#define CORE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "core/records.h"

struct fault;

/*
 * mudd reads no configuration: `mudd-engine -t' ends with this status where a
 * good one says `sandbox = best-effort'.
 */
#define SANDBOX_BEST_EFFORT 3

/*
 * Closes the sandbox of `program`, then tries what it must not be able to do.
 * `reserved`: for the watcher, only descriptors below this number may be
 * written to, and none of them may be closed or duplicated (a locked packet
 * filter does not stop sending); 0 for the others.
 * Each of them must be open already, or it is a fault.
 * require: a missing layer is a failure, and *why names it; otherwise it is
 * logged.  A kernel without Landlock lacks no layer: seccomp refuses the same
 * calls, and mudd has said so.
 * On failure the program must end.  In the sanitizer build there are no
 * resource limits, no seccomp and no probes.
 */
bool sandbox_enter(
    enum program program, int reserved, bool require, struct fault *why);

/*
 * What mudd itself does: keeps NET_ADMIN, NET_RAW, SETUID, SETGID, KILL and
 * drops the rest, no_new_privs, undumpable, and denies the system calls that
 * neither it nor a child of it ever needs (children inherit the filter); then
 * the proof of that.  *gap: the layer that is missing, FAULT_NONE if there is
 * none; whether to go on without it is the caller's to know.  False with *why
 * for all else.
 */
bool sandbox_enter_parent(struct fault *gap, struct fault *why);

/* Clears all capability sets, ambient and bounding too where allowed. */
bool sandbox_drop_capabilities(struct fault *why);

#endif
