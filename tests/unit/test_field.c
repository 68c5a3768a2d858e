/* field: what each leaf is called, what it can be, and where a packet has
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/addr.h"
#include "libmud/field.h"
#include "libmud/policy.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define BOTH          (FAMILY_4 | FAMILY_6)

static struct field
made(enum field_id id, uint64_t value)
{
	struct field field;

	if (!field_of(id, value, &field))
		fail_msg("field %d cannot be made", (int)id);
	return field;
}

static struct field
made_mac(enum field_id id, const char *text, const char *mask_text)
{
	struct mac mac, mask;
	struct field field;

	assert_true(mac_parse(text, &mac));
	assert_true(mac_parse(mask_text, &mask));
	assert_true(field_of_mac(id, &mac, &mask, &field));
	return field;
}

/* One line a field and family: RFC 8519 s4.2's name, and the header's bytes
 * from `offset`, whose masked bits are the value shifted by `shift`. */
static const struct {
	const char *container, *leaf;
	enum field_id id;
	uint64_t most;  /* that the leaf can have */
	uint64_t value; /* a value, and how nft and people read it */
	const char *nft, *words;
	unsigned int family;
	enum field_base base;
	uint8_t offset, len;
	uint64_t wire, mask; /* the bytes as a number; mask 0: all */
} cases[] = {
	{ "ipv4", "dscp", FIELD_DSCP, 63, 46, "ip dscp 46", "DSCP 46", 4,
	    FIELD_NETWORK, 1, 1, 0xb8, 0xfc },
	{ "ipv6", "dscp", FIELD_DSCP, 63, 46, "ip6 dscp 46", "DSCP 46", 6,
	    FIELD_NETWORK, 0, 2, 0x0b80, 0x0fc0 },
	{ "ipv4", "ecn", FIELD_ECN, 3, 1, "ip ecn 1", "ECN 1", 4, FIELD_NETWORK,
	    1, 1, 0x01, 0x03 },
	{ "ipv6", "ecn", FIELD_ECN, 3, 1, "ip6 ecn 1", "ECN 1", 6,
	    FIELD_NETWORK, 1, 1, 0x10, 0x30 },
	{ "ipv4", "length", FIELD_LENGTH, 65535, 100, "ip length 100",
	    "length 100", 4, FIELD_NETWORK, 2, 2, 100, 0 },
	{ "ipv6", "length", FIELD_LENGTH, 65535, 100, "ip6 length 100",
	    "length 100", 6, FIELD_NETWORK, 4, 2, 100, 0 },
	{ "ipv4", "ttl", FIELD_TTL, 255, 64, "ip ttl 64", "TTL 64", 4,
	    FIELD_NETWORK, 8, 1, 64, 0 },
	{ "ipv6", "ttl", FIELD_TTL, 255, 64, "ip6 hoplimit 64", "TTL 64", 6,
	    FIELD_NETWORK, 7, 1, 64, 0 },
	{ "ipv4", "ihl", FIELD_IHL, 60, 6, "ip hdrlength 6", "header length 6",
	    4, FIELD_NETWORK, 0, 1, 0x06, 0x0f },
	{ "ipv4", "flags", FIELD_IP_FLAGS, 7, 2,
	    "ip frag-off & 0xe000 == 0x4000", "IP flags fragment", 4,
	    FIELD_NETWORK, 6, 2, 0x4000, 0xe000 },
	{ "ipv4", "flags", FIELD_IP_FLAGS, 7, 6,
	    "ip frag-off & 0xe000 == 0xc000", "IP flags fragment reserved", 4,
	    FIELD_NETWORK, 6, 2, 0xc000, 0xe000 },
	{ "ipv4", "flags", FIELD_IP_FLAGS, 7, 0,
	    "ip frag-off & 0xe000 == 0x0000", "IP flags none", 4, FIELD_NETWORK,
	    6, 2, 0, 0xe000 },
	{ "ipv4", "offset", FIELD_OFFSET, 65535, 0, "ip frag-off & 0x1fff == 0",
	    "fragment offset 0", 4, FIELD_NETWORK, 6, 2, 0, 0x1fff },
	{ "ipv4", "identification", FIELD_IDENTIFICATION, 65535, 4660,
	    "ip id 4660", "identification 4660", 4, FIELD_NETWORK, 4, 2, 0x1234,
	    0 },
	{ "ipv6", "flow-label", FIELD_FLOW_LABEL, 0xfffff, 0x12345,
	    "ip6 flowlabel 74565", "flow label 74565", 6, FIELD_NETWORK, 1, 3,
	    0x012345, 0x0fffff },
	{ "tcp", "sequence-number", FIELD_SEQUENCE, UINT32_MAX, 0x01020304,
	    "tcp sequence 16909060", "sequence number 16909060", 0,
	    FIELD_TRANSPORT, 4, 4, 0x01020304, 0 },
	{ "tcp", "acknowledgement-number", FIELD_ACKNOWLEDGEMENT, UINT32_MAX, 7,
	    "tcp ackseq 7", "acknowledgement number 7", 0, FIELD_TRANSPORT, 8,
	    4, 7, 0 },
	{ "tcp", "data-offset", FIELD_DATA_OFFSET, 15, 6, "tcp doff 6",
	    "data offset 6", 0, FIELD_TRANSPORT, 12, 1, 0x60, 0xf0 },
	{ "tcp", "reserved", FIELD_RESERVED, 255, 9, "tcp reserved 9",
	    "reserved bits 9", 0, FIELD_TRANSPORT, 12, 1, 0x09, 0x0f },
	{ "tcp", "flags", FIELD_TCP_FLAGS, 255, 0x12, "tcp flags == syn|ack",
	    "TCP flags syn ack", 0, FIELD_TRANSPORT, 13, 1, 0x12, 0 },
	{ "tcp", "flags", FIELD_TCP_FLAGS, 255, 0, "tcp flags == 0",
	    "TCP flags none", 0, FIELD_TRANSPORT, 13, 1, 0, 0 },
	{ "tcp", "flags", FIELD_TCP_FLAGS, 255, 0xff,
	    "tcp flags == fin|syn|rst|psh|ack|urg|ecn|cwr",
	    "TCP flags fin syn rst psh ack urg ecn cwr", 0, FIELD_TRANSPORT, 13,
	    1, 0xff, 0 },
	{ "tcp", "window-size", FIELD_WINDOW, 65535, 1024, "tcp window 1024",
	    "window size 1024", 0, FIELD_TRANSPORT, 14, 2, 1024, 0 },
	{ "tcp", "urgent-pointer", FIELD_URGENT, 65535, 3, "tcp urgptr 3",
	    "urgent pointer 3", 0, FIELD_TRANSPORT, 18, 2, 3, 0 },
	{ "udp", "length", FIELD_UDP_LENGTH, 65535, 20, "udp length 20",
	    "UDP length 20", 0, FIELD_TRANSPORT, 4, 2, 20, 0 },
};

static uint64_t
number(const uint8_t *bytes, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | bytes[i];
	return value;
}

static void
knows_each_leaf(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		enum field_id id =
		    field_find(cases[i].container, cases[i].leaf);
		struct field field;

		assert_int_equal(id, cases[i].id);
		field = made(id, cases[i].value);
		assert_int_equal(field_value(&field), cases[i].value);
		assert_true(field_can_hold(&field));
		assert_true(field_of(id, cases[i].most, &field));
		assert_int_equal(field_value(&field), cases[i].most);
		assert_false(field_of(id, cases[i].most + 1, &field));
		assert_int_equal(field.id, FIELD_NONE);
	}
	assert_int_equal(
	    field_find("eth", "source-mac-address"), FIELD_ETH_SOURCE);
	assert_int_equal(field_find("eth", "destination-mac-address"),
	    FIELD_ETH_DESTINATION);
	/* Leaves that are kept elsewhere, or belong to another container. */
	assert_int_equal(field_find("ipv4", "protocol"), FIELD_NONE);
	assert_int_equal(field_find("ipv6", "ihl"), FIELD_NONE);
	assert_int_equal(field_find("ipv4", "flow-label"), FIELD_NONE);
	assert_int_equal(field_find("udp", "flags"), FIELD_NONE);
	assert_int_equal(field_find("tcp", "length"), FIELD_NONE);
	assert_int_equal(field_find("ip", "ihl"), FIELD_NONE);
	assert_int_equal(
	    field_find("eth", "source-mac-address-mask"), FIELD_NONE);
	assert_null(field_info(FIELD_NONE));
	assert_null(field_info(FIELD_IDS));
}

static void
finds_its_place(void **state)
{
	char buf[FIELD_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct field field = made(cases[i].id, cases[i].value);
		struct field_wire wire = field_wire(&field, cases[i].family);
		uint64_t all = (UINT64_C(1) << 8 * cases[i].len) - 1;

		assert_int_equal(wire.base, cases[i].base);
		assert_int_equal(wire.offset, cases[i].offset);
		assert_int_equal(wire.len, cases[i].len);
		assert_int_equal(wire.is_masked, cases[i].mask != 0);
		assert_int_equal(number(wire.value, wire.len), cases[i].wire);
		assert_int_equal(number(wire.mask, wire.len),
		    cases[i].mask == 0 ? all : cases[i].mask);
		assert_string_equal(
		    field_nft(&field, cases[i].family, buf), cases[i].nft);
		assert_string_equal(field_words(&field, buf), cases[i].words);
	}
}

static void
masks_macs(void **state)
{
	const struct mac mac = { { 2, 0, 0x5e, 0, 0x53, 1 } }, none = { { 0 } };
	struct field field = made_mac(
	    FIELD_ETH_SOURCE, "02:00:5e:00:53:01", "ff:ff:ff:00:00:00");
	struct field_wire wire = field_wire(&field, 0);
	char buf[FIELD_TEXT];

	(void)state;
	assert_int_equal(wire.base, FIELD_LINK);
	assert_int_equal(wire.offset, 6);
	assert_int_equal(wire.len, 6);
	assert_true(wire.is_masked);
	assert_int_equal(number(wire.value, 6), 0x02005e000000);
	assert_int_equal(number(wire.mask, 6), 0xffffff000000);
	assert_string_equal(field_nft(&field, 0, buf),
	    "ether saddr & ff:ff:ff:00:00:00 == 02:00:5e:00:00:00");
	assert_string_equal(field_words(&field, buf),
	    "source MAC 02:00:5e:00:00:00/ff:ff:ff:00:00:00");
	field = made_mac(
	    FIELD_ETH_DESTINATION, "02:00:5e:00:53:01", "ff:ff:ff:ff:ff:ff");
	wire = field_wire(&field, 0);
	assert_int_equal(wire.offset, 0);
	assert_false(wire.is_masked);
	assert_string_equal(
	    field_nft(&field, 0, buf), "ether daddr 02:00:5e:00:53:01");
	assert_string_equal(
	    field_words(&field, buf), "destination MAC 02:00:5e:00:53:01");
	assert_false(field_of_mac(FIELD_ETH_SOURCE, &mac, &none, &field));
	assert_false(field_of_mac(FIELD_TTL, &mac, &mac, &field));
	assert_false(field_of(FIELD_ETH_SOURCE, 0, &field));
	assert_int_equal(field.id, FIELD_NONE);
}

/* RFC 8519's ranges allow what no packet has, and we see no fragments. */
static void
knows_what_cannot_be(void **state)
{
	static const struct {
		enum field_id id;
		uint64_t value;
		bool can_hold;
	} values[] = {
		{ FIELD_IHL, 5, true },
		{ FIELD_IHL, 15, true },
		{ FIELD_IHL, 16, false },
		{ FIELD_IHL, 60, false },
		{ FIELD_IHL, 4, false },
		{ FIELD_OFFSET, 0, true },
		{ FIELD_OFFSET, 1, false },
		{ FIELD_OFFSET, 8191, false },
		{ FIELD_OFFSET, 8192, false },
		{ FIELD_IP_FLAGS, 1, false },
		{ FIELD_IP_FLAGS, 3, false },
		{ FIELD_IP_FLAGS, 4, true },
		{ FIELD_RESERVED, 15, true },
		{ FIELD_RESERVED, 16, false },
		{ FIELD_DATA_OFFSET, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(values); i++) {
		struct field fields[ACE_FIELDS] = { made(FIELD_DSCP, 1),
			made(values[i].id, values[i].value) };

		assert_int_equal(
		    field_can_hold(&fields[1]), values[i].can_hold);
		assert_int_equal(fields_can_hold(fields), values[i].can_hold);
	}
}

static void
keeps_them_in_order(void **state)
{
	static const enum field_id ids[] = { FIELD_WINDOW, FIELD_DSCP,
		FIELD_TTL, FIELD_URGENT, FIELD_SEQUENCE, FIELD_ECN };
	struct field fields[ACE_FIELDS] = { 0 }, more = made(FIELD_LENGTH, 1);

	(void)state;
	for (size_t i = 0; i < LENGTH(ids); i++) {
		struct field field = made(ids[i], i % 3);

		assert_int_equal(fields_count(fields), i);
		assert_true(fields_add(fields, &field));
		if (i + 1 < LENGTH(ids))
			assert_false(fields_add(fields, &field));
	}
	assert_int_equal(fields_count(fields), ACE_FIELDS);
	assert_false(fields_add(fields, &more));
	for (size_t i = 1; i < ACE_FIELDS; i++)
		assert_true(fields[i - 1].id < fields[i].id);
	assert_int_equal(field_value(&fields[0]), 1);
	assert_true(fields_are_sound(fields, BOTH, 6, false));
	assert_int_equal(fields_families(fields), BOTH);
}

/* Fields that are sound for TCP and UDP over both, and a change to them. */
#define IS(sound, families, protocol, is_from, ...)                            \
	do {                                                                   \
		struct field f[ACE_FIELDS] = { made(FIELD_DSCP, 1),            \
			made(FIELD_TTL, 2) };                                  \
		__VA_ARGS__;                                                   \
		if (fields_are_sound(f, families, protocol, is_from) != sound) \
			fail_msg("%s", #__VA_ARGS__);                          \
	} while (0)

static void
judges_soundness(void **state)
{
	struct field mac = made_mac(
	    FIELD_ETH_SOURCE, "02:00:5e:00:53:01", "ff:ff:ff:ff:ff:00");

	(void)state;
	IS(true, BOTH, -1, false, (void)f);
	IS(true, BOTH, -1, false, memset(f, 0, sizeof(f)));
	IS(false, BOTH, -1, false, f[0].id = FIELD_IDS);
	IS(false, BOTH, -1, false, f[0].zero = 1);
	IS(false, BOTH, -1, false, f[0].id = FIELD_NONE);
	IS(false, BOTH, -1, false, f[1].id = FIELD_NONE);
	IS(false, BOTH, -1, false, f[1] = f[0]);
	IS(false, BOTH, -1, false, f[1] = f[0]; f[0] = made(FIELD_TTL, 2));
	IS(false, BOTH, -1, false, f[0].value[5] = 64);
	IS(false, BOTH, -1, false, f[0].value[0] = 1);
	IS(false, BOTH, -1, false, f[0].mask[5] = 0x1f);
	IS(false, BOTH, -1, false, f[0].mask[4] = 1);
	IS(false, BOTH, -1, false, f[5].value[5] = 1);
	IS(true, BOTH, -1, false, f[1] = made(FIELD_IHL, 60));
	IS(false, BOTH, -1, false, f[1] = made(FIELD_IHL, 60);
	    f[1].value[5] = 61);
	IS(true, FAMILY_4, -1, false, f[1] = made(FIELD_IHL, 5));
	IS(false, FAMILY_6, -1, false, f[1] = made(FIELD_IHL, 5));
	IS(true, FAMILY_6, -1, false, f[1] = made(FIELD_FLOW_LABEL, 5));
	IS(false, FAMILY_4, -1, false, f[1] = made(FIELD_FLOW_LABEL, 5));
	IS(false, BOTH, -1, false, f[1] = made(FIELD_IHL, 5);
	    f[2] = made(FIELD_FLOW_LABEL, 5));
	IS(true, BOTH, 6, false, f[1] = made(FIELD_WINDOW, 5));
	IS(false, BOTH, 17, false, f[1] = made(FIELD_WINDOW, 5));
	IS(false, BOTH, -1, false, f[1] = made(FIELD_WINDOW, 5));
	IS(true, BOTH, 17, false, f[1] = made(FIELD_UDP_LENGTH, 5));
	IS(false, BOTH, 6, false, f[1] = made(FIELD_UDP_LENGTH, 5));
	IS(true, BOTH, -1, true, f[1] = mac);
	IS(false, BOTH, -1, false, f[1] = mac);
	IS(false, BOTH, -1, true, f[1] = mac; f[1].value[5] = 1);
	IS(false, BOTH, -1, true, f[1] = mac;
	    memset(f[1].mask, 0, sizeof(f[1].mask));
	    memset(f[1].value, 0, sizeof(f[1].value)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_each_leaf),
		cmocka_unit_test(finds_its_place),
		cmocka_unit_test(masks_macs),
		cmocka_unit_test(knows_what_cannot_be),
		cmocka_unit_test(keeps_them_in_order),
		cmocka_unit_test(judges_soundness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
