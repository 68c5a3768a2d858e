/* The talk with the real kernel, in a network namespace of the test's own.
 * Needs root (CAP_SYS_ADMIN), and fails without. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
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

#include "libmud/fault.h"
#include "rtnl_told.h"
#include "watch/rtnl.h"

#define ADDRESS "127.0.0.9"
#define BUFFER  (64 * 1024)

struct talk {
	struct told told;
	struct rtnl *rtnl;
	unsigned int n_lost;
};

static void
talk_begin(struct talk *talk)
{
	const struct sockaddr_nl here = { .nl_family = AF_NETLINK };
	const int bytes = BUFFER;
	struct fault why = { 0 };
	int events;

	if (unshare(CLONE_NEWNET) != 0)
		fail_msg("unshare: %s: needs root", strerror(errno));
	told_begin(&talk->told);
	talk->n_lost = 0;
	events = socket(
	    AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
	assert_true(
	    events >= 0 &&
	    bind(events, (const struct sockaddr *)&here, sizeof(here)) == 0 &&
	    setsockopt(events, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)) ==
		0);
	talk->rtnl = rtnl_new(events, &why);
	if (talk->rtnl == NULL)
		fail_msg("%s", why.detail);
}

static void
talk_end(struct talk *talk)
{
	assert_int_equal(talk->n_lost, 0);
	rtnl_free(talk->rtnl);
	links_free(talk->told.links);
}

static void
loopback(struct ifreq *what, unsigned long request)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memcpy(what->ifr_name, "lo", 3);
	assert_int_equal(ioctl(fd, request, what), 0);
	close(fd);
}

static void
loopback_set(bool up)
{
	struct ifreq flags = { .ifr_flags = up ? IFF_UP : 0 };

	loopback(&flags, SIOCSIFFLAGS);
}

static void
loopback_address(void)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = inet_addr(ADDRESS) };
	struct ifreq what = { 0 };

	memcpy(&what.ifr_addr, &address, sizeof(address));
	loopback(&what, SIOCSIFADDR);
}

/* An unreachable network, as a delegated prefix shows. */
static void
unreachable_network(void)
{
	const struct sockaddr_in dst = { .sin_family = AF_INET,
		.sin_addr.s_addr = inet_addr("192.0.2.0") };
	const struct sockaddr_in mask = { .sin_family = AF_INET,
		.sin_addr.s_addr = inet_addr("255.255.255.0") };
	struct rtentry route = { .rt_flags = RTF_UP | RTF_REJECT };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(&route.rt_dst, &dst, sizeof(dst));
	memcpy(&route.rt_genmask, &mask, sizeof(mask));
	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, SIOCADDRT, &route), 0);
	close(fd);
}

static void
hears_of_routes(void **state)
{
	struct talk talk;

	(void)state;
	talk_begin(&talk);
	loopback_set(true);
	assert_int_equal(
	    rtnl_dump(talk.rtnl, talk.told.links, &talk.n_lost), 0);
	assert_non_null(strstr(talk.told.text, "+net 0 own 127.0.0.0/8\n"));
	told_clear(&talk.told);
	unreachable_network();
	assert_int_equal(
	    rtnl_read(talk.rtnl, talk.told.links, &talk.n_lost), 0);
	assert_string_equal(talk.told.text, "+net 0 192.0.2.0/24\n");
	told_clear(&talk.told);
	assert_int_equal(
	    rtnl_dump(talk.rtnl, talk.told.links, &talk.n_lost), 0);
	assert_string_equal(talk.told.text, "");
	talk_end(&talk);
}

static void
hears_what_changes(void **state)
{
	struct talk talk;

	(void)state;
	talk_begin(&talk);
	assert_int_equal(
	    rtnl_dump(talk.rtnl, talk.told.links, &talk.n_lost), 0);
	assert_string_equal(
	    talk.told.text, "+link 1 lo 00:00:00:00:00:00 master 0\n");
	told_clear(&talk.told);
	assert_int_equal(
	    rtnl_read(talk.rtnl, talk.told.links, &talk.n_lost), 0);
	assert_string_equal(talk.told.text, "");
	loopback_address();
	loopback_set(true);
	assert_int_equal(
	    rtnl_read(talk.rtnl, talk.told.links, &talk.n_lost), 0);
	assert_non_null(strstr(talk.told.text, "+addr 1 " ADDRESS "/8\n"));
	assert_non_null(strstr(
	    talk.told.text, "+link 1 lo 00:00:00:00:00:00 up master 0\n"));
	/* A dump after that is no news. */
	told_clear(&talk.told);
	assert_int_equal(
	    rtnl_dump(talk.rtnl, talk.told.links, &talk.n_lost), 0);
	assert_string_equal(talk.told.text, "");
	talk_end(&talk);
	rtnl_free(NULL);
}

/* more events than the socket holds; then the dump tells what is new. */
static void
makes_an_overrun_good(void **state)
{
	struct talk talk;
	int error = 0;

	(void)state;
	talk_begin(&talk);
	assert_int_equal(
	    rtnl_dump(talk.rtnl, talk.told.links, &talk.n_lost), 0);
	for (int i = 0; i < 3000; i++)
		loopback_set(i % 2 == 0);
	loopback_address();
	for (int i = 0; i < 100 && error == 0; i++) {
		error = rtnl_read(talk.rtnl, talk.told.links, &talk.n_lost);
		told_clear(&talk.told);
	}
	assert_int_equal(error, -ENOBUFS);
	while (rtnl_read(talk.rtnl, talk.told.links, &talk.n_lost) != 0)
		told_clear(&talk.told);
	told_clear(&talk.told);
	assert_int_equal(
	    rtnl_dump(talk.rtnl, talk.told.links, &talk.n_lost), 0);
	assert_non_null(strstr(talk.told.text, "+addr 1 " ADDRESS "/8\n"));
	talk_end(&talk);
}

/* What is no netlink socket is refused, and closed. */
static void
takes_rtnetlink_only(void **state)
{
	int pair[2];
	struct fault why = { 0 };

	(void)state;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_null(rtnl_new(pair[0], &why));
	assert_int_equal(why.code, FAULT_KERNEL);
	assert_int_equal(send(pair[1], "", 1, MSG_NOSIGNAL), -1);
	close(pair[1]);
}

/* Whatever others send to the socket is not looked at. */
static void
believes_the_kernel_only(void **state)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	socklen_t len = sizeof(to);
	struct datagram d = { 0 };
	struct talk talk;
	int fd;

	(void)state;
	talk_begin(&talk);
	assert_int_equal(
	    rtnl_dump(talk.rtnl, talk.told.links, &talk.n_lost), 0);
	told_clear(&talk.told);
	assert_int_equal(getsockname(rtnl_events_fd(talk.rtnl),
			     (struct sockaddr *)&to, &len),
	    0);
	to.nl_groups = 0;
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
	put_link(&d, &bridge);
	assert_int_equal(
	    sendto(fd, d.raw, d.len, 0, (struct sockaddr *)&to, sizeof(to)),
	    d.len);
	close(fd);
	assert_int_equal(
	    rtnl_read(talk.rtnl, talk.told.links, &talk.n_lost), 0);
	assert_string_equal(talk.told.text, "");
	talk_end(&talk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hears_what_changes),
		cmocka_unit_test(hears_of_routes),
		cmocka_unit_test(makes_an_overrun_good),
		cmocka_unit_test(takes_rtnetlink_only),
		cmocka_unit_test(believes_the_kernel_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
