/*
 * The gateway's side of the LAN: which links are the LAN, which are its ports,
 * and what is local.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/config.h"
#include "engine/lan.h"
#include "libmud/mem.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static char lan_names[2][LINK_NAME] = { "br0", "lan1" };
static struct config config = { .n_lan = 2, .lan = lan_names };

static struct record_link
link_of(uint32_t ifindex, const char *name, uint32_t master)
{
	struct record_link link = {
		.op = OP_ADD,
		.ifindex = ifindex,
		.master = master,
		.is_bridge = strncmp(name, "br", 2) == 0,
		.is_up = 1,
		.mac = { { 0x02, 0, 0, 0, 1, (uint8_t)ifindex } },
	};

	text_copy(link.name, sizeof(link.name), name);
	return link;
}

static void
tell_link(struct lan *lan, uint32_t ifindex, const char *name, uint32_t master)
{
	struct record_link link = link_of(ifindex, name, master);

	assert_true(lan_link(lan, &link));
}

static void
tell_gone(struct lan *lan, uint32_t ifindex)
{
	struct record_link link = { .op = OP_DELETE, .ifindex = ifindex };

	assert_true(lan_link(lan, &link));
}

static struct record_gateway
gateway_of(uint32_t ifindex, const char *text)
{
	struct record_gateway gateway = { .op = OP_ADD, .ifindex = ifindex };
	struct prefix prefix;
	char addr[ADDR_TEXT];

	text_copy(addr, sizeof(addr), text);
	*strchr(addr, '/') = '\0';
	assert_true(prefix_parse(text, &prefix));
	assert_true(addr_parse(addr, &gateway.addr));
	gateway.len = prefix.len;
	return gateway;
}

static void
tell_address(struct lan *lan, uint32_t ifindex, const char *text)
{
	struct record_gateway gateway = gateway_of(ifindex, text);

	assert_true(lan_gateway(lan, &gateway));
}

/* br0 with ports 3 and 4, lan1 without ports, br9 with port 7 and eth0 that
 * are no LAN. */
static struct lan *
lan_new(void)
{
	struct lan *lan = xcalloc(1, sizeof(*lan));

	memset(lan, 1, sizeof(*lan));
	lan_init(lan, &config);
	tell_link(lan, 3, "p3", 2);
	tell_link(lan, 2, "br0", 0);
	tell_link(lan, 4, "p4", 2);
	tell_link(lan, 5, "lan1", 0);
	tell_link(lan, 6, "br9", 0);
	tell_link(lan, 7, "p7", 6);
	tell_link(lan, 8, "eth0", 0);
	return lan;
}

static void
knows_lan_and_ports(void **state)
{
	static const struct {
		uint32_t ifindex;
		bool is_lan, is_port;
		uint32_t lan; /* of the port; 0: none */
	} cases[] = {
		{ 2, true, false, 2 },
		{ 3, false, true, 2 },
		{ 4, false, true, 2 },
		{ 5, true, true, 5 },
		{ 6, false, false, 0 },
		{ 7, false, false, 0 },
		{ 8, false, false, 0 },
	};
	struct lan *lan = lan_new();

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct lan_link *at = lan_find(lan, cases[i].ifindex);
		const struct lan_link *of = lan_of_port(lan, cases[i].ifindex);

		assert_non_null(at);
		if (at->is_lan != cases[i].is_lan ||
		    at->is_port != cases[i].is_port ||
		    (of == NULL ? 0 : of->link.ifindex) != cases[i].lan)
			fail_msg("link %u", cases[i].ifindex);
	}
	assert_null(lan_find(lan, 9));
	assert_null(lan_of_port(lan, 9));
	assert_ptr_equal(lan_find_name(lan, "p4"), lan_find(lan, 4));
	assert_ptr_equal(lan_find_name(lan, "br0"), lan_find(lan, 2));
	assert_null(lan_find_name(lan, "p"));
	free(lan);
}

static void
follows_changes(void **state)
{
	struct lan *lan = lan_new();

	(void)state;
	assert_true(lan->links_changed);
	lan_find(lan, 3)->is_captured = true;
	/* A port that leaves its bridge is one no more. */
	lan->links_changed = false;
	tell_link(lan, 3, "p3", 0);
	assert_true(lan->links_changed);
	assert_false(lan_find(lan, 3)->is_port);
	assert_false(lan_find(lan, 3)->is_captured);
	tell_link(lan, 3, "p3", 2);
	assert_true(lan_find(lan, 3)->is_port);
	/* Renamed: the LAN is what has the name. */
	tell_link(lan, 2, "br1", 0);
	assert_false(lan_find(lan, 2)->is_lan);
	assert_false(lan_find(lan, 3)->is_port);
	tell_link(lan, 2, "br0", 0);
	/* Gone: only one that the kernel had is remembered. */
	tell_gone(lan, 5);
	assert_null(lan_find(lan, 5));
	assert_int_equal(lan->n_gone, 0);
	lan_find(lan, 2)->is_installed = true;
	tell_gone(lan, 2);
	assert_int_equal(lan->n_gone, 1);
	assert_int_equal(lan->gone[0], 2);
	assert_null(lan_of_port(lan, 3));
	assert_false(lan_find(lan, 3)->is_port);
	/* What was not there may go, too. */
	tell_gone(lan, 99);
	free(lan);
}

static bool
tell_network(struct lan *lan, enum record_op op, uint32_t ifindex,
    uint32_t is_own, const char *text)
{
	struct record_network network = {
		.op = op,
		.ifindex = ifindex,
		.is_own = is_own,
	};

	if (text != NULL)
		assert_true(prefix_parse(text, &network.prefix));
	return lan_network(lan, &network);
}

/* S-22: what ends in the gateway, and what is routed to the LAN. */
static void
knows_which_networks_are_closed(void **state)
{
	static const struct {
		uint32_t ifindex;
		bool is_closed;
	} cases[] = { { 0, true }, { 2, true }, { 3, false }, { 5, true },
		{ 6, false }, { 8, false }, { 99, false } };
	struct lan *lan = lan_new();

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_true(tell_network(
		    lan, OP_ADD, cases[i].ifindex, 0, "192.0.2.0/24"));
		assert_int_equal(lan->n_networks, i + 1);
		if (lan_is_closed(lan, &lan->networks[i].network) !=
		    cases[i].is_closed)
			fail_msg("interface %u", cases[i].ifindex);
	}
	free(lan);
}

static void
keeps_networks(void **state)
{
	struct lan *lan = lan_new();

	(void)state;
	assert_true(tell_network(lan, OP_ADD, 2, 0, "192.0.2.0/24"));
	assert_true(tell_network(lan, OP_ADD, 2, 0, "192.0.2.0/24"));
	assert_true(tell_network(lan, OP_ADD, 0, 0, "192.0.2.0/24"));
	assert_true(tell_network(lan, OP_ADD, 0, 1, "192.0.2.0/24"));
	assert_true(tell_network(lan, OP_ADD, 2, 0, "192.0.2.0/25"));
	assert_true(tell_network(lan, OP_ADD, 2, 0, NULL));
	assert_int_equal(lan->n_networks, 5);
	assert_true(tell_network(lan, OP_DELETE, 2, 0, "192.0.2.0/24"));
	assert_true(tell_network(lan, OP_DELETE, 3, 0, "192.0.2.0/25"));
	assert_int_equal(lan->n_networks, 4);
	/* It holds until the next watcher has told all that it knows. */
	lan_restart(lan);
	assert_int_equal(lan->n_networks, 4);
	assert_true(tell_network(lan, OP_ADD, 0, 1, "192.0.2.0/24"));
	lan_links_end(lan);
	assert_int_equal(lan->n_networks, 1);
	assert_int_equal(lan->networks[0].network.is_own, 1);
	free(lan);
}

static void
notes_that_there_are_too_many(void **state)
{
	struct lan *lan = lan_new();
	struct record_network network = { .ifindex = 2 };
	struct record_gateway gateway = gateway_of(2, "10.0.0.1/8");

	(void)state;
	assert_true(prefix_parse("10.0.0.0/32", &network.prefix));
	for (unsigned int i = 0; i < LIMIT_NETWORKS; i++) {
		network.prefix.addr.byte[2] = (uint8_t)(i >> 8);
		network.prefix.addr.byte[3] = (uint8_t)i;
		assert_true(lan_network(lan, &network));
	}
	assert_false(lan->is_partial);
	network.prefix.addr.byte[1] = 1;
	assert_true(lan_network(lan, &network));
	assert_true(lan->is_partial);
	assert_int_equal(lan->n_networks, LIMIT_NETWORKS);

	lan->is_partial = false;
	for (unsigned int i = 0; i < LIMIT_PORTS; i++) {
		gateway.addr.byte[2] = (uint8_t)i;
		assert_true(lan_gateway(lan, &gateway));
	}
	assert_false(lan->is_partial);
	gateway.len = 9; /* the same address in another network */
	assert_true(lan_gateway(lan, &gateway));
	assert_true(lan->is_partial);
	free(lan);
}

static void
refuses_broken_networks(void **state)
{
	struct record_network network = { .op = OP_DELETE + 1 };
	struct lan *lan = lan_new();

	(void)state;
	assert_false(lan_network(lan, &network));
	assert_false(tell_network(lan, OP_ADD, 0, 2, "192.0.2.0/24"));
	assert_false(tell_network(lan, OP_ADD, 2, 1, "192.0.2.0/24"));
	assert_false(tell_network(lan, OP_ADD, 2, 0, "0.0.0.0/0"));
	network = (struct record_network){ .op = OP_ADD };
	assert_true(prefix_parse("192.0.2.0/24", &network.prefix));
	network.prefix.len = 33;
	assert_false(lan_network(lan, &network));
	assert_int_equal(lan->n_networks, 0);
	free(lan);
}

static void
refuses_broken_records(void **state)
{
	struct lan *lan = lan_new();
	struct record_link link;
	struct record_gateway gateway;

	(void)state;
	link = link_of(0, "p9", 0);
	assert_false(lan_link(lan, &link));
	link = link_of(9, "p9", 0);
	link.op = OP_DELETE + 1;
	assert_false(lan_link(lan, &link));
	link = link_of(9, "p9", 0);
	memset(link.name, 'x', sizeof(link.name));
	assert_false(lan_link(lan, &link));
	assert_null(lan_find(lan, 9));

	gateway = gateway_of(2, "192.0.2.1/24");
	gateway.op = OP_DELETE + 1;
	assert_false(lan_gateway(lan, &gateway));
	gateway = gateway_of(2, "192.0.2.1/24");
	gateway.len = 33;
	assert_false(lan_gateway(lan, &gateway));
	gateway = gateway_of(2, "2001:db8::1/64");
	gateway.len = 129;
	assert_false(lan_gateway(lan, &gateway));
	gateway.len = 128;
	assert_true(lan_gateway(lan, &gateway));
	gateway.addr.family = 5;
	assert_false(lan_gateway(lan, &gateway));
	gateway = gateway_of(2, "192.0.2.1/24");
	gateway.addr.byte[15] = 1;
	assert_false(lan_gateway(lan, &gateway));
	assert_int_equal(lan->n_addresses, 1);
	free(lan);
}

static void
ignores_what_does_not_fit(void **state)
{
	struct lan *lan = xcalloc(1, sizeof(*lan));
	char text[32];

	(void)state;
	lan_init(lan, &config);
	for (uint32_t i = 1; i <= LIMIT_PORTS + 1; i++) {
		tell_link(lan, i, "p", 0);
		(void)snprintf(
		    text, sizeof(text), "10.0.%u.%u/24", i / 256, i % 256);
		tell_address(lan, i, text);
	}
	assert_int_equal(lan->n_links, LIMIT_PORTS);
	assert_int_equal(lan->n_addresses, LIMIT_PORTS);
	assert_null(lan_find(lan, LIMIT_PORTS + 1));
	/* What is known can still change, and make room. */
	tell_link(lan, 1, "br0", 0);
	assert_true(lan_find(lan, 1)->is_lan);
	tell_gone(lan, 2);
	tell_link(lan, LIMIT_PORTS + 1, "p", 0);
	assert_non_null(lan_find(lan, LIMIT_PORTS + 1));
	/* So many that went, and not one more, are remembered. */
	for (uint32_t i = 1; i <= LIMIT_PORTS; i++) {
		tell_link(lan, 1, "br0", 0);
		lan_find(lan, 1)->is_installed = true;
		tell_gone(lan, 1);
	}
	tell_link(lan, 1, "br0", 0);
	lan_find(lan, 1)->is_installed = true;
	tell_gone(lan, 1);
	assert_int_equal(lan->n_gone, LIMIT_PORTS);
	free(lan);
}

static void
knows_its_own_addresses(void **state)
{
	struct lan *lan = lan_new();
	struct mac own = { { 0x02, 0, 0, 0, 1, 8 } };
	struct mac other = { { 0x02, 0, 0, 0, 1, 9 } };
	struct record_gateway gateway = gateway_of(8, "203.0.113.7/24");
	struct addr addr;

	(void)state;
	assert_true(lan_is_own_mac(lan, &own));
	assert_false(lan_is_own_mac(lan, &other));
	lan->addresses_changed = false;
	assert_true(lan_gateway(lan, &gateway));
	assert_true(lan->addresses_changed);
	assert_true(lan_is_own_addr(lan, &gateway.addr));
	assert_true(addr_parse("203.0.113.8", &addr));
	assert_false(lan_is_own_addr(lan, &addr));
	/* The same again is the same; in another network it is another one,
	 * and may go while the first stays. */
	assert_true(lan_gateway(lan, &gateway));
	assert_int_equal(lan->n_addresses, 1);
	gateway.len = 25;
	assert_true(lan_gateway(lan, &gateway));
	assert_int_equal(lan->n_addresses, 2);
	gateway.op = OP_DELETE;
	assert_true(lan_gateway(lan, &gateway));
	assert_int_equal(lan->n_addresses, 1);
	assert_int_equal(lan->addresses[0].len, 24);
	gateway.op = OP_ADD;
	gateway.len = 24;
	/* Of another interface it is another one. */
	gateway.ifindex = 2;
	assert_true(lan_gateway(lan, &gateway));
	assert_int_equal(lan->n_addresses, 2);
	gateway.op = OP_DELETE;
	assert_true(lan_gateway(lan, &gateway));
	assert_int_equal(lan->n_addresses, 1);
	assert_int_equal(lan->addresses[0].ifindex, 8);
	assert_true(lan_gateway(lan, &gateway));
	assert_int_equal(lan->n_addresses, 1);
	free(lan);
}

static bool
has_addr(const struct addr *list, size_t n, const char *text)
{
	struct addr addr;

	assert_true(addr_parse(text, &addr));
	for (size_t i = 0; i < n; i++)
		if (addr_equal(&list[i], &addr))
			return true;
	return false;
}

static void
says_what_is_local(void **state)
{
	static const struct {
		const char *text;
		bool is_self, is_server;
	} cases[] = {
		{ "192.168.77.1", true, true },
		{ "192.168.77.255", true, false },
		{ "10.9.0.1", true, true },
		{ "10.9.0.3", true, false }, /* of a /30 */
		{ "10.9.1.0", true, true },
		{ "10.9.1.1", false, false }, /* a /31 has none */
		{ "fe80::1", true, true },
		{ "203.0.113.7", true, false },
		{ "203.0.113.255", false, false }, /* not of the LAN */
		{ "192.168.77.2", false, false },
	};
	struct prefix locals[LIMIT_LOCALS];
	struct addr selves[16], servers[16];
	struct lan *lan = lan_new();
	size_t n_selves, n_servers;
	char text[PREFIX_TEXT];

	(void)state;
	tell_address(lan, 2, "fe80::1/64");
	tell_address(lan, 2, "192.168.77.1/24");
	tell_address(lan, 5, "10.9.0.1/30");
	tell_address(lan, 5, "10.9.1.0/31");
	tell_address(lan, 5, "192.168.77.1/24");
	tell_address(lan, 8, "203.0.113.7/24");
	tell_address(lan, 99, "198.51.100.1/24");
	n_selves = lan_selves(lan, selves, LENGTH(selves));
	n_servers = lan_servers(lan, servers, LENGTH(servers));
	for (size_t i = 0; i < LENGTH(cases); i++)
		if (has_addr(selves, n_selves, cases[i].text) !=
			cases[i].is_self ||
		    has_addr(servers, n_servers, cases[i].text) !=
			cases[i].is_server)
			fail_msg("%s", cases[i].text);
	/* Each once, and no more than fit. */
	assert_int_equal(n_servers, 4);
	assert_int_equal(n_selves, 8);
	assert_int_equal(lan_selves(lan, selves, 2), 2);
	assert_int_equal(lan_servers(lan, servers, 1), 1);
	/* Two link-local ones, then the LAN's. */
	assert_int_equal(lan_locals(lan, locals), 6);
	assert_string_equal(prefix_text(&locals[0], text), "169.254.0.0/16");
	assert_string_equal(prefix_text(&locals[1], text), "fe80::/10");
	assert_string_equal(prefix_text(&locals[2], text), "fe80::/64");
	assert_string_equal(prefix_text(&locals[3], text), "192.168.77.0/24");
	free(lan);
}

static void
knows_what_a_server_may_lend(void **state)
{
	static const struct {
		uint32_t port;
		const char *text;
		bool ok;
	} cases[] = {
		{ 3, "192.168.77.10", true },
		{ 4, "192.168.77.254", true },
		{ 2, "192.168.77.10", true },
		{ 3, "192.168.77.1", false },   /* the gateway's */
		{ 3, "192.168.77.0", false },   /* the network's first, */
		{ 3, "192.168.77.255", false }, /* and last */
		{ 3, "192.168.78.10", false },
		{ 3, "10.9.0.2", false }, /* of another interface */
		{ 5, "10.9.0.2", true },
		{ 5, "10.9.0.3", false },
		{ 5, "10.9.1.1", true }, /* a /31 has no such */
		{ 5, "203.0.113.7", false },
		{ 5, "224.0.0.1", false },
		{ 8, "198.51.100.2", false }, /* no LAN */
		{ 99, "192.168.77.10", false },
	};
	struct lan *lan = lan_new();

	(void)state;
	tell_address(lan, 2, "192.168.77.1/24");
	tell_address(lan, 5, "10.9.0.1/30");
	tell_address(lan, 5, "10.9.1.0/31");
	tell_address(lan, 7, "203.0.113.7/24");
	tell_address(lan, 8, "198.51.100.1/24");
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct addr addr;

		assert_true(addr_parse(cases[i].text, &addr));
		if (lan_may_lend(lan, cases[i].port, &addr) != cases[i].ok)
			fail_msg("%s", cases[i].text);
	}
	/* Two networks on one wire. */
	tell_address(lan, 2, "192.168.78.1/24");
	{
		struct addr addr;

		assert_true(addr_parse("192.168.78.10", &addr));
		assert_true(lan_may_lend(lan, 3, &addr));
		assert_true(addr_parse("192.168.77.10", &addr));
		assert_true(lan_may_lend(lan, 3, &addr));
	}
	free(lan);
}

/* Behind his port, if that is known; else of any network of the LAN's. */
static void
knows_what_somebody_may_keep(void **state)
{
	static const struct {
		uint32_t port;
		const char *text;
		bool ok;
	} cases[] = {
		{ 3, "192.168.77.10", true }, { 3, "10.9.0.2", false },
		{ 5, "10.9.0.2", true }, { 0, "192.168.77.10", true },
		{ 0, "10.9.0.2", true },
		{ 99, "10.9.0.2", true }, /* its port is gone */
		{ 0, "192.168.77.1", false }, { 0, "192.168.77.255", false },
		{ 0, "198.51.100.2", false }, /* no LAN */
	};
	struct lan *lan = lan_new();

	(void)state;
	tell_address(lan, 2, "192.168.77.1/24");
	tell_address(lan, 5, "10.9.0.1/30");
	tell_address(lan, 8, "198.51.100.1/24");
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct addr addr;

		assert_true(addr_parse(cases[i].text, &addr));
		if (lan_may_keep(lan, cases[i].port, &addr) != cases[i].ok)
			fail_msg("port %u: %s", cases[i].port, cases[i].text);
	}
	free(lan);
}

static void
has_only_so_many_local_networks(void **state)
{
	struct prefix configured[2], locals[LIMIT_LOCALS];
	struct config with = config;
	struct lan *lan = lan_new();
	char text[PREFIX_TEXT];

	(void)state;
	assert_true(prefix_parse("172.16.0.0/12", &configured[0]));
	assert_true(prefix_parse("169.254.0.0/16", &configured[1]));
	with.n_local_networks = 2;
	with.local_networks = configured;
	lan->config = &with;
	assert_int_equal(lan_locals(lan, locals), 3);
	assert_string_equal(prefix_text(&locals[2], text), "172.16.0.0/12");
	for (unsigned int i = 0; i < LIMIT_LOCALS; i++) {
		(void)snprintf(text, sizeof(text), "10.%u.0.1/16", i);
		tell_address(lan, 2, text);
	}
	assert_int_equal(lan_locals(lan, locals), LIMIT_LOCALS);
	free(lan);
}

static void
a_watcher_begins_anew(void **state)
{
	struct lan *lan = lan_new();

	(void)state;
	tell_address(lan, 2, "192.168.77.1/24");
	tell_address(lan, 8, "203.0.113.7/24");
	assert_false(lan->is_complete || lan->is_known);
	lan_links_end(lan);
	assert_true(lan->is_complete && lan->is_known);
	assert_int_equal(lan->n_links, 7);
	assert_int_equal(lan->n_addresses, 2);
	lan_find(lan, 2)->is_installed = true;
	lan_find(lan, 5)->is_installed = true;
	lan_find(lan, 3)->is_captured = true;

	/* Until it has told all, what was told holds. */
	lan->links_changed = lan->addresses_changed = false;
	lan_restart(lan);
	assert_true(lan->links_changed && lan->addresses_changed);
	assert_false(lan->is_complete);
	assert_true(lan->is_known);
	assert_false(lan_find(lan, 3)->is_captured);
	assert_true(lan_find(lan, 3)->is_stale);
	assert_int_equal(lan->n_links, 7);
	assert_int_equal(lan->n_addresses, 2);
	tell_link(lan, 2, "br0", 0);
	tell_link(lan, 3, "p3", 2);
	tell_address(lan, 2, "192.168.77.1/24");
	assert_false(lan_find(lan, 3)->is_stale);
	lan->links_changed = lan->addresses_changed = false;
	lan_links_end(lan);
	assert_true(lan->links_changed && lan->addresses_changed);
	assert_int_equal(lan->n_links, 2);
	assert_true(lan_find(lan, 2)->is_installed);
	assert_true(lan_find(lan, 3)->is_port);
	assert_int_equal(lan->n_addresses, 1);
	assert_int_equal(lan->addresses[0].ifindex, 2);
	assert_int_equal(lan->n_gone, 1);
	assert_int_equal(lan->gone[0], 5);
	/* A port whose bridge has gone is none. */
	lan_restart(lan);
	tell_link(lan, 3, "p3", 2);
	lan_links_end(lan);
	assert_false(lan_find(lan, 3)->is_port);
	free(lan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_lan_and_ports),
		cmocka_unit_test(follows_changes),
		cmocka_unit_test(knows_which_networks_are_closed),
		cmocka_unit_test(keeps_networks),
		cmocka_unit_test(notes_that_there_are_too_many),
		cmocka_unit_test(refuses_broken_networks),
		cmocka_unit_test(refuses_broken_records),
		cmocka_unit_test(ignores_what_does_not_fit),
		cmocka_unit_test(knows_its_own_addresses),
		cmocka_unit_test(says_what_is_local),
		cmocka_unit_test(knows_what_a_server_may_lend),
		cmocka_unit_test(knows_what_somebody_may_keep),
		cmocka_unit_test(has_only_so_many_local_networks),
		cmocka_unit_test(a_watcher_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
