/* addr: what is an address, how it prints, and which networks are closed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/addr.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* out is NULL where the text must be refused. */
struct text_case {
	const char *in, *out;
};

static const struct {
	struct text_case text;
	bool is_host;
} macs[] = {
	{ { "02:00:5e:00:53:01", "02:00:5e:00:53:01" }, true },
	{ { "02-00-5E-00-53-AF", "02:00:5e:00:53:af" }, true },
	{ { "A2:09:af:f9:90:FA", "a2:09:af:f9:90:fa" }, true },
	{ { "00:00:00:00:00:00", "00:00:00:00:00:00" }, false },
	{ { "ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff" }, false },
	{ { "01:00:5e:00:00:01", "01:00:5e:00:00:01" }, false },
	{ { "00:00:5e:00:01:07", "00:00:5e:00:01:07" }, false },
	{ { "00:00:5e:00:02:07", "00:00:5e:00:02:07" }, false },
	{ { "00:00:5e:00:53:07", "00:00:5e:00:53:07" }, true },
	{ { "", NULL }, false },
	{ { "02:00:5e:00:53", NULL }, false },
	{ { "02:00:5e:00:53:0", NULL }, false },
	{ { "02:00:5e:00:53:011", NULL }, false },
	{ { "02:00-5e:00:53:01", NULL }, false },
	{ { "02.00.5e.00.53.01", NULL }, false },
	{ { "0g:00:5e:00:53:01", NULL }, false },
	{ { "g0:00:5e:00:53:01", NULL }, false },
	{ { "02:00:5e:00:53:0:", NULL }, false },
};

static void
parses_macs(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(macs); i++) {
		static const struct mac untouched = { { 9, 9, 9, 9, 9, 9 } };
		const struct text_case *text = &macs[i].text;
		struct mac mac = untouched;
		char buf[MAC_TEXT];
		bool ok = mac_parse(text->in, &mac);

		if (ok != (text->out != NULL))
			fail_msg("%s", text->in);
		if (!ok) {
			assert_true(mac_equal(&mac, &untouched));
			continue;
		}
		assert_ptr_equal(mac_text(&mac, buf), buf);
		assert_string_equal(buf, text->out);
		if (mac_is_host(&mac) != macs[i].is_host)
			fail_msg("%s as a host", text->in);
	}
}

static const struct text_case addrs[] = {
	{ "192.0.2.1", "192.0.2.1" },
	{ "0.0.0.0", "0.0.0.0" },
	{ "2001:DB8::1", "2001:db8::1" },
	{ "::", "::" },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
	{ "", NULL },
	{ "192.0.2", NULL },
	{ "192.0.2.1.", NULL },
	{ "192.0.2.256", NULL },
	{ "192.0.2.01", NULL },
	{ "0x7f.0.0.1", NULL },
	{ "3221225985", NULL },
	{ " 192.0.2.1", NULL },
	{ "192.0.2.1 ", NULL },
	{ "fe80::1%eth0", NULL },
	{ "2001:db8:::1", NULL },
	{ "[2001:db8::1]", NULL },
	{ "example.com", NULL },
};

static void
parses_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(addrs); i++) {
		static const struct addr untouched = { .family = 9 };
		struct addr addr = untouched;
		char buf[ADDR_TEXT];
		bool ok = addr_parse(addrs[i].in, &addr);

		if (ok != (addrs[i].out != NULL))
			fail_msg("%s", addrs[i].in);
		if (ok)
			assert_string_equal(
			    addr_text(&addr, buf), addrs[i].out);
		else
			assert_true(addr_equal(&addr, &untouched));
	}
}

static void
makes_addresses(void **state)
{
	static const uint8_t bytes[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 7 };
	struct addr none = { 0 }, four = addr_v4(bytes), six = addr_v6(bytes);
	char buf[ADDR_TEXT];

	(void)state;
	assert_string_equal(addr_text(&four, buf), "32.1.13.184");
	assert_string_equal(addr_text(&six, buf), "2001:db8::7");
	assert_string_equal(addr_text(&none, buf), "");
	assert_false(addr_equal(&four, &six));
	assert_false(addr_is_host(&none));
	assert_false(addr_is_global(&none));
	assert_false(addr_is_sound(&none));
	assert_true(addr_is_sound(&four));
	assert_true(addr_is_sound(&six));
	assert_true(addr_is_host(&four));
	four.byte[15] = 1;
	assert_false(addr_is_sound(&four));
	assert_false(addr_is_host(&four));
}

/* The list of S-22, both ends of each block, and what stands beside them. */
static const struct {
	const char *text;
	bool is_global, is_host;
} classes[] = {
	{ "0.0.0.0", false, false },
	{ "0.255.255.255", false, false },
	{ "1.0.0.0", true, true },
	{ "9.255.255.255", true, true },
	{ "10.0.0.0", false, true },
	{ "10.255.255.255", false, true },
	{ "11.0.0.0", true, true },
	{ "100.63.255.255", true, true },
	{ "100.64.0.0", false, true },
	{ "100.127.255.255", false, true },
	{ "100.128.0.0", true, true },
	{ "126.255.255.255", true, true },
	{ "127.0.0.1", false, false },
	{ "128.0.0.0", true, true },
	{ "169.253.255.255", true, true },
	{ "169.254.0.1", false, true },
	{ "169.255.0.0", true, true },
	{ "172.15.255.255", true, true },
	{ "172.16.0.0", false, true },
	{ "172.31.255.255", false, true },
	{ "172.32.0.0", true, true },
	{ "192.0.0.8", false, true },
	{ "192.0.1.0", true, true },
	{ "192.0.2.1", false, true },
	{ "192.0.3.0", true, true },
	{ "192.167.255.255", true, true },
	{ "192.168.1.1", false, true },
	{ "192.169.0.0", true, true },
	{ "198.17.255.255", true, true },
	{ "198.18.0.0", false, true },
	{ "198.19.255.255", false, true },
	{ "198.20.0.0", true, true },
	{ "198.51.100.7", false, true },
	{ "198.51.101.0", true, true },
	{ "203.0.113.7", false, true },
	{ "203.0.114.0", true, true },
	{ "223.255.255.255", true, true },
	{ "224.0.0.1", false, false },
	{ "240.0.0.1", false, false },
	{ "255.255.255.255", false, false },
	{ "::", false, false },
	{ "::1", false, false },
	{ "::192.0.2.1", false, false },
	{ "::ffff:192.168.1.1", false, false },
	{ "::ffff:1.1.1.1", true, false },
	{ "64:ff9b::1.1.1.1", true, true },
	{ "64:ff9b::10.0.0.1", false, true },
	{ "64:ff9b::127.0.0.1", false, true },
	{ "64:ff9b:1::1.1.1.1", false, true },
	{ "1fff::1", false, true },
	{ "2000::1", true, true },
	{ "2001::1", false, true },
	{ "2001:0:ffff::1", false, true },
	{ "2001:1::1", true, true },
	{ "2001:db7::1", true, true },
	{ "2001:db8::1", false, true },
	{ "2001:db9::1", true, true },
	{ "2002::1", false, true },
	{ "2003::1", true, true },
	{ "3ffe::1", true, true },
	{ "3fff::1", false, true },
	{ "3fff:fff::1", false, true },
	{ "3fff:1000::1", true, true },
	{ "4000::1", false, true },
	{ "fc00::1", false, true },
	{ "fd00::1", false, true },
	{ "fe80::1", false, true },
	{ "ff02::1", false, false },
	{ "100::1", false, true },
	{ "100:0:0:1::1", false, true },
	{ "5f00::1", false, true },
	{ "fec0::1", false, true },
	{ "::ffff:0:1.1.1.1", false, true },
	{ "2001:ffff::1", true, true },
	{ "2002:101:101::1", false, true },
	{ "192.88.99.1", true, true },
};

static void
classifies(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(classes); i++) {
		struct addr addr;

		assert_true(addr_parse(classes[i].text, &addr));
		if (addr_is_global(&addr) != classes[i].is_global)
			fail_msg("%s as global", classes[i].text);
		if (addr_is_host(&addr) != classes[i].is_host)
			fail_msg("%s as a host", classes[i].text);
	}
}

/* RFC 6052 s2.4 has the first six. */
static const struct {
	const char *nat64, *addr, *inner; /* NULL: it is none */
} wrapped[] = {
	{ "2001:db8::/32", "2001:db8:c000:221::", "192.0.2.33" },
	{ "2001:db8:100::/40", "2001:db8:1c0:2:21::", "192.0.2.33" },
	{ "2001:db8:122::/48", "2001:db8:122:c000:2:2100::", "192.0.2.33" },
	{ "2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::", "192.0.2.33" },
	{ "2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100:0",
	    "192.0.2.33" },
	{ "2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33",
	    "192.0.2.33" },
	{ "64:ff9b::/96", "64:ff9b::192.0.2.33", "192.0.2.33" },
	{ "64:ff9b::/96", "64:ff9b::1:192.0.2.33", NULL },
	{ "2001:db8::/32", "2001:db9:c000:221::", NULL },
	{ "2001:db8::/33", "2001:db8:c000:221::", NULL },
	{ "2001:db8::/128", "2001:db8::", NULL },
	{ "192.0.2.0/32", "192.0.2.0", NULL },
	{ "64:ff9b::/96", "192.0.2.33", NULL },
};

static void
unwraps(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(wrapped); i++) {
		struct addr addr, inner = { 0 };
		struct prefix nat64;
		char buf[ADDR_TEXT];

		assert_true(prefix_parse(wrapped[i].nat64, &nat64));
		assert_true(addr_parse(wrapped[i].addr, &addr));
		if (prefix_unwrap(&nat64, &addr, &inner) !=
		    (wrapped[i].inner != NULL))
			fail_msg("%s", wrapped[i].addr);
		assert_string_equal(addr_text(&inner, buf),
		    wrapped[i].inner == NULL ? "" : wrapped[i].inner);
	}
}

static void
unmaps(void **state)
{
	static const char *const cases[][2] = {
		{ "::ffff:192.0.2.33", "192.0.2.33" },
		{ "::fffe:c000:221", "::fffe:c000:221" },
		{ "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
		{ "192.0.2.33", "192.0.2.33" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct addr addr;
		char buf[ADDR_TEXT];

		assert_true(addr_parse(cases[i][0], &addr));
		addr = addr_unmapped(&addr);
		assert_string_equal(addr_text(&addr, buf), cases[i][1]);
	}
}

static const struct text_case prefixes[] = {
	{ "192.0.2.0/24", "192.0.2.0/24" },
	{ "192.0.2.77/24", "192.0.2.0/24" },
	{ "192.0.2.77/30", "192.0.2.76/30" },
	{ "192.0.2.77", "192.0.2.77/32" },
	{ "255.255.255.255/1", "128.0.0.0/1" },
	{ "192.0.2.77/0", "0.0.0.0/0" },
	{ "192.0.2.0/32", "192.0.2.0/32" },
	{ "2001:db8::1/32", "2001:db8::/32" },
	{ "2001:db8::ff/127", "2001:db8::fe/127" },
	{ "2001:db8::1", "2001:db8::1/128" },
	{ "::/0", "::/0" },
	{ "", NULL },
	{ "/24", NULL },
	{ "192.0.2.0/", NULL },
	{ "192.0.2.0/33", NULL },
	{ "192.0.2.0/024", NULL },
	{ "192.0.2.0/+24", NULL },
	{ "192.0.2.0/24 ", NULL },
	{ "192.0.2.0/24/8", NULL },
	{ "192.0.2/24", NULL },
	{ "2001:db8::/129", NULL },
	{ "2001:db8::/1000", NULL },
	{ "0000:0000:0000:0000:0000:0000:0000:0000:0000:0/8", NULL },
};

static void
parses_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(prefixes); i++) {
		static const struct prefix untouched = { .len = 9 };
		struct prefix prefix = untouched;
		char buf[PREFIX_TEXT];
		bool ok = prefix_parse(prefixes[i].in, &prefix);

		if (ok != (prefixes[i].out != NULL))
			fail_msg("%s", prefixes[i].in);
		if (!ok) {
			assert_true(prefix_equal(&prefix, &untouched));
			continue;
		}
		assert_string_equal(prefix_text(&prefix, buf), prefixes[i].out);
		assert_true(prefix_is_sound(&prefix));
	}
}

static const struct {
	const char *prefix, *addr;
	bool has;
} members[] = {
	{ "192.0.2.0/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.64/26", "192.0.2.127", true },
	{ "192.0.2.64/26", "192.0.2.128", false },
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.0", false },
	{ "0.0.0.0/0", "203.0.113.1", true },
	{ "0.0.0.0/0", "::", false },
	{ "::/0", "0.0.0.0", false },
	{ "2001:db8::/33", "2001:db8:7fff::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
};

static void
finds_members(void **state)
{
	struct prefix none = { 0 };
	struct addr addr;
	char buf[PREFIX_TEXT];

	(void)state;
	for (size_t i = 0; i < LENGTH(members); i++) {
		struct prefix prefix;

		assert_true(prefix_parse(members[i].prefix, &prefix));
		assert_true(addr_parse(members[i].addr, &addr));
		if (prefix_has(&prefix, &addr) != members[i].has)
			fail_msg(
			    "%s in %s", members[i].addr, members[i].prefix);
	}
	assert_string_equal(prefix_text(&none, buf), "");
}

static void
judges_prefixes(void **state)
{
	struct prefix good, prefix;
	struct addr addr;

	(void)state;
	assert_true(prefix_parse("192.0.2.0/24", &good));
	prefix = good;
	prefix.addr.family = 5;
	assert_false(prefix_is_sound(&prefix));
	prefix.addr.family = 0;
	assert_false(prefix_is_sound(&prefix));
	prefix = (struct prefix){ .addr.family = 5 };
	assert_false(prefix_is_sound(&prefix));
	prefix = (struct prefix){ 0 };
	assert_false(prefix_is_sound(&prefix));
	prefix = good;
	prefix.len = 33;
	assert_false(prefix_is_sound(&prefix));
	/* A length that lies must not be read past the address either. */
	prefix.len = 255;
	assert_true(addr_parse("192.0.2.0", &addr));
	assert_false(prefix_has(&prefix, &addr));
	prefix = good;
	prefix.addr.byte[3] = 1;
	assert_false(prefix_is_sound(&prefix));
	/* What lies behind an IPv4 address is zero, always. */
	prefix = good;
	prefix.addr.byte[9] = 1;
	assert_false(prefix_is_sound(&prefix));
	prefix = prefix_of(&addr, 99);
	assert_int_equal(prefix.len, 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_macs),
		cmocka_unit_test(parses_addresses),
		cmocka_unit_test(makes_addresses),
		cmocka_unit_test(classifies),
		cmocka_unit_test(unwraps),
		cmocka_unit_test(unmaps),
		cmocka_unit_test(parses_prefixes),
		cmocka_unit_test(finds_members),
		cmocka_unit_test(judges_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
