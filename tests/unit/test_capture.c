/*
 * Packet sockets on a real interface, in a network namespace of their own:
 * what makes hosts known arrives, nothing else does, and the filter stays.
 *
 * Needs root, network namespaces, veth, bridges and macvlan; fails where they
 * are missing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "enforce/parent/capture.h"

extern char **environ;

#define NEAR_NAME "mudd-test0"
#define FAR_NAME  "mudd-test1"
/* The near one is a port of a bridge; on the far one sits a device that filters
 * groups as a network card does. */
#define BRIDGE_NAME "mudd-test2"
#define CARD_NAME   "mudd-test3"

static uint32_t near_index, far_index, card_index;
static int far_socket = -1, near_socket = -1;

/* When the socket has to show a frame. */
enum seen { NEVER, COMING, LEAVING, BOTH };

struct frame {
	const char *name;
	enum seen seen;
	uint16_t tag; /* VLAN, as on the wire; 0: none */
	uint16_t ethertype;
	uint8_t protocol;
	uint16_t fragment; /* the field whole */
	uint8_t ihl;       /* in words */
	uint16_t from, to;
	size_t len; /* payload behind the UDP header */
};

/* clang-format off */
static const struct frame frames[] = {
	{ "to the server", COMING, 0, 0x0800, 17, 0, 5, 68, 67, 300 },
	{ "to the client", BOTH, 0, 0x0800, 17, 0, 5, 67, 68, 300 },
	{ "relayed", BOTH, 0, 0x0800, 17, 0, 5, 67, 67, 300 },
	{ "IP options", COMING, 0, 0x0800, 17, 0, 15, 68, 67, 300 },
	{ "do not fragment", COMING, 0, 0x0800, 17, 0x4000, 5, 68, 67, 300 },
	{ "first fragment", COMING, 0, 0x0800, 17, 0x2000, 5, 68, 67, 300 },
	{ "client to client", NEVER, 0, 0x0800, 17, 0, 5, 68, 68, 300 },
	{ "DNS", NEVER, 0, 0x0800, 17, 0, 5, 5353, 53, 300 },
	{ "to 67 from elsewhere", NEVER, 0, 0x0800, 17, 0, 5, 1067, 67, 300 },
	{ "to 68 from elsewhere", NEVER, 0, 0x0800, 17, 0, 5, 53, 68, 300 },
	{ "from 67 to elsewhere", NEVER, 0, 0x0800, 17, 0, 5, 67, 69, 300 },
	{ "from 68 to elsewhere", NEVER, 0, 0x0800, 17, 0, 5, 68, 53, 300 },
	{ "TCP", NEVER, 0, 0x0800, 6, 0, 5, 68, 67, 300 },
	{ "later fragment", NEVER, 0, 0x0800, 17, 0x0001, 5, 68, 67, 300 },
	{ "last fragment", NEVER, 0, 0x0800, 17, 0x1fff, 5, 68, 67, 300 },
	{ "DHCPv6's ports", NEVER, 0, 0x0800, 17, 0, 5, 546, 547, 300 },
	{ "DHCPv6 relayed", NEVER, 0, 0x0800, 17, 0, 5, 547, 547, 300 },
	{ "ARP", COMING, 0, 0x0806, 17, 0, 5, 68, 67, 300 },
	{ "ARP in a VLAN", NEVER, 7, 0x0806, 17, 0, 5, 68, 67, 300 },
	{ "LLDP", COMING, 0, 0x88cc, 17, 0, 5, 68, 67, 300 },
	{ "LLDP in a VLAN", NEVER, 7, 0x88cc, 17, 0, 5, 68, 67, 300 },
	{ "EAPOL", NEVER, 0, 0x888e, 17, 0, 5, 68, 67, 300 },
	{ "IPv6", NEVER, 0, 0x86dd, 17, 0, 5, 68, 67, 300 },
	{ "VLAN", NEVER, 7, 0x0800, 17, 0, 5, 68, 67, 300 },
	{ "no ports", NEVER, 0, 0x0800, 17, 0, 15, 68, 67, 0 },
};
/* clang-format on */
#define FRAMES (sizeof(frames) / sizeof(frames[0]))

static void
put16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* The frame's bytes and their number. */
static size_t
frame_make(const struct frame *frame, uint8_t *to)
{
	static const uint8_t macs[12] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0x02, 0x00, 0x5e, 0x00, 0x53, 0x01 };
	size_t at = 12, ip;

	memset(to, 0, 1500);
	memcpy(to, macs, sizeof(macs));
	if (frame->tag != 0) {
		put16(to + at, 0x8100);
		put16(to + at + 2, frame->tag);
		at += 4;
	}
	put16(to + at, frame->ethertype);
	at += 2;
	ip = at;
	to[ip] = (uint8_t)(0x40 | frame->ihl);
	put16(to + ip + 6, frame->fragment);
	to[ip + 8] = 64;
	to[ip + 9] = frame->protocol;
	at += (size_t)frame->ihl * 4;
	if (frame->len == 0)
		return ip + 20;
	put16(to + at, frame->from);
	put16(to + at + 2, frame->to);
	put16(to + at + 4, (uint16_t)(8 + frame->len));
	at += 8 + frame->len;
	put16(to + ip + 2, (uint16_t)(at - ip));
	return at;
}

/* IPv6: the protocol, hop limit and ICMPv6 type or ports. */
static const struct six {
	const char *name;
	enum seen seen;
	uint16_t tag;
	uint8_t next, hops, type;
	uint16_t from, to;
} sixes[] = {
	{ "solicitation", COMING, 0, 58, 255, 135, 0, 0 },
	{ "advertisement", COMING, 0, 58, 255, 136, 0, 0 },
	{ "routed", NEVER, 0, 58, 254, 135, 0, 0 },
	{ "router advertisement", NEVER, 0, 58, 255, 134, 0, 0 },
	{ "redirect", NEVER, 0, 58, 255, 137, 0, 0 },
	{ "UDP", NEVER, 0, 17, 255, 135, 0, 0 },
	{ "behind another header", NEVER, 0, 0, 255, 135, 0, 0 },
	{ "tagged", NEVER, 7, 58, 255, 135, 0, 0 },
	{ "to the server", COMING, 0, 17, 1, 0, 546, 547 },
	{ "to the client", BOTH, 0, 17, 64, 0, 547, 546 },
	{ "relayed", BOTH, 0, 17, 8, 0, 547, 547 },
	{ "client to client", NEVER, 0, 17, 1, 0, 546, 546 },
	{ "to 547 from elsewhere", NEVER, 0, 17, 1, 0, 1546, 547 },
	{ "from 547 to elsewhere", NEVER, 0, 17, 1, 0, 547, 53 },
	{ "DHCPv4's ports", NEVER, 0, 17, 1, 0, 68, 67 },
	{ "DHCPv4 relayed", NEVER, 0, 17, 1, 0, 67, 67 },
	{ "TCP", NEVER, 0, 6, 1, 0, 546, 547 },
	{ "DHCPv6 behind another header", NEVER, 0, 60, 1, 0, 546, 547 },
	{ "DHCPv6 in a fragment", NEVER, 0, 44, 1, 0, 546, 547 },
	{ "DHCPv6 in a VLAN", NEVER, 7, 17, 1, 0, 546, 547 },
};
#define SIXES (sizeof(sixes) / sizeof(sixes[0]))

static size_t
six_make(const struct six *six, uint8_t *to)
{
	struct frame frame = { .tag = six->tag, .ethertype = 0x86dd };
	size_t ip = six->tag == 0 ? 14 : 18;

	(void)frame_make(&frame, to);
	memset(to + ip, 0, 64);
	to[ip] = 0x60;
	to[ip + 5] = 24;
	to[ip + 6] = six->next;
	to[ip + 7] = six->hops;
	if (six->from != 0) {
		put16(to + ip + 40, six->from);
		put16(to + ip + 42, six->to);
		put16(to + ip + 44, 24);
	} else {
		to[ip + 40] = six->type;
	}
	return ip + 64;
}

static bool
is_there(int fd, int msec)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	return poll(&wait, 1, msec) == 1;
}

/* Sends a frame by one end's socket; a marker that must arrive comes behind,
 * so that "nothing came" needs no waiting. */
static void
frame_through(int sender, int capture, uint8_t pkttype, const char *name,
    enum seen seen, const uint8_t *out, size_t len)
{
	uint8_t in[CAPTURE_BYTES], marker[1600];
	const enum seen now = pkttype == PACKET_OUTGOING ? LEAVING : COMING;
	const struct frame mark = { "marker", now, 0, 0x0800, 17, 0, 5,
		now == COMING ? 68 : 67, now == COMING ? 67 : 68, 77 };
	const size_t mark_len = frame_make(&mark, marker);
	struct sockaddr_ll from = { 0 };
	socklen_t from_len = sizeof(from);
	ssize_t got;

	assert_int_equal(send(sender, out, len, 0), len);
	assert_int_equal(send(sender, marker, mark_len, 0), mark_len);
	if (!is_there(capture, 2000))
		fail_msg("%s: nothing came", name);
	got = recvfrom(capture, in, sizeof(in), 0,
	    (struct sockaddr *)(void *)&from, &from_len);
	if (seen == now || seen == BOTH) {
		if (got != (ssize_t)len || memcmp(in, out, len) != 0)
			fail_msg("%s: did not arrive", name);
		assert_int_equal(from.sll_pkttype, pkttype);
		assert_true(is_there(capture, 2000));
		got = recv(capture, in, sizeof(in), 0);
	}
	if (got != (ssize_t)mark_len)
		fail_msg("%s: arrived", name);
}

static void
each_frame_through(int sender, int capture, uint8_t pkttype)
{
	uint8_t out[1600];

	for (size_t i = 0; i < FRAMES; i++)
		frame_through(sender, capture, pkttype, frames[i].name,
		    frames[i].seen, out, frame_make(&frames[i], out));
	for (size_t i = 0; i < SIXES; i++)
		frame_through(sender, capture, pkttype, sixes[i].name,
		    sixes[i].seen, out, six_make(&sixes[i], out));
	assert_false(is_there(capture, 0));
}

/* Its groups are no host's own, and a card lets none of them by unasked; a
 * bridge keeps them to itself, and its port hears them all the same. */
static void
lldp_is_heard(void **state)
{
	static const uint8_t group[] = { 0x0e, 0x03, 0x00 };
	const struct frame lldp = { "LLDP", COMING, 0, 0x88cc, 0, 0, 5, 0, 0,
		46 };
	const uint32_t where[] = { near_index, card_index };
	const int sender[] = { far_socket, near_socket };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int capture = capture_open(where[i]);

		assert_true(capture >= 0);
		for (size_t k = 0; k < sizeof(group); k++) {
			uint8_t out[1600], in[CAPTURE_BYTES];
			size_t len = frame_make(&lldp, out);

			memcpy(out, "\x01\x80\xc2\0\0", 5);
			out[5] = group[k];
			assert_int_equal(send(sender[i], out, len, 0), len);
			if (!is_there(capture, 2000))
				fail_msg("group %02x is not heard", group[k]);
			assert_int_equal(recv(capture, in, sizeof(in), 0), len);
			assert_memory_equal(in, out, len);
		}
		(void)close(capture);
	}
}

static void
what_comes_in_is_seen(void **state)
{
	int capture = capture_open(near_index);

	(void)state;
	assert_true(capture >= 0);
	each_frame_through(far_socket, capture, PACKET_BROADCAST);
	(void)close(capture);
}

static void
what_the_gateway_sends_is_seen(void **state)
{
	int capture = capture_open(near_index);

	(void)state;
	assert_true(capture >= 0);
	each_frame_through(near_socket, capture, PACKET_OUTGOING);
	(void)close(capture);
}

/* By whoever holds the socket, root or not. */
static void
the_filter_stays(void **state)
{
	struct sock_filter all[] = { BPF_STMT(BPF_RET | BPF_K, 65535) };
	struct sock_fprog program = { .len = 1, .filter = all };
	int capture = capture_open(near_index), zero = 0;

	(void)state;
	assert_true(capture >= 0);
	assert_true(setsockopt(capture, SOL_SOCKET, SO_ATTACH_FILTER, &program,
			sizeof(program)) != 0);
	assert_int_equal(errno, EPERM);
	assert_true(setsockopt(capture, SOL_SOCKET, SO_DETACH_FILTER, &zero,
			sizeof(zero)) != 0);
	assert_int_equal(errno, EPERM);
	assert_true(setsockopt(capture, SOL_SOCKET, SO_LOCK_FILTER, &zero,
			sizeof(zero)) != 0);
	assert_int_equal(errno, EPERM);
	(void)close(capture);
}

static int
option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

static void
the_socket_is_set_up(void **state)
{
	int capture = capture_open(near_index);
	uint8_t out[1600], in[CAPTURE_BYTES];
	_Alignas(struct cmsghdr) char control[512];
	struct iovec part = { .iov_base = in, .iov_len = sizeof(in) };
	struct msghdr msg = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	bool has_time = false;
	size_t len;

	(void)state;
	assert_true(capture >= 0);
	assert_int_equal(fcntl(capture, F_GETFD), FD_CLOEXEC);
	assert_true((fcntl(capture, F_GETFL) & O_NONBLOCK) != 0);
	/* The kernel doubles what was asked for. */
	assert_int_equal(option(capture, SOL_SOCKET, SO_RCVBUF), 2 << 20);
	assert_int_equal(option(capture, SOL_PACKET, PACKET_AUXDATA), 1);
	assert_int_equal(recv(capture, in, sizeof(in), 0), -1);
	assert_int_equal(errno, EAGAIN);

	len = frame_make(&frames[0], out);
	assert_int_equal(send(far_socket, out, len, 0), len);
	assert_true(is_there(capture, 2000));
	assert_int_equal(recvmsg(capture, &msg, 0), len);
	for (struct cmsghdr *at = CMSG_FIRSTHDR(&msg); at != NULL;
	     at = CMSG_NXTHDR(&msg, at))
		has_time = has_time || (at->cmsg_level == SOL_SOCKET &&
					   at->cmsg_type == SO_TIMESTAMPNS);
	assert_true(has_time);
	(void)close(capture);
}

/* Only of the interface that was asked for. */
static void
other_interfaces_are_not_heard(void **state)
{
	int capture = capture_open(if_nametoindex("lo"));
	uint8_t out[1600];
	size_t len = frame_make(&frames[0], out);

	(void)state;
	assert_true(capture >= 0);
	assert_int_equal(send(far_socket, out, len, 0), len);
	assert_false(is_there(capture, 50));
	(void)close(capture);
}

static void
no_interface_is_an_error(void **state)
{
	static const uint32_t none[] = { 0, 4711, UINT32_MAX, 1u << 31 };

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(capture_open(none[i]), -ENODEV);
}

/* ---- the namespace ------------------------------------------------------ */

static bool
run(const char *const *args)
{
	int status = -1;
	pid_t pid;

	/* posix_spawnp only reads; its type has no const. */
	return posix_spawnp(&pid, args[0], NULL, NULL,
		   (char *const *)(uintptr_t)args, environ) == 0 &&
	       waitpid(pid, &status, 0) == pid && status == 0;
}

static int
plain_socket(uint32_t ifindex)
{
	const struct sockaddr_ll port = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)ifindex,
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (const struct sockaddr *)(const void *)&port,
			   sizeof(port)) != 0)
		return -1;
	return fd;
}

static bool
namespace_make(void)
{
	/* Without link-local addresses: the kernel would look for others with
	 * them, about a second later, and the near end would hear that. */
	static const char *const commands[][11] = {
		{ "ip", "link", "add", NEAR_NAME, "type", "veth", "peer",
		    "name", FAR_NAME },
		{ "ip", "link", "add", "link", FAR_NAME, "name", CARD_NAME,
		    "type", "macvlan" },
		{ "ip", "link", "add", BRIDGE_NAME, "type", "bridge" },
		{ "ip", "link", "set", NEAR_NAME, "master", BRIDGE_NAME },
		{ "ip", "link", "set", NEAR_NAME, "addrgenmode", "none" },
		{ "ip", "link", "set", FAR_NAME, "addrgenmode", "none" },
		{ "ip", "link", "set", CARD_NAME, "addrgenmode", "none" },
		{ "ip", "link", "set", BRIDGE_NAME, "addrgenmode", "none" },
		{ "ip", "link", "set", "lo", "up" },
		{ "ip", "link", "set", NEAR_NAME, "up" },
		{ "ip", "link", "set", FAR_NAME, "up" },
		{ "ip", "link", "set", CARD_NAME, "up" },
		{ "ip", "link", "set", BRIDGE_NAME, "up" },
	};

	if (unshare(CLONE_NEWNET) != 0)
		return false;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!run(commands[i]))
			return false;
	near_index = if_nametoindex(NEAR_NAME);
	far_index = if_nametoindex(FAR_NAME);
	card_index = if_nametoindex(CARD_NAME);
	near_socket = plain_socket(near_index);
	far_socket = plain_socket(far_index);
	return near_socket >= 0 && far_socket >= 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_in_is_seen),
		cmocka_unit_test(what_the_gateway_sends_is_seen),
		cmocka_unit_test(lldp_is_heard),
		cmocka_unit_test(the_filter_stays),
		cmocka_unit_test(the_socket_is_set_up),
		cmocka_unit_test(other_interfaces_are_not_heard),
		cmocka_unit_test(no_interface_is_an_error),
	};

	/* The namespace ends with this process. */
	if (!namespace_make()) {
		(void)fprintf(stderr, "test_capture needs root, network "
				      "namespaces, veth, bridges, macvlan "
				      "and ip(8)\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
