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

#include "core/records.h"
#include "enforce/model.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

/* One message takes less than 64 bytes, and an answer to it less than 256:
 * those to a chunk fit any socket. */
#define CHUNK   64
#define MESSAGE 64
#define ANSWERS (CHUNK * 256)

/* An entry, and where its address is. */
struct place {
	uint32_t ifindex;
	struct addr addr;
	struct mac mac;
	bool is_left;  /* as it is */
	bool is_fixed; /* by somebody, who shall not be asked */
};

struct neighbours {
	struct mnl_socket *socket;
	size_t n, used; /* places, bytes of messages */
	struct place place[CHUNK];
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

/* A message about the place of this index, which is its number too. */
static struct nlmsghdr *
put_message(
    struct neighbours *neighbours, uint16_t type, uint16_t flags, size_t index)
{
	const struct place *place = &neighbours->place[index];
	bool is_ipv4 = place->addr.family == 4;
	struct nlmsghdr *message =
	    mnl_nlmsg_put_header(neighbours->message + neighbours->used);
	struct ndmsg *entry =
	    mnl_nlmsg_put_extra_header(message, sizeof(*entry));

	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	message->nlmsg_seq = (uint32_t)index;
	entry->ndm_family = is_ipv4 ? AF_INET : AF_INET6;
	entry->ndm_ifindex = (int)place->ifindex;
	mnl_attr_put(message, NDA_DST, is_ipv4 ? 4 : 16, place->addr.byte);
	return message;
}

static void
end_message(struct neighbours *neighbours, const struct nlmsghdr *message)
{
	neighbours->used += NLMSG_ALIGN(message->nlmsg_len);
}

/* There is none, which is the usual answer; or somebody has fixed it. */
static void
take_answer(struct neighbours *neighbours, const struct nlmsghdr *message)
{
	struct place *place;

	if (message->nlmsg_seq >= neighbours->n)
		return;
	place = &neighbours->place[message->nlmsg_seq];
	if (message->nlmsg_type == NLMSG_ERROR &&
	    mnl_nlmsg_get_payload_len(message) >= sizeof(struct nlmsgerr)) {
		const struct nlmsgerr *answer = mnl_nlmsg_get_payload(message);

		place->is_left = place->is_left || answer->error == -ENOENT;
	} else if (message->nlmsg_type == RTM_NEWNEIGH &&
		   mnl_nlmsg_get_payload_len(message) >= sizeof(struct ndmsg)) {
		const struct ndmsg *entry = mnl_nlmsg_get_payload(message);

		if ((entry->ndm_state & (NUD_PERMANENT | NUD_NOARP)) != 0)
			place->is_left = place->is_fixed = true;
	}
}

/* The kernel has done what it was asked, and has answered, when it has taken
 * the messages. */
static void
send_messages(struct neighbours *neighbours)
{
	const int fd = mnl_socket_get_fd(neighbours->socket);
	ssize_t got;

	if (neighbours->used > 0)
		(void)mnl_socket_sendto(
		    neighbours->socket, neighbours->message, neighbours->used);
	neighbours->used = 0;
	while (
	    (got = recv(fd, neighbours->answer, ANSWERS, MSG_DONTWAIT)) > 0) {
		const struct nlmsghdr *at = (const void *)neighbours->answer;
		int left = (int)got;

		for (; mnl_nlmsg_ok(at, left); at = mnl_nlmsg_next(at, &left))
			take_answer(neighbours, at);
	}
}

static void
settle_chunk(struct neighbours *neighbours)
{
	for (size_t i = 0; i < neighbours->n; i++)
		end_message(
		    neighbours, put_message(neighbours, RTM_GETNEIGH, 0, i));
	send_messages(neighbours);
	for (size_t i = 0; i < neighbours->n; i++) {
		const struct place *place = &neighbours->place[i];
		struct nlmsghdr *message;
		struct ndmsg *entry;

		if (place->is_left)
			continue;
		/* Without NLM_F_CREATE. */
		message =
		    put_message(neighbours, RTM_NEWNEIGH, NLM_F_REPLACE, i);
		entry = mnl_nlmsg_get_payload(message);
		/* To be asked again before long: we know it, but not by ARP
		 * or ND. */
		entry->ndm_state = NUD_STALE;
		mnl_attr_put(message, NDA_LLADDR, sizeof(place->mac.byte),
		    place->mac.byte);
		end_message(neighbours, message);
	}
	send_messages(neighbours);
	neighbours->n = 0;
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
		for (size_t i = 0; i < at->n_lan; i++) {
			neighbours->place[neighbours->n++] = (struct place){
				.ifindex = at->lan[i].ifindex,
				.addr = address->addr,
				.mac = address->now->mac,
			};
			if (neighbours->n == CHUNK)
				settle_chunk(neighbours);
		}
	}
	settle_chunk(neighbours);
}

static bool
is_lan(const struct model *model, uint32_t ifindex)
{
	for (size_t i = 0; model != NULL && i < model->now.n_lan; i++)
		if (model->now.lan[i].ifindex == ifindex)
			return true;
	return false;
}

/* As of one that is new, and is used: all are asked, and not only whoever had
 * it last. */
bool
neighbours_ask(struct neighbours *neighbours, const struct model *model,
    const struct record_ask *ask)
{
	struct nlmsghdr *message;
	struct ndmsg *entry;

	if (!addr_is_sound(&ask->addr) || !addr_is_host(&ask->addr))
		return false;
	if (!is_lan(model, ask->ifindex))
		return true;
	neighbours->place[0] =
	    (struct place){ .ifindex = ask->ifindex, .addr = ask->addr };
	neighbours->n = 1;
	end_message(neighbours, put_message(neighbours, RTM_GETNEIGH, 0, 0));
	send_messages(neighbours);
	if (!neighbours->place[0].is_fixed) {
		message = put_message(neighbours, RTM_DELNEIGH, 0, 0);
		end_message(neighbours, message);
		send_messages(neighbours);
		message =
		    put_message(neighbours, RTM_NEWNEIGH, NLM_F_CREATE, 0);
		entry = mnl_nlmsg_get_payload(message);
		entry->ndm_flags = NTF_USE;
		end_message(neighbours, message);
		send_messages(neighbours);
	}
	neighbours->n = 0;
	return true;
}
