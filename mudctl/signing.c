/*
 * verify and sign.  Role: mudctl, run by makers of MUD files and in their CI.
 * Input: files that the caller names; of `verify` they may be anybody's, and
 * hostile.
 *
 * Each answer is made as JSON first; text for people is written from that, so
 * that the two never say different things.
 */
#include "mudctl/signing.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libmud/anchors.h"
#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mem.h"
#include "libmud/mudsigner.h"
#include "libmud/sign.h"
#include "libmud/signature.h"
#include "mudctl/columns.h"
#include "mudctl/commands.h"
#include "mudctl/files.h"
#include "mudctl/fixes.h"

/* "2026-01-15T10:32:28Z" and a NUL. */
#define DATE 24

static const char verify_usage[] =
    "verify FILE SIG --trust CA [--trust CA]... [--mudsigner CERT] "
    "[--at TIME]";
static const char sign_usage[] =
    "sign FILE --cert CERT --key KEY [--passin file:PATH|env:NAME] "
    "[--intermediate CERT]... [-o SIG]";

static bool
usage(const char *text)
{
	(void)fprintf(stderr, "usage: mudctl %s\n", text);
	return false;
}

static const char *
member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

/* What is wrong, as members of the object; null where nothing is. */
static void
set_fault(json_t *object, const struct fault *why)
{
	const bool is_good = why->code == FAULT_NONE;

	(void)json_object_set_new(object, "fault",
	    is_good ? json_null() : json_string(fault_name(why->code)));
	(void)json_object_set_new(
	    object, "clause", is_good ? json_null() : json_string(why->clause));
	(void)json_object_set_new(object, "message",
	    is_good ? json_null() : json_string(why->detail));
	(void)json_object_set_new(object, "fix",
	    is_good ? json_null() : json_string(fix_for(why->code)));
}

/* A fault's texts come escaped (S-71). */
static void
print_fault(const char *before, const json_t *object)
{
	(void)printf("%s%s (%s)\n  %s\n", before, member(object, "message"),
	    member(object, "clause"), member(object, "fix"));
}

static int
answer(json_t *document, const struct options *options, bool is_yes,
    void (*print)(const json_t *document))
{
	if (options->json) {
		(void)json_dumpf(document, stdout, JSON_INDENT(2));
		(void)putchar('\n');
	} else if (!options->quiet) {
		print(document);
	}
	json_decref(document);
	return is_yes ? COMMAND_DONE : COMMAND_NO;
}

/* What `verify` was asked. */
struct question {
	const char *file, *signature;
	struct input trust; /* PEM, one after another; owned */
	size_t n_trust;
	uint8_t *mudsigner; /* owned */
	size_t n_mudsigner;
	time_t at;
	struct options options;
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
	    !file_read(path, LIMIT_ANCHORS + 1 - begin, &question->trust))
		return begin > LIMIT_ANCHORS && file_complain(path, "too much");
	anchors = anchors_parse((struct bytes){ question->trust.data + begin,
				    question->trust.len - begin },
	    &why);
	if (anchors == NULL)
		return file_complain(path, why.detail);
	n = anchors_count(anchors);
	anchors_free(anchors);
	if (n == 0)
		return file_complain(path, "no certificate in PEM form");
	/* The next file may begin where a line has not ended. */
	question->trust.data[question->trust.len++] = '\n';
	question->n_trust++;
	return true;
}

/* The Thing's certificate; one that names no signer was not meant. */
static bool
set_mudsigner(struct question *question, const char *path)
{
	struct input input = { NULL, 0 };
	struct fault why;
	bool ok = file_read(path, LIMIT_ANCHORS, &input);

	free(question->mudsigner);
	question->mudsigner = NULL;
	if (ok && !mudsigner_find(input_bytes(&input), &question->mudsigner,
		      &question->n_mudsigner, &why))
		ok = file_complain(path, why.detail);
	else if (ok && question->n_mudsigner == 0)
		ok = file_complain(path, "the certificate names no mudsigner");
	input_done(&input);
	return ok;
}

static bool
set_time(struct question *question, const char *text)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

	if (end == NULL || *end != '\0')
		return file_complain(text, "no time like 2026-01-15T10:32:28Z");
	question->at = timegm(&tm);
	return true;
}

/* Fills *question; false: asked wrongly, and said so. */
static bool
parse_question(int argc, char **argv, struct question *question)
{
	static const struct option known[] = {
		{ "trust", required_argument, NULL, 't' },
		{ "mudsigner", required_argument, NULL, 'm' },
		{ "at", required_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "t:jq", known, NULL)) != -1) {
		if (option == '?')
			return usage(verify_usage);
		if ((option == 't' && !add_trust(question, optarg)) ||
		    (option == 'm' && !set_mudsigner(question, optarg)) ||
		    (option == 'a' && !set_time(question, optarg)))
			return false;
		question->options.json |= option == 'j';
		question->options.quiet |= option == 'q';
	}
	if (argc - optind != 2 || question->n_trust == 0)
		return usage(verify_usage);
	question->file = argv[optind];
	question->signature = argv[optind + 1];
	return true;
}

static json_t *
verify(const struct question *question, const struct input *file,
    const struct input *signature, bool *is_valid)
{
	struct signer signer = { .subject = "" };
	struct fault why = { .code = FAULT_NONE };
	struct anchors *anchors =
	    anchors_parse(input_bytes(&question->trust), &why);
	const char *none = NULL;
	json_t *document;

	*is_valid =
	    anchors != NULL &&
	    signature_verify(input_bytes(file), input_bytes(signature), anchors,
		(struct bytes){ question->mudsigner, question->n_mudsigner },
		question->at, &signer, &why);
	anchors_free(anchors);
	document = json_pack("{s:o, s:o, s:b, s:s?}", "file",
	    file_name(question->file), "signature",
	    file_name(question->signature), "valid", *is_valid, "signer",
	    signer.subject[0] == '\0' ? none : signer.subject);
	set_fault(document, &why);
	return document;
}

static void
print_verified(const json_t *document)
{
	const bool is_valid = json_is_true(json_object_get(document, "valid"));

	(void)text_print(stdout, member(document, "file"));
	if (is_valid)
		(void)printf(": signed by %s\n", member(document, "signer"));
	else
		print_fault(": not valid: ", document);
	if (!is_valid && *member(document, "signer") != '\0')
		(void)printf("  signer: %s\n", member(document, "signer"));
}

int
signing_verify(int argc, char **argv, const struct options *options)
{
	struct input file = { NULL, 0 }, signature = { NULL, 0 };
	struct question question = { .at = time(NULL), .options = *options };
	int result = COMMAND_USAGE;
	bool is_valid = false;
	json_t *document;

	if (parse_question(argc, argv, &question) &&
	    file_read(question.file, LIMIT_FILE + 1, &file) &&
	    file_read(question.signature, LIMIT_SIGNATURE + 1, &signature)) {
		document = verify(&question, &file, &signature, &is_valid);
		result = answer(
		    document, &question.options, is_valid, print_verified);
	}
	free(question.mudsigner);
	input_done(&question.trust);
	input_done(&file);
	input_done(&signature);
	return result;
}

/* What `sign` was asked. */
struct order {
	const char *file, *output; /* output: NULL until it is known */
	struct input cert, key, intermediates, passphrase; /* owned */
	char *made_output;                                 /* owned */
	bool has_passphrase;
	struct options options;
};

/* As openssl(1) takes it, but never on the command line, where all can see. */
static bool
set_passphrase(struct order *order, const char *source)
{
	const char *text;

	input_done(&order->passphrase);
	order->has_passphrase = true;
	if (strncmp(source, "file:", 5) == 0) {
		if (!file_read(source + 5, LIMIT_REQUEST, &order->passphrase))
			return false;
		order->passphrase.data[order->passphrase.len] = '\0';
		order->passphrase
		    .data[strcspn((char *)order->passphrase.data, "\r\n")] =
		    '\0';
		return true;
	}
	text = strncmp(source, "env:", 4) == 0 ? getenv(source + 4) : NULL;
	if (text == NULL)
		return usage(sign_usage);
	order->passphrase.len = strlen(text);
	order->passphrase.data = xcalloc(order->passphrase.len + 1, 1);
	memcpy(order->passphrase.data, text, order->passphrase.len);
	return true;
}

/* Of several the last one counts. */
static bool
read_pem(const char *path, struct input *input)
{
	input_done(input);
	return file_read(path, LIMIT_ANCHORS, input);
}

static bool
add_intermediate(struct order *order, const char *path)
{
	struct input *all = &order->intermediates;

	if (all->len > LIMIT_ANCHORS)
		return file_complain(path, "too much");
	if (!file_read(path, LIMIT_ANCHORS + 1 - all->len, all))
		return false;
	/* The next file may begin where a line has not ended. */
	all->data[all->len++] = '\n';
	return true;
}

/* FILE with its .json replaced by .p7s. */
static bool
guess_output(struct order *order)
{
	const size_t len = strlen(order->file);

	if (order->output != NULL)
		return true;
	if (len < 5 || strcmp(order->file + len - 5, ".json") != 0)
		return file_complain(order->file,
		    "not NAME.json: say with -o where the signature goes");
	order->made_output = xstrndup(order->file, len);
	memcpy(order->made_output + len - 5, ".p7s", 5);
	order->output = order->made_output;
	return true;
}

/* Fills *order; false: asked wrongly, and said so. */
static bool
parse_order(int argc, char **argv, struct order *order)
{
	static const struct option known[] = {
		{ "cert", required_argument, NULL, 'c' },
		{ "key", required_argument, NULL, 'k' },
		{ "passin", required_argument, NULL, 'p' },
		{ "intermediate", required_argument, NULL, 'i' },
		{ "output", required_argument, NULL, 'o' },
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "o:jq", known, NULL)) != -1) {
		if (option == '?')
			return usage(sign_usage);
		if ((option == 'c' && !read_pem(optarg, &order->cert)) ||
		    (option == 'k' && !read_pem(optarg, &order->key)) ||
		    (option == 'i' && !add_intermediate(order, optarg)) ||
		    (option == 'p' && !set_passphrase(order, optarg)))
			return false;
		if (option == 'o')
			order->output = optarg;
		order->options.json |= option == 'j';
		order->options.quiet |= option == 'q';
	}
	if (argc - optind != 1 || order->cert.data == NULL ||
	    order->key.data == NULL)
		return usage(sign_usage);
	order->file = argv[optind];
	return guess_output(order);
}

/* Signs and writes; *is_written is false where the disk, not the order, is the
 * reason for a no. */
static bool
sign(const struct order *order, const struct input *file, struct signer *signer,
    struct fault *why, bool *is_written)
{
	const struct sign_with with = {
		.certificate = input_bytes(&order->cert),
		.key = input_bytes(&order->key),
		.passphrase = order->has_passphrase
		                  ? (const char *)order->passphrase.data
		                  : NULL,
		.intermediates = input_bytes(&order->intermediates),
	};
	uint8_t *signature = NULL;
	size_t len = 0;

	if (!sign_file(input_bytes(file), &with, time(NULL), &signature, &len,
		signer, why))
		return false;
	*is_written =
	    file_write(order->output, (struct bytes){ signature, len });
	free(signature);
	return *is_written;
}

/* Was it judged under a CA's root, or only by itself? */
static bool
is_chain_verified(const struct signer *signer)
{
	return memcmp(signer->anchor, signer->spki, sizeof(signer->spki)) != 0;
}

static json_t *
describe(const struct order *order, bool is_signed, const struct signer *signer,
    const struct fault *warning, const struct fault *why)
{
	const time_t end = (time_t)signer->not_after;
	char date[DATE] = "";
	json_t *document, *warnings = json_array(), *one;
	const char *none = NULL;
	struct tm tm;

	if (gmtime_r(&end, &tm) != NULL)
		(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (warning->code != FAULT_NONE) {
		one = json_object();
		set_fault(one, warning);
		(void)json_array_append_new(warnings, one);
	}
	document = json_pack("{s:o, s:o, s:b, s:b, s:s?, s:s?, s:o}", "file",
	    file_name(order->file), "signature", file_name(order->output),
	    "signed", is_signed, "chain_verified",
	    is_signed && is_chain_verified(signer), "signer",
	    is_signed ? signer->subject : none, "not_after",
	    is_signed ? date : none, "warnings", warnings);
	set_fault(document, why);
	return document;
}

static void
print_signed(const json_t *document)
{
	const json_t *warnings = json_object_get(document, "warnings");

	(void)text_print(stdout, member(document, "file"));
	if (!json_is_true(json_object_get(document, "signed"))) {
		print_fault(": not signed: ", document);
		return;
	}
	(void)printf(": signed by %s, in ", member(document, "signer"));
	(void)text_print(stdout, member(document, "signature"));
	(void)printf("\n  sign again before the certificate expires at %s\n",
	    member(document, "not_after"));
	if (!json_is_true(json_object_get(document, "chain_verified")))
		(void)puts("  the CAs above it were not judged: run `mudctl "
			   "verify FILE SIG --trust CA` with their root");
	for (size_t i = 0; i < json_array_size(warnings); i++)
		print_fault("  warning: ", json_array_get(warnings, i));
}

int
signing_sign(int argc, char **argv, const struct options *options)
{
	struct order order = { .options = *options };
	struct input file = { NULL, 0 };
	struct fault warning = { .code = FAULT_NONE };
	struct fault why = { .code = FAULT_NONE };
	struct signer signer = { .subject = "" };
	bool is_signed, is_written = true;
	int result = COMMAND_USAGE;

	if (!parse_order(argc, argv, &order) ||
	    !file_read(order.file, LIMIT_FILE + 1, &file))
		goto out;
	is_signed = sign_check_file(input_bytes(&file), &warning, &why) &&
	            sign(&order, &file, &signer, &why, &is_written);
	if (is_written)
		result =
		    answer(describe(&order, is_signed, &signer, &warning, &why),
			&order.options, is_signed, print_signed);
out:
	input_done(&order.cert);
	input_done(&order.key);
	input_done(&order.intermediates);
	input_done(&order.passphrase);
	free(order.made_output);
	input_done(&file);
	return result;
}
