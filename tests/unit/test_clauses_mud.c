/*
 * The "ietf-mud:mud" container, a test a clause: RFC 8520 s3, s7, and s14 vs
 * s3.1 (M-URL-8).  What the daemon does with its leaves is in tests/scenario.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/mudfile.h"
#include "tests/unit/clauses.h"

/* The version stands in mud-version, not in the URL. */
static void
M_URL_8(void **state)
{
	const struct change later[] = { { MUD "/mud-version", "2" },
		{ MUD "/mud-url", "'https://mud.vendor.example/v1'" },
		{ NULL, NULL } };
	struct outcome *outcome;

	(void)state;
	used(MUD "/mud-url", "'https://mud.vendor.example/v7/mud2'");
	used(MUD "/mud-url", "'https://mud.vendor.example/lamp'");
	outcome = outcome_of(later);
	expect_refused(outcome, "M-VER-1");
	outcome_done(outcome);
}

/* Version 1 is the only one there is; no other is guessed at. */
static void
M_VER_1(void **state)
{
	struct outcome *outcome = outcome_with(MUD "/mud-version", "1");

	(void)state;
	expect_used(outcome);
	expect_silent(outcome, "M-VER-1");
	outcome_done(outcome);
	outcome = outcome_with(MUD "/mud-version", "2");
	expect_refused(outcome, "M-VER-1");
	expect_told_at(outcome, FINDING_ERROR, "M-VER-1", MUD "/mud-version");
	/* The modules have no word on it. */
	assert_false(outcome->breaks_schema);
	outcome_done(outcome);
	refused(MUD "/mud-version", "0", "M-VER-1");
	broken(MUD "/mud-version", "256", "M-VER-1");
	broken(MUD "/mud-version", NULL, "M-VER-1");
}

/* mud-url says which file this is; the reader holds it against the URL that
 * was asked for (test_reader: M_MURL_1). */
static void
M_MURL_1(void **state)
{
	struct outcome *outcome =
	    outcome_with(MUD "/mud-url", "'https://other.example/x'");

	(void)state;
	expect_used(outcome);
	expect_silent(outcome, "M-MURL-1");
	assert_string_equal(
	    outcome->policy->info.mud_url, "https://other.example/x");
	outcome_done(outcome);
	broken(MUD "/mud-url", NULL, "M-MURL-1");
	outcome =
	    outcome_with(MUD "/mud-url", "'https://mud.vendor.local/lamp'");
	expect_told_at(outcome, FINDING_WARNING, "M-MURL-1", MUD "/mud-url");
	outcome_done(outcome);
	/* Not https is no MUD URL (M-URL-1). */
	outcome =
	    outcome_with(MUD "/mud-url", "'http://mud.vendor.example/lamp'");
	expect_told_at(outcome, FINDING_ERROR, "M-URL-1", MUD "/mud-url");
	assert_false(outcome->breaks_schema);
	outcome_done(outcome);
}

/* The good file of that date, judged on 2026-03-01T08:00:00Z. */
static struct outcome *
dated(const char *date)
{
	json_t *root = json_deep_copy(mudbase);
	struct outcome *outcome;
	char value[64], *text;

	(void)snprintf(value, sizeof(value), "'%s'", date);
	mudbase_patch(root, MUD "/last-update", value);
	text = json_dumps(root, JSON_COMPACT);
	assert_non_null(text);
	outcome = outcome_text(text, 1772352000);
	free(text);
	json_decref(root);
	return outcome;
}

/* When the file was made, with its zone; no day to come.  That an older one
 * than before waits: M-LU-1.scn. */
static void
M_LU_1(void **state)
{
	struct outcome *outcome = dated("2026-02-28T23:00:00-01:00");

	(void)state;
	expect_used(outcome);
	expect_silent(outcome, "M-LU-1");
	assert_int_equal(outcome->policy->info.updated_at, 1772323200);
	assert_string_equal(
	    outcome->policy->info.last_update, "2026-02-28T23:00:00-01:00");
	outcome_done(outcome);
	outcome = dated("2026-04-01T00:00:00Z");
	expect_told_at(outcome, FINDING_WARNING, "M-LU-1", MUD "/last-update");
	outcome_done(outcome);
	broken(MUD "/last-update", NULL, "M-LU-1");
	broken(MUD "/last-update", "'2026-03-01T08:00:00'", "M-LU-1");
	broken(MUD "/last-update", "'2026-03-01'", "M-LU-1");
	refused(MUD "/last-update", "'2026-02-30T08:00:00Z'", "M-LU-1");
	refused(MUD "/last-update", "'2026-13-01T08:00:00Z'", "M-LU-1");
}

#define SIXTY "123456789 123456789 123456789 123456789 123456789 123456789 "

/* Text for people: 60 characters are advised, more are no error; nothing in
 * it moves a terminal. */
static void
M_SI_1(void **state)
{
	struct outcome *outcome =
	    outcome_with(MUD "/systeminfo", "'" SIXTY "'");

	(void)state;
	expect_used(outcome);
	expect_silent(outcome, "M-SI-1");
	assert_string_equal(outcome->policy->info.systeminfo, SIXTY);
	outcome_done(outcome);
	outcome = outcome_with(MUD "/systeminfo", "'" SIXTY "1'");
	expect_used(outcome);
	assert_false(outcome->breaks_schema);
	expect_told_at(outcome, FINDING_WARNING, "M-SI-1", MUD "/systeminfo");
	outcome_done(outcome);
	/* 60 characters of two bytes each are 60 characters. */
	outcome = outcome_with(MUD "/systeminfo", "'\\u00e4'");
	expect_silent(outcome, "M-SI-1");
	assert_string_equal(outcome->policy->info.systeminfo, "\\xc3\\xa4");
	outcome_done(outcome);
	/* Much too long is cut, and still no reason to do without the file. */
	outcome =
	    outcome_with(MUD "/systeminfo", "'" SIXTY SIXTY SIXTY SIXTY "'");
	expect_used(outcome);
	assert_int_equal(strlen(outcome->policy->info.systeminfo), LIMIT_INFO);
	outcome_done(outcome);
	outcome = outcome_with(MUD "/systeminfo", "'a\\n\\u007fb'");
	expect_used(outcome);
	expect_told(outcome, FINDING_WARNING, "M-SI-1");
	assert_string_equal(outcome->policy->info.systeminfo, "a\\x0a\\x7fb");
	outcome_done(outcome);
	/* YANG's strings have no such character (RFC 7950 s9.4); a manager
	 * shows it escaped. */
	outcome = outcome_with(MUD "/systeminfo", "'a\\u001b[2Jb'");
	expect_used(outcome);
	assert_true(outcome->breaks_schema);
	expect_told(outcome, FINDING_ERROR, "M-SI-1");
	assert_string_equal(outcome->policy->info.systeminfo, "a\\x1b[2Jb");
	outcome_done(outcome);
	broken(MUD "/systeminfo", "60", "RFC 7951 s6.2");
}

/* The revisions are told to whoever publishes; they decide nothing. */
static void
M_REV_1(void **state)
{
	static const char *const leaves[] = { MUD "/firmware-rev",
		MUD "/software-rev" };
	const struct change neither[] = { { leaves[0], NULL },
		{ leaves[1], NULL }, { NULL, NULL } };
	struct outcome *outcome = outcome_of(neither), *with;

	(void)state;
	expect_used(outcome);
	expect_silent(outcome, "M-REV-1");
	for (size_t i = 0; i < COUNT(leaves); i++) {
		with = outcome_with(leaves[i], "'7.0'");
		expect_used(with);
		expect_told_at(with, FINDING_INFO, "M-REV-1", leaves[i]);
		assert_int_equal(with->policy->n_aces, outcome->policy->n_aces);
		assert_memory_equal(&with->policy->info, &outcome->policy->info,
		    sizeof(with->policy->info));
		outcome_done(with);
	}
	/* There is no leaf for the hardware's. */
	with = outcome_with(MUD "/hardware-rev", "'1'");
	expect_used(with);
	assert_int_equal(with->policy->info.n_ignored, 1);
	outcome_done(with);
	outcome_done(outcome);
}

/* Kept to be shown to an administrator, whatever it leads to. */
static void
M_DOC_1(void **state)
{
	struct outcome *outcome =
	    outcome_with(MUD "/documentation", "'http://192.0.2.1/a?b#c'");

	(void)state;
	expect_used(outcome);
	expect_silent(outcome, "M-DOC-1");
	assert_string_equal(
	    outcome->policy->info.documentation, "http://192.0.2.1/a?b#c");
	outcome_done(outcome);
	used(MUD "/documentation", NULL);
	outcome = outcome_with(MUD "/documentation", "'see the box'");
	expect_used(outcome);
	expect_told_at(
	    outcome, FINDING_WARNING, "M-DOC-1", MUD "/documentation");
	outcome_done(outcome);
	broken(MUD "/documentation", "1", "RFC 7951 s6.2");
}

/* 1 to 168 hours, 48 where it is absent, 24 or more advised. */
static void
M_CV_2(void **state)
{
	static const struct {
		const char *value;
		unsigned int hours;
	} good[] = { { "24", 24 }, { "168", 168 }, { NULL, 48 } };
	struct outcome *outcome;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		outcome = outcome_with(MUD "/cache-validity", good[i].value);
		expect_used(outcome);
		expect_silent(outcome, "M-CV-2");
		assert_int_equal(
		    outcome->policy->info.cache_validity_hours, good[i].hours);
		outcome_done(outcome);
	}
	outcome = outcome_with(MUD "/cache-validity", "23");
	expect_used(outcome);
	expect_told_at(
	    outcome, FINDING_WARNING, "M-CV-2", MUD "/cache-validity");
	assert_int_equal(outcome->policy->info.cache_validity_hours, 23);
	outcome_done(outcome);
	broken(MUD "/cache-validity", "0", "M-CV-2");
	broken(MUD "/cache-validity", "169", "M-CV-2");
	broken(MUD "/cache-validity", "-1", "M-CV-2");
	broken(MUD "/cache-validity", "'48'", "J-7");
}

/* "No more updates" is no order to do without the file. */
static void
M_SUP_1(void **state)
{
	struct outcome *outcome = outcome_with(MUD "/is-supported", "false");
	struct outcome *base = outcome_with(MUD "/is-supported", "true");

	(void)state;
	expect_used(outcome);
	assert_int_equal(outcome->policy->info.is_supported, 0);
	assert_int_equal(base->policy->info.is_supported, 1);
	assert_int_equal(outcome->policy->n_aces, base->policy->n_aces);
	for (size_t i = 0; i < base->policy->n_aces; i++)
		assert_memory_equal(&outcome->policy->aces[i],
		    &base->policy->aces[i], sizeof(base->policy->aces[i]));
	outcome_done(base);
	outcome_done(outcome);
	broken(MUD "/is-supported", NULL, "M-SUP-1");
}

#define TX     MUD "/ietf-mud-transparency:transparency"
#define TX_OBJ "{'ietf-mud-transparency:x':1}"

/* What a file uses it declares. */
static void
M_EXT_1(void **state)
{
	const struct change declared[] = { { TX, TX_OBJ },
		{ MUD "/extensions", "['transparency']" }, { NULL, NULL } };
	const struct change undeclared[] = { { TX, TX_OBJ },
		{ MUD "/extensions", NULL }, { NULL, NULL } };
	struct outcome *outcome = outcome_of(declared);

	(void)state;
	expect_used(outcome);
	expect_silent(outcome, "M-EXT-1");
	outcome_done(outcome);
	outcome = outcome_of(undeclared);
	expect_used(outcome);
	expect_told_at(outcome, FINDING_ERROR, "M-EXT-1", TX);
	outcome_done(outcome);
	/* Declared for nothing; and by no name at all. */
	outcome = outcome_with(MUD "/extensions", "['transparency']");
	expect_told_at(
	    outcome, FINDING_WARNING, "M-EXT-1", MUD "/extensions/0");
	outcome_done(outcome);
	broken(MUD "/extensions", "['']", "M-EXT-1");
	broken(MUD "/extensions",
	    "['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']", "M-EXT-1");
}

/* Places where a node that nobody knows changes nothing. */
static const char *const anywhere[] = {
	"/x:y",
	MUD "/x:y",
	MUD "/y",
	MUD "/from-device-policy/x:y",
	MUD "/from-device-policy/access-lists/x:y",
	MUD "/from-device-policy/access-lists/access-list/0/x:y",
	"/ietf-access-control-list:acls/x:y",
	ACL "/0/x:y",
	ACL "/0/aces/x:y",
	OUT "/x:y",
	OUT "/actions/x:y",
};

/* The policy is the same, its info aside. */
static void
expect_same(const struct policy *a, const struct policy *b)
{
	assert_int_equal(a->n_aces, b->n_aces);
	assert_int_equal(a->n_texts, b->n_texts);
	for (size_t i = 0; i < a->n_aces; i++)
		assert_memory_equal(
		    &a->aces[i], &b->aces[i], sizeof(a->aces[i]));
}

/* Nodes that are not understood are ignored, wherever they stand outside of
 * matches (for those: M-EXT-5). */
static void
M_EXT_2(void **state)
{
	struct outcome *base = outcome_with("/@x:y", "1");

	(void)state;
	expect_used(base);
	for (size_t i = 0; i < COUNT(anywhere); i++) {
		struct outcome *outcome =
		    outcome_with(anywhere[i], "{'z':[{'matches':1}]}");

		expect_used(outcome);
		expect_same(outcome->policy, base->policy);
		outcome_done(outcome);
	}
	outcome_done(base);
}

/* An administrator hears how many there were, a maker where they are. */
static void
M_EXT_3(void **state)
{
	const struct change two[] = { { MUD "/x:y", "1" }, { OUT "/x:y", "1" },
		{ NULL, NULL } };
	struct outcome *outcome = outcome_with("/@x:y", "1");

	(void)state;
	assert_int_equal(outcome->policy->info.n_ignored, 0);
	expect_silent(outcome, "M-EXT-2");
	outcome_done(outcome);
	for (size_t i = 0; i < COUNT(anywhere); i++) {
		outcome = outcome_with(anywhere[i], "{}");
		assert_int_equal(outcome->policy->info.n_ignored, 1);
		assert_true(outcome->n > 0);
		outcome_done(outcome);
	}
	outcome = outcome_of(two);
	assert_int_equal(outcome->policy->info.n_ignored, 2);
	outcome_done(outcome);
}

/* An extension, at the root too, takes nothing away from a manager that does
 * not know it, and gives the Thing nothing. */
static void
M_EXT_4(void **state)
{
	const struct change changes[] = {
		{ "/ietf-mud-future:rules",
		    "{'acl':[{'name':'all','aces':{'ace':[{'name':'a',"
		    "'actions':{'forwarding':'accept'}}]}}]}" },
		{ MUD "/extensions", "['future']" },
		{ MUD "/ietf-mud-future:from-device-policy",
		    "{'access-lists':{'access-list':[{'name':'in4'}]}}" },
		{ NULL, NULL }
	};
	struct outcome *base = outcome_with("/@x:y", "1");
	struct outcome *outcome = outcome_of(changes);

	(void)state;
	expect_used(outcome);
	expect_same(outcome->policy, base->policy);
	assert_int_equal(outcome->policy->info.n_ignored, 2);
	outcome_done(outcome);
	outcome_done(base);
}

/* In matches the entry goes with the node: an accept matches nothing, a drop
 * holds the file. */
static void
M_EXT_5(void **state)
{
	static const char *const nodes[] = { "/matches/x:y", "/matches/y",
		"/matches/ipv4/x:y", "/matches/tcp/x:y",
		"/matches/tcp/destination-port/x:y",
		"/matches/tcp/destination-port/y" };
	struct outcome *outcome;
	char pointer[128];

	(void)state;
	for (size_t i = 0; i < COUNT(nodes); i++) {
		(void)snprintf(pointer, sizeof(pointer), OUT "%s", nodes[i]);
		outcome = outcome_with(pointer, "1");
		expect_used(outcome);
		expect_ace(outcome, 0, "? f1");
		assert_string_equal(chain_alone(outcome->policy, CHAIN_FROM),
		    "ip6 daddr @local6 ip6 daddr != @self6 icmpv6 type 128 "
		    "icmpv6 code 0 goto drop_from\n--");
		outcome_done(outcome);
	}
	outcome = outcome_with(OUT "/matches/ietf-mud:mud", "{'x:y':1}");
	expect_ace(outcome, 0, "? f1");
	expect_told(outcome, FINDING_WARNING, "M-EXT-5");
	outcome_done(outcome);
	outcome = outcome_with(ACL "/1/aces/ace/1/matches/x:y", "1");
	expect_held(outcome, FAULT_DROP_NOT_UNDERSTOOD, "M-EXT-5");
	outcome_done(outcome);
}

/* The extension has one name, its module another. */
static void
M_EXT_6(void **state)
{
	const struct change named[] = { { TX, TX_OBJ },
		{ MUD "/extensions", "['transparency']" }, { NULL, NULL } };
	const struct change module[] = { { TX, TX_OBJ },
		{ MUD "/extensions", "['ietf-mud-transparency']" },
		{ NULL, NULL } };
	struct outcome *outcome = outcome_of(named);

	(void)state;
	expect_silent(outcome, "M-EXT-6");
	outcome_done(outcome);
	outcome = outcome_of(module);
	expect_used(outcome);
	expect_told_at(
	    outcome, FINDING_WARNING, "M-EXT-6", MUD "/extensions/0");
	outcome_done(outcome);
	/* A module's prefix is no name in JSON. */
	outcome = outcome_with(MUD "/mudtx:transparency", "{}");
	expect_used(outcome);
	expect_told_at(
	    outcome, FINDING_ERROR, "J-1", MUD "/mudtx:transparency");
	outcome_done(outcome);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(M_URL_8),
		cmocka_unit_test(M_VER_1),
		cmocka_unit_test(M_MURL_1),
		cmocka_unit_test(M_LU_1),
		cmocka_unit_test(M_SI_1),
		cmocka_unit_test(M_REV_1),
		cmocka_unit_test(M_DOC_1),
		cmocka_unit_test(M_CV_2),
		cmocka_unit_test(M_SUP_1),
		cmocka_unit_test(M_EXT_1),
		cmocka_unit_test(M_EXT_2),
		cmocka_unit_test(M_EXT_3),
		cmocka_unit_test(M_EXT_4),
		cmocka_unit_test(M_EXT_5),
		cmocka_unit_test(M_EXT_6),
	};

	return cmocka_run_group_tests(tests, mudbase_load, mudbase_free);
}
