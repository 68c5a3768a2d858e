/*
 * Interface numbers to names and MAC addresses.  Role: enforcer.  Input: the
 * kernel's answers.
 *
 * The engine sends numbers only; a name never comes from it.
 */
#include "enforce/device.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "libmud/fault.h"
#include "libmud/mem.h"

#define ANSWER (32 * 1024)

struct devices {
	struct mnl_socket *socket;
	uint32_t seq;
	_Alignas(struct nlmsghdr) char buffer[ANSWER];
};

struct devices *
devices_new(struct fault *why)
{
	struct devices *devices = xcalloc(1, sizeof(*devices));
	struct timeval patience = { .tv_sec = 5 };

	devices->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (devices->socket == NULL ||
	    mnl_socket_bind(devices->socket, 0, MNL_SOCKET_AUTOPID) != 0) {
		(void)fault_set(why, FAULT_KERNEL, "rtnetlink",
		    "netlink socket: %s", strerror(errno));
		devices_free(devices);
		return NULL;
	}
	(void)setsockopt(mnl_socket_get_fd(devices->socket), SOL_SOCKET,
	    SO_RCVTIMEO, &patience, sizeof(patience));
	return devices;
}

void
devices_free(struct devices *devices)
{
	if (devices == NULL)
		return;
	if (devices->socket != NULL)
		(void)mnl_socket_close(devices->socket);
	free(devices);
}

static int
take_info(const struct nlattr *attr, void *arg)
{
	struct device *device = arg;

	if (mnl_attr_get_type(attr) == IFLA_INFO_KIND &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		device->is_bridge =
		    strcmp(mnl_attr_get_str(attr), "bridge") == 0;
	return MNL_CB_OK;
}

static int
take_attr(const struct nlattr *attr, void *arg)
{
	struct device *device = arg;
	uint16_t type = mnl_attr_get_type(attr);

	if (type == IFLA_IFNAME &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		text_copy(
		    device->name, sizeof(device->name), mnl_attr_get_str(attr));
	if (type == IFLA_ADDRESS &&
	    mnl_attr_get_payload_len(attr) == sizeof(device->mac))
		memcpy(&device->mac, mnl_attr_get_payload(attr),
		    sizeof(device->mac));
	if (type == IFLA_LINKINFO)
		return mnl_attr_parse_nested(attr, take_info, arg);
	return MNL_CB_OK;
}

static int
take_link(const struct nlmsghdr *message, void *arg)
{
	struct device *device = arg;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);

	if (message->nlmsg_type != RTM_NEWLINK ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*info))
		return MNL_CB_OK;
	device->ifindex = (uint32_t)info->ifi_index;
	return mnl_attr_parse(message, sizeof(*info), take_attr, device);
}

bool
devices_find(struct devices *devices, uint32_t ifindex, struct device *device)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(devices->buffer);
	struct device found = { 0 };
	struct ifinfomsg *info;
	uint32_t seq = ++devices->seq;
	int more = MNL_CB_OK;
	ssize_t n;

	if (ifindex == 0 || ifindex > INT32_MAX)
		return false;
	message->nlmsg_type = RTM_GETLINK;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	message->nlmsg_seq = seq;
	info = mnl_nlmsg_put_extra_header(message, sizeof(*info));
	info->ifi_index = (int)ifindex;
	/* Counters are of no use here. */
	mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);

	if (mnl_socket_sendto(devices->socket, message, message->nlmsg_len) < 0)
		return false;
	while (more > MNL_CB_STOP) {
		n = mnl_socket_recvfrom(
		    devices->socket, devices->buffer, ANSWER);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		more = mnl_cb_run(devices->buffer, (size_t)n, seq,
		    mnl_socket_get_portid(devices->socket), take_link, &found);
		/* The late answer to an earlier question. */
		if (more < 0 && errno == EPROTO)
			more = MNL_CB_OK;
	}
	if (more < 0 || found.ifindex != ifindex || found.name[0] == '\0')
		return false;
	*device = found;
	return true;
}
