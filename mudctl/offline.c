/*
 * validate.  Role: mudctl, run by makers of MUD files and in their
 * CI.  Input: files that the caller names, which may be anybody's: hostile.
 *
 * Each answer is made as JSON first; text for people is written from that, so
 * that the two never say different things.
 */
#include "mudctl/offline.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mudfile.h"
#include "libmud/policy.h"
#include "mudctl/columns.h"
#include "mudctl/commands.h"
#include "mudctl/files.h"
#include "mudctl/fixes.h"

static void
add_finding(void *arg, const struct finding *finding)
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
	    json_pack("{s:s, s:s, s:I, s:I, s:s, s:s, s:s}", "severity",
		severities[finding->kind->severity], "pointer",
		finding->pointer, "line", (json_int_t)finding->line, "column",
		(json_int_t)finding->column, "clause", finding->kind->clause,
		"message", finding->message, "fix", fix));
}

static bool
has_error(const json_t *findings)
{
	for (size_t i = 0; i < json_array_size(findings); i++)
		if (strcmp(json_string_value(json_object_get(
			       json_array_get(findings, i), "severity")),
			"error") == 0)
			return true;
	return false;
}

static json_t *
validate(const char *path, const struct input *input, bool *is_valid)
{
	json_t *findings = json_array();
	struct policy *policy;
	struct fault why;
	bool breaks, is_good;

	if (mudfile_judge(input_bytes(input), (int64_t)time(NULL), add_finding,
		findings, &breaks, &policy, &why))
		policy_free(policy);
	is_good = !has_error(findings);
	if (!is_good)
		*is_valid = false;
	return json_pack("{s:o, s:b, s:b, s:o}", "file", file_name(path),
	    "schema_valid", !breaks, "valid", is_good, "findings", findings);
}

static const char *
member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

static void
print_validated(const json_t *file)
{
	const json_t *findings = json_object_get(file, "findings");

	(void)text_print(stdout, member(file, "file"));
	(void)printf(": %s\n", json_is_true(json_object_get(file, "valid"))
				   ? "valid"
				   : "not valid");
	/* A fault's texts come escaped (S-71). */
	for (size_t i = 0; i < json_array_size(findings); i++) {
		const json_t *finding = json_array_get(findings, i);
		const char *pointer = member(finding, "pointer");

		(void)printf("  %s: %s%s%s (%s)\n    %s\n",
		    member(finding, "severity"), pointer,
		    *pointer == '\0' ? "" : ": ", member(finding, "message"),
		    member(finding, "clause"), member(finding, "fix"));
	}
}

static void
print_json(const json_t *document)
{
	(void)json_dumpf(document, stdout, JSON_INDENT(2));
	(void)putchar('\n');
}

static int
usage(const char *text)
{
	(void)fprintf(stderr, "usage: mudctl %s\n", text);
	return COMMAND_USAGE;
}

int
offline_validate(int argc, char **argv, const struct options *options)
{
	static const struct option known[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	json_t *files, *document;
	bool json = options->json, quiet = options->quiet;
	bool is_valid = true, is_read = true;
	int first, option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "jq", known, NULL)) != -1) {
		if (option != 'j' && option != 'q')
			return usage("validate FILE...");
		json |= option == 'j';
		quiet |= option == 'q';
	}
	if (optind == argc)
		return usage("validate FILE...");
	first = optind;
	files = json_array();
	for (int i = first; i < argc; i++) {
		struct input input = { NULL, 0 };

		if (file_read(argv[i], LIMIT_FILE + 1, &input))
			(void)json_array_append_new(
			    files, validate(argv[i], &input, &is_valid));
		else
			is_read = false;
		input_done(&input);
	}
	document = json_pack("{s:o}", "files", files);
	if (json)
		print_json(document);
	for (size_t i = 0; !json && !quiet && i < json_array_size(files); i++)
		print_validated(json_array_get(files, i));
	json_decref(document);
	if (!is_read)
		return COMMAND_USAGE;
	return is_valid ? COMMAND_DONE : COMMAND_NO;
}
