/*
 * One client of the control socket: its request, its call, its answer.
 *
 * control.c lets it in; from then on it looks after itself, and frees itself
 * when it leaves, is slow, or talks nonsense.
 */
#ifndef ENGINE_CONTROLCLIENT_H
#define ENGINE_CONTROLCLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "engine/control/control.h"
#include "libmud/limits.h"
#include "libmud/list.h"

struct client;
struct event;

/* What control.c and its clients share. */
struct control {
	struct event_base *base;
	int fd; /* listening */
	struct event *accepting, *pause;
	struct control_options options;
	struct list clients; /* of struct client, by its first member */
	struct list calls;   /* of struct control_call, likewise */
	size_t n_clients, n_calls;
};

struct control_call {
	struct list link;
	struct control *control; /* NULL: it has gone */
	struct client *client;   /* NULL: it has gone */
	bool oneway, more;
	control_stirred_fn *stirred; /* of a call with many answers */
	void *stirred_arg;
};

/* Takes the descriptor, and joins control's list. */
void controlclient_new(
    struct control *control, int fd, uid_t uid, bool may_change);
/* Leaves the list; its call, if any, lives on without it. */
void controlclient_free(struct client *client);
uid_t controlclient_uid(const struct client *client);

/* The client whose link stands in control's list. */
struct client *controlclient_of(struct list *link);

/* Waits at most msec to send some of what is queued. False: there is nothing,
 * or it does not want it. */
bool controlclient_flush(struct client *client, int msec);

#endif
