/* Dumps of rtnetlink, broken messages, and bounds. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "rtnl_told.h"

/* a dump names what is there; the rest has gone unnoticed. */
static void
makes_good_by_a_dump(void **state)
{
	const struct mac c = { { 2, 0, 0, 0, 1, 3 } };
	struct a_link changed = bridge;
	struct datagram d = { 0 };
	struct told told;

	(void)state;
	told_begin(&told);
	links_resync(told.links);
	put_link(&d, &bridge);
	put_link(&d, &port);
	put_address(&d, RTM_NEWADDR, AF_INET, 24, 2, V4_1, V4_1);
	put_address(&d, RTM_NEWADDR, AF_INET, 24, 3, V4_2, V4_2);
	put_neighbour(&d, RTM_NEWNEIGH, AF_BRIDGE, 3, NUD_PERMANENT, MAC_C, 2);
	feed(&told, &d,
	    BRIDGE_TOLD PORT_TOLD
	    "+addr 2 192.0.2.1/24\n+addr 3 192.0.2.2/24\n");
	told_clear(&told);
	links_settle(told.links);
	assert_string_equal(told.text, "");
	assert_true(links_is_own(told.links, &c));

	links_resync(told.links);
	changed.flags = 0;
	put_link(&d, &changed);
	put_address(&d, RTM_NEWADDR, AF_INET, 24, 2, V4_1, V4_1);
	feed(&told, &d, "+link 2 br-lan 02:00:00:00:01:01 bridge master 0\n");
	assert_true(links_is_own(told.links, &c));
	told_clear(&told);
	links_settle(told.links);
	assert_string_equal(told.text,
	    "-addr 3 192.0.2.2/24\n"
	    "-link 3 lan1 02:00:00:00:01:02 up master 2\n");
	assert_false(links_is_own(told.links, &c));
	links_free(told.links);
}

static void
follows_a_dump(void **state)
{
	const int32_t fine = 0, broken = -EOPNOTSUPP;
	struct links_outcome outcome;
	struct datagram d = { 0 };
	struct told told;

	(void)state;
	told_begin(&told);
	/* Left over from a dump that was given up. */
	begin(&d, NLMSG_DONE, 0, 6);
	append(&d, &broken, sizeof(broken));
	finish(&d);
	put_link(&d, &bridge);
	links_feed(told.links, (struct bytes){ d.raw, d.len }, 7, &outcome);
	assert_false(outcome.is_done);
	assert_string_equal(told.text, "");

	d.len = 0;
	begin(&d, NLMSG_DONE, 0, 7);
	append(&d, &fine, sizeof(fine));
	finish(&d);
	/* What stands behind the end is none of it. */
	put_link(&d, &bridge);
	memcpy(d.raw + d.message + 8, U32(7));
	links_feed(told.links, (struct bytes){ d.raw, d.len }, 7, &outcome);
	assert_true(outcome.is_done);
	assert_false(outcome.is_interrupted);
	assert_int_equal(outcome.error, 0);
	assert_string_equal(told.text, "");

	d.len = 0;
	begin(&d, NLMSG_DONE, NLM_F_DUMP_INTR, 7);
	append(&d, &broken, sizeof(broken));
	finish(&d);
	links_feed(told.links, (struct bytes){ d.raw, d.len }, 7, &outcome);
	assert_true(outcome.is_done);
	assert_true(outcome.is_interrupted);
	assert_int_equal(outcome.error, -EOPNOTSUPP);

	d.len = 0;
	begin(&d, NLMSG_DONE, 0, 7);
	finish(&d);
	links_feed(told.links, (struct bytes){ d.raw, d.len }, 7, &outcome);
	assert_false(outcome.is_done);
	assert_int_equal(outcome.n_bad, 1);

	/* Events carry the number of whoever caused them. */
	d.len = 0;
	put_link(&d, &bridge);
	memcpy(d.raw + 8, U32(5));
	feed(&told, &d, BRIDGE_TOLD);

	begin(&d, NLMSG_ERROR, 0, 7);
	append(&d, &broken, sizeof(broken));
	finish(&d);
	links_feed(told.links, (struct bytes){ d.raw, d.len }, 7, &outcome);
	assert_true(outcome.is_done);
	assert_int_equal(outcome.error, -EOPNOTSUPP);
	links_free(told.links);
}

/* Messages that are not whole are counted, and nothing comes of them. */
static void
refuses_every_cut(void **state)
{
	struct datagram whole = { 0 };
	struct told told;

	(void)state;
	told_begin(&told);
	put_link(&whole, &port);
	for (size_t len = 1; len < whole.len; len++) {
		struct links_outcome outcome;
		struct datagram d = whole;
		uint32_t told_len = (uint32_t)len;

		links_feed(
		    told.links, (struct bytes){ d.raw, len }, 0, &outcome);
		assert_int_equal(outcome.n_bad, 1);
		/* The same with a header that says so. */
		memcpy(d.raw, &told_len, sizeof(told_len));
		links_feed(
		    told.links, (struct bytes){ d.raw, len }, 0, &outcome);
		if (outcome.n_bad == 1)
			assert_string_equal(told.text, "");
		else if (strstr(told.text, "lan1") == NULL)
			fail_msg("%zu: %s", len, told.text);
		told_clear(&told);
		links_free(told.links);
		told_begin(&told);
	}
	links_free(told.links);
}

/* IFA_LOCAL of a size that is not its family's. */
static void
put_odd_address(struct datagram *d, uint8_t family, size_t size)
{
	const struct ifaddrmsg info = {
		.ifa_family = family, .ifa_prefixlen = 8, .ifa_index = 2
	};

	begin(d, RTM_NEWADDR, 0, 0);
	append(d, &info, sizeof(info));
	attr(d, IFA_LOCAL, V6, size);
	finish(d);
}

/* In what put_link writes: the text of the first attribute. */
#define LINK_NAME_AT 36

static void
refuses_malformed_ones(void **state)
{
	static const struct a_link links[] = {
		{ RTM_NEWLINK, 0, 0, UP, "x", NULL, 0, 0, NULL, NULL },
		{ RTM_NEWLINK, 0, -1, UP, "x", NULL, 0, 0, NULL, NULL },
		{ RTM_NEWLINK, 0, 3, UP, NULL, NULL, 0, 0, NULL, NULL },
		{ RTM_NEWLINK, 0, 3, UP, "sixteen-letters!", NULL, 0, 0, NULL,
		    NULL },
	};
	struct datagram d = { 0 };
	struct told told;

	(void)state;
	told_begin(&told);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		put_link(&d, &links[i]);
		assert_int_equal(feed(&told, &d, "").n_bad, 1);
	}
	put_address(&d, RTM_NEWADDR, AF_INET, 33, 2, V4_1, V4_1);
	assert_int_equal(feed(&told, &d, "").n_bad, 1);
	put_address(&d, RTM_NEWADDR, AF_INET6, 129, 2, V6, NULL);
	assert_int_equal(feed(&told, &d, "").n_bad, 1);
	put_address(&d, RTM_NEWADDR, AF_INET, 24, 0, V4_1, V4_1);
	assert_int_equal(feed(&told, &d, "").n_bad, 1);
	put_address(&d, RTM_NEWADDR, AF_INET, 24, 2, NULL, NULL);
	assert_int_equal(feed(&told, &d, "").n_bad, 1);
	put_address(&d, RTM_NEWADDR, AF_UNIX, 24, 2, V6, NULL);
	assert_int_equal(feed(&told, &d, "").n_bad, 1);
	put_neighbour(&d, RTM_NEWNEIGH, AF_BRIDGE, 0, NUD_STALE, MAC_A, 2);
	assert_int_equal(feed(&told, &d, "").n_bad, 1);
	put_odd_address(&d, AF_INET, 16);
	assert_int_equal(feed(&told, &d, "").n_bad, 1);
	put_odd_address(&d, AF_INET6, 4);
	assert_int_equal(feed(&told, &d, "").n_bad, 1);
	/* A name without its NUL, and an attribute past its message. */
	put_link(&d, &bridge);
	d.raw[LINK_NAME_AT + 6] = 'x';
	d.raw[LINK_NAME_AT - 4] = 4 + 6;
	assert_int_equal(feed(&told, &d, "").n_bad, 1);
	put_link(&d, &bridge);
	d.raw[LINK_NAME_AT + 8] = 200;
	assert_int_equal(feed(&told, &d, "").n_bad, 1);
	/* One that is bad does not spoil the next. */
	put_link(&d, &links[0]);
	put_link(&d, &bridge);
	assert_int_equal(feed(&told, &d, BRIDGE_TOLD).n_bad, 1);
	links_free(told.links);
}

static void
has_bounds(void **state)
{
	struct a_link link = port;
	struct links_outcome outcome = { 0 };
	struct datagram d = { 0 };
	struct told told;
	unsigned int n = 0;

	(void)state;
	told_begin(&told);
	for (int i = 1; i <= LINKS_MAX + 1; i++) {
		char expected[80];

		link.index = i;
		snprintf(expected, sizeof(expected),
		    "+link %d lan1 02:00:00:00:01:02 up master 2\n", i);
		put_link(&d, &link);
		outcome = feed(&told, &d, i <= LINKS_MAX ? expected : "");
		n += outcome.n_lost;
	}
	assert_int_equal(n, 1);
	for (uint32_t i = 1; i <= LINKS_ADDRESSES_MAX + 1; i++) {
		put_address(&d, RTM_NEWADDR, AF_INET, 24, i, V4_1, V4_1);
		told_clear(&told);
		links_feed(
		    told.links, (struct bytes){ d.raw, d.len }, 0, &outcome);
		d.len = 0;
		n += outcome.n_lost;
	}
	assert_int_equal(n, 2);
	for (int i = 1; i <= LINKS_OWN_MAX + 1; i++) {
		put_neighbour(
		    &d, RTM_NEWNEIGH, AF_BRIDGE, i, NUD_PERMANENT, MAC_A, 2);
		n += feed(&told, &d, "").n_lost;
	}
	assert_int_equal(n, 3);
	links_free(told.links);

	/* The same one again takes no more room. */
	told_begin(&told);
	for (int i = 0; i <= LINKS_OWN_MAX; i++) {
		put_neighbour(
		    &d, RTM_NEWNEIGH, AF_BRIDGE, 3, NUD_PERMANENT, MAC_A, 2);
		feed(&told, &d, "");
	}
	put_neighbour(&d, RTM_NEWNEIGH, AF_BRIDGE, 4, NUD_PERMANENT, MAC_A, 2);
	assert_int_equal(feed(&told, &d, "").n_lost, 0);
	links_free(told.links);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_good_by_a_dump),
		cmocka_unit_test(follows_a_dump),
		cmocka_unit_test(refuses_every_cut),
		cmocka_unit_test(refuses_malformed_ones),
		cmocka_unit_test(has_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
