/*
 * Where the Things' new addresses are, told to the neighbour tables.  Role:
 * enforcer.  Input: the model, checked.
 */
#include "enforce/neighbour.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "enforce/model.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

/* One message takes less than 64 bytes, and an answer to it less than 128:
 * those to a chunk fit any socket. */
#define CHUNK   64
#define MESSAGE 64
#define ANSWERS (CHUNK * 128)

struct neighbours {
	struct mnl_socket *socket;
	size_t n, used; /* messages, their bytes */
	_Alignas(struct nlmsghdr) char message[CHUNK * MESSAGE];
	_Alignas(struct nlmsghdr) char answer[ANSWERS];
};

struct neighbours *
neighbours_new(struct fault *why)
{
	struct neighbours *neighbours = xcalloc(1, sizeof(*neighbours));

	neighbours->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (neighbours->socket == NULL ||
	    mnl_socket_bind(neighbours->socket, 0, MNL_SOCKET_AUTOPID) != 0) {
		(void)fault_set(why, FAULT_KERNEL, "rtnetlink",
		    "netlink socket: %s", strerror(errno));
		neighbours_free(neighbours);
		return NULL;
	}
	return neighbours;
}

void
neighbours_free(struct neighbours *neighbours)
{
	if (neighbours == NULL)
		return;
	if (neighbours->socket != NULL)
		(void)mnl_socket_close(neighbours->socket);
	free(neighbours);
}

/* The kernel has done what it was asked when it has taken the message. That
 * there is no such entry is the usual answer. */
static void
send_chunk(struct neighbours *neighbours)
{
	if (neighbours->n == 0)
		return;
	(void)mnl_socket_sendto(
	    neighbours->socket, neighbours->message, neighbours->used);
	while (recv(mnl_socket_get_fd(neighbours->socket), neighbours->answer,
		   ANSWERS, MSG_DONTWAIT) > 0)
		;
	neighbours->n = neighbours->used = 0;
}

static void
settle(struct neighbours *neighbours, uint32_t ifindex, const struct addr *addr,
    const struct mac *mac)
{
	struct nlmsghdr *message =
	    mnl_nlmsg_put_header(neighbours->message + neighbours->used);
	struct ndmsg *entry =
	    mnl_nlmsg_put_extra_header(message, sizeof(*entry));
	bool is_ipv4 = addr->family == 4;

	message->nlmsg_type = RTM_NEWNEIGH;
	/* Without NLM_F_CREATE. */
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_REPLACE;
	entry->ndm_family = is_ipv4 ? AF_INET : AF_INET6;
	entry->ndm_ifindex = (int)ifindex;
	/* To be asked again before long: we know it, but not by ARP or ND. */
	entry->ndm_state = NUD_STALE;
	mnl_attr_put(message, NDA_DST, is_ipv4 ? 4 : 16, addr->byte);
	mnl_attr_put(message, NDA_LLADDR, sizeof(mac->byte), mac->byte);
	neighbours->used += NLMSG_ALIGN(message->nlmsg_len);
	if (++neighbours->n == CHUNK)
		send_chunk(neighbours);
}

void
neighbours_settle(struct neighbours *neighbours, const struct model *model,
    const struct places *at)
{
	LIST_EACH(item, &model->dirty_addresses)
	{
		const struct model_address *address =
		    LIST_ENTRY(item, struct model_address, dirty);

		if (address->now == NULL || address->now == address->was)
			continue;
		for (size_t i = 0; i < at->n_lan; i++)
			settle(neighbours, at->lan[i].ifindex, &address->addr,
			    &address->now->mac);
	}
	send_chunk(neighbours);
}
