/*
 * The socket of the drop log.  Role: mudd.  Input: the kernel's answer to the
 * configuration; what is logged is never read here.
 */
#include "enforce/parent/droplog.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enforce/conditions.h"
#include "libmud/fault.h"

#define RECEIVE_BUFFER (1024 * 1024)

/* So many packets, or so many hundredths of a second, then they are sent. */
#define THRESHOLD 32
#define TIMEOUT   10

#define REQUEST     256
#define ANSWER      8192
#define ANSWER_MSEC 1000
/* Packets may be logged between our binding and the answer to it. */
#define ANSWER_TRIES 64

static struct nlmsghdr *
request_make(void *buffer)
{
	const struct nfulnl_msg_config_cmd bind = {
		.command = NFULNL_CFG_CMD_BIND,
	};
	const struct nfulnl_msg_config_mode mode = {
		.copy_range = htonl(DROPLOG_BYTES),
		.copy_mode = NFULNL_COPY_PACKET,
	};
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *general;

	request->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	request->nlmsg_seq = 1;
	general = mnl_nlmsg_put_extra_header(request, sizeof(*general));
	general->nfgen_family = AF_UNSPEC;
	general->version = NFNETLINK_V0;
	general->res_id = htons(DROPLOG_GROUP);
	mnl_attr_put(request, NFULA_CFG_CMD, sizeof(bind), &bind);
	mnl_attr_put(request, NFULA_CFG_MODE, sizeof(mode), &mode);
	mnl_attr_put_u32(request, NFULA_CFG_TIMEOUT, htonl(TIMEOUT));
	mnl_attr_put_u32(request, NFULA_CFG_QTHRESH, htonl(THRESHOLD));
	return request;
}

/* 1: the kernel has answered, *error is 0 or -errno; 0: that was a packet. */
static int
answer_read(int fd, int *error)
{
	_Alignas(struct nlmsghdr) char buffer[ANSWER];
	const struct nlmsghdr *message = (const void *)buffer;
	const struct nlmsgerr *answer;
	ssize_t len = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);

	if (len < 0) {
		*error = -errno;
		return errno == EINTR || errno == ENOBUFS ? 0 : 1;
	}
	if (!mnl_nlmsg_ok(message, (int)len) ||
	    message->nlmsg_type != NLMSG_ERROR ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*answer))
		return 0;
	answer = mnl_nlmsg_get_payload(message);
	*error = answer->error;
	return 1;
}

static int
answer_wait(int fd)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	int error = 0;

	for (int i = 0; i < ANSWER_TRIES; i++) {
		if (poll(&readable, 1, ANSWER_MSEC) <= 0)
			return -ETIMEDOUT;
		if (answer_read(fd, &error) != 0)
			return error;
	}
	return -EBUSY;
}

static int
droplog_set_up(int fd)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	const int bytes = RECEIVE_BUFFER;
	_Alignas(struct nlmsghdr) char buffer[REQUEST] = { 0 };
	const struct nlmsghdr *request = request_make(buffer);

	/* Past the system's limit if we may, else up to it. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) !=
	    0)
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (bind(fd, (const struct sockaddr *)(const void *)&kernel,
		sizeof(kernel)) != 0)
		return -errno;
	if (sendto(fd, request, request->nlmsg_len, 0,
		(const struct sockaddr *)(const void *)&kernel,
		sizeof(kernel)) < 0)
		return -errno;
	return answer_wait(fd);
}

int
droplog_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_NETFILTER);
	int error;

	if (fd < 0)
		return -errno;
	error = droplog_set_up(fd);
	if (error < 0) {
		(void)close(fd);
		return error;
	}
	return fd;
}

void
droplog_note(struct conditions *conditions, int error)
{
	struct fault why;

	if (error == 0) {
		conditions_well(conditions, CONDITION_DROP_LOG, "");
		return;
	}
	(void)fault_set(&why, FAULT_KERNEL, "nfnetlink_log",
	    "cannot read NFLOG group %d: %s", DROPLOG_GROUP, strerror(-error));
	conditions_impaired(
	    conditions, CONDITION_DROP_LOG, why.clause, why.detail);
}
