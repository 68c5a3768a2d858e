/* Routes as networks (S-22). */
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "libmud/mem.h"
#include "rtnl_told.h"

#define NET4      "\300\0\2\0"
#define PLAIN     RTM_NEWROUTE, 0, AF_INET, 24
#define COUNT(of) (sizeof(of) / sizeof((of)[0]))

/* clang-format off */
static const struct {
	struct a_route route;
	const char *told;
} kinds[] = {
	{ { PLAIN, RTN_UNICAST, NET4, 2, 0, 0 }, "+net 2 192.0.2.0/24\n" },
	{ { PLAIN, RTN_UNICAST, V4_1, 2, 0, 0 }, "+net 2 192.0.2.0/24\n" },
	{ { PLAIN, RTN_UNREACHABLE, NET4, 0, 0, 0 },
		"+net 0 192.0.2.0/24\n" },
	{ { PLAIN, RTN_BLACKHOLE, NET4, 0, 0, 0 }, "+net 0 192.0.2.0/24\n" },
	{ { PLAIN, RTN_PROHIBIT, NET4, 1, 0, 0 }, "+net 0 192.0.2.0/24\n" },
	{ { PLAIN, RTN_LOCAL, NET4, 1, 0, 0 },
		"+net 0 own 192.0.2.0/24\n" },
	{ { PLAIN, RTN_ANYCAST, NET4, 3, 0, 0 },
		"+net 0 own 192.0.2.0/24\n" },
	{ { RTM_NEWROUTE, 0, AF_INET6, 56, RTN_UNREACHABLE, V6, 1, 1024, 0 },
		"+net 0 2001:db8::/56\n" },
	/* these say nothing */
	{ { PLAIN, RTN_BROADCAST, NET4, 2, 0, 0 }, "" },
	{ { PLAIN, RTN_MULTICAST, NET4, 2, 0, 0 }, "" },
	{ { PLAIN, RTN_THROW, NET4, 2, 0, 0 }, "" },
	{ { PLAIN, RTN_UNICAST, NET4, 0, 0, 0 }, "" },
	{ { RTM_NEWROUTE, 0, AF_INET, 0, RTN_UNICAST, NULL, 2, 0, 0 }, "" },
	{ { RTM_NEWROUTE, 0, AF_INET6, 0, RTN_UNREACHABLE, NULL, 0, 0, 0 },
		"" },
	{ { RTM_NEWROUTE, 0, AF_INET, 0, RTN_LOCAL, NULL, 1, 0, 0 }, "" },
	{ { RTM_NEWROUTE, 0, AF_MPLS, 20, RTN_UNICAST, NULL, 2, 0, 0 }, "" },
	{ { RTM_DELROUTE, 0, AF_INET, 24, RTN_UNICAST, NET4, 2, 0, 0 }, "" },
};
/* clang-format on */

static void
knows_the_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct datagram d = { 0 };
		struct told told;

		told_begin(&told);
		put_route(&d, &kinds[i].route);
		assert_int_equal(feed(&told, &d, kinds[i].told).n_bad, 0);
		links_free(told.links);
	}
}

static void
refuses_what_is_malformed(void **state)
{
	static const struct a_route bad[] = {
		{ PLAIN, RTN_UNICAST, NULL, 2, 0, 0 },
		{ RTM_NEWROUTE, 0, AF_INET, 33, RTN_UNICAST, NET4, 2, 0, 0 },
	};
	struct datagram d = { 0 };
	struct told told;

	(void)state;
	told_begin(&told);
	for (size_t i = 0; i < COUNT(bad); i++) {
		put_route(&d, &bad[i]);
		assert_int_equal(feed(&told, &d, "").n_bad, 1);
	}
	links_free(told.links);
}

static void
follows_changes(void **state)
{
	struct a_route a = { PLAIN, RTN_UNICAST, NET4, 2, 0, 0 }, b = a;
	struct datagram d = { 0 };
	struct told told;

	(void)state;
	told_begin(&told);
	put_route(&d, &a);
	feed(&told, &d, "+net 2 192.0.2.0/24\n");
	/* The same in another table is no news, nor that one of them goes. */
	b.table = 1000;
	put_route(&d, &b);
	feed(&told, &d, "");
	a.type = RTM_DELROUTE;
	put_route(&d, &a);
	feed(&told, &d, "");
	/* It leads elsewhere now; nobody says that the old one has gone. */
	b.flags = NLM_F_REPLACE;
	b.oif = 3;
	put_route(&d, &b);
	feed(&told, &d, "-net 2 192.0.2.0/24\n+net 3 192.0.2.0/24\n");
	b.type = RTM_DELROUTE;
	b.flags = 0;
	put_route(&d, &b);
	feed(&told, &d, "-net 3 192.0.2.0/24\n");
	links_free(told.links);
}

/* The kernel does not tell of routes that go with their interface. */
static void
forgets_those_of_a_link(void **state)
{
	const struct a_route by_bridge = { PLAIN, RTN_UNICAST, NET4, 2, 0, 0 };
	const struct a_route by_port = { PLAIN, RTN_UNICAST, NET4, 3, 0, 0 };
	struct a_link down = bridge, gone = port;
	struct datagram d = { 0 };
	struct told told;

	(void)state;
	told_begin(&told);
	put_link(&d, &bridge);
	put_link(&d, &port);
	put_route(&d, &by_bridge);
	put_route(&d, &by_port);
	feed(&told, &d,
	    BRIDGE_TOLD PORT_TOLD "+net 2 192.0.2.0/24\n+net 3 192.0.2.0/24\n");
	down.flags = 0;
	put_link(&d, &down);
	feed(&told, &d,
	    "-net 2 192.0.2.0/24\n"
	    "+link 2 br-lan 02:00:00:00:01:01 bridge master 0\n");
	gone.type = RTM_DELLINK;
	put_link(&d, &gone);
	feed(&told, &d,
	    "-net 3 192.0.2.0/24\n"
	    "-link 3 lan1 02:00:00:00:01:02 up master 2\n");
	links_free(told.links);
}

static void
put_ways(struct datagram *d, const void *ways, size_t len)
{
	const struct rtmsg info = { .rtm_family = AF_INET,
		.rtm_dst_len = 24,
		.rtm_type = RTN_UNICAST };

	begin(d, RTM_NEWROUTE, 0, 0);
	append(d, &info, sizeof(info));
	attr(d, RTA_DST, RAW(NET4));
	attr(d, RTA_MULTIPATH, ways, len);
	finish(d);
}

static void
takes_all_ways_of_a_route(void **state)
{
	struct rtnexthop ways[3] = {
		{ .rtnh_len = sizeof(ways[0]), .rtnh_ifindex = 2 },
		{ .rtnh_len = sizeof(ways[0]), .rtnh_ifindex = 0 },
		{ .rtnh_len = sizeof(ways[0]), .rtnh_ifindex = 3 },
	};
	struct datagram d = { 0 };
	struct told told;

	(void)state;
	told_begin(&told);
	put_ways(&d, ways, sizeof(ways));
	feed(&told, &d, "+net 2 192.0.2.0/24\n+net 3 192.0.2.0/24\n");
	links_free(told.links);

	told_begin(&told);
	put_ways(&d, ways, sizeof(ways[0]) - 1);
	assert_int_equal(feed(&told, &d, "").n_bad, 1);
	ways[0].rtnh_len = sizeof(ways[0]) - 1;
	put_ways(&d, ways, sizeof(ways));
	assert_int_equal(feed(&told, &d, "").n_bad, 1);
	ways[0].rtnh_len = sizeof(ways) + 1;
	put_ways(&d, ways, sizeof(ways));
	assert_int_equal(feed(&told, &d, "").n_bad, 1);
	links_free(told.links);
}

/* Feeds n routes, each to a network of its own. */
static void
flood(struct told *told, unsigned int n, uint8_t kind, uint32_t oif,
    unsigned char second)
{
	for (unsigned int i = 0; i < n; i++) {
		const char dst[4] = { 10, (char)second, (char)(i >> 8),
			(char)i };
		const struct a_route route = { RTM_NEWROUTE, 0, AF_INET, 32,
			kind, dst, oif, 0, 0 };
		struct links_outcome outcome;
		struct datagram d = { 0 };

		put_route(&d, &route);
		links_feed(
		    told->links, (struct bytes){ d.raw, d.len }, 0, &outcome);
		assert_int_equal(outcome.n_bad, 0);
	}
}

static void
says_where_there_are_too_many(void **state)
{
	const struct a_route other = { PLAIN, RTN_UNICAST, NET4, 3, 0, 0 };
	struct datagram d = { 0 };
	struct told *told = xcalloc(1, sizeof(*told));

	(void)state;
	told_begin(told);
	links_resync(told->links);
	flood(told, LIMIT_LINK_ROUTES, RTN_UNICAST, 2, 0);
	assert_null(strstr(told->text, "crowd"));
	/* One more: none of them is kept, and more are no news. */
	told_clear(told);
	flood(told, 1, RTN_UNICAST, 2, 1);
	assert_non_null(strstr(told->text, "-net 2 10.0.1.255/32\n"));
	told_clear(told);
	flood(told, LIMIT_LINK_ROUTES, RTN_UNICAST, 2, 2);
	assert_string_equal(told->text, "");
	put_route(&d, &other);
	feed(told, &d, "+net 3 192.0.2.0/24\n");
	told_clear(told);
	links_settle(told->links);
	assert_string_equal(told->text, "");
	/* A dump with fewer sets it right. */
	links_resync(told->links);
	put_route(&d, &other);
	feed(told, &d, "");
	flood(told, 1, RTN_UNICAST, 2, 0);
	assert_string_equal(told->text, "+net 2 10.0.0.0/32\n");
	told_clear(told);
	links_settle(told->links);
	assert_string_equal(told->text, "-net 2 crowd\n");
	links_free(told->links);
	free(told);
}

static void
has_a_bound_over_all(void **state)
{
	struct told *told = xcalloc(1, sizeof(*told));
	unsigned int links = LIMIT_NETWORKS / LIMIT_LINK_ROUTES;

	(void)state;
	told_begin(told);
	for (uint32_t i = 1; i < links; i++)
		flood(told, LIMIT_LINK_ROUTES, RTN_UNICAST, i, 0);
	flood(told, LIMIT_LINK_ROUTES - 1, RTN_UNICAST, links, 0);
	told_clear(told);
	/* The last place stands for all that found none. */
	flood(told, 1, RTN_BLACKHOLE, 0, 1);
	assert_string_equal(told->text, "+net 0 crowd\n");
	told_clear(told);
	flood(told, 2, RTN_UNICAST, links + 1, 1);
	flood(told, 2, RTN_LOCAL, 0, 1);
	assert_string_equal(told->text, "");
	links_free(told->links);
	free(told);
}

/* Routes that change while they are dumped. */
static void
says_that_some_may_be_missing(void **state)
{
	struct told told;

	(void)state;
	told_begin(&told);
	links_resync(told.links);
	links_doubt_routes(told.links);
	links_settle(told.links);
	assert_string_equal(told.text, "+net 0 crowd\n");
	told_clear(&told);
	links_resync(told.links);
	links_settle(told.links);
	assert_string_equal(told.text, "-net 0 crowd\n");
	links_free(told.links);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_kinds),
		cmocka_unit_test(refuses_what_is_malformed),
		cmocka_unit_test(follows_changes),
		cmocka_unit_test(forgets_those_of_a_link),
		cmocka_unit_test(takes_all_ways_of_a_route),
		cmocka_unit_test(says_where_there_are_too_many),
		cmocka_unit_test(has_a_bound_over_all),
		cmocka_unit_test(says_that_some_may_be_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
