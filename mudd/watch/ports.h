/*
 * The packet sockets that mudd opened for us, one a port, in the event loop.
 */
#ifndef WATCH_PORTS_H
#define WATCH_PORTS_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/bytes.h"

struct event_base;
struct ports;

/* A frame came in by the port, or left by it. at_msec: when the kernel saw
 * it, on CLOCK_MONOTONIC. raw is lent for the call. False: it is past the
 * port's budget; then some more of them are left with the kernel for
 * PORTS_REST_MSEC, so that a flood does not wake us for each frame. */
#define PORTS_REST_MSEC 5
typedef bool ports_frame_fn(void *arg, uint32_t ifindex, bool is_leaving,
    int64_t at_msec, struct bytes raw);
/* Is the interface still there?  Asked when a socket reports that it is down:
 * one that is gone is closed, one that is down will be up again. */
typedef bool ports_is_there_fn(void *arg, uint32_t ifindex);

struct ports *ports_new(struct event_base *base, ports_frame_fn *on_frame,
    ports_is_there_fn *is_there, void *arg);
void ports_free(struct ports *ports);

/* Takes the fd, in place of one for the same port.  False: more than
 * LIMIT_PORTS, and the fd is closed. */
bool ports_listen(struct ports *ports, uint32_t ifindex, int fd);
/* Closes the port's socket, if it has one. */
void ports_forget(struct ports *ports, uint32_t ifindex);

/* CLOCK_MONOTONIC in milliseconds. */
int64_t ports_clock(void);

#endif
