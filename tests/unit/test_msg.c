/*
 * Records over a socket: the table of who may say what, and that nothing else
 * gets through.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/log.h"
#include "core/msg.h"

#define M PROGRAM_MUDD
#define W PROGRAM_WATCHER
#define F PROGRAM_FETCHER
#define R PROGRAM_READER
#define E PROGRAM_ENGINE

/* docs/architecture.md, "Channels and records", written down again. */
/* clang-format off */
#define ROW(type, body, fds, from, to)                                         \
	{ RECORD_##type, #type, sizeof(struct record_##body), fds, from, to }
static const struct {
	enum record_type type;
	const char *name;
	size_t size, n_fds;
	enum program from, to;
} rows[] = {
	ROW(PEER, worker, 1, M, E), ROW(GONE, gone, 0, M, E),
	ROW(CAPTURED, port, 1, M, E), ROW(APPLIED, batch, 0, M, E),
	ROW(DENIED, denied, 0, M, E), ROW(COUNTER, counter, 0, M, E),
	ROW(COUNTERS_END, counted, 0, M, E), ROW(PING, empty, 0, M, E),
	ROW(START, worker, 0, E, M), ROW(STOP, worker, 0, E, M),
	ROW(CAPTURE, port, 0, E, M), ROW(BATCH_BEGIN, batch, 0, E, M),
	ROW(LAN, lan, 0, E, M), ROW(LOCAL, prefix, 0, E, M),
	ROW(SELF, prefix, 0, E, M), ROW(SET, set, 0, E, M),
	ROW(ELEMENT, element, 0, E, M), ROW(RULES_BEGIN, rules, 0, E, M),
	ROW(RULE, rule, 0, E, M), ROW(RULES_END, rules, 0, E, M),
	ROW(ENDING, ending, 0, E, M),
	ROW(POLICY_GONE, rules, 0, E, M), ROW(UNKNOWN, unknown, 0, E, M),
	ROW(THING, thing, 0, E, M),
	ROW(BINDING, binding, 0, E, M), ROW(MARK, mark, 0, E, M),
	ROW(BATCH_END, batch, 0, E, M),
	ROW(TALLY, tally, 0, M, E), ROW(TALLIES_END, tallied, 0, M, E),
	ROW(TALLIES, tallies, 0, E, M), ROW(ASK, ask, 0, E, M),
	ROW(WALK, walk, 0, E, M), ROW(WALK_STEP, walk_step, 0, M, E),
	ROW(WALK_END, walk_end, 0, M, E),
	ROW(COUNTERS, empty, 0, E, M), ROW(TEARDOWN, empty, 0, E, M),
	ROW(PONG, empty, 0, E, M), ROW(READY, empty, 0, E, M),
	ROW(LISTEN, port, 1, E, W), ROW(SERVER, server, 0, E, W),
	ROW(LINK, link, 0, W, E),
	ROW(GATEWAY, gateway, 0, W, E), ROW(LINKS_END, empty, 0, W, E),
	ROW(NETWORK, network, 0, W, E), ROW(SIGHTING, sighting, 0, W, E),
	ROW(UNREACHABLE, unreachable, 0, W, E),
	ROW(FETCH_ROOTS, roots, 1, E, F), ROW(FETCH_ALLOW, allow, 0, E, F),
	ROW(FETCH_FORBID, forbid, 0, E, F), ROW(FETCH_NAT64, prefix, 0, E, F),
	ROW(FETCH, fetch, 1, E, F),
	ROW(RESOLVE, resolve, 0, E, F), ROW(FETCHED, fetched, 0, F, E),
	ROW(ADDRESS_OF, address_of, 0, F, E), ROW(RESOLVED, resolved, 0, F, E),
	ROW(PEEK, peek, 1, E, R), ROW(READ, read, 3, E, R),
	ROW(SIGNATURE_AT, signature_at, 0, R, E),
	ROW(VERDICT, verdict, 0, R, E),
	ROW(POLICY_BEGIN, policy, 0, R, E), ROW(POLICY_TEXT, text, 0, R, E),
	ROW(ACE, ace, 0, R, E), ROW(POLICY_END, policy, 0, R, E),
	ROW(REFUSED, refused, 0, R, E),
	ROW(ANCHORS, anchors, 1, E, R), ROW(ANCHOR, anchor, 0, R, E),
	ROW(ANCHORS_END, anchors_end, 0, R, E),
	ROW(CERTIFICATE, certificate, 2, E, R),
	ROW(CERTIFIED, certified, 0, R, E),
	ROW(LOG, empty, 0, E, M), ROW(LOG_OPENED, empty, 1, M, E),
	ROW(LOG_LISTEN, empty, 1, E, W), ROW(DROP, drop, 0, W, E),
	ROW(BRIDGES, bridges, 0, E, M), ROW(PATH, path, 0, M, E),
	ROW(CONDITION, condition, 0, M, E),
	ROW(LAN_PORT, lan_port, 0, E, M), ROW(PLACE, place, 0, E, M),
	ROW(TAMPERED, tampered, 0, M, E),
};
/* clang-format on */
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void
the_table_is_complete(void **state)
{
	(void)state;
	/* Types begin with 1. */
	assert_int_equal(ROWS, RECORD_TYPES - 1);
	for (size_t i = 0; i < ROWS; i++) {
		assert_int_equal(msg_size(rows[i].type), rows[i].size);
		assert_true(rows[i].size <= MSG_MAX_BODY);
		assert_int_equal(msg_fds(rows[i].type), rows[i].n_fds);
		assert_string_equal(msg_name(rows[i].type), rows[i].name);
	}
	assert_int_equal(msg_size(RECORD_TYPES), 0);
	assert_int_equal(msg_size((enum record_type)0), 0);
	assert_int_equal(msg_fds(RECORD_TYPES), 0);
	assert_non_null(msg_name((enum record_type)0));
}

/* Every type with every pair of programs. */
static void
only_the_table_may_speak(void **state)
{
	(void)state;
	for (unsigned int t = 0; t <= RECORD_TYPES; t++) {
		for (unsigned int from = 0; from < PROGRAMS; from++) {
			for (unsigned int to = 0; to < PROGRAMS; to++) {
				bool want = false;

				for (size_t i = 0; i < ROWS; i++)
					want =
					    want || (rows[i].type == t &&
							rows[i].from == from &&
							rows[i].to == to);
				assert_int_equal(
				    msg_is_allowed((enum record_type)t,
					(enum program)from, (enum program)to),
				    want);
			}
		}
	}
}

struct pair {
	int near, far;
};

static struct pair
pair_new(void)
{
	int fds[2];

	assert_int_equal(
	    socketpair(
		AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds),
	    0);
	return (struct pair){ fds[0], fds[1] };
}

static void
pair_close(struct pair pair)
{
	(void)close(pair.near);
	(void)close(pair.far);
}

/* How many descriptors are open. */
static int
open_count(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void
records_arrive_whole(void **state)
{
	struct pair pair = pair_new();
	struct msg msg;
	struct record_worker sent = { .program = PROGRAM_READER, .job = 77 };
	const struct record_empty empty = { 0 };
	int before = open_count(), fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct stat one, other;
	int got;

	(void)state;
	assert_int_equal(msg_send(pair.near, 0, RECORD_PEER, &sent, &fd, 1), 0);
	assert_int_equal(
	    msg_send(pair.near, 1, RECORD_PING, &empty, NULL, 0), 0);
	/* The sender keeps its own. */
	assert_true(fcntl(fd, F_GETFD) >= 0);

	assert_int_equal(msg_receive(pair.far, 0, M, E, &msg), 1);
	assert_int_equal(msg.type, RECORD_PEER);
	assert_int_equal(msg.n_fds, 1);
	assert_int_equal(MSG_BODY(&msg, record_worker)->job, 77);
	assert_memory_equal(msg.body, &sent, sizeof(sent));
	got = msg_take_fd(&msg, 0);
	msg_close_fds(&msg);
	assert_int_equal(fcntl(got, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fstat(fd, &one), 0);
	assert_int_equal(fstat(got, &other), 0);
	assert_int_equal(one.st_ino, other.st_ino);
	(void)close(got);
	(void)close(fd);

	assert_int_equal(msg_receive(pair.far, 1, M, E, &msg), 1);
	assert_int_equal(msg.type, RECORD_PING);
	assert_int_equal(msg_receive(pair.far, 2, M, E, &msg), -EAGAIN);
	(void)close(pair.near);
	assert_int_equal(msg_receive(pair.far, 2, M, E, &msg), 0);
	(void)close(pair.far);
	assert_int_equal(open_count() + 2, before);
}

static void
what_is_not_taken_is_closed(void **state)
{
	struct pair pair = pair_new();
	struct record_read read_body = { 0 };
	struct msg msg;
	int before = open_count();
	int fds[3] = { pair.near, pair.far, pair.near };

	(void)state;
	assert_int_equal(
	    msg_send(pair.near, 5, RECORD_READ, &read_body, fds, 3), 0);
	assert_int_equal(msg_receive(pair.far, 5, E, R, &msg), 1);
	assert_int_equal(msg.n_fds, 3);
	assert_int_equal(open_count(), before + 3);
	msg_close_fds(&msg);
	assert_int_equal(open_count(), before);
	pair_close(pair);
}

static void
wrong_sends_are_refused(void **state)
{
	struct pair pair = pair_new();
	struct record_worker body = { 0 };
	int fds[2] = { pair.far, pair.far };
	int last = 0;

	(void)state;
	assert_int_equal(
	    msg_send(pair.near, 0, RECORD_PEER, &body, NULL, 0), -EINVAL);
	assert_int_equal(
	    msg_send(pair.near, 0, RECORD_PEER, &body, fds, 2), -EINVAL);
	assert_int_equal(
	    msg_send(pair.near, 0, RECORD_START, &body, fds, 1), -EINVAL);
	assert_int_equal(
	    msg_send(pair.near, 0, RECORD_TYPES, &body, NULL, 0), -EINVAL);
	assert_int_equal(
	    msg_send(pair.near, 0, (enum record_type)0, &body, NULL, 0),
	    -EINVAL);
	/* A queue that is full, and a peer that is gone, without a signal. */
	for (uint32_t i = 0; i < 100000 && last == 0; i++)
		last = msg_send(pair.near, i, RECORD_START, &body, NULL, 0);
	assert_int_equal(last, -EAGAIN);
	(void)close(pair.far);
	last = msg_send(pair.near, 0, RECORD_START, &body, NULL, 0);
	assert_true(last == -EPIPE || last == -ECONNRESET);
	(void)close(pair.near);
}

/* What a peer that was taken over may send: bytes and descriptors at will. */
struct forged {
	const char *name;
	struct msg_header header;
	size_t body; /* bytes that really follow */
	size_t n_fds;
};

#define SIZE sizeof(struct record_worker)
#define PORT sizeof(struct record_port)

/* clang-format off */
static const struct forged forgeries[] = {
	{ "magic", { MSG_MAGIC + 1, 1, RECORD_START, SIZE, 4 }, SIZE, 0 },
	{ "version", { MSG_MAGIC, 2, RECORD_START, SIZE, 4 }, SIZE, 0 },
	{ "type 0", { MSG_MAGIC, 1, 0, 0, 4 }, 0, 0 },
	{ "unknown type", { MSG_MAGIC, 1, RECORD_TYPES, 0, 4 }, 0, 0 },
	{ "huge type", { MSG_MAGIC, 1, 65535, 0, 4 }, 0, 0 },
	{ "not its record", { MSG_MAGIC, 1, RECORD_GONE,
	    sizeof(struct record_gone), 4 }, sizeof(struct record_gone), 0 },
	{ "sequence before", { MSG_MAGIC, 1, RECORD_START, SIZE, 3 }, SIZE, 0 },
	{ "sequence after", { MSG_MAGIC, 1, RECORD_START, SIZE, 5 }, SIZE, 0 },
	{ "length short", { MSG_MAGIC, 1, RECORD_START, SIZE - 1, 4 },
	    SIZE - 1, 0 },
	{ "length long", { MSG_MAGIC, 1, RECORD_START, SIZE + 1, 4 },
	    SIZE + 1, 0 },
	{ "length lies", { MSG_MAGIC, 1, RECORD_START, SIZE, 4 }, SIZE - 1, 0 },
	{ "bytes behind", { MSG_MAGIC, 1, RECORD_START, SIZE, 4 },
	    SIZE + 1, 0 },
	{ "longer than any", { MSG_MAGIC, 1, RECORD_START, SIZE, 4 },
	    MSG_MAX_BODY + 1, 0 },
	{ "a descriptor too many", { MSG_MAGIC, 1, RECORD_START, SIZE, 4 },
	    SIZE, 1 },
	{ "as many as fit", { MSG_MAGIC, 1, RECORD_START, SIZE, 4 }, SIZE, 3 },
	{ "more than fit", { MSG_MAGIC, 1, RECORD_START, SIZE, 4 }, SIZE, 8 },
};
/* clang-format on */

static void
forge(int fd, const void *header, size_t header_len, size_t body_len,
    size_t n_fds)
{
	static uint8_t zeros[MSG_MAX_BODY + 64];
	struct iovec part[2] = {
		{ .iov_base = (void *)(uintptr_t)header,
		    .iov_len = header_len },
		{ .iov_base = zeros, .iov_len = body_len },
	};
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int) * 8)];
	struct msghdr out = { .msg_iov = part, .msg_iovlen = 2 };

	if (n_fds > 0) {
		struct cmsghdr *rights;

		memset(control, 0, sizeof(control));
		out.msg_control = control;
		out.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
		rights = CMSG_FIRSTHDR(&out);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		for (size_t i = 0; i < n_fds; i++)
			memcpy(CMSG_DATA(rights) + i * sizeof(int), &fd,
			    sizeof(int));
	}
	assert_int_equal(sendmsg(fd, &out, 0), header_len + body_len);
}

static void
forgeries_are_broken_peers(void **state)
{
	struct record_worker body = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(forgeries) / sizeof(forgeries[0]); i++) {
		const struct forged *at = &forgeries[i];
		struct pair pair = pair_new();
		int before = open_count(), got;
		struct msg msg;

		forge(pair.near, &at->header, sizeof(at->header), at->body,
		    at->n_fds);
		got = msg_receive(pair.far, 4, E, M, &msg);
		if (got != -EPROTO)
			fail_msg("%s: %d", at->name, got);
		if (open_count() != before)
			fail_msg("%s: a descriptor stays open", at->name);
		/* What would have been right. */
		assert_int_equal(
		    msg_send(pair.near, 4, RECORD_START, &body, NULL, 0), 0);
		assert_int_equal(msg_receive(pair.far, 4, E, M, &msg), 1);
		pair_close(pair);
	}
}

static void
missing_parts_are_broken_peers(void **state)
{
	const struct msg_header peer = { MSG_MAGIC, 1, RECORD_PEER, SIZE, 0 };
	struct pair pair = pair_new();
	struct msg msg;

	(void)state;
	/* Half a header; and a PEER without its channel. */
	forge(pair.near, &peer, 8, 0, 0);
	assert_int_equal(msg_receive(pair.far, 0, M, E, &msg), -EPROTO);
	forge(pair.near, &peer, sizeof(peer), SIZE, 0);
	assert_int_equal(msg_receive(pair.far, 0, M, E, &msg), -EPROTO);
	forge(pair.near, &peer, sizeof(peer), SIZE, 1);
	assert_int_equal(msg_receive(pair.far, 0, M, E, &msg), 1);
	msg_close_fds(&msg);
	pair_close(pair);
}

static void
texts_must_end(void **state)
{
	(void)state;
	assert_true(msg_text_ends("abc", 4));
	assert_false(msg_text_ends("abc", 3));
	assert_true(msg_text_ends("", 1));
}

/* A wire ends its process when the peer breaks the rules. */
static void
wires_speak_and_end(void **state)
{
	const struct record_peek peek = { .job = 9 };
	struct pair pair = pair_new();
	struct wire reader = { pair.far, PROGRAM_READER, PROGRAM_ENGINE, 0, 0 };
	struct msg msg;
	int status = 0;
	pid_t pid;

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(
		    msg_send(pair.near, i, RECORD_PEEK, &peek, &pair.near, 1),
		    0);
		assert_true(wire_receive(&reader, &msg));
		assert_int_equal(MSG_BODY(&msg, record_peek)->job, 9);
		msg_close_fds(&msg);
	}
	for (uint32_t i = 0; i < 2; i++) {
		struct record_refused refused = { .job = 3 };

		wire_send(&reader, RECORD_REFUSED, &refused);
		assert_int_equal(msg_receive(pair.near, i, R, E, &msg), 1);
		assert_int_equal(msg.type, RECORD_REFUSED);
	}
	pid = fork();
	if (pid == 0) {
		log_init("test_msg", LOG_LEVEL_ERROR);
		/* The sequence is wrong now. */
		(void)msg_send(pair.near, 0, RECORD_PEEK, &peek, &pair.near, 1);
		(void)wire_receive(&reader, &msg);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	(void)close(pair.near);
	assert_false(wire_receive(&reader, &msg));
	(void)close(pair.far);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_complete),
		cmocka_unit_test(only_the_table_may_speak),
		cmocka_unit_test(records_arrive_whole),
		cmocka_unit_test(what_is_not_taken_is_closed),
		cmocka_unit_test(wrong_sends_are_refused),
		cmocka_unit_test(forgeries_are_broken_peers),
		cmocka_unit_test(missing_parts_are_broken_peers),
		cmocka_unit_test(texts_must_end),
		cmocka_unit_test(wires_speak_and_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
