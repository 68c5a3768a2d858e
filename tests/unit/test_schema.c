/* The judge of a file's form: one line a change to a good file, and what must
 * be said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "libmud/form/draft.h"
#include "libmud/form/schema.h"
#include "tests/unit/mudbase.h"

#define TCP   OUT "/matches/tcp"
#define PORT  TCP "/destination-port"
#define IP    OUT "/matches/ipv4"
#define ETH   OUT "/matches/eth"
#define PING  ACL "/2/aces/ace/0/matches"
#define CLASS ACL "/1/aces/ace/1/matches/ietf-mud:mud"
#define LIST  MUD "/from-device-policy/access-lists/access-list"

/* What sort of finding. */
#define GOOD    0   /* none */
#define BROKEN  'r' /* refuses the file */
#define WRONG   'w' /* an error, and no more */
#define DRAFT   'd' /* a draft's */
#define FOREIGN 'i' /* an extension's */

/* The change, and the one finding that must come of it: sort, pointer (NULL:
 * that of the change), what its clause, message and advice have in them. */
struct test_case {
	const char *pointer, *value;
	char sort;
	const char *at, *clause, *message, *fix;
};

static const struct test_case cases[] = {
	/* the top (M-FILE-1, J-2) */
	{ "/ietf-mud:mud", NULL, GOOD, 0, 0, 0, 0 },
	{ "/ietf-mud:mud", "[]", BROKEN, 0, "J-4",
	    "an empty array, where an "
	    "object",
	    "ietf-mud:mud" },
	{ "/acls", "{}", WRONG, 0, "J-2", "without its module",
	    "Write \"ietf-access-control-list:acls\"" },
	{ "/acl:acls", "{}", WRONG, 0, "J-1", "with a prefix",
	    "Write \"ietf-access-control-list:acls\"" },
	{ "/ietf-mud:muds", "1", WRONG, 0, "M-EXT-1", "no module here",
	    "Did you mean \"ietf-mud:mud\"?" },
	{ "/other:thing", "{}", FOREIGN, 0, "M-EXT-2", "module other",
	    "Nothing" },
	{ "/version", "1", WRONG, 0, "M-EXT-1", "no module here", "Leave" },
	{ "/@ietf-mud:mud", "{}", GOOD, 0, 0, 0, 0 },
	/* names (J-1, J-2, M-EXT-1, M-EXT-2) */
	{ MUD "/ietf-mud:mfg-name", "'x'", WRONG, 0, "J-2", "qualified",
	    "Write \"mfg-name\"" },
	{ IP "/ietf-access-control-list:ttl", "1", WRONG, 0, "J-2", "qualified",
	    "Write \"ttl\"" },
	{ IP "/ietf-mud:ttl", "1", WRONG, 0, "M-EXT-1", "", "" },
	{ LIST "/0/mud:name", "'out4'", WRONG, 0, "J-1", "prefix", "" },
	{ MUD "/mud:mfg-name", "'x'", WRONG, 0, "J-1", "prefix",
	    "Write \"mfg-name\"" },
	{ MUD "/mfg_name", "'x'", WRONG, 0, "M-EXT-1", "mfg_name",
	    "Did you mean \"mfg-name\"?" },
	{ MUD "/mfgname", "'x'", WRONG, 0, "M-EXT-1", "mfgname",
	    "Did you mean \"mfg-name\"?" },
	{ MUD "/other:mfg-name", "{}", FOREIGN, 0, "M-EXT-2", "", "Nothing" },
	{ MUD "/ietf-mud-transparency:transparency", "{}", FOREIGN, 0,
	    "M-EXT-2", "ietf-mud-transparency", "Nothing" },
	{ MUD "/mudtx:transparency", "{}", WRONG, 0, "J-1", "\"mudtx\"",
	    "Write \"ietf-mud-transparency:transparency\"" },
	{ MUD "/transparency", "{}", WRONG, 0, "J-2", "extension",
	    "Write \"ietf-mud-transparency:transparency\"" },
	{ MUD "/@mfg-name", "1", GOOD, 0, 0, 0, 0 },
	/* leaves of the container (RFC 8520 s3) */
	{ MUD "/mud-version", "2", GOOD, 0, 0, 0, 0 },
	{ MUD "/mud-version", "256", BROKEN, 0, "M-VER-1", "256",
	    "from 0 to 255" },
	{ MUD "/mud-version", "'1'", BROKEN, 0, "J-7", "the text \"1\"",
	    "Write \"mud-version\": 1." },
	{ MUD "/mud-version", "1.0", BROKEN, 0, "J-7", "1.0",
	    "Write \"mud-version\": 1." },
	{ MUD "/mud-version", NULL, BROKEN, MUD, "M-VER-1",
	    "no \"mud-version\"", "Add \"mud-version\"" },
	{ MUD "/mud-url", NULL, BROKEN, MUD, "M-MURL-1", "no \"mud-url\"",
	    "Add" },
	{ MUD "/mud-url", "5", BROKEN, 0, "RFC 7951 s6.2", "the number 5",
	    "\"mud-url\"" },
	{ MUD "/mud-url", "'not a url'", GOOD, 0, 0, 0, 0 },
	{ MUD "/last-update", NULL, BROKEN, MUD, "M-LU-1", "no \"last-update\"",
	    "Add" },
	{ MUD "/last-update", "'2026-03-01T08:00:00'", BROKEN, 0, "M-LU-1",
	    "zone", "\"2026-03-01T08:00:00Z\"" },
	{ MUD "/last-update", "'2026-03-01'", BROKEN, 0, "M-LU-1", "",
	    "\"2026-03-01T00:00:00Z\"" },
	{ MUD "/last-update", "'2026-03-01 08:00:00z'", BROKEN, 0, "M-LU-1", "",
	    "\"2026-03-01T08:00:00Z\"" },
	{ MUD "/last-update", "'today'", BROKEN, 0, "M-LU-1", "", "such as" },
	{ MUD "/last-update", "''", BROKEN, 0, "M-LU-1", "", "such as" },
	{ MUD "/is-supported", NULL, BROKEN, MUD, "M-SUP-1",
	    "no \"is-supported\"", "Add" },
	{ MUD "/is-supported", "'False'", BROKEN, 0, "J-8", "",
	    "Write \"is-supported\": false." },
	{ MUD "/is-supported", "1", BROKEN, 0, "J-8", "", "true or false" },
	{ MUD "/cache-validity", "0", BROKEN, 0, "M-CV-2", "",
	    "from 1 to 168" },
	{ MUD "/cache-validity", "169", BROKEN, 0, "M-CV-2", "", "" },
	{ MUD "/cache-validity", "'24'", BROKEN, 0, "J-7", "",
	    "\"cache-validity\": 24." },
	{ MUD "/mud-signature", "null", BROKEN, 0, "s6.2", "null", "" },
	{ MUD "/systeminfo", "['x']", BROKEN, 0, "s6.2", "an array",
	    "Write \"systeminfo\": \"x\"." },
	{ MUD "/systeminfo", "'a\\bb'", WRONG, 0, "M-SI-1", "control",
	    "without" },
	{ MUD "/mfg-name", "7", BROKEN, 0, "s6.2", "", "\"mfg-name\": \"7\"." },
	{ MUD "/model-name", "{}", BROKEN, 0, "s6.2", "an empty object", "" },
	{ MUD "/firmware-rev", "1", BROKEN, 0, "s6.2", "", "" },
	{ MUD "/software-rev", "2.5", BROKEN, 0, "s6.2", "", "" },
	{ MUD "/documentation", "true", BROKEN, 0, "s6.2", "", "" },
	{ MUD "/extensions", "[]", GOOD, 0, 0, 0, 0 },
	{ MUD "/extensions", "'x'", BROKEN, 0, "J-5", "",
	    "Write \"extensions\": [\"x\"]." },
	{ MUD "/extensions", "['']", BROKEN, MUD "/extensions/0", "M-EXT-1",
	    "1 to 40", "" },
	{ MUD "/extensions", "['a', 'b', 'a']", BROKEN, MUD "/extensions/2",
	    "M-EXT-1", "second time", "Leave it out" },
	{ MUD "/extensions", "[1]", BROKEN, MUD "/extensions/0", "s6.2", "",
	    "" },
	/* policies (M-FILE-9, J-11) */
	{ MUD "/from-device-policy", "{}", GOOD, 0, 0, 0, 0 },
	{ MUD "/from-device-policy", "null", BROKEN, 0, "J-4", "null", "" },
	{ MUD "/from-device-policy/access-lists", "{}", GOOD, 0, 0, 0, 0 },
	{ LIST, "[]", GOOD, 0, 0, 0, 0 },
	{ LIST, "'out4'", BROKEN, 0, "J-6", "", "[{\"name\": \"out4\"}]" },
	{ LIST, "{'name':'out4'}", BROKEN, 0, "J-6", "", "brackets" },
	{ LIST "/0", "'out4'", BROKEN, 0, "J-6", "", "" },
	{ LIST "/0", "{}", BROKEN, 0, "M-FILE-9", "no \"name\"", "" },
	{ LIST "/0/name", "'out9'", BROKEN, 0, "M-FILE-9",
	    "no ACL of this file has the name \"out9\"",
	    "Define the ACL \"out9\"" },
	{ LIST "/0/name", "''", BROKEN, 0, "M-FILE-9", "1 to 64", "" },
	{ LIST "/1/name", "'out4'", BROKEN, LIST "/1", "M-FILE-9", "a second",
	    "the same as the first" },
	{ LIST "/0/type", "'ipv4-acl-type'", DRAFT, 0, "M-FILE-2", "draft",
	    "the \"name\" of an ACL alone" },
	{ LIST "/0/aces", "{}", DRAFT, 0, "M-FILE-2", "draft", "Move it" },
	/* ACLs and ACEs (A-NAME-1, A-TYPE-1, A-ACT-1, A-ACT-2) */
	{ ACL "/0/type", NULL, GOOD, 0, 0, 0, 0 },
	{ ACL "/0/type", "'ipv5-acl-type'", BROKEN, 0, "A-TYPE-1", "one of",
	    "\"ipv4-acl-type\"" },
	{ ACL "/0/type", "'acl-base'", BROKEN, 0, "A-TYPE-1", "", "" },
	{ ACL "/0/type", "'other:t'", FOREIGN, 0, "M-EXT-2", "identity",
	    "Nothing" },
	{ ACL "/0/type", "'ipv4'", DRAFT, 0, "A-TYPE-1", "drafts",
	    "Write \"type\": \"ipv4-acl-type\"." },
	{ ACL "/0/aces", NULL, GOOD, 0, 0, 0, 0 },
	{ ACL "/0/aces", "{}", GOOD, 0, 0, 0, 0 },
	{ ACL "/0/aces", "[{'ace':[]}]", BROKEN, 0, "J-4", "",
	    "without brackets" },
	{ ACL "/0/aces/ace", "{}", BROKEN, 0, "J-6", "", "brackets" },
	{ OUT "/name", NULL, BROKEN, OUT, "A-NAME-1", "no \"name\"", "Add" },
	{ OUT "/name", "'no-ntp'", BROKEN, ACL "/1/aces/ace/1", "A-NAME-1",
	    "a second \"ace\"", "" },
	{ OUT "/name", "''", BROKEN, 0, "A-NAME-1", "1 to 64", "" },
	{ OUT "/actions", NULL, BROKEN, OUT, "A-ACT-1", "no \"actions\"",
	    "\"forwarding\": \"accept\"" },
	{ OUT "/actions", "{}", BROKEN, 0, "A-ACT-1", "no \"forwarding\"", "" },
	{ OUT "/actions/forwarding", "'deny'", BROKEN, 0, "A-ACT-1",
	    "one of accept, drop, reject", "Write \"forwarding\": \"drop\"." },
	{ OUT "/actions/forwarding", "'ACCEPT'", BROKEN, 0, "A-ACT-1", "",
	    "Write \"forwarding\": \"accept\"." },
	{ OUT "/actions/forwarding", "'acl:accept'", BROKEN, 0, "A-ACT-1", "",
	    "Write \"forwarding\": \"accept\"." },
	{ OUT "/actions/forwarding", "'x:y'", FOREIGN, 0, "M-EXT-2", "", "" },
	{ OUT "/actions/logging", "'syslog'", BROKEN, 0, "A-ACT-2", "",
	    "\"log-syslog\"" },
	{ OUT "/statistics", "{}", WRONG, 0, "RFC 8519 s4.1", "statistics",
	    "Leave it out" },
	{ "/ietf-access-control-list:acls/attachment-points", "{}", GOOD, 0, 0,
	    0, 0 },
	{ "/ietf-access-control-list:acls/attachment-points",
	    "{'interface':[]}", WRONG,
	    "/ietf-access-control-list:acls/attachment-points/interface",
	    "M-FILE-2", "", "Leave it out" },
	/* matches (A-SEM-2, A-TYPE-1) */
	{ OUT "/matches", NULL, GOOD, 0, 0, 0, 0 },
	{ OUT "/matches", "{}", GOOD, 0, 0, 0, 0 },
	{ OUT "/matches/udp", "{}", BROKEN, OUT "/matches", "A-SEM-2",
	    "\"tcp\" and \"udp\" exclude", "another ACE" },
	{ OUT "/matches/ipv6", "{}", BROKEN, OUT "/matches", "A-SEM-2",
	    "\"ipv4\" and \"ipv6\" exclude", "another ACE" },
	{ OUT "/matches/icmp", "{}", BROKEN, OUT "/matches", "A-SEM-2",
	    "exclude", "" },
	{ ETH, "{'ethertype':1}", WRONG, 0, "A-TYPE-1",
	    "no ACL of this file has a type", "\"eth-acl-type\"" },
	{ ETH, "{}", GOOD, 0, 0, 0, 0 },
	{ OUT "/matches/mud", "{}", WRONG, 0, "J-2", "",
	    "Write \"ietf-mud:mud\"" },
	{ OUT "/matches/actions", "{'forwarding':'drop'}", BROKEN, 0, "M-EXT-1",
	    "", "Move \"actions\" out of \"matches\"" },
	{ OUT "/matches/source-ipv4-network", "'x'", WRONG, 0, "M-EXT-1", "",
	    "\"source-ipv4-network\" in one of" },
	{ OUT "/matches/egress-interface", "'eth0'", WRONG, 0, "M-FILE-2",
	    "interface", "Leave it out" },
	{ OUT "/matches/ingress-interface", "'eth0'", WRONG, 0, "M-FILE-2",
	    "interface", "Leave it out" },
	{ OUT "/matches/x:y", "1", FOREIGN, 0, "M-EXT-2", "", "" },
	/* ip fields (RFC 8519 s4.2) */
	{ IP "/dscp", "63", GOOD, 0, 0, 0, 0 },
	{ IP "/dscp", "64", BROKEN, 0, "RFC 8519 s4.2", "0 to 63", "" },
	{ IP "/ecn", "3", GOOD, 0, 0, 0, 0 },
	{ IP "/ecn", "4", BROKEN, 0, "s4.2", "0 to 3", "" },
	{ IP "/length", "65536", BROKEN, 0, "s4.2", "", "" },
	{ IP "/ttl", "256", BROKEN, 0, "s4.2", "", "" },
	{ IP "/protocol", "256", BROKEN, 0, "s4.2", "", "" },
	{ IP "/protocol", "'tcp'", BROKEN, 0, "J-7", "", "" },
	{ IP "/ihl", "4", BROKEN, 0, "s4.2", "5 to 60", "" },
	{ IP "/ihl", "61", BROKEN, 0, "s4.2", "", "" },
	{ IP "/flags", "'fragment more'", GOOD, 0, 0, 0, 0 },
	{ IP "/flags", "'syn'", BROKEN, 0, "s4.2", "some of reserved", "" },
	{ IP "/flags", "'More, FRAGMENT'", BROKEN, 0, "s4.2", "",
	    "\"more fragment\"." },
	{ IP "/offset", "19", BROKEN, 0, "s4.2", "20 to 65535", "" },
	{ IP "/identification", "-1", BROKEN, 0, "s4.2", "", "" },
	{ IP "/destination-ipv4-network", "'192.0.2.1'", BROKEN, 0, "s4.2",
	    "an IPv4 address", "\"192.0.2.1/32\"." },
	{ IP "/source-ipv4-network", "'192.0.2.0/255.255.255.0'", BROKEN, 0,
	    "s4.2", "", "\"192.0.2.0/24\"." },
	{ IP "/source-ipv4-network", "'192.0.2.0/255.0.255.0'", BROKEN, 0,
	    "s4.2", "", "such as" },
	{ IP "/destination-ipv6-network", "'::/0'", WRONG, 0, "M-EXT-1", "",
	    "" },
	{ IP "/flow-label", "1", WRONG, 0, "M-EXT-1", "", "" },
	{ IP "/dst-dnsname", "'a.example'", WRONG, 0, "J-2", "",
	    "Write \"ietf-acldns:dst-dnsname\"" },
	{ IP "/ietf-acldns:src-dnsname", "'https://a.example/x'", BROKEN, 0,
	    "M-DNS-5", "a host name",
	    "\"ietf-acldns:src-dnsname\": \"a.example\"." },
	{ IP "/ietf-acldns:src-dnsname", "'a.example:80'", BROKEN, 0, "M-DNS-5",
	    "", "\"a.example\"." },
	{ IP "/ietf-acldns:src-dnsname", "'*.example'", BROKEN, 0, "M-DNS-5",
	    "", "such as" },
	{ IP "/ietf-acldns:src-dnsname", "[]", BROKEN, 0, "RFC 7951", "", "" },
	{ PING "/ipv6", "{'destination-ipv6-network':'2001:db8::1'}", BROKEN,
	    PING "/ipv6/destination-ipv6-network", "s4.2", "",
	    "\"2001:db8::1/128\"." },
	{ PING "/ipv6", "{'source-ipv6-network':'x'}", BROKEN,
	    PING "/ipv6/source-ipv6-network", "s4.2", "", "" },
	{ PING "/ipv6", "{'flow-label':1048575, 'ecn':0, 'dscp':0}", GOOD, 0, 0,
	    0, 0 },
	{ PING "/ipv6", "{'flow-label':1048576}", BROKEN,
	    PING "/ipv6/flow-label", "s4.2", "1048575", "" },
	{ PING "/ipv6", "{'hop-limit':1}", DRAFT, PING "/ipv6/hop-limit",
	    "M-FILE-2", "", "Write \"ttl\"" },
	/* tcp, udp, icmp */
	{ TCP "/sequence-number", "4294967296", BROKEN, 0, "s4.2", "", "" },
	{ TCP "/acknowledgement-number", "-1", BROKEN, 0, "s4.2", "", "" },
	{ TCP "/data-offset", "4", BROKEN, 0, "s4.2", "5 to 15", "" },
	{ TCP "/data-offset", "16", BROKEN, 0, "s4.2", "", "" },
	{ TCP "/reserved", "256", BROKEN, 0, "s4.2", "", "" },
	{ TCP "/flags", "'syn ack'", GOOD, 0, 0, 0, 0 },
	{ TCP "/flags", "'ns'", BROKEN, 0, "s4.2", "", "" },
	{ TCP "/window-size", "65536", BROKEN, 0, "s4.2", "", "" },
	{ TCP "/urgent-pointer", "65536", BROKEN, 0, "s4.2", "", "" },
	{ TCP "/options", "''", BROKEN, 0, "s4.2", "1 to 40 bytes", "" },
	{ TCP "/options", "1", BROKEN, 0, "J-10", "", "" },
	{ TCP "/direction-initiated", "'to-device'", WRONG, 0, "J-2", "",
	    "Write \"ietf-mud:direction-initiated\"" },
	{ TCP "/ietf-mud:direction-initiated", "'From-device'", BROKEN, 0,
	    "M-DIR-1", "", "\"from-device\"." },
	{ ACL "/1/aces/ace/1/matches/udp/ietf-mud:direction-initiated",
	    "'to-device'", WRONG, 0, "M-DIR-1", "TCP alone", "out." },
	{ ACL "/1/aces/ace/1/matches/udp/length", "65536", BROKEN, 0, "s4.2",
	    "", "" },
	{ PING "/icmp/type", "256", BROKEN, 0, "s4.2", "", "" },
	{ PING "/icmp/code", "'0'", BROKEN, 0, "J-7", "", "\"code\": 0." },
	{ PING "/icmp/rest-of-header", "'x'", BROKEN, 0, "s4.2", "", "" },
	/* ports (A-PORT-1, A-PORT-2) */
	{ PORT, "{}", GOOD, 0, 0, 0, 0 },
	{ PORT, "{'port':80}", GOOD, 0, 0, 0, 0 },
	{ PORT, "{'lower-port':5,'upper-port':5}", GOOD, 0, 0, 0, 0 },
	{ PORT, "80", BROKEN, 0, "J-4", "the number 80",
	    "Write \"destination-port\": {\"operator\": \"eq\", "
	    "\"port\": 80}." },
	{ PORT, "'443'", BROKEN, 0, "J-4", "", "\"port\": 443}." },
	{ PORT, "{'operator':'eq'}", BROKEN, 0, "A-PORT-1", "no \"port\"",
	    "Add" },
	{ PORT, "{'lower-port':1}", BROKEN, 0, "A-PORT-1", "no \"upper-port\"",
	    "Add" },
	{ PORT, "{'upper-port':1}", BROKEN, 0, "A-PORT-1", "no \"lower-port\"",
	    "Add" },
	{ PORT, "{'lower-port':9,'upper-port':8}", BROKEN, 0, "A-PORT-1",
	    "above", "\"lower-port\": 8, \"upper-port\": 9." },
	{ PORT, "{'lower-port':1,'upper-port':2,'port':3}", BROKEN, 0,
	    "A-PORT-1", "exclude", "Keep one" },
	{ PORT, "{'lower-port':1,'operator':'eq'}", BROKEN, 0, "A-PORT-1",
	    "exclude", "" },
	{ PORT, "{'port':65536}", BROKEN, PORT "/port", "A-PORT-1", "", "" },
	{ PORT, "{'lower-port':'a','upper-port':1}", BROKEN, PORT "/lower-port",
	    "J-7", "", "" },
	{ PORT, "{'lower-port':1,'upper-port':65536}", BROKEN,
	    PORT "/upper-port", "A-PORT-1", "", "" },
	{ PORT, "{'operator':'lt','port':1}", BROKEN, PORT "/operator",
	    "A-PORT-2", "one of eq, neq, lte, gte",
	    "\"lte\", with a \"port\" that is lower by one" },
	{ PORT, "{'operator':'>','port':1}", BROKEN, PORT "/operator",
	    "A-PORT-2", "", "\"gte\", with a \"port\" that is higher" },
	{ PORT, "{'operator':'range','port':1}", BROKEN, PORT "/operator",
	    "A-PORT-2", "", "\"lower-port\"" },
	{ TCP "/source-port-range-or-operator", "{'port':1}", DRAFT, 0,
	    "M-FILE-2", "", "Write \"source-port\"" },
	/* classes (M-CLS-1, J-13) */
	{ CLASS "/same-manufacturer", "[null]", GOOD, 0, 0, 0, 0 },
	{ CLASS "/same-manufacturer", "null", BROKEN, 0, "J-13", "null",
	    "Write \"same-manufacturer\": [null]." },
	{ CLASS "/local-networks", "true", BROKEN, 0, "J-13", "",
	    "\"local-networks\": [null]." },
	{ CLASS "/my-controller", "false", BROKEN, 0, "J-13", "",
	    "leave it out" },
	{ CLASS "/manufacturer", "'a b'", BROKEN, 0, "RFC 8520 s4", "", "" },
	{ CLASS "/model", "1", BROKEN, 0, "s6.2", "", "" },
	{ CLASS "/controller", "null", BROKEN, 0, "s6.2", "", "" },
	{ CLASS "/mud-url", "'x'", WRONG, 0, "M-EXT-1", "", "" },
	/* drafts (M-FILE-2) */
	{ OUT "/matches/l4", "{'tcp':{}}", DRAFT, 0, "M-FILE-2", "",
	    "Leave the wrapper out" },
	{ "/ietf-access-control-list:access-lists", "{}", DRAFT, 0, "M-FILE-2",
	    "draft", "Write \"ietf-access-control-list:acls\"" },
	{ "/ietf-mud:supportInformation", "{}", DRAFT, 0, "M-FILE-2", "",
	    "Write the file anew" },
};

struct told {
	size_t n;
	struct finding first;
	struct finding_kind kind;
};

static void
listen_to(void *arg, const struct finding *finding)
{
	struct told *told = arg;

	if (told->n++ > 0)
		return;
	told->first = *finding;
	told->kind = *finding->kind;
	told->first.kind = NULL;
}

static void
judge(json_t *root, struct findings *findings, struct told *told)
{
	const struct json_at top = { root, NULL, NULL, 0 };

	*told = (struct told){ .n = 0 };
	*findings = (struct findings){ .on = listen_to, .arg = told };
	schema_judge(&top, findings);
}

static char
sort_of(const struct finding_kind *kind)
{
	if (kind->refuses)
		return BROKEN;
	if (kind->severity == FINDING_INFO)
		return FOREIGN;
	return kind->code == FAULT_DRAFT_FILE ? DRAFT : WRONG;
}

static bool
has(const char *text, const char *part)
{
	return part == NULL || strstr(text, part) != NULL;
}

static void
check(const struct test_case *test, const struct findings *findings,
    const struct told *told)
{
	const struct finding *finding = &told->first;
	const char *at = test->at == NULL ? test->pointer : test->at;
	const char *name = test->value == NULL ? "(removed)" : test->value;

	if (findings->breaks_schema != (told->n > 0))
		fail_msg("%s %s: breaks_schema", test->pointer, name);
	if (test->sort == GOOD) {
		if (told->n != 0)
			fail_msg("%s %s: %s: %s", test->pointer, name,
			    finding->pointer, finding->message);
		return;
	}
	if (told->n != 1 || sort_of(&told->kind) != test->sort ||
	    !has(told->kind.clause, test->clause) ||
	    !has(finding->message, test->message) ||
	    !has(finding->fix, test->fix) || strcmp(finding->pointer, at) != 0)
		fail_msg("%s %s: %zu: %c %s | %s | %s | %s", test->pointer,
		    name, told->n, sort_of(&told->kind), finding->pointer,
		    finding->message, told->kind.clause, finding->fix);
	assert_true(told->kind.breaks_schema);
	assert_int_equal(
	    findings->refusal.code != FAULT_NONE, told->kind.refuses);
}

static void
judges_each_node(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		json_t *root = json_deep_copy(mudbase);
		struct findings findings;
		struct told told;

		mudbase_patch(root, cases[i].pointer, cases[i].value);
		judge(root, &findings, &told);
		check(&cases[i], &findings, &told);
		json_decref(root);
	}
}

/* With an ACL whose type allows them, all headers are judged (A-TYPE-2: any
 * ACL of the file will do). */
static const struct test_case ether[] = {
	{ ETH, "{}", GOOD, 0, 0, 0, 0 },
	{ ETH "/ethertype", "34958", GOOD, 0, 0, 0, 0 },
	{ ETH "/ethertype", "'eap'", GOOD, 0, 0, 0, 0 },
	{ ETH "/ethertype", "'0x888e'", DRAFT, 0, "RFC 8519 s4.2", "0x888e",
	    "Write \"ethertype\": 34958 or \"eap\"." },
	{ ETH "/ethertype", "'0x0006'", DRAFT, 0, "s4.2", "",
	    "Write \"ethertype\": 6." },
	{ ETH "/ethertype", "'34958'", BROKEN, 0, "s4.2", "", "34958" },
	{ ETH "/ethertype", "'EAP'", BROKEN, 0, "s4.2", "", "\"eap\"." },
	{ ETH "/ethertype", "65536", BROKEN, 0, "s4.2", "", "" },
	{ ETH "/ethertype", "'ether'", BROKEN, 0, "s4.2", "", "such as" },
	{ ETH "/ethertype", "1.5", BROKEN, 0, "J-14", "", "" },
	{ ETH "/source-mac-address", "'02:00:5e:00:53:01'", GOOD, 0, 0, 0, 0 },
	{ ETH "/source-mac-address", "'02-00-5e-00-53-01'", BROKEN, 0, "s4.2",
	    "with colons", "\"02:00:5e:00:53:01\"." },
	{ ETH "/source-mac-address-mask", "'ff'", BROKEN, 0, "s4.2", "", "" },
	{ ETH "/destination-mac-address", "1", BROKEN, 0, "s6.2", "", "" },
	{ ETH "/destination-mac-address-mask", "''", BROKEN, 0, "s4.2", "",
	    "" },
	{ OUT "/matches/eth-acl", "{}", DRAFT, 0, "M-FILE-2", "",
	    "Write \"eth\"" },
};

static void
judges_ethernet(void **state)
{
	static const char *const types[] = { "'eth-acl-type'",
		"'ethernet-acl-type'",
		"'ietf-access-control-list:mixed-eth-ipv4-acl-type'" };

	(void)state;
	for (size_t i = 0; i < COUNT(ether) * COUNT(types); i++) {
		const struct test_case *test = &ether[i / COUNT(types)];
		json_t *root = json_deep_copy(mudbase);
		struct findings findings;
		struct told told;

		mudbase_patch(root, ACL "/-", "{'name':'e'}");
		mudbase_patch(root, ETH, "{'ethertype':1}");
		mudbase_patch(root, test->pointer, test->value);
		mudbase_patch(root, ACL "/3/type", types[i % COUNT(types)]);
		judge(root, &findings, &told);
		/* The type's own finding stands behind. */
		if (i % COUNT(types) == 1)
			assert_int_equal(told.n, test->sort == GOOD ? 1 : 2);
		else
			check(test, &findings, &told);
		json_decref(root);
	}
}

/* Changes of which more than one thing is to be said. */
static const struct {
	const char *pointer, *value;
	size_t n; /* findings */
	bool refuses;
} many[] = {
	/* Two references to it, and three ACLs of this file. */
	{ "/ietf-access-control-list:acls", NULL, 3, true },
	{ ACL, "{}", 4, true },
	{ ACL "/0/name", "'out6'", 2, true },
	{ ACL "/0/name", NULL, 2, true },
	{ ACL "/2/type", "'ipv4-acl-type'", 0, false },
	{ ACL "/2/type", "'ethernet-acl-type'", 1, false },
	{ MUD, "{}", 4, true },
	{ MUD, "{'a':1,'b':2,'x:c':3}", 7, true },
	{ OUT, "{}", 2, true },
	{ OUT, "7", 1, true },
	{ OUT "/matches/l4", "{'udp':{}}", 2, true },
	{ OUT "/matches/l3", "{'ipv4':{'ttl':-1},'foo':1}", 3, true },
	{ OUT "/matches/l3", "5", 1, false },
	{ TCP "/source-port-range-or-operator", "{'port':'1'}", 2, true },
	{ PORT, "{'operator':'x','port':'1','lower-port':{}}", 4, true },
	{ CLASS, "{'same-manufacturer':null,'local-networks':[]}", 2, true },
	{ "/ietf-access-control-list:access-lists", "{'acl':[{}]}", 2, true },
	{ LIST "/0", "{'acl-name':'out4','acl-type':'ipv4-acl'}", 2, false },
};

static void
tells_all(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(many); i++) {
		json_t *root = json_deep_copy(mudbase);
		struct findings findings;
		struct told told;

		mudbase_patch(root, many[i].pointer, many[i].value);
		judge(root, &findings, &told);
		if (told.n != many[i].n ||
		    (findings.refusal.code != FAULT_NONE) != many[i].refuses)
			fail_msg("%s %s: %zu, %s", many[i].pointer,
			    many[i].value, told.n, findings.refusal.detail);
		json_decref(root);
	}
}

/* A whole file as the drafts of 2018 had it: every part of it is known, and
 * nothing in it refuses it. */
static void
reads_a_draft(void **state)
{
	static const char file[] =
	    "{'ietf-mud:mud':{'mud-version':1,'mud-url':'https://a.example/',"
	    "'last-update':'2018-03-02T11:20:51+01:00','is-supported':true,"
	    "'from-device-policy':{'access-lists':{'access-list':"
	    "[{'acl-name':'f','acl-type':'ipv4-acl'}]}}},"
	    "'ietf-access-control-list:access-lists':{'acl':[{'acl-name':'f',"
	    "'acl-type':'ipv4-acl','access-list-entries':{'ace':"
	    "[{'rule-name':'r','matches':{'l3':{'ipv4-acl':{'protocol':6}},"
	    "'l4':{'tcp-acl':{'source-port-range-or-operator':{'port':1}}}},"
	    "'actions':{'forwarding':'accept'}}]}}]}}";
	char text[sizeof(file)];
	struct findings findings;
	struct told told;
	json_t *root;

	(void)state;
	for (size_t i = 0; i < sizeof(file); i++)
		text[i] = file[i] == '\'' ? '"' : file[i];
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	judge(root, &findings, &told);
	/* Of the policy two, the top one, of the ACL three and its value, of
	 * the ACE one, two wrappers, three in them. */
	assert_int_equal(told.n, 13);
	assert_int_equal(findings.refusal.code, FAULT_NONE);
	assert_true(findings.breaks_schema);
	json_decref(root);
}

/* Without a listener the judgement is the same; so for the reader. */
static void
judges_unheard(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		json_t *root = json_deep_copy(mudbase);
		const struct json_at top = { root, NULL, NULL, 0 };
		struct findings findings = { .on = NULL }, heard;
		struct told told;

		mudbase_patch(root, cases[i].pointer, cases[i].value);
		schema_judge(&top, &findings);
		judge(root, &heard, &told);
		assert_int_equal(findings.breaks_schema, heard.breaks_schema);
		assert_int_equal(findings.n_errors, heard.n_errors);
		assert_int_equal(findings.refusal.code, heard.refusal.code);
		assert_string_equal(
		    findings.refusal.detail, heard.refusal.detail);
		json_decref(root);
	}
}

static void
knows_draft_names(void **state)
{
	const struct draft_name *name;

	(void)state;
	name = draft_name_find("", "ietf-access-control-list:access-lists");
	assert_int_equal(name->kind, DRAFT_RENAMED);
	assert_string_equal(name->modern, "ietf-access-control-list:acls");
	name = draft_name_find("matches", "l3");
	assert_int_equal(name->kind, DRAFT_WRAPPER);
	name = draft_name_find("access-list", "type");
	assert_int_equal(name->kind, DRAFT_GONE);
	assert_non_null(name->advice);
	assert_null(draft_name_find("acl", "type"));
	assert_null(draft_name_find("tcp", "rule-name"));
	assert_string_equal(
	    draft_value_find("type", "ietf-access-control-list:ipv6-acl"),
	    "ipv6-acl-type");
	assert_null(draft_value_find("type", "ipv6-acl-type"));
	assert_null(draft_value_find("forwarding", "ipv6"));
	assert_int_equal(draft_hex("0x888E"), 0x888e);
	assert_int_equal(draft_hex("0Xf"), 15);
	assert_int_equal(draft_hex("0x"), -1);
	assert_int_equal(draft_hex("0x12345"), -1);
	assert_int_equal(draft_hex("888e"), -1);
	assert_int_equal(draft_hex("0x88g"), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_each_node),
		cmocka_unit_test(judges_ethernet),
		cmocka_unit_test(tells_all),
		cmocka_unit_test(reads_a_draft),
		cmocka_unit_test(judges_unheard),
		cmocka_unit_test(knows_draft_names),
	};

	return cmocka_run_group_tests(tests, mudbase_load, mudbase_free);
}
