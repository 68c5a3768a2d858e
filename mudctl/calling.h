/*
 * A call of the daemon, and what its errors mean here: a line on standard
 * error and an exit code.
 */
#ifndef MUDCTL_CALLING_H
#define MUDCTL_CALLING_H

#include <jansson.h>

#include "mudctl/client.h"

struct options;

/* One line on stderr, what was quoted escaped, and the exit code. */
int calling_complain(int code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* COMMAND_DONE: the caller owns *answer; else it has been said. Takes params.
 */
int calling_call(const struct options *options, const char *method,
    json_t *params, json_t **answer);

/* Calls fn for each answer, until it says no, the user interrupts (both
 * COMMAND_DONE), or the daemon goes (COMMAND_UNREACHABLE). */
int calling_stream(const struct options *options, const char *method,
    client_reply_fn *fn, void *arg);

#endif
