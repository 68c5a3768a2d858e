/*
 * The methods of org.mudd.Manager: one function a method
 * (docs/org.mudd.Manager.varlink).
 */
#ifndef ENGINE_COMMANDS_H
#define ENGINE_COMMANDS_H

#include <sys/types.h>

struct commands;
struct engine;

struct commands_options {
	struct engine *engine; /* lent */
	int control_fd;        /* listening control socket; taken */
	gid_t readers, admins; /* groups mudd and mudd-admin, or -1 */
};

/* Serves the control socket, and listens to the engine, from now on. */
struct commands *commands_new(const struct commands_options *options);
/* Calls that still wait are told that we are busy. NULL is fine. */
void commands_free(struct commands *commands);

#endif
