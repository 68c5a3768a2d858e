/* DHCPv6 to sightings: who may say what, and what an answer is worth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/watchlan.h"
#include "watch/budget.h"
#include "watch/dhcp6.h"
#include "watch/exchange.h"
#include "watch/presence.h"

#define MESSAGE 62 /* Ethernet, IPv6, UDP */

/* Options as bytes, numbers in octal. */
#define CLIENT        "\0\1\0\3\0\3\7"
#define BOTH          CLIENT "\0\2\0\3\0\3\10"
#define URL           "\0\160\0\20https://a.test/t"
#define RAPID         "\0\16\0\0"
#define STATUS(n)     "\0\15\0\2\0" n
#define HOUR          "\0\0\16\20"
#define NEVER         "\0\0\0\0"
#define ADDRESS(n, t) "\0\5\0\30\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0" n t t
#define IA(len)       "\0\3\0" len "\0\0\0\1\0\0\0\0\0\0\0\0"
#define NA(n)         IA("\50") ADDRESS(n, HOUR)
#define GONE(n)       IA("\50") ADDRESS(n, NEVER)
#define FAILED(n)     IA("\22") STATUS(n)

static void
make(struct wire *packet, bool from_client, uint8_t type, uint32_t xid,
    const char *options, size_t len)
{
	uint8_t *at = packet->raw;

	memset(packet, 0, sizeof(*packet));
	if (from_client) {
		memcpy(at, "\x33\x33\0\1\0\2", 6);
		memcpy(at + 6, watchlan_thing.byte, 6);
	} else {
		memcpy(at, watchlan_thing.byte, 6);
		memcpy(at + 6, watchlan_server.byte, 6);
	}
	watchlan_put16(packet, 12, 0x86dd);
	at[14] = 0x60;
	watchlan_put16(packet, 18, 8 + 4 + len);
	at[20] = 17;
	at[21] = 1;
	memcpy(at + 22, "\xfe\x80", 2);
	memcpy(at + 38, "\xfe\x80", 2);
	watchlan_put16(packet, 54, from_client ? 546 : 547);
	watchlan_put16(packet, 56, from_client ? 547 : 546);
	watchlan_put16(packet, 58, 8 + 4 + len);
	at[MESSAGE] = type;
	at[MESSAGE + 3] = (uint8_t)xid;
	memcpy(at + MESSAGE + 4, options, len);
	packet->len = MESSAGE + 4 + len;
}

/* What was told, in short: the kind, and the address with its time. */
static void
describe(struct watchlan *lan, bool ok, const struct record_sighting *first,
    char text[512])
{
	static const char *const kinds[] = {
		[SIGHTING_REQUEST] = "request",
		[SIGHTING_LEASE] = "lease",
		[SIGHTING_RELEASE] = "release",
		[SIGHTING_NAK] = "nak",
		[SIGHTING_ADDRESS] = "address",
		[SIGHTING_REFUSED] = "refused",
	};
	struct record_sighting sighting = *first;
	char addr[ADDR_TEXT];
	size_t n = 0;

	text[0] = '\0';
	for (; ok; ok = observe_more(lan->observer, &sighting)) {
		n += (size_t)snprintf(text + n, 512 - n, "%s%s",
		    n == 0 ? "" : ", ", kinds[sighting.kind]);
		if (sighting.address.family != 0)
			n += (size_t)snprintf(text + n, 512 - n, " %s/%u",
			    addr_text(&sighting.address, addr),
			    sighting.lease_sec);
		assert_int_equal(sighting.carrier, CARRIER_DHCP6);
		assert_true(mac_equal(&sighting.mac, &watchlan_thing));
		assert_int_equal(sighting.ifindex, PORT_A);
	}
}

static const struct {
	const char *name;
	uint8_t type;
	const char *options;
	size_t len;
	bool is_leaving;
	struct {
		size_t at, len; /* len 0: nothing is changed */
		const char *value;
	} patch;
	const char *told; /* "" : nothing, and then this code */
	enum fault_code code;
} clients[] = {
	/* clang-format off */
	{ "solicit", 1, WIRE(CLIENT URL), false, { 0 }, "request", 0 },
	{ "request", 3, WIRE(BOTH NA("\1")), false, { 0 }, "request", 0 },
	{ "confirm", 4, WIRE(CLIENT), false, { 0 }, "request", 0 },
	{ "renew", 5, WIRE(BOTH), false, { 0 }, "request", 0 },
	{ "rebind", 6, WIRE(CLIENT), false, { 0 }, "request", 0 },
	{ "information-request", 11, WIRE(URL), false, { 0 }, "request", 0 },
	{ "release", 8, WIRE(BOTH NA("\1")), false, { 0 },
	    "release 2001:db8::1/0", 0 },
	{ "release of two", 8, WIRE(BOTH NA("\1") GONE("\2")), false, { 0 },
	    "release 2001:db8::1/0, release 2001:db8::2/0", 0 },
	{ "decline", 9, WIRE(BOTH GONE("\1")), false, { 0 },
	    "release 2001:db8::1/0", 0 },
	{ "release of nothing", 8, WIRE(BOTH), false, { 0 }, "",
	    FAULT_MALFORMED },
	{ "an answer, as from a client", 7, WIRE(BOTH), false, { 0 }, "",
	    FAULT_MALFORMED },
	{ "a neighbour's multicast", 1, WIRE(CLIENT URL), true, { 0 }, "", 0 },
	{ "from port 547", 1, WIRE(CLIENT URL), false, { 54, 2, "\2\43" }, "",
	    FAULT_UNSUPPORTED },
	{ "from port 53", 1, WIRE(CLIENT URL), false, { 54, 2, "\0\65" }, "", 0 },
	{ "to port 546", 1, WIRE(CLIENT URL), false, { 56, 2, "\2\42" }, "", 0 },
	{ "multicast source", 1, WIRE(CLIENT), false, { 6, 1, "\3" }, "",
	    FAULT_MALFORMED },
	{ "an option that is cut", 1, WIRE(CLIENT "\0\6\0\7"), false, { 0 }, "",
	    FAULT_MALFORMED },
	{ "an envelope", 12, WIRE(CLIENT), false, { 0 }, "", FAULT_MALFORMED },
	{ "destination options", 1, WIRE(CLIENT), false, { 20, 1, "\74" }, "",
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
		struct watchlan lan;
		struct fault why;
		char text[512];
		bool ok;

		watchlan_begin(&lan);
		make(&packet, true, clients[i].type, 9, clients[i].options,
		    clients[i].len);
		if (clients[i].patch.len > 0)
			memcpy(packet.raw + clients[i].patch.at,
			    clients[i].patch.value, clients[i].patch.len);
		ok = watchlan_see(&lan, &packet, PORT_A, clients[i].is_leaving,
		    NOW, &sighting, &why);
		describe(&lan, ok, &sighting, text);
		if (strcmp(text, clients[i].told) != 0 ||
		    why.code != clients[i].code)
			fail_msg(
			    "%s: %s; %s", clients[i].name, text, why.detail);
		watchlan_end(&lan);
	}
}

static void
fills_a_request(void **state)
{
	struct record_sighting sighting, expected = { 0 };
	struct wire packet;
	struct watchlan lan;
	struct fault why;

	(void)state;
	watchlan_begin(&lan);
	presence_learn(
	    lan.presence, &watchlan_thing, PORT_B, PRESENCE_BRIDGE, NOW - 5000);
	make(&packet, true, 1, 9, WIRE(CLIENT URL "\0\47\0\6\0\4lamp"));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	expected.kind = SIGHTING_REQUEST;
	expected.carrier = CARRIER_DHCP6;
	expected.message = DHCP6_SOLICIT;
	expected.present = 1;
	expected.known_ifindex = PORT_B;
	expected.mac = watchlan_thing;
	expected.ifindex = PORT_A;
	memcpy(expected.url, WIRE("https://a.test/t"));
	memcpy(expected.hostname, WIRE("lamp"));
	assert_memory_equal(&sighting, &expected, sizeof(expected));
	assert_false(observe_more(lan.observer, &sighting));

	make(&packet, true, 1, 9, WIRE(CLIENT URL URL));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(sighting.flagged, 1);
	assert_string_equal(sighting.url, "");
	assert_int_equal(sighting.why.code, FAULT_URL_CONFLICT);
	watchlan_end(&lan);
}

/* The Thing asked (xid 9, on port A); this is what is said then. */
static const struct {
	const char *name;
	uint8_t asked, type;
	const char *options;
	size_t len;
	uint32_t xid, ifindex;
	bool is_leaving;
	int64_t after;
	struct {
		size_t at, len;
		const char *value;
	} patch;
	const char *told;
} servers[] = {
/* In time, by the right port, with nothing changed. */
#define RIGHT                                                                  \
	9, PORT_A, true, 10,                                                   \
	{                                                                      \
		0                                                              \
	}
	/* clang-format off */
	{ "request", 3, 7, WIRE(BOTH NA("\1")), RIGHT, "lease 2001:db8::1/3600" },
	{ "renew", 5, 7, WIRE(BOTH NA("\1")), RIGHT, "lease 2001:db8::1/3600" },
	{ "rebind", 6, 7, WIRE(BOTH NA("\1")), RIGHT, "lease 2001:db8::1/3600" },
	{ "rapid commit", 1, 7, WIRE(BOTH RAPID NA("\1")), RIGHT,
	    "lease 2001:db8::1/3600" },
	{ "solicit without it", 1, 7, WIRE(BOTH NA("\1")), RIGHT, "" },
	{ "advertise", 1, 2, WIRE(BOTH NA("\1")), RIGHT, "" },
	{ "two addresses", 3, 7, WIRE(BOTH NA("\1") NA("\2")), RIGHT,
	    "lease 2001:db8::1/3600, lease 2001:db8::2/3600" },
	{ "renumbered", 5, 7, WIRE(BOTH GONE("\1") NA("\2")), RIGHT,
	    "nak 2001:db8::1/0, lease 2001:db8::2/3600" },
	{ "taken away", 5, 7, WIRE(BOTH GONE("\1")), RIGHT,
	    "nak 2001:db8::1/0" },
	{ "no binding", 5, 7, WIRE(BOTH FAILED("\3")), RIGHT, "nak" },
	{ "not on link", 3, 7, WIRE(BOTH FAILED("\4")), RIGHT, "nak" },
	{ "not on link, all of it", 3, 7, WIRE(BOTH STATUS("\4")), RIGHT, "nak" },
	{ "one of two bound", 5, 7, WIRE(BOTH FAILED("\3") NA("\2")), RIGHT,
	    "nak, lease 2001:db8::2/3600" },
	{ "none to have", 3, 7, WIRE(BOTH FAILED("\2")), RIGHT, "lease" },
	{ "a prefix only", 3, 7, WIRE(BOTH "\0\31\0\14\0\0\0\1\0\0\0\0\0\0\0\0"),
	    RIGHT, "lease" },
	{ "failed for no reason", 3, 7, WIRE(BOTH STATUS("\1") NA("\1")), RIGHT,
	    "" },
	{ "use multicast", 5, 7, WIRE(BOTH STATUS("\5")), RIGHT, "" },
	{ "confirmed", 4, 7, WIRE(BOTH STATUS("\0")), RIGHT, "lease" },
	{ "confirmed, and lent", 4, 7, WIRE(BOTH NA("\1")), RIGHT, "lease" },
	{ "not confirmed", 4, 7, WIRE(BOTH STATUS("\4")), RIGHT, "nak" },
	{ "informed", 11, 7, WIRE("\0\2\0\3\0\3\10"), RIGHT, "lease" },
	{ "informed, and lent", 11, 7, WIRE(BOTH NA("\1")), RIGHT, "lease" },
	{ "released", 8, 7, WIRE(BOTH), RIGHT, "" },
	{ "declined", 9, 7, WIRE(BOTH NA("\1")), RIGHT, "" },
	{ "a question in disguise", 3, 3, WIRE(BOTH), RIGHT, "" },
	{ "to another's MAC", 3, 7, WIRE(BOTH NA("\1")), 9, PORT_A, true, 10,
	    { 5, 1, "\2" }, "" },
	{ "to all", 3, 7, WIRE(BOTH NA("\1")), 9, PORT_A, true, 10,
	    { 0, 6, "\x33\x33\0\0\0\1" }, "" },
	{ "from another server", 3, 7, WIRE(BOTH NA("\1")), 9, PORT_A, true, 10,
	    { 11, 1, "\12" }, "" },
	{ "comes in", 3, 7, WIRE(BOTH NA("\1")), 9, PORT_A, false, 10, { 0 },
	    "" },
	{ "leaves elsewhere", 3, 7, WIRE(BOTH NA("\1")), 9, PORT_B, true, 10,
	    { 0 }, "" },
	{ "another xid", 3, 7, WIRE(BOTH NA("\1")), 8, PORT_A, true, 10, { 0 },
	    "" },
	{ "too late", 3, 7, WIRE(BOTH NA("\1")), 9, PORT_A, true,
	    EXCHANGE_LIFE_MSEC + 1, { 0 }, "" },
	{ "not from port 547", 3, 7, WIRE(BOTH NA("\1")), 9, PORT_A, true, 10,
	    { 54, 2, "\2\42" }, "" },
	{ "a multicast address", 3, 7, WIRE(BOTH IA("\50")
	    "\0\5\0\30\377\2\0\0\0\0\0\0\0\0\0\0\0\0\0\1" HOUR HOUR), RIGHT,
	    "" },
/* clang-format on */
#undef RIGHT
};

static void
judges_servers(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		const bool is_named = servers[i].asked != 1 &&
		                      servers[i].asked != 4 &&
		                      servers[i].asked != 6;
		struct record_sighting sighting;
		struct wire packet;
		struct watchlan lan;
		struct fault why;
		char text[512];
		bool ok;

		watchlan_begin(&lan);
		if (servers[i].asked == 11)
			make(&packet, true, 11, 9, WIRE(URL));
		else if (is_named)
			make(&packet, true, servers[i].asked, 9,
			    WIRE(BOTH NA("\1")));
		else
			make(&packet, true, servers[i].asked, 9, WIRE(CLIENT));
		assert_true(watchlan_see(
		    &lan, &packet, PORT_A, false, NOW, &sighting, &why));
		make(&packet, false, servers[i].type, servers[i].xid,
		    servers[i].options, servers[i].len);
		memcpy(packet.raw + servers[i].patch.at,
		    servers[i].patch.len == 0 ? "" : servers[i].patch.value,
		    servers[i].patch.len);
		ok = watchlan_see(&lan, &packet, servers[i].ifindex,
		    servers[i].is_leaving, NOW + servers[i].after, &sighting,
		    &why);
		describe(&lan, ok, &sighting, text);
		if (strcmp(text, servers[i].told) != 0)
			fail_msg(
			    "%s: %s; %s", servers[i].name, text, why.detail);
		watchlan_end(&lan);
	}
}

static void
fills_leases(void **state)
{
	struct record_sighting sighting, expected = { 0 };
	struct wire packet;
	struct watchlan lan;
	struct fault why;

	(void)state;
	watchlan_begin(&lan);
	presence_learn(lan.presence, &watchlan_thing, PORT_A, PRESENCE_BRIDGE,
	    PRESENCE_EVER_MSEC);
	make(&packet, true, 1, 9, WIRE(CLIENT RAPID));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	make(&packet, false, 7, 9, WIRE(BOTH RAPID URL NA("\1") NA("\2")));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, true, NOW, &sighting, &why));
	expected.kind = SIGHTING_LEASE;
	expected.carrier = CARRIER_DHCP6;
	expected.message = DHCP6_REPLY;
	expected.present = 1;
	expected.mac = watchlan_thing;
	expected.ifindex = PORT_A;
	expected.known_ifindex = PORT_A;
	expected.now_ifindex = PORT_A;
	expected.lease_sec = 3600;
	assert_true(addr_parse("2001:db8::1", &expected.address));
	assert_memory_equal(&sighting, &expected, sizeof(expected));
	assert_true(observe_more(lan.observer, &sighting));
	assert_true(addr_parse("2001:db8::2", &expected.address));
	assert_memory_equal(&sighting, &expected, sizeof(expected));
	assert_false(observe_more(lan.observer, &sighting));
	/* An answer completes one question. */
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, true, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_SPOOF);
	watchlan_end(&lan);
}

/* As many as a Thing may have, and what it had before. */
static void
tells_all_addresses(void **state)
{
	char options[1000];
	struct record_sighting sighting;
	struct wire packet;
	struct watchlan lan;
	struct fault why;
	size_t len = sizeof(BOTH FAILED("\3")) - 1, n = 1;

	(void)state;
	memcpy(options, BOTH FAILED("\3"), len);
	for (uint8_t i = 0; i < LIMIT_ADDRESSES6; i++) {
		memcpy(options + len, NA("\1"), sizeof(NA("\1")) - 1);
		options[len + 35] = (char)(i + 1);
		len += sizeof(NA("\1")) - 1;
	}
	watchlan_begin(&lan);
	make(&packet, true, 5, 9, WIRE(BOTH));
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	make(&packet, false, 7, 9, options, len);
	assert_true(
	    watchlan_see(&lan, &packet, PORT_A, true, NOW, &sighting, &why));
	assert_int_equal(sighting.kind, SIGHTING_NAK);
	while (observe_more(lan.observer, &sighting)) {
		assert_int_equal(sighting.kind, SIGHTING_LEASE);
		assert_int_equal(sighting.address.byte[15], n);
		n++;
	}
	assert_int_equal(n, LIMIT_ADDRESSES6 + 1);
	watchlan_end(&lan);
}

/* S-60: DHCPv6 takes from the same budget as DHCPv4. */
static void
keeps_to_budgets(void **state)
{
	struct record_sighting sighting;
	struct wire packet;
	struct watchlan lan;
	struct fault why;

	(void)state;
	watchlan_begin(&lan);
	make(&packet, true, 1, 9, WIRE(CLIENT URL));
	for (int i = 0; i < BUDGET_MAC_MINUTE; i++)
		assert_true(watchlan_see(
		    &lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_false(
	    watchlan_see(&lan, &packet, PORT_A, false, NOW, &sighting, &why));
	assert_int_equal(why.code, FAULT_BUSY);
	watchlan_end(&lan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_clients),
		cmocka_unit_test(fills_a_request),
		cmocka_unit_test(judges_servers),
		cmocka_unit_test(fills_leases),
		cmocka_unit_test(tells_all_addresses),
		cmocka_unit_test(keeps_to_budgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
