/*
 * What the enforcer puts into the kernel, seen by packets: what passes, what
 * does not, and what is counted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libmud/fault.h"
#include "tests/unit/forge.h"
#include "tests/unit/world.h"

static void
packets_obey(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int stolen = gateway_udp(HOST_THING, THING_STOLEN, 5001);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int closed = gateway_udp(HOST_SERVER, SERVER_ADDR, 4001);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR, 4000);
	int dhcp = gateway_udp(HOST_GATEWAY, "0.0.0.0", 67);
	int client = gateway_udp(HOST_THING, THING_STOLEN, 68);
	int coap = gateway_udp(HOST_THING, THING_ADDR, 5683);
	int far = gateway_udp(HOST_SERVER, SERVER_ADDR, 67);

	/* What the policy allows, and only that. */
	assert_true(gateway_connect(HOST_THING, SERVER_ADDR, 443));
	assert_false(gateway_connect(HOST_THING, SERVER_ADDR, 8443));
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4001, closed, 5), 0);
	/* Replies by the mirror; nobody opens towards the Thing. */
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 5), 5);
	assert_int_equal(gateway_pass(closed, THING_ADDR, 5000, thing, 5), 0);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5683, coap, 5), 5);
	assert_int_equal(gateway_pass(coap, SERVER_ADDR, 4000, server, 5), 5);
	/* The gateway itself is no local network. */
	assert_int_equal(
	    gateway_pass(thing, GATEWAY_ADDR, 4000, gateway, 5), 0);
	/* A flow that the gateway opened goes both ways. */
	assert_int_equal(gateway_pass(gateway, THING_ADDR, 5000, thing, 5), 5);
	assert_int_equal(
	    gateway_pass(thing, GATEWAY_ADDR, 4000, gateway, 5), 5);
	/* An address that is not bound does DHCP and nothing else. */
	assert_int_equal(gateway_pass(stolen, SERVER_ADDR, 4000, server, 5), 0);
	assert_int_equal(gateway_pass(client, GATEWAY_ADDR, 67, dhcp, 5), 5);

	/* Who is not managed is not ours. */
	assert_true(gateway_connect(HOST_OTHER, SERVER_ADDR, 8443));
	/* To another policy: from this moment on. */
	script_thing(&world->script, OP_ADD, THING_MAC, 2);
	world_play(world, 0);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 0);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 5), 0);
	assert_false(gateway_connect(HOST_THING, SERVER_ADDR, 443));
	/* Departed: not even its own address. */
	script_thing(&world->script, OP_ADD, THING_MAC, 0);
	world_play(world, 0);
	assert_int_equal(
	    gateway_pass(thing, GATEWAY_ADDR, 4000, gateway, 5), 0);
	assert_int_equal(gateway_pass(client, GATEWAY_ADDR, 67, dhcp, 5), 5);
	/* That is for the LAN: DHCP opens no way beyond the gateway. */
	assert_int_equal(gateway_pass(client, SERVER_ADDR, 67, far, 5), 0);
	(void)close(thing), (void)close(stolen), (void)close(server);
	(void)close(closed), (void)close(gateway), (void)close(dhcp);
	(void)close(client), (void)close(coap), (void)close(far);
}

/* An address that the Thing has, and we have not learnt, meets no policy: so
 * nothing but DHCP goes there, on either kind of LAN interface. */
static void
unbound_addresses_are_closed(void **state)
{
	struct world *world = world_begin(state);
	int stolen = gateway_udp(HOST_THING, THING_STOLEN, 5001);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int client = gateway_udp(HOST_THING, THING_STOLEN, 68);
	int plain = gateway_udp(HOST_PLAIN, PLAIN_ADDR, 5000);
	int plain2 = gateway_udp(HOST_PLAIN, PLAIN_STOLEN, 5001);
	int plain3 = gateway_udp(HOST_PLAIN, PLAIN_STOLEN, 68);
	int other = gateway_udp(HOST_OTHER, OTHER_ADDR, 5000);
	int gateway = gateway_udp(HOST_GATEWAY, "0.0.0.0", 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 5000);
	int dhcp = gateway_udp(HOST_GATEWAY, "0.0.0.0", 67);
	int hears = gateway_udp(HOST_THING, THING_ADDR, 5683);
	struct sums sums;

	/* What may pass is not counted as a drop. */
	world_meet(world);
	assert_int_equal(gateway_pass(gateway, THING_ADDR, 5000, thing, 5), 5);
	assert_int_equal(gateway_pass(other, THING_ADDR, 5683, hears, 5), 5);
	assert_int_equal(gateway_pass(gateway, PLAIN_ADDR, 5000, plain, 5), 5);
	assert_int_equal(gateway_pass(dhcp, THING_STOLEN, 68, client, 5), 5);
	assert_int_equal(gateway_pass(dhcp, PLAIN_STOLEN, 68, plain3, 5), 5);
	assert_int_equal(gateway_pass(gateway, OTHER_ADDR, 5000, other, 5), 5);
	sums = world_counters(world);
	assert_int_equal(sums.thing.to_packets, 0);
	assert_int_equal(sums.plain.to_packets, 0);
	/* From the gateway, across the bridge, from beyond; and a port of
	 * DHCP alone is not DHCP. */
	assert_int_equal(
	    gateway_pass(gateway, THING_STOLEN, 5001, stolen, 5), 0);
	assert_int_equal(gateway_pass(other, THING_STOLEN, 5001, stolen, 4), 0);
	assert_int_equal(
	    gateway_pass(server, THING_STOLEN, 5001, stolen, 3), 0);
	assert_int_equal(gateway_pass(gateway, THING_STOLEN, 68, client, 2), 0);
	assert_int_equal(gateway_pass(dhcp, THING_STOLEN, 5001, stolen, 1), 0);
	assert_int_equal(
	    gateway_pass(gateway, PLAIN_STOLEN, 5001, plain2, 5), 0);
	sums = world_counters(world);
	assert_int_equal(sums.thing.to_packets, 5 + 4 + 3 + 2 + 1);
	assert_int_equal(sums.plain.to_packets, 5);

	/* It is bound; another address goes. */
	script_binding(&world->script, OP_ADD, THING_MAC, THING_STOLEN);
	script_binding(&world->script, OP_DELETE, THING_MAC, THING_ADDR);
	script_binding(&world->script, OP_ADD, PLAIN_MAC, PLAIN_STOLEN);
	world_play(world, 0);
	assert_int_equal(
	    gateway_pass(gateway, THING_STOLEN, 5001, stolen, 5), 5);
	assert_int_equal(gateway_pass(gateway, THING_ADDR, 5000, thing, 5), 0);
	assert_int_equal(
	    gateway_pass(gateway, PLAIN_STOLEN, 5001, plain2, 5), 5);
	/* Departed: DHCP. */
	script_thing(&world->script, OP_ADD, THING_MAC, 0);
	world_play(world, 0);
	assert_int_equal(
	    gateway_pass(gateway, THING_STOLEN, 5001, stolen, 5), 0);
	assert_int_equal(gateway_pass(dhcp, THING_STOLEN, 68, client, 5), 5);
	(void)close(stolen), (void)close(thing), (void)close(client);
	(void)close(plain), (void)close(plain2), (void)close(plain3);
	(void)close(other), (void)close(gateway), (void)close(dhcp);
	(void)close(server), (void)close(hears);
}

/* How many of a frame arrive at a socket: one or none. */
static unsigned int
forged_arrives(enum host host, const char *interface, const char *from_mac,
    struct forged frame, int to)
{
	frame.from_mac = from_mac;
	forge_udp(host, interface, &frame);
	return gateway_arrived(to);
}

/* And the Thing knows of it. */
static void
set_mac_of_bridge(const char *mac)
{
	const char *const set[] = { "ip", "link", "set", "br0", "address", mac,
		NULL };
	const char *const forget[] = { "ip", "neigh", "flush", "all", NULL };

	free(gateway_run(HOST_GATEWAY, set));
	free(gateway_run(HOST_THING, forget));
	free(gateway_run(HOST_OTHER, forget));
}

/* What stays on the bridge is not judged; what the gateway routes is, also
 * where it leaves by the bridge that it came in by. */
static void
routed_is_judged_on_one_bridge(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5683);
	int near = gateway_udp(HOST_OTHER, OTHER_ADDR, 5000);
	int far = gateway_udp(HOST_OTHER, OTHER_FAR, 5000);
	struct forged towards = { .from = OTHER_FAR,
		.to = THING_ADDR,
		.source = 5000,
		.destination = 5683 };
	char before[MAC_TEXT], *listed;

	world_meet(world);
	assert_int_equal(gateway_pass(near, THING_ADDR, 5683, thing, 5), 5);
	assert_int_equal(gateway_pass(thing, OTHER_ADDR, 5000, near, 5), 5);
	assert_int_equal(gateway_pass(thing, OTHER_FAR, 5000, far, 5), 0);
	towards.to_mac = gateway_mac("br0");
	assert_int_equal(
	    forged_arrives(HOST_OTHER, "o0", OTHER_MAC, towards, thing), 0);

	/* The bridge gets another MAC, and the enforcer is told to look. */
	memcpy(before, gateway_mac("br0"), sizeof(before));
	set_mac_of_bridge("02:bb:00:00:00:aa");
	script_lan(&world->script, OP_ADD, if_nametoindex("br0"));
	world_play(world, 0);
	assert_int_equal(gateway_pass(thing, OTHER_ADDR, 5000, near, 5), 5);
	assert_int_equal(gateway_pass(thing, OTHER_FAR, 5000, far, 5), 0);
	listed = gateway_nft("list", "set", "bridge", "mudd", "gateway");
	holds(listed, "02:bb:00:00:00:aa");
	lacks(listed, before);
	free(listed);
	set_mac_of_bridge(before);
	(void)close(thing), (void)close(near), (void)close(far);
}

/* A frame in the gateway's name that comes in from the LAN. */
static void
nobody_plays_the_gateway(void **state)
{
	struct world *world = world_begin(state);
	int client = gateway_udp(HOST_THING, THING_ADDR, 68);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_LAN1, 4000);
	const struct forged ack = { .to_mac = THING_MAC,
		.from = GATEWAY_ADDR,
		.to = THING_ADDR,
		.source = 67,
		.destination = 68 };
	struct forged hello = { .from = "192.168.78.50",
		.to = GATEWAY_LAN1,
		.source = 4000,
		.destination = 4000 };
	char lan1[MAC_TEXT], br0[MAC_TEXT], *listed;

	memcpy(lan1, gateway_mac("lan1"), sizeof(lan1));
	memcpy(br0, gateway_mac("br0"), sizeof(br0));
	hello.to_mac = lan1;
	assert_int_equal(
	    forged_arrives(HOST_OTHER, "o0", OTHER_MAC, ack, client), 1);
	assert_int_equal(forged_arrives(HOST_OTHER, "o0", br0, ack, client), 0);
	listed = gateway_nft("list", "chain", "bridge", "mudd", "drop_spoof");
	holds(listed, "counter packets 1 ");
	free(listed);

	assert_int_equal(forged_arrives(HOST_PLAIN, "c0", "02:bb:00:00:00:55",
			     hello, gateway),
	    1);
	assert_int_equal(
	    forged_arrives(HOST_PLAIN, "c0", lan1, hello, gateway), 0);
	listed = gateway_nft("list", "chain", "inet", "mudd", "drop_spoof");
	holds(listed, "counter packets 1 ");
	free(listed);

	world_snapshot(&world->script);
	world_play(world, BATCH_RESET | BATCH_MONITOR);
	assert_int_equal(forged_arrives(HOST_OTHER, "o0", br0, ack, client), 1);
	assert_int_equal(
	    forged_arrives(HOST_PLAIN, "c0", lan1, hello, gateway), 1);
	(void)close(client), (void)close(gateway);
}

/* The gateway hears its own multicast as if it came in by the interface. */
static void
gateway_hears_itself(void **state)
{
	int from = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR, 4000);
	int to = gateway_udp(HOST_GATEWAY, "0.0.0.0", 4001);
	struct ip_mreqn group = { .imr_ifindex = (int)if_nametoindex("br0") };

	(void)world_begin(state);
	(void)inet_pton(AF_INET, "239.1.2.3", &group.imr_multiaddr);
	assert_int_equal(setsockopt(to, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group,
			     sizeof(group)),
	    0);
	assert_int_equal(setsockopt(from, IPPROTO_IP, IP_MULTICAST_IF, &group,
			     sizeof(group)),
	    0);
	assert_int_equal(gateway_pass(from, "239.1.2.3", 4001, to, 5), 5);
	(void)close(from), (void)close(to);
}

/* An error about a flow that is allowed comes back to the Thing, and from it:
 * nobody listens on the port. */
static void
errors_come_back(void **state)
{
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 5000);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR, 5000);

	(void)world_begin(state);
	assert_true(gateway_is_refused(thing, SERVER_ADDR, 4000));
	assert_true(gateway_is_refused(server, THING_ADDR, 5683));
	assert_true(gateway_is_refused(gateway, THING_ADDR, 5684));
	(void)close(thing), (void)close(server), (void)close(gateway);
}

/* A Thing that quotes a flow of two others' in an error to one of them. */
static bool
is_ended(int end, const char *addr, int peer, const char *peer_addr,
    const char *gateway)
{
	const struct forged error = { .from_mac = THING_MAC,
		.to_mac = gateway,
		.from = THING_ADDR,
		.to = addr };
	const struct forged about = { .from = addr,
		.to = peer_addr,
		.source = 4001,
		.destination = 5001 };

	assert_int_equal(gateway_pass(end, peer_addr, 5001, peer, 1), 1);
	assert_int_equal(gateway_pass(peer, addr, 4001, end, 1), 1);
	gateway_join(end, peer_addr, 5001);
	forge_error(HOST_THING, "t0", &error, &about);
	return gateway_hears_refusal(end);
}

static void
things_do_not_end_flows_of_others(void **state)
{
	struct world *world = world_begin(state);
	int other = gateway_udp(HOST_OTHER, OTHER_ADDR, 5001);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4001);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR, 4001);
	struct fault why = { 0 };
	char br0[MAC_TEXT];

	memcpy(br0, gateway_mac("br0"), sizeof(br0));
	assert_false(is_ended(server, SERVER_ADDR, other, OTHER_ADDR, br0));
	assert_false(is_ended(gateway, GATEWAY_ADDR, other, OTHER_ADDR, br0));
	/* Without us they are. */
	assert_true(enforcer_teardown(world->enforcer, &why));
	assert_true(is_ended(server, SERVER_ADDR, other, OTHER_ADDR, br0));
	assert_true(is_ended(gateway, GATEWAY_ADDR, other, OTHER_ADDR, br0));
	(void)close(other), (void)close(server), (void)close(gateway);
}

/* Nobody else may use an address that is a Thing's. */
static void
strangers_do_not_spoof(void **state)
{
	const char *const take_addr[] = { "ip", "addr", "add", THING_ADDR "/32",
		"dev", "o0", NULL };
	const char *const leave[] = { "ip", "addr", "del", THING_ADDR "/32",
		"dev", "o0", NULL };
	int other = gateway_udp(HOST_OTHER, OTHER_ADDR, 5000), spoof;
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);

	(void)world_begin(state);
	free(gateway_run(HOST_OTHER, take_addr));
	spoof = gateway_udp(HOST_OTHER, THING_ADDR, 5000);
	assert_int_equal(gateway_pass(other, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(spoof, SERVER_ADDR, 4000, server, 5), 0);
	(void)close(other), (void)close(spoof), (void)close(server);
	free(gateway_run(HOST_OTHER, leave));
}

/* So that nobody is asked whether he is still there, meanwhile. */
static void
forget_neighbours6(void)
{
	const char *const forget[] = { "ip", "-6", "neigh", "flush", "all",
		NULL };

	free(gateway_run(HOST_GATEWAY, forget));
	free(gateway_run(HOST_THING, forget));
	free(gateway_run(HOST_OTHER, forget));
	free(gateway_run(HOST_PLAIN, forget));
}

/* IPv6 to and from a managed Thing of which no address is known, on either
 * kind of LAN interface (test_packets6 has the rest). */
static void
ipv6_is_closed(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR6, 5000);
	int plain = gateway_udp(HOST_PLAIN, PLAIN_ADDR6, 5000);
	int other = gateway_udp(HOST_OTHER, OTHER_ADDR6, 5000);
	int gateway = gateway_udp(HOST_GATEWAY, "fd77::1", 5000);
	int gateway2 = gateway_udp(HOST_GATEWAY, "fd78::1", 5000);
	struct fault why = { 0 };

	assert_true(enforcer_has_bridge(world->enforcer));
	assert_true(enforcer_has_egress(world->enforcer));
	assert_int_equal(gateway_pass(gateway, OTHER_ADDR6, 5000, other, 5), 5);
	assert_int_equal(gateway_pass(other, "fd77::1", 5000, gateway, 5), 5);
	assert_int_equal(gateway_pass(gateway, THING_ADDR6, 5000, thing, 5), 0);
	assert_int_equal(gateway_pass(other, THING_ADDR6, 5000, thing, 5), 0);
	assert_int_equal(gateway_pass(thing, "fd77::1", 5000, gateway, 5), 0);
	assert_int_equal(
	    gateway_pass(gateway2, PLAIN_ADDR6, 5000, plain, 5), 0);
	/* The same sockets without us: it was we who stopped them. */
	assert_true(enforcer_teardown(world->enforcer, &why));
	forget_neighbours6();
	assert_int_equal(gateway_pass(gateway, THING_ADDR6, 5000, thing, 5), 5);
	assert_int_equal(
	    gateway_pass(gateway2, PLAIN_ADDR6, 5000, plain, 5), 5);
	(void)close(thing), (void)close(plain), (void)close(other);
	(void)close(gateway), (void)close(gateway2);
}

static void
drops_are_counted(void **state)
{
	const char *const known[] = { "ip", "-6", "neigh", "replace",
		PLAIN_ADDR6, "lladdr", PLAIN_MAC, "dev", "lan1", NULL };
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int stolen = gateway_udp(HOST_THING, THING_STOLEN, 5001);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4001);
	int gateway = gateway_udp(HOST_GATEWAY, "fd78::1", 5000);
	int plain = gateway_udp(HOST_PLAIN, PLAIN_ADDR6, 5000);
	struct sums sums;

	forget_neighbours6();
	sums = world_counters(world);
	assert_int_equal(sums.n, 3);
	assert_int_equal(sums.thing.to_packets, 0);
	(void)gateway_pass(thing, SERVER_ADDR, 4001, server, 5);
	(void)gateway_pass(server, THING_ADDR, 5000, thing, 3);
	free(gateway_run(HOST_GATEWAY, known));
	(void)gateway_pass(gateway, PLAIN_ADDR6, 5000, plain, 2);
	sums = world_counters(world);
	assert_int_equal(sums.thing.from_packets, 5);
	assert_int_equal(sums.thing.sent_packets, 5);
	assert_int_equal(sums.thing.to_packets, 3);
	assert_int_equal(sums.plain.to_packets, 2);
	/* What the guard stops is a drop, and was never sent. */
	(void)gateway_pass(stolen, SERVER_ADDR, 4001, server, 4);
	sums = world_counters(world);
	assert_int_equal(sums.thing.from_packets, 9);
	assert_int_equal(sums.thing.sent_packets, 5);
	/* A move keeps what was counted; another owner begins anew. */
	script_thing(&world->script, OP_ADD, THING_MAC, 2);
	world_play(world, 0);
	sums = world_counters(world);
	assert_int_equal(sums.thing.from_packets, 9);
	assert_int_equal(sums.thing.to_packets, 3);
	script_binding(&world->script, OP_DELETE, THING_MAC, THING_ADDR);
	script_binding(&world->script, OP_ADD, PLAIN_MAC, THING_ADDR);
	world_play(world, 0);
	sums = world_counters(world);
	assert_int_equal(sums.plain.to_packets, 2);
	assert_int_equal(sums.thing.to_packets, 0);
	(void)close(thing), (void)close(stolen), (void)close(server);
	(void)close(gateway), (void)close(plain);
}

static void
monitor_drops_nothing(void **state)
{
	const char *const known[] = { "ip", "-6", "neigh", "replace",
		THING_ADDR6, "lladdr", THING_MAC, "dev", "br0", NULL };
	struct world *world = *state;
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int stolen = gateway_udp(HOST_THING, THING_STOLEN, 5001);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4001);
	int gateway = gateway_udp(HOST_GATEWAY, "fd77::1", 5000);
	int thing6 = gateway_udp(HOST_THING, THING_ADDR6, 5000);
	struct sums sums;
	char *listed;

	forget_neighbours6();
	free(gateway_run(HOST_GATEWAY, known));
	world_snapshot(&world->script);
	world_play(world, BATCH_RESET | BATCH_MONITOR);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4001, server, 5), 5);
	assert_int_equal(gateway_pass(stolen, SERVER_ADDR, 4001, server, 5), 5);
	assert_int_equal(
	    gateway_pass(gateway, THING_ADDR6, 5000, thing6, 5), 5);
	sums = world_counters(world);
	/* The stolen address once as spoofed, and once against its policy. */
	assert_int_equal(sums.thing.from_packets, 5 + 5 + 5);
	assert_int_equal(sums.thing.to_packets, 5);
	listed = gateway_nft("list", "ruleset", NULL, NULL, NULL);
	lacks(listed, " drop\n");
	free(listed);
	(void)close(thing), (void)close(stolen), (void)close(server);
	(void)close(gateway), (void)close(thing6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_obey),
		cmocka_unit_test(unbound_addresses_are_closed),
		cmocka_unit_test(routed_is_judged_on_one_bridge),
		cmocka_unit_test(nobody_plays_the_gateway),
		cmocka_unit_test(gateway_hears_itself),
		cmocka_unit_test(errors_come_back),
		cmocka_unit_test(things_do_not_end_flows_of_others),
		cmocka_unit_test(strangers_do_not_spoof),
		cmocka_unit_test(ipv6_is_closed),
		cmocka_unit_test(drops_are_counted),
		cmocka_unit_test(monitor_drops_nothing),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
