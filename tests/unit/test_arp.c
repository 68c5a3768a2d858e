/* ARP: whose address a frame tells of, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/fault.h"
#include "watch/arp.h"

#define WHOLE 42

#define REQUEST 1
#define REPLY   2

struct packet {
	uint8_t raw[64];
	size_t len;
};

static const uint8_t thing[6] = { 2, 0, 0, 0, 1, 1 };

static void
put_addr(struct packet *packet, size_t at, const char *text)
{
	struct addr addr;

	assert_true(addr_parse(text, &addr));
	memcpy(packet->raw + at, addr.byte, 4);
}

static struct packet
make(uint8_t operation, const char *from, const char *target)
{
	struct packet packet = { .len = WHOLE };

	memset(packet.raw, 0xff, 6);
	memcpy(packet.raw + 6, thing, sizeof(thing));
	memcpy(packet.raw + 12, "\x08\x06\0\1\x08\0\6\4\0", 9);
	packet.raw[21] = operation;
	memcpy(packet.raw + 22, thing, sizeof(thing));
	put_addr(&packet, 28, from);
	memset(packet.raw + 32, 0, 6);
	put_addr(&packet, 38, target);
	return packet;
}

static bool
parse(const struct packet *packet, struct arp *arp, struct fault *why)
{
	return arp_parse((struct bytes){ packet->raw, packet->len }, arp, why);
}

static void
tells_of_an_address(void **state)
{
	static const struct {
		uint8_t operation;
		const char *from, *target, *address;
		bool is_probe;
	} good[] = {
		/* RFC 826: who asks, and who answers, says who it is. */
		{ REQUEST, "192.0.2.7", "192.0.2.1", "192.0.2.7", false },
		{ REPLY, "192.0.2.7", "192.0.2.1", "192.0.2.7", false },
		/* RFC 5227 s2.3: an announcement; some send it as a reply. */
		{ REQUEST, "192.0.2.7", "192.0.2.7", "192.0.2.7", false },
		{ REPLY, "192.0.2.7", "192.0.2.7", "192.0.2.7", false },
		/* RFC 5227 s2.1.1: a probe. */
		{ REQUEST, "0.0.0.0", "192.0.2.7", "192.0.2.7", true },
		/* Whatever is asked for: it was not the sender's to choose. */
		{ REQUEST, "192.0.2.7", "255.255.255.255", "192.0.2.7", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct packet packet =
		    make(good[i].operation, good[i].from, good[i].target);
		char text[ADDR_TEXT];
		struct fault why = { 0 };
		struct arp arp;

		if (!parse(&packet, &arp, &why))
			fail_msg("%zu: %s", i, why.detail);
		assert_string_equal(
		    addr_text(&arp.address, text), good[i].address);
		assert_int_equal(arp.is_probe, good[i].is_probe);
		assert_memory_equal(&arp.source, thing, sizeof(thing));
		/* What an Ethernet frame is padded with. */
		packet.len = sizeof(packet.raw) - 4;
		assert_true(parse(&packet, &arp, &why));
		/* Every cut is refused, and touches nothing. */
		memset(&arp, 0xa5, sizeof(arp));
		for (packet.len = 0; packet.len < WHOLE; packet.len++) {
			assert_false(parse(&packet, &arp, &why));
			assert_true(fault_is_sound(&why));
			assert_int_equal(arp.address.family, 0xa5);
		}
	}
}

/* clang-format off */
static const struct {
	const char *name;
	uint8_t operation;
	const char *from, *target;
	size_t at; /* a byte that is changed; 0: none */
	uint8_t value;
	enum fault_code code;
} bad[] = {
	{ "IPv4", REQUEST, "192.0.2.7", "192.0.2.1", 13, 0,
	    FAULT_UNSUPPORTED },
	{ "a VLAN tag", REQUEST, "192.0.2.7", "192.0.2.1", 12, 0x81,
	    FAULT_UNSUPPORTED },
	{ "IEEE 802", REQUEST, "192.0.2.7", "192.0.2.1", 15, 6,
	    FAULT_UNSUPPORTED },
	{ "IPv6", REQUEST, "192.0.2.7", "192.0.2.1", 16, 0x86,
	    FAULT_UNSUPPORTED },
	{ "long MACs", REQUEST, "192.0.2.7", "192.0.2.1", 18, 8,
	    FAULT_UNSUPPORTED },
	{ "no MACs", REQUEST, "192.0.2.7", "192.0.2.1", 18, 0,
	    FAULT_UNSUPPORTED },
	{ "long addresses", REQUEST, "192.0.2.7", "192.0.2.1", 19, 16,
	    FAULT_UNSUPPORTED },
	{ "operation 0", 0, "192.0.2.7", "192.0.2.1", 0, 0,
	    FAULT_UNSUPPORTED },
	{ "reverse", 3, "192.0.2.7", "192.0.2.1", 0, 0, FAULT_UNSUPPORTED },
	{ "inverse", 8, "192.0.2.7", "192.0.2.1", 0, 0, FAULT_UNSUPPORTED },
	{ "operation 257", REQUEST, "192.0.2.7", "192.0.2.1", 20, 1,
	    FAULT_UNSUPPORTED },
	{ "another's MAC", REPLY, "192.0.2.7", "192.0.2.1", 27, 9,
	    FAULT_SPOOF },
	{ "another's frame", REPLY, "192.0.2.7", "192.0.2.1", 11, 9,
	    FAULT_SPOOF },
	{ "nobody answers", REPLY, "0.0.0.0", "192.0.2.1", 0, 0,
	    FAULT_MALFORMED },
	{ "a probe for nobody's", REQUEST, "0.0.0.0", "0.0.0.0", 0, 0,
	    FAULT_MALFORMED },
	{ "a probe for a group", REQUEST, "0.0.0.0", "224.0.0.1", 0, 0,
	    FAULT_MALFORMED },
	{ "from all", REQUEST, "255.255.255.255", "192.0.2.1", 0, 0,
	    FAULT_MALFORMED },
	{ "from a group", REPLY, "224.0.0.1", "192.0.2.1", 0, 0,
	    FAULT_MALFORMED },
	{ "from this network", REQUEST, "0.0.0.1", "192.0.2.1", 0, 0,
	    FAULT_MALFORMED },
	{ "from itself", REQUEST, "127.0.0.1", "192.0.2.1", 0, 0,
	    FAULT_MALFORMED },
};
/* clang-format on */

static void
refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct packet packet =
		    make(bad[i].operation, bad[i].from, bad[i].target);
		struct fault why = { 0 };
		struct arp arp;

		if (bad[i].at != 0)
			packet.raw[bad[i].at] = bad[i].value;
		if (parse(&packet, &arp, &why))
			fail_msg("%s: was taken", bad[i].name);
		if (why.code != bad[i].code)
			fail_msg("%s: %s", bad[i].name, why.detail);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_an_address),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
