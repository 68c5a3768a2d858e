/*
 * Where the fetcher may go.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fetch/allowed.h"

static bool
permit(struct allowed *allowed, const char *text, uint16_t port)
{
	struct record_allow rule;

	memset(&rule, 0, sizeof(rule));
	rule.port = port;
	if (text != NULL)
		assert_true(prefix_parse(text, &rule.prefix));
	return allowed_permit(allowed, &rule);
}

static bool
forbid(struct allowed *allowed, enum record_op op, const char *text)
{
	struct record_forbid rule;

	/* Without a length: an address of the gateway itself. */
	memset(&rule, 0, sizeof(rule));
	rule.op = op;
	rule.is_own = strchr(text, '/') == NULL;
	assert_true(prefix_parse(text, &rule.prefix));
	return allowed_forbid(allowed, &rule);
}

static bool
translate(struct allowed *allowed, const char *text)
{
	struct record_prefix rule;

	memset(&rule, 0, sizeof(rule));
	assert_true(prefix_parse(text, &rule.prefix));
	return allowed_translate(allowed, &rule);
}

/* A gateway with a LAN of each family, public addresses, networks that are
 * delegated or routed to it, an address range it answers on as a whole, NAT64
 * prefixes (one of them inside what is delegated), and exceptions: networks
 * elsewhere, part of its own LAN, and a host that has a route of its own. */
static struct allowed *
gateway(void)
{
	struct allowed *allowed = allowed_new();
	struct record_forbid range;

	assert_true(permit(allowed, "10.7.0.0/16", 0));
	assert_true(permit(allowed, "192.168.1.0/28", 0));
	assert_true(permit(allowed, "fd00:7::/32", 0));
	assert_true(forbid(allowed, OP_ADD, "192.168.1.1"));
	assert_true(forbid(allowed, OP_ADD, "192.168.1.0/24"));
	assert_true(forbid(allowed, OP_ADD, "198.41.0.4"));
	assert_true(forbid(allowed, OP_ADD, "198.41.0.0/24"));
	assert_true(forbid(allowed, OP_ADD, "2600:1f00::1"));
	assert_true(forbid(allowed, OP_ADD, "2600:1f00::/64"));
	assert_true(forbid(allowed, OP_ADD, "2600:1f10::/56"));
	assert_true(forbid(allowed, OP_ADD, "185.1.8.0/22"));
	assert_true(forbid(allowed, OP_ADD, "10.7.99.9/32"));
	memset(&range, 0, sizeof(range));
	range.is_own = 1;
	assert_true(prefix_parse("185.1.16.0/28", &range.prefix));
	assert_true(allowed_forbid(allowed, &range));
	assert_true(translate(allowed, "2600:1f10:0:ff::/96"));
	assert_true(translate(allowed, "64:ff9b:1::/48"));
	return allowed;
}

/* clang-format off */
static const struct {
	const char *addr;
	enum allowed_verdict verdict;
} cases[] = {
	{ "9.9.9.9", ALLOWED_FIT },
	{ "2620:fe::fe", ALLOWED_FIT },
	{ "10.8.0.1", ALLOWED_NOT_GLOBAL },
	{ "127.0.0.1", ALLOWED_NOT_GLOBAL },
	{ "fd00:8::1", ALLOWED_NOT_GLOBAL },
	{ "10.7.3.1", ALLOWED_FIT },
	{ "fd00:7::1", ALLOWED_FIT },
	{ "192.168.1.77", ALLOWED_CONNECTED },
	{ "198.41.0.9", ALLOWED_CONNECTED },
	{ "2600:1f00::2", ALLOWED_CONNECTED },
	/* allow-prefixes wins over a connected network ... */
	{ "192.168.1.2", ALLOWED_FIT },
	/* ... but never over the gateway itself */
	{ "192.168.1.1", ALLOWED_OWN },
	{ "198.41.0.4", ALLOWED_OWN },
	{ "2600:1f00::1", ALLOWED_OWN },
	/* the same by way of mapped addresses and NAT64 */
	{ "::ffff:9.9.9.9", ALLOWED_FIT },
	{ "::ffff:10.7.0.1", ALLOWED_FIT },
	{ "::ffff:198.41.0.4", ALLOWED_OWN },
	{ "::ffff:198.41.0.9", ALLOWED_CONNECTED },
	{ "::ffff:10.8.0.1", ALLOWED_NOT_GLOBAL },
	{ "64:ff9b::198.41.0.4", ALLOWED_OWN },
	{ "64:ff9b::192.168.1.77", ALLOWED_CONNECTED },
	{ "64:ff9b::10.7.0.1", ALLOWED_FIT },
	{ "64:ff9b::127.0.0.1", ALLOWED_NOT_GLOBAL },
	{ "64:ff9b::9.9.9.9", ALLOWED_FIT },
	/* ... and by way of configured NAT64 prefixes */
	{ "2600:1f10:0:ff::9.9.9.9", ALLOWED_FIT },
	{ "2600:1f10:0:ff::192.168.1.77", ALLOWED_CONNECTED },
	{ "2600:1f10:0:ff::198.41.0.4", ALLOWED_OWN },
	{ "2600:1f10:0:ff::127.0.0.1", ALLOWED_NOT_GLOBAL },
	{ "2600:1f10:0:ff::", ALLOWED_NOT_GLOBAL },
	{ "64:ff9b:1:909:9:900::", ALLOWED_FIT },             /* 9.9.9.9 */
	{ "64:ff9b:1:c0a8:1:4d00::", ALLOWED_CONNECTED },     /* 192.168.1.77 */
	{ "64:ff9b:1:c629:0:400::", ALLOWED_OWN },	      /* 198.41.0.4 */
	{ "64:ff9b:1:7f00:0:100::", ALLOWED_NOT_GLOBAL },     /* 127.0.0.1 */
	{ "64:ff9b:2::9.9.9.9", ALLOWED_NOT_GLOBAL },
	/* networks of the gateway that are not connected */
	{ "2600:1f10:0:7::1", ALLOWED_CONNECTED },
	{ "2600:1f10:0:100::1", ALLOWED_FIT },
	{ "185.1.11.255", ALLOWED_CONNECTED },
	{ "185.1.12.0", ALLOWED_FIT },
	{ "185.1.16.15", ALLOWED_OWN },
	{ "185.1.16.16", ALLOWED_FIT },
	{ "::ffff:185.1.16.1", ALLOWED_OWN },
	/* a host with a route of its own is not the gateway */
	{ "10.7.99.9", ALLOWED_FIT },
	/* in no form that S-22 knows */
	{ "2002:909:909::1", ALLOWED_NOT_GLOBAL },
	{ "2002:c0a8:104d::1", ALLOWED_NOT_GLOBAL },
	{ "2001:0:909:909::1", ALLOWED_NOT_GLOBAL },
	{ "::9.9.9.9", ALLOWED_NOT_GLOBAL },
	{ "::ffff:0:9.9.9.9", ALLOWED_NOT_GLOBAL },
	{ "fec0::1", ALLOWED_NOT_GLOBAL },
	{ "5f00::1", ALLOWED_NOT_GLOBAL },
	{ "100::1", ALLOWED_NOT_GLOBAL },
	{ "0.0.0.0", ALLOWED_NOT_GLOBAL },
	{ "::", ALLOWED_NOT_GLOBAL },
};
/* clang-format on */

static void
judges(void **state)
{
	struct allowed *allowed = gateway();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct addr addr;

		assert_true(addr_parse(cases[i].addr, &addr));
		if (allowed_judge(allowed, &addr) != cases[i].verdict)
			fail_msg("%s", cases[i].addr);
	}
	allowed_free(allowed);
}

/* Not all is known of the gateway's networks: what might be one is closed. */
static void
closes_what_it_does_not_know(void **state)
{
	static const struct {
		const char *addr;
		enum allowed_verdict verdict;
	} closed[] = {
		{ "9.9.9.9", ALLOWED_UNKNOWN },
		{ "64:ff9b::9.9.9.9", ALLOWED_UNKNOWN },
		{ "2620:fe::fe", ALLOWED_UNKNOWN },
		{ "198.41.0.9", ALLOWED_CONNECTED },
		{ "198.41.0.4", ALLOWED_OWN },
		{ "10.8.0.1", ALLOWED_NOT_GLOBAL },
		{ "10.7.3.1", ALLOWED_FIT },
	};
	struct allowed *allowed = gateway();

	(void)state;
	assert_true(forbid(allowed, OP_ADD, "0.0.0.0/0"));
	assert_true(forbid(allowed, OP_ADD, "::/0"));
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
		struct addr addr;

		assert_true(addr_parse(closed[i].addr, &addr));
		if (allowed_judge(allowed, &addr) != closed[i].verdict)
			fail_msg("%s", closed[i].addr);
	}
	allowed_free(allowed);
}

static void
forgets_what_is_deleted(void **state)
{
	struct allowed *allowed = gateway();
	struct addr own, other;

	(void)state;
	assert_true(addr_parse("198.41.0.4", &own));
	assert_true(addr_parse("192.168.1.1", &other));
	assert_true(forbid(allowed, OP_DELETE, "198.41.0.4"));
	assert_true(forbid(allowed, OP_DELETE, "203.0.113.1"));
	assert_int_equal(allowed_judge(allowed, &own), ALLOWED_CONNECTED);
	assert_true(forbid(allowed, OP_DELETE, "198.41.0.0/24"));
	assert_int_equal(allowed_judge(allowed, &own), ALLOWED_FIT);
	assert_int_equal(allowed_judge(allowed, &other), ALLOWED_OWN);
	allowed_free(allowed);
}

static void
knows_ports(void **state)
{
	struct allowed *allowed = allowed_new();

	(void)state;
	assert_true(allowed_has_port(allowed, 443));
	assert_false(allowed_has_port(allowed, 8443));
	assert_true(permit(allowed, NULL, 8443));
	assert_true(allowed_has_port(allowed, 8443));
	assert_false(permit(allowed, NULL, 0));
	for (uint16_t i = 0; i < ALLOWED_PORTS - 2; i++)
		assert_true(permit(allowed, NULL, (uint16_t)(1000 + i)));
	assert_true(permit(allowed, NULL, 8443));
	assert_false(permit(allowed, NULL, 9000));
	allowed_free(allowed);
}

static void
refuses_unsound_rules(void **state)
{
	struct allowed *allowed = allowed_new();
	struct record_allow allow;
	struct record_forbid deny;
	struct record_prefix nat64;

	(void)state;
	/* both a prefix and a port */
	assert_false(permit(allowed, "10.0.0.0/8", 443));
	memset(&allow, 0, sizeof(allow));
	memset(&deny, 0, sizeof(deny));
	assert_false(allowed_forbid(allowed, &deny));
	assert_true(prefix_parse("10.0.0.0/8", &allow.prefix));
	allow.prefix.len = 33;
	assert_false(allowed_permit(allowed, &allow));
	deny.prefix = allow.prefix;
	assert_false(allowed_forbid(allowed, &deny));
	deny.prefix.len = 8;
	deny.op = 2;
	assert_false(allowed_forbid(allowed, &deny));
	deny.op = OP_ADD;
	deny.is_own = 2;
	assert_false(allowed_forbid(allowed, &deny));
	assert_false(translate(allowed, "10.0.0.0/32"));
	assert_false(translate(allowed, "2600::/72"));
	memset(&nat64, 0, sizeof(nat64));
	assert_true(prefix_parse("2600::/96", &nat64.prefix));
	nat64.op = OP_DELETE;
	assert_false(allowed_translate(allowed, &nat64));
	allowed_free(allowed);
}

static void
never_loses_a_rule(void **state)
{
	struct allowed *allowed = allowed_new();
	struct record_forbid rule;

	(void)state;
	memset(&rule, 0, sizeof(rule));
	assert_true(prefix_parse("10.0.0.0", &rule.prefix));
	for (unsigned int i = 0; i < ALLOWED_RULES; i++) {
		rule.prefix.addr.byte[2] = (uint8_t)(i >> 8);
		rule.prefix.addr.byte[3] = (uint8_t)i;
		assert_true(allowed_forbid(allowed, &rule));
	}
	assert_true(allowed_forbid(allowed, &rule)); /* known */
	rule.prefix.addr.byte[1] = 1;
	assert_false(allowed_forbid(allowed, &rule));
	allowed_free(allowed);
}

static void
has_words_for_each_refusal(void **state)
{
	(void)state;
	assert_non_null(strstr(allowed_words(ALLOWED_OWN), "gateway"));
	assert_non_null(
	    strstr(allowed_words(ALLOWED_CONNECTED), "allow-prefixes"));
	assert_non_null(strstr(allowed_words(ALLOWED_UNKNOWN), "more routes"));
	assert_non_null(
	    strstr(allowed_words(ALLOWED_NOT_GLOBAL), "allow-prefixes"));
}

/* A name in an ACE opens nothing local or special (RFC 8520 s8, M-DNS-6): not
 * the gateway, not its networks, not what is no internet address. */
static void
M_DNS_6(void **state)
{
	static const struct {
		const char *text;
		enum allowed_verdict verdict;
	} answers[] = {
		{ "1.1.1.1", ALLOWED_FIT },
		{ "2600::1", ALLOWED_FIT },
		{ "192.168.1.1", ALLOWED_OWN },
		{ "192.168.1.20", ALLOWED_CONNECTED },
		{ "2600:1::20", ALLOWED_CONNECTED },
		{ "10.0.0.1", ALLOWED_NOT_GLOBAL },
		{ "172.16.0.1", ALLOWED_NOT_GLOBAL },
		{ "100.64.0.1", ALLOWED_NOT_GLOBAL },
		{ "127.0.0.1", ALLOWED_NOT_GLOBAL },
		{ "169.254.1.1", ALLOWED_NOT_GLOBAL },
		{ "224.0.0.251", ALLOWED_NOT_GLOBAL },
		{ "255.255.255.255", ALLOWED_NOT_GLOBAL },
		{ "::1", ALLOWED_NOT_GLOBAL },
		{ "fe80::1", ALLOWED_NOT_GLOBAL },
		{ "fd00::1", ALLOWED_NOT_GLOBAL },
		{ "ff02::fb", ALLOWED_NOT_GLOBAL },
		{ "::ffff:10.0.0.1", ALLOWED_NOT_GLOBAL },
		{ "64:ff9b::a00:1", ALLOWED_NOT_GLOBAL },
		/* An administrator may say that this one is meant. */
		{ "10.7.0.1", ALLOWED_FIT },
	};
	struct allowed *allowed = allowed_new();
	struct addr addr;

	(void)state;
	assert_true(forbid(allowed, OP_ADD, "192.168.1.1"));
	assert_true(forbid(allowed, OP_ADD, "192.168.1.0/24"));
	assert_true(forbid(allowed, OP_ADD, "2600:1::/64"));
	assert_true(permit(allowed, "10.7.0.0/16", 0));
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		assert_true(addr_parse(answers[i].text, &addr));
		if (allowed_judge(allowed, &addr) != answers[i].verdict)
			fail_msg("%s: %d", answers[i].text,
			    (int)allowed_judge(allowed, &addr));
	}
	allowed_free(allowed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges),
		cmocka_unit_test(closes_what_it_does_not_know),
		cmocka_unit_test(forgets_what_is_deleted),
		cmocka_unit_test(knows_ports),
		cmocka_unit_test(refuses_unsound_rules),
		cmocka_unit_test(never_loses_a_rule),
		cmocka_unit_test(has_words_for_each_refusal),
		cmocka_unit_test(M_DNS_6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
