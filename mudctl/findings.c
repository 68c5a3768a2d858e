/*
 * Findings as JSON.  Role: mudctl, run by makers of MUD files and in their
 * CI.  Input: files that the caller names, which may be anybody's: hostile.
 */
#include "mudctl/findings.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/mudfile.h"
#include "libmud/policy.h"
#include "mudctl/files.h"
#include "mudctl/fixes.h"

const char *
findings_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

size_t
findings_count(const json_t *file, const char *severity)
{
	const json_t *findings = json_object_get(file, "findings");
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(findings); i++)
		n += strcmp(
			 findings_text(json_array_get(findings, i), "severity"),
			 severity) == 0;
	return n;
}

static void
add(void *arg, const struct finding *finding)
{
	static const char *const severities[] = { [FINDING_INFO] = "info",
		[FINDING_WARNING] = "warning",
		[FINDING_ERROR] = "error" };
	const char *fix = finding->fix;
	json_t *findings = arg;

	if (*fix == '\0')
		fix = finding->kind->severity == FINDING_INFO
		          ? "Nothing: managers that know the extension use it."
		          : fix_for(finding->kind->code);
	(void)json_array_append_new(findings,
	    json_pack("{s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:s}", "severity",
		severities[finding->kind->severity], "code",
		fault_name(finding->kind->code), "pointer", finding->pointer,
		"line", (json_int_t)finding->line, "column",
		(json_int_t)finding->column, "clause", finding->kind->clause,
		"message", finding->message, "fix", fix));
}

/* A finding on its way into the order of the file. */
struct ranked {
	json_t *finding;
	json_int_t line, column;
	size_t told; /* the how-manieth */
};

static int
by_place(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;

	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	if (left->column != right->column)
		return left->column < right->column ? -1 : 1;
	return left->told < right->told ? -1 : 1;
}

/* Equal ones have one place, so they stand near each other. */
static bool
is_new(const struct ranked *ranked, size_t i)
{
	for (size_t k = i; k-- > 0;) {
		if (ranked[k].line != ranked[i].line ||
		    ranked[k].column != ranked[i].column)
			break;
		if (json_equal(ranked[k].finding, ranked[i].finding))
			return false;
	}
	return true;
}

/* A new array, sorted and each finding once; takes the old one. */
static json_t *
sort(json_t *findings)
{
	const size_t n = json_array_size(findings);
	struct ranked *ranked = xcalloc(n + 1, sizeof(*ranked));
	json_t *sorted = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *finding = json_array_get(findings, i);

		ranked[i] = (struct ranked){ finding,
			json_integer_value(json_object_get(finding, "line")),
			json_integer_value(json_object_get(finding, "column")),
			i };
	}
	qsort(ranked, n, sizeof(*ranked), by_place);
	for (size_t i = 0; i < n; i++)
		if (is_new(ranked, i))
			(void)json_array_append(sorted, ranked[i].finding);
	free(ranked);
	json_decref(findings);
	return sorted;
}

json_t *
findings_judge(const char *path, struct bytes file, bool *is_valid)
{
	json_t *findings = json_array(), *judged;
	struct policy *policy;
	struct fault why;
	bool breaks = true;

	if (mudfile_judge(file, (int64_t)time(NULL), add, findings, &breaks,
		&policy, &why))
		policy_free(policy);
	judged = json_pack("{s:o, s:b, s:b, s:o}", "file", file_name(path),
	    "schema_valid", !breaks, "valid", 0, "findings", sort(findings));
	if (findings_count(judged, "error") > 0)
		*is_valid = false;
	else
		(void)json_object_set_new(judged, "valid", json_true());
	return judged;
}
