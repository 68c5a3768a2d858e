/*
 * What a MUD file consists of, and what its two policies mean, a test a
 * clause: RFC 8520 s2 (M-FILE-*), s3.3, s5 (M-POL-*) and Appendix A (M-DEF-*).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/words.h"
#include "tests/unit/clauses.h"

#define ACLS      "/ietf-access-control-list:acls"
#define FROM      MUD "/from-device-policy"
#define TO        MUD "/to-device-policy"
#define FROM_LIST FROM "/access-lists/access-list"
#define TO_LIST   TO "/access-lists/access-list"

/* The first from-device ACE, its matches and its action changed. */
static struct outcome *
entry(const char *matches, const char *forwarding)
{
	const struct change changes[] = { { OUT "/matches", matches },
		{ OUT "/actions/forwarding", forwarding }, { NULL, NULL } };

	return outcome_of(changes);
}

/* The good file with that list of ACLs for what the Thing sends, and nothing
 * else; `acls` are more of them, behind the three that there are. */
static struct outcome *
listing(const char *names, const char *acl)
{
	const struct change changes[] = { { ACL "/-", acl },
		{ FROM_LIST, names }, { TO, NULL }, { NULL, NULL } };

	return outcome_of(changes);
}

/* Both containers at the root: without mud it is no MUD file, and a policy
 * needs the ACLs that it names. */
static void
M_FILE_1(void **state)
{
	struct outcome *outcome = outcome_text("[]", 0);

	(void)state;
	expect_refused(outcome, "RFC 8520 s2");
	outcome_done(outcome);
	outcome = outcome_text("{}", 0);
	expect_refused(outcome, "M-FILE-1");
	outcome_done(outcome);
	used("/@x:y", "1");
	used("/x:more", "{}");
	refused(MUD, NULL, "M-FILE-1");
	broken(ACLS, NULL, "M-FILE-9");
}

/* Nodes of other modules are not read; nor is what the ACL model has for
 * routers. */
static void
M_FILE_2(void **state)
{
	struct outcome *outcome =
	    outcome_with(ACLS "/attachment-points", "{'interface':[]}");

	(void)state;
	expect_used(outcome);
	assert_true(outcome->breaks_schema);
	expect_told(outcome, FINDING_ERROR, "M-FILE-2");
	outcome_done(outcome);
	outcome = outcome_with(OUT "/matches/egress-interface", "'eth0'");
	expect_ace(outcome, 0, "? f1");
	expect_told(outcome, FINDING_ERROR, "M-FILE-2");
	outcome_done(outcome);
	outcome = outcome_with(MUD "/openconfig-acl:acl", "{}");
	expect_used(outcome);
	assert_int_equal(outcome->policy->info.n_ignored, 1);
	outcome_done(outcome);
}

/* No frame and no interface decides: such an entry is left out whole, never
 * one of its conditions. */
static void
M_FILE_3(void **state)
{
	static const char *const out[] = {
		"{'eth':{'ethertype':'arp'}}",
		"{'eth':{'ethertype':34958},'ipv4':{'protocol':6}}",
		"{'ingress-interface':'eth0','ipv4':{'protocol':6}}",
		"{'ipv4':{'protocol':6},'tcp':{'options':'AQ=='}}",
		"{'icmp':{'rest-of-header':'AA=='}}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(out); i++) {
		const struct change changes[] = { { OUT "/matches", out[i] },
			{ ACL "/1/type", "'mixed-eth-ipv4-acl-type'" },
			{ NULL, NULL } };
		struct outcome *outcome = outcome_of(changes);

		expect_used(outcome);
		expect_ace(outcome, 0, "? f1");
		assert_true(outcome->n > 0);
		assert_null(
		    strstr(chain_alone(outcome->policy, CHAIN_FROM), "return"));
		outcome_done(outcome);
	}
}

/* accept or drop; reject is read as drop, another action as drop too, and
 * logging is not read. */
static void
M_FILE_4(void **state)
{
	static const struct {
		const char *action;
		enum forwarding forwarding;
		const char *verdict;
	} actions[] = {
		{ "'accept'", FORWARD_ACCEPT, "meta l4proto 47 return" },
		{ "'drop'", FORWARD_DROP, "meta l4proto 47 goto drop_from" },
		{ "'reject'", FORWARD_REJECT,
		    "meta l4proto 47 goto drop_from" },
		{ "'x:mirror'", FORWARD_DROP,
		    "meta l4proto 47 goto drop_from" },
	};
	struct outcome *outcome;

	(void)state;
	for (size_t i = 0; i < COUNT(actions); i++) {
		outcome = entry("{'ipv4':{'protocol':47}}", actions[i].action);
		expect_used(outcome);
		assert_int_equal(
		    outcome->policy->aces[0].forwarding, actions[i].forwarding);
		assert_non_null(strstr(chain_alone(outcome->policy, CHAIN_FROM),
		    actions[i].verdict));
		outcome_done(outcome);
	}
	outcome = entry("{'ipv4':{'protocol':47}}", "'x:mirror'");
	expect_told_at(
	    outcome, FINDING_WARNING, "M-FILE-4", OUT "/actions/forwarding");
	outcome_done(outcome);
	/* Whatever else stands beside it changes nothing. */
	used(OUT "/actions/logging", "'log-syslog'");
	used(OUT "/actions/x:rate-limit", "1");
}

/* An address as a number: an administrator looks first. */
static void
M_FILE_5(void **state)
{
	static const char *const literals[] = {
		"{'ipv4':{'destination-ipv4-network':'192.0.2.0/24'}}",
		"{'ipv4':{'destination-ipv4-network':'192.168.1.1/32'}}",
		"{'ipv4':{'destination-ipv4-network':'224.0.0.251/32'}}",
		"{'ipv4':{'destination-ipv4-network':'0.0.0.0/0'}}",
		"{'ipv4':{'ietf-acldns:dst-dnsname':'192.0.2.1'}}",
		"{'ietf-mud:mud':{'manufacturer':'192.0.2.1'}}",
	};
	struct outcome *outcome = entry(
	    "{'ipv4':{'ietf-acldns:dst-dnsname':'a.example'}}", "'accept'");

	(void)state;
	expect_used(outcome);
	expect_silent(outcome, "M-FILE-5");
	outcome_done(outcome);
	for (size_t i = 0; i < COUNT(literals); i++) {
		outcome = entry(literals[i], "'accept'");
		expect_held(outcome, FAULT_IP_LITERAL, "M-FILE-5");
		expect_told(outcome, FINDING_WARNING, "M-FILE-5");
		outcome_done(outcome);
		/* It is no matter of what the entry would do. */
		outcome = entry(literals[i], "'drop'");
		assert_int_not_equal(outcome->policy->hold.code, FAULT_NONE);
		outcome_done(outcome);
	}
	outcome = outcome_with(ACL "/2/aces/ace/0/matches",
	    "{'ipv6':{'destination-ipv6-network':'2001:db8::/32'}}");
	expect_held(outcome, FAULT_IP_LITERAL, "M-FILE-5");
	outcome_done(outcome);
}

/* The Thing's own side needs no condition: its policy is asked for its packets
 * alone.  An address there is a literal like any other. */
static void
M_FILE_6(void **state)
{
	struct outcome *outcome = outcome_with("/@x:y", "1");

	(void)state;
	assert_string_equal(chain_alone(outcome->policy, CHAIN_TO),
	    "ip saddr @dns1_4 tcp sport 8883 ct direction reply return\n--");
	assert_null(strstr(chain_of(outcome->policy, CHAIN_FROM), "saddr"));
	assert_null(strstr(chain_of(outcome->policy, CHAIN_TO), "daddr"));
	outcome_done(outcome);
	outcome = entry(
	    "{'ipv4':{'source-ipv4-network':'192.168.1.7/32'}}", "'accept'");
	expect_held(outcome, FAULT_IP_LITERAL, "M-FILE-5");
	expect_ace(outcome, 0, "+ f1 from=192.168.1.7/32");
	outcome_done(outcome);
	/* One ACL cannot be right for both sides. */
	outcome = outcome_with(TO_LIST "/0/name", "'out6'");
	expect_told(outcome, FINDING_WARNING, "M-FILE-6");
	outcome_done(outcome);
}

/* All conditions hold at once, two abstractions as well. */
static void
M_FILE_7(void **state)
{
	struct outcome *outcome = entry(
	    "{'ietf-mud:mud':{'manufacturer':'b.example',"
	    "'local-networks':[null]},'ipv4':{'protocol':17},"
	    "'udp':{'source-port':{'port':7},'destination-port':{'port':9}}}",
	    "'accept'");

	(void)state;
	expect_used(outcome);
	assert_non_null(strstr(chain_alone(outcome->policy, CHAIN_FROM),
	    "ip daddr @cls5_4 ip daddr @local4 ip daddr != @self4 "
	    "udp sport 7 udp dport 9 return"));
	expect_told(outcome, FINDING_WARNING, "M-FILE-7");
	outcome_done(outcome);
	/* One of the two has no member: no rule. */
	outcome = entry("{'ietf-mud:mud':{'manufacturer':'nobody.example',"
			"'local-networks':[null]}}",
	    "'accept'");
	assert_null(strstr(chain_alone(outcome->policy, CHAIN_FROM), "local4"));
	outcome_done(outcome);
	outcome =
	    entry("{'ietf-mud:mud':{'controller':'urn:a:b'}}", "'accept'");
	expect_silent(outcome, "M-FILE-7");
	outcome_done(outcome);
}

/* A file is looked at before it is used: what opens everything waits, and an
 * administrator reads in words what it opens. */
static void
M_FILE_8(void **state)
{
	struct outcome *outcome = entry("{}", "'accept'");
	struct words_line *lines;
	size_t n;

	(void)state;
	expect_held(outcome, FAULT_ACCEPTS_ALL, "A-SEM-3");
	lines = words_of(outcome->policy, &n);
	assert_true(n > 0);
	assert_int_equal(lines[0].warnings & (WORDS_ANY_PEER | WORDS_ANYTHING),
	    WORDS_ANY_PEER | WORDS_ANYTHING);
	free(lines);
	outcome_done(outcome);
	outcome =
	    entry("{'ietf-mud:mud':{'local-networks':[null]}}", "'accept'");
	expect_used(outcome);
	expect_told(outcome, FINDING_WARNING, "M-FILE-8");
	lines = words_of(outcome->policy, &n);
	assert_int_equal(
	    lines[0].warnings & WORDS_LOCAL_NETWORKS, WORDS_LOCAL_NETWORKS);
	free(lines);
	outcome_done(outcome);
	outcome = outcome_with("/@x:y", "1");
	lines = words_of(outcome->policy, &n);
	assert_int_equal(lines[0].warnings, 0);
	assert_string_equal(
	    lines[0].text, "may connect to api.vendor.example, TCP port 8883");
	free(lines);
	expect_silent(outcome, "M-FILE-8");
	outcome_done(outcome);
}

/* A policy names ACLs that there are, each once; keys are unique. */
static void
M_FILE_9(void **state)
{
	(void)state;
	broken(FROM_LIST "/0/name", "'gone'", "M-FILE-9");
	broken(FROM_LIST "/0/name", NULL, "M-FILE-9");
	broken(FROM_LIST "/1/name", "'out4'", "M-FILE-9");
	broken(ACL "/0/name", "'out4'", "A-NAME-1");
	broken(ACL "/1/aces/ace/1/name", "'cloud-out'", "A-NAME-1");
	/* The same name in two ACLs is none twice. */
	used(ACL "/2/aces/ace/0/name", "'cloud-out'");
}

/* Names of ACLs belong to their file: rules stand under the policy's number,
 * and a name is at most a comment. */
static void
M_FILE_10(void **state)
{
	struct outcome *outcome = outcome_with(ACL "/1/name", "'out4'");
	char *one = chains_of(outcome->policy, 1, true);
	char *two = chains_of(outcome->policy, 2, true);

	(void)state;
	assert_null(strstr(one, "out4"));
	assert_non_null(strstr(one, "chain pf_1 {"));
	assert_null(strstr(one, "pf_2"));
	assert_non_null(strstr(two, "chain pf_2 {"));
	assert_null(strstr(two, "f_1"));
	free(one);
	free(two);
	outcome_done(outcome);
	outcome = outcome_with(OUT "/name", "'x\\u0022; accept'");
	one = chains_of(outcome->policy, 1, true);
	assert_non_null(strstr(one, "comment \"x_; accept\"\n"));
	free(one);
	outcome_done(outcome);
}

/* ---- s3.3, s5 ----------------------------------------------------------- */

/* What the Thing sends is judged by the one list, what it gets by the
 * other. */
static void
M_POL_1(void **state)
{
	const struct change swapped[] = { { FROM_LIST, "[{'name':'in4'}]" },
		{ TO_LIST, "[]" }, { IN "/matches/ipv4", "{'protocol':6}" },
		{ NULL, NULL } };
	struct outcome *outcome = outcome_with("/@x:y", "1");

	(void)state;
	for (size_t i = 0; i < outcome->policy->n_aces; i++)
		assert_int_equal(outcome->policy->aces[i].direction,
		    i < 3 ? FROM_DEVICE : TO_DEVICE);
	expect_silent(outcome, "M-POL-1");
	outcome_done(outcome);
	outcome = outcome_of(swapped);
	assert_string_equal(chain_alone(outcome->policy, CHAIN_FROM),
	    "meta nfproto ipv4 tcp sport 8883 ct direction original return\n"
	    "--");
	assert_string_equal(chain_alone(outcome->policy, CHAIN_TO), "--");
	/* ACLs that no list names have no effect, which is told. */
	expect_told_at(outcome, FINDING_WARNING, "M-POL-1", ACL "/1");
	assert_int_equal(outcome->policy->n_aces, 1);
	outcome_done(outcome);
}

#define ONE_ACE(name, protocol, action)                                        \
	"{'name':'" name "','type':'ipv4-acl-type','aces':{'ace':[{"           \
	"'name':'" name "','matches':{'ipv4':{'protocol':" protocol            \
	"}},'actions':{'forwarding':'" action "'}}]}}"

/* Entries keep their order, and lists the order in which the policy names
 * them; lists that contradict are told of. */
static void
M_POL_2(void **state)
{
	struct outcome *outcome = listing(
	    "[{'name':'new'},{'name':'out4'}]", ONE_ACE("new", "6", "drop"));

	(void)state;
	expect_used(outcome);
	assert_string_equal(outcome->policy->aces[0].acl, "new");
	assert_string_equal(outcome->policy->aces[1].name, "cloud-out");
	assert_string_equal(outcome->policy->aces[2].name, "no-ntp");
	expect_told(outcome, FINDING_WARNING, "M-POL-2");
	denies(outcome, SOURCE_ACE, FROM_TCP("198.51.100.7", 8883));
	outcome_done(outcome);
	outcome = listing(
	    "[{'name':'out4'},{'name':'new'}]", ONE_ACE("new", "6", "drop"));
	assert_string_equal(outcome->policy->aces[0].name, "cloud-out");
	assert_string_equal(outcome->policy->aces[2].acl, "new");
	allows(outcome, SOURCE_ACE, FROM_TCP("198.51.100.7", 8883));
	denies(outcome, SOURCE_ACE, FROM_TCP("198.51.100.7", 8884));
	outcome_done(outcome);
	/* These do not overlap. */
	outcome = listing(
	    "[{'name':'new'},{'name':'out4'}]", ONE_ACE("new", "47", "drop"));
	expect_silent(outcome, "M-POL-2");
	outcome_done(outcome);
}

/* The good file without an entry. */
static struct outcome *
empty_policy(void)
{
	const struct change changes[] = { { FROM_LIST, "[]" },
		{ TO_LIST, "[]" }, { NULL, NULL } };

	return outcome_of(changes);
}

/* What nothing permits is denied, both ways, on the LAN too. */
static void
M_POL_3(void **state)
{
	static const char *const ends[] = {
		"chain pf_1 {\n\tct state established ct direction reply goto mf_1\n\tgoto drop_",
		"chain pt_1 {\n\tct state established ct direction reply goto mt_1\n\tgoto drop_",
		"chain mf_1 {\n\tgoto drop_from",
		"chain mt_1 {\n\tgoto drop_to",
	};
	struct outcome *outcome = empty_policy();
	char *text;

	(void)state;
	expect_used(outcome);
	assert_string_equal(chain_alone(outcome->policy, CHAIN_FROM), "--");
	assert_string_equal(chain_alone(outcome->policy, CHAIN_TO), "--");
	text = chains_of(outcome->policy, 1, false);
	for (size_t i = 0; i < COUNT(ends); i++)
		assert_non_null(strstr(text, ends[i]));
	free(text);
	denies(outcome, SOURCE_NONE, FROM_TCP("198.51.100.7", 443));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.31", 80));
	denies(outcome, SOURCE_NONE, FROM_UDP("192.168.1.31", 53));
	denies(outcome, SOURCE_NONE, TO_TCP("198.51.100.7", 80));
	denies(outcome, SOURCE_NONE, TO_TCP("192.168.1.31", 80));
	outcome_done(outcome);
}

static const char dns_ntp_from[] =
    "ip daddr @cls10_4 udp dport 53 return\n"
    "ip6 daddr @cls10_6 udp dport 53 return\n"
    "ip daddr @cls10_4 tcp dport 53 ct direction original return\n"
    "ip6 daddr @cls10_6 tcp dport 53 ct direction original return\n"
    "ip daddr @cls11_4 udp dport 123 return\n"
    "ip6 daddr @cls11_6 udp dport 123 return";
static const char dns_ntp_to[] = "ip saddr @cls10_4 udp sport 53 return\n"
				 "ip6 saddr @cls10_6 udp sport 53 return\n"
				 "ip saddr @cls11_4 udp sport 123 return\n"
				 "ip6 saddr @cls11_6 udp sport 123 return";

static void
expect_ends(const char *text, const char *end)
{
	assert_true(strlen(text) >= strlen(end));
	assert_string_equal(text + strlen(text) - strlen(end), end);
}

/* Local DNS and NTP are permitted by default, to the Thing and from it. */
static void
M_POL_4(void **state)
{
	struct outcome *outcome = empty_policy();

	(void)state;
	expect_ends(chain_of(outcome->policy, CHAIN_FROM), dns_ntp_from);
	expect_ends(chain_of(outcome->policy, CHAIN_TO), dns_ntp_to);
	allows(outcome, SOURCE_DEFAULT, FROM_UDP("192.168.1.1", 53));
	allows(outcome, SOURCE_DEFAULT, FROM_UDP("192.168.1.1", 123));
	allows(outcome, SOURCE_DEFAULT, FROM_UDP("2001:db8::1", 53));
	allows(outcome, SOURCE_REPLY, ANSWER_UDP("192.168.1.1", 53));
	denies(outcome, SOURCE_NONE, FROM_UDP("198.51.100.7", 53));
	outcome_done(outcome);
}

/* They come after all that the file says, so that its drop wins. */
static void
M_POL_5(void **state)
{
	struct outcome *outcome = outcome_with("/@x:y", "1");
	const char *text = chain_of(outcome->policy, CHAIN_FROM);
	const char *drop =
	    strstr(text, "ip daddr @cls11_4 udp dport 123 goto drop_from\n");
	const char *pass =
	    strstr(text, "ip daddr @cls11_4 udp dport 123 return\n");

	(void)state;
	assert_non_null(drop);
	assert_non_null(pass);
	assert_true(drop < pass);
	denies(outcome, SOURCE_ACE, FROM_UDP("192.168.1.1", 123));
	allows(outcome, SOURCE_DEFAULT, FROM_UDP("192.168.1.1", 53));
	outcome_done(outcome);
}

/* The file's entries in order, then the defaults, then deny. */
static void
M_POL_6(void **state)
{
	struct outcome *outcome = outcome_with("/@x:y", "1");
	char *text = chains_of(outcome->policy, 1, true);

	(void)state;
	assert_string_equal(chain_of(outcome->policy, CHAIN_TO),
	    "ip saddr @dns1_4 tcp sport 8883 ct direction reply return\n"
	    "--\n"
	    "ip saddr @cls10_4 udp sport 53 return\n"
	    "ip6 saddr @cls10_6 udp sport 53 return\n"
	    "ip saddr @cls11_4 udp sport 123 return\n"
	    "ip6 saddr @cls11_6 udp sport 123 return");
	assert_non_null(strstr(text,
	    "ip6 saddr @cls11_6 udp sport 123 return\n\tgoto drop_to\n}"));
	assert_non_null(strstr(text,
	    "ip6 daddr @cls11_6 udp dport 123 return\n\tgoto drop_from\n}"));
	free(text);
	outcome_done(outcome);
}

/* ---- Appendix A --------------------------------------------------------- */

/* The servers are those of the class; none known, none allowed. */
static void
M_DEF_1(void **state)
{
	struct outcome *outcome = empty_policy();

	(void)state;
	for (int chain = 0; chain < RULE_CHAINS; chain++) {
		assert_null(
		    strstr(chain_alone(outcome->policy, (enum rule_chain)chain),
			"return"));
		/* A port never stands without its servers. */
		assert_null(
		    strstr(chain_of(outcome->policy, (enum rule_chain)chain),
			"\nudp"));
	}
	outcome_done(outcome);
}

/* UDP; what else is let through for DNS is ours (TCP that the Thing opens),
 * and goes when the file denies DNS.  No TLS port, no HTTPS. */
static void
M_DEF_2(void **state)
{
	struct outcome *outcome = empty_policy();

	(void)state;
	assert_null(strstr(chain_of(outcome->policy, CHAIN_TO), "tcp"));
	assert_null(strstr(chain_of(outcome->policy, CHAIN_FROM), "853"));
	assert_null(strstr(chain_of(outcome->policy, CHAIN_FROM), "443"));
	assert_null(
	    strstr(chain_of(outcome->policy, CHAIN_FROM), "tcp dport 123"));
	allows(outcome, SOURCE_LOCAL_POLICY, FROM_TCP("192.168.1.1", 53));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.1", 853));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.1", 443));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.1", 123));
	outcome_done(outcome);
	outcome =
	    entry("{'ietf-mud:mud':{'controller':'urn:ietf:params:mud:dns'},"
		  "'udp':{'destination-port':{'port':53}}}",
		"'drop'");
	assert_null(
	    strstr(chain_of(outcome->policy, CHAIN_FROM), "tcp dport 53"));
	denies(outcome, SOURCE_NONE, FROM_TCP("192.168.1.1", 53));
	outcome_done(outcome);
}

/* What a host needs on its link is no matter of the file: DHCP, neighbour
 * discovery, group membership; mDNS is no part of that. */
static void
M_DEF_3(void **state)
{
	static const struct packet link[] = {
		{ FROM_DEVICE, "192.168.1.1", 17, 68, 67, OPENED_BY_SENDER },
		{ FROM_DEVICE, "255.255.255.255", 17, 68, 67,
		    OPENED_BY_SENDER },
		{ FROM_DEVICE, "ff02::1:2", 17, 546, 547, OPENED_BY_SENDER },
		{ FROM_DEVICE, "224.0.0.22", 2, -1, -1, OPENED_BY_SENDER },
		{ FROM_DEVICE, "ff02::16", 58, 143, 0, OPENED_BY_SENDER },
		{ FROM_DEVICE, "ff02::1:ff00:1", 58, 135, 0, OPENED_BY_SENDER },
		{ TO_DEVICE, "2001:db8::1", 58, 136, 0, OPENED_BY_SENDER },
	};
	struct outcome *outcome = empty_policy();

	(void)state;
	for (size_t i = 0; i < COUNT(link); i++)
		allows(outcome, SOURCE_INFRASTRUCTURE, link[i]);
	denies(outcome, SOURCE_NONE, FROM_UDP("224.0.0.251", 5353));
	denies(outcome, SOURCE_NONE, FROM_UDP("192.168.1.31", 67));
	denies(outcome, SOURCE_NONE,
	    ((struct packet){
		FROM_DEVICE, "192.168.1.31", 1, 8, 0, OPENED_BY_SENDER }));
	outcome_done(outcome);
	/* Nor is it the file's to close. */
	outcome = outcome_with(ACL "/1/aces/ace/1/matches", "{}");
	for (size_t i = 0; i < COUNT(link); i++)
		allows(outcome, SOURCE_INFRASTRUCTURE, link[i]);
	outcome_done(outcome);
}

/* What ACLs and entries are called decides nothing. */
static void
M_DEF_4(void **state)
{
	const struct change named[] = { { ACL "/2/name", "'mud-defaults'" },
		{ ACL "/2/aces/ace/0/name", "'urn:ietf:params:mud:dns'" },
		{ FROM_LIST "/1/name", "'mud-defaults'" }, { NULL, NULL } };
	struct outcome *outcome = outcome_with("/@x:y", "1");
	struct outcome *other = outcome_of(named);

	(void)state;
	expect_used(other);
	for (int chain = 0; chain < RULE_CHAINS; chain++) {
		char *text =
		    strdup(chain_of(outcome->policy, (enum rule_chain)chain));

		assert_non_null(text);
		assert_string_equal(
		    chain_of(other->policy, (enum rule_chain)chain), text);
		free(text);
	}
	outcome_done(other);
	outcome_done(outcome);
}

/* A file that only describes its Thing leaves it DNS and NTP. */
static void
M_DEF_5(void **state)
{
	const struct change bare[] = { { FROM, NULL }, { TO, NULL },
		{ ACLS, NULL }, { NULL, NULL } };
	struct outcome *outcome = outcome_of(bare);

	(void)state;
	expect_used(outcome);
	assert_int_equal(outcome->policy->n_aces, 0);
	assert_string_equal(chain_alone(outcome->policy, CHAIN_FROM), "--");
	expect_ends(chain_of(outcome->policy, CHAIN_FROM), dns_ntp_from);
	outcome_done(outcome);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(M_FILE_1),
		cmocka_unit_test(M_FILE_2),
		cmocka_unit_test(M_FILE_3),
		cmocka_unit_test(M_FILE_4),
		cmocka_unit_test(M_FILE_5),
		cmocka_unit_test(M_FILE_6),
		cmocka_unit_test(M_FILE_7),
		cmocka_unit_test(M_FILE_8),
		cmocka_unit_test(M_FILE_9),
		cmocka_unit_test(M_FILE_10),
		cmocka_unit_test(M_POL_1),
		cmocka_unit_test(M_POL_2),
		cmocka_unit_test(M_POL_3),
		cmocka_unit_test(M_POL_4),
		cmocka_unit_test(M_POL_5),
		cmocka_unit_test(M_POL_6),
		cmocka_unit_test(M_DEF_1),
		cmocka_unit_test(M_DEF_2),
		cmocka_unit_test(M_DEF_3),
		cmocka_unit_test(M_DEF_4),
		cmocka_unit_test(M_DEF_5),
	};

	return cmocka_run_group_tests(tests, mudbase_load, mudbase_free);
}
