/* rtnetlink messages as the kernel sends them, and what comes out of each. */
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

/* Each against a machine with the bridge and its port. */
static const struct {
	const char *name;
	struct a_link link;
	const char *told;
} link_cases[] = {
	/* clang-format off */
	{ "the same again", { RTM_NEWLINK, 0, 3, UP, "lan1", MAC_B, 2, 0, NULL,
	    "bridge" }, "" },
	{ "down", { RTM_NEWLINK, 0, 3, 0, "lan1", MAC_B, 2, 0, NULL, "bridge" },
	    "+link 3 lan1 02:00:00:00:01:02 master 2\n" },
	{ "no carrier", { RTM_NEWLINK, 0, 3, IFF_UP, "lan1", MAC_B, 2, 0, NULL,
	    "bridge" }, "+link 3 lan1 02:00:00:00:01:02 master 2\n" },
	{ "carrier, but down", { RTM_NEWLINK, 0, 3, IFF_RUNNING, "lan1", MAC_B,
	    2, 0, NULL, "bridge" }, "+link 3 lan1 02:00:00:00:01:02 master 2\n" },
	{ "renamed", { RTM_NEWLINK, 0, 3, UP, "tv", MAC_B, 2, 0, NULL,
	    "bridge" }, "+link 3 tv 02:00:00:00:01:02 up master 2\n" },
	{ "left the bridge", { RTM_NEWLINK, 0, 3, UP, "lan1", MAC_B, 0, 0, NULL,
	    NULL }, "+link 3 lan1 02:00:00:00:01:02 up master 0\n" },
	{ "port of a bond", { RTM_NEWLINK, 0, 3, UP, "lan1", MAC_B, 2, 0, NULL,
	    "bond" }, "+link 3 lan1 02:00:00:00:01:02 up master 0\n" },
	{ "a bond", { RTM_NEWLINK, 0, 9, UP, "bond0", MAC_B, 0, 0, "bond",
	    NULL }, "+link 9 bond0 02:00:00:00:01:02 up master 0\n" },
	{ "kind begins alike", { RTM_NEWLINK, 0, 9, UP, "b", MAC_B, 0, 0,
	    "bridgex", NULL }, "+link 9 b 02:00:00:00:01:02 up master 0\n" },
	{ "kind as long", { RTM_NEWLINK, 0, 9, UP, "b", MAC_B, 0, 0, "ipvlan",
	    NULL }, "+link 9 b 02:00:00:00:01:02 up master 0\n" },
	{ "no MAC", { RTM_NEWLINK, 0, 9, UP, "tun0", NULL, 0, 0, "tun", NULL },
	    "+link 9 tun0 00:00:00:00:00:00 up master 0\n" },
	{ "gone", { RTM_DELLINK, 0, 3, 0, "lan1", MAC_B, 0, 0, NULL, NULL },
	    "-link 3 lan1 02:00:00:00:01:02 up master 2\n" },
	{ "gone that never was", { RTM_DELLINK, 0, 9, 0, "x", MAC_B, 0, 0, NULL,
	    NULL }, "" },
	{ "out of the bridge's family", { RTM_DELLINK, AF_BRIDGE, 3, 0, "lan1",
	    MAC_B, 2, 0, NULL, NULL }, "" },
	{ "the bridge's own word", { RTM_NEWLINK, AF_BRIDGE, 3, 0, "lan1",
	    MAC_B, 2, 0, NULL, NULL }, "" },
	/* clang-format on */
};

static void
tells_links(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(link_cases) / sizeof(link_cases[0]);
	     i++) {
		struct datagram d = { 0 };
		struct links_outcome outcome;
		struct told told;

		told_begin(&told);
		put_link(&d, &bridge);
		put_link(&d, &port);
		feed(&told, &d, BRIDGE_TOLD PORT_TOLD);
		put_link(&d, &link_cases[i].link);
		outcome = feed(&told, &d, link_cases[i].told);
		assert_int_equal(outcome.n_bad, 0);
		links_free(told.links);
	}
	links_free(NULL);
}

/* What a later kernel adds is skipped. */
static void
skips_unknown_attributes(void **state)
{
	const struct ifinfomsg info = { .ifi_index = 3 };
	struct datagram d = { 0 };
	struct told told;

	(void)state;
	told_begin(&told);
	begin(&d, 999, 0, 0);
	finish(&d);
	begin(&d, RTM_NEWLINK, 0, 0);
	append(&d, &info, sizeof(info));
	for (uint16_t type = IFLA_LINK_NETNSID + 1; type < 200; type++)
		attr(&d, type, RAW("xxxx"));
	attr(&d, 0x3fff, RAW("xxxx"));
	/* The flags of a type are not part of it. */
	attr(&d, NLA_F_NESTED | IFLA_IFNAME, RAW("lan1\0"));
	finish(&d);
	feed(&told, &d, "+link 3 lan1 00:00:00:00:00:00 master 0\n");
	links_free(told.links);
}

/* Wireless extensions send a link with little but its name in it. */
static void
passes_over_wireless_events(void **state)
{
	const struct ifinfomsg info = { .ifi_index = 3 };
	struct datagram d = { 0 };
	struct told told;

	(void)state;
	told_begin(&told);
	put_link(&d, &port);
	feed(&told, &d, PORT_TOLD);
	begin(&d, RTM_NEWLINK, 0, 0);
	append(&d, &info, sizeof(info));
	attr(&d, IFLA_IFNAME, RAW("lan1\0"));
	attr(&d, IFLA_WIRELESS, RAW("\0\0\0\0"));
	finish(&d);
	feed(&told, &d, "");
	links_free(told.links);
}

static void
tells_addresses(void **state)
{
	struct datagram d = { 0 };
	struct told told;

	(void)state;
	told_begin(&told);
	put_address(&d, RTM_NEWADDR, AF_INET, 24, 2, V4_1, V4_1);
	feed(&told, &d, "+addr 2 192.0.2.1/24\n");
	/* The kernel repeats itself when a lifetime changes. */
	put_address(&d, RTM_NEWADDR, AF_INET, 24, 2, V4_1, V4_1);
	feed(&told, &d, "");
	put_address(&d, RTM_NEWADDR, AF_INET, 25, 2, V4_1, V4_1);
	feed(&told, &d, "+addr 2 192.0.2.1/25\n");
	put_address(&d, RTM_NEWADDR, AF_INET, 24, 3, V4_1, V4_1);
	feed(&told, &d, "+addr 3 192.0.2.1/24\n");
	put_address(&d, RTM_NEWADDR, AF_INET, 24, 2, V4_2, V4_2);
	feed(&told, &d, "+addr 2 192.0.2.2/24\n");
	/* Of a point-to-point link, the address is ours, the prefix is not. */
	put_address(&d, RTM_NEWADDR, AF_INET, 24, 4, V4_2, V4_1);
	feed(&told, &d, "+addr 4 192.0.2.1/32\n");
	put_address(&d, RTM_NEWADDR, AF_INET6, 64, 2, V6, NULL);
	feed(&told, &d, "+addr 2 2001:db8::1/64\n");
	put_address(&d, RTM_DELADDR, AF_INET6, 64, 2, V6, NULL);
	feed(&told, &d, "-addr 2 2001:db8::1/64\n");
	put_address(&d, RTM_DELADDR, AF_INET6, 64, 2, V6, NULL);
	feed(&told, &d, "");
	put_address(&d, RTM_DELADDR, AF_INET, 24, 2, V4_1, V4_1);
	feed(&told, &d, "-addr 2 192.0.2.1/24\n");
	links_free(told.links);
}

/* On a machine with the bridge 2, its port 3, the VLAN interface 4 on the
 * bridge, the plain interface 6 and a VLAN interface 5 on that. */
static const struct {
	const char *name;
	uint16_t type;
	uint8_t family;
	int ifindex;
	uint16_t nud;
	const char *mac;
	uint32_t master;
	const char *told;
} neighbours[] = {
	/* clang-format off */
	{ "learnt", RTM_NEWNEIGH, AF_BRIDGE, 3, NUD_REACHABLE, MAC_A, 2,
	    "port 3 02:00:00:00:01:01\n" },
	{ "learnt long ago", RTM_NEWNEIGH, AF_BRIDGE, 3, NUD_STALE, MAC_A, 2,
	    "port 3 02:00:00:00:01:01\n" },
	{ "static", RTM_NEWNEIGH, AF_BRIDGE, 3, NUD_NOARP, MAC_A, 2,
	    "port 3 02:00:00:00:01:01\n" },
	{ "aged out", RTM_DELNEIGH, AF_BRIDGE, 3, NUD_STALE, MAC_A, 2,
	    "aged 3 02:00:00:00:01:01\n" },
	{ "local", RTM_NEWNEIGH, AF_BRIDGE, 3, NUD_PERMANENT, MAC_A, 2, "" },
	{ "a card's filter", RTM_NEWNEIGH, AF_BRIDGE, 3, NUD_REACHABLE, MAC_A,
	    0, "" },
	{ "no address", RTM_NEWNEIGH, AF_BRIDGE, 3, NUD_REACHABLE, NULL, 2, "" },
	{ "plain", RTM_NEWNEIGH, AF_INET, 6, NUD_REACHABLE, MAC_A, 0,
	    "near 6 02:00:00:00:01:01\n" },
	{ "plain, v6", RTM_NEWNEIGH, AF_INET6, 6, NUD_STALE, MAC_A, 0,
	    "near 6 02:00:00:00:01:01\n" },
	{ "behind the bridge", RTM_NEWNEIGH, AF_INET, 2, NUD_DELAY, MAC_A, 0,
	    "near 0 02:00:00:00:01:01\n" },
	{ "behind its VLAN", RTM_NEWNEIGH, AF_INET, 4, NUD_PROBE, MAC_A, 0,
	    "near 0 02:00:00:00:01:01\n" },
	{ "VLAN on a plain one", RTM_NEWNEIGH, AF_INET, 5, NUD_REACHABLE, MAC_A,
	    0, "near 5 02:00:00:00:01:01\n" },
	{ "unknown interface", RTM_NEWNEIGH, AF_INET, 9, NUD_REACHABLE, MAC_A,
	    0, "near 9 02:00:00:00:01:01\n" },
	{ "by hand", RTM_NEWNEIGH, AF_INET, 6, NUD_PERMANENT, MAC_A, 0,
	    "near 6 02:00:00:00:01:01\n" },
	{ "did not answer", RTM_NEWNEIGH, AF_INET, 6, NUD_FAILED, MAC_A, 0, "" },
	{ "being asked", RTM_NEWNEIGH, AF_INET, 6, NUD_INCOMPLETE, MAC_A, 0,
	    "" },
	{ "multicast", RTM_NEWNEIGH, AF_INET, 6, NUD_NOARP, MAC_A, 0, "" },
	{ "forgotten", RTM_DELNEIGH, AF_INET, 6, NUD_STALE, MAC_A, 0, "" },
	/* clang-format on */
};

static void
tells_neighbours(void **state)
{
	static const struct a_link others[] = {
		{ RTM_NEWLINK, 0, 4, UP, "br-lan.10", NULL, 0, 2, "vlan",
		    NULL },
		{ RTM_NEWLINK, 0, 6, UP, "lan5", NULL, 0, 0, NULL, NULL },
		{ RTM_NEWLINK, 0, 5, UP, "lan5.10", NULL, 0, 6, "vlan", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(neighbours) / sizeof(neighbours[0]);
	     i++) {
		struct links_outcome outcome;
		struct datagram d = { 0 };
		struct told told;

		told_begin(&told);
		put_link(&d, &bridge);
		put_link(&d, &port);
		put_link(&d, &others[0]);
		put_link(&d, &others[1]);
		put_link(&d, &others[2]);
		links_feed(
		    told.links, (struct bytes){ d.raw, d.len }, 0, &outcome);
		d.len = 0;
		put_neighbour(&d, neighbours[i].type, neighbours[i].family,
		    neighbours[i].ifindex, neighbours[i].nud, neighbours[i].mac,
		    neighbours[i].master);
		outcome = feed(&told, &d, neighbours[i].told);
		if (outcome.n_bad != 0)
			fail_msg("%s", neighbours[i].name);
		links_free(told.links);
	}
}

/* A neighbour that was asked for in vain; one whose entry is removed, or is
 * being asked for, may be there. */
static void
tells_who_does_not_answer(void **state)
{
	static const struct {
		uint16_t type, nud;
		uint8_t family;
		const char *dst;
		size_t len;
		const char *told;
	} cases[] = {
		{ RTM_NEWNEIGH, NUD_FAILED, AF_INET, V4_1, 4,
		    "failed 2 192.0.2.1\n" },
		{ RTM_NEWNEIGH, NUD_FAILED, AF_INET6, V6, 16,
		    "failed 2 2001:db8::1\n" },
		{ RTM_NEWNEIGH, NUD_INCOMPLETE, AF_INET, V4_1, 4, "" },
		{ RTM_NEWNEIGH, NUD_PROBE, AF_INET, V4_1, 4, "" },
		{ RTM_NEWNEIGH, NUD_STALE, AF_INET, V4_1, 4, "" },
		{ RTM_DELNEIGH, NUD_STALE, AF_INET, V4_1, 4, "" },
		/* It was told when it failed. */
		{ RTM_DELNEIGH, NUD_FAILED, AF_INET, V4_1, 4, "" },
		{ RTM_NEWNEIGH, NUD_FAILED, AF_BRIDGE, V4_1, 4, "" },
		{ RTM_NEWNEIGH, NUD_FAILED, AF_INET, V6, 16, "" },
		{ RTM_NEWNEIGH, NUD_FAILED, AF_INET6, V4_1, 4, "" },
		{ RTM_NEWNEIGH, NUD_FAILED, AF_INET, NULL, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ndmsg info = { .ndm_family = cases[i].family,
			.ndm_ifindex = 2,
			.ndm_state = cases[i].nud };
		struct datagram d = { 0 };
		struct told told;

		told_begin(&told);
		begin(&d, cases[i].type, 0, 0);
		append(&d, &info, sizeof(info));
		if (cases[i].dst != NULL)
			attr(&d, NDA_DST, cases[i].dst, cases[i].len);
		finish(&d);
		assert_int_equal(feed(&told, &d, cases[i].told).n_bad, 0);
		links_free(told.links);
	}
}

/* The number of an interface elsewhere may be that of a bridge here. */
static void
minds_other_namespaces(void **state)
{
	const struct ifinfomsg info = { .ifi_index = 7, .ifi_flags = UP };
	struct datagram d = { 0 };
	struct told told;

	(void)state;
	told_begin(&told);
	put_link(&d, &bridge);
	feed(&told, &d, BRIDGE_TOLD);
	begin(&d, RTM_NEWLINK, 0, 0);
	append(&d, &info, sizeof(info));
	attr(&d, IFLA_IFNAME, RAW("veth0\0"));
	attr(&d, IFLA_LINK, U32(2));
	attr(&d, IFLA_LINK_NETNSID, U32(0));
	finish(&d);
	feed(&told, &d, "+link 7 veth0 00:00:00:00:00:00 up master 0\n");
	put_neighbour(&d, RTM_NEWNEIGH, AF_INET, 7, NUD_REACHABLE, MAC_A, 0);
	feed(&told, &d, "near 7 02:00:00:00:01:01\n");
	links_free(told.links);
}

/* S-49 */
static void
knows_its_own(void **state)
{
	const struct mac a = { { 2, 0, 0, 0, 1, 1 } };
	const struct mac b = { { 2, 0, 0, 0, 1, 2 } };
	const struct mac c = { { 2, 0, 0, 0, 1, 3 } };
	struct datagram d = { 0 };
	struct told told;

	(void)state;
	told_begin(&told);
	put_link(&d, &bridge);
	put_neighbour(&d, RTM_DELNEIGH, AF_BRIDGE, 3, NUD_PERMANENT, MAC_B, 2);
	feed(&told, &d, BRIDGE_TOLD);
	assert_true(links_is_own(told.links, &a));
	assert_false(links_is_own(told.links, &b));
	put_neighbour(&d, RTM_NEWNEIGH, AF_BRIDGE, 3, NUD_PERMANENT, MAC_B, 2);
	put_neighbour(&d, RTM_NEWNEIGH, AF_BRIDGE, 4, NUD_PERMANENT, MAC_B, 2);
	put_neighbour(&d, RTM_NEWNEIGH, AF_BRIDGE, 4, NUD_PERMANENT, MAC_B, 2);
	feed(&told, &d, "");
	assert_true(links_is_own(told.links, &b));
	assert_false(links_is_own(told.links, &c));
	put_neighbour(&d, RTM_DELNEIGH, AF_BRIDGE, 4, NUD_PERMANENT, MAC_B, 2);
	feed(&told, &d, "");
	assert_true(links_is_own(told.links, &b));
	put_neighbour(&d, RTM_DELNEIGH, AF_BRIDGE, 3, NUD_PERMANENT, MAC_B, 2);
	feed(&told, &d, "");
	assert_false(links_is_own(told.links, &b));
	assert_non_null(links_find(told.links, 2));
	assert_null(links_find(told.links, 3));
	links_free(told.links);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_links),
		cmocka_unit_test(skips_unknown_attributes),
		cmocka_unit_test(passes_over_wireless_events),
		cmocka_unit_test(tells_addresses),
		cmocka_unit_test(tells_neighbours),
		cmocka_unit_test(tells_who_does_not_answer),
		cmocka_unit_test(minds_other_namespaces),
		cmocka_unit_test(knows_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
