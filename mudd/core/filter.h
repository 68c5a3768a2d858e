/*
 * seccomp filters: what each program may still ask of the kernel.
 *
 * An allow list for each worker; whatever is not on it fails with EPERM, and
 * nothing is killed for asking.  Calls that a library's version or this
 * architecture does not know are left out, which only makes a list shorter.
 */
#ifndef CORE_FILTER_H
#define CORE_FILTER_H

#include "core/records.h"

/*
 * Loads the list of a worker (not PROGRAM_MUDD).  reserved: as in
 * sandbox_enter().  0, or -errno: then the process may be half closed in and
 * must end, or go on without this layer where that is allowed.
 */
int filter_load(enum program program, int reserved);

/*
 * For mudd: denies what neither it nor a child of it ever needs.  Children
 * inherit the filter.  0 or -errno.
 */
int filter_load_parent(void);

#endif
