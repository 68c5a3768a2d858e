/* Relayed DHCP, of both families: whose word counts for whom (S-5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/watchlan.h"
#include "watch/budget.h"

/* DHCPv6: options as bytes, numbers in octal. */
#define CLIENT "\0\1\0\3\0\3\7"
#define SERVER "\0\2\0\3\0\3\10"
#define URL6   "\0\160\0\20https://a.test/t"
#define HOUR   "\0\0\16\20"
#define NA                                                                     \
	"\0\3\0\50\0\0\0\1\0\0\0\0\0\0\0\0"                                    \
	"\0\5\0\30\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\120" HOUR HOUR
#define MAC6 "\0\117\0\10\0\1\2\0\0\0\1\1"

/* The same of DHCPv4. */
#define URL4  "\241\20https://a.test/t"
#define LEASE "\63\4\0\0\16\20"

static const struct mac stranger = { { 2, 0, 0, 0, 7, 7 } };

static void
ethernet(struct wire *packet, const struct mac *to, const struct mac *from,
    uint16_t type)
{
	memset(packet, 0, sizeof(*packet));
	memcpy(packet->raw, to->byte, 6);
	memcpy(packet->raw + 6, from->byte, 6);
	watchlan_put16(packet, 12, type);
}

static void
make4(struct wire *packet, const struct mac *to, const struct mac *from,
    uint8_t op, uint8_t type, const char *options, size_t len)
{
	uint8_t *dhcp = packet->raw + 42;

	ethernet(packet, to, from, 0x0800);
	packet->raw[14] = 0x45;
	packet->raw[23] = 17;
	watchlan_put16(packet, 34, 67);
	watchlan_put16(packet, 36, 67);
	dhcp[0] = op;
	dhcp[1] = 1;
	dhcp[2] = 6;
	dhcp[7] = 9; /* xid */
	memcpy(dhcp + 16, "\300\250\115\62", 4);
	memcpy(dhcp + 24, "\300\250\115\1", 4);
	memcpy(dhcp + 28, watchlan_thing.byte, 6);
	memcpy(dhcp + 236, "\143\202\123\143\65\1", 6);
	dhcp[242] = type;
	memcpy(dhcp + 243, options, len);
	dhcp[243 + len] = 255;
	packet->len = 42 + 244 + len;
	watchlan_put16(packet, 16, packet->len - 14);
	watchlan_put16(packet, 38, packet->len - 34);
}

/* An envelope with the relay's options, and a message in it; its client is
 * fe80::1. */
static void
make6(struct wire *packet, const struct mac *to, const struct mac *from,
    uint8_t envelope, const char *relays, size_t relays_len, uint8_t type,
    const char *options, size_t len)
{
	uint8_t *at = packet->raw + 62;

	ethernet(packet, to, from, 0x86dd);
	packet->raw[14] = 0x60;
	packet->raw[20] = 17;
	watchlan_put16(packet, 54, 547);
	watchlan_put16(packet, 56, 547);
	at[0] = envelope;
	memcpy(at + 18, "\xfe\x80", 2);
	at[33] = 1;
	memcpy(at + 34, relays, relays_len);
	at += 34 + relays_len;
	at[1] = 9;
	at[2] = (uint8_t)((4 + len) >> 8);
	at[3] = (uint8_t)(4 + len);
	at[4] = type;
	at[7] = 9; /* xid */
	memcpy(at + 8, options, len);
	packet->len = 62 + 34 + relays_len + 8 + len;
	watchlan_put16(packet, 18, packet->len - 54);
	watchlan_put16(packet, 58, packet->len - 54);
}

static bool
see(struct watchlan *lan, const struct wire *packet, bool is_leaving,
    struct record_sighting *sighting, struct fault *why)
{
	return watchlan_see(
	    lan, packet, PORT_A, is_leaving, NOW, sighting, why);
}

/* Its client is the one that it names, on the port of the relay. */
static void
trusted_relays_count(void **state)
{
	struct record_sighting sighting;
	struct wire packet;
	struct watchlan lan;
	struct fault why;

	(void)state;
	watchlan_begin(&lan);
	for (int family = 4; family <= 6; family += 2) {
		if (family == 4)
			make4(&packet, &watchlan_server, &watchlan_relay, 1, 3,
			    WIRE(URL4));
		else
			make6(&packet, &watchlan_server, &watchlan_relay, 12,
			    WIRE(MAC6), 3, WIRE(CLIENT SERVER URL6));
		if (!see(&lan, &packet, false, &sighting, &why))
			fail_msg("DHCPv%d: %s", family, why.detail);
		assert_int_equal(sighting.kind, SIGHTING_REQUEST);
		assert_true(mac_equal(&sighting.mac, &watchlan_thing));
		assert_int_equal(sighting.ifindex, PORT_A);
		assert_string_equal(sighting.url, "https://a.test/t");
		/* The answer goes back to the relay, by the same port. */
		if (family == 4)
			make4(&packet, &watchlan_relay, &watchlan_server, 2, 5,
			    WIRE(LEASE));
		else
			make6(&packet, &watchlan_relay, &watchlan_server, 13,
			    WIRE(""), 7, WIRE(CLIENT SERVER NA));
		if (!see(&lan, &packet, true, &sighting, &why))
			fail_msg("DHCPv%d: %s", family, why.detail);
		assert_int_equal(sighting.kind, SIGHTING_LEASE);
		assert_true(mac_equal(&sighting.mac, &watchlan_thing));
		assert_int_equal(sighting.lease_sec, 3600);
		assert_int_equal(sighting.address.family, family);
		assert_false(see(&lan, &packet, true, &sighting, &why));
		assert_int_equal(why.code, FAULT_SPOOF);
	}
	watchlan_end(&lan);
}

/* Nothing but that they tried. */
static void
others_do_not(void **state)
{
	struct record_sighting sighting;
	struct wire packet;
	struct watchlan lan;
	struct fault why;

	(void)state;
	watchlan_begin(&lan);
	for (int family = 4; family <= 6; family += 2) {
		if (family == 4)
			make4(&packet, &watchlan_server, &stranger, 1, 3,
			    WIRE(URL4));
		else
			make6(&packet, &watchlan_server, &stranger, 12,
			    WIRE(MAC6), 3, WIRE(CLIENT SERVER URL6));
		assert_false(see(&lan, &packet, false, &sighting, &why));
		assert_int_equal(why.code, FAULT_UNSUPPORTED);
		assert_string_equal(why.clause, "S-5");
		assert_true(observe_more(lan.observer, &sighting));
		assert_int_equal(sighting.kind, SIGHTING_REFUSED);
		assert_int_equal(sighting.carrier,
		    family == 4 ? CARRIER_DHCP4 : CARRIER_DHCP6);
		assert_true(mac_equal(&sighting.mac, &stranger));
		assert_string_equal(sighting.why.detail, why.detail);
		assert_false(observe_more(lan.observer, &sighting));
		/* Nor what one of them is told. */
		if (family == 4)
			make4(&packet, &stranger, &watchlan_server, 2, 5,
			    WIRE(LEASE));
		else
			make6(&packet, &stranger, &watchlan_server, 13,
			    WIRE(""), 7, WIRE(CLIENT SERVER NA));
		assert_false(see(&lan, &packet, true, &sighting, &why));
		assert_int_equal(why.code, FAULT_NONE);
	}
	watchlan_end(&lan);
}

/* What of a relay that is trusted is refused all the same. */
static const struct {
	const char *name;
	int family;
	uint8_t envelope, type; /* of DHCPv4: op */
	const char *relays;
	size_t len;
	enum fault_code code;
} wrong[] = {
	{ "no giaddr", 4, 1, 3, WIRE(""), FAULT_MALFORMED },
	{ "an answer", 4, 2, 5, WIRE(""), FAULT_MALFORMED },
	{ "no MAC", 6, 12, 3, WIRE(""), FAULT_UNSUPPORTED },
	{ "a multicast MAC", 6, 12, 3, WIRE("\0\117\0\10\0\1\3\0\0\0\1\1"),
	    FAULT_MALFORMED },
	{ "another hardware", 6, 12, 3, WIRE("\0\117\0\4\0\40\1\2"),
	    FAULT_UNSUPPORTED },
	{ "an answer", 6, 13, 7, WIRE(MAC6), FAULT_MALFORMED },
};

static void
refuses_the_rest(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct record_sighting sighting;
		struct wire packet;
		struct watchlan lan;
		struct fault why;

		watchlan_begin(&lan);
		if (wrong[i].family == 4) {
			make4(&packet, &watchlan_server, &watchlan_relay,
			    wrong[i].envelope, wrong[i].type, WIRE(LEASE));
			if (wrong[i].envelope == 1)
				memset(packet.raw + 42 + 24, 0, 4);
		} else {
			make6(&packet, &watchlan_server, &watchlan_relay,
			    wrong[i].envelope, wrong[i].relays, wrong[i].len,
			    wrong[i].type, WIRE(CLIENT SERVER NA));
		}
		if (see(&lan, &packet, false, &sighting, &why) ||
		    why.code != wrong[i].code)
			fail_msg("DHCPv%d, %s: %s", wrong[i].family,
			    wrong[i].name, why.detail);
		assert_false(observe_more(lan.observer, &sighting));
		watchlan_end(&lan);
	}
}

/* A server's answers to a relay of the gateway's own concern nobody here; and
 * what that relay asks does not either: its client was heard before. */
static void
a_relay_on_the_gateway_is_not_heard_twice(void **state)
{
	struct record_sighting sighting;
	struct wire packet;
	struct watchlan lan;
	struct fault why;

	(void)state;
	watchlan_begin(&lan);
	make4(&packet, &stranger, &watchlan_server, 2, 5, WIRE(LEASE));
	assert_false(see(&lan, &packet, false, &sighting, &why));
	assert_int_equal(why.code, FAULT_NONE);
	make6(&packet, &stranger, &watchlan_server, 13, WIRE(""), 7,
	    WIRE(CLIENT SERVER NA));
	assert_false(see(&lan, &packet, false, &sighting, &why));
	assert_int_equal(why.code, FAULT_NONE);
	make6(&packet, &stranger, &watchlan_server, 12, WIRE(MAC6), 3,
	    WIRE(CLIENT SERVER));
	assert_false(see(&lan, &packet, true, &sighting, &why));
	assert_int_equal(why.code, FAULT_NONE);
	assert_false(observe_more(lan.observer, &sighting));
	watchlan_end(&lan);
}

/* S-60: each of a relay's clients has a budget of his own. */
static void
clients_have_their_budgets(void **state)
{
	struct record_sighting sighting;
	struct wire packet;
	struct watchlan lan;
	struct fault why;

	(void)state;
	watchlan_begin(&lan);
	make6(&packet, &watchlan_server, &watchlan_relay, 12, WIRE(MAC6), 3,
	    WIRE(CLIENT SERVER));
	for (int i = 0; i < BUDGET_MAC_MINUTE; i++)
		assert_true(see(&lan, &packet, false, &sighting, &why));
	assert_false(see(&lan, &packet, false, &sighting, &why));
	assert_int_equal(why.code, FAULT_BUSY);
	make6(&packet, &watchlan_server, &watchlan_relay, 12,
	    WIRE("\0\117\0\10\0\1\2\0\0\0\1\2"), 3, WIRE(CLIENT SERVER));
	assert_true(see(&lan, &packet, false, &sighting, &why));
	watchlan_end(&lan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trusted_relays_count),
		cmocka_unit_test(others_do_not),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(a_relay_on_the_gateway_is_not_heard_twice),
		cmocka_unit_test(clients_have_their_budgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
