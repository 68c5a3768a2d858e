/*
 * Connections listed, and changed one by one: the kernel has no order for all
 * of them.  Role: enforcer.  Input: the kernel's answers.
 *
 * A connection is named by its tuple, handed back as it came.
 */
#include "enforce/conntrack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "core/mark.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

#define ANSWER     (32 * 1024)
#define ANSWER_SEC 10
#define READ_TRIES 8
/* One message: less than 256 bytes.  The answers to these fit any socket. */
#define CHUNK         64
#define MESSAGE_BYTES 512

/* The kernel keeps no more than nf_conntrack_max; this is a bound of ours. */
#define CONNECTIONS_MAX (1024 * 1024)

struct connection {
	uint8_t family;
	uint8_t len;
	uint16_t zone; /* as it came */
	bool has_zone;
	uint8_t tuple[120]; /* the nested attribute's payload */
};

struct clearing {
	struct mnl_socket *socket;
	uint32_t ours; /* bits to clear */
	uint32_t seq;
	size_t n, room;
	struct connection *connection;
	bool overflows;
	_Alignas(struct nlmsghdr) char answer[ANSWER];
};

struct parsed {
	const struct nlattr *attr[CTA_MAX + 1];
};

static int
note_attr(const struct nlattr *attr, void *arg)
{
	struct parsed *parsed = arg;

	if (mnl_attr_get_type(attr) <= CTA_MAX)
		parsed->attr[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

static void
keep(struct clearing *clearing, uint8_t family, const struct nlattr *tuple,
    const struct nlattr *zone)
{
	size_t len = mnl_attr_get_payload_len(tuple);
	struct connection *connection;

	if (clearing->n == CONNECTIONS_MAX || len > sizeof(connection->tuple)) {
		clearing->overflows = true;
		return;
	}
	if (clearing->n == clearing->room) {
		clearing->room = 2 * clearing->room + 64;
		clearing->connection = xrealloc(clearing->connection,
		    clearing->room, sizeof(*clearing->connection));
	}
	connection = &clearing->connection[clearing->n++];
	*connection =
	    (struct connection){ .family = family, .len = (uint8_t)len };
	memcpy(connection->tuple, mnl_attr_get_payload(tuple), len);
	if (zone != NULL && mnl_attr_get_payload_len(zone) == 2) {
		connection->has_zone = true;
		connection->zone = mnl_attr_get_u16(zone);
	}
}

static int
take_connection(const struct nlmsghdr *message, void *arg)
{
	struct clearing *clearing = arg;
	const struct nfgenmsg *header = mnl_nlmsg_get_payload(message);
	struct parsed parsed = { 0 };
	const struct nlattr *mark;

	if (mnl_attr_parse(message, sizeof(*header), note_attr, &parsed) < 0)
		return MNL_CB_ERROR;
	mark = parsed.attr[CTA_MARK];
	if (mark != NULL && parsed.attr[CTA_TUPLE_ORIG] != NULL &&
	    mnl_attr_get_payload_len(mark) == 4 &&
	    (ntohl(mnl_attr_get_u32(mark)) & clearing->ours) != 0)
		keep(clearing, header->nfgen_family,
		    parsed.attr[CTA_TUPLE_ORIG], parsed.attr[CTA_ZONE]);
	return MNL_CB_OK;
}

static struct nlmsghdr *
put_header(
    char *buf, uint16_t type, uint16_t flags, uint32_t seq, uint8_t family)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *header =
	    mnl_nlmsg_put_extra_header(message, sizeof(*header));

	message->nlmsg_type = (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | type);
	message->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	message->nlmsg_seq = seq;
	header->nfgen_family = family;
	header->version = NFNETLINK_V0;
	return message;
}

/* 0 or -errno. */
static int
receive(struct clearing *clearing, size_t *n)
{
	ssize_t got;

	do
		got = mnl_socket_recvfrom(clearing->socket, clearing->answer,
		    sizeof(clearing->answer));
	while (got < 0 && errno == EINTR);
	*n = got < 0 ? 0 : (size_t)got;
	return got < 0 ? -errno : 0;
}

static int
list_once(struct clearing *clearing)
{
	char question[128];
	struct nlmsghdr *message = put_header(question, IPCTNL_MSG_CT_GET,
	    NLM_F_DUMP, ++clearing->seq, AF_UNSPEC);
	int more = MNL_CB_OK;

	clearing->n = 0;
	if (mnl_socket_sendto(clearing->socket, message, message->nlmsg_len) <
	    0)
		return -errno;
	while (more > MNL_CB_STOP) {
		size_t n;
		int error = receive(clearing, &n);

		if (error != 0)
			return error;
		more = mnl_cb_run(clearing->answer, n, clearing->seq,
		    mnl_socket_get_portid(clearing->socket), take_connection,
		    clearing);
	}
	return more < 0 ? -errno : 0;
}

static int
list(struct clearing *clearing)
{
	int error = -EINTR;

	for (int i = 0; i < READ_TRIES && error == -EINTR; i++)
		error = list_once(clearing);
	return error == 0 && clearing->overflows ? -EOVERFLOW : error;
}

static size_t
put_change(const struct clearing *clearing, char *buf,
    const struct connection *connection, uint16_t flags)
{
	struct nlmsghdr *message = put_header(
	    buf, IPCTNL_MSG_CT_NEW, flags, clearing->seq, connection->family);

	mnl_attr_put(message, CTA_TUPLE_ORIG | NLA_F_NESTED, connection->len,
	    connection->tuple);
	if (connection->has_zone)
		mnl_attr_put(message, CTA_ZONE, sizeof(connection->zone),
		    &connection->zone);
	mnl_attr_put_u32(message, CTA_MARK, 0);
	mnl_attr_put_u32(message, CTA_MARK_MASK, htonl(clearing->ours));
	return message->nlmsg_len;
}

/* The answers to one chunk, up to that of its last message.  A connection
 * that has ended meanwhile is well cleared. */
static int
await(struct clearing *clearing, uint32_t last)
{
	for (;;) {
		const struct nlmsghdr *at =
		    (const struct nlmsghdr *)(void *)clearing->answer;
		size_t n;
		int error = receive(clearing, &n), left = (int)n;

		if (error != 0)
			return error;
		for (; mnl_nlmsg_ok(at, left); at = mnl_nlmsg_next(at, &left)) {
			const struct nlmsgerr *answer =
			    mnl_nlmsg_get_payload(at);

			if (at->nlmsg_type != NLMSG_ERROR ||
			    mnl_nlmsg_get_payload_len(at) < sizeof(*answer))
				continue;
			if (answer->error != 0 && answer->error != -ENOENT)
				return answer->error;
			if (at->nlmsg_seq == last)
				return 0;
		}
	}
}

static int
change_chunk(struct clearing *clearing, size_t first)
{
	_Alignas(struct nlmsghdr) char buf[CHUNK * MESSAGE_BYTES];
	size_t len = 0;

	for (size_t i = first; i < first + CHUNK && i < clearing->n; i++) {
		bool is_last = i + 1 == first + CHUNK || i + 1 == clearing->n;

		clearing->seq++;
		len += put_change(clearing, buf + len, &clearing->connection[i],
		    is_last ? NLM_F_ACK : 0);
	}
	if (mnl_socket_sendto(clearing->socket, buf, len) < 0)
		return -errno;
	return await(clearing, clearing->seq);
}

static int
clear_all(struct clearing *clearing)
{
	const struct timeval patience = { .tv_sec = ANSWER_SEC };
	int error, on = 1;

	if (mnl_socket_bind(clearing->socket, 0, MNL_SOCKET_AUTOPID) != 0 ||
	    setsockopt(mnl_socket_get_fd(clearing->socket), SOL_SOCKET,
		SO_RCVTIMEO, &patience, sizeof(patience)) != 0)
		return -errno;
	(void)mnl_socket_setsockopt(
	    clearing->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	error = list(clearing);
	for (size_t i = 0; error == 0 && i < clearing->n; i += CHUNK)
		error = change_chunk(clearing, i);
	return error;
}

bool
conntrack_clear(uint32_t mask, struct fault *why)
{
	struct clearing *clearing = xcalloc(1, sizeof(*clearing));
	int error = 0;

	clearing->ours = ((1u << MARK_BITS) - 1) << mark_shift(mask);
	clearing->socket = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	error = clearing->socket == NULL ? -errno : clear_all(clearing);
	if (clearing->socket != NULL)
		(void)mnl_socket_close(clearing->socket);
	free(clearing->connection);
	free(clearing);
	return error == 0 || fault_set(why, FAULT_KERNEL, "nf_conntrack",
				 "clearing marks: %s", strerror(-error));
}
