/* Packet sockets in the loop: real ones, on the loopback of a network
 * namespace of the test's own.  Needs root, and fails without. */
#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "libmud/limits.h"
#include "watch/ports.h"

#define LO 1

struct lan {
	struct event_base *base;
	struct ports *ports;
	bool is_there;
	bool is_over; /* each frame is past its port's budget */
	unsigned int n_in, n_out;
	uint32_t ifindex;
	int64_t at_msec;
	size_t len;
};

static bool
on_frame(void *arg, uint32_t ifindex, bool is_leaving, int64_t at_msec,
    struct bytes raw)
{
	struct lan *lan = arg;

	if (is_leaving)
		lan->n_out++;
	else
		lan->n_in++;
	lan->ifindex = ifindex;
	lan->at_msec = at_msec;
	lan->len = raw.len;
	return !lan->is_over;
}

static bool
is_there(void *arg, uint32_t ifindex)
{
	const struct lan *lan = arg;

	assert_int_equal(ifindex, LO);
	return lan->is_there;
}

static void
loopback_set(bool up)
{
	struct ifreq flags = { .ifr_name = "lo", .ifr_flags = up ? IFF_UP : 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &flags), 0);
	close(fd);
}

static int
packet_socket(void)
{
	const struct sockaddr_ll address = { .sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = LO };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0)
		fail_msg("packet socket: %s: needs root", strerror(errno));
	assert_int_equal(
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)), 0);
	assert_int_equal(
	    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)), 0);
	assert_int_equal(
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void
lan_begin(struct lan *lan)
{
	if (unshare(CLONE_NEWNET) != 0)
		fail_msg("unshare: %s: needs root", strerror(errno));
	memset(lan, 0, sizeof(*lan));
	loopback_set(true);
	lan->base = event_base_new();
	lan->ports = ports_new(lan->base, on_frame, is_there, lan);
	lan->is_there = true;
}

static void
lan_end(struct lan *lan)
{
	ports_free(lan->ports);
	event_base_free(lan->base);
}

/* A frame over the loopback leaves by it and comes in by it. */
static void
send_frame(size_t len)
{
	const struct sockaddr_ll to = { .sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = LO };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	uint8_t raw[4096] = { 0 };

	raw[12] = 8;
	assert_int_equal(
	    sendto(fd, raw, len, 0, (const struct sockaddr *)&to, sizeof(to)),
	    len);
	close(fd);
}

static void
turn(struct lan *lan)
{
	lan->n_in = lan->n_out = 0;
	(void)event_base_loop(lan->base, EVLOOP_NONBLOCK);
}

static void
tells_direction_and_time(void **state)
{
	int64_t before = 0, after = 0;
	struct lan lan;

	(void)state;
	lan_begin(&lan);
	assert_true(ports_listen(lan.ports, LO, packet_socket()));
	/* The kernel begins to stamp frames a while after it was asked to;
	 * until then one bears the time at which it was read. */
	for (int tries = 0; tries < 40; tries++) {
		before = ports_clock();
		send_frame(64);
		after = ports_clock();
		usleep(50000);
		turn(&lan);
		assert_int_equal(lan.n_in, 1);
		assert_int_equal(lan.n_out, 1);
		assert_int_equal(lan.ifindex, LO);
		assert_int_equal(lan.len, 64);
		if (lan.at_msec <= after + 2)
			break;
	}
	/* When it came, not when it was read; clocks round. */
	assert_in_range(lan.at_msec, before - 2, after + 2);
	lan_end(&lan);
}

static void
passes_over_long_frames(void **state)
{
	struct lan lan;

	(void)state;
	lan_begin(&lan);
	assert_true(ports_listen(lan.ports, LO, packet_socket()));
	send_frame(2048);
	turn(&lan);
	assert_int_equal(lan.n_in, 1);
	send_frame(2049);
	turn(&lan);
	assert_int_equal(lan.n_in, 0);
	lan_end(&lan);
}

static void
replaces_and_forgets(void **state)
{
	struct lan lan;
	int first;

	(void)state;
	lan_begin(&lan);
	first = packet_socket();
	assert_true(ports_listen(lan.ports, LO, first));
	assert_true(ports_listen(lan.ports, LO, packet_socket()));
	assert_int_equal(fcntl(first, F_GETFD), -1);
	send_frame(64);
	turn(&lan);
	assert_int_equal(lan.n_in, 1);
	ports_forget(lan.ports, LO + 1);
	send_frame(64);
	turn(&lan);
	assert_int_equal(lan.n_in, 1);
	ports_forget(lan.ports, LO);
	ports_forget(lan.ports, LO);
	send_frame(64);
	turn(&lan);
	assert_int_equal(lan.n_in, 0);
	lan_end(&lan);
	ports_free(NULL);
}

/* An interface that is down for a while is watched when it is up again; one
 * that is gone is not, and its socket is closed. */
static void
outlives_a_link_that_is_down(void **state)
{
	struct lan lan;
	int fd;

	(void)state;
	lan_begin(&lan);
	fd = packet_socket();
	assert_true(ports_listen(lan.ports, LO, fd));
	loopback_set(false);
	turn(&lan);
	loopback_set(true);
	send_frame(64);
	turn(&lan);
	assert_int_equal(lan.n_in, 1);
	lan.is_there = false;
	loopback_set(false);
	turn(&lan);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	lan_end(&lan);
}

static void
has_a_bound(void **state)
{
	struct lan lan;
	int fd;

	(void)state;
	lan_begin(&lan);
	for (uint32_t i = 1; i <= LIMIT_PORTS; i++)
		assert_true(ports_listen(lan.ports, i, packet_socket()));
	fd = packet_socket();
	assert_false(ports_listen(lan.ports, LIMIT_PORTS + 1, fd));
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	/* In place of one there is always room. */
	assert_true(ports_listen(lan.ports, LIMIT_PORTS, packet_socket()));
	lan_end(&lan);
}

/* A port past its budget is left alone for a while, and then heard again. */
static void
rests_after_a_flood(void **state)
{
	struct lan lan;

	(void)state;
	lan_begin(&lan);
	assert_true(ports_listen(lan.ports, LO, packet_socket()));
	lan.is_over = true;
	for (int i = 0; i < 100; i++)
		send_frame(64);
	turn(&lan);
	/* A turn's worth; the others wait, however often we look. */
	assert_int_equal(lan.n_in + lan.n_out, 64);
	lan.n_in = lan.n_out = 0;
	lan.is_over = false;
	while (lan.n_in + lan.n_out < 136)
		assert_int_equal(event_base_loop(lan.base, EVLOOP_ONCE), 0);
	assert_int_equal(lan.n_in, 100 - 32);
	/* It can be forgotten while it rests. */
	lan.is_over = true;
	send_frame(64);
	turn(&lan);
	assert_int_equal(lan.n_in + lan.n_out, 2);
	ports_forget(lan.ports, LO);
	lan_end(&lan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rests_after_a_flood),
		cmocka_unit_test(tells_direction_and_time),
		cmocka_unit_test(passes_over_long_frames),
		cmocka_unit_test(replaces_and_forgets),
		cmocka_unit_test(outlives_a_link_that_is_down),
		cmocka_unit_test(has_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
