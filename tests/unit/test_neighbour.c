/*
 * Packets that wait in the gateway's neighbour table while their address comes
 * to belong to a Thing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmud/fault.h"
#include "tests/unit/world.h"

/* An address that its host takes only once it is asked for. */
struct late {
	const char *addr, *with_len;
	const char *any, *server;
};

static const struct late late4 = { "192.168.77.50", "192.168.77.50/24",
	"0.0.0.0", SERVER_ADDR };
static const struct late late6 = { "fd77::50", "fd77::50/64",
	"::", SERVER_ADDR6 };
static const struct late plain4 = { "192.168.78.50", "192.168.78.50/24",
	"0.0.0.0", SERVER_ADDR };

static void
take_address(enum host host, const char *interface, const struct late *late)
{
	const char *argv[] = { "ip", "addr", "add", late->with_len, "dev",
		interface, "nodad", NULL };

	free(gateway_run(host, argv));
}

static void
leave_address(enum host host, const char *interface, const struct late *late)
{
	const char *argv[] = { "ip", "addr", "del", late->with_len, "dev",
		interface, NULL };

	free(gateway_run(host, argv));
}

/*
 * Three datagrams wait for the host to say where the address is; then it is
 * bound to mac (NULL: it is nobody's), and the host says so. How many arrive.
 */
static unsigned int
arrive_late(struct world *world, enum host host, const char *interface,
    const char *mac, const struct late *late)
{
	int server = gateway_udp(HOST_SERVER, late->server, 4001);
	int thing = gateway_udp(host, late->any, 5000);
	unsigned int n;

	assert_int_equal(gateway_pass(server, late->addr, 5000, thing, 3), 0);
	if (mac != NULL) {
		script_binding(&world->script, OP_ADD, mac, late->addr);
		world_play(world, 0);
	}
	take_address(host, interface, late);
	/* The gateway asks once a second. */
	(void)usleep(1500 * 1000);
	n = gateway_arrived(thing);
	/* It has answered: what is sent now goes out at once. */
	assert_int_equal(gateway_pass(server, late->addr, 5000, thing, 1),
	    mac == NULL ? 1 : 0);
	leave_address(host, interface, late);
	(void)close(server), (void)close(thing);
	return n;
}

static void
nothing_waits_for_a_binding(void **state)
{
	struct world *world = world_begin(state);

	assert_int_equal(
	    arrive_late(world, HOST_THING, "t0", THING_MAC, &late4), 0);
	assert_int_equal(
	    arrive_late(world, HOST_THING, "t0", THING_MAC, &late6), 0);
	assert_int_equal(
	    arrive_late(world, HOST_PLAIN, "c0", PLAIN_MAC, &plain4), 0);
}

/* The same, with a host that is none of ours: all of them arrive. */
static void
others_wait(void **state)
{
	static const struct late other4 = { "192.168.77.51", "192.168.77.51/24",
		"0.0.0.0", SERVER_ADDR };
	static const struct late other6 = { "fd77::51", "fd77::51/64",
		"::", SERVER_ADDR6 };
	struct world *world = world_begin(state);

	assert_int_equal(
	    arrive_late(world, HOST_OTHER, "o0", NULL, &other4), 3);
	assert_int_equal(
	    arrive_late(world, HOST_OTHER, "o0", NULL, &other6), 3);
}

/* Where somebody has fixed an entry he keeps it: the MAC, and that it is. */
static void
fixed_entries_stay(void **state)
{
	static const char *const addrs[] = { "192.168.77.60", "fd77::60" };
	struct world *world = world_begin(state);

	for (size_t i = 0; i < sizeof(addrs) / sizeof(addrs[0]); i++) {
		const char *fix[] = { "ip", "neigh", "replace", addrs[i],
			"lladdr", OTHER_MAC, "dev", "br0", "nud", "permanent",
			NULL };
		const char *show[] = { "ip", "neigh", "show", addrs[i], "dev",
			"br0", NULL };
		const char *unfix[] = { "ip", "neigh", "del", addrs[i], "dev",
			"br0", NULL };
		char *text;

		free(gateway_run(HOST_GATEWAY, fix));
		script_binding(&world->script, OP_ADD, THING_MAC, addrs[i]);
		world_play(world, 0);
		text = gateway_run(HOST_GATEWAY, show);
		assert_non_null(strstr(text, OTHER_MAC));
		assert_non_null(strstr(text, "PERMANENT"));
		free(text);
		free(gateway_run(HOST_GATEWAY, unfix));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixed_entries_stay),
		cmocka_unit_test(nothing_waits_for_a_binding),
		cmocka_unit_test(others_wait),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
