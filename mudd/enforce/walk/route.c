/*
 * Interfaces and routes.  Role: enforcer.  Input: the kernel's answers.
 */
#include "enforce/walk/route.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "libmud/mem.h"

#define ANSWER       (32 * 1024)
#define PATIENCE_SEC 5

struct routes {
	struct mnl_socket *socket;
	uint32_t seq;
	_Alignas(struct nlmsghdr) char buffer[ANSWER];
};

struct routes *
routes_new(void)
{
	struct routes *routes = xcalloc(1, sizeof(*routes));
	struct timeval patience = { .tv_sec = PATIENCE_SEC };

	routes->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (routes->socket == NULL ||
	    mnl_socket_bind(routes->socket, 0, MNL_SOCKET_AUTOPID) != 0) {
		int error = errno;

		routes_free(routes);
		errno = error;
		return NULL;
	}
	(void)setsockopt(mnl_socket_get_fd(routes->socket), SOL_SOCKET,
	    SO_RCVTIMEO, &patience, sizeof(patience));
	return routes;
}

void
routes_free(struct routes *routes)
{
	if (routes == NULL)
		return;
	if (routes->socket != NULL)
		(void)mnl_socket_close(routes->socket);
	free(routes);
}

/* A question that has one answer and an acknowledgement. 0 or -errno. */
static int
ask(struct routes *routes, struct nlmsghdr *message, mnl_cb_t each, void *arg)
{
	uint32_t seq = ++routes->seq;
	int more = MNL_CB_OK;

	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	message->nlmsg_seq = seq;
	if (mnl_socket_sendto(routes->socket, message, message->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		ssize_t n =
		    mnl_socket_recvfrom(routes->socket, routes->buffer, ANSWER);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		more = mnl_cb_run(routes->buffer, (size_t)n, seq,
		    mnl_socket_get_portid(routes->socket), each, arg);
	}
	return more < 0 ? -errno : 0;
}

/* ---- interfaces ---------------------------------------------------------- */

static bool
is_on(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) == 1 &&
	       mnl_attr_get_u8(attr) == 1;
}

static int
take_bridge(const struct nlattr *attr, void *arg)
{
	struct route_link *link = arg;

	if (mnl_attr_get_type(attr) == IFLA_BR_NF_CALL_IPTABLES)
		link->filters4 = is_on(attr);
	if (mnl_attr_get_type(attr) == IFLA_BR_NF_CALL_IP6TABLES)
		link->filters6 = is_on(attr);
	return MNL_CB_OK;
}

static int
take_info(const struct nlattr *attr, void *arg)
{
	struct route_link *link = arg;

	if (mnl_attr_get_type(attr) == IFLA_INFO_KIND &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		link->is_bridge = strcmp(mnl_attr_get_str(attr), "bridge") == 0;
	/* The kind comes first. */
	if (mnl_attr_get_type(attr) == IFLA_INFO_DATA && link->is_bridge)
		return mnl_attr_parse_nested(attr, take_bridge, link);
	return MNL_CB_OK;
}

struct port {
	struct route_link link;
	uint32_t master;
};

static int
take_attr(const struct nlattr *attr, void *arg)
{
	struct port *port = arg;
	struct packet_link *link = &port->link.link;
	uint16_t type = mnl_attr_get_type(attr);

	if (type == IFLA_IFNAME &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		text_copy(
		    link->name, sizeof(link->name), mnl_attr_get_str(attr));
	if (type == IFLA_ADDRESS &&
	    mnl_attr_get_payload_len(attr) == sizeof(link->mac))
		memcpy(
		    &link->mac, mnl_attr_get_payload(attr), sizeof(link->mac));
	if (type == IFLA_MASTER && mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
		port->master = mnl_attr_get_u32(attr);
	if (type == IFLA_LINKINFO)
		return mnl_attr_parse_nested(attr, take_info, &port->link);
	return MNL_CB_OK;
}

static int
take_link(const struct nlmsghdr *message, void *arg)
{
	struct port *port = arg;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);

	if (message->nlmsg_type != RTM_NEWLINK ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*info))
		return MNL_CB_OK;
	port->link.link.ifindex = (uint32_t)info->ifi_index;
	port->link.link.type = info->ifi_type;
	return mnl_attr_parse(message, sizeof(*info), take_attr, port);
}

static bool
find(struct routes *routes, uint32_t ifindex, struct port *port)
{
	struct nlmsghdr *message;
	struct ifinfomsg *info;

	*port = (struct port){ .master = 0 };
	if (ifindex == 0 || ifindex > INT32_MAX)
		return false;
	message = mnl_nlmsg_put_header(routes->buffer);
	message->nlmsg_type = RTM_GETLINK;
	info = mnl_nlmsg_put_extra_header(message, sizeof(*info));
	info->ifi_index = (int)ifindex;
	mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return ask(routes, message, take_link, port) == 0 &&
	       port->link.link.ifindex == ifindex &&
	       port->link.link.name[0] != '\0';
}

/* For all bridges of the namespace at once; without the module there is no
 * such file. */
static bool
is_switched_on(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char byte = '0';

	if (fd < 0)
		return false;
	if (read(fd, &byte, 1) != 1)
		byte = '0';
	(void)close(fd);
	return byte != '0';
}

bool
routes_link(struct routes *routes, uint32_t ifindex, struct route_link *link)
{
	struct port port, master;

	if (!find(routes, ifindex, &port))
		return false;
	/* A master may be something else than a bridge. */
	if (port.master != 0 && find(routes, port.master, &master) &&
	    master.link.is_bridge)
		port.link.bridge = port.master;
	if (port.link.is_bridge) {
		port.link.filters4 =
		    port.link.filters4 ||
		    is_switched_on(
			"/proc/sys/net/bridge/bridge-nf-call-iptables");
		port.link.filters6 =
		    port.link.filters6 ||
		    is_switched_on(
			"/proc/sys/net/bridge/bridge-nf-call-ip6tables");
	}
	*link = port.link;
	return true;
}

static int
take_port(const struct nlmsghdr *message, void *arg)
{
	const struct ndmsg *head = mnl_nlmsg_get_payload(message);
	uint32_t *port = arg;

	if (message->nlmsg_type == RTM_NEWNEIGH &&
	    mnl_nlmsg_get_payload_len(message) >= sizeof(*head))
		*port = (uint32_t)head->ndm_ifindex;
	return MNL_CB_OK;
}

uint32_t
routes_port(struct routes *routes, uint32_t bridge, const struct mac *mac)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(routes->buffer);
	struct ndmsg *head;
	uint32_t port = 0;

	message->nlmsg_type = RTM_GETNEIGH;
	head = mnl_nlmsg_put_extra_header(message, sizeof(*head));
	head->ndm_family = AF_BRIDGE;
	mnl_attr_put_u32(message, NDA_MASTER, bridge);
	mnl_attr_put(message, NDA_LLADDR, sizeof(*mac), mac);
	/* The bridge itself is no port. */
	return ask(routes, message, take_port, &port) == 0 && port != bridge
	           ? port
	           : 0;
}

/* ---- routes -------------------------------------------------------------- */

static int
take_route_attr(const struct nlattr *attr, void *arg)
{
	struct route *route = arg;

	if (mnl_attr_get_type(attr) == RTA_OIF &&
	    mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
		route->ifindex = mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

static int
take_route(const struct nlmsghdr *message, void *arg)
{
	struct route *route = arg;
	const struct rtmsg *head = mnl_nlmsg_get_payload(message);

	if (message->nlmsg_type != RTM_NEWROUTE ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(*head))
		return MNL_CB_OK;
	switch (head->rtm_type) {
	case RTN_LOCAL:
	case RTN_BROADCAST:
	case RTN_MULTICAST:
	case RTN_ANYCAST:
		route->is_here = true;
		break;
	case RTN_UNICAST:
		break;
	default:
		route->is_none = true;
		break;
	}
	return mnl_attr_parse(message, sizeof(*head), take_route_attr, route);
}

/* Such a packet is for the gateway and all others on the link; whether there
 * is a route for it is no matter, and multicast is not routed on. */
static bool
is_for_all(const struct addr *addr)
{
	static const uint8_t all[4] = { 0xff, 0xff, 0xff, 0xff };

	if (addr->family == 6)
		return addr->byte[0] == 0xff;
	return (addr->byte[0] & 0xf0) == 0xe0 ||
	       memcmp(addr->byte, all, sizeof(all)) == 0;
}

int
routes_to(struct routes *routes, const struct addr *addr, struct route *out)
{
	struct route route = { .ifindex = 0 };
	struct nlmsghdr *message;
	struct rtmsg *head;
	int error;

	if (is_for_all(addr)) {
		*out = (struct route){ .is_here = true };
		return 0;
	}
	message = mnl_nlmsg_put_header(routes->buffer);
	message->nlmsg_type = RTM_GETROUTE;
	head = mnl_nlmsg_put_extra_header(message, sizeof(*head));
	head->rtm_family = addr->family == 4 ? AF_INET : AF_INET6;
	head->rtm_dst_len = addr->family == 4 ? 32 : 128;
	mnl_attr_put(message, RTA_DST, addr->family == 4 ? 4 : 16, addr->byte);
	error = ask(routes, message, take_route, &route);
	if (error == -ENETUNREACH || error == -EHOSTUNREACH ||
	    error == -EACCES || error == -EINVAL) {
		*out = (struct route){ .is_none = true };
		return 0;
	}
	if (error == 0)
		*out = route;
	return error;
}
