/*
 * modernize: what a draft-era document becomes, one line a case.  In documents
 * ' stands for ".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/form/modernize.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct edit_case {
	const char *before, *after; /* NULL: stays as it is */
	size_t n;                   /* changes told */
};

static json_t *
load(const char *text)
{
	char *copy = strdup(text);
	json_t *value;

	for (char *c = copy; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	value = json_loads(copy, 0, NULL);
	if (value == NULL)
		fail_msg("the test's own JSON is broken: %s", copy);
	free(copy);
	return value;
}

static void
hear(void *arg, const struct json_at *at, const char *text)
{
	char pointer[JSON_POINTER];
	size_t *n = arg;

	json_pointer(at, pointer);
	assert_true(text[0] != '\0');
	(*n)++;
}

/* Compares as text too: members keep their order. */
static void
expect(const char *before, const char *after, size_t n)
{
	json_t *old = load(before), *kept = json_deep_copy(old);
	json_t *wanted = load(after == NULL ? before : after), *made;
	size_t n_told = 0, n_made = 99;
	char *text[2];

	made = modernize(old, hear, &n_told, &n_made);
	assert_true(json_equal(old, kept));
	text[0] = json_dumps(made, JSON_COMPACT);
	text[1] = json_dumps(wanted, JSON_COMPACT);
	if (strcmp(text[0], text[1]) != 0)
		fail_msg(
		    "%s\nbecame  %s\nand not %s", before, text[0], text[1]);
	if (n_made != n || n_told != n)
		fail_msg("%s: %zu changes, %zu told", before, n_made, n_told);
	free(text[0]);
	free(text[1]);
	json_decref(old);
	json_decref(kept);
	json_decref(wanted);
	json_decref(made);
	/* Once in today's form it stays. */
	if (after != NULL && n > 0)
		expect(after, NULL, 0);
}

static void
in(const char *head, const char *tail, const struct edit_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char before[1024], after[1024];

		(void)snprintf(before, sizeof(before), "%s%s%s", head,
		    cases[i].before, tail);
		if (cases[i].after != NULL)
			(void)snprintf(after, sizeof(after), "%s%s%s", head,
			    cases[i].after, tail);
		expect(
		    before, cases[i].after == NULL ? NULL : after, cases[i].n);
	}
}

#define MUD  "'ietf-mud:mud'"
#define ACLS "'ietf-access-control-list:acls'"
#define OLD  "'ietf-access-control-list:access-lists'"

static void
mends_the_top(void **state)
{
	static const struct edit_case cases[] = {
		{ "'x': 1", NULL, 0 },
		{ OLD ": {}", ACLS ": {}", 1 },
		{ "'x': 1, " OLD ": {'acl': []}, 'y': 2",
		    "'x': 1, " ACLS ": {'acl': []}, 'y': 2", 1 },
		{ OLD ": {}, " ACLS ": {}", NULL, 0 },
		{ MUD ": 7, " ACLS ": 7", NULL, 0 },
		{ MUD ": {}, " ACLS ": {'acl': [7, {'aces': 7}]}", NULL, 0 },
	};

	(void)state;
	in("{", "}", cases, COUNT(cases));
}

static void
mends_the_container(void **state)
{
	static const struct edit_case cases[] = {
		{ "'mud-version': '1'", "'mud-version': 1", 1 },
		{ "'cache-validity': '48'", "'cache-validity': 48", 1 },
		{ "'cache-validity': '048'", NULL, 0 },
		{ "'cache-validity': '4 8'", NULL, 0 },
		{ "'cache-validity': ''", NULL, 0 },
		{ "'cache-validity': '12345678901'", NULL, 0 },
		{ "'cache-validity': '4294967295'",
		    "'cache-validity': 4294967295", 1 },
		{ "'cache-validity': 14400", NULL, 0 },
		{ "'is-supported': 'true'", "'is-supported': true", 1 },
		{ "'is-supported': 'false'", "'is-supported': false", 1 },
		{ "'is-supported': 'yes'", NULL, 0 },
		/* RFC 7951 s4 */
		{ "'ietf-mud:mud-version': 1", "'mud-version': 1", 1 },
		{ "'ietf-mud:x': 1, 'x': 1", NULL, 0 },
		{ "'ietf-mud-tls:x': 1", NULL, 0 },
		/* a zone */
		{ "'last-update': '2019-07-23T19:54:24'",
		    "'last-update': '2019-07-23T19:54:24Z'", 1 },
		{ "'last-update': '2019-07-23T19:54:24+02:00'", NULL, 0 },
		{ "'last-update': '2019-07-23'", NULL, 0 },
		{ "'last-update': 'yesterday, about noon, or perhaps later'",
		    NULL, 0 },
		/* extensions */
		{ "'extensions': ['transparency'], 'mudtx:transparency': {}",
		    "'extensions': ['transparency'], "
		    "'ietf-mud-transparency:transparency': {}",
		    1 },
		{ "'extensions': ['transparency'], 'transparency': {}",
		    "'extensions': ['transparency'], "
		    "'ietf-mud-transparency:transparency': {}",
		    1 },
		{ "'extensions': ['ol'], 'ol': {}",
		    "'extensions': ['ol'], 'ietf-ol:ol': {}", 1 },
		{ "'extensions': ['ol'], 'ol:ol': {}",
		    "'extensions': ['ol'], 'ietf-ol:ol': {}", 1 },
		{ "'extensions': [7, 'ol'], 'ol': {}",
		    "'extensions': [7, 'ol'], 'ietf-ol:ol': {}", 1 },
		{ "'ol': {}", NULL, 0 },
		{ "'mudtx:transparency': {}", NULL, 0 },
		{ "'ietf-mud-transparency:transparency': {'vuln-url': 'x'}",
		    "'ietf-mud-transparency:transparency': {'vuln-url': "
		    "['x']}",
		    1 },
	};

	(void)state;
	in("{" MUD ": {", "}}", cases, COUNT(cases));
}

static void
mends_lists_of_names(void **state)
{
	static const struct edit_case cases[] = {
		{ "{'name': 'a'}], [{'name': 'a'}", NULL, 0 },
		{ "{'acl-name': 'a'}], [{'name': 'a'}",
		    "{'name': 'a'}], [{'name': 'a'}", 1 },
		{ "{'name': 'a', 'type': 't'}], [{'name': 'a', 'type': 'u'}",
		    "{'name': 'a'}], [{'name': 'a', 'type': 'u'}", 1 },
		{ "{'name': 'a', 'acl-type': 't'}], [{'name': 'a'}",
		    "{'name': 'a'}], [{'name': 'a', 'type': 't'}", 1 },
		{ "{'name': 'a', 'type': 't'}], [{'name': 'b'}", NULL, 0 },
		{ "{'name': 'a', 'type': 7}], [{'name': 'a'}", NULL, 0 },
		{ "{'name': 'a', 'type': 't', 'aces': {}}], [{'name': 'b'}",
		    "{'name': 'a'}], [{'name': 'b'}, {'name': 'a', 'type': "
		    "'t', 'aces': {}}",
		    1 },
		/* two of one name: which is meant? */
		{ "{'name': 'a', 'aces': {}}], [{'name': 'a'}", NULL, 0 },
		{ "{'aces': {}}], [{'name': 'a'}", NULL, 0 },
		{ "7], [7", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		static const char frame[] =
		    "{" MUD ": {'%s-device-policy': {'access-lists': "
		    "{'access-list': [%.*s]}}}, " ACLS ": {'acl': [%s]}}";
		static const char *const sides[] = { "from", "to" };
		char text[2][1024];
		const char *parts[2] = { cases[i].before, cases[i].after };

		for (size_t k = 0; k < 2 && parts[k] != NULL; k++) {
			const char *mid = strstr(parts[k], "], [");

			(void)snprintf(text[k], sizeof(text[k]), frame,
			    sides[i % 2], (int)(mid - parts[k]), parts[k],
			    mid + 4);
		}
		expect(text[0], parts[1] == NULL ? NULL : text[1], cases[i].n);
	}
}

/* Inlined, where no ACL stands at the top at all. */
static void
makes_acls(void **state)
{
	(void)state;
	expect("{" MUD ": {'ietf-mud:to-device-policy': {'access-lists': "
	       "{'access-list': [{'name': 'a', 'acl-type': 'ipv4', "
	       "'aces': {}}]}}}}",
	    "{" MUD ": {'to-device-policy': {'access-lists': "
	    "{'access-list': [{'name': 'a'}]}}}, " ACLS
	    ": {'acl': [{'name': 'a', 'type': 'ipv4-acl-type', 'aces': "
	    "{}}]}}",
	    4);
	/* What stands in their place is not touched. */
	expect("{" MUD ": {'to-device-policy': {'access-lists': "
	       "{'access-list': [{'name': 'a', 'aces': {}}]}}}, " ACLS ": 7}",
	    NULL, 0);
	expect("{" MUD ": {'to-device-policy': {'access-lists': "
	       "{'access-list': [{'name': 'a', 'aces': {}}]}}}, " ACLS
	       ": {'acl': 7}}",
	    NULL, 0);
}

static void
mends_acls(void **state)
{
	static const struct edit_case cases[] = {
		{ "'acl-name': 'a', 'acl-type': 'ipv6-acl', "
		  "'access-list-entries': {'ace': []}",
		    "'name': 'a', 'type': 'ipv6-acl-type', 'aces': {'ace': "
		    "[]}",
		    4 },
		{ "'type': 'ethernet-acl-type'", "'type': 'eth-acl-type'", 1 },
		{ "'type': 'ipv4'", "'type': 'ipv4-acl-type'", 1 },
		{ "'type': 'ipv4-acl-type'", NULL, 0 },
		{ "'type': 'firewall'", NULL, 0 },
		{ "'type': 7", NULL, 0 },
		{ "'type': 'ipv4-acl-type', 'aces': {'ace': [{'name': 'a', "
		  "'matches': {'eth': {}}}]}",
		    "'type': 'mixed-eth-ipv4-acl-type', 'aces': {'ace': "
		    "[{'name': 'a', 'matches': {'eth': {}}}]}",
		    1 },
		{ "'type': 'ietf-access-control-list:ipv6-acl-type', 'aces': "
		  "{'ace': [{'matches': {'eth': {}}}]}",
		    "'type': 'mixed-eth-ipv6-acl-type', 'aces': {'ace': "
		    "[{'matches': {'eth': {}}}]}",
		    1 },
		{ "'type': 'eth-acl-type', 'aces': {'ace': [{'matches': "
		  "{'eth': {}}}]}",
		    NULL, 0 },
		/* names are keys */
		{ "'aces': {'ace': [{'name': 'a'}, {'name': 'a'}, {'name': "
		  "'a'}]}",
		    "'aces': {'ace': [{'name': 'a'}, {'name': 'a-2'}, "
		    "{'name': 'a-3'}]}",
		    2 },
		{ "'aces': {'ace': [{'name': 'a'}, {'name': 'a'}, {'name': "
		  "'a-2'}]}",
		    "'aces': {'ace': [{'name': 'a'}, {'name': 'a-3'}, "
		    "{'name': 'a-2'}]}",
		    1 },
		{ "'aces': {'ace': [{'name': 7}, {'name': 7}, 7]}", NULL, 0 },
	};

	(void)state;
	in("{" ACLS ": {'acl': [{", "}]}}", cases, COUNT(cases));
}

static void
mends_aces(void **state)
{
	static const struct edit_case cases[] = {
		{ "'rule-name': 'a'", "'name': 'a'", 1 },
		{ "'actions': {'forwarding': 'deny'}",
		    "'actions': {'forwarding': 'drop'}", 1 },
		{ "'actions': {'forwarding': "
		  "'ietf-access-control-list:deny'}",
		    "'actions': {'forwarding': 'drop'}", 1 },
		/* What opens is never guessed. */
		{ "'actions': {'forwarding': 'permit'}", NULL, 0 },
		{ "'matches': {'actions': {'forwarding': 'accept'}}",
		    "'matches': {}, 'actions': {'forwarding': 'accept'}", 1 },
		{ "'matches': {'actions': {}}, 'actions': {}", NULL, 0 },
		{ "'matches': {'actions': 7}", NULL, 0 },
		{ "'matches': 7, 'actions': 7", NULL, 0 },
	};

	(void)state;
	in("{" ACLS ": {'acl': [{'aces': {'ace': [{", "}]}}]}}", cases,
	    COUNT(cases));
}

static void
mends_matches(void **state)
{
	static const struct edit_case cases[] = {
		{ "'ipv4-acl': {}", "'ipv4': {}", 1 },
		{ "'l3': {'ipv4': {}}, 'l4': {'tcp': {}}",
		    "'ipv4': {}, 'tcp': {}", 2 },
		{ "'l3': {'ipv4': {}}, 'ipv4': {}", NULL, 0 },
		{ "'l3': 7", NULL, 0 },
		{ "'eth': {'ethertype': '0x888e'}",
		    "'eth': {'ethertype': 34958}", 1 },
		{ "'eth': {'ethertype': '34958'}",
		    "'eth': {'ethertype': 34958}", 1 },
		{ "'eth': {'ethertype': 'arp'}", NULL, 0 },
		{ "'eth': {'ethertype': '0x0'}", "'eth': {'ethertype': 0}", 1 },
		{ "'eth': {'ethertype': '0x10000'}", NULL, 0 },
		{ "'ipv4': {'protocol': '6'}", "'ipv4': {'protocol': 6}", 1 },
		{ "'ipv6': {'next-header': 6}", "'ipv6': {'protocol': 6}", 1 },
		{ "'ipv4': {'source-ipv4-network': '192.0.2.1'}",
		    "'ipv4': {'source-ipv4-network': '192.0.2.1/32'}", 1 },
		{ "'ipv4': {'destination-ipv4-network': '192.0.2.1'}",
		    "'ipv4': {'destination-ipv4-network': '192.0.2.1/32'}", 1 },
		{ "'ipv6': {'source-ipv6-network': '2001:db8::1'}",
		    "'ipv6': {'source-ipv6-network': '2001:db8::1/128'}", 1 },
		{ "'ipv6': {'destination-ipv6-network': '2001:db8::1'}",
		    "'ipv6': {'destination-ipv6-network': '2001:db8::1/128'}",
		    1 },
		{ "'ipv6': {'source-ipv6-network': '192.0.2.1'}", NULL, 0 },
		{ "'ipv4': {'source-ipv4-network': '192.0.2.0/24'}", NULL, 0 },
		{ "'tcp': {'destination-port': 80}",
		    "'tcp': {'destination-port': {'operator': 'eq', 'port': "
		    "80}}",
		    1 },
		{ "'udp': {'source-port': '80'}",
		    "'udp': {'source-port': {'operator': 'eq', 'port': 80}}",
		    2 },
		{ "'tcp': {'source-port-range-or-operator': {'port': '80'}}",
		    "'tcp': {'source-port': {'port': 80}}", 2 },
		{ "'tcp': {'source-port': {'lower-port': 53}}",
		    "'tcp': {'source-port': {'operator': 'eq', 'port': 53}}",
		    1 },
		{ "'tcp': {'source-port': {'lower-port': '5', 'upper-port': "
		  "'6'}}",
		    "'tcp': {'source-port': {'lower-port': 5, 'upper-port': "
		    "6}}",
		    2 },
		{ "'tcp': {'source-port': {'upper-port': 53}}", NULL, 0 },
		{ "'tcp': {'source-port': [80]}", NULL, 0 },
		{ "'icmp': {'type': '8', 'code': '0'}",
		    "'icmp': {'type': 8, 'code': 0}", 2 },
		{ "'icmp': {'source-port': 8}", NULL, 0 },
		{ "'tcp': {'direction-initiated': 'from-device'}",
		    "'tcp': {'ietf-mud:direction-initiated': 'from-device'}",
		    1 },
		/* On another protocol it says nothing (M-DIR-1). */
		{ "'udp': {'direction-initiated': 'from-device'}", NULL, 0 },
		/* ports beside the addresses, where the protocol is plain */
		{ "'ipv4': {'protocol': 6, 'destination-port-range': "
		  "{'lower-port': 53}}",
		    "'ipv4': {'protocol': 6}, 'tcp': {'destination-port': "
		    "{'operator': 'eq', 'port': 53}}",
		    2 },
		{ "'ipv4': {'protocol': 17, 'source-port': 53}",
		    "'ipv4': {'protocol': 17}, 'udp': {'source-port': "
		    "{'operator': 'eq', 'port': 53}}",
		    2 },
		{ "'udp': {}, 'ipv4': {'source-port-range': {'port': 53}}",
		    "'udp': {'source-port': {'port': 53}}, 'ipv4': {}", 1 },
		{ "'ipv6': {'source-port-range': {'port': 53}}", NULL, 0 },
		{ "'tcp': 7, 'ipv6': {'source-port-range': {'port': 53}}", NULL,
		    0 },
		{ "'ipv4': 7, 'tcp': 7, 'ietf-mud:mud': 7, 'eth': 7", NULL, 0 },
		{ "'tcp': {}, 'udp': {}, 'ipv6': {'protocol': 6, "
		  "'source-port-range': {'port': 53}}",
		    NULL, 0 },
		{ "'tcp': {'source-port': {'port': 1}}, 'ipv6': "
		  "{'source-port-range': {'port': 53}}",
		    NULL, 0 },
		/* J-13 */
		{ "'ietf-mud:mud': {'same-manufacturer': []}",
		    "'ietf-mud:mud': {'same-manufacturer': [null]}", 1 },
		{ "'ietf-mud:mud': {'my-controller': null}",
		    "'ietf-mud:mud': {'my-controller': [null]}", 1 },
		{ "'ietf-mud:mud': {'local-networks': true}",
		    "'ietf-mud:mud': {'local-networks': [null]}", 1 },
		{ "'ietf-mud:mud': {'local-networks': ''}",
		    "'ietf-mud:mud': {'local-networks': [null]}", 1 },
		{ "'ietf-mud:mud': {'local-networks': {}}",
		    "'ietf-mud:mud': {'local-networks': [null]}", 1 },
		{ "'ietf-mud:mud': {'local-networks': false}", NULL, 0 },
		{ "'ietf-mud:mud': {'local-networks': [null]}", NULL, 0 },
		{ "'ietf-mud:mud': {'local-networks': ['x']}", NULL, 0 },
		{ "'ietf-mud:mud': {'local-networks': 'x'}", NULL, 0 },
	};

	(void)state;
	in("{" ACLS ": {'acl': [{'aces': {'ace': [{'matches': {", "}}]}}]}}",
	    cases, COUNT(cases));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mends_the_top),
		cmocka_unit_test(mends_the_container),
		cmocka_unit_test(mends_lists_of_names),
		cmocka_unit_test(makes_acls),
		cmocka_unit_test(mends_acls),
		cmocka_unit_test(mends_aces),
		cmocka_unit_test(mends_matches),
	};

	return cmocka_run_group_tests_name("modernize", tests, NULL, NULL);
}
