/*
 * The connection cache, seen by packets: what passes by it, and that what is
 * revoked does not.  Each test is of IPv4, and of IPv6 once more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/cachelook.h"
#include "tests/unit/forge.h"
#include "tests/unit/world.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define POLICY       3 /* what a test asks for */
#define BYSTANDER    4 /* the other Thing's */
#define DSCP_EF      46
#define TOS_OF(dscp) ((dscp) << 2)

/* ---- hosts ------------------------------------------------------------ */

/* What a test is played with. */
static const struct side {
	unsigned int family;
	int domain;
	const char *thing, *plain, *other, *server, *gateway, *gateway_prefix;
	int icmp;
	int tos_level, tos_option;
	uint8_t unreachable, exceeded, redirect;
} sides[] = {
	{ 4, AF_INET, THING_ADDR, PLAIN_ADDR, OTHER_ADDR, SERVER_ADDR,
	    GATEWAY_ADDR, GATEWAY_ADDR "/32", IPPROTO_ICMP, IPPROTO_IP, IP_TOS,
	    3, 11, 5 },
	{ 6, AF_INET6, THING_ADDR6, PLAIN_ADDR6, OTHER_ADDR6, SERVER_ADDR6,
	    GATEWAY_ADDR6, GATEWAY_ADDR6 "/128", IPPROTO_ICMPV6, IPPROTO_IPV6,
	    IPV6_TCLASS, 1, 3, 137 },
};
static const struct side *side;

static int
with_four(void **state)
{
	(void)state;
	side = &sides[0];
	return 0;
}

static int
with_six(void **state)
{
	(void)state;
	side = &sides[1];
	return 0;
}

static int
socket_in(enum host host, int type, int protocol)
{
	int fd;

	assert_int_equal(setns(gateway_namespace(host), CLONE_NEWNET), 0);
	fd = socket(side->domain, type | SOCK_CLOEXEC, protocol);
	assert_int_equal(
	    setns(gateway_namespace(HOST_GATEWAY), CLONE_NEWNET), 0);
	assert_true(fd >= 0);
	return fd;
}

/* A TCP connection from a Thing to the server, from the address that is bound
 * to it: it has another one. */
static int
tcp_open(enum host host)
{
	const char *from = host == HOST_THING ? side->thing : side->plain;
	int fd = socket_in(host, SOCK_STREAM, 0);

	gateway_bind(fd, from);
	gateway_join(fd, side->server, 443);
	return fd;
}

/* Is what is written to it acknowledged? */
static bool
tcp_passes(int fd)
{
	const struct timespec nap = { 0, 5000000 };
	int left = 1;

	assert_int_equal(send(fd, "x", 1, MSG_NOSIGNAL), 1);
	for (int i = 0; i < 60 && left > 0; i++) {
		(void)nanosleep(&nap, NULL);
		assert_int_equal(ioctl(fd, SIOCOUTQ, &left), 0);
	}
	return left == 0;
}

/* ---- what is played ------------------------------------------------------ */

static struct rule
port_rule(enum rule_chain chain, uint8_t protocol, uint32_t set,
    bool is_destination, uint16_t port)
{
	struct rule rule =
	    rule_port(chain, protocol, set, is_destination, port);

	rule.family = (uint8_t)side->family;
	return rule;
}

static struct rule
udp_rule(enum rule_chain chain, bool is_destination)
{
	return port_rule(chain, 17, 1, is_destination, 4000);
}

/* What world_begin makes, in the family of this test. */
static struct world *
begin(void **state)
{
	struct world *world = world_begin(state);
	struct script *script = &world->script;
	struct rule rules[6];
	size_t n = 0;

	if (side->family == 4)
		return world;
	rules[n] = port_rule(CHAIN_FROM, 6, 1, true, 443);
	rules[n++].opener = OPENER_ORIGINAL;
	rules[n++] = udp_rule(CHAIN_FROM, true);
	rules[n] = rule_any(CHAIN_TO, 0);
	rules[n++].verdict = RULE_REPLIES;
	rules[n++] = port_rule(CHAIN_TO_REPLY, 6, 1, false, 443);
	rules[n++] = udp_rule(CHAIN_TO_REPLY, false);
	script_element(script, OP_ADD, 2, side->server, 0);
	script_rules(script, 1, rules, n);
	script_binding(script, OP_ADD, THING_MAC, side->thing);
	script_binding(script, OP_ADD, PLAIN_MAC, side->plain);
	world_play(world, 0);
	return world;
}

/* Of the Thing: UDP 4000 to the server, and this rule besides. */
static void
play_policy(struct world *world, const struct rule *more)
{
	struct rule rules[6];
	size_t n = 0;

	rules[n++] = udp_rule(CHAIN_FROM, true);
	if (more != NULL)
		rules[n++] = *more;
	rules[n] = rule_any(CHAIN_TO, 0);
	rules[n++].verdict = RULE_REPLIES;
	rules[n++] = udp_rule(CHAIN_TO_REPLY, false);
	script_rules(&world->script, POLICY, rules, n);
	script_thing(&world->script, OP_ADD, THING_MAC, POLICY);
	world_play(world, 0);
}

/* The plain host's Thing has a policy and a set of its own, so that nothing
 * that befalls the Thing befalls it. */
static void
add_bystander(struct world *world)
{
	struct rule rules[5];
	struct script *script = &world->script;

	script_set(script, OP_ADD, 4, false);
	script_element(script, OP_ADD, 4, side->server, 0);
	rules[0] = port_rule(CHAIN_FROM, 17, 4, true, 4002);
	rules[1] = port_rule(CHAIN_FROM, 6, 4, true, 443);
	rules[2] = rule_any(CHAIN_TO, 0);
	rules[2].verdict = RULE_REPLIES;
	rules[3] = port_rule(CHAIN_TO_REPLY, 17, 4, false, 4002);
	rules[4] = port_rule(CHAIN_TO_REPLY, 6, 4, false, 443);
	script_rules(script, BYSTANDER, rules, LENGTH(rules));
	script_thing(script, OP_ADD, PLAIN_MAC, BYSTANDER);
	world_play(world, 0);
}

/* ---- what passes by it --------------------------------------------------- */

static void
flows_pass_by_the_cache(void **state)
{
	int thing = gateway_udp(HOST_THING, side->thing, 5000);
	int server = gateway_udp(HOST_SERVER, side->server, 4000);
	int other = gateway_udp(HOST_OTHER, side->other, 5002);
	int gateway = gateway_udp(HOST_GATEWAY, side->gateway, 4000);
	struct world *world = begin(state);
	struct rule own = rule_any(CHAIN_FROM, side->family);
	char *listed;

	cache_forget_hits();
	assert_int_equal(gateway_pass(thing, side->server, 4000, server, 5), 5);
	assert_int_equal(cache_hits(false), 4);
	assert_int_equal(cache_hits(true), 0);
	assert_int_equal(gateway_pass(server, side->thing, 5000, thing, 5), 5);
	assert_int_equal(cache_hits(true), 4);
	assert_int_equal(gateway_pass(thing, side->server, 4000, server, 5), 5);
	assert_int_equal(cache_hits(false), 9);
	/* Its ACE counts the flow. */
	listed = gateway_nft("list", "chain", "inet", "mudd", "pf_1");
	holds(listed, "udp dport 4000 counter packets 1 ");
	free(listed);
	/* A flow without a Thing is none of ours. */
	assert_int_equal(gateway_pass(other, side->server, 4000, server, 5), 5);
	assert_int_equal(cache_mark(side->other, 5002), 0);
	assert_int_equal(cache_hits(false), 9);
	/* What ends at the gateway. */
	assert_true(prefix_parse(side->gateway_prefix, &own.to));
	play_policy(world, &own);
	cache_forget_hits();
	assert_int_equal(
	    gateway_pass(thing, side->gateway, 4000, gateway, 5), 5);
	assert_int_equal(cache_hits(false), 4);
	(void)close(thing), (void)close(server), (void)close(gateway);
	(void)close(other);
}

/* That the opening was accepted says nothing of replies. */
static void
replies_are_judged_apart(void **state)
{
	struct world *world = begin(state);
	int thing = gateway_udp(HOST_THING, side->thing, 5000);
	int server = gateway_udp(HOST_SERVER, side->server, 4000);
	struct rule deny = udp_rule(CHAIN_TO, false);

	/* Both directions have been allowed before; that does not count. */
	play_policy(world, NULL);
	assert_int_equal(gateway_pass(thing, side->server, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(server, side->thing, 5000, thing, 5), 5);
	deny.verdict = RULE_DENY;
	play_policy(world, &deny);
	cache_forget_hits();
	assert_int_equal(gateway_pass(thing, side->server, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(server, side->thing, 5000, thing, 5), 0);
	assert_int_equal(gateway_pass(thing, side->server, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(server, side->thing, 5000, thing, 5), 0);
	assert_int_equal(cache_hits(false), 9);
	assert_int_equal(cache_hits(true), 0);
	(void)close(thing), (void)close(server);
}

/* ---- what is revoked ------------------------------------------------------
 */

static void
remove_address(struct script *script)
{
	script_element(script, OP_DELETE, 1, side->server, 0);
}

static void
deny_member(struct script *script)
{
	script_element(script, OP_ADD, 5, side->server, 0);
}

static void
remove_binding(struct script *script)
{
	script_binding(script, OP_DELETE, THING_MAC, side->thing);
}

static void
remove_thing(struct script *script)
{
	script_thing(script, OP_ADD, THING_MAC, 0);
}

static void
move_thing(struct script *script)
{
	script_thing(script, OP_ADD, THING_MAC, 2);
}

static void
remove_member(struct script *script)
{
	script_element(script, OP_DELETE, 2, side->server, 0);
}

static const struct {
	void (*play)(struct script *script);
	uint32_t set; /* by which the flow is allowed: a name or a class */
} removals[] = {
	{ cache_remove_ace, 1 },
	{ remove_address, 1 },
	{ remove_member, 2 },
	{ deny_member, 1 },
	{ remove_binding, 1 },
	{ remove_thing, 1 },
	{ move_thing, 2 },
};

/* Policy 1 allows the members of this set what it allows set 1, but before all
 * else set 5's members are denied. */
static void
write_denial(struct script *script, uint32_t set)
{
	struct rule rules[8];
	size_t n = 0;

	script_set(script, OP_ADD, 5, false);
	for (int replies = 0; replies < 2; replies++) {
		rules[n] = rule_any(
		    replies ? CHAIN_TO_REPLY : CHAIN_FROM, side->family);
		rules[n].verdict = RULE_DENY;
		rules[n].n_peers = 1;
		rules[n++].peers[0].set = 5;
		rules[n++] = port_rule(replies ? CHAIN_TO_REPLY : CHAIN_FROM,
		    17, set, replies == 0, 4000);
		rules[n++] = port_rule(replies ? CHAIN_TO_REPLY : CHAIN_FROM, 6,
		    set, replies == 0, 443);
	}
	rules[n] = rule_any(CHAIN_TO, 0);
	rules[n++].verdict = RULE_REPLIES;
	script_rules(script, 1, rules, n);
}

static void
revoked_flows_stop_at_once(void **state)
{
	int thing = gateway_udp(HOST_THING, side->thing, 5000);
	int plain = gateway_udp(HOST_PLAIN, side->plain, 5000);
	int server = gateway_udp(HOST_SERVER, side->server, 4000);
	int server2 = gateway_udp(HOST_SERVER, side->server, 4002);

	for (size_t i = 0; i < LENGTH(removals); i++) {
		struct world *world = begin(state);
		unsigned long before;
		int tcp, tcp2;

		add_bystander(world);
		write_denial(&world->script, removals[i].set);
		world_play(world, 0);
		tcp = tcp_open(HOST_THING);
		tcp2 = tcp_open(HOST_PLAIN);
		assert_true(tcp_passes(tcp) && tcp_passes(tcp2));
		for (int j = 0; j < 2; j++) {
			assert_int_equal(
			    gateway_pass(thing, side->server, 4000, server, 3),
			    3);
			assert_int_equal(
			    gateway_pass(server, side->thing, 5000, thing, 3),
			    3);
		}
		assert_int_equal(
		    gateway_pass(plain, side->server, 4002, server2, 3), 3);

		before = cache_epoch();
		removals[i].play(&world->script);
		world_play(world, 0);
		assert_int_equal(cache_epoch(), before + 1);
		if (gateway_pass(thing, side->server, 4000, server, 3) != 0 ||
		    gateway_pass(server, side->thing, 5000, thing, 3) != 0 ||
		    tcp_passes(tcp))
			fail_msg("removal %zu: the flow goes on", i);
		assert_int_equal(
		    gateway_pass(plain, side->server, 4002, server2, 3), 3);
		assert_int_equal(
		    gateway_pass(server2, side->plain, 5000, plain, 3), 3);
		assert_true(tcp_passes(tcp2));
		(void)close(tcp), (void)close(tcp2);
	}
	(void)close(thing), (void)close(plain), (void)close(server);
	(void)close(server2);
}

/* Who was talking to a Thing before it became one itself. */
static void
new_things_are_judged_too(void **state)
{
	struct world *world = begin(state);
	int other = gateway_udp(HOST_OTHER, side->other, 5683);
	int plain = gateway_udp(HOST_PLAIN, side->plain, 5000);
	struct rule rule = rule_any(CHAIN_FROM, side->family);

	script_rules(&world->script, POLICY, &rule, 1);
	script_thing(&world->script, OP_ADD, PLAIN_MAC, POLICY);
	world_play(world, 0);
	assert_int_equal(gateway_pass(plain, side->other, 5683, other, 5), 5);
	script_thing(&world->script, OP_ADD, OTHER_MAC, 2);
	script_binding(&world->script, OP_ADD, OTHER_MAC, side->other);
	world_play(world, 0);
	assert_int_equal(gateway_pass(plain, side->other, 5683, other, 5), 0);
	(void)close(other), (void)close(plain);
}

/* Permitted flows go on, whatever is changed about others, and however
 * often. */
static void
bumps_lose_nothing(void **state)
{
	struct world *world = begin(state);
	int plain = gateway_udp(HOST_PLAIN, side->plain, 5000);
	int server = gateway_udp(HOST_SERVER, side->server, 4000);
	int tcp = tcp_open(HOST_PLAIN);
	unsigned long before = cache_epoch();

	for (uint32_t i = 0; i < 60; i++) {
		script_thing(&world->script, OP_ADD, THING_MAC, i % 3);
		world_play(world, 0);
		assert_int_equal(
		    gateway_pass(plain, side->server, 4000, server, 20), 20);
		assert_int_equal(
		    gateway_pass(server, side->plain, 5000, plain, 20), 20);
		if (i % 10 == 0)
			assert_true(tcp_passes(tcp));
	}
	assert_int_equal(cache_epoch(), before + 60);
	/* What revokes nothing is no reason for a bump. */
	script_element(&world->script, OP_ADD, 1, "203.0.113.9", 300);
	world_play(world, 0);
	assert_int_equal(cache_epoch(), before + 60);
	(void)close(plain), (void)close(server), (void)close(tcp);
}

/* In monitor mode nothing is accepted unseen, so that all is counted. */
static void
monitor_sees_every_packet(void **state)
{
	struct world *world = begin(state);
	int thing = gateway_udp(HOST_THING, side->thing, 5000);
	int server = gateway_udp(HOST_SERVER, side->server, 4000);

	world_snapshot(&world->script);
	world_play(world, BATCH_RESET | BATCH_MONITOR);
	cache_forget_hits();
	assert_int_equal(gateway_pass(thing, side->server, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(server, side->thing, 5000, thing, 5), 5);
	assert_int_equal(cache_hits(false) + cache_hits(true), 0);
	assert_int_equal(
	    cache_mark(side->thing, 5000) >> 16, (long long)cache_epoch() << 2);
	(void)close(thing), (void)close(server);
}

/* ---- ICMP errors ----------------------------------------------------------
 */

/* Of what the server has sent; how many such errors arrive. */
static unsigned int
complain_about(uint16_t source, uint16_t destination, uint8_t type, int to)
{
	const struct forged frame = { .from_mac = THING_MAC,
		.to_mac = gateway_mac("br0"),
		.from = side->thing,
		.to = side->server };
	const struct forged to_thing = { .from = side->server,
		.to = side->thing,
		.source = source,
		.destination = destination };
	const uint8_t type_code[2] = { type, 1 };
	struct icmp6_filter only;

	if (side->family == 4) {
		forge_icmp(HOST_THING, "t0", type_code, &frame, &to_thing);
		return gateway_arrived(to);
	}
	/* Neighbour discovery comes to such a socket as well. */
	ICMP6_FILTER_SETBLOCKALL(&only);
	ICMP6_FILTER_SETPASS(type, &only);
	assert_int_equal(
	    setsockopt(to, IPPROTO_ICMPV6, ICMP6_FILTER, &only, sizeof(only)),
	    0);
	forge_icmp6(HOST_THING, "t0", type_code, &frame, &to_thing);
	return gateway_arrived(to);
}

static unsigned int
complain(uint8_t type, int to)
{
	return complain_about(4000, 5000, type, to);
}

static void
errors_end_with_their_flow(void **state)
{
	struct world *world = begin(state);
	int thing = gateway_udp(HOST_THING, side->thing, 5000);
	int server = gateway_udp(HOST_SERVER, side->server, 4000);
	int hears =
	    socket_in(HOST_SERVER, SOCK_RAW | SOCK_NONBLOCK, side->icmp);

	assert_int_equal(gateway_pass(thing, side->server, 4000, server, 2), 2);
	assert_int_equal(gateway_pass(server, side->thing, 5000, thing, 2), 2);
	assert_int_equal(complain(side->unreachable, hears), 1);
	assert_int_equal(complain(side->exceeded, hears), 1);
	/* A redirect is no error, though it quotes an allowed flow. */
	assert_int_equal(complain(side->redirect, hears), 0);
	/* Another epoch: the flow must show first that it is allowed. */
	script_thing(&world->script, OP_ADD, PLAIN_MAC, 0);
	world_play(world, 0);
	assert_int_equal(complain(side->unreachable, hears), 0);
	assert_int_equal(gateway_pass(server, side->thing, 5000, thing, 2), 2);
	assert_int_equal(complain(side->unreachable, hears), 1);
	/* Revoked; and an error does not stamp it. */
	cache_remove_ace(&world->script);
	world_play(world, 0);
	assert_int_equal(complain(side->unreachable, hears), 0);
	assert_int_equal(gateway_pass(thing, side->server, 4000, server, 2), 0);
	assert_int_equal(complain(side->unreachable, hears), 0);
	(void)close(thing), (void)close(server), (void)close(hears);
}

/* A policy may let ICMP through by itself: an error about a revoked flow is
 * then a packet like others, and revives nothing. */
static void
errors_stamp_nothing(void **state)
{
	struct world *world = begin(state);
	int thing = gateway_udp(HOST_THING, side->thing, 5000);
	int server = gateway_udp(HOST_SERVER, side->server, 4000);
	int hears =
	    socket_in(HOST_SERVER, SOCK_RAW | SOCK_NONBLOCK, side->icmp);
	struct rule icmp = rule_any(CHAIN_FROM, side->family);

	assert_int_equal(gateway_pass(thing, side->server, 4000, server, 2), 2);
	assert_int_equal(gateway_pass(server, side->thing, 5000, thing, 2), 2);
	icmp.protocol = (int16_t)side->icmp;
	script_rules(&world->script, 1, &icmp, 1);
	world_play(world, 0);
	assert_int_equal(complain(side->unreachable, hears), 1);
	assert_int_equal(gateway_pass(thing, side->server, 4000, server, 2), 0);
	assert_int_equal(gateway_pass(server, side->thing, 5000, thing, 2), 0);
	(void)close(thing), (void)close(server), (void)close(hears);
}

/* Nor is an error a reply in the flow that it quotes: who may open all but
 * what was revoked is not thereby told of it. */
static void
errors_are_no_replies(void **state)
{
	struct world *world = begin(state);
	int thing = gateway_udp(HOST_THING, side->thing, 5020);
	int server = gateway_udp(HOST_SERVER, side->server, 4020);
	int hears =
	    socket_in(HOST_SERVER, SOCK_RAW | SOCK_NONBLOCK, side->icmp);
	struct rule rules[4];

	rules[0] = port_rule(CHAIN_TO, 17, 1, false, 4020);
	rules[1] = rule_any(CHAIN_TO, side->family);
	rules[2] = rule_any(CHAIN_FROM, 0);
	rules[2].verdict = RULE_REPLIES;
	rules[3] = rule_any(CHAIN_FROM_REPLY, side->family);
	script_rules(&world->script, POLICY, rules, LENGTH(rules));
	script_thing(&world->script, OP_ADD, THING_MAC, POLICY);
	world_play(world, 0);
	assert_int_equal(gateway_pass(server, side->thing, 5020, thing, 2), 2);
	assert_int_equal(gateway_pass(thing, side->server, 4020, server, 2), 2);
	assert_int_equal(
	    complain_about(4020, 5020, side->unreachable, hears), 1);
	rules[0].verdict = RULE_DENY;
	script_rules(&world->script, POLICY, rules, LENGTH(rules));
	world_play(world, 0);
	assert_int_equal(gateway_pass(server, side->thing, 5020, thing, 2), 0);
	assert_int_equal(
	    complain_about(4020, 5020, side->unreachable, hears), 0);
	assert_int_equal(complain_about(4020, 5020, side->redirect, hears), 0);
	(void)close(thing), (void)close(server), (void)close(hears);
}

/* The gateway's own flows belong to no epoch. */
static void
own_flows_cross_a_bump(void **state)
{
	struct world *world = begin(state);
	int thing = gateway_udp(HOST_THING, side->thing, 5010);
	int gateway = gateway_udp(HOST_GATEWAY, side->gateway, 4010);
	int gateway2 = gateway_udp(HOST_GATEWAY, side->gateway, 4011);
	const struct forged error = {
		.from_mac = THING_MAC, .from = side->thing, .to = side->gateway
	};
	const struct forged about = { .from = side->gateway,
		.to = side->thing,
		.source = 4011,
		.destination = 5010 };
	struct forged frame = error;
	char br0[MAC_TEXT];

	memcpy(br0, gateway_mac("br0"), sizeof(br0));
	frame.to_mac = br0;
	assert_int_equal(gateway_pass(gateway, side->thing, 5010, thing, 2), 2);
	assert_int_equal(
	    gateway_pass(gateway2, side->thing, 5010, thing, 2), 2);
	script_thing(&world->script, OP_ADD, THING_MAC, 2);
	world_play(world, 0);
	assert_int_equal(
	    gateway_pass(thing, side->gateway, 4010, gateway, 5), 5);
	gateway_join(gateway2, side->thing, 5010);
	if (side->family == 4)
		forge_error(HOST_THING, "t0", &frame, &about);
	else
		forge_error6(HOST_THING, "t0", &frame, &about);
	assert_true(gateway_hears_refusal(gateway2));
	(void)close(thing), (void)close(gateway), (void)close(gateway2);
}

/* ---- what a connection does not tell --------------------------------------
 */

static unsigned int
pass_with(int tos, int from, int to)
{
	assert_int_equal(setsockopt(from, side->tos_level, side->tos_option,
			     &tos, sizeof(tos)),
	    0);
	return gateway_pass(from, side->server, 4000, to, 3);
}

static void
fields_are_judged_packet_by_packet(void **state)
{
	struct world *world = begin(state);
	int thing = gateway_udp(HOST_THING, side->thing, 5000);
	int server = gateway_udp(HOST_SERVER, side->server, 4000);
	int hears =
	    socket_in(HOST_SERVER, SOCK_RAW | SOCK_NONBLOCK, side->icmp);
	struct rule rule = udp_rule(CHAIN_FROM, true);

	play_policy(world, NULL);
	cache_forget_hits();
	assert_int_equal(pass_with(0, thing, server), 3);
	assert_int_equal(cache_hits(false), 2);
	cache_forget_hits();
	/* The same policy gets other rules, and its Things stay. */
	assert_true(field_of(FIELD_DSCP, DSCP_EF, &rule.fields[0]));
	script_rules(&world->script, POLICY, &rule, 1);
	world_play(world, 0);
	assert_int_equal(pass_with(TOS_OF(DSCP_EF), thing, server), 3);
	assert_int_equal(pass_with(0, thing, server), 0);
	assert_int_equal(pass_with(TOS_OF(DSCP_EF), thing, server), 3);
	assert_int_equal(cache_hits(false), 0);
	assert_int_equal(
	    cache_mark(side->thing, 5000) >> 16, (long long)cache_epoch() << 2);
	/* It is allowed now, so an error about it is. */
	assert_int_equal(complain(side->unreachable, hears), 1);
	/* And back, as another policy of the same number. */
	rule = udp_rule(CHAIN_FROM, true);
	script_gone(&world->script, POLICY);
	script_rules(&world->script, POLICY, &rule, 1);
	world_play(world, 0);
	cache_forget_hits();
	assert_int_equal(pass_with(0, thing, server), 3);
	assert_int_equal(cache_hits(false), 2);
	(void)close(thing), (void)close(server), (void)close(hears);
}

/* Neither is what goes towards such a Thing. */
static void
fields_count_at_either_end(void **state)
{
	struct world *world = begin(state);
	int thing = gateway_udp(HOST_THING, side->thing, 5000);
	int server = gateway_udp(HOST_SERVER, side->server, 4000);
	struct rule rule = rule_any(CHAIN_TO, side->family);
	int tos = TOS_OF(DSCP_EF), none = 0;

	assert_true(field_of(FIELD_DSCP, DSCP_EF, &rule.fields[0]));
	script_rules(&world->script, POLICY, &rule, 1);
	script_thing(&world->script, OP_ADD, THING_MAC, POLICY);
	world_play(world, 0);
	assert_int_equal(setsockopt(server, side->tos_level, side->tos_option,
			     &tos, sizeof(tos)),
	    0);
	assert_int_equal(gateway_pass(server, side->thing, 5000, thing, 3), 3);
	assert_int_equal(setsockopt(server, side->tos_level, side->tos_option,
			     &none, sizeof(none)),
	    0);
	assert_int_equal(gateway_pass(server, side->thing, 5000, thing, 3), 0);
	(void)close(thing), (void)close(server);
}

/* ---- link-local addresses ------------------------------------------------
 */

/* Once the kernel has joined the address's group of neighbour discovery, by a
 * task of its own, the address is of use. */
static void
await_group(enum host host, const char *interface, const char *addr)
{
	const char *const groups[] = { "ip", "-6", "maddr", "show", interface,
		NULL };
	char group[INET6_ADDRSTRLEN + 1];

	(void)snprintf(
	    group, sizeof(group), "ff02::1:ff00:%s\n", addr + strlen("fe80::"));
	for (int tries = 0; tries < 200; tries++) {
		char *joined = gateway_run(host, groups);
		bool found = strstr(joined, group) != NULL;

		free(joined);
		if (found)
			return;
		(void)usleep(10000);
	}
	fail_msg("%s: no group %s", interface, group);
}

/* Bound to the interface, so that no scope need be told. */
static int
link_local(
    enum host host, const char *interface, const char *addr, uint16_t port)
{
	const char *const has[] = { "ip", "addr", "replace", addr, "nodad",
		"dev", interface, NULL };
	struct sockaddr_in6 at = { .sin6_family = AF_INET6,
		.sin6_port = htons(port) };
	int fd;

	free(gateway_run(host, has));
	await_group(host, interface, addr);
	fd = socket_in(host, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	(void)inet_pton(AF_INET6, addr, &at.sin6_addr);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
			     (socklen_t)strlen(interface)),
	    0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* They are remembered as others are; the exchanges of neighbour discovery
 * that go on below are not connections. */
static void
link_local_flows_pass_by(void **state)
{
	static const char here[] = "fe80::b", there[] = "fe80::77";
	const char *const forget[] = { "ip", "-6", "neigh", "flush", "all",
		NULL };
	struct world *world = begin(state);
	int thing = link_local(HOST_THING, "t0", here, 5000);
	int gateway = link_local(HOST_GATEWAY, "br0", there, 4000);
	struct rule rule = rule_any(CHAIN_FROM, 6);
	unsigned long before;

	assert_true(prefix_parse("fe80::77/128", &rule.to));
	script_rules(&world->script, POLICY, &rule, 1);
	script_thing(&world->script, OP_ADD, THING_MAC, POLICY);
	script_binding(&world->script, OP_ADD, THING_MAC, here);
	world_play(world, 0);
	cache_forget_hits();
	assert_int_equal(gateway_pass(thing, there, 4000, gateway, 5), 5);
	assert_int_equal(cache_hits(false), 4);
	before = cache_hits(false);
	free(gateway_run(HOST_GATEWAY, forget));
	free(gateway_run(HOST_THING, forget));
	assert_int_equal(gateway_pass(thing, there, 4000, gateway, 1), 1);
	assert_int_equal(cache_hits(false) + cache_hits(true), before + 1);
	script_binding(&world->script, OP_DELETE, THING_MAC, here);
	world_play(world, 0);
	assert_int_equal(gateway_pass(thing, there, 4000, gateway, 3), 0);
	(void)close(thing), (void)close(gateway);
}

#define IN_BOTH(test)                                                          \
	cmocka_unit_test_setup(test, with_four),                               \
	    cmocka_unit_test_setup(test, with_six)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BOTH(flows_pass_by_the_cache),
		IN_BOTH(replies_are_judged_apart),
		IN_BOTH(revoked_flows_stop_at_once),
		IN_BOTH(new_things_are_judged_too),
		IN_BOTH(bumps_lose_nothing),
		IN_BOTH(monitor_sees_every_packet),
		IN_BOTH(errors_end_with_their_flow),
		IN_BOTH(errors_stamp_nothing),
		IN_BOTH(errors_are_no_replies),
		IN_BOTH(own_flows_cross_a_bump),
		IN_BOTH(fields_are_judged_packet_by_packet),
		IN_BOTH(fields_count_at_either_end),
		cmocka_unit_test_setup(link_local_flows_pass_by, with_six),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
