/* leafcheck: what is told of one leaf of `matches`, one line a case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/lint/leafcheck.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct heard {
	unsigned int n;
	struct finding last;
};

static void
hear(void *arg, const struct finding *finding)
{
	struct heard *heard = arg;

	assert_true(finding->fix[0] != '\0');
	assert_true(finding->kind->severity != FINDING_ERROR);
	assert_false(finding->kind->refuses || finding->kind->breaks_schema);
	heard->n++;
	heard->last = *finding;
}

static const struct {
	void (*judge)(const struct json_at *at, struct findings *to);
	const char *value; /* as JSON */
	unsigned int n;
	const char *word; /* in the last message or its fix */
	const char *clause;
} cases[] = {
	/* M-FILE-5 */
	{ leaf_network, "\"198.51.100.7/32\"", 1, "DNS name", "M-FILE-5" },
	{ leaf_network, "\"2001:db8::/32\"", 1, "DNS name", "M-FILE-5" },
	{ leaf_network, "\"0.0.0.0/0\"", 1, "an address", "M-FILE-5" },
	{ leaf_network, "\"10.0.0.0/8\"", 1, "private", "M-FILE-5" },
	{ leaf_network, "\"10.0.0.0/7\"", 1, "an address", "M-FILE-5" },
	{ leaf_network, "\"172.16.0.1/32\"", 1, "private", "M-FILE-5" },
	{ leaf_network, "\"172.32.0.1/32\"", 1, "an address", "M-FILE-5" },
	{ leaf_network, "\"192.168.1.1/32\"", 1, "private", "M-FILE-5" },
	{ leaf_network, "\"fd00::1/128\"", 1, "private", "M-FILE-5" },
	{ leaf_network, "\"169.254.1.1/32\"", 1, "link-local", "M-FILE-5" },
	{ leaf_network, "\"fe80::1/128\"", 1, "link-local", "M-FILE-5" },
	{ leaf_network, "\"224.0.0.251/32\"", 1, "multicast", "M-FILE-5" },
	{ leaf_network, "\"ff02::fb/128\"", 1, "multicast", "M-FILE-5" },
	{ leaf_network, "\"255.255.255.255/32\"", 1, "DHCP", "M-FILE-5" },
	{ leaf_network, "\"2001:db8::1/32\"", 2, "2001:db8::/32", "RFC 6991" },
	{ leaf_network, "\"no prefix\"", 0, NULL, NULL },
	{ leaf_network, "7", 0, NULL, NULL },
	/* RFC 8520 s8 */
	{ leaf_dnsname, "\"api.example.com\"", 0, NULL, NULL },
	{ leaf_dnsname, "\"_x.example.com\"", 0, NULL, NULL },
	{ leaf_dnsname, "\"API.example.com\"", 1, "lower case", "M-DNS-5" },
	{ leaf_dnsname, "\"A.example.com\"", 1, "lower case", "M-DNS-5" },
	{ leaf_dnsname, "\"Z.example.com\"", 1, "lower case", "M-DNS-5" },
	{ leaf_dnsname, "\"198.51.100.7\"", 1, "as a number", "M-FILE-5" },
	{ leaf_dnsname, "\"fe80::1\"", 1, "link-local", "M-FILE-5" },
	{ leaf_dnsname, "\"lamp.local\"", 1, ".local", "M-DNS-5" },
	{ leaf_dnsname, "\"Lamp.LOCAL.\"", 1, ".local", "M-DNS-5" },
	{ leaf_dnsname, "\"lamp.localnet.example\"", 0, NULL, NULL },
	{ leaf_dnsname, "\"*.example.com\"", 1, "wildcard", "M-DNS-4" },
	{ leaf_dnsname, "\"example\"", 1, "host name", "M-DNS-5" },
	{ leaf_dnsname, "\"https://a.example\"", 1, "host name", "M-DNS-5" },
	{ leaf_dnsname, "null", 0, NULL, NULL },
	/* s4.1 */
	{ leaf_manufacturer, "\"example.com\"", 0, NULL, NULL },
	{ leaf_manufacturer, "\"_x.example.com\"", 1, "host name", "M-DNS-5" },
	{ leaf_manufacturer, "\"198.51.100.7\"", 1, "as a number", "M-FILE-5" },
	/* s4.5 */
	{ leaf_model, "\"https://example.com/lamp\"", 0, NULL, NULL },
	{ leaf_model, "\"http://example.com/lamp\"", 1, "https", "M-MOD-1" },
	{ leaf_model, "\"lamp\"", 1, "no MUD URL", "M-MOD-1" },
	{ leaf_model, "\"https://EXAMPLE.com/lamp\"", 1,
	    "https://example.com/lamp", "M-URL-6" },
	{ leaf_model, "1", 0, NULL, NULL },
	/* s4.3 */
	{ leaf_controller, "\"urn:ietf:params:mud:dns\"", 0, NULL, NULL },
	{ leaf_controller, "\"urn:ietf:params:mud:ntp\"", 0, NULL, NULL },
	{ leaf_controller, "\"urn:ietf:params:mud:gateway\"", 1, "router",
	    "M-CTL-2" },
	{ leaf_controller, "\"urn:ietf:params:mud:lamp\"", 1, "not registered",
	    "M-CTL-2" },
	{ leaf_controller, "\"URN:IETF:params:mud:lamp\"", 1, "not registered",
	    "M-CTL-2" },
	{ leaf_controller, "\"urn:example:lamp\"", 0, NULL, NULL },
	{ leaf_controller, "\"https://example.com/hub\"", 0, NULL, NULL },
	{ leaf_controller, "\"bacnet\"", 1, "no URI", "M-CTL-1" },
	{ leaf_controller, "\"a:x\"", 0, NULL, NULL },
	{ leaf_controller, "\"z:x\"", 0, NULL, NULL },
	{ leaf_controller, "\"A:x\"", 0, NULL, NULL },
	{ leaf_controller, "\"Z:x\"", 0, NULL, NULL },
	{ leaf_controller, "\":x\"", 1, "no URI", "M-CTL-1" },
	{ leaf_controller, "\"4urn:x\"", 1, "no URI", "M-CTL-1" },
	{ leaf_controller, "\"a b:x\"", 1, "no URI", "M-CTL-1" },
	{ leaf_controller, "\"coap+tcp:x\"", 0, NULL, NULL },
	{ leaf_controller, "[null]", 0, NULL, NULL },
};

static void
judges_leaves(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct heard heard = { 0 };
		struct findings to = { .on = hear, .arg = &heard };
		const struct json_at at = { json_loads(cases[i].value,
						JSON_DECODE_ANY, NULL),
			NULL, NULL, 0 };
		const char *clause;

		assert_non_null(at.value);
		cases[i].judge(&at, &to);
		if (heard.n != cases[i].n)
			fail_msg("%s: %u findings: %s", cases[i].value, heard.n,
			    heard.last.message);
		json_decref(at.value);
		if (heard.n == 0)
			continue;
		clause = heard.last.kind->clause;
		if (strstr(clause, cases[i].clause) == NULL)
			fail_msg("%s: %s", cases[i].value, clause);
		if (strstr(heard.last.message, cases[i].word) == NULL &&
		    strstr(heard.last.fix, cases[i].word) == NULL)
			fail_msg("%s: \"%s\", \"%s\"", cases[i].value,
			    heard.last.message, heard.last.fix);
	}
}

/* Each leaf where the RFCs put it, and a place for what is found. */
static void
walks(void **state)
{
	static const char *const documents[] = {
		"{\"ipv4\": {\"source-ipv4-network\": \"10.0.0.1/32\"}}",
		"{\"ipv4\": {\"destination-ipv4-network\": \"10.0.0.1/32\"}}",
		"{\"ipv4\": {\"ietf-acldns:src-dnsname\": \"x\"}}",
		"{\"ipv4\": {\"ietf-acldns:dst-dnsname\": \"x\"}}",
		"{\"ipv6\": {\"source-ipv6-network\": \"fd00::/8\"}}",
		"{\"ipv6\": {\"destination-ipv6-network\": \"fd00::/8\"}}",
		"{\"ipv6\": {\"ietf-acldns:src-dnsname\": \"x\"}}",
		"{\"ipv6\": {\"ietf-acldns:dst-dnsname\": \"x\"}}",
		"{\"ietf-mud:mud\": {\"manufacturer\": \"x\"}}",
		"{\"ietf-mud:mud\": {\"model\": \"x\"}}",
		"{\"ietf-mud:mud\": {\"controller\": \"x\"}}",
	};
	static const char *const containers[] = { "acls", "access-lists" };

	(void)state;
	for (size_t i = 0; i < COUNT(documents) * 2; i++) {
		struct heard heard = { 0 };
		struct findings to = { .on = hear, .arg = &heard };
		struct json_at top = { NULL, NULL, NULL, 0 };
		char text[512], pointer[128];

		(void)snprintf(text, sizeof(text),
		    "{\"ietf-access-control-list:%s\": {\"acl\": [7, {\"aces\":"
		    " {\"ace\": [{}, {\"matches\": %s}]}}]}}",
		    containers[i % 2], documents[i / 2]);
		(void)snprintf(pointer, sizeof(pointer),
		    "/ietf-access-control-list:%s/acl/1/aces/ace/1/matches/",
		    containers[i % 2]);
		top.value = json_loads(text, 0, NULL);
		assert_non_null(top.value);
		leafcheck_document(&top, &to);
		assert_int_equal(heard.n, 1);
		assert_int_equal(
		    strncmp(heard.last.pointer, pointer, strlen(pointer)), 0);
		json_decref(top.value);
	}
}

static void
passes_over_what_is_not_there(void **state)
{
	static const char *const documents[] = { "{}",
		"{\"ietf-access-control-list:acls\": 7}",
		"{\"ietf-access-control-list:acls\": {\"acl\": {}}}",
		"{\"ietf-access-control-list:acls\": {\"acl\": [7]}}" };

	(void)state;
	for (size_t i = 0; i < COUNT(documents); i++) {
		struct heard heard = { 0 };
		struct findings to = { .on = hear, .arg = &heard };
		const struct json_at top = { json_loads(documents[i], 0, NULL),
			NULL, NULL, 0 };

		leafcheck_document(&top, &to);
		assert_int_equal(heard.n, 0);
		json_decref(top.value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_leaves),
		cmocka_unit_test(walks),
		cmocka_unit_test(passes_over_what_is_not_there),
	};

	return cmocka_run_group_tests_name("leafcheck", tests, NULL, NULL);
}
