/*
 * MUD files: what is read, what is refused, what holds a policy.
 *
 * Nearly every case is data/thermostat.json with one value changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/mudbase.h"

static void
whole_file(void **state)
{
	static const char *const lines[] = {
		"+ f1 p6 d8883-8883 i1 dns=api.vendor.example",
		"+ f1 p17 d123-123 ctl=urn:ietf:params:mud:ntp",
		"+ f2 p58 t128 c0 local=",
		"+ f1 p6 s8883-8883 i1 dns=api.vendor.example",
	};
	static const char *const names[] = { "cloud-out", "no-ntp",
		"ping-local", "cloud-in" };
	static const char *const acls[] = { "out4", "out4", "out6", "in4" };
	static const enum forwarding actions[] = { FORWARD_ACCEPT, FORWARD_DROP,
		FORWARD_REJECT, FORWARD_ACCEPT };
	struct policy *policy;
	struct heard heard;
	struct fault why;
	char buf[512];

	(void)state;
	assert_true(mudbase_judge(mudbase, &policy, &heard, &why));
	/* Two revisions and a name in capitals; an extension of nobody's. */
	assert_int_equal(heard.n[FINDING_INFO], 3);
	assert_int_equal(heard.n[FINDING_WARNING], 1);
	assert_int_equal(heard.n[FINDING_ERROR], 0);
	assert_int_equal(policy->n_aces, COUNT(lines));
	for (size_t i = 0; i < COUNT(lines); i++) {
		const struct ace *ace = &policy->aces[i];

		assert_string_equal(
		    mudbase_ace(policy, ace, buf, sizeof(buf)), lines[i]);
		assert_string_equal(ace->name, names[i]);
		assert_string_equal(ace->acl, acls[i]);
		assert_int_equal(ace->forwarding, actions[i]);
		assert_int_equal(
		    ace->direction, i == 3 ? TO_DEVICE : FROM_DEVICE);
	}
	/* One name on both sides, however it is written, is one text. */
	assert_int_equal(policy->n_texts, 2);
	assert_int_equal(policy->hold.code, FAULT_NONE);
	assert_string_equal(
	    policy->info.mud_url, "https://mud.vendor.example/thermostat/v2");
	assert_string_equal(
	    policy->info.last_update, "2026-03-01T08:00:00+00:00");
	assert_int_equal(policy->info.cache_validity_hours, 72);
	assert_int_equal(policy->info.is_supported, 1);
	assert_int_equal(policy->info.is_draft, 0);
	assert_int_equal(policy->info.n_ignored, 0);
	assert_string_equal(policy->info.systeminfo, "Room thermostat");
	assert_string_equal(policy->info.manufacturer, "Vendor");
	assert_string_equal(policy->info.model, "T2");
	assert_string_equal(
	    policy->info.documentation, "https://www.vendor.example/t2/help");
	policy_free(policy);
}

#define LONG_NAME                                                              \
	"'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"

/* One value, and the file is refused. */
static const struct {
	const char *name, *pointer, *value;
	enum fault_code code;
	const char *detail; /* begins so */
} refusals[] = {
	{ "no mud", MUD, NULL, FAULT_NOT_A_MUD_FILE, "no ietf-mud:mud" },
	{ "mud is a list", MUD, "[]", FAULT_MALFORMED, MUD },
	{ "version 2", MUD "/mud-version", "2", FAULT_MUD_VERSION, MUD },
	{ "version text", MUD "/mud-version", "'1'", FAULT_MALFORMED, MUD },
	{ "version 256", MUD "/mud-version", "256", FAULT_MALFORMED, MUD },
	{ "version 1.0", MUD "/mud-version", "1.0", FAULT_MALFORMED, MUD },
	{ "no version", MUD "/mud-version", NULL, FAULT_MALFORMED,
	    MUD ": no \"mud-version\"" },
	{ "no url", MUD "/mud-url", NULL, FAULT_MALFORMED,
	    MUD ": no \"mud-url\"" },
	{ "no update", MUD "/last-update", NULL, FAULT_MALFORMED,
	    MUD ": no \"last-update\"" },
	{ "no supported", MUD "/is-supported", NULL, FAULT_MALFORMED,
	    MUD ": no \"is-supported\"" },
	{ "url empty", MUD "/mud-url", "''", FAULT_MALFORMED, MUD },
	{ "url space", MUD "/mud-url", "'https://a.b/ c'", FAULT_MALFORMED,
	    MUD },
	{ "url utf-8", MUD "/mud-url", "'https://a.b/\\u00e4'", FAULT_MALFORMED,
	    MUD },
	{ "url number", MUD "/mud-url", "1", FAULT_MALFORMED, MUD },
	{ "url DEL", MUD "/mud-url", "'https://a.b/\\u007f'", FAULT_MALFORMED,
	    MUD },
	{ "signature number", MUD "/mud-signature", "1", FAULT_MALFORMED,
	    MUD "/mud-signature" },
	{ "update year", MUD "/last-update", "'202/-03-01T08:00:00Z'",
	    FAULT_MALFORMED, MUD },
	{ "update year", MUD "/last-update", "'202:-03-01T08:00:00Z'",
	    FAULT_MALFORMED, MUD },
	{ "update cut", MUD "/last-update", "'2026'", FAULT_MALFORMED, MUD },
	{ "update without zone", MUD "/last-update", "'2026-03-01T08:00:00'",
	    FAULT_MALFORMED, MUD "/last-update" },
	{ "update month", MUD "/last-update", "'2026-13-01T08:00:00Z'",
	    FAULT_MALFORMED, MUD },
	{ "update day", MUD "/last-update", "'2026-12-32T08:00:00Z'",
	    FAULT_MALFORMED, MUD },
	{ "update hour", MUD "/last-update", "'2026-12-31T24:00:00Z'",
	    FAULT_MALFORMED, MUD },
	{ "update minute", MUD "/last-update", "'2026-12-31T23:60:00Z'",
	    FAULT_MALFORMED, MUD },
	{ "update second", MUD "/last-update", "'2026-12-31T23:59:61Z'",
	    FAULT_MALFORMED, MUD },
	{ "update fraction", MUD "/last-update", "'2026-12-31T23:59:59.Z'",
	    FAULT_MALFORMED, MUD },
	{ "update zone", MUD "/last-update", "'2026-12-31T23:59:59+24:00'",
	    FAULT_MALFORMED, MUD },
	{ "update zone minutes", MUD "/last-update",
	    "'2026-12-31T23:59:59+00:60'", FAULT_MALFORMED, MUD },
	{ "update more", MUD "/last-update", "'2026-12-31T23:59:59Zx'",
	    FAULT_MALFORMED, MUD },
	{ "update zone more", MUD "/last-update",
	    "'2026-12-31T23:59:59+01:00x'", FAULT_MALFORMED, MUD },
	{ "update long", MUD "/last-update",
	    "'2026-12-31T23:59:59.00000000000000000000Z'", FAULT_TOO_LONG,
	    MUD },
	{ "validity 0", MUD "/cache-validity", "0", FAULT_MALFORMED,
	    MUD "/cache-validity" },
	{ "validity 169", MUD "/cache-validity", "169", FAULT_MALFORMED,
	    MUD "/cache-validity" },
	{ "validity text", MUD "/cache-validity", "'48'", FAULT_MALFORMED,
	    MUD "/cache-validity" },
	{ "supported text", MUD "/is-supported", "'true'", FAULT_MALFORMED,
	    MUD "/is-supported" },
	{ "info number", MUD "/systeminfo", "1", FAULT_MALFORMED, MUD },
	{ "maker list", MUD "/mfg-name", "['x']", FAULT_MALFORMED, MUD },
	{ "model null", MUD "/model-name", "null", FAULT_MALFORMED, MUD },
	{ "firmware", MUD "/firmware-rev", "1", FAULT_MALFORMED, MUD },
	{ "software", MUD "/software-rev", "1", FAULT_MALFORMED, MUD },
	{ "documentation", MUD "/documentation", "1", FAULT_MALFORMED, MUD },
	{ "extensions", MUD "/extensions", "'example'", FAULT_MALFORMED, MUD },
	{ "extension empty", MUD "/extensions", "['']", FAULT_MALFORMED, MUD },
	{ "extension long", MUD "/extensions",
	    "['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']", FAULT_MALFORMED,
	    MUD "/extensions/0" },
	{ "extension number", MUD "/extensions", "[1]", FAULT_MALFORMED, MUD },

	{ "policy", MUD "/from-device-policy", "[]", FAULT_MALFORMED, MUD },
	{ "lists", MUD "/from-device-policy/access-lists", "[]",
	    FAULT_MALFORMED, MUD },
	{ "list", MUD "/to-device-policy/access-lists/access-list", "{}",
	    FAULT_MALFORMED, MUD },
	{ "entry", MUD "/to-device-policy/access-lists/access-list/0", "'in4'",
	    FAULT_MALFORMED, MUD },
	{ "entry without name",
	    MUD "/to-device-policy/access-lists/access-list/0", "{}",
	    FAULT_MALFORMED, MUD },
	{ "dangling", MUD "/to-device-policy/access-lists/access-list/0/name",
	    "'gone'", FAULT_MALFORMED, MUD "/to-device-policy" },
	{ "named twice", MUD "/from-device-policy/access-lists/access-list/1",
	    "{'name':'out4'}", FAULT_MALFORMED, MUD "/from-device-policy" },
	{ "no acls", "/ietf-access-control-list:acls", NULL, FAULT_MALFORMED,
	    MUD },
	{ "acls", "/ietf-access-control-list:acls", "[]", FAULT_MALFORMED,
	    MUD },
	{ "acl", ACL, "{}", FAULT_MALFORMED, MUD },
	{ "acl twice", ACL "/0/name", "'out4'", FAULT_MALFORMED, MUD },
	{ "acl without name", ACL "/0/name", NULL, FAULT_MALFORMED, MUD },
	{ "acl name empty", ACL "/0/name", "''", FAULT_MALFORMED, MUD },
	{ "acl name long", ACL "/0/name", LONG_NAME, FAULT_MALFORMED, MUD },
	{ "acl name control", ACL "/0/name", "'a\\n'", FAULT_MALFORMED, MUD },
	{ "acl type", ACL "/0/type", "'ip'", FAULT_MALFORMED, ACL "/0" },
	{ "acl name DEL", ACL "/0/name", "'a\\u007f'", FAULT_MALFORMED, MUD },
	{ "acl type of drafts", ACL "/0/type", "'ethernet-acl-type'",
	    FAULT_MALFORMED, IN "/matches/ipv4" },
	{ "acl type number", ACL "/0/type", "4", FAULT_MALFORMED, ACL "/0" },
	{ "acl type of others", ACL "/0/type", "'ipv6-acl-type'",
	    FAULT_MALFORMED, IN "/matches/ipv4" },
	{ "acl type without family", ACL "/0/type", "'eth-acl-type'",
	    FAULT_MALFORMED, IN "/matches/ipv4" },
	{ "aces", ACL "/0/aces", "[]", FAULT_MALFORMED, ACL "/0" },
	{ "ace", ACL "/0/aces/ace", "{}", FAULT_MALFORMED, ACL "/0" },
	{ "ace twice", ACL "/1/aces/ace/1/name", "'cloud-out'", FAULT_MALFORMED,
	    ACL "/1/aces/ace/1" },
	{ "ace without name", OUT "/name", NULL, FAULT_MALFORMED, OUT },
	{ "ace name long", OUT "/name", LONG_NAME, FAULT_MALFORMED, OUT },
	{ "ace name number", OUT "/name", "1", FAULT_MALFORMED, OUT },
	{ "actions missing", OUT "/actions", NULL, FAULT_MALFORMED, OUT },
	{ "forwarding missing", OUT "/actions/forwarding", NULL,
	    FAULT_MALFORMED, OUT },
	{ "forwarding deny", OUT "/actions/forwarding", "'deny'",
	    FAULT_MALFORMED, OUT },
	{ "forwarding true", OUT "/actions/forwarding", "true", FAULT_MALFORMED,
	    OUT },
	{ "logging", OUT "/actions/logging", "'syslog'", FAULT_MALFORMED, OUT },
	{ "unused acl", MUD "/to-device-policy/access-lists/access-list", "[]",
	    FAULT_NONE, "" },
};

static void
refuses(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(refusals); i++) {
		json_t *root = json_deep_copy(mudbase);
		struct fault why = { 0 };
		struct policy *policy = NULL;
		struct heard heard;
		bool ok;

		mudbase_patch(root, refusals[i].pointer, refusals[i].value);
		ok = mudbase_judge(root, &policy, &heard, &why);
		if (ok != (refusals[i].code == FAULT_NONE) ||
		    why.code != refusals[i].code ||
		    strncmp(why.detail, refusals[i].detail,
			strlen(refusals[i].detail)) != 0)
			fail_msg("%s: %s: %s", refusals[i].name,
			    fault_name(why.code), why.detail);
		policy_free(policy);
		json_decref(root);
	}
}

/* What is read all the same, and what is told about it. */
static const struct {
	const char *name, *pointer, *value;
	size_t n_aces;
	unsigned int ignored, warnings, errors;
	const char *ace; /* the first */
} readings[] = {
	{ "no signature", MUD "/mud-signature", NULL, 4, 0, 2, 0, NULL },
	{ "http url", MUD "/mud-url", "'http://mud.vendor.example/'", 4, 0, 1,
	    1, NULL },
	{ "local url", MUD "/mud-url", "'https://mud.vendor.local/'", 4, 0, 2,
	    0, NULL },
	{ "fraction", MUD "/last-update", "'2026-12-31T23:59:60.5-00:00'", 4, 0,
	    1, 0, NULL },
	{ "zone Z", MUD "/last-update", "'2026-12-31T23:59:59Z'", 4, 0, 1, 0,
	    NULL },
	{ "extension node", MUD "/ietf-ol:ol", "{}", 4, 1, 1, 1, NULL },
	{ "unknown node", MUD "/masa-server", "'x'", 4, 1, 1, 1, NULL },
	{ "qualified leaf", MUD "/ietf-mud:systeminfo", "'x'", 4, 1, 1, 1,
	    NULL },
	{ "extension at the top", "/x:y", "{}", 4, 1, 1, 1, NULL },
	{ "metadata", "/@x:y", "{}", 4, 0, 1, 0, NULL },
	{ "type in a list",
	    MUD "/to-device-policy/access-lists/access-list/0/type", "'x'", 4,
	    0, 1, 1, NULL },
	{ "attachment points",
	    "/ietf-access-control-list:acls/attachment-points", "{}", 4, 0, 1,
	    0, NULL },
	{ "statistics", OUT "/statistics", "{}", 4, 1, 1, 1, NULL },
	{ "other action", OUT "/actions/x:y", "1", 4, 1, 1, 1, NULL },
	{ "condition of RFC 8519", OUT "/matches/ipv4/dscp", "1", 4, 0, 2, 0,
	    "+ f1 p6 d8883-8883 i1 dns=api.vendor.example dscp=1" },
	{ "condition of nobody", OUT "/matches/ipv4/x", "1", 4, 1, 2, 1,
	    "? f1" },
	{ "condition of an extension", OUT "/matches/ipv4/x:y", "1", 4, 1, 3, 0,
	    "? f1" },
	{ "drop of nobody's", ACL "/1/aces/ace/1/matches/x", "1", 4, 1, 1, 1,
	    NULL },
	{ "frames in an ACL of packets", OUT "/matches/eth",
	    "{'ethertype':2048}", 4, 0, 1, 1,
	    "+ f1 p6 d8883-8883 i1 dns=api.vendor.example" },
	{ "no type", ACL "/1/type", NULL, 4, 0, 2, 0,
	    "+ f1 p6 d8883-8883 i1 dns=api.vendor.example" },
	{ "mixed type", ACL "/1/type", "'mixed-eth-ipv4-ipv6-acl-type'", 4, 0,
	    1, 0, "+ f1 p6 d8883-8883 i1 dns=api.vendor.example" },
	{ "mixed v4 type", ACL "/1/type", "'mixed-eth-ipv4-acl-type'", 4, 0, 1,
	    0, "+ f1 p6 d8883-8883 i1 dns=api.vendor.example" },
	{ "foreign type", ACL "/1/type", "'x:y'", 4, 1, 4, 0, "? f1" },
	{ "no aces", ACL "/1/aces", NULL, 2, 0, 2, 0, NULL },
	{ "empty policy", MUD "/from-device-policy", "{}", 1, 0, 4, 0, NULL },
	{ "no policy", MUD "/from-device-policy", NULL, 1, 0, 4, 0, NULL },
	{ "both ways", MUD "/to-device-policy/access-lists/access-list/0/name",
	    "'out6'", 4, 0, 4, 0, NULL },
	{ "wrong side both ways",
	    MUD "/to-device-policy/access-lists/access-list/0/name", "'out4'",
	    5, 0, 4, 1, "+ f1 p6 d8883-8883 i1 dns=api.vendor.example" },
	{ "accepts everything", OUT "/matches", NULL, 4, 0, 4, 0, "+ f1" },
	{ "foreign action", OUT "/actions/forwarding", "'x:y'", 4, 1, 3, 0,
	    "+ f1 p6 d8883-8883 i1 dns=api.vendor.example" },
};

static void
reads_and_tells(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(readings); i++) {
		json_t *root = json_deep_copy(mudbase);
		struct policy *policy = NULL;
		struct heard heard;
		struct fault why = { 0 };
		char buf[512] = "";

		mudbase_patch(root, readings[i].pointer, readings[i].value);
		if (!mudbase_judge(root, &policy, &heard, &why))
			fail_msg("%s: %s", readings[i].name, why.detail);
		if (readings[i].ace != NULL)
			(void)mudbase_ace(
			    policy, &policy->aces[0], buf, sizeof(buf));
		if (policy->n_aces != readings[i].n_aces ||
		    policy->info.n_ignored != readings[i].ignored ||
		    heard.n[FINDING_WARNING] != readings[i].warnings ||
		    heard.n[FINDING_ERROR] != readings[i].errors ||
		    (readings[i].ace != NULL &&
			strcmp(buf, readings[i].ace) != 0))
			fail_msg("%s: %zu ACEs, %u ignored, %u warnings, %u "
				 "errors, %s",
			    readings[i].name, policy->n_aces,
			    policy->info.n_ignored, heard.n[FINDING_WARNING],
			    heard.n[FINDING_ERROR], buf);
		policy_free(policy);
		json_decref(root);
	}
}

/* An ACL that both directions name is told of once; a text belongs to its
 * kind; ACLs that no policy names are judged and counted too. */
static void
shared(void **state)
{
	json_t *root = json_deep_copy(mudbase);
	struct policy *policy = NULL;
	struct heard heard;
	struct fault why;

	(void)state;
	mudbase_patch(root,
	    MUD "/to-device-policy/access-lists/access-list/0/name", "'out6'");
	mudbase_patch(root, ACL "/2/aces/ace/0/x:y", "1");
	mudbase_patch(root, ACL "/1/aces/ace/1/matches",
	    "{'ietf-mud:mud':{'manufacturer':'api.vendor.example'}}");
	assert_true(mudbase_judge(root, &policy, &heard, &why));
	assert_int_equal(policy->info.n_ignored, 1);
	assert_int_equal(heard.n[FINDING_INFO], 4);
	assert_int_equal(policy->n_aces, 4);
	assert_int_equal(policy->n_texts, 2);
	policy_free(policy);
	/* in4 is the one that is not used now: of no effect, yet judged. */
	policy = NULL;
	mudbase_patch(
	    root, IN "/matches/ipv4/source-ipv4-network", "'192.0.2.0/24'");
	assert_true(mudbase_judge(root, &policy, &heard, &why));
	assert_int_equal(policy->hold.code, FAULT_NONE);
	policy_free(policy);
	policy = NULL;
	mudbase_patch(root, IN "/actions", NULL);
	assert_false(mudbase_judge(root, &policy, &heard, &why));
	json_decref(root);
}

/* The modules ask any ACL of the file for the type; we ask this one. */
static void
own_type(void **state)
{
	json_t *root = json_deep_copy(mudbase);
	struct policy *policy = NULL;
	struct heard heard;
	struct fault why;

	(void)state;
	mudbase_patch(root, OUT "/matches/eth", "{'ethertype':2048}");
	mudbase_patch(root, ACL "/0/type", "'mixed-eth-ipv4-acl-type'");
	assert_true(mudbase_judge(root, &policy, &heard, &why));
	assert_int_equal(heard.n[FINDING_ERROR], 1);
	assert_string_equal(heard.error.pointer, OUT "/matches/eth");
	assert_non_null(strstr(heard.error.fix, "mixed-eth-ipv4-acl-type"));
	policy_free(policy);
	policy = NULL;
	mudbase_patch(root, ACL "/1/type", "'mixed-eth-ipv4-acl-type'");
	assert_true(mudbase_judge(root, &policy, &heard, &why));
	assert_int_equal(heard.n[FINDING_ERROR], 0);
	policy_free(policy);
	json_decref(root);
}

static void
drafts(void **state)
{
	json_t *root = json_deep_copy(mudbase), *acls;
	struct policy *policy = NULL;
	struct heard heard;
	struct fault why;

	(void)state;
	acls =
	    json_incref(json_object_get(root, "ietf-access-control-list:acls"));
	assert_int_equal(json_object_set(root,
			     "ietf-access-control-list:access-lists", acls),
	    0);
	/* Beside the RFC's name it is told of, and not read. */
	assert_true(mudbase_judge(root, &policy, &heard, &why));
	assert_int_equal(policy->info.is_draft, 1);
	assert_int_equal(policy->n_aces, 4);
	policy_free(policy);
	assert_int_equal(
	    json_object_del(root, "ietf-access-control-list:acls"), 0);
	mudbase_patch(root, "/ietf-access-control-list:access-lists/acl/-",
	    "{'name':'e','type':'ethernet-acl-type'}");
	assert_true(mudbase_judge(root, &policy, &heard, &why));
	assert_int_equal(policy->info.is_draft, 1);
	assert_int_equal(policy->info.n_ignored, 0);
	assert_int_equal(policy->n_aces, 4);
	assert_int_equal(heard.n[FINDING_ERROR], 2);
	policy_free(policy);
	json_decref(acls);
	json_decref(root);
}

static void
display(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{ "'a\\u009b1m b'", "a\\xc2\\x9b1m b" },
		{ "'\\u00e9'", "\\xc3\\xa9" },
		{ "'\\u202e'", "\\xe2\\x80\\xae" },
	};
	struct policy *policy = NULL;
	struct heard heard;
	struct fault why;
	char text[4 * LIMIT_INFO];
	json_t *root;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		root = json_deep_copy(mudbase);
		mudbase_patch(root, MUD "/systeminfo", rows[i].text);
		assert_true(mudbase_judge(root, &policy, &heard, &why));
		assert_string_equal(policy->info.systeminfo, rows[i].shown);
		policy_free(policy);
		json_decref(root);
	}
	root = json_deep_copy(mudbase);
	(void)snprintf(text, sizeof(text), "'%0*d\\u00e9'", LIMIT_INFO - 1, 0);
	mudbase_patch(root, MUD "/systeminfo", text);
	assert_true(mudbase_judge(root, &policy, &heard, &why));
	assert_int_equal(strlen(policy->info.systeminfo), LIMIT_INFO - 1);
	policy_free(policy);
	json_decref(root);
}

/* n ACEs with matches that hold %zu, into the ACL at the pointer. */
static void
put_aces(json_t *root, const char *pointer, size_t n, const char *format)
{
	char path[128];

	mudbase_patch(root, pointer, "[]");
	(void)snprintf(path, sizeof(path), "%s/-", pointer);
	for (size_t i = 0; i < n; i++) {
		char text[512];

		(void)snprintf(text, sizeof(text),
		    "{'name':'n%zu','matches':{%s%zu'}},"
		    "'actions':{'forwarding':'accept'}}",
		    i, format, i);
		mudbase_patch(root, path, text);
	}
}

#define NAMED "'ipv4':{'ietf-acldns:dst-dnsname':'a.example"
#define CLASS "'ietf-mud:mud':{'controller':'urn:"
#define MODEL "'ietf-mud:mud':{'model':'https://a.example/"
#define LOCAL "'ietf-mud:mud':{'local-networks':[null]},'ipv4':{'@':'"

/* Each limit is met, and then passed by one. */
static void
limits(void **state)
{
	static const struct {
		const char *name, *format;
		size_t most;
	} rows[] = {
		{ "names", NAMED, LIMIT_DNSNAMES },
		{ "classes", CLASS, LIMIT_CLASSES },
		/* With the name and the class of the other ACLs. */
		{ "texts", MODEL, LIMIT_TEXTS },
		{ "ACEs of one ACL", LOCAL, LIMIT_ACL_ACES },
	};
	struct policy *policy = NULL;
	struct heard heard;
	struct fault why;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t over = 0; over < 2; over++) {
			json_t *root = json_deep_copy(mudbase);

			mudbase_patch(root, IN "/matches", "{'tcp':{}}");
			put_aces(root, ACL "/1/aces/ace", rows[i].most + over,
			    rows[i].format);
			if (mudbase_judge(root, &policy, &heard, &why) !=
			    (over == 0))
				fail_msg("%s + %zu", rows[i].name, over);
			if (over == 0)
				policy_free(policy);
			else
				assert_int_equal(why.code, FAULT_TOO_MANY);
			json_decref(root);
		}
}

static void
limits_of_the_file(void **state)
{
	struct policy *policy = NULL;
	struct heard heard;
	struct fault why;

	(void)state;
	for (size_t over = 0; over < 2; over++) {
		json_t *root = json_deep_copy(mudbase);

		/* 256 + 256, then one more: in the file, and so used. */
		put_aces(root, ACL "/0/aces/ace", 256, LOCAL);
		put_aces(root, ACL "/1/aces/ace", 255 + over, LOCAL);
		assert_int_equal(
		    mudbase_judge(root, &policy, &heard, &why), over == 0);
		if (over == 0)
			policy_free(policy);
		else
			assert_int_equal(why.code, FAULT_TOO_MANY);
		/* One ACL that serves both ways counts twice. */
		mudbase_patch(root, ACL "/1/aces/ace", "[]");
		mudbase_patch(root,
		    MUD "/from-device-policy/access-lists/access-list/0",
		    "{'name':'in4'}");
		if (over == 1)
			mudbase_patch(root,
			    MUD "/to-device-policy/access-lists/access-list/-",
			    "{'name':'out6'}");
		else
			mudbase_patch(root, ACL "/2/aces/ace", "[]");
		assert_int_equal(
		    mudbase_judge(root, &policy, &heard, &why), over == 0);
		if (over == 0)
			policy_free(policy);
		json_decref(root);
	}
	/* Those of an ACL that no policy names count as well. */
	for (size_t over = 0; over < 2; over++) {
		json_t *root = json_deep_copy(mudbase);

		put_aces(root, ACL "/0/aces/ace", 256, LOCAL);
		mudbase_patch(root, ACL "/-", "{'name':'x','aces':{'ace':[]}}");
		put_aces(root, ACL "/3/aces/ace", 253 + over, LOCAL);
		assert_int_equal(
		    mudbase_judge(root, &policy, &heard, &why), over == 0);
		if (over == 0)
			policy_free(policy);
		json_decref(root);
	}
	for (size_t over = 0; over < 2; over++) {
		json_t *root = json_deep_copy(mudbase);

		for (size_t i = 3; i < LIMIT_ACLS + over; i++) {
			char text[64];

			(void)snprintf(text, sizeof(text), "{'name':'%zu'}", i);
			mudbase_patch(root, ACL "/-", text);
		}
		assert_int_equal(
		    mudbase_judge(root, &policy, &heard, &why), over == 0);
		if (over == 0)
			policy_free(policy);
		else
			assert_int_equal(why.code, FAULT_TOO_MANY);
		json_decref(root);
	}
}

/* Raw bytes; a repeated part makes the large ones. */
static const struct {
	const char *name, *head, *part, *tail;
	size_t n;
	enum fault_code code;
} raws[] = {
	{ "empty", "", "", "", 0, FAULT_NOT_JSON },
	{ "word", "mud", "", "", 0, FAULT_NOT_JSON },
	{ "list", "[]", "", "", 0, FAULT_NOT_A_MUD_FILE },
	{ "open string", "{\"a", "", "", 0, FAULT_NOT_JSON },
	{ "open escape", "{\"a\\", "", "", 0, FAULT_NOT_JSON },
	{ "more behind", "{}{}", "", "", 0, FAULT_NOT_JSON },
	{ "twice", "{\"a\":1,\"a\":1}", "", "", 0, FAULT_NOT_JSON },
	{ "no UTF-8", "{\"a\":\"\xff\"}", "", "", 0, FAULT_NOT_JSON },
	{ "U+0000", "{\"a\":\"\\u0000\"}", "", "", 0, FAULT_NOT_JSON },
	{ "closed too often", "}]", "", "{}", 0, FAULT_NOT_JSON },
	{ "deep", "{\"a\":", "[", "", LIMIT_JSON_DEPTH - 1, FAULT_NOT_JSON },
	{ "too deep", "{\"a\":", "[", "", LIMIT_JSON_DEPTH, FAULT_TOO_MANY },
	{ "wide", "{\"a\":[", "1,", "1]}", LIMIT_JSON_VALUES - 3,
	    FAULT_NOT_A_MUD_FILE },
	{ "too wide", "{\"a\":[", "1,", "1]}", LIMIT_JSON_VALUES - 2,
	    FAULT_TOO_MANY },
	{ "too wide by strings", "{\"a\":[", "\"\",", "1]}",
	    LIMIT_JSON_VALUES - 2, FAULT_TOO_MANY },
	{ "long string", "{\"a\":\"", "a", "\"}", LIMIT_JSON_STRING,
	    FAULT_NOT_A_MUD_FILE },
	{ "too long string", "{\"a\":\"", "a", "\"}", LIMIT_JSON_STRING + 1,
	    FAULT_TOO_LONG },
	{ "long name", "{\"", "a", "\" : 1}", LIMIT_JSON_KEY,
	    FAULT_NOT_A_MUD_FILE },
	{ "too long name", "{\"", "a", "\" : 1}", LIMIT_JSON_KEY + 1,
	    FAULT_TOO_LONG },
	{ "large", "{", " ", "}", LIMIT_FILE - 2, FAULT_NOT_A_MUD_FILE },
	{ "too large", "{", " ", "}", LIMIT_FILE - 1, FAULT_TOO_LARGE },
	{ "brackets in strings", "{\"a\":\"", "[{\\\"", "\"}",
	    LIMIT_JSON_DEPTH + 1, FAULT_NOT_A_MUD_FILE },
	{ "mud is null", "{\"ietf-mud:mud\":null}", "", "", 0,
	    FAULT_MALFORMED },
};

static void
raw_bytes(void **state)
{
	char *text = malloc(LIMIT_FILE + 16);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < COUNT(raws); i++) {
		const size_t part = strlen(raws[i].part);
		struct policy *policy = NULL;
		struct mudfile_peek peek;
		struct heard heard;
		struct fault why = { 0 };
		size_t len = strlen(raws[i].head);

		memcpy(text, raws[i].head, len);
		for (size_t k = 0; k < raws[i].n; k++, len += part)
			memcpy(text + len, raws[i].part, part);
		memcpy(text + len, raws[i].tail, strlen(raws[i].tail));
		len += strlen(raws[i].tail);
		assert_false(
		    mudbase_judge_text(text, len, &policy, &heard, &why));
		if (why.code != raws[i].code)
			fail_msg("%s: %s: %s", raws[i].name,
			    fault_name(why.code), why.detail);
		assert_null(policy);
		assert_false(mudfile_peek(
		    (struct bytes){ (const uint8_t *)text, len }, &peek, &why));
	}
	free(text);
}

static void
peeks(void **state)
{
	static const struct {
		const char *name, *text, *url;
		enum fault_code code;
	} rows[] = {
		{ "there", "{\"ietf-mud:mud\":{\"mud-signature\":\"x.p7s\"}}",
		    "x.p7s", FAULT_NONE },
		{ "absent", "{\"ietf-mud:mud\":{}}", "", FAULT_NONE },
		{ "elsewhere",
		    "{\"ietf-mud:mud\":{},\"mud-signature\":\"x.p7s\"}", "",
		    FAULT_NONE },
		{ "nothing else matters",
		    "{\"ietf-mud:mud\":{\"mud-version\":\"x\","
		    "\"mud-signature\":\"x\"}}",
		    "x", FAULT_NONE },
		{ "number", "{\"ietf-mud:mud\":{\"mud-signature\":1}}", NULL,
		    FAULT_MALFORMED },
		{ "space", "{\"ietf-mud:mud\":{\"mud-signature\":\"a b\"}}",
		    NULL, FAULT_MALFORMED },
		{ "list", "{\"ietf-mud:mud\":[]}", NULL, FAULT_NOT_A_MUD_FILE },
		{ "none", "{}", NULL, FAULT_NOT_A_MUD_FILE },
		{ "no JSON", "{", NULL, FAULT_NOT_JSON },
	};
	char text[LIMIT_URL + 64];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct bytes raw = { (const uint8_t *)rows[i].text,
			strlen(rows[i].text) };
		struct mudfile_peek peek = { "untouched" };
		struct fault why = { 0 };
		bool ok = mudfile_peek(raw, &peek, &why);

		if (ok != (rows[i].url != NULL) || why.code != rows[i].code)
			fail_msg("%s: %s", rows[i].name, why.detail);
		assert_string_equal(
		    peek.mud_signature, ok ? rows[i].url : "untouched");
	}
	for (int over = 0; over < 2; over++) {
		struct mudfile_peek peek;
		struct fault why;
		int len = snprintf(text, sizeof(text),
		    "{\"ietf-mud:mud\":{\"mud-signature\":\"%0*d\"}}",
		    LIMIT_URL + over, 0);

		assert_int_equal(
		    mudfile_peek(
			(struct bytes){ (const uint8_t *)text, (size_t)len },
			&peek, &why),
		    over == 0);
	}
}

/* A person mends the first ones and looks again; the rest only counts. */
static void
many(void **state)
{
	json_t *root = json_deep_copy(mudbase);
	json_t *mud = json_object_get(root, "ietf-mud:mud");
	struct policy *policy = NULL;
	struct heard heard;
	struct fault why;
	char key[16];

	(void)state;
	for (int i = 0; i < LIMIT_FINDINGS + 100; i++) {
		(void)snprintf(key, sizeof(key), "x%d", i);
		assert_int_equal(json_object_set_new(mud, key, json_true()), 0);
	}
	assert_true(mudbase_judge(root, &policy, &heard, &why));
	assert_int_equal(heard.n[FINDING_ERROR], LIMIT_FINDINGS);
	assert_int_equal(heard.n[FINDING_WARNING], 1);
	assert_int_equal(heard.n[FINDING_INFO], 0);
	assert_int_equal(policy->info.n_ignored, LIMIT_FINDINGS + 100);
	policy_free(policy);
	json_decref(root);
}

/* Keys of others neither break the form nor the terminal. */
static void
pointer_forms(void **state)
{
	static const struct {
		const char *key, *end;
	} rows[] = {
		{ "a: b", "/a:%20b: " },
		{ "~%\\", "/~0%25%5C: " },
		{ "\xc3\xa9\x7f\x1b", "/%C3%A9%7F%1B: " },
		{ "a/b", "/a~1b: " },
	};
	char key[LIMIT_JSON_KEY + 1] = "";
	struct policy *policy = NULL;
	struct heard heard;
	struct fault why;
	json_t *root, *mud;

	(void)state;
	for (size_t i = 0; i <= COUNT(rows); i++) {
		/* The last one fills all the room there is. */
		memset(key, '/', sizeof(key) - 1);
		root = json_deep_copy(mudbase);
		mud = json_object_get(root, "ietf-mud:mud");
		assert_int_equal(
		    json_object_set_new(
			mud, i == COUNT(rows) ? key : rows[i].key, json_true()),
		    0);
		assert_true(mudbase_judge(root, &policy, &heard, &why));
		assert_int_equal(policy->info.n_ignored, 1);
		assert_memory_equal(heard.error.pointer, MUD, strlen(MUD));
		if (i < COUNT(rows))
			assert_memory_equal(heard.error.pointer + strlen(MUD),
			    rows[i].end, strcspn(rows[i].end, ":"));
		else
			assert_non_null(strstr(heard.error.pointer, "..."));
		policy_free(policy);
		json_decref(root);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_file),
		cmocka_unit_test(refuses),

		cmocka_unit_test(reads_and_tells),

		cmocka_unit_test(many),
		cmocka_unit_test(own_type),
		cmocka_unit_test(shared),
		cmocka_unit_test(drafts),
		cmocka_unit_test(display),
		cmocka_unit_test(limits),
		cmocka_unit_test(limits_of_the_file),
		cmocka_unit_test(raw_bytes),
		cmocka_unit_test(peeks),
		cmocka_unit_test(pointer_forms),
	};

	return cmocka_run_group_tests(tests, mudbase_load, mudbase_free);
}
