/*
 * rtnetlink sockets.  Role: watcher; opened before its sandbox closes.
 * Input: datagrams, of which only the kernel's are looked at.
 */
#include "watch/rtnl.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "libmud/fault.h"
#include "libmud/mem.h"
#include "watch/links.h"

#define DATAGRAM   65536 /* the kernel's dumps go up to 32 KiB */
#define EVENTS     256   /* datagrams read in one turn */
#define ANSWER_SEC 2

struct rtnl {
	struct nl_sock *dumps, *events;
	uint8_t *buffer;
};

/* In this order: ports before who is behind them. */
static const struct {
	int type;
	unsigned char family;
} dumps[] = {
	{ RTM_GETLINK, AF_UNSPEC },
	{ RTM_GETADDR, AF_UNSPEC },
	{ RTM_GETNEIGH, AF_BRIDGE },
	{ RTM_GETNEIGH, AF_UNSPEC },
	{ RTM_GETROUTE, AF_INET },
	{ RTM_GETROUTE, AF_INET6 },
};

/* fd: one that is open, or -1. */
static struct nl_sock *
socket_new(int fd, struct fault *why)
{
	struct nl_sock *sock = nl_socket_alloc();
	int error;

	if (sock == NULL)
		error = -NLE_NOMEM;
	else if (fd < 0)
		error = nl_connect(sock, NETLINK_ROUTE);
	else
		error = nl_socket_set_fd(sock, NETLINK_ROUTE, fd);

	if (error == 0)
		return sock;
	(void)fault_set(
	    why, FAULT_KERNEL, "R-4", "rtnetlink: %s", nl_geterror(error));
	nl_socket_free(sock);
	return NULL;
}

static bool
subscribe(struct nl_sock *sock, struct fault *why)
{
	int error = nl_socket_add_memberships(sock, RTNLGRP_LINK,
	    RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_NEIGH,
	    RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, 0);

	if (error < 0)
		return fault_set(why, FAULT_KERNEL, "R-4",
		    "rtnetlink events: %s", nl_geterror(error));
	return true;
}

/*
 * One datagram: its length, 0 if it is not the kernel's, -errno.  It is read
 * by hand since libnl's words for errors do not tell an overrun from others.
 */
static ssize_t
datagram_read(struct rtnl *rtnl, struct nl_sock *sock)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { rtnl->buffer, DATAGRAM };
	struct msghdr msg = { .msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1 };
	ssize_t len;

	do
		len = recvmsg(nl_socket_get_fd(sock), &msg, 0);
	while (len < 0 && errno == EINTR);
	if (len < 0)
		return -errno;
	if ((msg.msg_flags & MSG_TRUNC) != 0)
		return -ENOBUFS;
	return from.nl_pid == 0 ? len : 0;
}

/* Sends the request; its sequence number, or -errno. */
static int64_t
dump_ask(struct rtnl *rtnl, int type, unsigned char family)
{
	/* As long as the longest header, which older kernels ask for. */
	struct ifinfomsg info = { .ifi_family = family };
	struct ndmsg neighbour = { .ndm_family = family };
	struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_DUMP);
	int64_t seq;
	int error;

	if (msg == NULL)
		return -ENOMEM;
	if (type == RTM_GETNEIGH)
		error = nlmsg_append(
		    msg, &neighbour, sizeof(neighbour), NLMSG_ALIGNTO);
	else
		error = nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO);
	nl_complete_msg(rtnl->dumps, msg);
	seq = nlmsg_hdr(msg)->nlmsg_seq;
	if (error == 0)
		error = nl_send(rtnl->dumps, msg);
	nlmsg_free(msg);
	return error < 0 ? -EIO : seq;
}

static int
dump_one(struct rtnl *rtnl, struct links *links, size_t i, bool *is_interrupted,
    unsigned int *n_lost)
{
	int64_t seq = dump_ask(rtnl, dumps[i].type, dumps[i].family);
	struct links_outcome outcome = { 0 };

	if (seq < 0)
		return (int)seq;
	while (!outcome.is_done) {
		ssize_t len = datagram_read(rtnl, rtnl->dumps);

		if (len < 0)
			return len == -EAGAIN ? -ETIMEDOUT : (int)len;
		links_feed(links, (struct bytes){ rtnl->buffer, (size_t)len },
		    (uint32_t)seq, &outcome);
		*is_interrupted |= outcome.is_interrupted;
		*n_lost += outcome.n_lost;
		if (outcome.n_bad > 0)
			return -EBADMSG;
	}
	return outcome.error;
}

struct rtnl *
rtnl_new(int events, struct fault *why)
{
	const struct timeval patience = { .tv_sec = ANSWER_SEC };
	struct rtnl *rtnl = xcalloc(1, sizeof(*rtnl));

	rtnl->buffer = xcalloc(1, DATAGRAM);
	rtnl->events = socket_new(events, why);
	if (rtnl->events == NULL) {
		(void)close(events);
		goto out;
	}
	rtnl->dumps = socket_new(-1, why);
	if (rtnl->dumps == NULL || !subscribe(rtnl->events, why))
		goto out;
	nl_socket_disable_auto_ack(rtnl->dumps);
	if (setsockopt(nl_socket_get_fd(rtnl->dumps), SOL_SOCKET, SO_RCVTIMEO,
		&patience, sizeof(patience)) == 0)
		return rtnl;
	(void)fault_set(why, FAULT_KERNEL, "R-4", "SO_RCVTIMEO");
out:
	rtnl_free(rtnl);
	return NULL;
}

void
rtnl_free(struct rtnl *rtnl)
{
	if (rtnl == NULL)
		return;
	nl_socket_free(rtnl->dumps);
	nl_socket_free(rtnl->events);
	free(rtnl->buffer);
	free(rtnl);
}

int
rtnl_events_fd(const struct rtnl *rtnl)
{
	return nl_socket_get_fd(rtnl->events);
}

int
rtnl_dump(struct rtnl *rtnl, struct links *links, unsigned int *n_lost)
{
	bool is_interrupted = false, are_routes_torn = false;

	links_resync(links);
	for (size_t i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++) {
		bool *torn = dumps[i].type == RTM_GETROUTE ? &are_routes_torn
		                                           : &is_interrupted;
		int error = dump_one(rtnl, links, i, torn, n_lost);

		if (error < 0)
			return error;
	}
	if (is_interrupted)
		return -EINTR;
	/* Routes may change all the time where a routing daemon runs. */
	if (are_routes_torn)
		links_doubt_routes(links);
	links_settle(links);
	return are_routes_torn;
}

int
rtnl_read(struct rtnl *rtnl, struct links *links, unsigned int *n_lost)
{
	for (int i = 0; i < EVENTS; i++) {
		struct links_outcome outcome;
		ssize_t len = datagram_read(rtnl, rtnl->events);

		if (len == -EAGAIN)
			return 0;
		if (len < 0)
			return (int)len;
		links_feed(links, (struct bytes){ rtnl->buffer, (size_t)len },
		    0, &outcome);
		*n_lost += outcome.n_lost;
		/* What we cannot read may be what we need: ask for all. */
		if (outcome.n_bad > 0)
			return -ENOBUFS;
	}
	return 0;
}
