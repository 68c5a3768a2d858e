/*
 * Access control lists and their JSON, a test a clause: RFC 8519 s3, s4
 * (A-*) and RFC 7951 (J-*).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/clauses.h"

#define ACLS "/ietf-access-control-list:acls"

/* The good file with other matches in its first ACE, accepting. */
static struct outcome *
matching(const char *matches)
{
	return outcome_with(OUT "/matches", matches);
}

static void
matching_broken(const char *matches, const char *clause)
{
	broken(OUT "/matches", matches, clause);
}

/* The chain begins with this line. */
static void
expect_first(const char *matches, const char *line)
{
	struct outcome *outcome = matching(matches);
	const char *text;

	assert_non_null(outcome->policy);
	text = chain_alone(outcome->policy, CHAIN_FROM);
	if (strncmp(text, line, strlen(line)) != 0 ||
	    text[strlen(line)] != '\n')
		fail_msg("%s: %s", matches, text);
	outcome_done(outcome);
}

#define ENTRY(name, matches, action)                                           \
	"{'name':'" name "','matches':" matches                                \
	",'actions':{'forwarding':'" action "'}}"

/* The first entry that matches decides: their order stays, the file's. */
static void
A_SEM_1(void **state)
{
	static const char first[] =
	    "[" ENTRY("z", "{'tcp':{}}", "drop") "," ENTRY("a",
		"{'ipv4':{'protocol':6},'tcp':{'destination-port':"
		"{'port':443}}}",
		"accept") "]";
	static const char last[] =
	    "[" ENTRY("z", "{'tcp':{'destination-port':{'port':443}}}",
		"accept") "," ENTRY("a", "{'tcp':{}}", "drop") "]";
	struct outcome *outcome = outcome_with(ACL "/1/aces/ace", first);

	(void)state;
	assert_non_null(strstr(chain_alone(outcome->policy, CHAIN_FROM),
	    "meta nfproto ipv4 meta l4proto 6 goto drop_from\n"
	    "meta nfproto ipv4 tcp dport 443 return\n"));
	/* The second one never decides, which is told. */
	denies(outcome, SOURCE_ACE, FROM_TCP("203.0.113.9", 443));
	expect_told_at(
	    outcome, FINDING_WARNING, "A-SEM-1", ACL "/1/aces/ace/1");
	outcome_done(outcome);
	outcome = outcome_with(ACL "/1/aces/ace", last);
	assert_non_null(strstr(chain_alone(outcome->policy, CHAIN_FROM),
	    "meta nfproto ipv4 tcp dport 443 return\n"
	    "meta nfproto ipv4 meta l4proto 6 goto drop_from\n"));
	expect_silent(outcome, "A-SEM-1");
	allows(outcome, SOURCE_ACE, FROM_TCP("203.0.113.9", 443));
	denies(outcome, SOURCE_ACE, FROM_TCP("203.0.113.9", 80));
	outcome_done(outcome);
}

/* All conditions hold at once; one header a layer. */
static void
A_SEM_2(void **state)
{
	(void)state;
	expect_first("{'ipv4':{'protocol':6,'dscp':46,"
		     "'ietf-acldns:dst-dnsname':'a.example'},"
		     "'tcp':{'source-port':{'port':1},"
		     "'destination-port':{'port':2}}}",
	    "ip daddr @dns1_4 ip dscp 46 tcp sport 1 tcp dport 2 return");
	matching_broken("{'tcp':{},'udp':{}}", "A-SEM-2");
	matching_broken("{'udp':{},'icmp':{}}", "A-SEM-2");
	matching_broken("{'ipv4':{},'ipv6':{}}", "A-SEM-2");
}

/* An empty header asks for the header alone; no matches at all asks for
 * nothing, which an administrator sees first. */
static void
A_SEM_3(void **state)
{
	static const char *const nothing[] = { "{}", NULL, "{'ipv4':{}}" };
	struct outcome *outcome;

	(void)state;
	expect_first("{'tcp':{}}", "meta nfproto ipv4 meta l4proto 6 return");
	expect_first("{'udp':{'source-port':{}}}",
	    "meta nfproto ipv4 meta l4proto 17 return");
	for (size_t i = 0; i < COUNT(nothing); i++) {
		outcome = matching(nothing[i]);
		expect_held(outcome, FAULT_ACCEPTS_ALL, "A-SEM-3");
		expect_told(outcome, FINDING_WARNING, "A-SEM-3");
		expect_ace(outcome, 0, "+ f1");
		outcome_done(outcome);
	}
	/* To drop everything is no such matter. */
	used(ACL "/1/aces/ace/1/matches", "{}");
}

/* An ACL's end decides nothing: the next one is asked, and denial comes last
 * (M-POL-3). */
static void
A_SEM_4(void **state)
{
	struct outcome *outcome = outcome_with("/@x:y", "1");
	char *text = chains_of(outcome->policy, 1, true);

	(void)state;
	assert_non_null(strstr(text,
	    "udp dport 123 goto drop_from comment \"no-ntp\"\n"
	    "\tip6 daddr @local6 ip6 daddr != @self6 icmpv6 type 128"));
	/* Behind out4's end: out6 speaks of this one. */
	denies(outcome, SOURCE_ACE,
	    ((struct packet){
		FROM_DEVICE, "2001:db8::31", 58, 128, 0, OPENED_BY_SENDER }));
	denies(outcome, SOURCE_NONE, FROM_TCP("203.0.113.9", 80));
	free(text);
	outcome_done(outcome);
}

#define EIGHT "abcdefg_"
#define NAME  EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT

/* 1 to 64 characters, each name once; printable, and no part of a rule. */
static void
A_NAME_1(void **state)
{
	struct outcome *outcome;
	char *text;

	(void)state;
	used(OUT "/name", "'" NAME "'");
	broken(OUT "/name", "'" NAME "x'", "A-NAME-1");
	broken(OUT "/name", "''", "A-NAME-1");
	broken(OUT "/name", NULL, "A-NAME-1");
	broken(ACL "/0/name", "'" NAME "x'", "A-NAME-1");
	broken(ACL "/0/name", NULL, "A-NAME-1");
	broken(ACL "/1/aces/ace/1/name", "'cloud-out'", "A-NAME-1");
	broken(ACL "/2/name", "'out4'", "A-NAME-1");
	/* The modules take these; a log and a rule do not. */
	refused(OUT "/name", "'a\\u001b[2J'", "A-NAME-1");
	refused(OUT "/name", "'\\u00e4'", "A-NAME-1");
	outcome = outcome_with(OUT "/name", "'a\\u0022\\u005c b'");
	expect_used(outcome);
	text = chains_of(outcome->policy, 1, false);
	assert_non_null(strstr(text, "comment \"a__ b\"\n"));
	free(text);
	outcome_done(outcome);
}

/* A header that the ACL's type does not have. */
static void
A_TYPE_1(void **state)
{
	static const char *const four[] = { "'ipv4-acl-type'",
		"'mixed-eth-ipv4-acl-type'", "'mixed-eth-ipv4-ipv6-acl-type'" };
	static const char *const others[] = { "'ipv6-acl-type'",
		"'eth-acl-type'", "'mixed-eth-ipv6-acl-type'" };

	(void)state;
	for (size_t i = 0; i < COUNT(four); i++)
		used(ACL "/1/type", four[i]);
	for (size_t i = 0; i < COUNT(others); i++)
		refused(ACL "/1/type", others[i], "A-TYPE-1");
	broken(ACL "/1/type", "'ipv5-acl-type'", "A-TYPE-1");
	broken(ACL "/1/type", "4", "J-12");
	/* The other family's header: no ACL of the file has the type. */
	broken(IN "/matches/ipv6", "{}", "A-SEM-2");
}

/* Each ACL's own type counts; the modules ask any ACL of the file. */
static void
A_TYPE_2(void **state)
{
	struct outcome *outcome =
	    outcome_with(ACL "/1/type", "'ipv6-acl-type'");

	(void)state;
	expect_refused(outcome, "A-TYPE-2");
	expect_told_at(outcome, FINDING_ERROR, "A-TYPE-2", OUT "/matches/ipv4");
	assert_false(outcome->breaks_schema);
	outcome_done(outcome);
	outcome = outcome_with(ACL "/1/type", "'ipv4-acl-type'");
	expect_silent(outcome, "A-TYPE-2");
	outcome_done(outcome);
}

/* Without a type the entries say which family they speak of. */
static void
A_TYPE_3(void **state)
{
	struct outcome *outcome = outcome_with(ACL "/1/type", NULL);

	(void)state;
	expect_used(outcome);
	assert_false(outcome->breaks_schema);
	expect_told_at(outcome, FINDING_WARNING, "A-TYPE-3", ACL "/1");
	/* One with ipv4 is IPv4's, one with neither both families'. */
	expect_ace(outcome, 0, "+ f1 p6 d8883-8883 i1 dns=api.vendor.example");
	expect_ace(outcome, 1, "+ f3 p17 d123-123 ctl=urn:ietf:params:mud:ntp");
	outcome_done(outcome);
	outcome = outcome_with("/@x:y", "1");
	expect_silent(outcome, "A-TYPE-3");
	outcome_done(outcome);
}

/* Every entry says what becomes of the packet. */
static void
A_ACT_1(void **state)
{
	static const char *const good[] = { "'accept'", "'drop'", "'reject'",
		"'ietf-access-control-list:drop'" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		used(OUT "/actions/forwarding", good[i]);
	broken(OUT "/actions/forwarding", NULL, "A-ACT-1");
	broken(OUT "/actions", NULL, "A-ACT-1");
	broken(OUT "/actions/forwarding", "'deny'", "A-ACT-1");
	broken(OUT "/actions/forwarding", "'Accept'", "A-ACT-1");
}

/* Logging is one of two, and of no effect. */
static void
A_ACT_2(void **state)
{
	static const char *const good[] = { "'log-none'", "'log-syslog'",
		"'ietf-access-control-list:log-syslog'", NULL };
	struct outcome *base = outcome_with("/@x:y", "1");

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct outcome *outcome =
		    outcome_with(OUT "/actions/logging", good[i]);

		expect_used(outcome);
		assert_memory_equal(&outcome->policy->aces[0],
		    &base->policy->aces[0], sizeof(base->policy->aces[0]));
		outcome_done(outcome);
	}
	outcome_done(base);
	broken(OUT "/actions/logging", "'syslog'", "A-ACT-2");
}

#define UDP(port) "{'udp':{'destination-port':{" port "}}}"

/* Both ends of a range in order, or one port and how to compare. */
static void
A_PORT_1(void **state)
{
	static const char *const bad[] = {
		UDP("'lower-port':5"),
		UDP("'upper-port':5"),
		UDP("'operator':'eq'"),
		UDP("'lower-port':5,'upper-port':6,'port':5"),
		UDP("'lower-port':5,'upper-port':6,'operator':'eq'"),
		UDP("'lower-port':6,'upper-port':5"),
		UDP("'port':65536"),
		UDP("'port':-1"),
	};

	(void)state;
	expect_first(UDP("'lower-port':5,'upper-port':6"),
	    "meta nfproto ipv4 udp dport 5-6 return");
	expect_first(UDP("'lower-port':5,'upper-port':5"),
	    "meta nfproto ipv4 udp dport 5 return");
	expect_first(
	    UDP("'port':65535"), "meta nfproto ipv4 udp dport 65535 return");
	for (size_t i = 0; i < COUNT(bad); i++)
		matching_broken(bad[i], "A-PORT-1");
}

/* Four operators, and no others. */
static void
A_PORT_2(void **state)
{
	static const struct {
		const char *matches, *rule;
	} good[] = {
		{ UDP("'operator':'eq','port':9"), "udp dport 9" },
		{ UDP("'operator':'neq','port':9"), "udp dport != 9" },
		{ UDP("'operator':'lte','port':9"), "udp dport 0-9" },
		{ UDP("'operator':'gte','port':9"), "udp dport 9-65535" },
		{ UDP("'port':9"), "udp dport 9" },
	};
	static const char *const bad[] = { UDP("'operator':'lt','port':9"),
		UDP("'operator':'gt','port':9"),
		UDP("'operator':'range','port':9"),
		UDP("'operator':'EQ','port':9"),
		UDP("'operator':'','port':9") };
	char line[64];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		(void)snprintf(line, sizeof(line),
		    "meta nfproto ipv4 %s return", good[i].rule);
		expect_first(good[i].matches, line);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		matching_broken(bad[i], "A-PORT-2");
}

/* protocol and ttl in both families; the names of IPv6 do not exist. */
static void
A_PROTO_1(void **state)
{
	static const char *const unknown[] = { "next-header", "hop-limit" };
	struct outcome *outcome;
	char pointer[128];

	(void)state;
	outcome = matching("{'ipv4':{'protocol':47,'ttl':64}}");
	expect_used(outcome);
	assert_non_null(strstr(chain_alone(outcome->policy, CHAIN_FROM),
	    "ip ttl 64 meta l4proto 47 return"));
	outcome_done(outcome);
	outcome = outcome_with(
	    ACL "/2/aces/ace/0/matches", "{'ipv6':{'protocol':47,'ttl':64}}");
	expect_used(outcome);
	assert_non_null(strstr(chain_alone(outcome->policy, CHAIN_FROM),
	    "ip6 hoplimit 64 meta l4proto 47 goto drop_from"));
	outcome_done(outcome);
	for (size_t i = 0; i < COUNT(unknown); i++) {
		(void)snprintf(
		    pointer, sizeof(pointer), ACL "/2/aces/ace/0/matches/ipv6");
		outcome = outcome_with(
		    pointer, i == 0 ? "{'next-header':6}" : "{'hop-limit':64}");
		assert_true(outcome->breaks_schema);
		/* The entry drops. */
		expect_held(outcome, FAULT_DROP_NOT_UNDERSTOOD, "M-EXT-5");
		outcome_done(outcome);
	}
}

/* A header says its protocol; one that is named beside it is the same. */
static void
A_PROTO_2(void **state)
{
	struct outcome *outcome;

	(void)state;
	expect_first("{'tcp':{}}", "meta nfproto ipv4 meta l4proto 6 return");
	expect_first("{'ipv4':{'protocol':17},'udp':{}}",
	    "meta nfproto ipv4 meta l4proto 17 return");
	outcome = matching("{'ipv4':{'protocol':17},'tcp':{}}");
	expect_refused(outcome, "A-PROTO-2");
	expect_told(outcome, FINDING_ERROR, "A-PROTO-2");
	assert_false(outcome->breaks_schema);
	outcome_done(outcome);
	refused(
	    OUT "/matches", "{'ipv4':{'protocol':58},'icmp':{}}", "A-PROTO-2");
}

/* One container for ICMP and ICMPv6: the family says which it is. */
static void
A_ICMP_1(void **state)
{
	struct outcome *outcome;

	(void)state;
	expect_first("{'ipv4':{},'icmp':{'type':8}}",
	    "meta nfproto ipv4 icmp type 8 return");
	expect_first("{'icmp':{'type':8,'code':0}}",
	    "meta nfproto ipv4 icmp type 8 icmp code 0 return");
	outcome =
	    outcome_with(ACL "/2/aces/ace/0/actions/forwarding", "'accept'");
	assert_non_null(strstr(chain_alone(outcome->policy, CHAIN_FROM),
	    "icmpv6 type 128 icmpv6 code 0 return"));
	outcome_done(outcome);
	outcome = outcome_with(ACL "/2/type", NULL);
	/* Nothing says which: an entry that drops holds the file. */
	expect_held(outcome, FAULT_DROP_NOT_UNDERSTOOD, "A-ICMP-1");
	outcome_done(outcome);
}

/* MUD has no use for Ethernet: an entry about frames makes no rule. */
static void
A_FEAT_1(void **state)
{
	const struct change frames[] = { { ACL "/1/type", "'eth-acl-type'" },
		{ ACL "/1/aces/ace",
		    "[" ENTRY(
			"a", "{'eth':{'ethertype':'lldp'}}", "accept") "]" },
		{ NULL, NULL } };
	const struct change dropped[] = { { ACL "/1/type", "'eth-acl-type'" },
		{ ACL "/1/aces/ace",
		    "[" ENTRY(
			"a", "{'eth':{'ethertype':'lldp'}}", "drop") "]" },
		{ NULL, NULL } };
	const struct change macs[] = { { ACL "/1/type",
					   "'mixed-eth-ipv4-acl-type'" },
		{ OUT "/matches/eth",
		    "{'destination-mac-address':'02:00:5e:00:53:01'}" },
		{ NULL, NULL } };
	struct outcome *outcome = outcome_of(frames);

	(void)state;
	expect_used(outcome);
	assert_false(outcome->breaks_schema);
	expect_told(outcome, FINDING_WARNING, "A-FEAT-1");
	assert_null(strstr(chain_alone(outcome->policy, CHAIN_FROM), "return"));
	outcome_done(outcome);
	outcome = outcome_of(dropped);
	expect_held(outcome, FAULT_DROP_NOT_UNDERSTOOD, "A-FEAT-1");
	outcome_done(outcome);
	/* What the Thing sends comes in a frame that can be looked at. */
	outcome = outcome_of(macs);
	expect_used(outcome);
	assert_non_null(strstr(chain_alone(outcome->policy, CHAIN_FROM),
	    "ether daddr 02:00:5e:00:53:01"));
	outcome_done(outcome);
}

/* Ports and addresses are the packet's own: the service's port is the
 * destination from the Thing, the source to it. */
static void
A_DIR_1(void **state)
{
	struct outcome *outcome = outcome_with("/@x:y", "1");

	(void)state;
	assert_non_null(strstr(chain_alone(outcome->policy, CHAIN_FROM),
	    "ip daddr @dns1_4 tcp dport 8883"));
	assert_non_null(strstr(chain_alone(outcome->policy, CHAIN_TO),
	    "ip saddr @dns1_4 tcp sport 8883"));
	outcome_done(outcome);
	expect_first("{'tcp':{'source-port':{'port':7}}}",
	    "meta nfproto ipv4 tcp sport 7 return");
}

/* ---- RFC 7951 ----------------------------------------------------------- */

/* The module's name, never its prefix. */
static void
J_1(void **state)
{
	struct outcome *outcome;

	(void)state;
	outcome = outcome_with("/acl:acls", "{}");
	expect_told_at(outcome, FINDING_ERROR, "J-1", "/acl:acls");
	outcome_done(outcome);
	outcome =
	    outcome_with(OUT "/matches/ipv4/acldns:dst-dnsname", "'b.example'");
	expect_used(outcome);
	expect_ace(outcome, 0, "? f1");
	expect_told(outcome, FINDING_ERROR, "J-1");
	outcome_done(outcome);
}

/* Qualified where the module changes, and nowhere else. */
static void
J_2(void **state)
{
	static const char *const wrong[] = { MUD "/ietf-mud:systeminfo",
		OUT "/matches/ietf-access-control-list:udp", "/acls", "/mud",
		OUT "/matches/mud" };

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct outcome *outcome = outcome_with(wrong[i], "{}");

		assert_true(outcome->breaks_schema);
		expect_told_at(outcome, FINDING_ERROR, "J-2", wrong[i]);
		outcome_done(outcome);
	}
}

/* UTF-8, I-JSON, and each name once. */
static void
J_3(void **state)
{
	static const char *const bad[] = {
		"{\"ietf-mud:mud\":{},\"ietf-mud:mud\":{}}",
		"{\"ietf-mud:mud\":{\"mud-version\":1,\"mud-version\":1}}",
		"{\"ietf-mud:mud\":{\"systeminfo\":\"\xff\"}}",
		"{\"ietf-mud:mud\":{\"systeminfo\":\"\\ud800\"}}",
		"{\"ietf-mud:mud\":{},}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct outcome *outcome = outcome_text(bad[i], 0);

		expect_broken(outcome, "J-3");
		assert_int_equal(outcome->n, 1);
		outcome_done(outcome);
	}
	used(MUD "/mfg-name", "'\\u00c4\\ud83d\\ude00'");
}

/* A container is an object; choices and cases have no name here. */
static void
J_4(void **state)
{
	static const char *const containers[] = { MUD,
		MUD "/from-device-policy", ACLS, OUT "/matches",
		OUT "/matches/ipv4", OUT "/matches/tcp",
		OUT "/matches/tcp/destination-port", OUT "/actions",
		ACL "/1/aces" };
	struct outcome *outcome;

	(void)state;
	for (size_t i = 0; i < COUNT(containers); i++) {
		broken(containers[i], "[]", "J-4");
		broken(containers[i], "1", "J-4");
	}
	outcome = outcome_with(OUT "/matches/l3", "{'ipv4':{}}");
	assert_true(outcome->breaks_schema);
	outcome_done(outcome);
	outcome =
	    outcome_with(OUT "/matches/tcp/destination-port/port-range", "{}");
	assert_true(outcome->breaks_schema);
	outcome_done(outcome);
}

/* A leaf-list is an array of values. */
static void
J_5(void **state)
{
	(void)state;
	used(MUD "/extensions", "[]");
	used(MUD "/extensions", "['b','a']");
	broken(MUD "/extensions", "'a'", "J-5");
	broken(MUD "/extensions", "{}", "J-5");
	broken(MUD "/extensions", "[1]", "RFC 7951 s6.2");
	broken(MUD "/extensions", "[['a']]", "RFC 7951 s6.2");
}

/* A list is an array of objects, be it of one; its keys stand anywhere. */
static void
J_6(void **state)
{
	static const char *const lists[] = { ACL, ACL "/1/aces/ace",
		MUD "/from-device-policy/access-lists/access-list" };

	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++)
		broken(lists[i], "{}", "J-6");
	used(ACL "/1/aces/ace", "[{'actions':{'forwarding':'accept'},"
				"'matches':{'tcp':{}},'name':'last'}]");
}

/* Numbers of up to 32 bits are numbers, whole ones. */
static void
J_7(void **state)
{
	static const char *const numbers[] = { MUD "/mud-version",
		MUD "/cache-validity", OUT "/matches/ipv4/protocol",
		OUT "/matches/tcp/destination-port/port",
		ACL "/2/aces/ace/0/matches/icmp/type" };
	static const char *const wrong[] = { "'1'", "1.0", "1.5", "true",
		"[1]" };

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++)
		for (size_t j = 0; j < COUNT(wrong); j++)
			broken(numbers[i], wrong[j], "J-7");
	expect_first("{'tcp':{'sequence-number':4294967295}}",
	    "meta nfproto ipv4 tcp sequence 4294967295 return");
}

/* true and false, bare. */
static void
J_8(void **state)
{
	static const char *const wrong[] = { "'true'", "'false'", "1", "0",
		"null", "[true]" };

	(void)state;
	used(MUD "/is-supported", "true");
	used(MUD "/is-supported", "false");
	for (size_t i = 0; i < COUNT(wrong); i++)
		broken(MUD "/is-supported", wrong[i], "J-8");
}

/* An enumeration is its name, bits are their names with one space between. */
static void
J_9(void **state)
{
	struct outcome *outcome;

	(void)state;
	expect_first("{'tcp':{'flags':'syn'}}",
	    "meta nfproto ipv4 tcp flags == syn return");
	expect_first("{'tcp':{'flags':'syn ack'}}",
	    "meta nfproto ipv4 tcp flags == syn|ack return");
	outcome = matching("{'ipv4':{'flags':'fragment'}}");
	expect_used(outcome);
	outcome_done(outcome);
	matching_broken("{'tcp':{'flags':['syn']}}", "J-9");
	matching_broken("{'tcp':{'flags':2}}", "J-9");
	matching_broken("{'tcp':{'ietf-mud:direction-initiated':1}}", "J-9");
	outcome = matching("{'tcp':{'flags':'SYN'}}");
	assert_true(outcome->breaks_schema);
	outcome_done(outcome);
}

/* Octets are base64. */
static void
J_10(void **state)
{
	struct outcome *outcome = matching("{'tcp':{'options':'AQ=='}}");

	(void)state;
	expect_used(outcome);
	assert_false(outcome->breaks_schema);
	outcome_done(outcome);
	matching_broken("{'tcp':{'options':1}}", "J-10");
	outcome = matching("{'tcp':{'options':'A'}}");
	assert_null(outcome->policy);
	assert_true(outcome->breaks_schema);
	outcome_done(outcome);
}

/* A reference is written as the leaf that it refers to. */
static void
J_11(void **state)
{
	const char name[] =
	    MUD "/to-device-policy/access-lists/access-list/0/name";

	(void)state;
	used(name, "'in4'");
	broken(name, "1", "J-11");
	broken(name, "['in4']", "J-11");
}

/* Identities with or without their module, where it is the leaf's own. */
static void
J_12(void **state)
{
	(void)state;
	used(ACL "/1/type", "'ipv4-acl-type'");
	used(ACL "/1/type", "'ietf-access-control-list:ipv4-acl-type'");
	used(OUT "/actions/forwarding", "'accept'");
	used(OUT "/actions/forwarding", "'ietf-access-control-list:accept'");
	broken(OUT "/actions/forwarding", "'acl:accept'", "A-ACT-1");
	broken(OUT "/actions/forwarding", "1", "J-12");
	broken(ACL "/1/type", "[]", "J-12");
}

/* Type empty is [null] and nothing else. */
static void
J_13(void **state)
{
	static const char *const wrong[] = { "null", "true", "''", "[]", "{}",
		"[null,null]", "['null']" };
	static const char *const leaves[] = { "same-manufacturer",
		"local-networks", "my-controller" };
	char matches[128];

	(void)state;
	for (size_t i = 0; i < COUNT(leaves); i++) {
		(void)snprintf(matches, sizeof(matches),
		    "{'ietf-mud:mud':{'%s':[null]}}", leaves[i]);
		used(OUT "/matches", matches);
		for (size_t j = 0; j < COUNT(wrong); j++) {
			(void)snprintf(matches, sizeof(matches),
			    "{'ietf-mud:mud':{'%s':%s}}", leaves[i], wrong[j]);
			matching_broken(matches, "J-13");
		}
	}
}

/* A union is written as the type that the value has. */
static void
J_14(void **state)
{
	static const struct {
		const char *type, *clause; /* clause NULL: good */
	} types[] = { { "2048", NULL }, { "'ipv4'", NULL },
		{ "'2048'", "RFC 8519 s4.2" }, { "'IPv4'", "RFC 8519 s4.2" },
		{ "65536", "RFC 8519 s4.2" }, { "[]", "J-14" },
		{ "true", "J-14" } };

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		const struct change changes[] = {
			{ ACL "/1/type", "'mixed-eth-ipv4-acl-type'" },
			{ OUT "/matches/eth", "{}" },
			{ OUT "/matches/eth/ethertype", types[i].type },
			{ NULL, NULL }
		};
		struct outcome *outcome = outcome_of(changes);

		if (types[i].clause == NULL) {
			expect_used(outcome);
			assert_false(outcome->breaks_schema);
			expect_ace(outcome, 0,
			    "+ f1 p6 d8883-8883 i1 dns=api.vendor.example");
		} else {
			expect_broken(outcome, types[i].clause);
			expect_told_at(outcome, FINDING_ERROR, types[i].clause,
			    OUT "/matches/eth/ethertype");
		}
		outcome_done(outcome);
	}
}

/* Metadata is passed over, wherever it stands. */
static void
J_15(void **state)
{
	static const char *const places[] = { "/@x", MUD "/@mud-version",
		OUT "/@name", OUT "/matches/@x:y",
		OUT "/matches/ipv4/@protocol",
		OUT "/matches/tcp/destination-port/@port" };
	struct outcome *base = outcome_with(MUD "/mud-version", "1");

	(void)state;
	for (size_t i = 0; i < COUNT(places); i++) {
		struct outcome *outcome = outcome_with(places[i], "{'a:b':1}");

		expect_used(outcome);
		assert_false(outcome->breaks_schema);
		assert_int_equal(outcome->policy->info.n_ignored, 0);
		assert_memory_equal(&outcome->policy->aces[0],
		    &base->policy->aces[0], sizeof(base->policy->aces[0]));
		outcome_done(outcome);
	}
	outcome_done(base);
}

/* The order of members means nothing; that of an array does. */
static void
J_16(void **state)
{
	const struct change behind[] = { { OUT "/matches/ipv4", NULL },
		{ OUT "/matches/tcp/ietf-mud:direction-initiated", NULL },
		{ OUT "/matches/ipv4",
		    "{'ietf-acldns:dst-dnsname':'api.vendor.example',"
		    "'protocol':6}" },
		{ OUT "/matches/tcp/ietf-mud:direction-initiated",
		    "'from-device'" },
		{ NULL, NULL } };
	struct outcome *base = outcome_with("/@x:y", "1");
	struct outcome *outcome = outcome_of(behind);

	(void)state;
	expect_used(outcome);
	for (size_t i = 0; i < base->policy->n_aces; i++)
		assert_memory_equal(&outcome->policy->aces[i],
		    &base->policy->aces[i], sizeof(base->policy->aces[i]));
	outcome_done(outcome);
	outcome =
	    outcome_with(MUD "/from-device-policy/access-lists/access-list",
		"[{'name':'out6'},{'name':'out4'}]");
	assert_string_equal(outcome->policy->aces[0].acl, "out6");
	outcome_done(outcome);
	outcome_done(base);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(A_SEM_1),
		cmocka_unit_test(A_SEM_2),
		cmocka_unit_test(A_SEM_3),
		cmocka_unit_test(A_SEM_4),
		cmocka_unit_test(A_NAME_1),
		cmocka_unit_test(A_TYPE_1),
		cmocka_unit_test(A_TYPE_2),
		cmocka_unit_test(A_TYPE_3),
		cmocka_unit_test(A_ACT_1),
		cmocka_unit_test(A_ACT_2),
		cmocka_unit_test(A_PORT_1),
		cmocka_unit_test(A_PORT_2),
		cmocka_unit_test(A_PROTO_1),
		cmocka_unit_test(A_PROTO_2),
		cmocka_unit_test(A_ICMP_1),
		cmocka_unit_test(A_FEAT_1),
		cmocka_unit_test(A_DIR_1),
		cmocka_unit_test(J_1),
		cmocka_unit_test(J_2),
		cmocka_unit_test(J_3),
		cmocka_unit_test(J_4),
		cmocka_unit_test(J_5),
		cmocka_unit_test(J_6),
		cmocka_unit_test(J_7),
		cmocka_unit_test(J_8),
		cmocka_unit_test(J_9),
		cmocka_unit_test(J_10),
		cmocka_unit_test(J_11),
		cmocka_unit_test(J_12),
		cmocka_unit_test(J_13),
		cmocka_unit_test(J_14),
		cmocka_unit_test(J_15),
		cmocka_unit_test(J_16),
	};

	return cmocka_run_group_tests(tests, mudbase_load, mudbase_free);
}
