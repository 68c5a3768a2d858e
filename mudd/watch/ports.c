/*
 * Packet sockets.  Role: watcher.  Input: hostile frames, which are handed on
 * as bytes; the kernel's word on direction and time.
 *
 * The filter on each socket was attached and locked by mudd.  What a locked
 * filter does not stop is sending; the sandbox does, by descriptor number.
 */
#include "watch/ports.h"

#include <errno.h>
#include <event2/event.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "libmud/limits.h"
#include "libmud/list.h"
#include "libmud/mem.h"

#define FRAME    2048 /* more than a LAN's frames; longer ones are no DHCP */
#define TURN     64   /* frames, then the loop looks at the others */
#define AGE_MSEC 5000 /* a frame that waited longer than this did not */

struct port {
	struct list link;
	struct ports *ports;
	struct event *readable, *rested;
	bool is_over; /* its budget is used up */
	uint32_t ifindex;
	int fd;
};

struct ports {
	struct event_base *base;
	ports_frame_fn *on_frame;
	ports_is_there_fn *is_there;
	void *arg;
	struct list all;
	size_t n;
};

union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(struct timespec)) +
		   CMSG_SPACE(sizeof(struct tpacket_auxdata))];
};

static int64_t
clock_msec(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * The kernel stamps frames by the wall clock, which may jump: only the age
 * is taken from it, within bounds.  It matters because a frame may wait here
 * while the bridge's word about it does not.
 */
static int64_t
arrival(struct msghdr *msg)
{
	int64_t age = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	     c = CMSG_NXTHDR(msg, c)) {
		struct timespec stamp;

		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SCM_TIMESTAMPNS ||
		    c->cmsg_len < CMSG_LEN(sizeof(stamp)))
			continue;
		memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
		age = clock_msec(CLOCK_REALTIME) -
		      ((int64_t)stamp.tv_sec * 1000 + stamp.tv_nsec / 1000000);
	}
	if (age < 0)
		age = 0;
	if (age > AGE_MSEC)
		age = AGE_MSEC;
	return clock_msec(CLOCK_MONOTONIC) - age;
}

/* The kernel takes a VLAN tag off a frame and says so aside.  Tagged frames
 * belong to a network that this port's bindings do not speak of. */
static bool
is_tagged(struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL;
	     c = CMSG_NXTHDR(msg, c)) {
		struct tpacket_auxdata aux;

		if (c->cmsg_level != SOL_PACKET ||
		    c->cmsg_type != PACKET_AUXDATA ||
		    c->cmsg_len < CMSG_LEN(sizeof(aux)))
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		if ((aux.tp_status & TP_STATUS_VLAN_VALID) != 0)
			return true;
	}
	return false;
}

/* 1: a frame was handed on or passed over; 0: there is none; -errno. */
static int
frame_read(struct port *port)
{
	uint8_t raw[FRAME];
	struct sockaddr_ll from = { 0 };
	struct iovec iov = { raw, sizeof(raw) };
	union control control;
	struct msghdr msg = { .msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	ssize_t len = recvmsg(port->fd, &msg, MSG_DONTWAIT);

	if (len < 0)
		return errno == EAGAIN ? 0 : -errno;
	if ((msg.msg_flags & MSG_TRUNC) != 0 || is_tagged(&msg))
		return 1;
	if (!port->ports->on_frame(port->ports->arg, port->ifindex,
		from.sll_pkttype == PACKET_OUTGOING, arrival(&msg),
		(struct bytes){ raw, (size_t)len }))
		port->is_over = true;
	return 1;
}

static void
port_free(struct port *port)
{
	list_remove(&port->link);
	port->ports->n--;
	event_free(port->readable);
	event_free(port->rested);
	(void)close(port->fd);
	free(port);
}

/* An interface that was set down says so once and then carries on. */
static bool
is_passing(const struct port *port, int error)
{
	if (error == -EINTR || error == -ENOBUFS || error == -ENOMEM)
		return true;
	return error == -ENETDOWN &&
	       port->ports->is_there(port->ports->arg, port->ifindex);
}

static void
rest(struct port *port)
{
	const struct timeval wait = { .tv_usec = PORTS_REST_MSEC * 1000 };

	if (event_del(port->readable) != 0 ||
	    event_add(port->rested, &wait) != 0)
		log_fatal("cannot watch port %u", port->ifindex);
}

static void
on_rested(evutil_socket_t fd, short what, void *arg)
{
	struct port *port = arg;

	(void)fd;
	(void)what;
	if (event_add(port->readable, NULL) != 0)
		log_fatal("cannot watch port %u", port->ifindex);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct port *port = arg;

	(void)fd;
	(void)what;
	port->is_over = false;
	for (int i = 0; i < TURN; i++) {
		const int got = frame_read(port);

		if (got == 0)
			break;
		if (got < 0 && !is_passing(port, got)) {
			log_debug("port %u: %s: not watched any more",
			    port->ifindex, strerror(-got));
			port_free(port);
			return;
		}
	}
	if (port->is_over)
		rest(port);
}

struct ports *
ports_new(struct event_base *base, ports_frame_fn *on_frame,
    ports_is_there_fn *is_there, void *arg)
{
	struct ports *ports = xcalloc(1, sizeof(*ports));

	ports->base = base;
	ports->on_frame = on_frame;
	ports->is_there = is_there;
	ports->arg = arg;
	list_init(&ports->all);
	return ports;
}

void
ports_free(struct ports *ports)
{
	if (ports == NULL)
		return;
	LIST_EACH_SAFE(at, &ports->all)
	port_free(LIST_ENTRY(at, struct port, link));
	free(ports);
}

bool
ports_listen(struct ports *ports, uint32_t ifindex, int fd)
{
	struct port *port;

	ports_forget(ports, ifindex);
	if (ports->n == LIMIT_PORTS) {
		(void)close(fd);
		return false;
	}
	port = xcalloc(1, sizeof(*port));
	port->ports = ports;
	port->ifindex = ifindex;
	port->fd = fd;
	port->readable =
	    event_new(ports->base, fd, EV_READ | EV_PERSIST, on_readable, port);
	port->rested = evtimer_new(ports->base, on_rested, port);
	if (port->readable == NULL || port->rested == NULL ||
	    event_add(port->readable, NULL) != 0)
		log_fatal("cannot watch port %u", ifindex);
	list_append(&ports->all, &port->link);
	ports->n++;
	return true;
}

void
ports_forget(struct ports *ports, uint32_t ifindex)
{
	LIST_EACH_SAFE(at, &ports->all)
	{
		struct port *port = LIST_ENTRY(at, struct port, link);

		if (port->ifindex == ifindex)
			port_free(port);
	}
}

int64_t
ports_clock(void)
{
	return clock_msec(CLOCK_MONOTONIC);
}
