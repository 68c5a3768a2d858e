/*
 * The table of records, and one record in or out.  Role: every program of the
 * daemon.  The other end is one of ours, but may have been taken over: what
 * does not fit the table ends the conversation.
 */
#include "core/msg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "core/log.h"

#define TO(program) (1u << PROGRAM_##program)

/* clang-format off */
static const struct {
	const char *name;
	size_t size;
	size_t n_fds;
	unsigned int from, to; /* sets of programs */
} table[RECORD_TYPES] = {
#define RECORD(type, body, fds, from, to)                                      \
	[RECORD_##type] = { #type, sizeof(struct record_##body), fds,          \
		TO(from), TO(to) }
	RECORD(PEER, worker, 1, MUDD, ENGINE),
	RECORD(GONE, gone, 0, MUDD, ENGINE),
	RECORD(CAPTURED, port, 1, MUDD, ENGINE),
	RECORD(APPLIED, batch, 0, MUDD, ENGINE),
	RECORD(DENIED, denied, 0, MUDD, ENGINE),
	RECORD(COUNTER, counter, 0, MUDD, ENGINE),
	RECORD(COUNTERS_END, counted, 0, MUDD, ENGINE),
	RECORD(TALLY, tally, 0, MUDD, ENGINE),
	RECORD(TALLIES_END, tallied, 0, MUDD, ENGINE),
	RECORD(WALK_STEP, walk_step, 0, MUDD, ENGINE),
	RECORD(WALK_END, walk_end, 0, MUDD, ENGINE),
	RECORD(PING, empty, 0, MUDD, ENGINE),

	RECORD(START, worker, 0, ENGINE, MUDD),
	RECORD(STOP, worker, 0, ENGINE, MUDD),
	RECORD(CAPTURE, port, 0, ENGINE, MUDD),
	RECORD(BATCH_BEGIN, batch, 0, ENGINE, MUDD),
	RECORD(LAN, lan, 0, ENGINE, MUDD),
	RECORD(LOCAL, prefix, 0, ENGINE, MUDD),
	RECORD(SELF, prefix, 0, ENGINE, MUDD),
	RECORD(SET, set, 0, ENGINE, MUDD),
	RECORD(ELEMENT, element, 0, ENGINE, MUDD),
	RECORD(RULES_BEGIN, rules, 0, ENGINE, MUDD),
	RECORD(RULE, rule, 0, ENGINE, MUDD),
	RECORD(RULES_END, rules, 0, ENGINE, MUDD),
	RECORD(ENDING, ending, 0, ENGINE, MUDD),
	RECORD(POLICY_GONE, rules, 0, ENGINE, MUDD),
	RECORD(UNKNOWN, unknown, 0, ENGINE, MUDD),
	RECORD(THING, thing, 0, ENGINE, MUDD),
	RECORD(BINDING, binding, 0, ENGINE, MUDD),
	RECORD(MARK, mark, 0, ENGINE, MUDD),
	RECORD(BATCH_END, batch, 0, ENGINE, MUDD),
	RECORD(COUNTERS, empty, 0, ENGINE, MUDD),
	RECORD(TALLIES, tallies, 0, ENGINE, MUDD),
	RECORD(ASK, ask, 0, ENGINE, MUDD),
	RECORD(WALK, walk, 0, ENGINE, MUDD),
	RECORD(TEARDOWN, empty, 0, ENGINE, MUDD),
	RECORD(PONG, empty, 0, ENGINE, MUDD),
	RECORD(READY, empty, 0, ENGINE, MUDD),

	RECORD(LISTEN, port, 1, ENGINE, WATCHER),
	RECORD(SERVER, server, 0, ENGINE, WATCHER),
	RECORD(LINK, link, 0, WATCHER, ENGINE),
	RECORD(GATEWAY, gateway, 0, WATCHER, ENGINE),
	RECORD(NETWORK, network, 0, WATCHER, ENGINE),
	RECORD(LINKS_END, empty, 0, WATCHER, ENGINE),
	RECORD(SIGHTING, sighting, 0, WATCHER, ENGINE),
	RECORD(UNREACHABLE, unreachable, 0, WATCHER, ENGINE),

	RECORD(FETCH_ROOTS, roots, 1, ENGINE, FETCHER),
	RECORD(FETCH_ALLOW, allow, 0, ENGINE, FETCHER),
	RECORD(FETCH_FORBID, forbid, 0, ENGINE, FETCHER),
	RECORD(FETCH_NAT64, prefix, 0, ENGINE, FETCHER),
	RECORD(FETCH, fetch, 1, ENGINE, FETCHER),
	RECORD(RESOLVE, resolve, 0, ENGINE, FETCHER),
	RECORD(FETCHED, fetched, 0, FETCHER, ENGINE),
	RECORD(ADDRESS_OF, address_of, 0, FETCHER, ENGINE),
	RECORD(RESOLVED, resolved, 0, FETCHER, ENGINE),

	RECORD(PEEK, peek, 1, ENGINE, READER),
	RECORD(READ, read, 3, ENGINE, READER),
	RECORD(ANCHORS, anchors, 1, ENGINE, READER),
	RECORD(CERTIFICATE, certificate, 2, ENGINE, READER),
	RECORD(SIGNATURE_AT, signature_at, 0, READER, ENGINE),
	RECORD(VERDICT, verdict, 0, READER, ENGINE),
	RECORD(POLICY_BEGIN, policy, 0, READER, ENGINE),
	RECORD(POLICY_TEXT, text, 0, READER, ENGINE),
	RECORD(ACE, ace, 0, READER, ENGINE),
	RECORD(POLICY_END, policy, 0, READER, ENGINE),
	RECORD(REFUSED, refused, 0, READER, ENGINE),
	RECORD(ANCHOR, anchor, 0, READER, ENGINE),
	RECORD(ANCHORS_END, anchors_end, 0, READER, ENGINE),
	RECORD(CERTIFIED, certified, 0, READER, ENGINE),

	RECORD(LOG, empty, 0, ENGINE, MUDD),
	RECORD(LOG_OPENED, empty, 1, MUDD, ENGINE),
	RECORD(LOG_LISTEN, empty, 1, ENGINE, WATCHER),
	RECORD(DROP, drop, 0, WATCHER, ENGINE),

	RECORD(BRIDGES, bridges, 0, ENGINE, MUDD),
	RECORD(PATH, path, 0, MUDD, ENGINE),
	RECORD(CONDITION, condition, 0, MUDD, ENGINE),
	RECORD(LAN_PORT, lan_port, 0, ENGINE, MUDD),
	RECORD(PLACE, place, 0, ENGINE, MUDD),
	RECORD(TAMPERED, tampered, 0, MUDD, ENGINE),
#undef RECORD
};
/* clang-format on */

_Static_assert(sizeof(struct record_policy) <= MSG_MAX_BODY, "body too large");
_Static_assert(
    sizeof(struct record_certified) <= MSG_MAX_BODY, "body too large");
_Static_assert(sizeof(struct record_verdict) <= MSG_MAX_BODY, "body too large");
_Static_assert(
    sizeof(struct record_sighting) <= MSG_MAX_BODY, "body too large");

static bool
is_known(enum record_type type)
{
	return (unsigned int)type < RECORD_TYPES && table[type].name != NULL;
}

size_t
msg_size(enum record_type type)
{
	return is_known(type) ? table[type].size : 0;
}

size_t
msg_fds(enum record_type type)
{
	return is_known(type) ? table[type].n_fds : 0;
}

const char *
msg_name(enum record_type type)
{
	return is_known(type) ? table[type].name : "UNKNOWN";
}

bool
msg_is_allowed(enum record_type type, enum program from, enum program to)
{
	return is_known(type) && (table[type].from & (1u << from)) != 0 &&
	       (table[type].to & (1u << to)) != 0;
}

int
msg_send(int channel, uint32_t seq, enum record_type type, const void *body,
    const int *fds, size_t n_fds)
{
	struct msg_header header = {
		.magic = MSG_MAGIC,
		.version = MSG_VERSION,
		.type = (uint16_t)type,
		.length = (uint32_t)msg_size(type),
		.seq = seq,
	};
	struct iovec part[2] = {
		{ .iov_base = &header, .iov_len = sizeof(header) },
		/* sendmsg only reads; iovec has no const. */
		{ .iov_base = (void *)(uintptr_t)body,
		    .iov_len = header.length },
	};
	_Alignas(
	    struct cmsghdr) char control[CMSG_SPACE(sizeof(int) * MSG_MAX_FDS)];
	struct msghdr out = { .msg_iov = part, .msg_iovlen = 2 };

	if (!is_known(type) || n_fds != table[type].n_fds)
		return -EINVAL;
	if (n_fds > 0) {
		struct cmsghdr *rights;

		memset(control, 0, sizeof(control));
		out.msg_control = control;
		out.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
		rights = CMSG_FIRSTHDR(&out);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		memcpy(CMSG_DATA(rights), fds, sizeof(int) * n_fds);
	}
	while (sendmsg(channel, &out, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

/* Collects the fds of a record, whatever else is wrong with it, so that none
 * stays open unseen. */
static bool
collect_fds(struct msghdr *in, struct msg *msg)
{
	bool good = (in->msg_flags & MSG_CTRUNC) == 0;

	for (struct cmsghdr *at = CMSG_FIRSTHDR(in); at != NULL;
	     at = CMSG_NXTHDR(in, at)) {
		size_t n;

		if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_RIGHTS)
			continue;
		n = (at->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(
			    &fd, CMSG_DATA(at) + i * sizeof(int), sizeof(fd));
			if (msg->n_fds < MSG_MAX_FDS) {
				msg->fds[msg->n_fds++] = fd;
			} else {
				(void)close(fd);
				good = false;
			}
		}
	}
	return good;
}

static bool
header_fits(const struct msg_header *header, size_t got, uint32_t seq,
    enum program from, enum program to, const struct msg *msg)
{
	enum record_type type = (enum record_type)header->type;

	return got >= sizeof(*header) && header->magic == MSG_MAGIC &&
	       header->version == MSG_VERSION && header->seq == seq &&
	       msg_is_allowed(type, from, to) &&
	       header->length == table[type].size &&
	       got == sizeof(*header) + header->length &&
	       msg->n_fds == table[type].n_fds;
}

int
msg_receive(int channel, uint32_t seq, enum program from, enum program to,
    struct msg *msg)
{
	struct msg_header header = { 0 };
	struct iovec part[2] = {
		{ .iov_base = &header, .iov_len = sizeof(header) },
		{ .iov_base = msg->body, .iov_len = sizeof(msg->body) },
	};
	_Alignas(
	    struct cmsghdr) char control[CMSG_SPACE(sizeof(int) * MSG_MAX_FDS)];
	struct msghdr in = {
		.msg_iov = part,
		.msg_iovlen = 2,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got;
	bool good;

	msg->n_fds = 0;
	do
		got = recvmsg(channel, &in, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == ECONNRESET ? 0 : -errno;
	if (got == 0)
		return 0;
	good = collect_fds(&in, msg) && (in.msg_flags & MSG_TRUNC) == 0;
	if (!good || !header_fits(&header, (size_t)got, seq, from, to, msg)) {
		msg_close_fds(msg);
		return -EPROTO;
	}
	msg->type = (enum record_type)header.type;
	return 1;
}

bool
msg_text_ends(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

int
msg_take_fd(struct msg *msg, size_t i)
{
	int fd = msg->fds[i];

	msg->fds[i] = -1;
	return fd;
}

void
msg_close_fds(struct msg *msg)
{
	for (size_t i = 0; i < msg->n_fds; i++)
		if (msg->fds[i] >= 0)
			(void)close(msg->fds[i]);
	msg->n_fds = 0;
}

void
wire_send(struct wire *wire, enum record_type type, const void *body)
{
	int error = msg_send(wire->fd, wire->sent, type, body, NULL, 0);

	if (error < 0)
		log_fatal(
		    "cannot send %s: %s", msg_name(type), strerror(-error));
	wire->sent++;
}

bool
wire_receive(struct wire *wire, struct msg *msg)
{
	int got =
	    msg_receive(wire->fd, wire->received, wire->peer, wire->self, msg);

	if (got < 0)
		log_fatal("cannot receive: %s", strerror(-got));
	if (got == 1)
		wire->received++;
	return got == 1;
}
