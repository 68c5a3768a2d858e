/*
 * The far end of one of the engine's channels, driven by hand: the runner
 * plays mudd, the watcher, fetchers and readers through these.
 */
#ifndef SCENARIO_FAR_H
#define SCENARIO_FAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/msg.h"

struct far {
	int fd; /* -1: closed */
	enum program self;
	uint32_t sent, received;
};

/* Makes a pair; returns the end that is the engine's, which the caller owns,
 * or -1. */
int far_open(struct far *far, enum program self);
void far_close(struct far *far);

/* The fds stay the caller's. False if the engine has closed the channel. */
bool far_send(struct far *far, enum record_type type, const void *body,
    const int *fds, size_t n_fds);
/* True: *msg is filled. False: nothing there, or closed (far_is_closed). */
bool far_receive(struct far *far, struct msg *msg);
bool far_is_closed(const struct far *far);

#endif
