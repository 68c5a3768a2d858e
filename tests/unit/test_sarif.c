/*
 * findings and sarif: what is made of a file, in the order of the file, and as
 * SARIF 2.1.0: the members that its section 3 requires, their types, and that
 * each index leads somewhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mudctl/findings.h"
#include "mudctl/sarif.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static json_t *
judge(const char *path, const char *text, bool *is_valid)
{
	const struct bytes raw = { (const uint8_t *)text, strlen(text) };

	return findings_judge(path, raw, is_valid);
}

/* Three lines, each with something to tell, in no order of any judge's. */
static const char broken[] =
    "{\n"
    "  \"x\": 1,\n"
    "  \"ietf-mud:mud\": { \"mud-version\": 1, \"is-supported\": 7,\n"
    "    \"mud-url\": \"https://a.example/t\", \"y\": 1, \"z\": 1,\n"
    "    \"last-update\": \"2026-01-15T10:00:00Z\" }\n"
    "}\n";

static void
sorts_and_tells_once(void **state)
{
	static const char *const members[] = { "severity", "code", "pointer",
		"clause", "message", "fix" };
	bool is_valid = true;
	json_t *file = judge("a.json", broken, &is_valid), *list;
	json_int_t last = 0;

	(void)state;
	assert_false(is_valid);
	assert_true(json_is_false(json_object_get(file, "valid")));
	assert_true(json_is_boolean(json_object_get(file, "schema_valid")));
	assert_string_equal(findings_text(file, "file"), "a.json");
	list = json_object_get(file, "findings");
	assert_true(json_array_size(list) >= 3);
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *one = json_array_get(list, i);
		const json_int_t line =
		    json_integer_value(json_object_get(one, "line"));
		const json_int_t column =
		    json_integer_value(json_object_get(one, "column"));

		assert_true(line * 1000 + column >= last);
		last = line * 1000 + column;
		for (size_t k = 0; k < COUNT(members); k++)
			assert_true(
			    json_is_string(json_object_get(one, members[k])));
		assert_true(findings_text(one, "fix")[0] != '\0');
		for (size_t k = 0; k < i; k++)
			assert_false(json_equal(one, json_array_get(list, k)));
	}
	assert_true(last > 4000);
	assert_int_equal(findings_count(file, "error") +
			     findings_count(file, "warning") +
			     findings_count(file, "info"),
	    json_array_size(list));
	json_decref(file);
}

static void
keeps_what_was_valid(void **state)
{
	static const char good[] =
	    "{\"ietf-mud:mud\": {\"mud-version\": 1, \"mud-url\": "
	    "\"https://a.example/t\", \"last-update\": "
	    "\"2026-01-15T10:00:00Z\", \"is-supported\": true}}";
	bool is_valid = true;
	json_t *file = judge("-", good, &is_valid);

	(void)state;
	assert_true(is_valid);
	assert_true(json_is_true(json_object_get(file, "valid")));
	assert_int_equal(findings_count(file, "error"), 0);
	assert_true(findings_count(file, "warning") >= 1);
	is_valid = false;
	json_decref(file);
	file = judge("-", good, &is_valid);
	assert_false(is_valid);
	json_decref(file);
}

/* Of several findings at one place each once, whoever told it. */
static void
parts_what_differs(void **state)
{
	bool is_valid = true;
	json_t *file = judge("a", "no JSON", &is_valid);

	(void)state;
	assert_false(is_valid);
	assert_true(json_is_false(json_object_get(file, "schema_valid")));
	assert_int_equal(findings_count(file, "error"), 1);
	json_decref(file);
}

/* --- SARIF ---------------------------------------------------------------- */

static const char *
text(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_string(value))
		fail_msg("no text \"%s\"", name);
	return json_string_value(value);
}

static const json_t *
list(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_array(value))
		fail_msg("no array \"%s\"", name);
	return value;
}

static size_t
index_of(const json_t *object, const char *name, const json_t *into)
{
	const json_t *value = json_object_get(object, name);

	assert_true(json_is_integer(value));
	assert_true(json_integer_value(value) >= 0);
	assert_true((size_t)json_integer_value(value) < json_array_size(into));
	return (size_t)json_integer_value(value);
}

static void
check_rules(const json_t *rules)
{
	for (size_t i = 0; i < json_array_size(rules); i++) {
		const json_t *rule = json_array_get(rules, i);

		assert_true(*text(rule, "id") != '\0');
		assert_true(*text(json_object_get(rule, "shortDescription"),
				"text") != '\0');
		assert_true(
		    *text(json_object_get(rule, "help"), "text") != '\0');
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(text(rule, "id"),
			    text(json_array_get(rules, k), "id"));
	}
}

static void
check_uri(const char *uri)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789"
				      "-._~/%:";

	assert_true(*uri != '\0');
	assert_int_equal(strspn(uri, allowed), strlen(uri));
}

static void
check_location(const json_t *location, const json_t *artifacts)
{
	const json_t *physical = json_object_get(location, "physicalLocation");
	const json_t *artifact = json_object_get(physical, "artifactLocation");
	const json_t *region = json_object_get(physical, "region");
	const json_t *logical = json_object_get(location, "logicalLocations");
	const size_t i = index_of(artifact, "index", artifacts);

	check_uri(text(artifact, "uri"));
	assert_string_equal(text(artifact, "uri"),
	    text(json_object_get(json_array_get(artifacts, i), "location"),
		"uri"));
	if (region != NULL) {
		assert_true(json_integer_value(
				json_object_get(region, "startLine")) >= 1);
		assert_true(json_integer_value(
				json_object_get(region, "startColumn")) >= 1);
	}
	if (logical != NULL)
		assert_true(*text(json_array_get(logical, 0),
				"fullyQualifiedName") == '/');
}

static void
check_result(const json_t *result, const json_t *rules, const json_t *artifacts)
{
	const char *level = text(result, "level");
	const json_t *locations = list(result, "locations");

	assert_true(strcmp(level, "error") == 0 ||
		    strcmp(level, "warning") == 0 ||
		    strcmp(level, "note") == 0);
	assert_string_equal(text(result, "ruleId"),
	    text(json_array_get(rules, index_of(result, "ruleIndex", rules)),
		"id"));
	assert_true(*text(json_object_get(result, "message"), "text") != '\0');
	assert_int_equal(json_array_size(locations), 1);
	check_location(json_array_get(locations, 0), artifacts);
	assert_true(json_object_size(
			json_object_get(result, "partialFingerprints")) == 1);
}

/* Checks the log; how many results it has. */
static size_t
check_log(const json_t *log)
{
	const json_t *runs = list(log, "runs"), *run, *driver, *results;

	assert_string_equal(text(log, "version"), "2.1.0");
	assert_non_null(strstr(text(log, "$schema"), "sarif-schema-2.1.0"));
	assert_int_equal(json_array_size(runs), 1);
	run = json_array_get(runs, 0);
	driver = json_object_get(json_object_get(run, "tool"), "driver");
	assert_string_equal(text(driver, "name"), "mudctl");
	assert_true(*text(driver, "version") != '\0');
	check_rules(list(driver, "rules"));
	results = list(run, "results");
	for (size_t i = 0; i < json_array_size(results); i++)
		check_result(json_array_get(results, i), list(driver, "rules"),
		    list(run, "artifacts"));
	assert_true(json_is_boolean(
	    json_object_get(json_array_get(list(run, "invocations"), 0),
		"executionSuccessful")));
	return json_array_size(results);
}

static void
writes_sarif(void **state)
{
	static const struct {
		const char *path, *uri;
	} paths[] = {
		{ "a.json", "a.json" },
		{ "-", "stdin" },
		{ "a b/c#d.json", "a%20b/c%23d.json" },
		{ "/x/y.json", "file:///x/y.json" },
		{ "c:d", "c%3Ad" },
		{ "\303\244", "%C3%A4" },
	};
	json_t *files = json_array(), *log, *run;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		bool is_valid = true;
		json_t *file =
		    judge(paths[i].path, i % 2 == 0 ? broken : "{}", &is_valid);

		n += json_array_size(json_object_get(file, "findings"));
		(void)json_array_append_new(files, file);
	}
	log = sarif_new(files, true);
	assert_int_equal(check_log(log), n);
	run = json_array_get(json_object_get(log, "runs"), 0);
	for (size_t i = 0; i < COUNT(paths); i++)
		assert_string_equal(
		    text(json_object_get(
			     json_array_get(list(run, "artifacts"), i),
			     "location"),
			"uri"),
		    paths[i].uri);
	json_decref(log);
	json_decref(files);
}

/* A finding of each severity, with and without a place. */
static void
writes_each_sort(void **state)
{
	static const char *const levels[][2] = { { "error", "error" },
		{ "warning", "warning" }, { "info", "note" } };

	(void)state;
	for (size_t i = 0; i < COUNT(levels) * 2; i++) {
		json_t *files = json_pack(
		    "[{s:s, s:[{s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s}]}]",
		    "file", "a", "findings", "severity", levels[i / 2][0],
		    "code", "twin-missing", "pointer", i % 2 == 0 ? "" : "/x",
		    "line", i % 2 == 0 ? 0 : 3, "column", 0, "clause",
		    "RFC 8520", "message", "one", "fix", "two");
		json_t *log = sarif_new(files, false);
		json_t *run = json_array_get(json_object_get(log, "runs"), 0);
		json_t *result =
		    json_array_get(json_object_get(run, "results"), 0);
		json_t *location =
		    json_array_get(json_object_get(result, "locations"), 0);

		assert_int_equal(check_log(log), 1);
		assert_string_equal(text(result, "level"), levels[i / 2][1]);
		assert_string_equal(
		    text(json_object_get(result, "message"), "text"),
		    "one (RFC 8520). two");
		assert_int_equal(
		    json_object_get(location, "logicalLocations") != NULL,
		    i % 2);
		assert_int_equal(json_object_get(json_object_get(location,
						     "physicalLocation"),
				     "region") != NULL,
		    i % 2);
		assert_true(json_is_false(
		    json_object_get(json_array_get(list(run, "invocations"), 0),
			"executionSuccessful")));
		assert_string_equal(
		    text(json_object_get(
			     json_array_get(
				 list(json_object_get(
					  json_object_get(run, "tool"),
					  "driver"),
				     "rules"),
				 0),
			     "shortDescription"),
			"text"),
		    "twin missing");
		json_decref(log);
		json_decref(files);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts_and_tells_once),
		cmocka_unit_test(keeps_what_was_valid),
		cmocka_unit_test(parts_what_differs),
		cmocka_unit_test(writes_sarif),
		cmocka_unit_test(writes_each_sort),
	};

	return cmocka_run_group_tests_name("sarif", tests, NULL, NULL);
}
