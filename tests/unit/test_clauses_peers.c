/*
 * Who the peer is and who opened the connection, a test a clause: RFC 8520
 * s1.7, s4 (M-CLS-*, M-MFG-*, M-MOD-*, M-LOC-*, M-CTL-*), s4.8 (M-DIR-*) and
 * s8 (M-DNS-*).  Who is a member of a class when, tests/scenario says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/url.h"
#include "tests/unit/clauses.h"

#define CLASS(m) "{'ietf-mud:mud':{" m "}}"
#define OPENER   "'ietf-mud:direction-initiated':"

/* The good file with other matches in its first from-device ACE. */
static struct outcome *
from_device(const char *matches)
{
	return outcome_with(OUT "/matches", matches);
}

/* The same in its to-device ACE. */
static struct outcome *
to_device(const char *matches)
{
	return outcome_with(IN "/matches", matches);
}

/* The first line of the chain. */
static void
expect_first(
    const struct outcome *outcome, enum rule_chain chain, const char *line)
{
	const char *text;

	assert_non_null(outcome->policy);
	text = chain_alone(outcome->policy, chain);
	if (strncmp(text, line, strlen(line)) != 0 ||
	    (text[strlen(line)] != '\n' && text[strlen(line)] != '\0'))
		fail_msg("chain %d: %s", (int)chain, text);
}

/* Nothing of the chain accepts. */
static void
expect_closed(const struct outcome *outcome, enum rule_chain chain)
{
	assert_non_null(outcome->policy);
	assert_null(strstr(chain_alone(outcome->policy, chain), "return"));
}

/* A class has any number of members; without one it is nobody, not all. */
static void
M_CLS_1(void **state)
{
	static const char *const empty[] = {
		CLASS("'controller':'urn:example:nobody'"),
		CLASS("'manufacturer':'nobody.example'"),
		CLASS("'model':'https://nobody.example/x'"),
		"{'ipv4':{'ietf-acldns:dst-dnsname':'nobody.example'}}",
	};
	struct outcome *outcome =
	    from_device(CLASS("'controller':'urn:example:hub'"));

	(void)state;
	expect_first(outcome, CHAIN_FROM, "ip daddr @cls2_4 return");
	allows(outcome, SOURCE_ACE, FROM_TCP("192.168.1.20", 80));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.22", 80));
	outcome_done(outcome);
	for (size_t i = 0; i < COUNT(empty); i++) {
		outcome = from_device(empty[i]);
		expect_used(outcome);
		expect_closed(outcome, CHAIN_FROM);
		denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.20", 80));
		denies(outcome, SOURCE_NONE, FROM_TCP("198.51.100.7", 80));
		outcome_done(outcome);
	}
}

/* The whole host: no part of it, no parent. */
static void
M_MFG_1(void **state)
{
	struct outcome *outcome =
	    from_device(CLASS("'manufacturer':'b.example'"));

	(void)state;
	expect_ace(outcome, 0, "+ f1 mfg=b.example");
	allows(outcome, SOURCE_ACE, FROM_TCP("192.168.1.31", 80));
	allows(outcome, SOURCE_ACE, FROM_TCP("192.168.1.34", 80));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.32", 80));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.30", 80));
	outcome_done(outcome);
	outcome = from_device(CLASS("'manufacturer':'b1.b.example'"));
	allows(outcome, SOURCE_ACE, FROM_TCP("192.168.1.32", 80));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.31", 80));
	outcome_done(outcome);
	broken(OUT "/matches", CLASS("'manufacturer':1"), "RFC 7951 s6.2");
}

/* Hosts without regard to case; the same manufacturer has the same port; no
 * userinfo; a dot at the end is not understood. */
static void
M_MFG_2(void **state)
{
	static const char *const odd[] = { "u@b.example", "b.example:8443",
		"*.b.example", "b.example/" };
	struct outcome *outcome =
	    from_device(CLASS("'manufacturer':'B.Example'"));
	struct url own, other;
	struct fault why;
	char matches[128];

	(void)state;
	expect_ace(outcome, 0, "+ f1 mfg=b.example");
	outcome_done(outcome);
	for (size_t i = 0; i < COUNT(odd); i++) {
		(void)snprintf(matches, sizeof(matches),
		    "{'ietf-mud:mud':{'manufacturer':'%s'}}", odd[i]);
		broken(OUT "/matches", matches, "RFC 8520 s4");
	}
	outcome = from_device(CLASS("'manufacturer':'b.example.'"));
	expect_ace(outcome, 0, "? f1");
	outcome_done(outcome);
	assert_true(url_parse("https://B.example:443/a", &own, &why));
	assert_true(url_parse("https://b.example/b", &other, &why));
	assert_true(url_same_authority(&own, &other));
	assert_true(url_parse("https://b.example:8443/a", &other, &why));
	assert_false(url_same_authority(&own, &other));
}

/* The Thing's own authority, whatever the file says its mud-url is: nothing of
 * the file is in the condition. */
static void
M_MFG_3(void **state)
{
	const struct change other[] = { { MUD "/mud-url",
					    "'https://rich.example/lamp'" },
		{ OUT "/matches", CLASS("'same-manufacturer':[null]") },
		{ NULL, NULL } };
	struct outcome *outcome = outcome_of(other);

	(void)state;
	expect_ace(outcome, 0, "+ f1 same=");
	assert_int_equal(outcome->policy->aces[0].peers[0].text, PEER_NO_TEXT);
	expect_first(outcome, CHAIN_FROM, "ip daddr @cls4_4 return");
	/* In the world the Thing is known by another URL than the file's. */
	allows(outcome, SOURCE_ACE, FROM_TCP("192.168.1.30", 80));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.31", 80));
	/* Another port is another authority (M-MFG-2). */
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.35", 80));
	outcome_done(outcome);
}

/* One MUD URL, whole, in its normal form. */
static void
M_MOD_1(void **state)
{
	struct outcome *outcome =
	    from_device(CLASS("'model':'HTTPS://B.Example:443/Lamp/V2?x=1'"));

	(void)state;
	expect_ace(outcome, 0, "+ f1 model=https://b.example/Lamp/V2?x=1");
	expect_first(outcome, CHAIN_FROM, "ip daddr @cls6_4 return");
	outcome_done(outcome);
	outcome = from_device(CLASS("'model':'https://b.example/lamp'"));
	expect_silent(outcome, "M-MOD-1");
	allows(outcome, SOURCE_ACE, FROM_TCP("192.168.1.31", 80));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.33", 80));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.34", 80));
	outcome_done(outcome);
	/* What can be nobody's MUD URL is nobody's model. */
	outcome = from_device(CLASS("'model':'http://b.example/lamp'"));
	expect_ace(outcome, 0, "? f1");
	expect_told(outcome, FINDING_WARNING, "M-MOD-1");
	outcome_done(outcome);
}

/* The LAN's own prefixes, never the gateway and never everything. */
static void
M_LOC_1(void **state)
{
	struct outcome *outcome = from_device(CLASS("'local-networks':[null]"));

	(void)state;
	expect_first(
	    outcome, CHAIN_FROM, "ip daddr @local4 ip daddr != @self4 return");
	allows(outcome, SOURCE_ACE, FROM_TCP("192.168.1.77", 80));
	allows(outcome, SOURCE_ACE, FROM_TCP("169.254.1.1", 80));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.1", 80));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.255", 80));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.2.1", 80));
	denies(outcome, SOURCE_NONE, FROM_UDP("224.0.0.251", 5353));
	denies(outcome, SOURCE_NONE, FROM_TCP("198.51.100.7", 80));
	outcome_done(outcome);
	outcome = outcome_with(ACL "/2/aces/ace/0",
	    "{'name':'a','matches':{'ietf-mud:mud':{"
	    "'local-networks':[null]}},'actions':{'forwarding':'accept'}}");
	assert_non_null(strstr(chain_alone(outcome->policy, CHAIN_FROM),
	    "ip6 daddr @local6 ip6 daddr != @self6 return"));
	outcome_done(outcome);
}

/* A standard service is named by a URN; one that nobody registered is a class
 * like any other, and told. */
static void
M_CTL_2(void **state)
{
	struct outcome *outcome =
	    from_device(CLASS("'controller':'urn:ietf:params:mud:dns'"));

	(void)state;
	assert_non_null(strstr(
	    chain_of(outcome->policy, CHAIN_FROM), "ip daddr @cls10_4 return"));
	allows(outcome, SOURCE_ACE, FROM_TCP("192.168.1.1", 853));
	expect_silent(outcome, "M-CTL-2");
	outcome_done(outcome);
	outcome =
	    from_device(CLASS("'controller':'urn:ietf:params:mud:gateway'"));
	expect_used(outcome);
	expect_ace(outcome, 0, "+ f1 ctl=urn:ietf:params:mud:gateway");
	expect_first(outcome, CHAIN_FROM, "ip daddr @cls2_4 return");
	/* Nobody is in it, least of all the gateway. */
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.1", 80));
	expect_told_at(outcome, FINDING_WARNING, "M-CTL-2",
	    OUT "/matches/ietf-mud:mud/controller");
	outcome_done(outcome);
}

/* ---- s4.8 --------------------------------------------------------------- */

/* In tcp alone. */
static void
M_DIR_1(void **state)
{
	static const char *const elsewhere[] = {
		"{'udp':{" OPENER "'from-device'}}",
		"{'icmp':{" OPENER "'from-device'}}",
		"{'ipv4':{" OPENER "'from-device'}}",
		"{" OPENER "'from-device'}",
		CLASS(OPENER "'from-device'"),
	};
	struct outcome *outcome =
	    from_device("{'tcp':{" OPENER "'from-device'}}");

	(void)state;
	expect_ace(outcome, 0, "+ f1 p6 i1");
	assert_false(outcome->breaks_schema);
	expect_silent(outcome, "M-DIR-1");
	outcome_done(outcome);
	for (size_t i = 0; i < COUNT(elsewhere); i++) {
		outcome = from_device(elsewhere[i]);
		expect_ace(outcome, 0, "? f1");
		expect_closed(outcome, CHAIN_FROM);
		assert_true(outcome->breaks_schema);
		outcome_done(outcome);
	}
	outcome = from_device(elsewhere[0]);
	expect_told(outcome, FINDING_ERROR, "M-DIR-1");
	outcome_done(outcome);
	broken(OUT "/matches", "{'tcp':{" OPENER "'both'}}", "M-DIR-1");
}

/* Where the Thing opens, what comes to it is let in only as a reply; and the
 * other way round. */
static void
M_DIR_2(void **state)
{
	struct outcome *outcome = to_device(
	    "{'tcp':{" OPENER "'from-device','source-port':{'port':443}}}");

	(void)state;
	expect_first(outcome, CHAIN_TO,
	    "meta nfproto ipv4 tcp sport 443 ct direction reply return");
	/* Nor is what the Thing would answer a stranger. */
	expect_closed(outcome, CHAIN_FROM_REPLY);
	allows(outcome, SOURCE_ACE, ANSWER_TCP("203.0.113.9", 443));
	denies(outcome, SOURCE_NONE,
	    ((struct packet){
		TO_DEVICE, "203.0.113.9", 6, 443, 40000, OPENED_BY_PEER }));
	outcome_done(outcome);
	outcome = to_device(
	    "{'tcp':{" OPENER "'to-device','destination-port':{'port':80}}}");
	expect_first(outcome, CHAIN_TO,
	    "meta nfproto ipv4 tcp dport 80 ct direction original return");
	allows(outcome, SOURCE_ACE, TO_TCP("203.0.113.9", 80));
	denies(outcome, SOURCE_NONE,
	    ((struct packet){
		TO_DEVICE, "203.0.113.9", 6, 443, 80, OPENED_BY_THING }));
	outcome_done(outcome);
	outcome = from_device(
	    "{'tcp':{" OPENER "'to-device','source-port':{'port':80}}}");
	expect_first(outcome, CHAIN_FROM,
	    "meta nfproto ipv4 tcp sport 80 ct direction reply return");
	outcome_done(outcome);
}

/* It names who opened, so both entries of one service say the same. */
static void
M_DIR_3(void **state)
{
	struct outcome *outcome = outcome_with("/@x:y", "1");

	(void)state;
	assert_int_equal(
	    outcome->policy->aces[0].initiated, INITIATED_FROM_DEVICE);
	assert_int_equal(
	    outcome->policy->aces[3].initiated, INITIATED_FROM_DEVICE);
	expect_first(outcome, CHAIN_FROM,
	    "ip daddr @dns1_4 tcp dport 8883 ct direction original return");
	expect_first(outcome, CHAIN_TO,
	    "ip saddr @dns1_4 tcp sport 8883 ct direction reply return");
	outcome_done(outcome);
}

/* By the tracked connection, so that all its packets count, not the first
 * alone; in IPv6 as in IPv4. */
static void
M_DIR_4(void **state)
{
	struct outcome *outcome = outcome_with(
	    ACL "/2/aces/ace/0/matches", "{'tcp':{" OPENER "'to-device'}}");

	(void)state;
	assert_non_null(strstr(chain_alone(outcome->policy, CHAIN_FROM),
	    "meta nfproto ipv6 meta l4proto 6 ct direction reply goto"));
	assert_null(strstr(chain_alone(outcome->policy, CHAIN_FROM), "syn"));
	outcome_done(outcome);
}

/* Without it either may have opened. */
static void
M_DIR_5(void **state)
{
	struct outcome *outcome =
	    from_device("{'tcp':{'destination-port':{'port':443}}}");

	(void)state;
	expect_ace(outcome, 0, "+ f1 p6 d443-443");
	expect_first(
	    outcome, CHAIN_FROM, "meta nfproto ipv4 tcp dport 443 return");
	allows(outcome, SOURCE_ACE, FROM_TCP("203.0.113.9", 443));
	allows(outcome, SOURCE_ACE,
	    ((struct packet){
		FROM_DEVICE, "203.0.113.9", 6, 40000, 443, OPENED_BY_PEER }));
	outcome_done(outcome);
}

/* No rule lets through whatever belongs to a known flow: a reply is judged by
 * the list of the side that opened, as it stands now. */
static void
M_DIR_6(void **state)
{
	static const char to_mirror[] =
	    "ct state established ct direction reply goto m";
	const struct change changes[] = { { OUT "/matches",
					      "{'udp':{'destination-port':{"
					      "'port':5683}}}" },
		{ MUD "/to-device-policy", NULL }, { NULL, NULL } };
	struct outcome *outcome = outcome_of(changes);
	char *text = chains_of(outcome->policy, 1, false);

	(void)state;
	for (const char *at = text; (at = strstr(at, "ct state")) != NULL; at++)
		assert_int_equal(strncmp(at, to_mirror, strlen(to_mirror)), 0);
	/* Towards the Thing: replies to what it may send, and no more. */
	assert_string_equal(chain_alone(outcome->policy, CHAIN_TO), "--");
	expect_first(
	    outcome, CHAIN_TO_REPLY, "meta nfproto ipv4 udp sport 5683 return");
	assert_non_null(strstr(text,
	    "chain pt_1 {\n\tct state established ct direction reply goto mt_1\n"));
	expect_closed(outcome, CHAIN_FROM_REPLY);
	allows(outcome, SOURCE_REPLY, ANSWER_UDP("203.0.113.9", 5683));
	denies(outcome, SOURCE_NONE, TO_UDP("203.0.113.9", 5683));
	denies(outcome, SOURCE_NONE, ANSWER_UDP("203.0.113.9", 5684));
	free(text);
	outcome_done(outcome);
}

/* ---- s8 ----------------------------------------------------------------- */

#define SRC(n) "{'ipv4':{'ietf-acldns:src-dnsname':'" n "'}}"
#define DST(n) "{'ipv4':{'ietf-acldns:dst-dnsname':'" n "'}}"

/* The name is the peer's: its destination from the Thing, its source to it. */
static void
M_DNS_1(void **state)
{
	struct outcome *outcome = from_device(DST("a.example"));

	(void)state;
	expect_ace(outcome, 0, "+ f1 dns=a.example");
	expect_silent(outcome, "M-DNS-1");
	outcome_done(outcome);
	outcome = from_device(SRC("a.example"));
	expect_used(outcome);
	expect_ace(outcome, 0, "? f1");
	expect_closed(outcome, CHAIN_FROM);
	expect_told_at(outcome, FINDING_ERROR, "M-DNS-1",
	    OUT "/matches/ipv4/ietf-acldns:src-dnsname");
	assert_false(outcome->breaks_schema);
	outcome_done(outcome);
	outcome = to_device(DST("a.example"));
	expect_ace(outcome, 3, "? f1");
	expect_closed(outcome, CHAIN_TO);
	expect_told(outcome, FINDING_ERROR, "M-DNS-1");
	outcome_done(outcome);
	outcome = to_device(SRC("a.example"));
	expect_ace(outcome, 3, "+ f1 dns=a.example");
	outcome_done(outcome);
	/* As a drop it would deny too little: an administrator looks. */
	outcome = outcome_with(ACL "/1/aces/ace/1/matches", SRC("a.example"));
	expect_held(outcome, FAULT_DROP_NOT_UNDERSTOOD, "M-DNS-1");
	outcome_done(outcome);
}

/* In ipv4 the name's A records, in ipv6 its AAAA records. */
static void
M_DNS_2(void **state)
{
	struct outcome *outcome = from_device(DST("a.example"));

	(void)state;
	expect_first(outcome, CHAIN_FROM, "ip daddr @dns1_4 return");
	assert_null(
	    strstr(chain_alone(outcome->policy, CHAIN_FROM), "@dns1_6"));
	allows(outcome, SOURCE_ACE, FROM_TCP("198.51.100.8", 80));
	denies(outcome, SOURCE_NONE, FROM_TCP("2001:db8:1::8", 80));
	outcome_done(outcome);
	outcome = outcome_with(ACL "/2/aces/ace/0/matches",
	    "{'ipv6':{'ietf-acldns:dst-dnsname':'a.example'}}");
	assert_non_null(strstr(chain_alone(outcome->policy, CHAIN_FROM),
	    "ip6 daddr @dns1_6 goto drop_from"));
	outcome_done(outcome);
	/* Not where the ACL speaks of the other family. */
	refused(OUT "/matches",
	    "{'ipv6':{'ietf-acldns:dst-dnsname':'a.example'}}", "A-TYPE-1");
}

/* No wildcards: the name and no other.  What has no address: M-DNS-4.scn. */
static void
M_DNS_4(void **state)
{
	struct outcome *outcome = from_device(DST("A.Example"));

	(void)state;
	expect_ace(outcome, 0, "+ f1 dns=a.example");
	allows(outcome, SOURCE_ACE, FROM_TCP("198.51.100.8", 80));
	denies(outcome, SOURCE_NONE, FROM_TCP("198.51.100.7", 80));
	outcome_done(outcome);
	outcome = from_device(DST("nothing.example"));
	denies(outcome, SOURCE_NONE, FROM_TCP("198.51.100.8", 80));
	outcome_done(outcome);
	/* The modules' pattern has no star either. */
	broken(OUT "/matches", DST("*.a.example"), "M-DNS-5");
	outcome = from_device(DST("a.local"));
	expect_used(outcome);
	expect_ace(outcome, 0, "? f1");
	expect_told(outcome, FINDING_WARNING, "M-DNS-4");
	outcome_done(outcome);
}

#define LABEL63                                                                \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* inet:host: a name of 1 to 253 characters, or an address (M-FILE-5). */
static void
M_DNS_5(void **state)
{
	static const char *const bad[] = { "", "a b.example", "a..example",
		"-a.example", "a-.example", LABEL63 "a.example",
		"\\u00e4.example", "a.example/" };
	struct outcome *outcome = from_device(DST("x--1.a-b.example"));
	char matches[256];

	(void)state;
	expect_ace(outcome, 0, "+ f1 dns=x--1.a-b.example");
	expect_silent_at(
	    outcome, "M-DNS-5", OUT "/matches/ipv4/ietf-acldns:dst-dnsname");
	outcome_done(outcome);
	for (size_t i = 0; i < COUNT(bad); i++) {
		(void)snprintf(matches, sizeof(matches),
		    "{'ipv4':{'ietf-acldns:dst-dnsname':'%s'}}", bad[i]);
		broken(OUT "/matches", matches, "M-DNS-5");
	}
	outcome = from_device(DST("192.0.2.1"));
	expect_held(outcome, FAULT_IP_LITERAL, "M-FILE-5");
	outcome_done(outcome);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(M_CLS_1),
		cmocka_unit_test(M_MFG_1),
		cmocka_unit_test(M_MFG_2),
		cmocka_unit_test(M_MFG_3),
		cmocka_unit_test(M_MOD_1),
		cmocka_unit_test(M_LOC_1),
		cmocka_unit_test(M_CTL_2),
		cmocka_unit_test(M_DIR_1),
		cmocka_unit_test(M_DIR_2),
		cmocka_unit_test(M_DIR_3),
		cmocka_unit_test(M_DIR_4),
		cmocka_unit_test(M_DIR_5),
		cmocka_unit_test(M_DIR_6),
		cmocka_unit_test(M_DNS_1),
		cmocka_unit_test(M_DNS_2),
		cmocka_unit_test(M_DNS_4),
		cmocka_unit_test(M_DNS_5),
	};

	return cmocka_run_group_tests(tests, mudbase_load, mudbase_free);
}
