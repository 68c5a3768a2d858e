/* What is advised to whoever wrote a wrong value: one line a value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/form/schemawords.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define ACE  "acls acl aces ace "
#define IP4  ACE "matches ipv4 "
#define IP6  ACE "matches ipv6 "
#define ETH  ACE "matches eth "
#define TCP  ACE "matches tcp "
#define PORT TCP "source-port "

#define X10  "xxxxxxxxxx"
#define X50  X10 X10 X10 X10 X10
#define X250 X50 X50 X50 X50 X50

/* ' stands for " everywhere; the advice is whole. */
static const struct {
	const char *node, *value, *fix;
} values[] = {
	/* whole numbers */
	{ "mud cache-validity", "'024'", "Write 'cache-validity': 24." },
	{ "mud cache-validity", "24.0", "Write 'cache-validity': 24." },
	{ "mud cache-validity", "24.5",
	    "Write a whole number from 1 to 168, such as 'cache-validity': "
	    "48. They are hours; 24 or more are recommended." },
	{ "mud cache-validity", "'24h'",
	    "Write a whole number from 1 to 168, such as 'cache-validity': "
	    "48. They are hours; 24 or more are recommended." },
	{ "mud cache-validity", "'169'",
	    "Write a whole number from 1 to 168, such as 'cache-validity': "
	    "48. They are hours; 24 or more are recommended." },
	{ "mud cache-validity", "'-1'",
	    "Write a whole number from 1 to 168, such as 'cache-validity': "
	    "48. They are hours; 24 or more are recommended." },
	{ "mud cache-validity", "-2.0",
	    "Write a whole number from 1 to 168, such as 'cache-validity': "
	    "48. They are hours; 24 or more are recommended." },
	{ "mud cache-validity", "1e300",
	    "Write a whole number from 1 to 168, such as 'cache-validity': "
	    "48. They are hours; 24 or more are recommended." },
	{ "mud cache-validity", "'99999999999999999999999999'",
	    "Write a whole number from 1 to 168, such as 'cache-validity': "
	    "48. They are hours; 24 or more are recommended." },
	{ "mud cache-validity", "[24]", "Write 'cache-validity': 24." },
	{ "mud cache-validity", "[240]",
	    "Write a whole number from 1 to 168, such as 'cache-validity': "
	    "48. They are hours; 24 or more are recommended." },
	/* text */
	{ "mud mfg-name", "3", "Write 'mfg-name': '3'." },
	{ "mud mfg-name", "true", "Write 'mfg-name': 'true'." },
	{ "mud mfg-name", "null", "Write text, such as 'mfg-name': 'Maker'." },
	{ "acls acl name", "7", "Write 'name': '7'." },
	{ "acls acl name", "''",
	    "Write text of 1 to 64 characters, such as 'name': 'from-v4'." },
	{ "mud is-supported", "'TRUE'", "Write 'is-supported': true." },
	{ "mud is-supported", "'yes'",
	    "Write true or false, such as 'is-supported': true." },
	/* dates */
	{ "mud last-update", "'2026-03-01T08:00:00z'",
	    "Write 'last-update': '2026-03-01T08:00:00Z'." },
	{ "mud last-update", "'2026-03-01t08:00:00+01:00'",
	    "Write 'last-update': '2026-03-01T08:00:00+01:00'." },
	{ "mud last-update", "'2026-03-01 08:00:00'",
	    "Write 'last-update': '2026-03-01T08:00:00Z', if that time is UTC; else its zone in place of Z, such as +02:00." },
	{ "mud last-update", "'2026-03-01'",
	    "Write 'last-update': '2026-03-01T00:00:00Z'." },
	{ "mud last-update", "'2026-3-1'",
	    "Write a date and time with a zone (RFC 3339), such as "
	    "'last-update': '2026-03-01T08:00:00Z'." },
	{ "mud last-update", "'01/03/2026'",
	    "Write a date and time with a zone (RFC 3339), such as "
	    "'last-update': '2026-03-01T08:00:00Z'." },
	{ "mud last-update",
	    "'2026-03-01T08:00:00.000000000000000000000000"
	    "0000000000000000000000000000000000000000'",
	    "Write a date and time with a zone (RFC 3339), such as "
	    "'last-update': '2026-03-01T08:00:00Z'." },
	/* names of values */
	{ ACE "actions forwarding", "'Deny'", "Write 'forwarding': 'drop'." },
	{ ACE "actions forwarding", "'acept'",
	    "Write 'forwarding': 'accept'." },
	{ ACE "actions forwarding", "'none'",
	    "Write one of accept, drop, reject, such as 'forwarding': "
	    "'accept'." },
	{ ACE "actions logging", "'None'", "Write 'logging': 'log-none'." },
	{ "acls acl type", "'ietf-access-control-list:ipv6-acl'",
	    "Write 'type': 'ipv6-acl-type'." },
	{ PORT "operator", "'=='",
	    "Write one of eq, neq, lte, gte, such as 'operator': 'eq'." },
	{ PORT "operator", "'>='", "Write 'operator': 'gte'." },
	{ PORT "operator", "'LT'",
	    "Write 'operator': 'lte', with a 'port' that is lower by one." },
	{ PORT "operator", "'range'",
	    "Leave 'operator' and 'port' out, and write 'lower-port' and "
	    "'upper-port'." },
	{ TCP "direction-initiated", "'ietf-mud:to-device'",
	    "Write 'ietf-mud:direction-initiated': 'to-device'." },
	{ TCP "flags", "'SYN|Ack SYN'", "Write 'flags': 'syn ack'." },
	{ TCP "flags", "'syn xyz'",
	    "Write text with some of cwr, ece, urg, ack, psh, rst, syn, fin, "
	    "such as 'flags': 'syn'." },
	{ TCP "options", "'x'",
	    "Write base64 text of 1 to 40 bytes, such as 'options': "
	    "'AQ=='." },
	/* addresses */
	{ IP4 "source-ipv4-network", "'192.0.2.1/255.255.255.255'",
	    "Write 'source-ipv4-network': '192.0.2.1/32'." },
	{ IP4 "source-ipv4-network", "'192.0.2.1/0.0.0.0'",
	    "Write 'source-ipv4-network': '192.0.2.1/0'." },
	{ IP4 "source-ipv4-network", "'192.0.2.1/40'",
	    "Write an IPv4 address, a slash and a length, such as "
	    "'source-ipv4-network': '192.0.2.0/24'." },
	{ IP4 "source-ipv4-network", "'192.0.2.1/ffff::'",
	    "Write an IPv4 address, a slash and a length, such as "
	    "'source-ipv4-network': '192.0.2.0/24'." },
	{ IP4 "source-ipv4-network", "'2001:db8::1'",
	    "Write an IPv4 address, a slash and a length, such as "
	    "'source-ipv4-network': '192.0.2.0/24'." },
	{ IP4 "source-ipv4-network", "'1.2.3.4" X50 "'",
	    "Write an IPv4 address, a slash and a length, such as "
	    "'source-ipv4-network': '192.0.2.0/24'." },
	{ IP6 "source-ipv6-network", "'2001:db8::1'",
	    "Write 'source-ipv6-network': '2001:db8::1/128'." },
	{ IP6 "source-ipv6-network", "'192.0.2.1'",
	    "Write an IPv6 address, a slash and a length, such as "
	    "'source-ipv6-network': '2001:db8::/32'." },
	{ IP4 "dst-dnsname", "'https://a.example:80/x'",
	    "Write 'ietf-acldns:dst-dnsname': 'a.example'." },
	{ IP4 "dst-dnsname", "'*.a.example'",
	    "Write a host name or an IP address, such as "
	    "'ietf-acldns:dst-dnsname': 'cloud.example.com'." },
	{ IP4 "dst-dnsname", "'://'",
	    "Write a host name or an IP address, such as "
	    "'ietf-acldns:dst-dnsname': 'cloud.example.com'." },
	{ IP4 "dst-dnsname", "'a_/x'",
	    "Write a host name or an IP address, such as "
	    "'ietf-acldns:dst-dnsname': 'cloud.example.com'." },
	{ IP4 "dst-dnsname", "'" X250 X50 "'",
	    "Write a host name or an IP address, such as "
	    "'ietf-acldns:dst-dnsname': 'cloud.example.com'." },
	{ ETH "source-mac-address", "'02-00-5E-00-53-01'",
	    "Write 'source-mac-address': '02:00:5e:00:53:01'." },
	{ ETH "source-mac-address", "'0200.5e00.5301'",
	    "Write a MAC address with colons, such as "
	    "'source-mac-address': '02:00:5e:00:53:01'." },
	{ ETH "ethertype", "'0x0800'", "Write 'ethertype': 2048 or 'ipv4'." },
	{ ETH "ethertype", "'ARP'", "Write 'ethertype': 'arp'." },
	{ ETH "ethertype", "'" X50 "'",
	    "Write a number from 0 to 65535, or a name such as 'eap', such "
	    "as 'ethertype': 34958." },
	/* presence */
	{ ACE "matches mud my-controller", "false",
	    "Write 'my-controller': [null], or leave it out if it was meant "
	    "not to hold." },
	/* what is no leaf */
	{ PORT, "8080",
	    "Write 'source-port': {'operator': 'eq', 'port': 8080}." },
	{ PORT, "'http'",
	    "Write an object, such as 'source-port': {'operator': 'eq', "
	    "'port': 443}." },
	{ "mud extensions", "'x'", "Write 'extensions': ['x']." },
	{ "mud extensions", "5",
	    "Write an array of texts, such as 'extensions': []." },
	{ "mud from-device-policy access-lists access-list", "'a'",
	    "Write 'access-list': [{'name': 'a'}]." },
	{ "acls acl", "{}",
	    "Write 'acl': [{...}], with brackets around the object, also for "
	    "one entry." },
	{ "acls acl", "'a'", "Write an array of objects, such as 'acl': []." },
	{ "mud", "[{}]",
	    "Write 'ietf-mud:mud': {...}, the object without brackets around "
	    "it." },
	{ "mud", "[7]", "Write an object, such as 'ietf-mud:mud': {}." },
};

static const struct schema_node *
find(const char *path)
{
	const struct schema_node *node = &schema_top;
	char copy[128], *save = NULL;

	(void)snprintf(copy, sizeof(copy), "%s", path);
	for (char *part = strtok_r(copy, " ", &save);
	     part != NULL && node != NULL; part = strtok_r(NULL, " ", &save))
		node = schema_child(node, part);
	if (node == NULL)
		fail_msg("no node %s", path);
	return node;
}

/* ' for ". */
static char *
unquote(const char *text)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	for (char *c = copy; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	return copy;
}

static void
advises(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(values); i++) {
		char *text = unquote(values[i].value);
		char *want = unquote(values[i].fix);
		json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
		char fix[SCHEMA_TEXT];

		assert_non_null(value);
		schema_fix_value(find(values[i].node), value, fix);
		if (strcmp(fix, want) != 0)
			fail_msg("%s %s: %s", values[i].node, text, fix);
		json_decref(value);
		free(text);
		free(want);
	}
}

/* `node` has not the member, `above` is what `node` is in. */
static const struct {
	const char *above, *node, *member, *fix;
} members[] = {
	{ "", "mud", "mfg_name",
	    "Did you mean 'mfg-name'? Write that, or leave 'mfg_name' out." },
	{ "", "mud", "MFG-NAME",
	    "Did you mean 'mfg-name'? Write that, or leave 'MFG-NAME' out." },
	{ "", "mud", "mfg-nam",
	    "Did you mean 'mfg-name'? Write that, or leave 'mfg-nam' out." },
	{ "", "mud", "systeminformation",
	    "Leave 'systeminformation' out. A MUD file has only what RFC "
	    "8520 and its extensions name." },
	/* The very name before one that is near. */
	{ ACE, IP4, "mud:source-ipv4-network",
	    "Did you mean 'source-ipv4-network'? Write that, or leave "
	    "'mud:source-ipv4-network' out." },
	{ ACE "matches", TCP, "source_port",
	    "Did you mean 'source-port'? Write that, or leave "
	    "'source_port' out." },
	{ ACE "matches", ETH, "source-mac-address-mas",
	    "Did you mean 'source-mac-address-mask'? Write that, or leave "
	    "'source-mac-address-mas' out." },
	{ ACE, ACE "matches", "actions",
	    "Move 'actions' out of 'matches', to stand beside it." },
	{ ACE, ACE "matches", "direction-initiated",
	    "Move it into 'tcp', as 'ietf-mud:direction-initiated'." },
	{ "", "mud", X250 X50,
	    "Leave '" X50 X10 X10
	    "x' out. A MUD file has only what RFC 8520 and its extensions "
	    "name." },
};

static void
advises_on_names(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(members); i++) {
		char *want = unquote(members[i].fix), fix[SCHEMA_TEXT];

		schema_fix_unknown(find(members[i].node),
		    find(members[i].above), members[i].member, fix);
		if (strcmp(fix, want) != 0)
			fail_msg("%s: %s", members[i].member, fix);
		free(want);
	}
}

static const struct {
	const char *value, *seen;
} sights[] = {
	{ "'x'", "the text \"x\"" },
	{ "443", "the number 443" },
	{ "1.5", "the number 1.5" },
	{ "null", "null" },
	{ "true", "true" },
	{ "[]", "an empty array" },
	{ "[1]", "an array" },
	{ "{}", "an empty object" },
	{ "{'a':1}", "an object" },
	{ "'" X50 X50 "'", "the text \"" X50 X10 "xxxxxxx..." },
};

static void
tells_what_it_saw(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(sights); i++) {
		char *text = unquote(sights[i].value), seen[SCHEMA_TEXT];
		json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

		assert_non_null(value);
		assert_string_equal(schema_seen(value, seen), sights[i].seen);
		json_decref(value);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(advises),
		cmocka_unit_test(advises_on_names),
		cmocka_unit_test(tells_what_it_saw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
