/*
 * The drop log's socket.  Role: watcher.  Input: datagrams, of which only the
 * kernel's are looked at; hostile packets lie in them.
 */
#include "watch/droplog.h"

#include <errno.h>
#include <event2/event.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/log.h"
#include "libmud/mem.h"
#include "watch/nflog.h"

/* The kernel sums up log messages in 8 KiB at most, if not told otherwise. */
#define DATAGRAM 16384
#define TURN     64 /* datagrams, then the loop looks at the others */

struct droplog {
	struct event_base *base;
	struct drops *drops;
	struct event *readable, *window;
	int fd;              /* -1: none */
	bool is_open;        /* the window: its timer runs */
	unsigned int n_lost; /* since the last warning: packets, overruns */
	unsigned int quiet;  /* windows to go until the next warning */
	uint8_t buffer[DATAGRAM];
};

#define QUIET (60 * 1000 / DROPS_WINDOW_MSEC)

static void
window_open(struct droplog *log)
{
	const struct timeval wait = {
		.tv_sec = DROPS_WINDOW_MSEC / 1000,
		.tv_usec = DROPS_WINDOW_MSEC % 1000 * 1000,
	};

	if (log->is_open)
		return;
	log->is_open = true;
	(void)event_add(log->window, &wait);
}

/* What a flood leaves behind in the log is one line a minute. */
static void
on_window(evutil_socket_t fd, short what, void *arg)
{
	struct droplog *log = arg;

	(void)fd;
	(void)what;
	log->is_open = false;
	drops_end(log->drops);
	if (log->quiet > 0)
		log->quiet--;
	if (log->quiet == 0 && log->n_lost > 0) {
		log_warning("too many kinds of packets are dropped: of %u "
			    "nothing is told but what the kernel counted",
		    log->n_lost);
		log->n_lost = 0;
		log->quiet = QUIET;
	}
	if (log->quiet > 0)
		window_open(log);
}

static void
take(struct droplog *log, struct bytes datagram)
{
	struct cursor at = cursor_over(datagram);
	struct record_drop drop;
	enum nflog_found found;

	while ((found = nflog_next(&at, &drop)) != NFLOG_END) {
		if (found == NFLOG_OTHER)
			continue;
		window_open(log);
		if (!drops_add(log->drops, &drop))
			log->n_lost++;
	}
}

/* 1: a datagram was taken or passed over; 0: there is none; -errno. */
static int
datagram_read(struct droplog *log)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { log->buffer, sizeof(log->buffer) };
	struct msghdr msg = { .msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1 };
	ssize_t len = recvmsg(log->fd, &msg, MSG_DONTWAIT);

	if (len < 0 && errno == ENOBUFS) {
		log->n_lost++;
		window_open(log);
		return 1;
	}
	if (len < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (from.nl_pid == 0 && (msg.msg_flags & MSG_TRUNC) == 0)
		take(log, (struct bytes){ log->buffer, (size_t)len });
	return 1;
}

static void
droplog_close(struct droplog *log)
{
	if (log->fd < 0)
		return;
	event_free(log->readable);
	(void)close(log->fd);
	log->fd = -1;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct droplog *log = arg;
	int got = 1;

	(void)fd;
	(void)what;
	for (int i = 0; i < TURN && got > 0; i++)
		got = datagram_read(log);
	if (got >= 0)
		return;
	log_warning(
	    "the drop log: %s: it is not read any more", strerror(-got));
	droplog_close(log);
}

struct droplog *
droplog_new(
    struct event_base *base, uint64_t key, drops_tell_fn *tell, void *arg)
{
	struct droplog *log = xcalloc(1, sizeof(*log));

	log->base = base;
	log->fd = -1;
	log->drops = drops_new(key, tell, arg);
	log->window = evtimer_new(base, on_window, log);
	if (log->window == NULL)
		log_fatal("cannot make a timer");
	return log;
}

void
droplog_free(struct droplog *log)
{
	if (log == NULL)
		return;
	droplog_close(log);
	event_free(log->window);
	drops_free(log->drops);
	free(log);
}

void
droplog_listen(struct droplog *log, int fd)
{
	droplog_close(log);
	log->fd = fd;
	log->readable =
	    event_new(log->base, fd, EV_READ | EV_PERSIST, on_readable, log);
	if (log->readable == NULL || event_add(log->readable, NULL) != 0)
		log_fatal("cannot watch the drop log");
}
