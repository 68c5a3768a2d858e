/* YANG types in JSON: one line a value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/form/yang.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const bits[] = { "syn", "ack", "fin", NULL };
static const char *const actions[] = { "accept", "drop", NULL };

static const struct yang_type uint8 = { YANG_UINT, 0, 255, NULL },
			      hours = { YANG_UINT, 1, 168, NULL },
			      uint32 = { YANG_UINT, 0, UINT32_MAX, NULL },
			      text = { YANG_STRING, 0, UINT32_MAX, NULL },
			      name = { YANG_STRING, 1, 4, NULL },
			      acl = { YANG_ACL_NAME, 1, 4, NULL },
			      flags = { YANG_BITS, 0, 0, bits },
			      word = { YANG_ENUM, 0, 0, actions },
			      identity = { YANG_IDENTITY, 0, 0, actions },
			      empty = { YANG_EMPTY, 0, 0, NULL },
			      boolean = { YANG_BOOLEAN, 0, 0, NULL },
			      binary = { YANG_BINARY, 1, 4, NULL },
			      ethertype = { YANG_ETHERTYPE, 0, 65535, NULL },
			      host = { YANG_HOST, 0, 0, NULL },
			      prefix4 = { YANG_PREFIX4, 0, 0, NULL },
			      prefix6 = { YANG_PREFIX6, 0, 0, NULL },
			      mac = { YANG_MAC, 0, 0, NULL },
			      date = { YANG_DATE, 0, 0, NULL };

#define L49 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define L63 L49 "xxxxxxxxxxxxxx"

/* ' stands for " in the values. */
static const struct {
	const struct yang_type *type;
	const char *value;
	enum yang_verdict verdict;
} cases[] = {
	/* J-7, S-10 */
	{ &uint8, "0", YANG_GOOD },
	{ &uint8, "255", YANG_GOOD },
	{ &uint8, "256", YANG_VALUE },
	{ &uint8, "-1", YANG_VALUE },
	{ &uint8, "-0", YANG_GOOD },
	{ &uint8, "9223372036854775807", YANG_VALUE },
	{ &uint8, "1.0", YANG_ENCODING },
	{ &uint8, "1e0", YANG_ENCODING },
	{ &uint8, "'1'", YANG_ENCODING },
	{ &uint8, "null", YANG_ENCODING },
	{ &uint8, "true", YANG_ENCODING },
	{ &uint8, "[1]", YANG_ENCODING },
	{ &uint8, "{}", YANG_ENCODING },
	{ &hours, "0", YANG_VALUE },
	{ &hours, "1", YANG_GOOD },
	{ &hours, "168", YANG_GOOD },
	{ &hours, "169", YANG_VALUE },
	{ &uint32, "4294967295", YANG_GOOD },
	{ &uint32, "4294967296", YANG_VALUE },
	/* strings: characters, and which (RFC 7950 s9.4) */
	{ &text, "''", YANG_GOOD },
	{ &text, "1", YANG_ENCODING },
	{ &text, "null", YANG_ENCODING },
	{ &text, "'a\\tb\\r\\n'", YANG_GOOD },
	{ &text, "'a\\bb'", YANG_VALUE },
	{ &text, "'a\\u001fb'", YANG_VALUE },
	{ &text, "'a\\u007fb'", YANG_GOOD },
	{ &text, "'\\ufffd'", YANG_GOOD },
	{ &text, "'\\ufffe'", YANG_VALUE },
	{ &text, "'\\uffff'", YANG_VALUE },
	{ &text, "'\\ufdcf'", YANG_GOOD },
	{ &text, "'\\ufdd0'", YANG_VALUE },
	{ &text, "'\\ufdef'", YANG_VALUE },
	{ &text, "'\\ufdf0'", YANG_GOOD },
	{ &text, "'\\ud83d\\ude00'", YANG_GOOD },
	{ &text, "'\\ud83f\\udffe'", YANG_VALUE },
	{ &name, "''", YANG_VALUE },
	{ &name, "'a'", YANG_GOOD },
	{ &name, "'\\u00e9\\u20ac\\ud83d\\ude00x'", YANG_GOOD },
	{ &name, "'abcde'", YANG_VALUE },
	{ &acl, "'abcd'", YANG_GOOD },
	{ &acl, "'abcde'", YANG_VALUE },
	{ &acl, "7", YANG_ENCODING },
	/* J-9 */
	{ &flags, "''", YANG_GOOD },
	{ &flags, "'syn'", YANG_GOOD },
	{ &flags, "'ack syn'", YANG_GOOD },
	{ &flags, "'  fin   syn '", YANG_GOOD },
	{ &flags, "'syn syn'", YANG_VALUE },
	{ &flags, "'SYN'", YANG_VALUE },
	{ &flags, "'syn,ack'", YANG_VALUE },
	{ &flags, "'sy'", YANG_VALUE },
	{ &flags, "'synx'", YANG_VALUE },
	{ &flags, "2", YANG_ENCODING },
	{ &flags, "['syn']", YANG_ENCODING },
	{ &word, "'accept'", YANG_GOOD },
	{ &word, "'accep'", YANG_VALUE },
	{ &word, "'acceptx'", YANG_VALUE },
	{ &word, "'x:accept'", YANG_VALUE },
	{ &word, "1", YANG_ENCODING },
	/* J-12: both forms, no prefix; an extension's own is no mistake */
	{ &identity, "'drop'", YANG_GOOD },
	{ &identity, "'ietf-access-control-list:drop'", YANG_GOOD },
	{ &identity, "'acl:drop'", YANG_VALUE },
	{ &identity, "':drop'", YANG_VALUE },
	{ &identity, "'ietf-mud:drop'", YANG_VALUE },
	{ &identity, "'ietf-access-control-list:'", YANG_VALUE },
	{ &identity, "'ietf-access-control-lis:drop'", YANG_FOREIGN },
	{ &identity, "'other:drop'", YANG_FOREIGN },
	{ &identity, "'deny'", YANG_VALUE },
	{ &identity, "1", YANG_ENCODING },
	/* J-13 */
	{ &empty, "[null]", YANG_GOOD },
	{ &empty, "null", YANG_ENCODING },
	{ &empty, "true", YANG_ENCODING },
	{ &empty, "''", YANG_ENCODING },
	{ &empty, "[]", YANG_ENCODING },
	{ &empty, "{}", YANG_ENCODING },
	{ &empty, "[null, null]", YANG_ENCODING },
	{ &empty, "[0]", YANG_ENCODING },
	/* J-8 */
	{ &boolean, "true", YANG_GOOD },
	{ &boolean, "false", YANG_GOOD },
	{ &boolean, "'true'", YANG_ENCODING },
	{ &boolean, "1", YANG_ENCODING },
	{ &boolean, "null", YANG_ENCODING },
	/* J-10 */
	{ &binary, "'AQ=='", YANG_GOOD },
	{ &binary, "'AQI='", YANG_GOOD },
	{ &binary, "'AQID'", YANG_GOOD },
	{ &binary, "'AQIDBA=='", YANG_GOOD },
	{ &binary, "'AQIDBAU='", YANG_VALUE },
	{ &binary, "''", YANG_VALUE },
	{ &binary, "'AQ'", YANG_VALUE },
	{ &binary, "'AQ='", YANG_VALUE },
	{ &binary, "'A==='", YANG_VALUE },
	{ &binary, "'===='", YANG_VALUE },
	{ &binary, "'A-_='", YANG_VALUE },
	{ &binary, "'A+/='", YANG_GOOD },
	{ &binary, "'AQ==\\n'", YANG_VALUE },
	{ &binary, "'AQ==AQ=='", YANG_VALUE },
	{ &binary, "1", YANG_ENCODING },
	/* J-14 */
	{ &ethertype, "0", YANG_GOOD },
	{ &ethertype, "65535", YANG_GOOD },
	{ &ethertype, "65536", YANG_VALUE },
	{ &ethertype, "-1", YANG_VALUE },
	{ &ethertype, "'eap'", YANG_GOOD },
	{ &ethertype, "'hsr'", YANG_GOOD },
	{ &ethertype, "'EAP'", YANG_VALUE },
	{ &ethertype, "'0x888e'", YANG_VALUE },
	{ &ethertype, "'34958'", YANG_VALUE },
	{ &ethertype, "1.5", YANG_ENCODING },
	/* inet:host (M-DNS-5) */
	{ &host, "'a'", YANG_GOOD },
	{ &host, "'a.example'", YANG_GOOD },
	{ &host, "'A.Example.'", YANG_GOOD },
	{ &host, "'.'", YANG_GOOD },
	{ &host, "'..'", YANG_VALUE },
	{ &host, "''", YANG_VALUE },
	{ &host, "'a..b'", YANG_VALUE },
	{ &host, "'.a'", YANG_VALUE },
	{ &host, "'a-b'", YANG_GOOD },
	{ &host, "'-a'", YANG_VALUE },
	{ &host, "'a-'", YANG_VALUE },
	{ &host, "'_a.b_c'", YANG_GOOD },
	{ &host, "'a_'", YANG_VALUE },
	{ &host, "'_'", YANG_VALUE },
	{ &host, "'" L63 "'", YANG_GOOD },
	{ &host, "'x" L63 "'", YANG_VALUE },
	{ &host, "'" L63 "." L63 "." L63 "." L49 "xxxxxxxxxxxx'", YANG_GOOD },
	{ &host, "'" L63 "." L63 "." L63 "." L49 "xxxxxxxxxxxxx'", YANG_VALUE },
	{ &host, "'*.a'", YANG_VALUE },
	{ &host, "'https://a'", YANG_VALUE },
	{ &host, "'a b'", YANG_VALUE },
	{ &host, "'a\\n'", YANG_VALUE },
	{ &host, "'\\u00e9'", YANG_VALUE },
	{ &host, "'192.0.2.1'", YANG_GOOD },
	{ &host, "'192.0.2.1%eth0'", YANG_GOOD },
	{ &host, "'192.0.2.1%'", YANG_VALUE },
	{ &host, "'192.0.2.1%e-0'", YANG_VALUE },
	{ &host, "'::1'", YANG_GOOD },
	{ &host, "'fe80::1%eth0'", YANG_GOOD },
	{ &host, "'fe80::1%'", YANG_VALUE },
	{ &host, "'fe80::1%eth0.1'", YANG_VALUE },
	{ &host, "'1:2:3:4:5:6:7:8%9'", YANG_GOOD },
	{ &host, "'1:2:3:4:5:6:7'", YANG_VALUE },
	{ &host, "'1::2::3'", YANG_VALUE },
	{ &host, "'::1.2.3.4'", YANG_GOOD },
	{ &host, "'::1.2.3.04'", YANG_VALUE },
	{ &host, "'a:80'", YANG_VALUE },
	{ &host, "5", YANG_ENCODING },
	/* prefixes */
	{ &prefix4, "'192.0.2.0/24'", YANG_GOOD },
	{ &prefix4, "'192.0.2.1/0'", YANG_GOOD },
	{ &prefix4, "'255.255.255.255/32'", YANG_GOOD },
	{ &prefix4, "'192.0.2.0/33'", YANG_VALUE },
	{ &prefix4, "'192.0.2.0'", YANG_VALUE },
	{ &prefix4, "'192.0.2.0/'", YANG_VALUE },
	{ &prefix4, "'192.0.2.0/08'", YANG_VALUE },
	{ &prefix4, "'192.0.02.0/8'", YANG_VALUE },
	{ &prefix4, "'256.0.2.0/8'", YANG_VALUE },
	{ &prefix4, "'1000.0.2.0/8'", YANG_VALUE },
	{ &prefix4, "'192.0.2/24'", YANG_VALUE },
	{ &prefix4, "'192.0.2.0.0/24'", YANG_VALUE },
	{ &prefix4, "'192.0.2.0/24 '", YANG_VALUE },
	{ &prefix4, "'::/0'", YANG_VALUE },
	{ &prefix4, "24", YANG_ENCODING },
	{ &prefix6, "'2001:db8::/32'", YANG_GOOD },
	{ &prefix6, "'::/0'", YANG_GOOD },
	{ &prefix6, "'::/00'", YANG_GOOD },
	{ &prefix6, "'::/000'", YANG_VALUE },
	{ &prefix6, "'::/99'", YANG_GOOD },
	{ &prefix6, "'::/099'", YANG_VALUE },
	{ &prefix6, "'::/128'", YANG_GOOD },
	{ &prefix6, "'::/129'", YANG_VALUE },
	{ &prefix6, "'::/1280'", YANG_VALUE },
	{ &prefix6, "'::/'", YANG_VALUE },
	{ &prefix6, "'::'", YANG_VALUE },
	{ &prefix6, "'::/x'", YANG_VALUE },
	{ &prefix6, "'::%e/1'", YANG_VALUE },
	{ &prefix6, "'1:2:3:4:5:6:7::/1'", YANG_GOOD },
	{ &prefix6, "'1:2:3:4:5:6:7:/1'", YANG_VALUE },
	{ &prefix6, "'12345::/1'", YANG_VALUE },
	{ &prefix6, "'0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/1'",
	    YANG_VALUE },
	{ &prefix6, "'192.0.2.0/24'", YANG_VALUE },
	/* yang:mac-address */
	{ &mac, "'02:00:5e:00:53:01'", YANG_GOOD },
	{ &mac, "'AA:bb:CC:dd:EE:ff'", YANG_GOOD },
	{ &mac, "'02-00-5e-00-53-01'", YANG_VALUE },
	{ &mac, "'02:00:5e:00:53'", YANG_VALUE },
	{ &mac, "'02:00:5e:00:53:01:02'", YANG_VALUE },
	{ &mac, "'02:00:5e:00:53:0g'", YANG_VALUE },
	{ &mac, "2", YANG_ENCODING },
	/* the shape of yang:date-and-time */
	{ &date, "'2026-03-01T08:00:00Z'", YANG_GOOD },
	{ &date, "'2026-13-41T99:99:99-99:99'", YANG_GOOD },
	{ &date, "'2026-03-01T08:00:00.5+01:00'", YANG_GOOD },
	{ &date, "'2026-03-01T08:00:00.Z'", YANG_VALUE },
	{ &date, "'2026-03-01T08:00:00'", YANG_VALUE },
	{ &date, "'2026-03-01T08:00:00z'", YANG_VALUE },
	{ &date, "'2026-03-01t08:00:00Z'", YANG_VALUE },
	{ &date, "'2026-03-01 08:00:00Z'", YANG_VALUE },
	{ &date, "'2026-03-01T08:00:00+0100'", YANG_VALUE },
	{ &date, "'2026-03-01T08:00:00+01:00Z'", YANG_VALUE },
	{ &date, "'2026-03-01T08:00:00ZZ'", YANG_VALUE },
	{ &date, "'26-03-01T08:00:00Z'", YANG_VALUE },
	{ &date, "''", YANG_VALUE },
	{ &date, "0", YANG_ENCODING },
};

static void
judges_values(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		char *copy = strdup(cases[i].value);
		json_t *value;

		assert_non_null(copy);
		for (char *c = copy; *c != '\0'; c++)
			if (*c == '\'')
				*c = '"';
		value = json_loads(copy, JSON_DECODE_ANY, NULL);
		if (value == NULL)
			fail_msg("the test's own JSON is broken: %s", copy);
		if (yang_check(cases[i].type, value) != cases[i].verdict)
			fail_msg("type %d, %s: %d", (int)cases[i].type->kind,
			    cases[i].value,
			    (int)yang_check(cases[i].type, value));
		json_decref(value);
		free(copy);
	}
}

static void
names_ethertypes(void **state)
{
	(void)state;

	assert_int_equal(yang_ethertype_named("macsec")->number, 35045);
	assert_null(yang_ethertype_named("macse"));
	assert_string_equal(yang_ethertype_numbered(2048)->name, "ipv4");
	assert_null(yang_ethertype_numbered(-1));
}

/* Each encoding has its clause of RFC 7951. */
static void
cites_the_encoding(void **state)
{
	(void)state;

	for (int kind = YANG_UINT; kind <= YANG_ACL_NAME; kind++)
		assert_int_equal(strncmp(yang_clause((enum yang_kind)kind),
				     "RFC 7951 s6.", 12),
		    0);
	assert_non_null(strstr(yang_clause(YANG_EMPTY), "J-13"));
	assert_non_null(strstr(yang_clause(YANG_UINT), "J-7"));
	assert_non_null(strstr(yang_clause(YANG_IDENTITY), "J-12"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_values),
		cmocka_unit_test(names_ethertypes),
		cmocka_unit_test(cites_the_encoding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
