/*
 * The control socket: who may ask, what may be asked, and the answers.
 *
 * Varlink over a Unix stream socket: JSON objects, each ended by a NUL byte.
 * Every connection is judged by SO_PEERCRED and SO_PEERGROUPS: root and the
 * groups mudd and mudd-admin may read; root and mudd-admin may change (S-81).
 * Clients are known but not trusted: what they send is bounded, and one that
 * is slow or talks nonsense is closed and hurts only itself (S-82).  The
 * methods of org.varlink.service are answered inside.
 */
#ifndef ENGINE_CONTROL_H
#define ENGINE_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <jansson.h>

#include "engine/control/varlink.h"

struct control;
struct event_base;

#define CONTROL_INTERFACE VARLINK_INTERFACE

/* Errors of the interface; docs/org.mudd.Manager.varlink says with which
 * parameters. */
#define CONTROL_NOT_FOUND         CONTROL_INTERFACE ".NotFound"
#define CONTROL_PERMISSION_DENIED CONTROL_INTERFACE ".PermissionDenied"
#define CONTROL_INVALID_DIGEST    CONTROL_INTERFACE ".InvalidDigest"
#define CONTROL_NOT_POSSIBLE      CONTROL_INTERFACE ".NotPossible"
#define CONTROL_BUSY              CONTROL_INTERFACE ".Busy"
/* {"parameter": name} */
#define CONTROL_INVALID_PARAMETER VARLINK_INVALID_PARAMETER

/*
 * One call under way.  The method owns it from the moment it is called, and
 * ends it with exactly one control_reply or control_error, at once or later.
 * It stays valid until then, also when its client or the whole control has
 * gone in the meantime; the answer is then dropped.
 */
struct control_call;

/*
 * params is an object and lent: it is gone once the method returns (take what
 * is needed, or json_incref it).  uid is the peer's.
 */
typedef void control_method_fn(
    void *arg, struct control_call *call, json_t *params, uid_t uid);

struct control_method {
	const char *name; /* "Status": without the interface */
	bool changes;     /* needs root or group mudd-admin */
	control_method_fn *fn;
};

struct control_options {
	gid_t readers; /* group mudd; (gid_t)-1: there is no such group */
	gid_t admins;  /* group mudd-admin; likewise */
	const struct control_method *methods; /* lent for control's life */
	size_t n_methods;
	/* The one, of those that change things, whose calls may have
	 * LIMIT_REQUEST_CERTIFICATE bytes; NULL: none. */
	const char *large;
	const char *version; /* for GetInfo; lent likewise */
	void *arg;           /* handed to each method */
	unsigned idle_sec; /* how long a client may keep us waiting for a whole
	                    * request, or for taking an answer; 0:
	                    * LIMIT_IDLE_SEC */
};

/*
 * Makes the listening socket at path, before the sandbox closes: what an
 * earlier run left there is removed, the socket is bound under umask 0177 and
 * then opened to all (S-80).  Returns a descriptor, non-blocking and
 * close-on-exec, or -errno; -EADDRINUSE if something answers there, or
 * something that is no socket lies there.
 */
int control_listen(const char *path);

/* Takes the listening descriptor. Ends the process when out of memory. */
struct control *control_new(
    struct event_base *base, int fd, const struct control_options *options);

/* Closes every connection and the socket; NULL is fine. Not from within a
 * method. The path stays: the
 * sandbox lets nobody remove it, and the next run does. */
void control_free(struct control *control);

/* Clients that are connected. */
size_t control_clients(const struct control *control);

/* Ends a call. Takes params; NULL is an empty object. Never frees a client
 * or calls a method from within. */
void control_reply(struct control_call *call, json_t *params);
void control_error(
    struct control_call *call, const char *error, json_t *params);

/* A call ended with CONTROL_INVALID_PARAMETER. */
void control_invalid(struct control_call *call, const char *parameter);

/*
 * A call that has many answers (Varlink's `more`).  False: its client wants
 * one only, or none, and the call has been ended.  Else control_continue sends
 * them, and control_reply or control_error still ends the call.  stirred says
 * that the client has gone (control_has_left), or has taken all there was.  It
 * may end the call, and start no other.
 */
typedef void control_stirred_fn(void *arg);
bool control_stream(
    struct control_call *call, control_stirred_fn *stirred, void *arg);
/* Takes params.  False: it is lost, since the client has LIMIT_STREAM bytes to
 * take yet, or has gone.  Never calls stirred from within. */
bool control_continue(struct control_call *call, json_t *params);
bool control_has_left(const struct control_call *call);

/* Tries to hand out what is still queued, waiting at most msec in all: for
 * the last answer before the process ends (Teardown). */
void control_flush(struct control *control, int msec);

#endif
