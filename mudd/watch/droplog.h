/*
 * The socket of the drop log that mudd opened for us, in the event loop.
 */
#ifndef WATCH_DROPLOG_H
#define WATCH_DROPLOG_H

#include <stdint.h>

#include "watch/drops.h"

struct droplog;
struct event_base;

/* key: random, 64 bits. tell: as for drops_new. */
struct droplog *droplog_new(
    struct event_base *base, uint64_t key, drops_tell_fn *tell, void *arg);
void droplog_free(struct droplog *log);

/* Takes the fd, in place of the one before. */
void droplog_listen(struct droplog *log, int fd);

#endif
