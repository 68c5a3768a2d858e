/*
 * validate.  Role: mudctl, run by makers of MUD files and in their CI.  Input:
 * files that the caller names, which may be anybody's: hostile.
 */
#include "mudctl/validate.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/form/modernize.h"
#include "libmud/json.h"
#include "libmud/limits.h"
#include "mudctl/columns.h"
#include "mudctl/commands.h"
#include "mudctl/files.h"
#include "mudctl/findings.h"
#include "mudctl/sarif.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF };

struct asked {
	enum format format;
	bool is_quiet, colour;
	bool modernize;
	const char *out; /* NULL: not given */
};

static enum tone
tone_of(const char *severity)
{
	if (strcmp(severity, "error") == 0)
		return TONE_BAD;
	return strcmp(severity, "warning") == 0 ? TONE_WAITING : TONE_FAINT;
}

static void
print_count(size_t n, const char *what)
{
	(void)printf("%zu %s%s", n, what, n == 1 ? "" : "s");
}

/* FILE:LINE:COLUMN: SEVERITY: MESSAGE, as compilers write; then where that is
 * in the document, the clause, and what to write. */
static void
print_finding(const char *path, const json_t *finding, bool colour)
{
	const json_int_t line =
	    json_integer_value(json_object_get(finding, "line"));
	const json_int_t column =
	    json_integer_value(json_object_get(finding, "column"));
	const char *severity = findings_text(finding, "severity");
	const char *pointer = findings_text(finding, "pointer");

	(void)text_print(stdout, path);
	if (line > 0)
		(void)printf(":%lld:%lld", (long long)line, (long long)column);
	(void)fputs(": ", stdout);
	(void)text_print_tone(stdout, severity, tone_of(severity), colour);
	/* The texts of a finding come escaped (S-71). */
	(void)printf(": %s\n", findings_text(finding, "message"));
	(void)fputs("  ", stdout);
	if (*pointer != '\0')
		(void)printf("%s ", pointer);
	(void)printf("(%s)\n  %s\n", findings_text(finding, "clause"),
	    findings_text(finding, "fix"));
}

static void
print_file(const json_t *file, bool colour)
{
	const json_t *findings = json_object_get(file, "findings");
	const bool is_valid = json_is_true(json_object_get(file, "valid"));
	const size_t errors = findings_count(file, "error");
	const size_t warnings = findings_count(file, "warning");
	const char *path = findings_text(file, "file");

	for (size_t i = 0; i < json_array_size(findings); i++)
		print_finding(path, json_array_get(findings, i), colour);
	(void)text_print(stdout, path);
	(void)fputs(": ", stdout);
	(void)text_print_tone(stdout, is_valid ? "valid" : "not valid",
	    is_valid ? TONE_GOOD : TONE_BAD, colour);
	if (errors + warnings > 0)
		(void)fputs(": ", stdout);
	if (errors > 0)
		print_count(errors, "error");
	if (errors > 0 && warnings > 0)
		(void)fputs(", ", stdout);
	if (warnings > 0)
		print_count(warnings, "warning");
	(void)putchar('\n');
}

static void
print_changes(const json_t *file)
{
	const json_t *changes = json_object_get(file, "changes");

	for (size_t i = 0; i < json_array_size(changes); i++) {
		const json_t *change = json_array_get(changes, i);

		(void)text_print(stdout, findings_text(file, "file"));
		(void)printf(": changed: %s: %s\n",
		    findings_text(change, "pointer"),
		    findings_text(change, "change"));
	}
}

static void
print_json(const json_t *document)
{
	(void)json_dumpf(document, stdout, JSON_INDENT(2));
	(void)putchar('\n');
}

static void
print_all(const struct asked *asked, json_t *files, bool is_read)
{
	json_t *document = NULL;

	if (asked->is_quiet)
		return;
	switch (asked->format) {
	case FORMAT_TEXT:
		for (size_t i = 0; i < json_array_size(files); i++) {
			print_changes(json_array_get(files, i));
			print_file(json_array_get(files, i), asked->colour);
		}
		return;
	case FORMAT_JSON:
		document = json_pack("{s:O}", "files", files);
		break;
	case FORMAT_SARIF:
		document = sarif_new(files, is_read);
		break;
	}
	print_json(document);
	json_decref(document);
}

static void
add_change(void *arg, const struct json_at *at, const char *text)
{
	char pointer[JSON_POINTER];
	json_t *changes = arg;

	json_pointer(at, pointer);
	(void)json_array_append_new(changes,
	    json_pack("{s:s, s:s}", "pointer", pointer, "change", text));
}

/* What the modern document comes to, once it is written; NULL if it cannot
 * be. */
static json_t *
judge_modern(
    const char *path, const json_t *document, const char *out, bool *is_valid)
{
	json_t *changes = json_array(), *judged = NULL, *made;
	struct bytes raw;
	char *text, *ended;
	size_t n, len;

	made = modernize(document, add_change, changes, &n);
	text = json_dumps(made, JSON_INDENT(2));
	len = text == NULL ? 0 : strlen(text);
	/* Text files end in a newline. */
	ended = realloc(text, len + 2);
	if (ended != NULL) {
		ended[len] = '\n';
		raw = (struct bytes){ (const uint8_t *)ended, len + 1 };
		if (file_write(out, raw)) {
			judged = findings_judge(out, raw, is_valid);
			(void)json_object_set_new(
			    judged, "from", file_name(path));
			(void)json_object_set(judged, "changes", changes);
		}
	}
	free(ended);
	json_decref(made);
	json_decref(changes);
	return judged;
}

static json_t *
judge(
    const struct asked *asked, const char *path, bool *is_valid, bool *is_read)
{
	struct input input = { NULL, 0 };
	json_t *judged = NULL, *document;
	struct fault why;

	if (!file_read(path, LIMIT_FILE + 1, &input)) {
		*is_read = false;
	} else if (!asked->modernize ||
		   !json_load(input_bytes(&input), &document, &why)) {
		judged = findings_judge(path, input_bytes(&input), is_valid);
	} else {
		judged = judge_modern(path, document, asked->out, is_valid);
		*is_read = judged != NULL;
		json_decref(document);
	}
	input_done(&input);
	return judged;
}

static int
usage(void)
{
	(void)fputs("usage: mudctl validate [--format text|json|sarif] "
		    "FILE...\n"
		    "       mudctl validate --modernize -o OUT FILE\n",
	    stderr);
	return COMMAND_USAGE;
}

static bool
find_format(const char *word, enum format *format)
{
	static const char *const words[] = { [FORMAT_TEXT] = "text",
		[FORMAT_JSON] = "json",
		[FORMAT_SARIF] = "sarif" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], word) == 0) {
			*format = (enum format)i;
			return true;
		}
	return false;
}

/* False: asked wrongly.  optind is then behind the options. */
static bool
read_options(int argc, char **argv, struct asked *asked)
{
	static const struct option known[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "no-color", no_argument, NULL, 'N' },
		{ "format", required_argument, NULL, 'f' },
		{ "modernize", no_argument, NULL, 'm' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "jqo:", known, NULL)) != -1) {
		if (option == 'j')
			asked->format = FORMAT_JSON;
		else if (option == 'q')
			asked->is_quiet = true;
		else if (option == 'N')
			asked->colour = false;
		else if (option == 'm')
			asked->modernize = true;
		else if (option == 'o')
			asked->out = optarg;
		else if (option != 'f' || !find_format(optarg, &asked->format))
			return false;
	}
	if (asked->modernize != (asked->out != NULL))
		return false;
	return argc - optind >= 1 && (!asked->modernize || argc - optind == 1);
}

int
validate_run(int argc, char **argv, const struct options *options)
{
	struct asked asked = {
		.format = options->json ? FORMAT_JSON : FORMAT_TEXT,
		.is_quiet = options->quiet,
		.colour = commands_colour(options),
	};
	bool is_valid = true, is_read = true;
	json_t *files;

	if (!read_options(argc, argv, &asked))
		return usage();
	files = json_array();
	for (int i = optind; i < argc; i++) {
		json_t *judged = judge(&asked, argv[i], &is_valid, &is_read);

		if (judged != NULL)
			(void)json_array_append_new(files, judged);
	}
	print_all(&asked, files, is_read);
	json_decref(files);
	if (!is_read)
		return COMMAND_USAGE;
	return is_valid ? COMMAND_DONE : COMMAND_NO;
}
