/*
 * validate and verify.  Role: mudctl, run by makers of MUD files and in their
 * CI.  Input: files that the caller names, which may be anybody's: hostile.
 *
 * Each answer is made as JSON first; text for people is written from that, so
 * that the two never say different things.
 */
#include "mudctl/offline.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libmud/fault.h"
#include "libmud/json.h"
#include "libmud/limits.h"
#include "libmud/mem.h"
#include "libmud/mudfile.h"
#include "libmud/policy.h"
#include "libmud/signature.h"
#include "mudctl/columns.h"
#include "mudctl/commands.h"

/* What was read of a file: one byte past the limit shows that it is over. */
struct input {
	uint8_t *data; /* owned */
	size_t len;
};

static bool
complain(const char *path, const char *what)
{
	(void)fputs("mudctl: ", stderr);
	(void)text_print(stderr, path);
	(void)fprintf(stderr, ": %s\n", what);
	return false;
}

/* Appends at most max bytes of the file to what is there. */
static bool
read_input(const char *path, size_t max, struct input *input)
{
	const bool is_stdin = strcmp(path, "-") == 0;
	FILE *in = is_stdin ? stdin : fopen(path, "rb");
	bool ok = true;

	if (in == NULL)
		return complain(path, strerror(errno));
	input->data = xrealloc(input->data, input->len + max + 1, 1);
	input->len += fread(input->data + input->len, 1, max, in);
	if (ferror(in))
		ok = complain(path, "cannot be read");
	if (!is_stdin)
		(void)fclose(in);
	return ok;
}

/* A path may be no UTF-8, which JSON must be. */
static json_t *
outside_text(const char *text)
{
	json_t *value = json_string(text);
	char buf[1024];

	if (value != NULL)
		return value;
	json_display(text, buf, sizeof(buf));
	return json_string(buf);
}

/* What to write instead; fault_remedy speaks to administrators. */
static const char *
fix_for(enum fault_code code)
{
	static const struct {
		enum fault_code code;
		const char *text;
	} fixes[] = {
		{ FAULT_MALFORMED, "Write it as the clause says." },
		{ FAULT_TOO_LONG, "Make it shorter." },
		{ FAULT_TOO_MANY, "Make the file smaller." },
		{ FAULT_TOO_LARGE, "Make the file smaller." },
		{ FAULT_UNSUPPORTED,
		    "Leave it out, or say it with RFC 8520 and RFC 8519 "
		    "alone." },
		{ FAULT_NOT_HTTPS, "Write the https URL of this file." },
		{ FAULT_URL_FORBIDDEN,
		    "Write an https URL with a public host name, without "
		    "userinfo or fragment." },
		{ FAULT_NOT_JSON, "Correct the JSON at this place." },
		{ FAULT_NOT_A_MUD_FILE,
		    "Put \"ietf-mud:mud\" and "
		    "\"ietf-access-control-list:acls\" at the top." },
		{ FAULT_MUD_VERSION, "Write \"mud-version\": 1." },
		{ FAULT_DRAFT_FILE,
		    "Write \"ietf-access-control-list:acls\"." },
		{ FAULT_IP_LITERAL,
		    "Write a DNS name or a class; for addresses an "
		    "administrator is asked first." },
		{ FAULT_DROP_NOT_UNDERSTOOD,
		    "Say what to drop with RFC 8520 and RFC 8519 alone; as "
		    "it is an administrator is asked first." },
		{ FAULT_UNSIGNED,
		    "Sign the file and write the signature's URL as "
		    "\"mud-signature\"; for unsigned files an administrator "
		    "is asked first." },
	};

	for (size_t i = 0; i < sizeof(fixes) / sizeof(fixes[0]); i++)
		if (fixes[i].code == code)
			return fixes[i].text;
	return fault_remedy(code, true);
}

/* Does an error of this kind break the schema, or only its meaning? */
static bool
is_of_schema(enum fault_code code)
{
	return code == FAULT_MALFORMED || code == FAULT_NOT_JSON ||
	       code == FAULT_NOT_A_MUD_FILE || code == FAULT_DRAFT_FILE;
}

/* One file's findings as they come. */
struct report {
	json_t *findings; /* owned until it is put into the document */
	bool is_valid, is_schema_valid;
};

static void
add_finding(void *arg, enum mudfile_severity severity, const struct fault *note)
{
	static const char *const severities[] = { [MUDFILE_INFO] = "info",
		[MUDFILE_WARNING] = "warning",
		[MUDFILE_ERROR] = "error" };
	const size_t len = mudfile_pointer(note);
	const char *message = note->detail + (len > 0 ? len + 2 : 0);
	struct report *report = arg;
	json_t *finding;

	if (severity == MUDFILE_ERROR) {
		report->is_valid = false;
		if (is_of_schema(note->code))
			report->is_schema_valid = false;
	}
	finding = json_pack("{s:s, s:s%, s:s, s:s, s:s}", "severity",
	    severities[severity], "pointer", note->detail, len, "clause",
	    note->clause, "message", message, "fix",
	    severity == MUDFILE_INFO
		? "Nothing: managers that know the extension use it."
		: fix_for(note->code));
	(void)json_array_append_new(report->findings, finding);
}

static json_t *
validate(const char *path, const struct input *input, bool *is_valid)
{
	struct report report = { json_array(), true, true };
	const struct bytes raw = { input->data, input->len };
	struct policy *policy;
	struct fault why;

	if (mudfile_judge(raw, add_finding, &report, &policy, &why))
		policy_free(policy);
	else
		add_finding(&report, MUDFILE_ERROR, &why);
	if (!report.is_valid)
		*is_valid = false;
	return json_pack("{s:o, s:b, s:b, s:o}", "file", outside_text(path),
	    "schema_valid", report.is_schema_valid, "valid", report.is_valid,
	    "findings", report.findings);
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
offline_validate(int argc, char **argv, bool json)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	json_t *files, *document;
	bool is_valid = true, is_read = true;
	int first, option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "jq", options, NULL)) != -1) {
		if (option != 'j' && option != 'q')
			return usage("validate FILE...");
		json |= option == 'j';
	}
	if (optind == argc)
		return usage("validate FILE...");
	first = optind;
	files = json_array();
	for (int i = first; i < argc; i++) {
		struct input input = { NULL, 0 };

		if (read_input(argv[i], LIMIT_FILE + 1, &input))
			(void)json_array_append_new(
			    files, validate(argv[i], &input, &is_valid));
		else
			is_read = false;
		free(input.data);
	}
	document = json_pack("{s:o}", "files", files);
	if (json)
		print_json(document);
	else
		for (size_t i = 0; i < json_array_size(files); i++)
			print_validated(json_array_get(files, i));
	json_decref(document);
	if (!is_read)
		return COMMAND_USAGE;
	return is_valid ? COMMAND_DONE : COMMAND_NO;
}

/* What `verify` was asked. */
struct question {
	const char *file, *signature;
	struct input trust; /* PEM, one after another; owned */
	size_t n_trust;
	bool json;
};

/* Each --trust is judged alone, so that a message can name its file. */
static bool
add_trust(struct question *question, const char *path)
{
	const size_t begin = question->trust.len;
	struct anchors *anchors;
	struct fault why;
	size_t n;

	if (begin > LIMIT_ANCHORS ||
	    !read_input(path, LIMIT_ANCHORS + 1 - begin, &question->trust))
		return begin > LIMIT_ANCHORS && complain(path, "too much");
	anchors = anchors_parse((struct bytes){ question->trust.data + begin,
				    question->trust.len - begin },
	    &why);
	if (anchors == NULL)
		return complain(path, why.detail);
	n = anchors_count(anchors);
	anchors_free(anchors);
	if (n == 0)
		return complain(path, "no certificate in PEM form");
	/* The next file may begin where a line has not ended. */
	question->trust.data[question->trust.len++] = '\n';
	question->n_trust++;
	return true;
}

static json_t *
verify(const struct question *question, const struct input *file,
    const struct input *signature, bool *is_valid)
{
	const struct bytes raw = { file->data, file->len };
	const struct bytes sig = { signature->data, signature->len };
	const struct bytes pem = { question->trust.data, question->trust.len };
	struct signer signer = { .subject = "" };
	struct fault why = { .code = FAULT_NONE };
	struct anchors *anchors = anchors_parse(pem, &why);
	const char *none = NULL;

	*is_valid = anchors != NULL &&
	            signature_verify(raw, sig, anchors,
			(struct bytes){ NULL, 0 }, time(NULL), &signer, &why);
	anchors_free(anchors);
	return json_pack("{s:o, s:o, s:b, s:s?, s:s?, s:s?, s:s?}", "file",
	    outside_text(question->file), "signature",
	    outside_text(question->signature), "valid", *is_valid, "signer",
	    signer.subject[0] == '\0' ? none : signer.subject, "clause",
	    *is_valid ? none : why.clause, "message",
	    *is_valid ? none : why.detail, "fix",
	    *is_valid ? none : fix_for(why.code));
}

static void
print_verified(const json_t *document)
{
	const bool is_valid = json_is_true(json_object_get(document, "valid"));

	(void)text_print(stdout, member(document, "file"));
	if (is_valid)
		(void)printf(": signed by %s\n", member(document, "signer"));
	else
		(void)printf(": not valid: %s (%s)\n  %s\n",
		    member(document, "message"), member(document, "clause"),
		    member(document, "fix"));
	if (!is_valid && *member(document, "signer") != '\0')
		(void)printf("  signer: %s\n", member(document, "signer"));
}

/* Fills *question; false: asked wrongly, and said so. */
static bool
parse_question(int argc, char **argv, struct question *question)
{
	static const struct option options[] = {
		{ "trust", required_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	static const char text[] = "verify FILE SIG --trust CA [--trust CA]...";
	int option;

	optind = 0;
	while (
	    (option = getopt_long(argc, argv, "t:jq", options, NULL)) != -1) {
		if (option == '?')
			return usage(text) == COMMAND_DONE;
		if (option == 't' && !add_trust(question, optarg))
			return false;
		question->json |= option == 'j';
	}
	if (argc - optind != 2 || question->n_trust == 0)
		return usage(text) == COMMAND_DONE;
	question->file = argv[optind];
	question->signature = argv[optind + 1];
	return true;
}

int
offline_verify(int argc, char **argv, bool json)
{
	struct input file = { NULL, 0 }, signature = { NULL, 0 };
	struct question question = { .json = json };
	int result = COMMAND_USAGE;
	json_t *document;
	bool is_valid;

	if (!parse_question(argc, argv, &question) ||
	    !read_input(question.file, LIMIT_FILE + 1, &file) ||
	    !read_input(question.signature, LIMIT_SIGNATURE + 1, &signature))
		goto out;
	document = verify(&question, &file, &signature, &is_valid);
	if (question.json)
		print_json(document);
	else
		print_verified(document);
	json_decref(document);
	result = is_valid ? COMMAND_DONE : COMMAND_NO;
out:
	free(question.trust.data);
	free(file.data);
	free(signature.data);
	return result;
}
