/*
 * A channel in an event loop: records queue, sends never block.
 */
#ifndef CORE_CHANNEL_H
#define CORE_CHANNEL_H

#include <stdbool.h>

#include "core/msg.h"

struct channel;
struct event_base;

/* A record came in. fds that are not taken are closed on return. The handler
 * may free the channel. false: the record breaks a rule that only the
 * receiver can judge; the channel is closed as if the peer had died. */
typedef bool channel_record_fn(void *arg, struct channel *ch, struct msg *msg);
/* The peer closed, broke the rules, or does not read (reason says which). The
 * channel is already dead: free it here or later. Called from the loop only,
 * never from within a function of this header. */
typedef void channel_gone_fn(void *arg, struct channel *ch, const char *reason);

/* Takes the fd, makes it non-blocking. */
struct channel *channel_new(struct event_base *base, int fd, enum program self,
    enum program peer, channel_record_fn *on_record, channel_gone_fn *on_gone,
    void *arg);
/* Closes it; what is queued is lost. NULL is fine. */
void channel_free(struct channel *ch);

/* Queues a record; takes the fds, which are closed once sent.  What waits may
 * take LIMIT_BACKLOG bytes of memory: past that the peer does not read, and
 * the channel ends.  A record for a channel that has ended is lost. */
void channel_send(struct channel *ch, enum record_type type, const void *body,
    const int *fds, size_t n_fds);

/* Bytes of records that wait for the peer. */
size_t channel_backlog(const struct channel *ch);

/* Tries to send all that is queued, waiting at most msec. */
void channel_flush(struct channel *ch, int msec);

#endif
