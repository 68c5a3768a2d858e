/*
 * Whole frames through observe(), from the Ethernet header up, and what each
 * is worth: a sighting, a URL that is refused, or a frame that is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/packet_vectors.h"
#include "tests/unit/watchlan.h"
#include "tests/unit/wire.h"
#include "watch/dhcp4.h"
#include "watch/dhcp6.h"
#include "watch/observe.h"

static unsigned int n_vectors;

/* ---- frames ------------------------------------------------------------ */

static void
make(struct wire *wire, const struct vector *vector)
{
	const unsigned int tags = vector->more % 16;

	switch (vector->form) {
	case DHCP4:
		wire_dhcp4(wire, tags, true, vector->type, 9, vector->options,
		    vector->len);
		break;
	case DHCP6:
		wire_dhcp6(wire, tags, vector->type, vector->more / 16,
		    vector->options, vector->len);
		break;
	case LLDP:
		wire_lldp(wire, tags, 120, vector->options, vector->len);
		break;
	case ND:
		wire_nd(wire, tags, vector->type, vector->options, vector->len);
		break;
	case ARP:
		wire_arp(wire, tags, vector->type);
		break;
	}
	for (size_t i = 0; i < 2; i++)
		memcpy(wire->raw + vector->patch[i].at,
		    vector->patch[i].bytes == NULL ? ""
						   : vector->patch[i].bytes,
		    vector->patch[i].len);
	if (vector->cut_to != 0) {
		assert_true(vector->cut_to < wire->len);
		wire->len = vector->cut_to;
	}
}

/* Each frame meets an observer that has seen nothing. */
static void
judge(const char *name, const struct wire *wire, const struct outcome *expected)
{
	struct watchlan lan;
	/* As long as the frame and no longer, for the sanitizers' sake. */
	uint8_t *raw = test_malloc(wire->len);
	const struct observation seen = { PORT_A, false, NOW,
		{ raw, wire->len } };
	struct record_sighting sighting, untouched;
	struct fault why;
	bool tells;

	watchlan_begin(&lan);
	memset(&untouched, 0xa5, sizeof(untouched));
	sighting = untouched;
	memcpy(raw, wire->raw, wire->len);
	tells = observe(lan.observer, &seen, &sighting, &why);
	if (tells != (expected->kind != NOTHING))
		fail_msg("%s: %s: %s", name, why.clause, why.detail);
	if (!tells) {
		assert_memory_equal(&sighting, &untouched, sizeof(sighting));
	} else {
		if (sighting.kind != expected->kind ||
		    strcmp(sighting.url, expected->url) != 0)
			fail_msg("%s: kind %d, '%s'", name, sighting.kind,
			    sighting.url);
		assert_int_equal(why.code, FAULT_NONE);
		assert_memory_equal(
		    &sighting.mac, WIRE_THING, sizeof(sighting.mac));
		assert_int_equal(sighting.ifindex, PORT_A);
		why = sighting.why;
	}
	if (why.code != expected->code || strncmp(why.clause, expected->clause,
					      strlen(expected->clause)) != 0)
		fail_msg("%s: fault %d of %s: %s", name, why.code, why.clause,
		    why.detail);
	n_vectors++;
	test_free(raw);
	watchlan_end(&lan);
}

static void
judges_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_packet_vectors; i++) {
		struct wire wire;

		make(&wire, &packet_vectors[i]);
		judge(
		    packet_vectors[i].name, &wire, &packet_vectors[i].expected);
	}
}

/* ---- MUDstrings -------------------------------------------------------- */

/* RFC 8520 s10: the same string, whatever carries it. */
static const struct {
	const char *name;
	const char *text;
	size_t len;
	size_t whole; /* so long it is made, by letters; 0: it is as it is */
	enum fault_code code;
	const char *clause;
	const char *url; /* NULL: the text as it is then */
} strings[] = {
	/* clang-format off */
	{ "a URL", WIRE(URL), 0, FAULT_NONE, "", URL },
	{ "0 bytes", WIRE(""), 0, FAULT_MALFORMED, "RFC 8520 s10", "" },
	{ "255 bytes", WIRE(URL), 255, FAULT_NONE, "", NULL },
	{ "256 bytes", WIRE(URL), 256, FAULT_TOO_LONG, "RFC 8520 s10", "" },
	{ "reserved part", WIRE(URL " x\1\0\377"), 0, FAULT_NONE, "", URL },
	{ "nothing behind the space", WIRE(URL " "), 0, FAULT_NONE, "", URL },
	{ "255 bytes, most of them reserved", WIRE(URL " "), 255, FAULT_NONE,
	    "", URL },
	{ "begins with the space", WIRE(" " URL), 0, FAULT_NOT_HTTPS,
	    "RFC 8520 s10", "" },
	{ "NUL within", WIRE("https://a.test/\0t"), 0, FAULT_MALFORMED,
	    "RFC 3986 s2", "" },
	{ "NUL behind", WIRE(URL "\0"), 0, FAULT_MALFORMED, "RFC 3986 s2", "" },
	{ "newline", WIRE("https://a.test/\nt"), 0, FAULT_MALFORMED,
	    "RFC 3986 s2", "" },
	{ "escape", WIRE("https://a.test/\33[2J"), 0, FAULT_MALFORMED,
	    "RFC 3986 s2", "" },
	{ "delete", WIRE("https://a.test/\177"), 0, FAULT_MALFORMED,
	    "RFC 3986 s2", "" },
	{ "tab for the space", WIRE(URL "\tx"), 0, FAULT_MALFORMED,
	    "RFC 3986 s2", "" },
	{ "UTF-8", WIRE("https://b\303\274cher.test/t"), 0, FAULT_MALFORMED,
	    "RFC 3986 s2", "" },
	{ "byte 255", WIRE("https://a.test/\377"), 0, FAULT_MALFORMED,
	    "RFC 3986 s2", "" },
	{ "http", WIRE("http://a.test/t"), 0, FAULT_NOT_HTTPS, "RFC 8520 s10",
	    "" },
	{ "a scheme alone", WIRE("https://"), 0, FAULT_NOT_HTTPS,
	    "RFC 8520 s10", "" },
	{ "HTTPS", WIRE("HTTPS://A.test/t"), 0, FAULT_NONE, "", URL },
	{ "userinfo", WIRE("https://u@a.test/t"), 0, FAULT_URL_FORBIDDEN,
	    "S-20", "" },
	{ "fragment", WIRE(URL "#f"), 0, FAULT_URL_FORBIDDEN,
	    "S-20", "" },
	{ "an address", WIRE("https://192.0.2.1/t"), 0, FAULT_URL_FORBIDDEN,
	    "S-14", "" },
	{ "localhost", WIRE("https://localhost/t"), 0, FAULT_URL_FORBIDDEN,
	    "S-14", "" },
	/* clang-format on */
};

static void
put_string(struct wire *wire, enum form form, const char *text, size_t len)
{
	struct wire options = { .len = 0 };

	switch (form) {
	case DHCP4:
		wire_mud4(&options, text, len, 255);
		wire_put(&options, WIRE(END));
		wire_dhcp4(
		    wire, 0, true, DHCP4_DISCOVER, 9, options.raw, options.len);
		break;
	case DHCP6:
		wire_mud6(&options, text, len);
		wire_dhcp6(wire, 0, DHCP6_INFORMATION_REQUEST, 0, options.raw,
		    options.len);
		break;
	case LLDP:
		wire_mud_lldp(&options, text, len);
		wire_put16(&options, 0);
		wire_lldp(wire, 0, 120, options.raw, options.len);
		break;
	case ND:
	case ARP:
		fail_msg("no carrier of MUDstrings");
	}
}

static void
judges_strings(void **state)
{
	static const struct {
		enum form form;
		const char *name;
	} carriers[] = { { DHCP4, "DHCPv4" }, { DHCP6, "DHCPv6" },
		{ LLDP, "LLDP" } };

	(void)state;
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		for (size_t k = 0; k < sizeof(carriers) / sizeof(carriers[0]);
		     k++) {
			char text[257], name[128];
			size_t len = strings[i].len;
			struct outcome expected = { SIGHTING_REQUEST,
				strings[i].code, strings[i].clause, text };
			struct wire wire;

			memset(text, 0, sizeof(text));
			memcpy(text, strings[i].text, len);
			while (len < strings[i].whole)
				text[len++] = 'a';
			(void)snprintf(name, sizeof(name), "%s, %s",
			    strings[i].name, carriers[k].name);
			put_string(&wire, carriers[k].form, text, len);
			if (strings[i].url != NULL)
				expected.url = strings[i].url;
			judge(name, &wire, &expected);
		}
}

/* RFC 3396: an option that is cut into instances, and where it is none. */
static void
joins_a_split_option(void **state)
{
	static const struct {
		const char *name;
		size_t whole, split;
		enum fault_code code;
		const char *clause;
	} splits[] = {
		{ "full and an empty one", 255, 0, FAULT_NONE, "" },
		{ "two halves", 200, 100, FAULT_URL_CONFLICT,
		    "RFC 8520 s10.1 (M-URL-5)" },
		{ "many small ones", 250, 10, FAULT_URL_CONFLICT,
		    "RFC 8520 s10.1 (M-URL-5)" },
		{ "full and one byte more", 256, 255, FAULT_TOO_LONG,
		    "RFC 8520 s10 (M-URL-4)" },
		{ "twice full", 510, 255, FAULT_TOO_LONG,
		    "RFC 8520 s10 (M-URL-4)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(splits) / sizeof(splits[0]); i++) {
		char text[512] = URL;
		struct outcome expected = { SIGHTING_REQUEST, splits[i].code,
			splits[i].clause, "" };
		struct wire wire, options = { .len = 0 };

		memset(text + strlen(URL), 'a', splits[i].whole - strlen(URL));
		text[splits[i].whole] = '\0';
		if (splits[i].code == FAULT_NONE)
			expected.url = text;
		wire_mud4(&options, text, splits[i].whole, splits[i].split);
		if (splits[i].split == 0)
			wire_put(&options, WIRE("\241\0"));
		wire_put(&options, WIRE(END));
		wire_dhcp4(&wire, 0, true, DHCP4_DISCOVER, 9, options.raw,
		    options.len);
		judge(splits[i].name, &wire, &expected);
	}
}

/* Every frame that is told of, cut at every byte: never more than was there,
 * and never half of it. */
static void
tells_nothing_of_half_a_frame(void **state)
{
	static const struct vector whole[] = {
		{ "DHCPv4", DHCP4, DHCP4_DISCOVER, WIRE(MUD4 END), 0,
		    { { 0, NULL, 0 } }, 0, { 0, 0, "", "" } },
		{ "DHCPv6", DHCP6, DHCP6_INFORMATION_REQUEST, WIRE(MUD6), 0,
		    { { 0, NULL, 0 } }, 0, { 0, 0, "", "" } },
		{ "LLDP", LLDP, 0, WIRE(MUD_TLV), 0, { { 0, NULL, 0 } }, 0,
		    { 0, 0, "", "" } },
		{ "ND", ND, 135, WIRE("\1\1" WIRE_THING), 0, { { 0, NULL, 0 } },
		    0, { 0, 0, "", "" } },
		{ "ARP", ARP, 1, WIRE(""), 0, { { 0, NULL, 0 } }, 0,
		    { 0, 0, "", "" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		struct watchlan lan;
		struct record_sighting sighting;
		struct wire wire;
		struct fault why;

		watchlan_begin(&lan);
		make(&wire, &whole[i]);
		for (size_t len = 0; len <= wire.len; len++) {
			uint8_t *raw = test_malloc(len + 1);
			const struct observation seen = { PORT_A, false,
				NOW + (int64_t)len * 60000, { raw, len } };
			/* LLDP may end without its last TLV, ARP without its
			 * padding: nothing of what they say is missing. */
			const size_t least = whole[i].form == ARP ? 42
			                     : whole[i].form == LLDP
			                         ? 14 + 9 + 4 + 4
			                         : wire.len;
			bool tells;

			memcpy(raw, wire.raw, len);
			tells = observe(lan.observer, &seen, &sighting, &why);
			if (tells && len < least)
				fail_msg("%s of %zu bytes", whole[i].name, len);
			if (tells && len < wire.len)
				assert_string_equal(sighting.url, "");
			if (!tells && len == wire.len)
				fail_msg("%s: %s", whole[i].name, why.detail);
			test_free(raw);
		}
		watchlan_end(&lan);
	}
}

static void
are_enough(void **state)
{
	(void)state;
	assert_true(n_vectors >= 60);
	print_message("%u vectors\n", n_vectors);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_frames),
		cmocka_unit_test(judges_strings),
		cmocka_unit_test(joins_a_split_option),
		cmocka_unit_test(tells_nothing_of_half_a_frame),
		cmocka_unit_test(are_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
