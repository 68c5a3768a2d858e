/*
 * One call over the control socket: Varlink, as docs/org.mudd.Manager.varlink
 * describes it.
 */
#ifndef MUDCTL_CLIENT_H
#define MUDCTL_CLIENT_H

#include <signal.h>
#include <stdbool.h>

#include <jansson.h>

/* Approve waits for the kernel; nothing takes longer. */
#define CLIENT_TIMEOUT_SEC 60

enum client_outcome {
	CLIENT_REPLY,       /* *answer: the reply's parameters */
	CLIENT_ERROR,       /* *answer: {"error", "parameters"} */
	CLIENT_UNREACHABLE, /* nobody answers, or not in time, or nonsense */
	CLIENT_FORBIDDEN,   /* the socket may not even be opened */
};

/*
 * Calls org.mudd.Manager.METHOD.  Takes params; NULL is an empty object.  On
 * CLIENT_REPLY and CLIENT_ERROR the caller owns *answer, an object; otherwise
 * it is untouched and *why says in a few words what happened (a constant, or
 * strerror's).
 */
enum client_outcome client_call(const char *path, const char *method,
    json_t *params, json_t **answer, const char **why);

/*
 * Calls a method that answers again and again (Varlink's `more`), until the
 * daemon ends it, a signal comes whose handler sets *stop, or fn returns false,
 * which both are CLIENT_REPLY.  *answer and *why as above.  How long it takes
 * until there is something to say is not bounded.
 */
typedef bool client_reply_fn(void *arg, const json_t *reply);
enum client_outcome client_stream(const char *path, const char *method,
    const volatile sig_atomic_t *stop, client_reply_fn *fn, void *arg,
    json_t **answer, const char **why);

#endif
