/* LLDPDUs: a good one, and what may be wrong with it, one line each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "watch/lldp.h"

#define RAW(s) s, sizeof(s) - 1

/* Lengths are octal: hex would run into the text. */
#define TO_BRIDGE   "\1\200\302\0\0\16"
#define TO_NON_TPMR "\1\200\302\0\0\3"
#define TO_CUSTOMER "\1\200\302\0\0\0"
#define SOURCE      "\2\0\0\0\1\1"
#define TYPE        "\210\314"
#define HEAD        TO_BRIDGE SOURCE TYPE
#define CHASSIS     "\2\7\4\2\0\0\0\1\1"
#define PORT        "\4\7\3\2\0\0\0\1\1"
#define TTL         "\6\2\0\170"
#define FIRST       CHASSIS PORT TTL
#define NAME        "\12\4lamp"
#define MUD         "\376\24\0\0\136\1https://a.test/t"
#define END         "\0\0"
#define PAD         "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static bool
parse(const void *raw, size_t len, struct lldp *lldp, struct fault *why)
{
	*why = (struct fault){ 0 };
	return lldp_parse((struct bytes){ raw, len }, lldp, why);
}

/* What the LLDPDU as a whole is worth. */
static const struct {
	const char *name;
	const char *raw;
	size_t len;
	enum fault_code code; /* FAULT_NONE: accepted */
} frames[] = {
	/* clang-format off */
	{ "nearest bridge", RAW(HEAD FIRST MUD END), FAULT_NONE },
	{ "nearest non-TPMR bridge", RAW(TO_NON_TPMR SOURCE TYPE FIRST END),
	    FAULT_NONE },
	{ "nearest customer bridge", RAW(TO_CUSTOMER SOURCE TYPE FIRST END),
	    FAULT_NONE },
	{ "another group", RAW("\1\200\302\0\0\1" SOURCE TYPE FIRST END),
	    FAULT_UNSUPPORTED },
	{ "broadcast", RAW("\377\377\377\377\377\377" SOURCE TYPE FIRST END),
	    FAULT_UNSUPPORTED },
	{ "unicast", RAW("\2\0\0\0\11\11" SOURCE TYPE FIRST END),
	    FAULT_UNSUPPORTED },
	{ "another EtherType", RAW(TO_BRIDGE SOURCE "\210\315" FIRST END),
	    FAULT_UNSUPPORTED },
	{ "VLAN tag", RAW(TO_BRIDGE SOURCE "\201\0\0\1" TYPE FIRST END),
	    FAULT_UNSUPPORTED },
	{ "nothing", RAW(""), FAULT_MALFORMED },
	{ "destination alone", RAW(TO_BRIDGE), FAULT_MALFORMED },
	{ "half an EtherType", RAW(TO_BRIDGE SOURCE "\210"), FAULT_MALFORMED },
	{ "no TLV", RAW(HEAD), FAULT_MALFORMED },
	{ "End alone", RAW(HEAD END), FAULT_MALFORMED },
	{ "no End", RAW(HEAD FIRST MUD), FAULT_NONE },
	{ "End, padding", RAW(HEAD FIRST END PAD), FAULT_NONE },
	{ "End, rubbish", RAW(HEAD FIRST END "\2\377\1"), FAULT_NONE },
	{ "End of 1 byte", RAW(HEAD FIRST "\0\1a"), FAULT_MALFORMED },
	{ "half a head", RAW(HEAD FIRST "\376"), FAULT_MALFORMED },
	{ "TLV past the end", RAW(HEAD FIRST "\12\5lamp"), FAULT_MALFORMED },
	{ "MUD TLV past the end", RAW(HEAD FIRST
	    "\376\25\0\0\136\1https://a.test/t"), FAULT_MALFORMED },
	{ "longest length", RAW(HEAD FIRST "\13\377lamp" END),
	    FAULT_MALFORMED },
	{ "chassis cut", RAW(HEAD "\2\7\4\2\0"), FAULT_MALFORMED },
	{ "chassis of 0", RAW(HEAD "\2\0" PORT TTL END), FAULT_MALFORMED },
	{ "chassis of 1", RAW(HEAD "\2\1\4" PORT TTL END), FAULT_MALFORMED },
	{ "chassis of 2", RAW(HEAD "\2\2\7a" PORT TTL END), FAULT_NONE },
	{ "port of 1", RAW(HEAD CHASSIS "\4\1\3" TTL END), FAULT_MALFORMED },
	{ "TTL of 0", RAW(HEAD CHASSIS PORT "\6\0" END), FAULT_MALFORMED },
	{ "TTL of 1", RAW(HEAD CHASSIS PORT "\6\1\170" END), FAULT_MALFORMED },
	{ "TTL of 3", RAW(HEAD CHASSIS PORT "\6\3\0\170\0" END), FAULT_NONE },
	{ "no chassis", RAW(HEAD PORT TTL END), FAULT_MALFORMED },
	{ "no port", RAW(HEAD CHASSIS TTL END), FAULT_MALFORMED },
	{ "no TTL", RAW(HEAD CHASSIS PORT END), FAULT_MALFORMED },
	{ "no TTL, a name", RAW(HEAD CHASSIS PORT NAME TTL END),
	    FAULT_MALFORMED },
	{ "port first", RAW(HEAD PORT CHASSIS TTL END), FAULT_MALFORMED },
	{ "TTL first", RAW(HEAD TTL CHASSIS PORT END), FAULT_MALFORMED },
	{ "MUD first", RAW(HEAD MUD FIRST END), FAULT_MALFORMED },
	{ "chassis twice", RAW(HEAD FIRST CHASSIS END), FAULT_MALFORMED },
	{ "port twice", RAW(HEAD FIRST MUD PORT END), FAULT_MALFORMED },
	{ "TTL twice", RAW(HEAD FIRST TTL END), FAULT_MALFORMED },
	{ "chassis behind End", RAW(HEAD FIRST END CHASSIS), FAULT_NONE },
	{ "reserved types", RAW(HEAD FIRST "\22\0" "\374\3abc" END),
	    FAULT_NONE },
	{ "shutdown", RAW(HEAD CHASSIS PORT "\6\2\0\0" END), FAULT_NONE },
	{ "shutdown, rubbish", RAW(HEAD CHASSIS PORT "\6\2\0\0" "\376\377"),
	    FAULT_NONE },
	{ "chassis is another MAC", RAW(HEAD "\2\7\4\2\0\0\0\1\2" PORT TTL
	    END), FAULT_NONE },
	/* clang-format on */
};

static void
judges_frames(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		struct lldp lldp, untouched;
		struct fault why;
		bool ok;

		memset(&untouched, 0xa5, sizeof(untouched));
		lldp = untouched;
		ok = parse(frames[i].raw, frames[i].len, &lldp, &why);
		if (ok != (frames[i].code == FAULT_NONE) ||
		    why.code != frames[i].code)
			fail_msg(
			    "%s: %d %s", frames[i].name, why.code, why.detail);
		if (!ok)
			assert_memory_equal(&lldp, &untouched, sizeof(lldp));
		else
			assert_memory_equal(&lldp.source, SOURCE, 6);
	}
}

/* What becomes of TLVs behind the first three, with an End TLV behind. */
static const struct {
	const char *name;
	const char *raw;
	size_t len;
	const char *url; /* "" : none */
	enum fault_code code;
	bool is_flagged;
} urls[] = {
	/* clang-format off */
	{ "none", RAW(NAME), "", FAULT_NONE, false },
	{ "alone", RAW(MUD), "https://a.test/t", FAULT_NONE, false },
	{ "behind a name", RAW(NAME MUD), "https://a.test/t", FAULT_NONE,
	    false },
	{ "before others", RAW(MUD NAME "\374\2ab"), "https://a.test/t",
	    FAULT_NONE, false },
	{ "reserved", RAW("\376\30\0\0\136\1https://a.test/t x y"),
	    "https://a.test/t", FAULT_NONE, false },
	{ "reserved, any octet", RAW("\376\30\0\0\136\1https://a.test/t \0\377\n"),
	    "https://a.test/t", FAULT_NONE, false },
	{ "capitals", RAW("\376\24\0\0\136\1HTTPS://A.test/T"),
	    "https://a.test/T", FAULT_NONE, false },
	{ "empty string", RAW("\376\4\0\0\136\1"), "", FAULT_MALFORMED, false },
	{ "http", RAW("\376\23\0\0\136\1http://a.test/t"), "", FAULT_NOT_HTTPS,
	    false },
	{ "NUL at the end", RAW("\376\25\0\0\136\1https://a.test/t\0"), "",
	    FAULT_MALFORMED, false },
	{ "control byte", RAW("\376\24\0\0\136\1https://a.test/\t"), "",
	    FAULT_MALFORMED, false },
	{ "not ASCII", RAW("\376\24\0\0\136\1https://a.test/\344"), "",
	    FAULT_MALFORMED, false },
	{ "leading space", RAW("\376\25\0\0\136\1 https://a.test/t"), "",
	    FAULT_NOT_HTTPS, false },
	{ "userinfo", RAW("\376\26\0\0\136\1https://u@a.test/t"), "",
	    FAULT_URL_FORBIDDEN, false },
	{ "an address", RAW("\376\27\0\0\136\1https://192.0.2.1/t"), "",
	    FAULT_URL_FORBIDDEN, false },
	{ "two", RAW(MUD "\376\24\0\0\136\1https://b.test/t"), "",
	    FAULT_URL_CONFLICT, true },
	{ "the same twice", RAW(MUD MUD), "", FAULT_URL_CONFLICT, true },
	{ "one and an empty one", RAW(MUD "\376\4\0\0\136\1"), "",
	    FAULT_URL_CONFLICT, true },
	{ "second behind the end", RAW(MUD END MUD), "https://a.test/t",
	    FAULT_NONE, false },
	{ "another OUI", RAW("\376\24\0\0\137\1https://a.test/t"), "",
	    FAULT_NONE, false },
	{ "OUI of 802.1", RAW("\376\6\0\200\302\1\0\1" MUD),
	    "https://a.test/t", FAULT_NONE, false },
	{ "OUI turned round", RAW("\376\24\136\0\0\1https://a.test/t"), "",
	    FAULT_NONE, false },
	{ "subtype 0", RAW("\376\24\0\0\136\0https://a.test/t"), "",
	    FAULT_NONE, false },
	{ "subtype 2", RAW("\376\24\0\0\136\2https://a.test/t" MUD),
	    "https://a.test/t", FAULT_NONE, false },
	{ "OUI without subtype", RAW("\376\3\0\0\136"), "", FAULT_NONE, false },
	{ "empty TLV 127", RAW("\376\0" MUD), "https://a.test/t", FAULT_NONE,
	    false },
	{ "type 126", RAW("\374\24\0\0\136\1https://a.test/t"), "",
	    FAULT_NONE, false },
	/* clang-format on */
};

static void
takes_the_url(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		static const char first[] = HEAD FIRST;
		uint8_t raw[600];
		const size_t head = sizeof(first) - 1;
		struct lldp lldp;
		struct fault why;

		memcpy(raw, first, head);
		memcpy(raw + head, urls[i].raw, urls[i].len);
		memcpy(raw + head + urls[i].len, END, 2);
		if (!parse(raw, head + urls[i].len + 2, &lldp, &why))
			fail_msg("%s: %s", urls[i].name, why.detail);
		if (strcmp(lldp.url, urls[i].url) != 0 ||
		    lldp.url_why.code != urls[i].code ||
		    lldp.is_flagged != urls[i].is_flagged)
			fail_msg("%s: '%s' %d", urls[i].name, lldp.url,
			    lldp.url_why.code);
		assert_int_equal(lldp.ttl_sec, 120);
	}
}

/* M-LL-1: 255 octets, and no more; a TLV holds up to 507. */
static void
bounds_the_string(void **state)
{
	static const char first[] = HEAD FIRST;
	static const struct {
		size_t len;
		enum fault_code code;
	} cases[] = {
		{ 254, FAULT_NONE },
		{ 255, FAULT_NONE },
		{ 256, FAULT_TOO_LONG },
		{ 507, FAULT_TOO_LONG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const size_t head = sizeof(first) - 1, len = cases[i].len;
		uint8_t raw[1000] = { 0 };
		struct lldp lldp;
		struct fault why;

		memcpy(raw, first, head);
		raw[head] = (uint8_t)(0xfe | (len + 4) >> 8);
		raw[head + 1] = (uint8_t)(len + 4);
		memcpy(raw + head + 2, "\0\0\136\1", 4);
		memset(raw + head + 6, 'a', len);
		memcpy(raw + head + 6, "https://a.test/", 15);
		assert_true(parse(raw, head + 6 + len + 2, &lldp, &why));
		assert_int_equal(lldp.url_why.code, cases[i].code);
		assert_int_equal(
		    strlen(lldp.url), cases[i].code == FAULT_NONE ? len : 0);
	}
}

static const struct {
	const char *raw;
	size_t len;
	const char *name;
} names[] = {
	{ RAW(NAME), "lamp" },
	{ RAW("\12\6Lamp-7"), "Lamp-7" },
	{ RAW("\12\0"), "" },
	{ RAW("\12\10lamp.lan"), "" },
	{ RAW("\12\5la mp"), "" },
	{ RAW("\12\5lamp\0"), "" },
	{ RAW("\12\5l\303\244mp"), "" },
	{ RAW("\12\5\33[2Jm"), "" },
	{ RAW(NAME "\12\4plug"), "lamp" },
	{ RAW("\12\77aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	      "aaaaaaa"),
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
	{ RAW("\12\100aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	      "aaaaaaaaa"),
	    "" },
};

static void
takes_a_name(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		static const char first[] = HEAD FIRST;
		uint8_t raw[200];
		const size_t head = sizeof(first) - 1;
		struct lldp lldp;
		struct fault why;

		memcpy(raw, first, head);
		memcpy(raw + head, names[i].raw, names[i].len);
		assert_true(parse(raw, head + names[i].len, &lldp, &why));
		assert_string_equal(lldp.hostname, names[i].name);
	}
}

/* Whatever stands in a shutdown, it says that it ends and nothing else. */
static void
shuts_down(void **state)
{
	static const char raw[] =
	    HEAD CHASSIS PORT "\6\2\0\0" NAME MUD CHASSIS END;
	struct lldp lldp;
	struct fault why;

	(void)state;
	assert_true(parse(raw, sizeof(raw) - 1, &lldp, &why));
	assert_int_equal(lldp.ttl_sec, 0);
	assert_string_equal(lldp.url, "");
	assert_string_equal(lldp.hostname, "");
}

/* Cut anywhere it is refused, or says nothing that it has not said whole. */
static void
survives_any_cut(void **state)
{
	static const char raw[] = HEAD FIRST NAME MUD END;
	static const size_t whole = sizeof(HEAD FIRST NAME MUD) - 1;
	static const size_t least = sizeof(HEAD FIRST) - 1;

	(void)state;
	for (size_t len = 0; len < sizeof(raw) - 1; len++) {
		const bool at_tlv = len == least || len == whole ||
		                    len == sizeof(HEAD FIRST NAME) - 1;
		struct lldp lldp;
		struct fault why;
		bool ok = parse(raw, len, &lldp, &why);

		assert_int_equal(ok, at_tlv);
		if (ok)
			assert_string_equal(
			    lldp.url, len == whole ? "https://a.test/t" : "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_frames),
		cmocka_unit_test(takes_the_url),
		cmocka_unit_test(bounds_the_string),
		cmocka_unit_test(takes_a_name),
		cmocka_unit_test(shuts_down),
		cmocka_unit_test(survives_any_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
