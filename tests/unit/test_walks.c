/*
 * What the engine asks mudd about a packet, and what it takes for an answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "engine/config.h"
#include "engine/control/walks.h"
#include "engine/engine.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define TCP    6
#define ICMP   1
#define ICMPV6 58

static char lan_names[1][LINK_NAME] = { "br0" };
static struct config config = { .n_lan = 1, .lan = lan_names };

struct rig {
	struct engine engine;
	struct thing *thing;
	uint32_t heard; /* the number that the listener heard of */
};

static void
hear(void *arg, const struct record_walk_end *end)
{
	struct rig *rig = arg;

	rig->heard = end->number;
}

static struct addr
addr(const char *text)
{
	struct addr out = { 0 };

	assert_true(addr_parse(text, &out));
	return out;
}

static struct thing *
add(struct rig *rig, uint8_t last, uint32_t port, const char *own,
    const char *own6)
{
	const struct mac mac = { { 2, 0, 0, 0, 0, last } };
	struct thing *thing = things_add(rig->engine.things, &mac, 0);
	struct addr address = addr(own);

	thing->port = port;
	(void)things_bind(
	    rig->engine.things, thing, &address, LEASE_DHCP4, INT64_MAX);
	if (own6 == NULL)
		return thing;
	thing->installed_addrs[thing->n_installed++] = address;
	thing->installed_addrs[thing->n_installed++] = addr("fe80::7");
	thing->installed_addrs[thing->n_installed++] = addr(own6);
	return thing;
}

static int
set_up(void **state)
{
	const struct record_link link = {
		.op = OP_ADD,
		.ifindex = 2,
		.is_bridge = 1,
		.is_up = 1,
		.name = "br0",
		.mac = { { 2, 0, 0, 0, 0, 0xfe } },
	};
	const struct record_gateway at = {
		.op = OP_ADD,
		.ifindex = 2,
		.addr = addr("192.0.2.1"),
		.len = 24,
	};
	struct rig *rig = xcalloc(1, sizeof(*rig));

	lan_init(&rig->engine.lan, &config);
	assert_true(lan_link(&rig->engine.lan, &link));
	assert_true(lan_gateway(&rig->engine.lan, &at));
	rig->engine.things = things_new(16);
	rig->thing = add(rig, 7, 3, "192.0.2.7", "2001:db8::7");
	(void)add(rig, 8, 4, "192.0.2.8", NULL);
	rig->engine.listener.walked = hear;
	rig->engine.listener.arg = rig;
	*state = rig;
	return 0;
}

static int
tear_down(void **state)
{
	struct rig *rig = *state;

	things_free(rig->engine.things);
	free(rig);
	return 0;
}

/* ---- the question -------------------------------------------------------- */

static struct record_walk
describe(struct rig *rig, const char *peer, struct flow *flow)
{
	struct record_walk walk;

	flow->peer = addr(peer);
	walks_describe(&rig->engine, rig->thing, flow, &walk);
	return walk;
}

static void
a_packet_is_described(void **state)
{
	static const struct mac none;
	struct rig *rig = *state;
	const struct addr nobody = { 0 };
	struct flow flow = flow_blank(TO_DEVICE, &nobody, TCP);
	struct record_walk walk;
	struct addr own = addr("192.0.2.7");

	flow.source = 443;
	flow.destination = 5000;
	walk = describe(rig, "198.51.100.1", &flow);
	assert_int_equal(walk.direction, TO_DEVICE);
	assert_int_equal(walk.port, 3);
	assert_int_equal(walk.peer_port, 0);
	assert_int_equal(walk.is_neighbour, 0);
	assert_int_equal(walk.protocol, TCP);
	assert_int_equal(walk.source, 443);
	assert_int_equal(walk.destination, 5000);
	assert_int_equal(walk.icmp_type, -1);
	assert_memory_equal(&walk.thing, &rig->thing->mac, sizeof(walk.thing));
	assert_memory_equal(&walk.peer_mac, &none, sizeof(none));
	assert_true(addr_equal(&walk.own, &own));
	assert_true(addr_equal(&walk.peer, &flow.peer));
	assert_int_equal(walk.track, WALK_NEW);
	flow.opener = OPENED_BY_THING;
	assert_int_equal(
	    describe(rig, "198.51.100.1", &flow).track, WALK_REPLY);
	flow.is_untracked = true;
	assert_int_equal(
	    describe(rig, "198.51.100.1", &flow).track, WALK_UNTRACKED);
	/* A neighbour is at a port, and has a MAC. */
	walk = describe(rig, "192.0.2.8", &flow);
	assert_int_equal(walk.is_neighbour, 1);
	assert_int_equal(walk.peer_port, 4);
	assert_int_equal(walk.peer_mac.byte[5], 8);
	/* One that nobody has heard of, and the gateway, which is none. */
	walk = describe(rig, "192.0.2.9", &flow);
	assert_int_equal(walk.is_neighbour, 1);
	assert_int_equal(walk.peer_port, 0);
	assert_int_equal(describe(rig, "192.0.2.1", &flow).is_neighbour, 0);
}

static void
it_speaks_from_the_address_that_hosts_choose(void **state)
{
	static const struct {
		const char *peer, *own;
	} rows[] = {
		{ "198.51.100.1", "192.0.2.7" },
		{ "2001:db8:1::1", "2001:db8::7" },
		{ "fe80::1", "fe80::7" },
		{ "2607:f8b0::1", "2001:db8::7" },
	};
	struct rig *rig = *state;
	const struct addr nobody = { 0 };
	struct flow flow = flow_blank(FROM_DEVICE, &nobody, TCP);
	struct record_walk walk;
	struct addr own;

	for (size_t i = 0; i < LENGTH(rows); i++) {
		walk = describe(rig, rows[i].peer, &flow);
		own = addr(rows[i].own);
		assert_true(addr_equal(&walk.own, &own));
	}
	/* What the kernel has no address of has one all the same. */
	rig->thing->n_installed = 0;
	own = addr("192.0.2.7");
	walk = describe(rig, "198.51.100.1", &flow);
	assert_true(addr_equal(&walk.own, &own));
	own = addr("::");
	walk = describe(rig, "2001:db8::1", &flow);
	assert_true(addr_equal(&walk.own, &own));
}

/* Only requests open a flow of ICMP, and the tracker leaves neighbour
 * discovery alone. */
static void
icmp_is_tracked_as_the_kernel_does(void **state)
{
	static const struct {
		const char *peer;
		uint8_t protocol;
		int16_t type;
		enum walk_track track;
	} rows[] = {
		{ "198.51.100.1", ICMP, -1, WALK_NEW },
		{ "198.51.100.1", ICMP, 8, WALK_NEW },
		{ "198.51.100.1", ICMP, 13, WALK_NEW },
		{ "198.51.100.1", ICMP, 0, WALK_INVALID },
		{ "198.51.100.1", ICMP, 3, WALK_INVALID },
		{ "2001:db8::1", ICMPV6, 128, WALK_NEW },
		{ "2001:db8::1", ICMPV6, 129, WALK_INVALID },
		{ "2001:db8::1", ICMPV6, 1, WALK_INVALID },
		{ "2001:db8::1", ICMPV6, 135, WALK_UNTRACKED },
		{ "2001:db8::1", ICMPV6, 143, WALK_UNTRACKED },
	};
	struct rig *rig = *state;
	const struct addr nobody = { 0 };

	for (size_t i = 0; i < LENGTH(rows); i++) {
		struct flow flow =
		    flow_blank(FROM_DEVICE, &nobody, rows[i].protocol);

		flow.icmp_type = rows[i].type;
		assert_int_equal(
		    describe(rig, rows[i].peer, &flow).track, rows[i].track);
	}
}

/* ---- the answer ---------------------------------------------------------- */

static struct record_walk_step
step_of(const struct rig *rig)
{
	return (struct record_walk_step){
		.number = rig->engine.walks.number,
		.table = WALK_BRIDGE,
		.action = WALK_DROP,
		.chain = "guard",
	};
}

static struct record_walk_end
end_of(const struct rig *rig)
{
	return (struct record_walk_end){
		.number = rig->engine.walks.number,
		.verdict = WALK_IS_DROPPED,
		.n = rig->engine.walks.n,
	};
}

static void
only_what_was_asked_for_is_taken(void **state)
{
	struct rig *rig = *state;
	struct walks *walks = &rig->engine.walks;
	struct record_walk_step step = step_of(rig);
	struct record_walk_end end = end_of(rig);

	assert_false(walks_take(&rig->engine, &step));
	assert_false(walks_end(&rig->engine, &end));
	walks->is_asked = true;
	walks->number = 9;
	assert_false(walks_take(&rig->engine, &step));
	assert_false(walks_end(&rig->engine, &end));
	assert_true(walks->is_asked);
	assert_int_equal(rig->heard, 0);
	step = step_of(rig);
	for (int i = 0; i < WALK_STEPS; i++)
		assert_true(walks_take(&rig->engine, &step));
	assert_false(walks_take(&rig->engine, &step));
	assert_string_equal(walks->step[WALK_STEPS - 1].chain, "guard");
	end = end_of(rig);
	assert_true(walks_end(&rig->engine, &end));
	assert_int_equal(rig->heard, 9);
	/* It has been answered. */
	assert_false(walks->is_asked);
	assert_false(walks_end(&rig->engine, &end));
}

static void
each_field_is_checked(void **state)
{
	struct rig *rig = *state;
	struct record_walk_step step[5];
	struct record_walk_end end[4];

	rig->engine.walks.is_asked = true;
	rig->engine.walks.number = 9;
	for (size_t i = 0; i < LENGTH(step); i++)
		step[i] = step_of(rig);
	step[0].table = WALK_TABLES;
	step[1].action = WALK_ACTIONS;
	memset(step[2].chain, 'x', sizeof(step[2].chain));
	memset(step[3].to, 'x', sizeof(step[3].to));
	memset(step[4].note, 'x', sizeof(step[4].note));
	for (size_t i = 0; i < LENGTH(step); i++)
		assert_false(walks_take(&rig->engine, &step[i]));
	assert_int_equal(rig->engine.walks.n, 0);
	for (size_t i = 0; i < LENGTH(end); i++)
		end[i] = end_of(rig);
	end[0].verdict = WALK_VERDICTS;
	end[1].n = 1;
	end[2].is_missing = 2;
	memset(end[3].why, 'x', sizeof(end[3].why));
	for (size_t i = 0; i < LENGTH(end); i++)
		assert_false(walks_end(&rig->engine, &end[i]));
	assert_true(rig->engine.walks.is_asked);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_packet_is_described, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    it_speaks_from_the_address_that_hosts_choose, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    icmp_is_tracked_as_the_kernel_does, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    only_what_was_asked_for_is_taken, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    each_field_is_checked, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
