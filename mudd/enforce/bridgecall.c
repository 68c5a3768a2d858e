/*
 * The switches of a bridge.  Role: enforcer.  Input: the kernel's answers.
 */
#include "enforce/bridgecall.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "libmud/fault.h"
#include "libmud/mem.h"

#define ANSWER      (32 * 1024)
#define ANSWER_SEC  5
#define DRAIN_TIMES 64 /* what comes in faster is read at the next turn */

struct bridgecall {
	struct mnl_socket *ask, *hear;
	uint32_t seq;
	_Alignas(struct nlmsghdr) char buffer[ANSWER];
};

/* What a link's description says; -1: nothing. */
struct found {
	int four, six;
	bool deaf;
};

#define DEAF (1u << BR_BOOLOPT_NO_LL_LEARN)

static struct mnl_socket *
open_socket(unsigned int groups, int flags)
{
	struct mnl_socket *socket =
	    mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | flags);

	if (socket != NULL &&
	    mnl_socket_bind(socket, groups, MNL_SOCKET_AUTOPID) == 0)
		return socket;
	if (socket != NULL)
		(void)mnl_socket_close(socket);
	return NULL;
}

struct bridgecall *
bridgecall_new(struct fault *why)
{
	struct bridgecall *bridgecall = xcalloc(1, sizeof(*bridgecall));
	struct timeval patience = { .tv_sec = ANSWER_SEC };

	bridgecall->ask = open_socket(0, 0);
	bridgecall->hear = open_socket(RTMGRP_LINK, SOCK_NONBLOCK);
	if (bridgecall->ask == NULL || bridgecall->hear == NULL) {
		(void)fault_set(why, FAULT_KERNEL, "rtnetlink",
		    "netlink socket: %s", strerror(errno));
		bridgecall_free(bridgecall);
		return NULL;
	}
	(void)setsockopt(mnl_socket_get_fd(bridgecall->ask), SOL_SOCKET,
	    SO_RCVTIMEO, &patience, sizeof(patience));
	return bridgecall;
}

void
bridgecall_free(struct bridgecall *bridgecall)
{
	if (bridgecall == NULL)
		return;
	if (bridgecall->ask != NULL)
		(void)mnl_socket_close(bridgecall->ask);
	if (bridgecall->hear != NULL)
		(void)mnl_socket_close(bridgecall->hear);
	free(bridgecall);
}

static int
take_data(const struct nlattr *attr, void *arg)
{
	struct found *found = arg;
	uint16_t type = mnl_attr_get_type(attr);
	struct br_boolopt_multi options;

	if (type == IFLA_BR_MULTI_BOOLOPT &&
	    mnl_attr_get_payload_len(attr) == sizeof(options)) {
		memcpy(&options, mnl_attr_get_payload(attr), sizeof(options));
		found->deaf = (options.optval & options.optmask & DEAF) != 0;
	}
	if (mnl_attr_get_payload_len(attr) != sizeof(uint8_t))
		return MNL_CB_OK;
	if (type == IFLA_BR_NF_CALL_IPTABLES)
		found->four = mnl_attr_get_u8(attr);
	if (type == IFLA_BR_NF_CALL_IP6TABLES)
		found->six = mnl_attr_get_u8(attr);
	return MNL_CB_OK;
}

/* Of another kind of link these numbers mean something else. */
static int
take_info(const struct nlattr *attr, void *arg)
{
	const struct nlattr **at = arg;

	if (mnl_attr_get_type(attr) == IFLA_INFO_KIND &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0 &&
	    strcmp(mnl_attr_get_str(attr), "bridge") == 0)
		at[0] = attr;
	if (mnl_attr_get_type(attr) == IFLA_INFO_DATA)
		at[1] = attr;
	return MNL_CB_OK;
}

static int
take_attr(const struct nlattr *attr, void *arg)
{
	const struct nlattr *at[2] = { NULL, NULL };

	if (mnl_attr_get_type(attr) != IFLA_LINKINFO)
		return MNL_CB_OK;
	if (mnl_attr_parse_nested(attr, take_info, at) < 0)
		return MNL_CB_ERROR;
	if (at[0] == NULL || at[1] == NULL)
		return MNL_CB_OK;
	return mnl_attr_parse_nested(at[1], take_data, arg);
}

static int
take_link(const struct nlmsghdr *message, void *arg)
{
	if (message->nlmsg_type != RTM_NEWLINK ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(struct ifinfomsg))
		return MNL_CB_OK;
	return mnl_attr_parse(
	    message, sizeof(struct ifinfomsg), take_attr, arg);
}

static struct nlmsghdr *
begin(struct bridgecall *bridgecall, uint16_t type, uint32_t ifindex)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(bridgecall->buffer);
	struct ifinfomsg *info;

	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	message->nlmsg_seq = ++bridgecall->seq;
	info = mnl_nlmsg_put_extra_header(message, sizeof(*info));
	info->ifi_index = (int)ifindex;
	return message;
}

static int
converse(struct bridgecall *bridgecall, struct nlmsghdr *message,
    struct found *found)
{
	uint32_t seq = message->nlmsg_seq;
	int more = MNL_CB_OK;

	if (mnl_socket_sendto(bridgecall->ask, message, message->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(
		    bridgecall->ask, bridgecall->buffer, ANSWER);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		more = mnl_cb_run(bridgecall->buffer, (size_t)n, seq,
		    mnl_socket_get_portid(bridgecall->ask), take_link, found);
		/* The late answer to an earlier question. */
		if (more < 0 && errno == EPROTO)
			more = MNL_CB_OK;
	}
	return more < 0 ? -errno : 0;
}

int
bridgecall_get(
    struct bridgecall *bridgecall, uint32_t ifindex, struct calls *calls)
{
	struct nlmsghdr *message = begin(bridgecall, RTM_GETLINK, ifindex);
	struct found found = { -1, -1, false };
	int error;

	mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	error = converse(bridgecall, message, &found);
	if (error != 0)
		return error;
	if (found.four < 0 || found.six < 0)
		return -EOPNOTSUPP;
	*calls = (struct calls){ found.four != 0, found.six != 0, found.deaf };
	return 0;
}

int
bridgecall_set(
    struct bridgecall *bridgecall, uint32_t ifindex, const struct calls *calls)
{
	struct nlmsghdr *message = begin(bridgecall, RTM_NEWLINK, ifindex);
	struct nlattr *info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	const struct br_boolopt_multi options = {
		.optval = calls->deaf ? DEAF : 0,
		.optmask = DEAF,
	};
	struct nlattr *data;
	struct found found;
	struct calls took = { 0 };
	int error;

	mnl_attr_put_str(message, IFLA_INFO_KIND, "bridge");
	data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	mnl_attr_put_u8(message, IFLA_BR_NF_CALL_IPTABLES, calls->four);
	mnl_attr_put_u8(message, IFLA_BR_NF_CALL_IP6TABLES, calls->six);
	mnl_attr_put(message, IFLA_BR_MULTI_BOOLOPT, sizeof(options), &options);
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, info);
	error = converse(bridgecall, message, &found);
	if (error == 0)
		error = bridgecall_get(bridgecall, ifindex, &took);
	if (error == 0 && (took.four != calls->four || took.six != calls->six))
		error = -EOPNOTSUPP;
	return error;
}

int
bridgecall_fd(const struct bridgecall *bridgecall)
{
	return mnl_socket_get_fd(bridgecall->hear);
}

void
bridgecall_drain(struct bridgecall *bridgecall)
{
	ssize_t n = 1;

	for (int i = 0; i < DRAIN_TIMES && n >= 0; i++)
		do
			n = recv(mnl_socket_get_fd(bridgecall->hear),
			    bridgecall->buffer, sizeof(bridgecall->buffer), 0);
		while (n < 0 && (errno == EINTR || errno == ENOBUFS));
}
