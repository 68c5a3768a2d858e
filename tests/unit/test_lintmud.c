/* lintmud and lintext: what is told of the container and of extensions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/lint/lintmud.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* 2026-01-15T12:00:00Z */
#define NOW INT64_C(1768478400)

struct heard {
	char told[256];
	struct finding last;
};

static void
hear(void *arg, const struct finding *finding)
{
	static const char letters[] = "iwe";
	struct heard *heard = arg;
	const size_t len = strlen(heard->told);
	const char *name = strrchr(finding->pointer, '/');

	assert_true(finding->fix[0] != '\0');
	assert_false(finding->kind->breaks_schema);
	heard->last = *finding;
	(void)snprintf(heard->told + len, sizeof(heard->told) - len, "%s%s=%c",
	    len == 0 ? "" : " ", name == NULL ? "" : name + 1,
	    letters[finding->kind->severity]);
}

/* A good container, of which each case changes one member. */
static const char base[] =
    "{\"ietf-mud:mud\": {\"mud-version\": 1, "
    "\"mud-url\": \"https://a.example/t\", "
    "\"mud-signature\": \"https://a.example/t.p7s\", "
    "\"last-update\": \"2026-01-15T10:00:00Z\", \"cache-validity\": 48, "
    "\"is-supported\": true, \"mfg-name\": \"A\", \"systeminfo\": \"t\", "
    "\"from-device-policy\": {}, \"to-device-policy\": {}}}";

#define SIXTY "123456789012345678901234567890123456789012345678901234567890"
#define UMLAUTS                                                                \
	"\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244"     \
	"\303\244\303\244"

static const struct {
	const char *name, *value; /* NULL: left out */
	const char *told;
	const char *word, *clause;
} cases[] = {
	{ "mud-version", "1", "", NULL, NULL },
	{ "mud-version", "2", "mud-version=e", "version 2", "M-VER-1" },
	{ "mud-version", "0", "mud-version=e", "version 0", "M-VER-1" },
	{ "mud-version", "\"2\"", "", NULL, NULL },
	{ "mud-version", NULL, "", NULL, NULL },
	{ "mud-url", "\"http://a.example/t\"", "mud-url=e", "https",
	    "M-URL-1" },
	{ "mud-url", "\"not a url\"", "mud-url=e", NULL, "M-URL-1" },
	{ "mud-url", "\"https://a.example/t#x\"", "mud-url=w", NULL,
	    "M-MURL-1" },
	{ "mud-url", "\"https://A.example/t\"", "mud-url=i", "normal form",
	    "M-URL-6" },
	{ "mud-url", "7", "", NULL, NULL },
	{ "mud-url", NULL, "", NULL, NULL },
	{ "mud-signature", NULL, "ietf-mud:mud=w", "mudctl sign", "M-SIG-12" },
	{ "mud-signature", "\"t.p7s\"", "", NULL, NULL },
	{ "mud-signature", "\"https://b.example/t.p7s\"", "mud-signature=w",
	    "b.example", "S-26" },
	{ "mud-signature", "\"https://a.example:444/t.p7s\"", "mud-signature=w",
	    "port", "S-26" },
	{ "mud-signature", "\"http://a.example/t.p7s\"", "mud-signature=w",
	    "https", "S-26" },
	{ "mud-signature", "7", "", NULL, NULL },
	{ "last-update", "\"2026-01-16T11:59:59Z\"", "", NULL, NULL },
	{ "last-update", "\"2026-01-16T12:00:00Z\"", "", NULL, NULL },
	{ "last-update", "\"2023-02-28T00:00:00Z\"", "", NULL, NULL },
	{ "last-update", "\"2026-01-16T12:00:01Z\"", "last-update=w", "future",
	    "M-LU-1" },
	{ "last-update", "\"2026-01-16T13:00:01+02:00\"", "", NULL, NULL },
	{ "last-update", "\"2024-13-45T99:00:00Z\"", "last-update=e",
	    "no such time", "M-LU-1" },
	{ "last-update", "\"2024-02-29T00:00:00Z\"", "", NULL, NULL },
	{ "last-update", "\"2023-02-29T00:00:00Z\"", "last-update=e",
	    "no such day", "M-LU-1" },
	{ "last-update", "\"1900-02-29T00:00:00Z\"", "last-update=e",
	    "no such day", "M-LU-1" },
	{ "last-update", "\"2000-02-29T00:00:00Z\"", "", NULL, NULL },
	{ "last-update", "\"2023-04-31T00:00:00Z\"", "last-update=e",
	    "no such day", "M-LU-1" },
	/* The schema's: no zone, another shape. */
	{ "last-update", "\"2023-02-28T00:00:00\"", "", NULL, NULL },
	{ "last-update", "\"yesterday\"", "", NULL, NULL },
	{ "cache-validity", "23", "cache-validity=w", "23 hours", "M-CV-2" },
	{ "cache-validity", "24", "", NULL, NULL },
	{ "cache-validity", "0", "", NULL, NULL },
	{ "cache-validity", "169", "", NULL, NULL },
	{ "systeminfo", "\"" SIXTY "\"", "", NULL, NULL },
	{ "systeminfo", "\"" SIXTY "1\"", "systeminfo=w", "61 characters",
	    "M-SI-1" },
	{ "systeminfo", "\"" UMLAUTS UMLAUTS UMLAUTS UMLAUTS "\"", "", NULL,
	    NULL },
	{ "systeminfo", "\"a b\"", "", NULL, NULL },
	{ "systeminfo", "\"a\\nb\"", "systeminfo=w", "control", "M-SI-1" },
	{ "systeminfo", "\"a\\u007fb\"", "systeminfo=w", "control", "M-SI-1" },
	{ "systeminfo", "7", "", NULL, NULL },
	{ "mfg-name", NULL, "ietf-mud:mud=i", "mfg-name", "s3.8" },
	{ "firmware-rev", "\"1\"", "firmware-rev=i", "upgrade", "M-REV-1" },
	{ "software-rev", "\"1\"", "software-rev=i", "upgrade", "M-REV-1" },
	{ "documentation", "\"https://a.example/\"", "", NULL, NULL },
	{ "documentation", "\"HTTP://a.example/\"", "", NULL, NULL },
	{ "documentation", "\"see the box\"", "documentation=w", "browser",
	    "M-DOC-1" },
	{ "documentation", "7", "", NULL, NULL },
	/* extensions */
	{ "extensions", "[]", "", NULL, NULL },
	{ "extensions", "7", "", NULL, NULL },
	{ "extensions", "[7]", "", NULL, NULL },
	{ "extensions", "[\"transparency\"]", "0=w", "nothing of", "M-EXT-1" },
	{ "extensions", "[\"ietf-mud-transparency\"]", "0=w",
	    "Write \"transparency\"", "M-EXT-6" },
	{ "extensions", "[\"x\"]", "0=w", "no such extension", "M-EXT-1" },
	{ "ietf-mud-transparency:transparency", "{}",
	    "ietf-mud-transparency:transparency=e", "Add \"transparency\"",
	    "M-EXT-1" },
	/* The schema's. */
	{ "mudtx:transparency", "{}", "", NULL, NULL },
	{ "vendor:x", "{}", "vendor:x=e", "module vendor", "M-EXT-1" },
	{ "ietf-acldns:x", "{}", "", NULL, NULL },
	{ "ietf-mud:x", "{}", "", NULL, NULL },
	{ "@x:y", "{}", "", NULL, NULL },
};

static void
run(json_t *root, int64_t now, struct heard *heard)
{
	struct findings to = { .on = hear, .arg = heard };
	const struct json_at top = { root, NULL, NULL, 0 };

	*heard = (struct heard){ .told = "" };
	lintmud_judge(&top, now, &to);
}

static void
judges_members(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		json_t *root = json_loads(base, 0, NULL);
		json_t *mud = json_object_get(root, "ietf-mud:mud");
		struct heard heard;

		assert_non_null(mud);
		if (cases[i].value == NULL)
			(void)json_object_del(mud, cases[i].name);
		else
			(void)json_object_set_new(mud, cases[i].name,
			    json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
		run(root, NOW, &heard);
		json_decref(root);
		if (strcmp(heard.told, cases[i].told) != 0)
			fail_msg("%s %s: \"%s\": %s", cases[i].name,
			    cases[i].value == NULL ? "-" : cases[i].value,
			    heard.told, heard.last.message);
		if (cases[i].clause != NULL &&
		    strstr(heard.last.kind->clause, cases[i].clause) == NULL)
			fail_msg(
			    "%s: %s", cases[i].name, heard.last.kind->clause);
		if (cases[i].word != NULL &&
		    strstr(heard.last.message, cases[i].word) == NULL &&
		    strstr(heard.last.fix, cases[i].word) == NULL)
			fail_msg("%s: \"%s\", \"%s\"", cases[i].name,
			    heard.last.message, heard.last.fix);
	}
}

/* Declared and used, wherever its members stand (M-EXT-6). */
static const struct {
	const char *mud, *rest, *told;
} uses[] = {
	{ "\"extensions\": [\"transparency\"], "
	  "\"ietf-mud-transparency:transparency\": {}",
	    "\"x\": 1", "" },
	{ "\"extensions\": [\"transparency\"]",
	    "\"ietf-mud-transparency:transparency\": {}", "" },
	{ "\"extensions\": [\"transparency\"], \"mudtx:transparency\": {}",
	    "\"x\": 1", "" },
	{ "\"extensions\": [\"ietf-mud-tls\"]",
	    "\"a\": [{\"ietf-acl-tls:client-profiles\": {}}]", "" },
	{ "\"extensions\": [\"ol\"]",
	    "\"a\": [{\"ietf-acl-tls:client-profiles\": {}}]",
	    "ietf-acl-tls:client-profiles=e 0=w" },
	{ "\"extensions\": [\"ol\"], \"ietf-ol:ol\": {}", "\"x\": 1", "" },
	{ "\"extensions\": [\"vendor\"], \"vendor:x\": {}", "\"x\": 1", "" },
	/* once a module */
	{ "\"vendor:x\": {\"vendor:y\": 1}", "\"vendor:z\": 1", "vendor:x=e" },
};

static void
pairs_extensions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(uses); i++) {
		struct heard heard;
		char text[512];
		json_t *root;

		(void)snprintf(text, sizeof(text),
		    "{\"ietf-mud:mud\": {\"mud-signature\": 7, "
		    "\"mfg-name\": \"A\", \"from-device-policy\": {}, "
		    "\"to-device-policy\": {}, %s}, %s}",
		    uses[i].mud, uses[i].rest);
		root = json_loads(text, 0, NULL);
		assert_non_null(root);
		run(root, NOW, &heard);
		json_decref(root);
		if (strcmp(heard.told, uses[i].told) != 0)
			fail_msg("%s: \"%s\"", text, heard.told);
	}
}

/* No clock, no container; and more modules than are kept. */
static void
takes_what_there_is(void **state)
{
	json_t *root = json_loads(base, 0, NULL), *mud;
	struct heard heard;

	(void)state;
	mud = json_object_get(root, "ietf-mud:mud");
	(void)json_object_set_new(
	    mud, "last-update", json_string("2999-01-01T00:00:00Z"));
	run(root, 0, &heard);
	assert_string_equal(heard.told, "");
	for (int i = 0; i < 100; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "m%d:x", i);
		(void)json_object_set_new(mud, name, json_integer(1));
	}
	run(root, 0, &heard);
	assert_string_not_equal(heard.told, "");
	(void)json_object_del(root, "ietf-mud:mud");
	run(root, 0, &heard);
	assert_string_equal(heard.told, "");
	json_decref(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_members),
		cmocka_unit_test(pairs_extensions),
		cmocka_unit_test(takes_what_there_is),
	};

	return cmocka_run_group_tests_name("lintmud", tests, NULL, NULL);
}
