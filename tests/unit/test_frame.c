/* Frames: each line spoils one thing of a good frame, or leaves it good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/fault.h"
#include "watch/frame.h"

#define PAYLOAD "dhcp"
#define PAD     8

/* Ethernet, then IPv4 at 14, UDP at 34, payload at 42, padding at 46. */
static const uint8_t good[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0x5e,
	0, 0x53, 1, 8, 0, 0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2,
	1, 192, 0, 2, 2, 0, 68, 0, 67, 0, 12, 0, 0, 'd', 'h', 'c', 'p', 0, 0, 0,
	0, 0, 0, 0, 0 };

#define GOOD_LEN sizeof(good)

/* Ethernet, then IPv6 at 14, UDP at 54, payload at 62, padding at 66. */
static const uint8_t six[] = { 0x33, 0x33, 0, 1, 0, 2, 2, 0, 0x5e, 0, 0x53, 1,
	0x86, 0xdd, 0x60, 0, 0, 0, 0, 12, 17, 1, 0xfe, 0x80, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 1, 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0,
	2, 2, 0x22, 2, 0x23, 0, 12, 0, 0, 'd', 'h', 'c', 'p', 0, 0, 0, 0, 0, 0,
	0, 0 };

#define SIX_LEN sizeof(six)

/* Up to three bytes that differ; at 0: none. */
static const struct {
	const char *name;
	enum fault_code code; /* FAULT_NONE: accepted */
	struct {
		size_t at;
		uint8_t value;
	} patch[3];
} cases[] = {
	{ "as it is", FAULT_NONE, { { 0, 0 } } },
	{ "IPv4 that calls itself IPv6", FAULT_MALFORMED,
	    { { 12, 0x86 }, { 13, 0xdd } } },
	{ "ARP", FAULT_UNSUPPORTED, { { 13, 6 } } },
	{ "802.3 length", FAULT_UNSUPPORTED, { { 12, 0 }, { 13, 38 } } },
	{ "version 6", FAULT_MALFORMED, { { 14, 0x65 } } },
	{ "header of 16", FAULT_MALFORMED, { { 14, 0x44 } } },
	{ "header past total", FAULT_MALFORMED, { { 14, 0x4f } } },
	{ "total of 0", FAULT_MALFORMED, { { 17, 0 } } },
	{ "total below header", FAULT_MALFORMED, { { 17, 19 } } },
	{ "total past frame", FAULT_MALFORMED, { { 17, 41 } } },
	{ "total of 65535", FAULT_MALFORMED, { { 16, 255 }, { 17, 255 } } },
	{ "total cuts UDP header", FAULT_MALFORMED, { { 17, 27 } } },
	{ "total cuts payload", FAULT_MALFORMED, { { 17, 31 } } },
	{ "don't fragment", FAULT_NONE, { { 20, 0x40 } } },
	{ "more fragments", FAULT_UNSUPPORTED, { { 20, 0x20 } } },
	{ "later fragment", FAULT_UNSUPPORTED, { { 21, 1 } } },
	{ "far fragment", FAULT_UNSUPPORTED, { { 20, 0x1f } } },
	{ "TCP", FAULT_UNSUPPORTED, { { 23, 6 } } },
	{ "UDP length 7", FAULT_MALFORMED, { { 39, 7 } } },
	{ "UDP length past total", FAULT_MALFORMED, { { 39, 13 } } },
	{ "UDP length 0", FAULT_MALFORMED, { { 39, 0 } } },
};

static void
judges_each_layer(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t raw[GOOD_LEN];
		struct frame frame, untouched;
		struct fault why = { 0 };
		bool ok;

		memset(&untouched, 0xa5, sizeof(untouched));
		frame = untouched;
		memcpy(raw, good, sizeof(raw));
		for (size_t k = 0; k < 3; k++)
			if (cases[i].patch[k].at != 0)
				raw[cases[i].patch[k].at] =
				    cases[i].patch[k].value;
		ok = frame_parse(
		    (struct bytes){ raw, sizeof(raw) }, &frame, &why);
		if (ok != (cases[i].code == FAULT_NONE) ||
		    why.code != cases[i].code)
			fail_msg("%s: %s", cases[i].name, why.detail);
		if (ok)
			continue;
		assert_memory_equal(&frame, &untouched, sizeof(frame));
	}
}

static void
reads_the_fields(void **state)
{
	const struct mac source = { { 2, 0, 0x5e, 0, 0x53, 1 } };
	struct frame frame;
	struct fault why;
	char text[ADDR_TEXT];

	(void)state;
	assert_true(
	    frame_parse((struct bytes){ good, GOOD_LEN }, &frame, &why));
	assert_true(mac_equal(&frame.source, &source));
	assert_int_equal(frame.destination.byte[0], 0xff);
	assert_string_equal(addr_text(&frame.from, text), "192.0.2.1");
	assert_string_equal(addr_text(&frame.to, text), "192.0.2.2");
	assert_int_equal(frame.source_port, 68);
	assert_int_equal(frame.destination_port, 67);
	assert_int_equal(frame.n_tags, 0);
	/* Without the padding. */
	assert_int_equal(frame.payload.len, sizeof(PAYLOAD) - 1);
	assert_memory_equal(frame.payload.data, PAYLOAD, sizeof(PAYLOAD) - 1);
}

static void
refuse_every_cut(const uint8_t *raw, size_t whole)
{
	for (size_t len = 0; len < whole; len++) {
		struct frame frame;
		struct fault why = { 0 };

		if (frame_parse((struct bytes){ raw, len }, &frame, &why))
			fail_msg("accepted %zu bytes", len);
		assert_int_equal(why.code, FAULT_MALFORMED);
	}
}

static void
refuses_every_cut(void **state)
{
	(void)state;
	refuse_every_cut(good, GOOD_LEN - PAD);
	refuse_every_cut(six, SIX_LEN - PAD);
}

/* A byte of the IPv6 frame that differs; at 0: none. */
static const struct {
	const char *name;
	enum fault_code code;
	size_t at;
	uint8_t value;
} sixes[] = {
	{ "as it is", FAULT_NONE, 0, 0 },
	{ "version 4", FAULT_MALFORMED, 14, 0x40 },
	{ "no payload", FAULT_MALFORMED, 19, 0 },
	{ "payload cuts UDP header", FAULT_MALFORMED, 19, 7 },
	{ "payload cuts message", FAULT_MALFORMED, 19, 11 },
	{ "payload with the padding", FAULT_NONE, 19, 20 },
	{ "payload past frame", FAULT_MALFORMED, 19, 21 },
	{ "jumbo", FAULT_MALFORMED, 18, 255 },
	{ "TCP", FAULT_UNSUPPORTED, 20, 6 },
	{ "hop-by-hop options", FAULT_UNSUPPORTED, 20, 0 },
	{ "routing header", FAULT_UNSUPPORTED, 20, 43 },
	{ "fragment", FAULT_UNSUPPORTED, 20, 44 },
	{ "destination options", FAULT_UNSUPPORTED, 20, 60 },
	{ "no next header", FAULT_UNSUPPORTED, 20, 59 },
	{ "UDP length 7", FAULT_MALFORMED, 59, 7 },
	{ "UDP length past payload", FAULT_MALFORMED, 59, 13 },
	{ "hop limit 0", FAULT_NONE, 21, 0 },
};

static void
judges_ipv6(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(sixes) / sizeof(sixes[0]); i++) {
		uint8_t raw[SIX_LEN];
		struct frame frame;
		struct fault why = { 0 };
		char text[ADDR_TEXT];
		bool ok;

		memcpy(raw, six, sizeof(raw));
		if (sixes[i].at != 0)
			raw[sixes[i].at] = sixes[i].value;
		ok = frame_parse(
		    (struct bytes){ raw, sizeof(raw) }, &frame, &why);
		if (ok != (sixes[i].code == FAULT_NONE) ||
		    why.code != sixes[i].code)
			fail_msg("%s: %s", sixes[i].name, why.detail);
		if (!ok)
			continue;
		assert_string_equal(addr_text(&frame.from, text), "fe80::1");
		assert_string_equal(addr_text(&frame.to, text), "ff02::1:2");
		assert_int_equal(frame.source_port, 546);
		assert_int_equal(frame.destination_port, 547);
		assert_int_equal(frame.payload.len, sizeof(PAYLOAD) - 1);
		assert_memory_equal(
		    frame.payload.data, PAYLOAD, sizeof(PAYLOAD) - 1);
	}
}

static void
tells_types(void **state)
{
	static const uint8_t tagged[14] = { [12] = 0x81 };
	uint8_t next = 0xa5;

	(void)state;
	assert_int_equal(
	    frame_type((struct bytes){ six, SIX_LEN }, &next), FRAME_IPV6);
	assert_int_equal(next, 17);
	assert_int_equal(
	    frame_type((struct bytes){ six, 20 }, &next), FRAME_IPV6);
	assert_int_equal(next, 0);
	assert_int_equal(
	    frame_type((struct bytes){ good, GOOD_LEN }, &next), FRAME_IPV4);
	assert_int_equal(next, 0);
	assert_int_equal(
	    frame_type((struct bytes){ tagged, sizeof(tagged) }, &next),
	    0x8100);
	assert_int_equal(frame_type((struct bytes){ good, 13 }, &next), 0);
	assert_int_equal(frame_type((struct bytes){ NULL, 0 }, &next), 0);
}

static void
skips_ip_options(void **state)
{
	uint8_t raw[GOOD_LEN + 4] = { 0 };
	struct frame frame;
	struct fault why;

	(void)state;
	memcpy(raw, good, 34);
	memcpy(raw + 38, good + 34, GOOD_LEN - 34);
	raw[14] = 0x46;
	raw[17] = 36;
	assert_true(
	    frame_parse((struct bytes){ raw, sizeof(raw) }, &frame, &why));
	assert_int_equal(frame.source_port, 68);
	assert_int_equal(frame.payload.len, sizeof(PAYLOAD) - 1);
}

/* S-2: two tags are walked, three are not. */
static void
walks_two_tags(void **state)
{
	static const uint8_t outer[] = { 0x88, 0xa8, 0, 10 };
	static const uint8_t inner[] = { 0x81, 0, 0, 20 };

	(void)state;
	for (size_t n = 0; n <= 3; n++) {
		uint8_t raw[GOOD_LEN + 12];
		struct frame frame;
		struct fault why = { 0 };
		bool ok;

		memcpy(raw, good, 12);
		for (size_t k = 0; k < n; k++)
			memcpy(raw + 12 + 4 * k, k == 0 ? outer : inner, 4);
		memcpy(raw + 12 + 4 * n, good + 12, GOOD_LEN - 12);
		ok = frame_parse(
		    (struct bytes){ raw, GOOD_LEN + 4 * n }, &frame, &why);
		assert_int_equal(ok, n <= 2);
		if (ok)
			assert_int_equal(frame.n_tags, n);
		else
			assert_int_equal(why.code, FAULT_TOO_MANY);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_each_layer),
		cmocka_unit_test(reads_the_fields),
		cmocka_unit_test(refuses_every_cut),
		cmocka_unit_test(judges_ipv6),
		cmocka_unit_test(tells_types),
		cmocka_unit_test(skips_ip_options),
		cmocka_unit_test(walks_two_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
