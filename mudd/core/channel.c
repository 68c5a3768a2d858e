/*
 * A channel in an event loop.  Role: mudd, watcher, fetcher, engine.  The
 * peer is one of ours and may have been taken over: it can end the channel,
 * nothing else.
 */
#include "core/channel.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "libmud/list.h"
#include "libmud/mem.h"

/* So many records a turn, then the loop looks at the others. */
#define TURN 64

struct queued {
	struct list link;
	enum record_type type;
	size_t n_fds;
	int fds[MSG_MAX_FDS];
	uint8_t body[];
};

struct channel {
	int fd;
	enum program self, peer;
	struct event *readable, *writable;
	struct list queue;
	size_t backlog; /* bytes of records queued */
	size_t held;    /* what the queue takes */
	uint32_t sent, received;
	channel_record_fn *on_record;
	channel_gone_fn *on_gone;
	void *arg;
	const char *doom; /* why it is to die when the loop comes round */
	bool dead;
	bool *freed; /* set while a handler runs that may free us */
};

/* What a record takes while it waits. */
static size_t
queued_size(enum record_type type)
{
	return sizeof(struct queued) + msg_size(type);
}

static void
queued_free(struct channel *ch, struct queued *q)
{
	for (size_t i = 0; i < q->n_fds; i++)
		(void)close(q->fds[i]);
	ch->backlog -= msg_size(q->type);
	ch->held -= queued_size(q->type);
	list_remove(&q->link);
	free(q);
}

/* Ends the channel and tells the owner, once. */
static void
channel_die(struct channel *ch, const char *reason)
{
	if (ch->dead)
		return;
	ch->dead = true;
	(void)event_del(ch->readable);
	(void)event_del(ch->writable);
	ch->on_gone(ch->arg, ch, reason);
}

/* 0, or -errno other than -EAGAIN. */
static int
channel_drain(struct channel *ch)
{
	while (!list_is_empty(&ch->queue)) {
		struct queued *q =
		    LIST_ENTRY(ch->queue.next, struct queued, link);
		int error = msg_send(
		    ch->fd, ch->sent, q->type, q->body, q->fds, q->n_fds);

		if (error == -EAGAIN)
			return 0;
		if (error < 0)
			return error;
		ch->sent++;
		queued_free(ch, q);
	}
	return 0;
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct channel *ch = arg;
	int error;

	(void)fd;
	(void)what;
	if (ch->doom != NULL) {
		channel_die(ch, ch->doom);
		return;
	}
	error = channel_drain(ch);
	if (error < 0)
		channel_die(ch, strerror(-error));
	else if (list_is_empty(&ch->queue))
		(void)event_del(ch->writable);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct channel *ch = arg;
	bool freed = false;

	(void)what;
	for (int i = 0; i < TURN; i++) {
		struct msg msg = { 0 };
		int got =
		    msg_receive(fd, ch->received, ch->peer, ch->self, &msg);
		bool good;

		if (got == -EAGAIN)
			return;
		if (got == 0) {
			channel_die(ch, "closed");
			return;
		}
		if (got < 0) {
			channel_die(ch, got == -EPROTO ? "protocol violation"
						       : strerror(-got));
			return;
		}
		ch->received++;
		ch->freed = &freed;
		good = ch->on_record(ch->arg, ch, &msg);
		msg_close_fds(&msg);
		if (freed)
			return;
		ch->freed = NULL;
		if (!good) {
			channel_die(ch, "protocol violation");
			return;
		}
		if (ch->dead || ch->doom != NULL)
			return;
	}
}

struct channel *
channel_new(struct event_base *base, int fd, enum program self,
    enum program peer, channel_record_fn *on_record, channel_gone_fn *on_gone,
    void *arg)
{
	struct channel *ch = xcalloc(1, sizeof(*ch));

	(void)evutil_make_socket_nonblocking(fd);
	(void)evutil_make_socket_closeonexec(fd);
	ch->fd = fd;
	ch->self = self;
	ch->peer = peer;
	ch->on_record = on_record;
	ch->on_gone = on_gone;
	ch->arg = arg;
	list_init(&ch->queue);
	ch->readable =
	    event_new(base, fd, EV_READ | EV_PERSIST, on_readable, ch);
	ch->writable =
	    event_new(base, fd, EV_WRITE | EV_PERSIST, on_writable, ch);
	if (ch->readable == NULL || ch->writable == NULL ||
	    event_add(ch->readable, NULL) != 0)
		log_fatal("cannot watch a channel");
	return ch;
}

void
channel_free(struct channel *ch)
{
	if (ch == NULL)
		return;
	if (ch->freed != NULL)
		*ch->freed = true;
	LIST_EACH_SAFE(at, &ch->queue)
	queued_free(ch, LIST_ENTRY(at, struct queued, link));
	event_free(ch->readable);
	event_free(ch->writable);
	(void)close(ch->fd);
	free(ch);
}

/*
 * True if the record needs no place in the queue: it was sent, or is lost.
 * The handlers are the owner's, who is at work in here: an end is told later.
 */
static bool
is_settled(struct channel *ch, enum record_type type, const void *body,
    const int *fds, size_t n_fds)
{
	if (ch->dead || ch->doom != NULL)
		return true;
	if (list_is_empty(&ch->queue) &&
	    msg_send(ch->fd, ch->sent, type, body, fds, n_fds) == 0) {
		ch->sent++;
		return true;
	}
	if (ch->held + queued_size(type) <= LIMIT_BACKLOG)
		return false;
	ch->doom = "does not read";
	event_active(ch->writable, EV_WRITE, 0);
	return true;
}

void
channel_send(struct channel *ch, enum record_type type, const void *body,
    const int *fds, size_t n_fds)
{
	size_t size = msg_size(type);
	struct queued *q;

	if (is_settled(ch, type, body, fds, n_fds)) {
		for (size_t i = 0; i < n_fds; i++)
			(void)close(fds[i]);
		return;
	}
	/* What cannot leave at once waits, behind what waits already. */
	q = xcalloc(1, sizeof(*q) + size);
	q->type = type;
	q->n_fds = n_fds;
	for (size_t i = 0; i < n_fds; i++)
		q->fds[i] = fds[i];
	memcpy(q->body, body, size);
	list_append(&ch->queue, &q->link);
	ch->backlog += size;
	ch->held += queued_size(type);
	(void)event_add(ch->writable, NULL);
}

size_t
channel_backlog(const struct channel *ch)
{
	return ch->backlog;
}

void
channel_flush(struct channel *ch, int msec)
{
	struct timespec start, now;

	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	while (!ch->dead && ch->doom == NULL && !list_is_empty(&ch->queue)) {
		struct pollfd wait = { .fd = ch->fd, .events = POLLOUT };
		int64_t past;

		if (channel_drain(ch) < 0)
			return;
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		past = (int64_t)(now.tv_sec - start.tv_sec) * 1000 +
		       (now.tv_nsec - start.tv_nsec) / 1000000;
		if (past >= msec)
			return;
		(void)poll(&wait, 1, msec - (int)past);
	}
}
