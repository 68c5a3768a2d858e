/*
 * The guard of ports, seen by frames: who may speak where, in whose name, and
 * in what kind of frame.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libmud/addr.h"
#include "tests/unit/forge.h"
#include "tests/unit/world.h"

#define BROADCAST "ff:ff:ff:ff:ff:ff"
#define NOBODY    "0.0.0.0"
#define MARK      "a frame of this test"

/* Both Things are on their ports. */
static struct world *
begin(void **state, uint32_t flags)
{
	struct world *world = world_bare(state);

	world_snapshot(&world->script);
	script_port(&world->script, OP_ADD, if_nametoindex("p1"), false);
	script_port(&world->script, OP_ADD, if_nametoindex("p2"), false);
	script_port(&world->script, OP_ADD, if_nametoindex("lan1"), false);
	script_place(&world->script, THING_MAC, if_nametoindex("p1"));
	script_place(&world->script, PLAIN_MAC, if_nametoindex("lan1"));
	world_play(world, BATCH_RESET | flags);
	return world;
}

/* ---- frames ------------------------------------------------------------- */

/* How many of the frames that come hold these bytes, within 0.3 s of the
 * last? */
static unsigned int
heard(int fd, const void *bytes, size_t len)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	unsigned int n = 0;

	while (poll(&ready, 1, 300) > 0) {
		struct sockaddr_ll from = { 0 };
		socklen_t size = sizeof(from);
		uint8_t frame[2048];
		ssize_t got = recvfrom(fd, frame, sizeof(frame), 0,
		    (struct sockaddr *)(void *)&from, &size);

		if (got > 0 && from.sll_pkttype != PACKET_OUTGOING &&
		    memmem(frame, (size_t)got, bytes, len) != NULL)
			n++;
	}
	return n;
}

static size_t
put_mac(uint8_t *at, const char *text)
{
	struct mac mac;

	assert_true(mac_parse(text, &mac));
	memcpy(at, &mac, sizeof(mac));
	return sizeof(mac);
}

/* A frame with these types one after the other, as tags are. */
static void
send_types(enum host host, const char *interface, const char *from,
    const char *to, const uint16_t *types, size_t n)
{
	uint8_t frame[96] = { 0 };
	size_t len = put_mac(frame, to);

	len += put_mac(frame + len, from);
	for (size_t i = 0; i < n; i++) {
		frame[len] = (uint8_t)(types[i] >> 8);
		frame[len + 1] = (uint8_t)types[i];
		len += i + 1 < n ? 4 : 2; /* a tag: VLAN 0 to come */
		if (i + 1 < n)
			frame[len - 1] = 7;
	}
	memcpy(frame + len, MARK, strlen(MARK));
	forge_bytes(host, interface, frame, len + strlen(MARK));
}

struct arp {
	const char *frame_from, *to; /* MACs of the frame */
	uint8_t op;                  /* 1: who has, 2: is at */
	const char *mac, *addr;      /* the sender that it speaks of */
	const char *target;
};

static size_t
put_addr(uint8_t *at, const char *text)
{
	assert_int_equal(inet_pton(AF_INET, text, at), 1);
	return 4;
}

static void
send_arp(enum host host, const char *interface, const struct arp *arp)
{
	static const uint8_t head[] = { 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0 };
	uint8_t frame[64] = { 0 };
	size_t len = put_mac(frame, arp->to);

	len += put_mac(frame + len, arp->frame_from);
	memcpy(frame + len, head, sizeof(head));
	len += sizeof(head);
	frame[len++] = arp->op;
	len += put_mac(frame + len, arp->mac);
	len += put_addr(frame + len, arp->addr);
	len += put_mac(frame + len, "00:00:00:00:00:00");
	len += put_addr(frame + len, arp->target);
	forge_bytes(host, interface, frame, len);
}

/* ARP as its receiver finds it: sender and target. */
static unsigned int
arp_heard(int fd, const struct arp *arp)
{
	uint8_t bytes[20];
	size_t len = put_mac(bytes, arp->mac);

	len += put_addr(bytes + len, arp->addr);
	len += put_mac(bytes + len, "00:00:00:00:00:00");
	len += put_addr(bytes + len, arp->target);
	return heard(fd, bytes, len);
}

/* One datagram in a frame of this MAC, by this host's wire. */
static unsigned int
arrives(enum host host, const char *interface, struct forged frame, int to)
{
	forge_udp(host, interface, &frame);
	return gateway_arrived(to);
}

static uint64_t
dropped_of_thing(struct world *world)
{
	return world_counters(world).thing.from_packets;
}

/* ---- ports -------------------------------------------------------------- */

/* What 10 s of silence do. */
static void
be_silent(void)
{
	free(gateway_nft("flush", "set", "bridge", "mudd", "heard"));
}

static void
things_keep_to_their_ports(void **state)
{
	struct world *world = begin(state, 0);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int dhcp = gateway_udp(HOST_GATEWAY, NOBODY, 67);
	struct forged packet = { .from_mac = THING_MAC,
		.from = THING_ADDR,
		.to = SERVER_ADDR,
		.source = 5000,
		.destination = 4000 };
	const struct forged discover = { THING_MAC, BROADCAST, NOBODY,
		"255.255.255.255", 68, 67 };

	packet.to_mac = gateway_mac("br0");
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 5), 5);
	assert_int_equal(arrives(HOST_THING, "t0", packet, server), 1);
	assert_int_equal(dropped_of_thing(world), 0);
	/* The same from another port: nothing, not even DHCP. */
	assert_int_equal(arrives(HOST_OTHER, "o0", packet, server), 0);
	assert_int_equal(arrives(HOST_OTHER, "o0", discover, dhcp), 0);
	assert_int_equal(dropped_of_thing(world), 2);
	/* Its own was silent meanwhile: DHCP, and nothing else. */
	be_silent();
	assert_int_equal(arrives(HOST_OTHER, "o0", discover, dhcp), 1);
	assert_int_equal(arrives(HOST_OTHER, "o0", packet, server), 0);
	assert_int_equal(dropped_of_thing(world), 3);
	/* It is there. */
	script_place(&world->script, THING_MAC, if_nametoindex("p2"));
	world_play(world, 0);
	assert_int_equal(arrives(HOST_OTHER, "o0", packet, server), 1);
	assert_int_equal(arrives(HOST_THING, "t0", packet, server), 0);
	/* It is nowhere: from wherever, DHCP. */
	script_place(&world->script, THING_MAC, 0);
	world_play(world, 0);
	assert_int_equal(arrives(HOST_OTHER, "o0", packet, server), 0);
	assert_int_equal(arrives(HOST_THING, "t0", packet, server), 0);
	assert_int_equal(arrives(HOST_OTHER, "o0", discover, dhcp), 1);
	assert_int_equal(arrives(HOST_THING, "t0", discover, dhcp), 1);
	/* A port that is none of the LAN's is not ours to guard. */
	script_port(&world->script, OP_DELETE, if_nametoindex("p1"), false);
	world_play(world, 0);
	assert_int_equal(arrives(HOST_THING, "t0", packet, server), 1);
	(void)close(server), (void)close(thing), (void)close(dhcp);
}

/* Nor does the Thing of another LAN interface speak on this one. */
static void
interfaces_are_ports(void **state)
{
	struct world *world = begin(state, 0);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int plain = gateway_udp(HOST_PLAIN, PLAIN_ADDR, 5000);
	struct forged packet = { .from_mac = PLAIN_MAC,
		.from = PLAIN_ADDR,
		.to = SERVER_ADDR,
		.source = 5000,
		.destination = 4000 };

	assert_int_equal(gateway_pass(plain, SERVER_ADDR, 4000, server, 5), 5);
	packet.to_mac = gateway_mac("br0");
	assert_int_equal(arrives(HOST_OTHER, "o0", packet, server), 0);
	packet.from_mac = THING_MAC;
	packet.from = THING_ADDR;
	packet.to_mac = gateway_mac("lan1");
	assert_int_equal(arrives(HOST_PLAIN, "c0", packet, server), 0);
	assert_int_equal(dropped_of_thing(world), 1);
	(void)close(server), (void)close(plain);
}

static void
locked_ports_are_for_things(void **state)
{
	struct world *world = begin(state, 0);
	const uint32_t p1 = if_nametoindex("p1"), p2 = if_nametoindex("p2");
	int near = gateway_udp(HOST_OTHER, OTHER_ADDR, 5000);
	int server = gateway_udp(HOST_SERVER, SERVER_ADDR, 4000);
	int thing = gateway_udp(HOST_THING, THING_ADDR, 5000);
	int plain = gateway_udp(HOST_PLAIN, PLAIN_ADDR, 5000);

	assert_int_equal(gateway_pass(near, SERVER_ADDR, 4000, server, 2), 2);
	script_port(&world->script, OP_ADD, p1, true);
	script_port(&world->script, OP_ADD, p2, true);
	script_port(&world->script, OP_ADD, if_nametoindex("lan1"), true);
	world_play(world, 0);
	assert_int_equal(gateway_pass(near, SERVER_ADDR, 4000, server, 2), 0);
	assert_int_equal(gateway_pass(thing, SERVER_ADDR, 4000, server, 2), 2);
	assert_int_equal(gateway_pass(plain, SERVER_ADDR, 4000, server, 2), 2);
	/* A Thing no more: nobody. */
	script_thing(&world->script, OP_DELETE, PLAIN_MAC, 0);
	world_play(world, 0);
	assert_int_equal(gateway_pass(plain, SERVER_ADDR, 4000, server, 2), 0);
	script_port(&world->script, OP_ADD, p2, false);
	world_play(world, 0);
	assert_int_equal(gateway_pass(near, SERVER_ADDR, 4000, server, 2), 2);
	(void)close(near), (void)close(server), (void)close(thing);
	(void)close(plain);
}

/* ---- kinds of frames ---------------------------------------------------- */

static void
only_what_can_be_judged(void **state)
{
	static const struct {
		uint16_t types[4];
		size_t n;
		bool passes;
	} frames[] = {
		{ { ETH_P_PAE }, 1, true },
		{ { ETH_P_8021Q, ETH_P_PAE }, 2, false },
		{ { ETH_P_8021Q, ETH_P_IP }, 2, false },
		{ { ETH_P_8021AD, ETH_P_IP }, 2, false },
		{ { ETH_P_8021AD, ETH_P_8021Q, ETH_P_IPV6 }, 3, false },
		{ { ETH_P_8021Q, ETH_P_8021Q, ETH_P_ARP }, 3, false },
		{ { ETH_P_RARP }, 1, false }, { { ETH_P_PPP_DISC }, 1, false },
		{ { ETH_P_MPLS_UC }, 1, false },
		{ { 0x88b5 }, 1, false }, /* for experiments */
		{ { 38 }, 1, false },     /* a length: LLC */
	};
	struct world *world = begin(state, 0);
	int other = forge_wire(HOST_OTHER, "o0", ETH_P_ALL);
	int thing = forge_wire(HOST_THING, "t0", ETH_P_ALL);
	uint64_t n = 0;

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		send_types(HOST_THING, "t0", THING_MAC, OTHER_MAC,
		    frames[i].types, frames[i].n);
		if (heard(other, MARK, strlen(MARK)) !=
		    (frames[i].passes ? 1 : 0))
			fail_msg("frame %zu of the Thing", i);
		n += frames[i].passes ? 0 : 1;
		/* Nor may anybody send it that. */
		send_types(HOST_OTHER, "o0", OTHER_MAC, THING_MAC,
		    frames[i].types, frames[i].n);
		if (heard(thing, MARK, strlen(MARK)) !=
		    (frames[i].passes ? 1 : 0))
			fail_msg("frame %zu to the Thing", i);
		/* Strangers may among themselves; to all ports, since nobody
		 * has that MAC. */
		send_types(HOST_OTHER, "o0", OTHER_MAC, "02:bb:00:00:00:66",
		    frames[i].types, frames[i].n);
		if (heard(thing, MARK, strlen(MARK)) != 1)
			fail_msg("frame %zu of a stranger", i);
	}
	assert_int_equal(dropped_of_thing(world), n);
	assert_int_equal(world_counters(world).thing.to_packets, n);
	/* On a bridge that is none of the LAN's, though a VLAN of it may be,
	 * tags are others' business. */
	script_port(&world->script, OP_DELETE, if_nametoindex("p1"), false);
	world_play(world, 0);
	send_types(HOST_OTHER, "o0", OTHER_MAC, THING_MAC, frames[1].types, 2);
	assert_int_equal(heard(thing, MARK, strlen(MARK)), 1);
	(void)close(other), (void)close(thing);
}

/* Between two ports too, where no rule of `inet mudd` comes to see it. */
static void
addresses_are_its_own(void **state)
{
	struct world *world = begin(state, 0);
	int near = forge_wire(HOST_OTHER, "o0", ETH_P_ALL), thing;
	const uint8_t mark[] = { 0x13, 0x89, 0x13, 0x8a }; /* both ports */
	struct forged frame = { THING_MAC, OTHER_MAC, THING_ADDR, OTHER_ADDR,
		5001, 5002 };

	gateway_hand_over(false);
	forge_udp(HOST_THING, "t0", &frame);
	assert_int_equal(heard(near, mark, sizeof(mark)), 1);
	frame.from = THING_STOLEN;
	forge_udp(HOST_THING, "t0", &frame);
	frame.from = GATEWAY_ADDR;
	forge_udp(HOST_THING, "t0", &frame);
	assert_int_equal(heard(near, mark, sizeof(mark)), 0);
	assert_int_equal(dropped_of_thing(world), 2);
	frame.from = "fd77::10";
	frame.to = OTHER_ADDR6;
	forge_udp6(HOST_THING, "t0", &frame);
	assert_int_equal(heard(near, mark, sizeof(mark)), 1);
	frame.from = THING_STOLEN6;
	forge_udp6(HOST_THING, "t0", &frame);
	frame.from = "fe80::99";
	forge_udp6(HOST_THING, "t0", &frame);
	assert_int_equal(heard(near, mark, sizeof(mark)), 0);
	assert_int_equal(dropped_of_thing(world), 4);

	/* Nor are they a stranger's, who has others. */
	thing = forge_wire(HOST_THING, "t0", ETH_P_ALL);
	frame = (struct forged){ OTHER_MAC, THING_MAC, "192.168.77.200",
		THING_ADDR, 5001, 5002 };
	forge_udp(HOST_OTHER, "o0", &frame);
	assert_int_equal(heard(thing, mark, sizeof(mark)), 1);
	frame.from = THING_ADDR;
	forge_udp(HOST_OTHER, "o0", &frame);
	frame.from = "fd77::10";
	frame.to = "fd77::10";
	forge_udp6(HOST_OTHER, "o0", &frame);
	assert_int_equal(heard(thing, mark, sizeof(mark)), 0);
	gateway_hand_over(true);
	(void)close(near), (void)close(thing);
}

/* ---- ARP ---------------------------------------------------------------- */

static void
arp_tells_the_truth(void **state)
{
	static const struct {
		bool by_thing;
		struct arp arp;
		bool passes;
	} said[] = {
		{ true,
		    { THING_MAC, BROADCAST, 1, THING_MAC, THING_ADDR,
			OTHER_ADDR },
		    true },
		{ true,
		    { THING_MAC, OTHER_MAC, 2, THING_MAC, THING_ADDR,
			OTHER_ADDR },
		    true },
		/* A probe (RFC 5227). */
		{ true,
		    { THING_MAC, BROADCAST, 1, THING_MAC, NOBODY,
			THING_STOLEN },
		    true },
		{ true,
		    { THING_MAC, BROADCAST, 1, THING_MAC, THING_STOLEN,
			OTHER_ADDR },
		    false },
		{ true,
		    { THING_MAC, OTHER_MAC, 2, THING_MAC, GATEWAY_ADDR,
			OTHER_ADDR },
		    false },
		/* That its address is at another's MAC. */
		{ true,
		    { THING_MAC, OTHER_MAC, 2, OTHER_MAC, THING_ADDR,
			OTHER_ADDR },
		    false },
		/* That another's is at its MAC, or that it is nobody's. */
		{ true,
		    { THING_MAC, BROADCAST, 2, THING_MAC, OTHER_ADDR,
			OTHER_ADDR },
		    false },
		{ false,
		    { OTHER_MAC, THING_MAC, 2, OTHER_MAC, OTHER_ADDR,
			THING_ADDR },
		    true },
		{ false,
		    { OTHER_MAC, THING_MAC, 1, OTHER_MAC, "192.168.77.13",
			THING_ADDR },
		    true },
		{ false,
		    { OTHER_MAC, THING_MAC, 2, OTHER_MAC, THING_ADDR,
			THING_ADDR },
		    false },
		{ false,
		    { OTHER_MAC, BROADCAST, 1, OTHER_MAC, PLAIN_ADDR,
			THING_ADDR },
		    false },
	};
	struct world *world = begin(state, 0);
	int other = forge_wire(HOST_OTHER, "o0", ETH_P_ALL);
	int thing = forge_wire(HOST_THING, "t0", ETH_P_ALL);

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		if (said[i].by_thing)
			send_arp(HOST_THING, "t0", &said[i].arp);
		else
			send_arp(HOST_OTHER, "o0", &said[i].arp);
		assert_int_equal(
		    arp_heard(said[i].by_thing ? other : thing, &said[i].arp),
		    said[i].passes ? 1 : 0);
	}
	assert_int_equal(dropped_of_thing(world), 4);
	(void)close(other), (void)close(thing);
}

/* Does the gateway answer to what this ARP asks? */
static unsigned int
is_answered(int fd, const char *sender, const char *mac)
{
	const struct arp ask = { PLAIN_MAC, BROADCAST, 1, mac, sender,
		GATEWAY_LAN1 };
	uint8_t answer[] = { 0, 1, 8, 0, 6, 4, 0, 2 };

	send_arp(HOST_PLAIN, "c0", &ask);
	return heard(fd, answer, sizeof(answer));
}

static void
arp_on_an_interface(void **state)
{
	struct world *world = begin(state, 0);
	int plain = forge_wire(HOST_PLAIN, "c0", ETH_P_ALL);

	assert_int_equal(is_answered(plain, PLAIN_ADDR, PLAIN_MAC), 1);
	assert_int_equal(is_answered(plain, NOBODY, PLAIN_MAC), 1);
	assert_int_equal(is_answered(plain, PLAIN_STOLEN, PLAIN_MAC), 0);
	assert_int_equal(is_answered(plain, PLAIN_ADDR, OTHER_MAC), 0);
	assert_int_equal(is_answered(plain, GATEWAY_LAN1, PLAIN_MAC), 0);
	assert_int_equal(world_counters(world).plain.from_packets, 3);
	script_thing(&world->script, OP_ADD, PLAIN_MAC, 0);
	world_play(world, 0);
	assert_int_equal(is_answered(plain, PLAIN_ADDR, PLAIN_MAC), 0);
	assert_int_equal(is_answered(plain, NOBODY, PLAIN_MAC), 1);
	script_thing(&world->script, OP_DELETE, PLAIN_MAC, 0);
	world_play(world, 0);
	assert_int_equal(is_answered(plain, PLAIN_STOLEN, PLAIN_MAC), 1);
	(void)close(plain);
}

/* ---- modes -------------------------------------------------------------- */

static void
monitors_drop_nothing(void **state)
{
	struct world *world = begin(state, BATCH_MONITOR);
	const uint16_t tagged[] = { ETH_P_8021Q, ETH_P_IP };
	const struct arp lie = { THING_MAC, OTHER_MAC, 2, THING_MAC,
		GATEWAY_ADDR, OTHER_ADDR };
	int other = forge_wire(HOST_OTHER, "o0", ETH_P_ALL);

	send_types(HOST_THING, "t0", THING_MAC, OTHER_MAC, tagged, 2);
	assert_int_equal(heard(other, MARK, strlen(MARK)), 1);
	send_arp(HOST_THING, "t0", &lie);
	assert_int_equal(arp_heard(other, &lie), 1);
	assert_int_equal(dropped_of_thing(world), 2);
	(void)close(other);
}

/* One that is denied everything is dropped as such, and may do what leads to
 * an address. */
static void
denied_is_no_spoof(void **state)
{
	struct world *world = begin(state, 0);
	const uint8_t mark[] = { 0x13, 0x89, 0x13, 0x8a };
	const struct forged frame = { THING_MAC, OTHER_MAC, THING_ADDR,
		OTHER_ADDR, 5001, 5002 };
	const struct arp probe = { THING_MAC, BROADCAST, 1, THING_MAC, NOBODY,
		THING_ADDR };
	int other = forge_wire(HOST_OTHER, "o0", ETH_P_ALL);
	char *listed;

	script_deny(&world->script, THING_MAC, 2);
	world_play(world, 0);
	forge_udp(HOST_THING, "t0", &frame);
	assert_int_equal(heard(other, mark, sizeof(mark)), 0);
	listed = gateway_nft("list", "set", "bridge", "mudd", "denied");
	holds(listed, THING_MAC " counter packets 1 ");
	free(listed);
	send_arp(HOST_THING, "t0", &probe);
	assert_int_equal(arp_heard(other, &probe), 1);
	(void)close(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(things_keep_to_their_ports),
		cmocka_unit_test(interfaces_are_ports),
		cmocka_unit_test(locked_ports_are_for_things),
		cmocka_unit_test(only_what_can_be_judged),
		cmocka_unit_test(addresses_are_its_own),
		cmocka_unit_test(arp_tells_the_truth),
		cmocka_unit_test(arp_on_an_interface),
		cmocka_unit_test(monitors_drop_nothing),
		cmocka_unit_test(denied_is_no_spoof),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
