/* Neighbour discovery: whose address a frame tells of, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/fault.h"
#include "watch/nd.h"

#define IP     14
#define FROM   (IP + 8)
#define TO     (IP + 24)
#define ICMP   (IP + 40)
#define FLAGS  (ICMP + 4)
#define TARGET (ICMP + 8)
#define OPTION (ICMP + 24)
#define WHOLE  (OPTION + 8)

#define NS 135
#define NA 136

struct packet {
	uint8_t raw[256];
	size_t len;
};

static const uint8_t thing[6] = { 2, 0, 0, 0, 1, 1 };

static struct addr
addr(const char *text)
{
	struct addr addr = { 0 };

	assert_true(addr_parse(text, &addr));
	return addr;
}

static void
put_addr(struct packet *packet, size_t at, const char *text)
{
	struct addr at_text = addr(text);

	memcpy(packet->raw + at, at_text.byte, 16);
}

/* With an option that tells the sender's MAC, unless it has no address. */
static struct packet
make(uint8_t type, const char *from, const char *to, const char *target)
{
	struct packet packet = { .len = WHOLE };
	uint8_t *raw = packet.raw;

	memcpy(raw, "\x33\x33\xff\0\0\x02", 6);
	memcpy(raw + 6, thing, sizeof(thing));
	memcpy(raw + 12, "\x86\xdd\x60", 3);
	raw[IP + 5] = WHOLE - ICMP;
	raw[IP + 6] = 58;
	raw[IP + 7] = 255;
	put_addr(&packet, FROM, from);
	put_addr(&packet, TO, to);
	raw[ICMP] = type;
	put_addr(&packet, TARGET, target);
	raw[OPTION] = type == NS ? 1 : 2;
	raw[OPTION + 1] = 1;
	memcpy(raw + OPTION + 2, thing, sizeof(thing));
	if (strcmp(from, "::") == 0) {
		packet.len = OPTION;
		raw[IP + 5] = OPTION - ICMP;
	}
	return packet;
}

static bool
parse(const struct packet *packet, struct nd *nd, struct fault *why)
{
	return nd_parse((struct bytes){ packet->raw, packet->len }, nd, why);
}

static void
tells_of_an_address(void **state)
{
	static const struct {
		uint8_t type;
		const char *from, *to, *target, *address;
	} good[] = {
		{ NS, "::", "ff02::1:ff00:2", "fe80::2", "fe80::2" },
		{ NS, "::", "ff02::1:ff00:2", "fd77::2", "fd77::2" },
		{ NS, "fd77::2", "ff02::1:ff00:1", "fd77::1", "fd77::2" },
		{ NS, "fe80::2", "fe80::1", "fe80::1", "fe80::2" },
		{ NA, "fd77::2", "fd77::1", "fd77::2", "fd77::2" },
		{ NA, "fe80::2", "ff02::1", "fd77::2", "fd77::2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct packet packet = make(
		    good[i].type, good[i].from, good[i].to, good[i].target);
		struct addr expected = addr(good[i].address);
		struct fault why = { 0 };
		struct nd nd;

		if (!parse(&packet, &nd, &why))
			fail_msg("%zu: %s", i, why.detail);
		assert_true(addr_equal(&nd.address, &expected));
		assert_memory_equal(&nd.source, thing, sizeof(thing));
		/* What an Ethernet frame is padded with. */
		packet.len += 20;
		assert_true(parse(&packet, &nd, &why));
		/* Every cut is refused, and touches nothing. */
		packet.len -= 20;
		memset(&nd, 0xa5, sizeof(nd));
		for (size_t len = 0; len < packet.len; len++) {
			struct packet cut = packet;

			cut.len = len;
			assert_false(parse(&cut, &nd, &why));
			assert_true(fault_is_sound(&why));
			assert_int_equal(nd.address.family, 0xa5);
		}
	}
}

/* clang-format off */
static const struct {
	const char *name;
	uint8_t type;
	const char *from, *to, *target;
	size_t at; /* a byte that is changed; 0: none */
	uint8_t value;
	enum fault_code code;
} bad[] = {
	{ "IPv4", NS, "fe80::2", "fe80::1", "fe80::1", 12, 8,
	    FAULT_UNSUPPORTED },
	{ "version", NS, "fe80::2", "fe80::1", "fe80::1", IP, 0x40,
	    FAULT_MALFORMED },
	{ "too long", NS, "fe80::2", "fe80::1", "fe80::1", IP + 5, 40,
	    FAULT_MALFORMED },
	{ "ends in the target", NS, "fe80::2", "fe80::1", "fe80::1", IP + 5,
	    23, FAULT_MALFORMED },
	{ "UDP", NS, "fe80::2", "fe80::1", "fe80::1", IP + 6, 17,
	    FAULT_UNSUPPORTED },
	{ "routed", NS, "fe80::2", "fe80::1", "fe80::1", IP + 7, 254,
	    FAULT_SPOOF },
	{ "code", NS, "fe80::2", "fe80::1", "fe80::1", ICMP + 1, 1,
	    FAULT_MALFORMED },
	{ "a router's", 134, "fe80::2", "fe80::1", "fe80::1", 0, 0,
	    FAULT_UNSUPPORTED },
	{ "redirect", 137, "fe80::2", "fe80::1", "fe80::1", 0, 0,
	    FAULT_UNSUPPORTED },
	{ "nobody asks one", NS, "::", "fe80::1", "fe80::1", 0, 0,
	    FAULT_MALFORMED },
	{ "nobody advertises", NA, "::", "ff02::1", "fe80::2", 0, 0,
	    FAULT_MALFORMED },
	{ "solicited by all", NA, "fe80::2", "ff02::1", "fe80::2", FLAGS,
	    0x40, FAULT_MALFORMED },
	{ "from a group", NS, "ff02::2", "fe80::1", "fe80::1", 0, 0,
	    FAULT_MALFORMED },
	{ "of a group", NS, "::", "ff02::1", "ff02::2", 0, 0,
	    FAULT_MALFORMED },
	{ "of itself", NA, "fe80::2", "fe80::1", "::1", 0, 0,
	    FAULT_MALFORMED },
	{ "mapped", NA, "fe80::2", "fe80::1", "::ffff:10.0.0.1", 0, 0,
	    FAULT_MALFORMED },
	{ "another's MAC, asking", NS, "fe80::2", "fe80::1", "fe80::1",
	    OPTION + 7, 9, FAULT_SPOOF },
	{ "another's MAC", NA, "fe80::2", "fe80::1", "fe80::2", OPTION + 7, 9,
	    FAULT_SPOOF },
	{ "option without length", NS, "fe80::2", "fe80::1", "fe80::1",
	    OPTION + 1, 0, FAULT_MALFORMED },
	{ "option that is cut", NS, "fe80::2", "fe80::1", "fe80::1",
	    OPTION + 1, 2, FAULT_MALFORMED },
};
/* clang-format on */

static void
refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct packet packet =
		    make(bad[i].type, bad[i].from, bad[i].to, bad[i].target);
		struct fault why = { 0 };
		struct nd nd;

		if (bad[i].at != 0)
			packet.raw[bad[i].at] = bad[i].value;
		if (parse(&packet, &nd, &why))
			fail_msg("%s: was taken", bad[i].name);
		if (why.code != bad[i].code)
			fail_msg("%s: %s", bad[i].name, why.detail);
	}
}

/* An option that nobody knows is skipped; a MAC for no address is wrong; and
 * there is an end to options. */
static void
walks_options(void **state)
{
	struct packet packet = make(NS, "fe80::2", "fe80::1", "fe80::1");
	struct fault why = { 0 };
	struct nd nd;

	(void)state;
	packet.raw[OPTION] = 14;
	packet.raw[OPTION + 7] = 9;
	assert_true(parse(&packet, &nd, &why));
	packet = make(NS, "::", "ff02::1:ff00:2", "fe80::2");
	packet.len = WHOLE;
	packet.raw[IP + 5] = WHOLE - ICMP;
	assert_false(parse(&packet, &nd, &why));
	assert_int_equal(why.code, FAULT_MALFORMED);

	packet = make(NS, "fe80::2", "fe80::1", "fe80::1");
	for (size_t n = 1; n < 17; n++) {
		packet.raw[OPTION + 8 * n] = 14;
		packet.raw[OPTION + 8 * n + 1] = 1;
	}
	packet.len = OPTION + 8 * 16;
	packet.raw[IP + 5] = (uint8_t)(packet.len - ICMP);
	assert_true(parse(&packet, &nd, &why));
	packet.len += 8;
	packet.raw[IP + 5] = (uint8_t)(packet.len - ICMP);
	assert_false(parse(&packet, &nd, &why));
	assert_int_equal(why.code, FAULT_TOO_MANY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_an_address),
		cmocka_unit_test(refuses),
		cmocka_unit_test(walks_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
