/* Frames to sightings: who may say what, and from where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/watchlan.h"
#include "tests/unit/wire.h"
#include "watch/budget.h"
#include "watch/dhcp4.h"
#include "watch/exchange.h"
#include "watch/links.h"
#include "watch/observe.h"
#include "watch/presence.h"

#define CIADDR 12
#define YIADDR 16
#define GIADDR 24
#define CHADDR 28
#define DHCP   42 /* Ethernet, IPv4, UDP */

#define END     "\377"
#define URL     "\241\20https://a.test/t"
#define LEASE   "\63\4\0\0\16\20" /* an hour */
#define ADDRESS "\300\250\115\62" /* 192.168.77.50 */

/* One message of a client, and what may be wrong with it. */
static const struct {
	const char *name;
	uint8_t type;
	const char *options;
	size_t len;
	bool is_leaving;
	struct {
		size_t at, len; /* len 0: nothing is changed */
		const char *value;
	} patch[2];
	int kind; /* -1: no sighting */
	enum fault_code code;
} clients[] = {
	/* clang-format off */
	{ "discover", 1, WIRE(URL END), false, { { 0, 0, "" } },
	    SIGHTING_REQUEST, FAULT_NONE },
	{ "request", 3, WIRE(URL END), false, { { 0, 0, "" } },
	    SIGHTING_REQUEST, FAULT_NONE },
	{ "inform", 8, WIRE(END), false, { { 0, 0, "" } },
	    SIGHTING_REQUEST, FAULT_NONE },
	{ "release", 7, WIRE(END), false, { { DHCP + CIADDR, 4, ADDRESS } },
	    SIGHTING_RELEASE, FAULT_NONE },
	{ "release of nothing", 7, WIRE(END), false, { { 0, 0, "" } }, -1,
	    FAULT_MALFORMED },
	{ "decline", 4, WIRE("\62\4" ADDRESS END), false, { { 0, 0, "" } },
	    SIGHTING_RELEASE, FAULT_NONE },
	{ "decline without option", 4, WIRE(END), false,
	    { { DHCP + CIADDR, 4, ADDRESS } }, -1, FAULT_MALFORMED },
	{ "release of a broadcast", 7, WIRE(END), false,
	    { { DHCP + CIADDR, 4, "\377\377\377\377" } }, -1, FAULT_MALFORMED },
	{ "chaddr is another's", 3, WIRE(URL END), false,
	    { { DHCP + CHADDR, 6, "\2\0\0\0\1\2" } }, -1, FAULT_SPOOF },
	{ "Ethernet source is another's", 3, WIRE(URL END), false,
	    { { 6, 6, "\2\0\0\0\1\2" } }, -1, FAULT_SPOOF },
	{ "relayed", 3, WIRE(URL END), false,
	    { { DHCP + GIADDR, 4, ADDRESS } }, -1, FAULT_UNSUPPORTED },
	{ "multicast source", 3, WIRE(URL END), false, { { 6, 1, "\3" },
	    { DHCP + CHADDR, 1, "\3" } }, -1, FAULT_MALFORMED },
	{ "zero source", 3, WIRE(URL END), false, { { 6, 6, "\0\0\0\0\0\0" },
	    { DHCP + CHADDR, 6, "\0\0\0\0\0\0" } }, -1, FAULT_MALFORMED },
	{ "a neighbour's broadcast", 3, WIRE(URL END), true, { { 0, 0, "" } },
	    -1, FAULT_NONE },
	{ "from port 67", 3, WIRE(URL END), false, { { 34, 2, "\0\103" } }, -1,
	    FAULT_UNSUPPORTED },
	{ "to port 68", 3, WIRE(URL END), false, { { 36, 2, "\0\104" } }, -1,
	    FAULT_NONE },
	{ "an answer, as from a client", 5, WIRE(LEASE END), false,
	    { { DHCP, 1, "\2" } }, -1, FAULT_MALFORMED },
	{ "no cookie", 3, WIRE(URL END), false, { { DHCP + 236, 1, "\0" } }, -1,
	    FAULT_MALFORMED },
	{ "no UDP", 3, WIRE(URL END), false, { { 23, 1, "\6" } }, -1,
	    FAULT_UNSUPPORTED },
	/* clang-format on */
};

static void
judges_clients(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
		struct record_sighting sighting;
		struct wire packet;
		struct fault why;
		struct watchlan lan;
		bool ok;

		watchlan_begin(&lan);
		wire_dhcp4(&packet, 0, true, clients[i].type, 9,
		    clients[i].options, clients[i].len);
		for (size_t k = 0; k < 2; k++)
			if (clients[i].patch[k].len > 0)
				memcpy(packet.raw + clients[i].patch[k].at,
				    clients[i].patch[k].value,
				    clients[i].patch[k].len);
		ok = watchlan_see(&lan, &packet, PORT_A, clients[i].is_leaving,
		    NOW, &sighting, &why);
		if (ok != (clients[i].kind >= 0) || why.code != clients[i].code)
			fail_msg("%s: %s", clients[i].name, why.detail);
		if (ok)
			assert_int_equal(sighting.kind, clients[i].kind);
		else
			assert_int_equal(sighting.kind, 0xa5);
		watchlan_end(&lan);
	}
}

/* S-5: who says that he is another shows that other one as spoken for. */
static void
tells_who_is_spoken_for(void **state)
{
	struct record_sighting sighting;
	struct wire packet;
	struct watchlan lan;
	struct fault why;

	(void)state;
	watchlan_begin(&lan);
	wire_dhcp4(&packet, 0, true, 7, 9, WIRE(END));
	packet.raw[11] = 0x77;
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_true(observe_more(lan.observer, &sighting));
	assert_int_equal(sighting.kind, SIGHTING_REFUSED);
	assert_int_equal(sighting.carrier, CARRIER_DHCP4);
	assert_true(mac_equal(&sighting.mac, &watchlan_thing));
	assert_int_equal(sighting.ifindex, PORT_A);
	assert_int_equal(sighting.why.code, FAULT_SPOOF);
	assert_non_null(strstr(sighting.why.detail, "02:00:00:00:01:77"));
	assert_false(observe_more(lan.observer, &sighting));
	/* One who can be nobody: then it is the sender's own doing. */
	packet.raw[DHCP + CHADDR] = 3;
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_true(observe_more(lan.observer, &sighting));
	assert_int_equal(sighting.mac.byte[5], 0x77);
	watchlan_end(&lan);
}

static void
fills_a_request(void **state)
{
	struct record_sighting sighting, expected = { 0 };
	struct wire packet;
	struct fault why;
	struct watchlan lan;

	(void)state;
	watchlan_begin(&lan);
	wire_dhcp4(&packet, 0, true, 1, 9, WIRE(URL "\14\4lamp" END));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	expected.kind = SIGHTING_REQUEST;
	expected.message = DHCP4_DISCOVER;
	expected.mac = watchlan_thing;
	expected.ifindex = PORT_A;
	memcpy(expected.url, WIRE("https://a.test/t"));
	memcpy(expected.hostname, WIRE("lamp"));
	assert_memory_equal(&sighting, &expected, sizeof(expected));

	wire_dhcp4(&packet, 0, true, 1, 9, WIRE(URL URL END));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(sighting.flagged, 1);
	assert_string_equal(sighting.url, "");
	assert_int_equal(sighting.why.code, FAULT_URL_CONFLICT);
	watchlan_end(&lan);
}

/* Known on port A; a frame on B does not change what was before it. */
static void
says_where_it_was_known(void **state)
{
	struct record_sighting sighting;
	struct wire packet;
	struct fault why;
	struct watchlan lan;

	(void)state;
	watchlan_begin(&lan);
	presence_learn(
	    lan.presence, &watchlan_thing, PORT_A, PRESENCE_BRIDGE, NOW - 5000);
	wire_dhcp4(&packet, 0, true, 3, 9, WIRE(URL END));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(sighting.present, 1);
	assert_int_equal(sighting.known_ifindex, PORT_A);
	presence_learn(
	    lan.presence, &watchlan_thing, PORT_B, PRESENCE_BRIDGE, NOW + 100);
	assert_true(watchlan_see(
	    &lan, &packet, PORT_B, false, NOW + 101, &sighting, &why));
	assert_int_equal(sighting.present, 1);
	assert_int_equal(sighting.ifindex, PORT_B);
	assert_int_equal(sighting.known_ifindex, PORT_A);
	/* And so does the lease that comes of it. */
	wire_dhcp4(&packet, 0, false, 5, 9, WIRE(LEASE END));
	memcpy(packet.raw + DHCP + YIADDR, ADDRESS, 4);
	assert_true(watchlan_see(
	    &lan, &packet, PORT_B, true, NOW + 200, &sighting, &why));
	assert_int_equal(sighting.kind, SIGHTING_LEASE);
	assert_int_equal(sighting.present, 1);
	assert_int_equal(sighting.ifindex, PORT_B);
	assert_int_equal(sighting.known_ifindex, PORT_A);
	watchlan_end(&lan);
}

/* The Thing asked (a REQUEST, xid 9, on port A); this is what is said then. */
static const struct {
	const char *name;
	uint8_t asked; /* message type of the question */
	uint8_t type;
	const char *options;
	size_t len;
	uint32_t xid, ifindex;
	bool is_leaving;
	int64_t after;
	struct {
		size_t at, len;
		const char *value;
	} patch;
	int kind;
} servers[] = {
	/* clang-format off */
	{ "ack", 3, 5, WIRE(LEASE END), 9, PORT_A, true, 10, { 0, 0, "" },
	    SIGHTING_LEASE },
	{ "ack to its MAC", 3, 5, WIRE(LEASE END), 9, PORT_A, true, 10,
	    { 0, 6, "\2\0\0\0\1\1" }, SIGHTING_LEASE },
	{ "ack to another's MAC", 3, 5, WIRE(LEASE END), 9, PORT_A, true, 10,
	    { 0, 6, "\2\0\0\0\1\2" }, -1 },
	{ "through our relay", 3, 5, WIRE(LEASE END), 9, PORT_A, true, 10,
	    { DHCP + GIADDR, 4, ADDRESS }, SIGHTING_LEASE },
	{ "nak", 3, 6, WIRE(END), 9, PORT_A, true, 10, { 0, 0, "" },
	    SIGHTING_NAK },
	{ "from another server", 3, 5, WIRE(LEASE END), 9, PORT_A, true, 10,
	    { 6, 6, "\2\0\0\0\11\12" }, -1 },
	{ "offer", 3, 2, WIRE(LEASE END), 9, PORT_A, true, 10, { 0, 0, "" }, -1 },
	{ "comes in", 3, 5, WIRE(LEASE END), 9, PORT_A, false, 10, { 0, 0, "" },
	    -1 },
	{ "leaves elsewhere", 3, 5, WIRE(LEASE END), 9, PORT_B, true, 10,
	    { 0, 0, "" }, -1 },
	{ "another xid", 3, 5, WIRE(LEASE END), 8, PORT_A, true, 10,
	    { 0, 0, "" }, -1 },
	{ "another client", 3, 5, WIRE(LEASE END), 9, PORT_A, true, 10,
	    { DHCP + CHADDR, 6, "\2\0\0\0\1\2" }, -1 },
	{ "too late", 3, 5, WIRE(LEASE END), 9, PORT_A, true,
	    EXCHANGE_LIFE_MSEC + 1, { 0, 0, "" }, -1 },
	{ "no lease time", 3, 5, WIRE(END), 9, PORT_A, true, 10, { 0, 0, "" },
	    -1 },
	{ "no address", 3, 5, WIRE(LEASE END), 9, PORT_A, true, 10,
	    { DHCP + YIADDR, 4, "\0\0\0\0" }, -1 },
	{ "a multicast address", 3, 5, WIRE(LEASE END), 9, PORT_A, true, 10,
	    { DHCP + YIADDR, 4, "\340\0\0\1" }, -1 },
	{ "a request in disguise", 3, 3, WIRE(END), 9, PORT_A, true, 10,
	    { DHCP, 1, "\1" }, -1 },
	{ "not from port 67", 3, 5, WIRE(LEASE END), 9, PORT_A, true, 10,
	    { 34, 2, "\0\104" }, -1 },
	{ "not to port 68", 3, 5, WIRE(LEASE END), 9, PORT_A, true, 10,
	    { 36, 2, "\0\103" }, -1 },
	{ "ack to a discover", 1, 5, WIRE(LEASE END), 9, PORT_A, true, 10,
	    { 0, 0, "" }, -1 },
	{ "ack to an inform", 8, 5, WIRE(LEASE END), 9, PORT_A, true, 10,
	    { 0, 0, "" }, -1 },
	/* clang-format on */
};

static void
judges_servers(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		struct record_sighting sighting;
		struct wire packet;
		struct fault why;
		struct watchlan lan;
		bool ok;

		watchlan_begin(&lan);
		wire_dhcp4(
		    &packet, 0, true, servers[i].asked, 9, WIRE(URL END));
		assert_true(watchlan_see(
		    &lan, &packet, PORT_A, false, NOW, &sighting, &why));
		wire_dhcp4(&packet, 0, false, servers[i].type, servers[i].xid,
		    servers[i].options, servers[i].len);
		memcpy(packet.raw + DHCP + YIADDR, ADDRESS, 4);
		memcpy(packet.raw + servers[i].patch.at, servers[i].patch.value,
		    servers[i].patch.len);
		ok = watchlan_see(&lan, &packet, servers[i].ifindex,
		    servers[i].is_leaving, NOW + servers[i].after, &sighting,
		    &why);
		if (ok != (servers[i].kind >= 0))
			fail_msg("%s: %s", servers[i].name, why.detail);
		if (ok)
			assert_int_equal(sighting.kind, servers[i].kind);
		watchlan_end(&lan);
	}
}

/* What a stranger answers is not even remembered: the server's own answer to
 * the same question counts. */
static void
strangers_use_up_no_answer(void **state)
{
	struct record_sighting sighting;
	struct wire packet;
	struct fault why;
	struct watchlan lan;

	(void)state;
	watchlan_begin(&lan);
	wire_dhcp4(&packet, 0, true, 3, 9, WIRE(END));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	wire_dhcp4(&packet, 0, false, 6, 9, WIRE(END));
	packet.raw[11] = 0x77;
	assert_false(watchlan_see(
	    &lan, &packet, PORT_A, true, NOW + 1, &sighting, &why));
	assert_int_equal(why.code, FAULT_SPOOF);
	wire_dhcp4(&packet, 0, false, 5, 9, WIRE(LEASE END));
	memcpy(packet.raw + DHCP + YIADDR, ADDRESS, 4);
	assert_true(watchlan_see(
	    &lan, &packet, PORT_A, true, NOW + 2, &sighting, &why));
	assert_int_equal(sighting.kind, SIGHTING_LEASE);
	watchlan_end(&lan);
}

static void
fills_a_lease(void **state)
{
	static const uint8_t address[] = { 192, 168, 77, 50 };
	struct record_sighting sighting, expected = { 0 };
	struct wire packet;
	struct fault why;
	struct watchlan lan;

	(void)state;
	watchlan_begin(&lan);
	/* Rapid commit: a DISCOVER that gets its ACK at once. */
	wire_dhcp4(&packet, 0, true, 1, 9, WIRE("\120\0" END));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	wire_dhcp4(&packet, 0, false, 5, 9, WIRE(LEASE URL END));
	memcpy(packet.raw + DHCP + YIADDR, ADDRESS, 4);
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, true, NOW, &sighting, &why));
	expected.kind = SIGHTING_LEASE;
	expected.message = DHCP4_ACK;
	expected.mac = watchlan_thing;
	expected.ifindex = PORT_A;
	expected.lease_sec = 3600;
	expected.address = addr_v4(address);
	assert_memory_equal(&sighting, &expected, sizeof(expected));
	/* An answer completes one request. */
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, true, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_SPOOF);
	watchlan_end(&lan);
}

/* S-49 */
static void
never_sees_the_gateway(void **state)
{
	/* NEWLINK of interface 1, "x", whose MAC is the Thing's. */
	static const uint32_t head[] = { 52, 16, 0, 0, 0, 1, 0, 0 };
	uint8_t raw[52] = { 0 };
	struct links_outcome outcome;
	struct record_sighting sighting;
	struct wire packet;
	struct fault why;
	struct watchlan lan;

	(void)state;
	watchlan_begin(&lan);
	memcpy(raw, head, sizeof(head));
	memcpy(raw + 32, &(uint16_t[]){ 6, 3 }, 4);
	memcpy(raw + 36, "x", 2);
	memcpy(raw + 40, &(uint16_t[]){ 10, 1 }, 4);
	memcpy(raw + 44, watchlan_thing.byte, 6);
	links_feed(lan.links, (struct bytes){ raw, sizeof(raw) }, 0, &outcome);
	assert_int_equal(outcome.n_bad, 0);
	assert_true(links_is_own(lan.links, &watchlan_thing));
	wire_dhcp4(&packet, 0, true, 1, 9, WIRE(URL END));
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_string_equal(why.clause, "S-49");
	watchlan_end(&lan);
}

/* S-60: a port, and an address on it. What leaves costs nothing. */
static void
keeps_to_budgets(void **state)
{
	struct record_sighting sighting;
	struct wire packet;
	struct fault why;
	struct watchlan lan;
	int seen = 0, i;

	(void)state;
	watchlan_begin(&lan);
	wire_dhcp4(&packet, 0, true, 1, 9, WIRE(URL END));
	for (i = 0; i < 150; i++)
		seen += watchlan_see(
		    &lan, &packet, PORT_A, false, NOW, &sighting, &why);
	assert_int_equal(seen, BUDGET_MAC_MINUTE);
	assert_int_equal(why.code, FAULT_BUSY);
	/* Elsewhere, the same address is not held to account for that. */
	assert_true(
	    watchlan_see(&lan, &packet, PORT_B, false, NOW, &sighting, &why));
	for (i = 0; i < 1000; i++)
		(void)watchlan_see(
		    &lan, &packet, PORT_A, true, NOW, &sighting, &why);
	packet.len = 20;
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_MALFORMED);
	for (i = 151; i <= BUDGET_PORT_SECOND; i++)
		(void)watchlan_see(
		    &lan, &packet, PORT_A, false, NOW, &sighting, &why);
	assert_int_equal(why.code, FAULT_BUSY);
	watchlan_end(&lan);
	observer_free(NULL);
}

/* Duplicate address detection, or a word from an address: fe80::n. */
static void
make_nd(struct wire *packet, bool detects, uint8_t n)
{
	wire_nd(packet, 0, 135, "", 0);
	memset(packet->raw + 22, 0, 16);
	if (!detects)
		memcpy(packet->raw + 22, "\xfe\x80", 2);
	packet->raw[37] = detects ? 0 : n;
	memcpy(packet->raw + 62, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
	packet->raw[77] = detects ? n : 99;
}

static void
hears_of_addresses(void **state)
{
	struct record_sighting sighting, expected = { 0 };
	struct wire packet;
	struct fault why;
	struct watchlan lan;

	(void)state;
	watchlan_begin(&lan);
	expected.kind = SIGHTING_ADDRESS;
	expected.carrier = CARRIER_ND;
	expected.mac = watchlan_thing;
	expected.ifindex = PORT_A;
	assert_true(addr_parse("fe80::7", &expected.address));
	for (int detects = 0; detects < 2; detects++) {
		make_nd(&packet, detects == 1, 7);
		expected.message = detects ? ADDRESS_PROBED : ADDRESS_USED;
		assert_true(watchlan_see(
		    &lan, &packet, PORT_A, false, NOW, &sighting, &why));
		assert_memory_equal(&sighting, &expected, sizeof(expected));
	}
	/* Known elsewhere before. */
	presence_learn(lan.presence, &watchlan_thing, PORT_B, PRESENCE_BRIDGE,
	    PRESENCE_EVER_MSEC);
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	expected.present = 1;
	expected.known_ifindex = PORT_B;
	assert_memory_equal(&sighting, &expected, sizeof(expected));
	/* What leaves was heard where it came in; what is no ND is nothing. */
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, true, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_NONE);
	packet.raw[54] = 134;
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_UNSUPPORTED);
	make_nd(&packet, false, 7);
	packet.raw[6] = 3;
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_MALFORMED);
	watchlan_end(&lan);
}

#define LLDP                                                                   \
	"\1\200\302\0\0\16\2\0\0\0\1\1\210\314"                                \
	"\2\7\4\2\0\0\0\7\7\4\2\7a"

static void
put_lldp(struct wire *packet, const char *rest, size_t len)
{
	packet->len = sizeof(LLDP) - 1;
	memcpy(packet->raw, LLDP, packet->len);
	memcpy(packet->raw + packet->len, rest, len);
	packet->len += len;
}

/* The Ethernet source says it, whatever chassis that stands in. */
static void
hears_lldp(void **state)
{
	struct record_sighting sighting, expected = { 0 };
	struct wire packet;
	struct fault why;
	struct watchlan lan;

	(void)state;
	watchlan_begin(&lan);
	expected.kind = SIGHTING_REQUEST;
	expected.carrier = CARRIER_LLDP;
	expected.mac = watchlan_thing;
	expected.ifindex = PORT_A;
	put_lldp(&packet, WIRE("\6\2\0\0\0\0"));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_memory_equal(&sighting, &expected, sizeof(expected));
	put_lldp(&packet,
	    WIRE("\6\2\16\20\12\4lamp\376\24\0\0\136\1https://a.test/t\0\0"));
	presence_learn(lan.presence, &watchlan_thing, PORT_B, PRESENCE_BRIDGE,
	    PRESENCE_EVER_MSEC);
	expected.present = 1;
	expected.known_ifindex = PORT_B;
	expected.lease_sec = 3600;
	memcpy(expected.url, "https://a.test/t", 16);
	memcpy(expected.hostname, "lamp", 4);
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_memory_equal(&sighting, &expected, sizeof(expected));
	/* What a neighbour has heard already, or the gateway itself says. */
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, true, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_NONE);
	put_lldp(&packet, WIRE("\6\2\0\170\376\4\0\0\136\1"));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(sighting.why.code, FAULT_MALFORMED);
	put_lldp(&packet, WIRE("\6\2\0\170\376\4\0\0\136\1\376\4\0\0\136\1"));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(sighting.flagged, 1);
	put_lldp(&packet, WIRE("\6\1\0"));
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_MALFORMED);
	put_lldp(&packet, WIRE("\6\2\0\170\0\0"));
	packet.raw[6] = 3;
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_MALFORMED);
	watchlan_end(&lan);
}

/* An ARP request from 192.168.77.n, or a probe for it. */
static void
make_arp(struct wire *packet, bool detects, uint8_t n)
{
	memset(packet, 0, sizeof(*packet));
	memset(packet->raw, 0xff, 6);
	memcpy(packet->raw + 6, watchlan_thing.byte, 6);
	memcpy(packet->raw + 12, "\x08\x06\0\1\x08\0\6\4\0\1", 10);
	memcpy(packet->raw + 22, watchlan_thing.byte, 6);
	if (!detects)
		memcpy(packet->raw + 28, "\300\250\115", 3);
	packet->raw[31] = detects ? 0 : n;
	memcpy(packet->raw + 38, "\300\250\115", 3);
	packet->raw[41] = detects ? n : 1;
	packet->len = 42;
}

static void
hears_of_ipv4_addresses(void **state)
{
	struct record_sighting sighting, expected = { 0 };
	struct wire packet;
	struct fault why;
	struct watchlan lan;

	(void)state;
	watchlan_begin(&lan);
	expected.kind = SIGHTING_ADDRESS;
	expected.carrier = CARRIER_ARP;
	expected.mac = watchlan_thing;
	expected.ifindex = PORT_A;
	assert_true(addr_parse("192.168.77.7", &expected.address));
	for (int detects = 0; detects < 2; detects++) {
		make_arp(&packet, detects == 1, 7);
		expected.message = detects ? ADDRESS_PROBED : ADDRESS_USED;
		assert_true(watchlan_see(
		    &lan, &packet, PORT_A, false, NOW, &sighting, &why));
		assert_memory_equal(&sighting, &expected, sizeof(expected));
	}
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, true, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_NONE);
	packet.raw[27] = 9;
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_SPOOF);
	/* It shares the budget of neighbour discovery. */
	make_nd(&packet, true, 7);
	for (int i = 2; i < BUDGET_MAC_MINUTE; i++)
		assert_true(watchlan_see(
		    &lan, &packet, PORT_A, false, NOW, &sighting, &why));
	make_arp(&packet, false, 7);
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_BUSY);
	watchlan_end(&lan);
}

/* So many of one MAC; and its DHCP is heard all the same. */
static void
neighbours_have_a_budget(void **state)
{
	struct record_sighting sighting;
	struct wire packet;
	struct fault why;
	struct watchlan lan;

	(void)state;
	watchlan_begin(&lan);
	make_nd(&packet, true, 7);
	for (int i = 0; i < BUDGET_MAC_MINUTE; i++)
		assert_true(watchlan_see(
		    &lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_BUSY);
	for (int i = 0; i < BUDGET_PORT_SECOND; i++)
		(void)watchlan_see(
		    &lan, &packet, PORT_A, false, NOW, &sighting, &why);
	wire_dhcp4(&packet, 0, true, 1, 9, WIRE(URL END));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	watchlan_end(&lan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_clients),
		cmocka_unit_test(tells_who_is_spoken_for),
		cmocka_unit_test(fills_a_request),
		cmocka_unit_test(says_where_it_was_known),
		cmocka_unit_test(judges_servers),
		cmocka_unit_test(strangers_use_up_no_answer),
		cmocka_unit_test(fills_a_lease),
		cmocka_unit_test(never_sees_the_gateway),
		cmocka_unit_test(keeps_to_budgets),
		cmocka_unit_test(hears_of_addresses),
		cmocka_unit_test(hears_lldp),
		cmocka_unit_test(hears_of_ipv4_addresses),
		cmocka_unit_test(neighbours_have_a_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
