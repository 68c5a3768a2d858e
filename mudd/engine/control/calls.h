/*
 * What the methods of org.mudd.Manager share: the calls that are answered
 * later, parameters, and the usual errors.  commands.c has the table.
 */
#ifndef ENGINE_CALLS_H
#define ENGINE_CALLS_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "engine/control/control.h"
#include "libmud/addr.h"
#include "libmud/list.h"

struct certjob;
struct engine;
struct explaining;
struct monitor;
struct mudurl;
struct showing;

struct commands {
	struct engine *engine;
	struct control *control;
	struct monitor *monitor;
	struct list waiting;
};

enum waiting_for {
	WAIT_STATUS,
	WAIT_COUNTERS,
	WAIT_APPROVED,
	WAIT_TORN_DOWN,
	WAIT_TRUST,
	WAIT_SHOWN,
	WAIT_REFRESHED,
	WAIT_ASSIGNED,
	WAIT_FORGOTTEN,
	WAIT_TALLIED,
	WAIT_MODE,
	WAIT_WALKED,
	WAIT_JUDGED, /* then CERTIFIED */
	WAIT_CERTIFIED,
};

/* A call that is answered later. */
struct waiting {
	struct control_call *call;
	enum waiting_for what;
	struct mac mac;     /* of a device */
	struct mudurl *mud; /* APPROVED, SHOWN, REFRESHED, TALLIED; stays
	                     * meanwhile */
	uint32_t policy;    /* TALLIED: its number */
	uint8_t digest[32];
	struct showing *showing;       /* SHOWN: under way; owned */
	struct explaining *explaining; /* WALKED: owned */
	struct certjob *certjob;       /* JUDGED: owned */
	struct engine *engine;
	struct list link;
};

/* Owned by commands until calls_end, which does not answer. */
struct waiting *calls_wait(struct commands *commands, struct control_call *call,
    enum waiting_for what);
void calls_end(struct waiting *waiting);
/* How many wait for this? */
size_t calls_count(const struct commands *commands, enum waiting_for what);
/* The call is about this URL, which stays as long as it waits. */
void calls_about(struct waiting *waiting, struct mudurl *mud);

/* These answer the call. */
void calls_not_found(struct control_call *call, const char *what);
void calls_not_possible(struct control_call *call, const char *reason);

/* A text parameter, lent; NULL: there is none, and the call is answered. */
const char *calls_text(
    struct control_call *call, json_t *params, const char *name);

#endif
