/*
 * SARIF.  Role: mudctl.  Input: findings, whose texts are printable ASCII
 * already, and paths of the caller's.
 */
#include <config.h>

#include "mudctl/sarif.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/mem.h"
#include "mudctl/findings.h"
#include "mudctl/fixes.h"

#define SCHEMA                                                                 \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"  \
	"sarif-schema-2.1.0.json"

/* A path as a URI reference (RFC 3986): relative, or file: if it is not. */
static json_t *
uri_of(const char *name)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789"
				    "-._~/";
	const char *path = strcmp(name, "-") == 0 ? "stdin" : name;
	const char *scheme = *path == '/' ? "file://" : "";
	const size_t size = strlen(scheme) + strlen(path) * 3 + 1;
	char *uri = xcalloc(size, 1);
	json_t *value;
	size_t len;

	len = (size_t)snprintf(uri, size, "%s", scheme);
	for (const char *c = path; *c != '\0'; c++)
		len += (size_t)snprintf(uri + len, size - len,
		    strchr(plain, *c) != NULL ? "%c" : "%%%02X",
		    (unsigned char)*c);
	value = json_string(uri);
	free(uri);
	return value;
}

static const char *
level_of(const char *severity)
{
	return strcmp(severity, "info") == 0 ? "note" : severity;
}

/* The rule of that code in the array, made if it is new; its index. */
static size_t
rule_of(json_t *rules, const char *code)
{
	const size_t n = json_array_size(rules);
	enum fault_code number = FAULT_MALFORMED;
	char *title;

	for (size_t i = 0; i < n; i++)
		if (strcmp(findings_text(json_array_get(rules, i), "id"),
			code) == 0)
			return i;
	(void)fault_find(code, &number);
	title = xstrdup(code);
	for (char *c = title; *c != '\0'; c++)
		if (*c == '-')
			*c = ' ';
	(void)json_array_append_new(rules,
	    json_pack("{s:s, s:{s:s}, s:{s:s}}", "id", code, "shortDescription",
		"text", title, "help", "text", fix_for(number)));
	free(title);
	return n;
}

static json_t *
location_of(const json_t *finding, json_t *uri, size_t artifact)
{
	const json_int_t line =
	    json_integer_value(json_object_get(finding, "line"));
	const json_int_t column =
	    json_integer_value(json_object_get(finding, "column"));
	const char *pointer = findings_text(finding, "pointer");
	json_t *place = json_pack("{s:{s:O, s:I}}", "artifactLocation", "uri",
	    uri, "index", (json_int_t)artifact);
	json_t *location = json_pack("{s:o}", "physicalLocation", place);

	if (line > 0)
		(void)json_object_set_new(place, "region",
		    json_pack("{s:I, s:I}", "startLine", line, "startColumn",
			column > 0 ? column : 1));
	if (*pointer != '\0')
		(void)json_object_set_new(location, "logicalLocations",
		    json_pack("[{s:s}]", "fullyQualifiedName", pointer));
	return location;
}

static json_t *
result_of(const json_t *finding, json_t *uri, size_t artifact, json_t *rules)
{
	const char *code = findings_text(finding, "code");
	const size_t rule = rule_of(rules, code);
	char print[256];

	(void)snprintf(print, sizeof(print), "%s:%s", code,
	    findings_text(finding, "pointer"));
	return json_pack("{s:s, s:I, s:s, s:{s:o}, s:[o], s:{s:s}}", "ruleId",
	    code, "ruleIndex", (json_int_t)rule, "level",
	    level_of(findings_text(finding, "severity")), "message", "text",
	    json_sprintf("%s (%s). %s", findings_text(finding, "message"),
		findings_text(finding, "clause"),
		findings_text(finding, "fix")),
	    "locations", location_of(finding, uri, artifact),
	    "partialFingerprints", "codeAndPointer/v1", print);
}

json_t *
sarif_new(const json_t *files, bool is_read)
{
	json_t *rules = json_array(), *results = json_array();
	json_t *artifacts = json_array();

	for (size_t i = 0; i < json_array_size(files); i++) {
		const json_t *file = json_array_get(files, i);
		const json_t *findings = json_object_get(file, "findings");
		json_t *uri = uri_of(findings_text(file, "file"));

		(void)json_array_append_new(
		    artifacts, json_pack("{s:{s:O}}", "location", "uri", uri));
		for (size_t k = 0; k < json_array_size(findings); k++)
			(void)json_array_append_new(
			    results, result_of(json_array_get(findings, k), uri,
					 i, rules));
		json_decref(uri);
	}
	return json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:[{s:b}], "
			 "s:o, s:o}]}",
	    "$schema", SCHEMA, "version", "2.1.0", "runs", "tool", "driver",
	    "name", "mudctl", "version", PACKAGE_VERSION, "rules", rules,
	    "invocations", "executionSuccessful", (int)is_read, "artifacts",
	    artifacts, "results", results);
}
