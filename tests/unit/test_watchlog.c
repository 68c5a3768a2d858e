/* The drop log's socket in the loop: the kernel's datagrams, and no others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <event2/event.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/log.h"
#include "watch/droplog.h"

#define PREFIX     "mud:from "
#define TOO_LONG   20000
#define MORE_MSECS 3 * DROPS_WINDOW_MSEC

struct told {
	size_t n;
	uint32_t count;
};

static struct event_base *base;

static void
on_drop(void *arg, const struct record_drop *drop)
{
	struct told *told = arg;

	assert_int_equal(drop->kind, DROP_FROM);
	told->n++;
	told->count += drop->count;
}

/* A message with a prefix and no packet, padded to a length. */
static size_t
message_make(uint8_t *data, size_t len)
{
	const uint16_t head[2] = { 4 + sizeof(PREFIX), 10 /* NFULA_PREFIX */ };
	const struct nlmsghdr header = {
		.nlmsg_len = 20 + 4 + sizeof(PREFIX) + 2,
		.nlmsg_type = 4 << 8, /* NFULNL_MSG_PACKET of ULOG */
	};

	memset(data, 0, len);
	memcpy(data, &header, sizeof(header));
	memcpy(data + 20, head, sizeof(head));
	memcpy(data + 24, PREFIX, sizeof(PREFIX));
	return len > header.nlmsg_len ? len : header.nlmsg_len;
}

static void
turn(void)
{
	(void)event_base_loop(base, EVLOOP_NONBLOCK);
}

/* Turns until so many packets were told, or a while has passed. */
static void
turn_until(const struct told *told, uint32_t count)
{
	const struct timespec tick = { .tv_nsec = 10 * 1000 * 1000 };

	for (int i = 0; i < MORE_MSECS / 10 && told->count < count; i++) {
		turn();
		(void)nanosleep(&tick, NULL);
	}
}

static void
takes_what_the_kernel_says(void **state)
{
	uint8_t data[64] = { 0 };
	const size_t len = message_make(data, 0);
	struct told told = { 0 };
	struct droplog *log = droplog_new(base, 42, on_drop, &told);
	int fds[2];

	(void)state;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds), 0);
	droplog_listen(log, fds[0]);
	assert_int_equal(write(fds[1], data, len), len);
	turn();
	assert_true(told.n == 1 && told.count == 1);
	for (int i = 0; i < 4; i++)
		assert_int_equal(write(fds[1], data, len), len);
	turn();
	assert_int_equal(told.n, 1);
	turn_until(&told, 5);
	assert_true(told.n == 2 && told.count == 5);
	/* The window is a new one. */
	assert_int_equal(write(fds[1], data, len), len);
	turn();
	assert_int_equal(told.n, 3);
	droplog_free(log);
	(void)close(fds[1]);
}

static void
takes_another_socket(void **state)
{
	uint8_t data[64] = { 0 };
	const size_t len = message_make(data, 0);
	struct told told = { 0 };
	struct droplog *log = droplog_new(base, 42, on_drop, &told);
	int one[2], two[2];

	(void)state;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, one), 0);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, two), 0);
	droplog_listen(log, one[0]);
	droplog_listen(log, two[0]);
	/* The first is closed. */
	assert_true(write(one[1], data, len) < 0);
	assert_int_equal(write(two[1], data, len), len);
	turn();
	assert_int_equal(told.n, 1);
	droplog_free(log);
	droplog_free(NULL);
	(void)close(one[1]);
	(void)close(two[1]);
}

/* Another process may write to a netlink socket, too. */
static void
ignores_other_senders(void **state)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	socklen_t size = sizeof(to);
	uint8_t data[64] = { 0 };
	const size_t len = message_make(data, 0);
	struct told told = { 0 };
	struct droplog *log = droplog_new(base, 42, on_drop, &told);
	int near =
	    socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_USERSOCK);
	int far = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);

	(void)state;
	assert_true(near >= 0 && far >= 0);
	assert_int_equal(bind(near, (struct sockaddr *)(void *)&to, size), 0);
	assert_int_equal(
	    getsockname(near, (struct sockaddr *)(void *)&to, &size), 0);
	droplog_listen(log, near);
	assert_int_equal(sendto(far, data, len, 0,
			     (struct sockaddr *)(void *)&to, sizeof(to)),
	    len);
	turn();
	assert_int_equal(told.n, 0);
	/* It was taken off the queue. */
	assert_true(recv(near, data, sizeof(data), MSG_DONTWAIT) < 0);
	droplog_free(log);
	(void)close(far);
}

static void
ignores_what_is_too_long(void **state)
{
	static uint8_t data[TOO_LONG];
	struct told told = { 0 };
	struct droplog *log = droplog_new(base, 42, on_drop, &told);
	int fds[2];

	(void)state;
	(void)message_make(data, sizeof(data));
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds), 0);
	droplog_listen(log, fds[0]);
	assert_int_equal(write(fds[1], data, sizeof(data)), sizeof(data));
	turn();
	assert_int_equal(told.n, 0);
	assert_int_equal(write(fds[1], data, 64), 64);
	turn();
	assert_int_equal(told.n, 1);
	droplog_free(log);
	(void)close(fds[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_the_kernel_says),
		cmocka_unit_test(takes_another_socket),
		cmocka_unit_test(ignores_other_senders),
		cmocka_unit_test(ignores_what_is_too_long),
	};
	int failed;

	log_init("test", LOG_LEVEL_ERROR);
	base = event_base_new();
	if (base == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	event_base_free(base);
	return failed;
}
