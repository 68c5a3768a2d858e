/*
 * How a worker begins: its options, as mudd gives them
 * (enforce/parent/spawn.c).
 */
#ifndef CORE_WORKER_H
#define CORE_WORKER_H

#include <stdbool.h>

/*
 * Begins the log of the program (a constant text).  -d: say more; -b: a layer
 * of the sandbox that the kernel lacks is no failure.  True: it is one, as
 * sandbox_enter() wants it told.  Another option ends the process.
 */
bool worker_begin(const char *program, int argc, char **argv);

#endif
