/*
 * IPv6 of managed Things, seen by packets: what their policy allows, what is
 * used without being bound, and neighbour discovery that lies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmud/fault.h"
#include "tests/unit/forge.h"
#include "tests/unit/world.h"

#define NS 135
#define NA 136
#define RA 134

static struct rule
six(enum rule_chain chain, uint32_t set, bool is_destination, uint16_t port)
{
	struct rule rule = rule_port(chain, 17, set, is_destination, port);

	rule.family = 6;
	return rule;
}

/* What world_begin makes, and the Things' IPv6 addresses; policy 1 is UDP
 * 4000 to the name, UDP 5683 from the class, and replies. */
static struct world *
begin(void **state)
{
	struct world *world = world_begin(state);
	struct rule rules[8];
	size_t n = 0;

	rules[n++] = six(CHAIN_FROM, 1, true, 4000);
	rules[n] = rule_any(CHAIN_FROM, 0);
	rules[n++].verdict = RULE_REPLIES;
	rules[n++] = six(CHAIN_TO, 2, true, 5683);
	rules[n] = rule_any(CHAIN_TO, 0);
	rules[n++].verdict = RULE_REPLIES;
	rules[n++] = six(CHAIN_FROM_REPLY, 2, false, 5683);
	rules[n++] = six(CHAIN_TO_REPLY, 1, false, 4000);
	script_element(&world->script, OP_ADD, 2, SERVER_ADDR6, 0);
	script_rules(&world->script, 1, rules, n);
	script_binding(&world->script, OP_ADD, THING_MAC, THING_ADDR6);
	script_binding(&world->script, OP_ADD, PLAIN_MAC, PLAIN_ADDR6);
	world_play(world, 0);
	return world;
}

static void
six_obeys(void **state)
{
	struct world *world = begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR6, 5000);
	int coap = gateway_udp(HOST_THING, THING_ADDR6, 5683);
	int plain = gateway_udp(HOST_PLAIN, PLAIN_ADDR6, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR6, 4000);
	int closed = gateway_udp(HOST_SERVER, SERVER_ADDR6, 4001);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR6, 4000);
	struct sums sums;

	assert_int_equal(gateway_pass(thing, SERVER_ADDR6, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR6, 4001, closed, 4), 0);
	assert_int_equal(gateway_pass(plain, SERVER_ADDR6, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(server, THING_ADDR6, 5000, thing, 5), 5);
	assert_int_equal(gateway_pass(closed, THING_ADDR6, 5000, thing, 3), 0);
	assert_int_equal(gateway_pass(closed, PLAIN_ADDR6, 5000, plain, 2), 0);
	assert_int_equal(gateway_pass(server, THING_ADDR6, 5683, coap, 5), 5);
	assert_int_equal(gateway_pass(coap, SERVER_ADDR6, 4000, server, 5), 5);
	assert_false(gateway_connect(HOST_THING, SERVER_ADDR6, 443));
	assert_true(gateway_connect(HOST_OTHER, SERVER_ADDR6, 443));
	sums = world_counters(world);
	assert_int_equal(sums.thing.to_packets, 3);
	assert_int_equal(sums.plain.to_packets, 2);
	assert_true(sums.thing.from_packets >= 4);
	assert_true(sums.thing.sent_packets >= 5 + 4 + 5);

	/* The gateway: as with IPv4. */
	assert_int_equal(
	    gateway_pass(thing, GATEWAY_ADDR6, 4000, gateway, 5), 0);
	assert_int_equal(gateway_pass(gateway, THING_ADDR6, 5000, thing, 5), 5);
	assert_int_equal(
	    gateway_pass(thing, GATEWAY_ADDR6, 4000, gateway, 5), 5);

	/* Another policy, and none. */
	script_thing(&world->script, OP_ADD, THING_MAC, 2);
	world_play(world, 0);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR6, 4000, server, 5), 0);
	assert_int_equal(gateway_pass(server, THING_ADDR6, 5000, thing, 5), 0);
	script_thing(&world->script, OP_ADD, THING_MAC, 0);
	world_play(world, 0);
	assert_int_equal(
	    gateway_pass(thing, GATEWAY_ADDR6, 4000, gateway, 5), 0);
	assert_int_equal(gateway_pass(gateway, THING_ADDR6, 5000, thing, 5), 0);
	(void)close(thing), (void)close(coap), (void)close(plain);
	(void)close(server), (void)close(closed), (void)close(gateway);
}

/* What comes back to who sent a datagram to a port where nobody listens. */
static void
six_errors_come_back(void **state)
{
	int thing = gateway_udp(HOST_THING, THING_ADDR6, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR6, 5000);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR6, 5000);

	(void)begin(state);
	assert_true(gateway_is_refused(thing, SERVER_ADDR6, 4000));
	assert_true(gateway_is_refused(server, THING_ADDR6, 5683));
	assert_true(gateway_is_refused(gateway, THING_ADDR6, 5684));
	(void)close(thing), (void)close(server), (void)close(gateway);
}

/* What the gateway takes for the MAC of an address now. */
static char *
neighbour(const char *addr)
{
	return gateway_run(
	    HOST_GATEWAY, (const char *const[]){
			      "ip", "-6", "neigh", "show", "to", addr, NULL });
}

static void
forget_neighbours(void)
{
	const char *const forget[] = { "ip", "-6", "neigh", "flush", "all",
		NULL };

	free(gateway_run(HOST_GATEWAY, forget));
	free(gateway_run(HOST_OTHER, forget));
	free(gateway_run(HOST_THING, forget));
}

static void
unlearnt_is_closed(void **state)
{
	struct world *world = begin(state);
	int stolen = gateway_udp(HOST_THING, THING_STOLEN6, 5000);
	int other = gateway_udp(HOST_OTHER, OTHER_ADDR6, 5000);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR6, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR6, 4000);
	char *near;

	forget_neighbours();
	assert_int_equal(
	    gateway_pass(gateway, THING_STOLEN6, 5000, stolen, 5), 0);
	assert_int_equal(
	    gateway_pass(other, THING_STOLEN6, 5000, stolen, 5), 0);
	assert_int_equal(
	    gateway_pass(server, THING_STOLEN6, 5000, stolen, 5), 0);
	assert_int_equal(
	    gateway_pass(stolen, SERVER_ADDR6, 4000, server, 5), 0);
	assert_int_equal(
	    gateway_pass(stolen, GATEWAY_ADDR6, 5000, gateway, 5), 0);
	assert_int_equal(gateway_pass(stolen, OTHER_ADDR6, 5000, other, 5), 0);
	near = neighbour(THING_STOLEN6);
	lacks(near, THING_MAC);
	free(near);

	script_binding(&world->script, OP_ADD, THING_MAC, THING_STOLEN6);
	world_play(world, 0);
	forget_neighbours();
	assert_int_equal(
	    gateway_pass(gateway, THING_STOLEN6, 5000, stolen, 5), 5);
	assert_int_equal(
	    gateway_pass(stolen, SERVER_ADDR6, 4000, server, 5), 5);
	(void)close(stolen), (void)close(other), (void)close(gateway);
	(void)close(server);
}

/* Even where the frame's way is known: the look-up in bind6 alone. */
static void
frames_to_unlearnt_are_dropped(void **state)
{
	const char *const know[] = { "ip", "-6", "neigh", "replace",
		THING_STOLEN6, "lladdr", THING_MAC, "dev", "br0", NULL };
	const char *const plain_known[] = { "ip", "-6", "neigh", "replace",
		"fd78::99", "lladdr", PLAIN_MAC, "dev", "lan1", NULL };
	const char *const plain_has[] = { "ip", "addr", "add", "fd78::99/64",
		"dev", "c0", "nodad", NULL };
	struct world *world = begin(state);
	int stolen = gateway_udp(HOST_THING, THING_STOLEN6, 5000), plain;
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR6, 5000);
	int gateway2 = gateway_udp(HOST_GATEWAY, "fd78::1", 5000);
	struct fault why = { 0 };
	struct sums sums;

	free(gateway_run(HOST_PLAIN, plain_has));
	plain = gateway_udp(HOST_PLAIN, "fd78::99", 5000);
	free(gateway_run(HOST_GATEWAY, know));
	free(gateway_run(HOST_GATEWAY, plain_known));
	assert_int_equal(
	    gateway_pass(gateway, THING_STOLEN6, 5000, stolen, 5), 0);
	assert_int_equal(gateway_pass(gateway2, "fd78::99", 5000, plain, 4), 0);
	sums = world_counters(world);
	assert_int_equal(sums.thing.to_packets, 5);
	assert_int_equal(sums.plain.to_packets, 4);

	assert_true(enforcer_teardown(world->enforcer, &why));
	assert_int_equal(
	    gateway_pass(gateway, THING_STOLEN6, 5000, stolen, 5), 5);
	assert_int_equal(gateway_pass(gateway2, "fd78::99", 5000, plain, 4), 4);
	(void)close(stolen), (void)close(gateway), (void)close(gateway2);
	(void)close(plain);
	forget_neighbours();
}

static void
strangers_do_not_spoof(void **state)
{
	const char *const take_addr[] = { "ip", "addr", "add",
		THING_ADDR6 "/128", "dev", "o0", "nodad", NULL };
	const char *const leave[] = { "ip", "addr", "del", THING_ADDR6 "/128",
		"dev", "o0", NULL };
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR6, 4000), spoof;

	(void)begin(state);
	free(gateway_run(HOST_OTHER, take_addr));
	spoof = gateway_udp(HOST_OTHER, THING_ADDR6, 5000);
	assert_int_equal(gateway_pass(spoof, SERVER_ADDR6, 4000, server, 5), 0);
	(void)close(spoof), (void)close(server);
	free(gateway_run(HOST_OTHER, leave));
}

/* Does the gateway still know where addr is, once this was said of it? */
static bool
believes(enum host host, const char *interface, const char *mac,
    const char *from, uint8_t type, const char *addr, const char *known)
{
	const struct forged lie = { .from_mac = mac,
		.to_mac = gateway_mac("br0"),
		.from = from,
		.to = GATEWAY_ADDR6 };
	const char *const learn[] = { "ip", "-6", "neigh", "replace", addr,
		"lladdr", known, "nud", "stale", "dev", "br0", NULL };
	bool believed;
	char *near;

	free(gateway_run(HOST_GATEWAY, learn));
	forge_nd(
	    host, interface, &lie, type, type == NA ? addr : GATEWAY_ADDR6);
	(void)usleep(50000);
	near = neighbour(addr);
	believed = strstr(near, mac) != NULL;
	free(near);
	return believed;
}

static void
poison_is_dropped(void **state)
{
	struct world *world = begin(state);
	struct fault why = { 0 };

	/* A stranger for a Thing, a Thing for a stranger; both ways to say
	 * so. */
	assert_false(believes(HOST_OTHER, "o0", OTHER_MAC, OTHER_ADDR6, NA,
	    THING_ADDR6, THING_MAC));
	assert_false(believes(HOST_OTHER, "o0", OTHER_MAC, THING_ADDR6, NS,
	    THING_ADDR6, THING_MAC));
	assert_false(believes(HOST_THING, "t0", THING_MAC, THING_ADDR6, NA,
	    OTHER_ADDR6, OTHER_MAC));
	assert_false(believes(HOST_THING, "t0", THING_MAC, OTHER_ADDR6, NS,
	    OTHER_ADDR6, OTHER_MAC));
	assert_false(believes(
	    HOST_THING, "t0", THING_MAC, "fe80::7", NA, "fe80::7", OTHER_MAC));
	/* What is true is heard. */
	assert_true(believes(HOST_THING, "t0", THING_MAC, THING_ADDR6, NA,
	    THING_ADDR6, OTHER_MAC));
	assert_true(believes(HOST_OTHER, "o0", OTHER_MAC, OTHER_ADDR6, NA,
	    OTHER_ADDR6, THING_MAC));
	/* Nor for another Thing's link-local address, or the gateway's. */
	script_self(&world->script, OP_ADD, "fe80::9");
	script_binding(&world->script, OP_ADD, PLAIN_MAC, "fe80::a");
	world_play(world, 0);
	assert_false(believes(
	    HOST_THING, "t0", THING_MAC, "fe80::9", NS, "fe80::9", OTHER_MAC));
	assert_false(believes(
	    HOST_THING, "t0", THING_MAC, "fe80::a", NS, "fe80::a", OTHER_MAC));
	/* A Thing's unbound link-local address may ask: nobody has it. */
	assert_true(believes(
	    HOST_THING, "t0", THING_MAC, "fe80::8", NS, "fe80::8", OTHER_MAC));

	assert_true(enforcer_teardown(world->enforcer, &why));
	assert_true(believes(HOST_OTHER, "o0", OTHER_MAC, OTHER_ADDR6, NA,
	    THING_ADDR6, THING_MAC));
	assert_true(believes(HOST_THING, "t0", THING_MAC, THING_ADDR6, NA,
	    OTHER_ADDR6, OTHER_MAC));
	forget_neighbours();
}

static unsigned int
arrives(
    enum host host, const char *interface, const struct forged *frame, int to)
{
	(void)gateway_arrived(to);
	forge_udp6(host, interface, frame);
	return gateway_arrived(to);
}

/* Before it has an address, and whatever its policy says: as a client, from
 * its link-local address. */
static void
dhcpv6_passes(void **state)
{
	const char *const has[] = { "ip", "addr", "replace", "fe80::8/64",
		"dev", "t0", NULL };
	struct forged ask = { .from_mac = THING_MAC,
		.from = "fe80::8",
		.to = GATEWAY_ADDR6,
		.source = 546,
		.destination = 547 };
	struct forged answer = { .from_mac = OTHER_MAC,
		.to_mac = THING_MAC,
		.from = OTHER_ADDR6,
		.to = "fe80::8",
		.source = 547,
		.destination = 546 };
	int server = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR6, 547);
	int dhcp4 = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR6, 67);
	int client = gateway_udp(HOST_THING, "::", 546);
	int other = gateway_udp(HOST_THING, "::", 5000);

	(void)begin(state);
	free(gateway_run(HOST_THING, has));
	ask.to_mac = gateway_mac("br0");
	assert_int_equal(arrives(HOST_THING, "t0", &ask, server), 1);
	ask.source = 5000;
	assert_int_equal(arrives(HOST_THING, "t0", &ask, server), 0);
	ask.source = 546;
	ask.from = THING_STOLEN6;
	assert_int_equal(arrives(HOST_THING, "t0", &ask, server), 0);
	ask.from = THING_ADDR6;
	assert_int_equal(arrives(HOST_THING, "t0", &ask, server), 1);
	ask.destination = 67;
	assert_int_equal(arrives(HOST_THING, "t0", &ask, dhcp4), 0);

	assert_int_equal(arrives(HOST_OTHER, "o0", &answer, client), 1);
	answer.destination = 5000;
	assert_int_equal(arrives(HOST_OTHER, "o0", &answer, other), 0);
	answer.destination = 546;
	answer.to = THING_STOLEN6;
	assert_int_equal(arrives(HOST_OTHER, "o0", &answer, client), 0);
	(void)close(server), (void)close(dhcp4), (void)close(client);
	(void)close(other);
}

/* A Thing that quotes a flow of two others' in an error to one of them. */
static bool
is_ended(int end, const char *addr, int peer, const char *peer_addr,
    const char *gateway)
{
	const struct forged error = { .from_mac = THING_MAC,
		.to_mac = gateway,
		.from = THING_ADDR6,
		.to = addr };
	const struct forged about = { .from = addr,
		.to = peer_addr,
		.source = 4001,
		.destination = 5001 };

	assert_int_equal(gateway_pass(end, peer_addr, 5001, peer, 1), 1);
	assert_int_equal(gateway_pass(peer, addr, 4001, end, 1), 1);
	gateway_join(end, peer_addr, 5001);
	forge_error6(HOST_THING, "t0", &error, &about);
	return gateway_hears_refusal(end);
}

static void
things_do_not_end_flows_of_others(void **state)
{
	struct world *world = begin(state);
	int other = gateway_udp(HOST_OTHER, OTHER_ADDR6, 5001);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR6, 4001);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR6, 4001);
	struct fault why = { 0 };
	char br0[MAC_TEXT];

	memcpy(br0, gateway_mac("br0"), sizeof(br0));
	assert_false(is_ended(server, SERVER_ADDR6, other, OTHER_ADDR6, br0));
	assert_false(is_ended(gateway, GATEWAY_ADDR6, other, OTHER_ADDR6, br0));
	/* Without us they are. */
	assert_true(enforcer_teardown(world->enforcer, &why));
	assert_true(is_ended(server, SERVER_ADDR6, other, OTHER_ADDR6, br0));
	assert_true(is_ended(gateway, GATEWAY_ADDR6, other, OTHER_ADDR6, br0));
	(void)close(other), (void)close(server), (void)close(gateway);
}

/* On an interface that is no bridge the inet guard alone sees them. */
static void
plain_port_is_guarded(void **state)
{
	const struct forged lie = { .from_mac = PLAIN_MAC,
		.to_mac = gateway_mac("lan1"),
		.from = PLAIN_ADDR6,
		.to = "fd78::1" };
	char *near;

	(void)begin(state);
	forge_nd(HOST_PLAIN, "c0", &lie, NA, "fd78::77");
	forge_nd(HOST_PLAIN, "c0", &lie, RA, NULL);
	near = gateway_nft("list", "chain", "inet", "mudd", "drop_spoof");
	holds(near, "counter packets 2 ");
	free(near);
}

/* How many frames between ports were dropped for what they pretend. */
static unsigned long
spoofs(void)
{
	static const char label[] = "counter packets ";
	char *listed =
	    gateway_nft("list", "chain", "bridge", "mudd", "drop_spoof");
	const char *counter = strstr(listed, label);
	unsigned long n;

	assert_non_null(counter);
	n = strtoul(counter + strlen(label), NULL, 10);
	free(listed);
	return n;
}

static void
things_are_no_routers(void **state)
{
	struct forged advert = { .from_mac = THING_MAC,
		.to_mac = OTHER_MAC,
		.from = THING_ADDR6,
		.to = OTHER_ADDR6 };
	struct world *world = begin(state);
	struct sums before, sums;
	unsigned long n;

	/* A host may still ask for an earlier test's address, and the Thing
	 * answer: that is a lie, too, and is not counted here. */
	forget_neighbours();
	before = world_counters(world);
	n = spoofs();
	forge_nd(HOST_THING, "t0", &advert, RA, NULL);
	advert.to_mac = THING_MAC;
	advert.from_mac = OTHER_MAC;
	forge_nd(HOST_OTHER, "o0", &advert, RA, NULL);
	assert_int_equal(spoofs(), n + 1);
	sums = world_counters(world);
	assert_int_equal(
	    sums.thing.from_packets, before.thing.from_packets + 1);
	assert_int_equal(sums.thing.to_packets, before.thing.to_packets);
}

/* Another Thing has it in the same batch, and then nobody. */
static void
addresses_move(void **state)
{
	struct world *world = begin(state);
	char *listed;

	script_binding(&world->script, OP_DELETE, THING_MAC, THING_ADDR6);
	script_binding(&world->script, OP_ADD, PLAIN_MAC, THING_ADDR6);
	world_play(world, 0);
	listed = gateway_nft("list", "ruleset", NULL, NULL, NULL);
	lacks(listed, THING_MAC " . " THING_ADDR6);
	holds(listed, PLAIN_MAC " . " THING_ADDR6);
	free(listed);
	script_thing(&world->script, OP_DELETE, PLAIN_MAC, 0);
	world_play(world, 0);
	listed = gateway_nft("list", "ruleset", NULL, NULL, NULL);
	lacks(listed, THING_ADDR6);
	free(listed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(six_obeys),
		cmocka_unit_test(six_errors_come_back),
		cmocka_unit_test(unlearnt_is_closed),
		cmocka_unit_test(frames_to_unlearnt_are_dropped),
		cmocka_unit_test(strangers_do_not_spoof),
		cmocka_unit_test(poison_is_dropped),
		cmocka_unit_test(dhcpv6_passes),
		cmocka_unit_test(things_do_not_end_flows_of_others),
		cmocka_unit_test(plain_port_is_guarded),
		cmocka_unit_test(things_are_no_routers),
		cmocka_unit_test(addresses_move),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
