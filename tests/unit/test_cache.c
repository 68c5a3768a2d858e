/*
 * The connection cache, seen by packets: what passes by it, and that what is
 * revoked does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
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

static int
socket_in(enum host host, int type, int protocol)
{
	int fd;

	assert_int_equal(setns(gateway_namespace(host), CLONE_NEWNET), 0);
	fd = socket(AF_INET, type | SOCK_CLOEXEC, protocol);
	assert_int_equal(
	    setns(gateway_namespace(HOST_GATEWAY), CLONE_NEWNET), 0);
	assert_true(fd >= 0);
	return fd;
}

/* A TCP connection from a host to the server. */
static int
tcp_open(enum host host)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(443) };
	int fd = socket_in(host, SOCK_STREAM, 0);

	(void)inet_pton(AF_INET, SERVER_ADDR, &at.sin_addr);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
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
udp_rule(enum rule_chain chain, bool is_destination)
{
	return rule_port(chain, 17, 1, is_destination, 4000);
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
	script_element(script, OP_ADD, 4, SERVER_ADDR, 0);
	rules[0] = rule_port(CHAIN_FROM, 17, 4, true, 4002);
	rules[1] = rule_port(CHAIN_FROM, 6, 4, true, 443);
	rules[2] = rule_any(CHAIN_TO, 0);
	rules[2].verdict = RULE_REPLIES;
	rules[3] = rule_port(CHAIN_TO_REPLY, 17, 4, false, 4002);
	rules[4] = rule_port(CHAIN_TO_REPLY, 6, 4, false, 443);
	script_rules(script, BYSTANDER, rules, LENGTH(rules));
	script_thing(script, OP_ADD, PLAIN_MAC, BYSTANDER);
	world_play(world, 0);
}

/* ---- what passes by it --------------------------------------------------- */

static void
flows_pass_by_the_cache(void **state)
{
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int other = gateway_udp(HOST_OTHER, OTHER_ADDR, 5002);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR, 4000);
	struct world *world = world_begin(state);
	struct rule own = rule_any(CHAIN_FROM, 4);
	char *listed;

	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(cache_hits(false), 4);
	assert_int_equal(cache_hits(true), 0);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 5), 5);
	assert_int_equal(cache_hits(true), 4);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(cache_hits(false), 9);
	/* Its ACE counts the flow. */
	listed = gateway_nft("list", "chain", "inet", "mudd", "pf_1");
	holds(listed, "udp dport 4000 counter packets 1 ");
	free(listed);
	/* A flow without a Thing is none of ours. */
	assert_int_equal(gateway_pass(other, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(cache_mark(OTHER_ADDR, 5002), 0);
	assert_int_equal(cache_hits(false), 9);
	/* What ends at the gateway. */
	assert_true(prefix_parse(GATEWAY_ADDR "/32", &own.to));
	play_policy(world, &own);
	assert_int_equal(
	    gateway_pass(thing, GATEWAY_ADDR, 4000, gateway, 5), 5);
	assert_int_equal(cache_hits(false), 4);
	(void)close(thing), (void)close(server), (void)close(gateway);
	(void)close(other);
}

/* That the opening was accepted says nothing of replies. */
static void
replies_are_judged_apart(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	struct rule deny = udp_rule(CHAIN_TO, false);

	/* Both directions have been allowed before; that does not count. */
	play_policy(world, NULL);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 5), 5);
	deny.verdict = RULE_DENY;
	play_policy(world, &deny);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 5), 0);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 5), 0);
	assert_int_equal(cache_hits(false), 9);
	assert_int_equal(cache_hits(true), 0);
	(void)close(thing), (void)close(server);
}

/* ---- what is revoked ------------------------------------------------------
 */

static void
remove_address(struct script *script)
{
	script_element(script, OP_DELETE, 1, SERVER_ADDR, 0);
}

static void
deny_member(struct script *script)
{
	script_element(script, OP_ADD, 5, SERVER_ADDR, 0);
}

static void
remove_binding(struct script *script)
{
	script_binding(script, OP_DELETE, THING_MAC, THING_ADDR);
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
	script_element(script, OP_DELETE, 2, SERVER_ADDR, 0);
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
		rules[n] = rule_any(replies ? CHAIN_TO_REPLY : CHAIN_FROM, 4);
		rules[n].verdict = RULE_DENY;
		rules[n].n_peers = 1;
		rules[n++].peers[0].set = 5;
		rules[n++] = rule_port(replies ? CHAIN_TO_REPLY : CHAIN_FROM,
		    17, set, replies == 0, 4000);
		rules[n++] = rule_port(replies ? CHAIN_TO_REPLY : CHAIN_FROM, 6,
		    set, replies == 0, 443);
	}
	rules[n] = rule_any(CHAIN_TO, 0);
	rules[n++].verdict = RULE_REPLIES;
	script_rules(script, 1, rules, n);
}

static void
revoked_flows_stop_at_once(void **state)
{
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int plain = gateway_udp(HOST_PLAIN, PLAIN_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int server2 = gateway_udp(HOST_SERVER, SERVER_ADDR, 4002);

	for (size_t i = 0; i < LENGTH(removals); i++) {
		struct world *world = world_begin(state);
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
			    gateway_pass(thing, SERVER_ADDR, 4000, server, 3),
			    3);
			assert_int_equal(
			    gateway_pass(server, THING_ADDR, 5000, thing, 3),
			    3);
		}
		assert_int_equal(
		    gateway_pass(plain, SERVER_ADDR, 4002, server2, 3), 3);

		before = cache_epoch();
		removals[i].play(&world->script);
		world_play(world, 0);
		assert_int_equal(cache_epoch(), before + 1);
		if (gateway_pass(thing, SERVER_ADDR, 4000, server, 3) != 0 ||
		    gateway_pass(server, THING_ADDR, 5000, thing, 3) != 0 ||
		    tcp_passes(tcp))
			fail_msg("removal %zu: the flow goes on", i);
		assert_int_equal(
		    gateway_pass(plain, SERVER_ADDR, 4002, server2, 3), 3);
		assert_int_equal(
		    gateway_pass(server2, PLAIN_ADDR, 5000, plain, 3), 3);
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
	struct world *world = world_begin(state);
	int other = gateway_udp(HOST_OTHER, OTHER_ADDR, 5683);
	int plain = gateway_udp(HOST_PLAIN, PLAIN_ADDR, 5000);
	struct rule rule = rule_any(CHAIN_FROM, 4);

	script_rules(&world->script, POLICY, &rule, 1);
	script_thing(&world->script, OP_ADD, PLAIN_MAC, POLICY);
	world_play(world, 0);
	assert_int_equal(gateway_pass(plain, OTHER_ADDR, 5683, other, 5), 5);
	script_thing(&world->script, OP_ADD, OTHER_MAC, 2);
	script_binding(&world->script, OP_ADD, OTHER_MAC, OTHER_ADDR);
	world_play(world, 0);
	assert_int_equal(gateway_pass(plain, OTHER_ADDR, 5683, other, 5), 0);
	(void)close(other), (void)close(plain);
}

/* Permitted flows go on, whatever is changed about others, and however
 * often. */
static void
bumps_lose_nothing(void **state)
{
	struct world *world = world_begin(state);
	int plain = gateway_udp(HOST_PLAIN, PLAIN_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int tcp = tcp_open(HOST_PLAIN);
	unsigned long before = cache_epoch();

	for (uint32_t i = 0; i < 60; i++) {
		script_thing(&world->script, OP_ADD, THING_MAC, i % 3);
		world_play(world, 0);
		assert_int_equal(
		    gateway_pass(plain, SERVER_ADDR, 4000, server, 20), 20);
		assert_int_equal(
		    gateway_pass(server, PLAIN_ADDR, 5000, plain, 20), 20);
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
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);

	world_snapshot(&world->script);
	world_play(world, BATCH_RESET | BATCH_MONITOR);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 5), 5);
	assert_int_equal(cache_hits(false) + cache_hits(true), 0);
	assert_int_equal(
	    cache_mark(THING_ADDR, 5000) >> 16, (long long)cache_epoch() << 2);
	(void)close(thing), (void)close(server);
}

/* ---- ICMP errors ----------------------------------------------------------
 */

static const struct forged of_thing = {
	.from_mac = THING_MAC, .from = THING_ADDR, .to = SERVER_ADDR
};
/* What the server has sent, and the Thing complains of. */
static const struct forged to_thing = { .from = SERVER_ADDR,
	.to = THING_ADDR,
	.source = 4000,
	.destination = 5000 };

static unsigned int
complain(uint8_t type, int to)
{
	struct forged frame = of_thing;
	const uint8_t type_code[2] = { type, 1 };
	char br0[MAC_TEXT];

	memcpy(br0, gateway_mac("br0"), sizeof(br0));
	frame.to_mac = br0;
	forge_icmp(HOST_THING, "t0", type_code, &frame, &to_thing);
	return gateway_arrived(to);
}

static void
errors_end_with_their_flow(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int hears = socket_in(HOST_SERVER, SOCK_RAW | SOCK_NONBLOCK, 1);

	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 2), 2);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 2), 2);
	assert_int_equal(complain(3, hears), 1);
	assert_int_equal(complain(11, hears), 1);
	/* A redirect is no error, though it quotes an allowed flow. */
	assert_int_equal(complain(5, hears), 0);
	/* Another epoch: the flow must show first that it is allowed. */
	script_thing(&world->script, OP_ADD, PLAIN_MAC, 0);
	world_play(world, 0);
	assert_int_equal(complain(3, hears), 0);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 2), 2);
	assert_int_equal(complain(3, hears), 1);
	/* Revoked; and an error does not stamp it. */
	cache_remove_ace(&world->script);
	world_play(world, 0);
	assert_int_equal(complain(3, hears), 0);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 2), 0);
	assert_int_equal(complain(3, hears), 0);
	(void)close(thing), (void)close(server), (void)close(hears);
}

/* A policy may let ICMP through by itself: an error about a revoked flow is
 * then a packet like others, and revives nothing. */
static void
errors_stamp_nothing(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int hears = socket_in(HOST_SERVER, SOCK_RAW | SOCK_NONBLOCK, 1);
	struct rule icmp = rule_any(CHAIN_FROM, 4);

	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 2), 2);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 2), 2);
	icmp.protocol = 1;
	script_rules(&world->script, 1, &icmp, 1);
	world_play(world, 0);
	assert_int_equal(complain(3, hears), 1);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 2), 0);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 2), 0);
	(void)close(thing), (void)close(server), (void)close(hears);
}

/* The gateway's own flows belong to no epoch. */
static void
own_flows_cross_a_bump(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5010);
	int gateway = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR, 4010);
	int gateway2 = gateway_udp(HOST_GATEWAY, GATEWAY_ADDR, 4011);
	const struct forged error = {
		.from_mac = THING_MAC, .from = THING_ADDR, .to = GATEWAY_ADDR
	};
	const struct forged about = { .from = GATEWAY_ADDR,
		.to = THING_ADDR,
		.source = 4011,
		.destination = 5010 };
	struct forged frame = error;
	char br0[MAC_TEXT];

	memcpy(br0, gateway_mac("br0"), sizeof(br0));
	frame.to_mac = br0;
	assert_int_equal(gateway_pass(gateway, THING_ADDR, 5010, thing, 2), 2);
	assert_int_equal(gateway_pass(gateway2, THING_ADDR, 5010, thing, 2), 2);
	script_thing(&world->script, OP_ADD, THING_MAC, 2);
	world_play(world, 0);
	assert_int_equal(
	    gateway_pass(thing, GATEWAY_ADDR, 4010, gateway, 5), 5);
	gateway_join(gateway2, THING_ADDR, 5010);
	forge_error(HOST_THING, "t0", &frame, &about);
	assert_true(gateway_hears_refusal(gateway2));
	(void)close(thing), (void)close(gateway), (void)close(gateway2);
}

/* ---- what a connection does not tell --------------------------------------
 */

static unsigned int
pass_with(int tos, int from, int to)
{
	assert_int_equal(
	    setsockopt(from, IPPROTO_IP, IP_TOS, &tos, sizeof(tos)), 0);
	return gateway_pass(from, SERVER_ADDR, 4000, to, 3);
}

static void
fields_are_judged_packet_by_packet(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int hears = socket_in(HOST_SERVER, SOCK_RAW | SOCK_NONBLOCK, 1);
	struct rule rule = udp_rule(CHAIN_FROM, true);

	play_policy(world, NULL);
	assert_int_equal(pass_with(0, thing, server), 3);
	assert_int_equal(cache_hits(false), 2);
	/* The same policy gets other rules, and its Things stay. */
	assert_true(field_of(FIELD_DSCP, DSCP_EF, &rule.fields[0]));
	script_rules(&world->script, POLICY, &rule, 1);
	world_play(world, 0);
	assert_int_equal(pass_with(TOS_OF(DSCP_EF), thing, server), 3);
	assert_int_equal(pass_with(0, thing, server), 0);
	assert_int_equal(pass_with(TOS_OF(DSCP_EF), thing, server), 3);
	assert_int_equal(cache_hits(false), 0);
	assert_int_equal(
	    cache_mark(THING_ADDR, 5000) >> 16, (long long)cache_epoch() << 2);
	/* It is allowed now, so an error about it is. */
	assert_int_equal(complain(3, hears), 1);
	/* And back, as another policy of the same number. */
	rule = udp_rule(CHAIN_FROM, true);
	script_gone(&world->script, POLICY);
	script_rules(&world->script, POLICY, &rule, 1);
	world_play(world, 0);
	assert_int_equal(pass_with(0, thing, server), 3);
	assert_int_equal(cache_hits(false), 2);
	(void)close(thing), (void)close(server), (void)close(hears);
}

/* Neither is what goes towards such a Thing. */
static void
fields_count_at_either_end(void **state)
{
	struct world *world = world_begin(state);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	struct rule rule = rule_any(CHAIN_TO, 4);
	int tos = TOS_OF(DSCP_EF), none = 0;

	assert_true(field_of(FIELD_DSCP, DSCP_EF, &rule.fields[0]));
	script_rules(&world->script, POLICY, &rule, 1);
	script_thing(&world->script, OP_ADD, THING_MAC, POLICY);
	world_play(world, 0);
	assert_int_equal(
	    setsockopt(server, IPPROTO_IP, IP_TOS, &tos, sizeof(tos)), 0);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 3), 3);
	assert_int_equal(
	    setsockopt(server, IPPROTO_IP, IP_TOS, &none, sizeof(none)), 0);
	assert_int_equal(gateway_pass(server, THING_ADDR, 5000, thing, 3), 0);
	(void)close(thing), (void)close(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flows_pass_by_the_cache),
		cmocka_unit_test(replies_are_judged_apart),
		cmocka_unit_test(revoked_flows_stop_at_once),
		cmocka_unit_test(new_things_are_judged_too),
		cmocka_unit_test(bumps_lose_nothing),
		cmocka_unit_test(monitor_sees_every_packet),
		cmocka_unit_test(errors_end_with_their_flow),
		cmocka_unit_test(errors_stamp_nothing),
		cmocka_unit_test(own_flows_cross_a_bump),
		cmocka_unit_test(fields_are_judged_packet_by_packet),
		cmocka_unit_test(fields_count_at_either_end),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
