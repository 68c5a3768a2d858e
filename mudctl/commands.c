/*
 * The commands of mudctl.  Role: mudctl, as whoever runs it.  Input: the
 * command line, trusted as far as its user is.
 */
#include "mudctl/commands.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmud/anchor.h"
#include "libmud/limits.h"
#include "libmud/mem.h"
#include "mudctl/calling.h"
#include "mudctl/check.h"
#include "mudctl/columns.h"
#include "mudctl/compile.h"
#include "mudctl/explain.h"
#include "mudctl/monitor.h"
#include "mudctl/show.h"
#include "mudctl/signing.h"
#include "mudctl/validate.h"

/* Fewer hex digits of a digest bind nothing to what was read. */
#define DIGEST_MIN 16
#define DIGEST_MAX 64

#define OPERANDS_MAX 2 /* of any command that asks the daemon */

struct command;

/* argc and argv: the operands, without the command's words. */
typedef int command_fn(const struct command *command,
    const struct options *options, int argc, char **argv);
typedef int offline_fn(int argc, char **argv, const struct options *options);

struct command {
	const char *first, *second; /* words; the second may be NULL */
	const char *operands;
	const char *does;
	int n_operands;
	command_fn *run;     /* asks the daemon; or else: */
	offline_fn *offline; /* does without, or has options of its own */
	const char *method;
	const char *parameter; /* that the first operand is, or NULL */
	show_fn *show;
};

bool
commands_colour(const struct options *options)
{
	const char *term = getenv("TERM");

	return !options->no_colour && isatty(STDOUT_FILENO) == 1 &&
	       getenv("NO_COLOR") == NULL && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

static int
print_answer(const struct command *command, const struct options *options,
    const json_t *answer)
{
	const struct show show = { stdout, commands_colour(options) };

	if (options->json) {
		(void)json_dumpf(
		    answer, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		(void)fputc('\n', stdout);
	} else if (!options->quiet) {
		command->show(&show, answer);
	}
	return COMMAND_DONE;
}

static int
ask(const struct command *command, const struct options *options,
    json_t *params)
{
	json_t *answer;
	int code = calling_call(options, command->method, params, &answer);

	if (code != COMMAND_DONE)
		return code;
	code = print_answer(command, options, answer);
	json_decref(answer);
	return code;
}

/* Asked "is all well?", it may answer no. */
static int
run_health(const struct command *command, const struct options *options,
    int argc, char **argv)
{
	json_t *answer;
	int code =
	    calling_call(options, command->method, json_object(), &answer);

	(void)argc;
	(void)argv;
	if (code != COMMAND_DONE)
		return code;
	code = print_answer(command, options, answer);
	if (show_is_degraded(answer))
		code = COMMAND_NO;
	json_decref(answer);
	return code;
}

/* A method with no parameter, or with the first operand as its only one, if
 * there is any. */
static int
run_plain(const struct command *command, const struct options *options,
    int argc, char **argv)
{
	json_t *params = json_object();

	if (command->parameter != NULL && argc > 0 &&
	    json_object_set_new(
		params, command->parameter, json_string(argv[0])) != 0) {
		json_decref(params);
		return calling_complain(
		    COMMAND_USAGE, "'%s' is not UTF-8", argv[0]);
	}
	return ask(command, options, params);
}

static bool
is_digest(const char *text)
{
	size_t len = strlen(text);

	return len >= DIGEST_MIN && len <= DIGEST_MAX &&
	       strspn(text, "0123456789abcdefABCDEF") == len;
}

static int
run_approve(const struct command *command, const struct options *options,
    int argc, char **argv)
{
	const char *id = argv[0], *digest = argv[argc];
	bool pin_signer = options->pin_signer;
	json_t *params;

	if (digest == NULL || !is_digest(digest))
		return calling_complain(COMMAND_USAGE,
		    "approve needs --digest with %d to %d hexadecimal digits, "
		    "as 'mudctl pending show %s' prints them",
		    DIGEST_MIN, DIGEST_MAX, id);
	params = json_pack("{s:s, s:s, s:b}", "id", id, "digest", digest,
	    "pin_signer", pin_signer);
	if (params == NULL)
		return calling_complain(COMMAND_USAGE, "'%s' is not UTF-8", id);
	return ask(command, options, params);
}

/* The whole file, on the heap; NULL if it cannot be read, or is too large. */
static uint8_t *
read_file(const char *path, size_t max, size_t *len)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	uint8_t *data;
	bool is_bad;

	if (in == NULL)
		return NULL;
	data = xcalloc(1, max + 1);
	*len = fread(data, 1, max + 1, in);
	is_bad = ferror(in) != 0 || *len > max;
	if (in != stdin)
		(void)fclose(in);
	if (!is_bad)
		return data;
	errno = EFBIG;
	free(data);
	return NULL;
}

/* A device, and what is said of it; NULL: nothing. */
static int
ask_about(const struct command *command, const struct options *options,
    const char *device, const char *key, const char *value)
{
	json_t *params = json_pack("{s:s, s:s?}", "device", device, key, value);

	if (params == NULL)
		return calling_complain(COMMAND_USAGE, "that is not UTF-8");
	return ask(command, options, params);
}

static int
run_assign(const struct command *command, const struct options *options,
    int argc, char **argv)
{
	const bool is_back = strcmp(argv[1], "announced") == 0;
	const bool is_url = is_back || strstr(argv[1], "://") != NULL;

	(void)argc;
	return ask_about(command, options, argv[0],
	    is_url ? "mud_url" : "mud_file", is_back ? NULL : argv[1]);
}

static int
run_rename(const struct command *command, const struct options *options,
    int argc, char **argv)
{
	(void)argc;
	return ask_about(command, options, argv[0], "name", argv[1]);
}

/* The device's certificate, with its CAs behind it, as it lies in the file. */
static int
run_certificate(const struct command *command, const struct options *options,
    int argc, char **argv)
{
	size_t len = 0;
	uint8_t *pem = read_file(argv[1], LIMIT_DEVCERT, &len);
	json_t *params;

	(void)argc;
	if (pem == NULL)
		return calling_complain(
		    COMMAND_NO, "cannot read %s: %s", argv[1], strerror(errno));
	params = json_pack("{s:s, s:s%}", "device", argv[0], "certificate",
	    (const char *)pem, len);
	free(pem);
	if (params == NULL)
		return calling_complain(COMMAND_USAGE,
		    "%s is no PEM, which 'openssl x509 -inform DER' makes of "
		    "DER",
		    argv[1]);
	return ask(command, options, params);
}

static int
run_mode(const struct command *command, const struct options *options, int argc,
    char **argv)
{
	static const char *const modes[] = { "enforce", "monitor", "quarantine",
		"deny", "default" };

	(void)argc;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(argv[1], modes[i]) == 0)
			return ask_about(
			    command, options, argv[0], "mode", argv[1]);
	return calling_complain(COMMAND_USAGE,
	    "a mode is enforce, monitor, quarantine, deny or default, not '%s'",
	    argv[1]);
}

/* One certificate a call: more of them would not fit into a request. */
static int
add_anchors(const struct command *command, const struct options *options,
    struct bytes text, json_t *added)
{
	int code = COMMAND_DONE;
	struct bytes pem;
	size_t at = 0;

	while (code == COMMAND_DONE && anchor_next(text, &at, &pem)) {
		json_t *answer;

		code = calling_call(options, command->method,
		    json_pack("{s:s%}", "pem", (const char *)pem.data, pem.len),
		    &answer);
		if (code == COMMAND_DONE)
			(void)json_array_append_new(added, answer);
	}
	return code;
}

static int
run_trust_add(const struct command *command, const struct options *options,
    int argc, char **argv)
{
	json_t *answer = json_pack("{s:[]}", "anchors");
	json_t *added = json_object_get(answer, "anchors");
	struct bytes text = { NULL, 0 };
	uint8_t *data;
	int code;

	(void)argc;
	data = read_file(argv[0], LIMIT_ANCHORS, &text.len);
	if (data == NULL) {
		json_decref(answer);
		return calling_complain(
		    COMMAND_NO, "cannot read %s: %s", argv[0], strerror(errno));
	}
	text.data = data;
	code = add_anchors(command, options, text, added);
	if (json_array_size(added) > 0)
		(void)print_answer(command, options, answer);
	else if (code == COMMAND_DONE)
		code = calling_complain(COMMAND_NO,
		    "no certificate in %s; it must be PEM, which 'openssl "
		    "x509 -inform DER' makes of DER",
		    argv[0]);
	free(data);
	json_decref(answer);
	return code;
}

static int
run_monitor(const struct command *command, const struct options *options,
    int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return monitor_run(options, command->method, command->show);
}

/* Without a daemon it cannot be done for the user, but it can be said. */
static int
run_teardown(const struct command *command, const struct options *options,
    int argc, char **argv)
{
	int code = run_plain(command, options, argc, argv);

	if (code == COMMAND_UNREACHABLE)
		(void)fputs("nft delete table inet mudd\n"
			    "nft delete table bridge mudd\n",
		    stdout);
	return code;
}

/* clang-format off */
static const struct command commands[] = {
	{ "status", NULL, "", "what mudd does, and whether it can", 0,
	    run_plain, NULL, "Status", NULL, show_status },
	{ "health", NULL, "", "what is degraded, and why; exits with 1 if "
	    "anything is", 0,
	    run_health, NULL, "Health", NULL, show_health },
	{ "devices", NULL, "", "the devices it has seen", 0,
	    run_plain, NULL, "Devices", NULL, show_devices },
	{ "device", "show", "DEV", "all about one: a MAC, an IP address, or a "
	    "name", 1,
	    run_plain, NULL, "Device", "device", show_device },
	{ "device", "assign", "DEV URL|FILE|announced", "give it its MUD URL, or a "
	    "file of policies/, or take that back", 2,
	    run_assign, NULL, "DeviceAssign", NULL, show_assigned },
	{ "device", "rename", "DEV NAME", "call it that; \"\" is no name", 2,
	    run_rename, NULL, "DeviceRename", NULL, show_renamed },
	{ "device", "forget", "DEV", "remove all that is known of it", 1,
	    run_plain, NULL, "DeviceForget", "device", show_forgotten },
	{ "device", "certificate", "DEV FILE", "its own certificate (PEM) says "
	    "its MUD URL", 2,
	    run_certificate, NULL, "DeviceCertificate", NULL,
	    show_certified },
	{ "drops", NULL, "[DEV]", "what was denied lately, to all devices or to "
	    "one", 1,
	    run_plain, NULL, "Drops", "device", show_drops },
	{ "device", "mode", "DEV MODE", "enforce, monitor, quarantine or deny; "
	    "or default, what mudd.conf says", 2,
	    run_mode, NULL, "DeviceMode", NULL, show_mode },
	{ "pending", NULL, "", "MUD files that wait for an administrator", 0,
	    run_plain, NULL, "Pending", NULL, show_pending },
	{ "pending", "show", "ID", "why one of them waits", 1,
	    run_plain, NULL, "PendingShow", "id", show_pending_file },
	{ "approve", NULL, "ID --digest HEX [--pin-signer]",
	    "use the file with that digest",
	    1, run_approve, NULL, "Approve", NULL, show_approved },
	{ "reject", NULL, "ID", "never use it", 1,
	    run_plain, NULL, "Reject", "id", show_rejected },
	{ "policies", NULL, "", "the MUD files that are in use", 0,
	    run_plain, NULL, "Policies", NULL, show_policies },
	{ "policy", "show", "URL", "what one of them allows, and what it has let "
	    "pass", 1,
	    run_plain, NULL, "PolicyShow", "mud_url", show_policy },
	{ "policy", "refresh", "URL", "fetch the MUD file at this URL now", 1,
	    run_plain, NULL, "PolicyRefresh", "mud_url", show_refreshed },
	{ "explain", NULL, "DEV to|from HOST PROTO [PORT] [--kernel]",
	    "does the gateway let this pass, and why?", -1,
	    NULL, explain_run, NULL, NULL, NULL },
	{ "monitor", NULL, "", "what happens, as it happens, until you "
	    "interrupt", 0,
	    run_monitor, NULL, "Monitor", NULL, show_event },
	{ "trust", NULL, "", "who may vouch for MUD files, and who may not", 0,
	    run_plain, NULL, "Trust", NULL, show_trust },
	{ "trust", "add", "FILE", "trust the certificates in this PEM file", 1,
	    run_trust_add, NULL, "TrustAdd", NULL, show_trust_added },
	{ "trust", "remove", "ID", "no longer trust one that was added", 1,
	    run_plain, NULL, "TrustRemove", "id", show_trust_removed },
	{ "trust", "distrust", "SIGNER", "freeze what this signer signed", 1,
	    run_plain, NULL, "TrustDistrust", "signer", show_distrusted },
	{ "trust", "restore", "SIGNER", "take that back", 1,
	    run_plain, NULL, "TrustRestore", "signer", show_restored },
	{ "teardown", NULL, "", "remove mudd's tables, and end mudd", 0,
	    run_teardown, NULL, "Teardown", NULL, show_torn_down },
	{ "validate", NULL, "FILE...", "are these MUD files right? (no daemon "
	    "needed)", -1,
	    NULL, validate_run, NULL, NULL, NULL },
	{ "check", NULL, "FILE to|from HOST PROTO [PORT]", "would this MUD file "
	    "allow it? (no daemon needed)", -1,
	    NULL, check_run, NULL, NULL, NULL },
	{ "compile", NULL, "FILE [WORLD]", "the nftables rules that it would "
	    "become (no daemon needed)", -1,
	    NULL, compile_run, NULL, NULL, NULL },
	{ "sign", NULL, "FILE --cert CERT --key KEY", "sign a MUD file (no "
	    "daemon needed)", -1,
	    NULL, signing_sign, NULL, NULL, NULL },
	{ "verify", NULL, "FILE SIG --trust CA...", "is this signature good? "
	    "(no daemon needed)", -1,
	    NULL, signing_verify, NULL, NULL, NULL },
};
/* clang-format on */

static void
print_usage(FILE *out, const struct command *command)
{
	(void)fprintf(out, "%s%s%s%s%s", command->first,
	    command->second == NULL ? "" : " ",
	    command->second == NULL ? "" : command->second,
	    command->operands[0] == '\0' ? "" : " ", command->operands);
}

void
commands_help(FILE *out)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		(void)fputs("  ", out);
		print_usage(out, &commands[i]);
		(void)fprintf(out, "\n        %s\n", commands[i].does);
	}
}

/* The command that the words name; those of two words are meant first. */
static const struct command *
find_command(int argc, char **argv)
{
	const struct command *found = NULL;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		const struct command *command = &commands[i];

		if (strcmp(command->first, argv[0]) != 0)
			continue;
		if (command->second == NULL)
			found = command;
		else if (argc > 1 && strcmp(command->second, argv[1]) == 0)
			return command;
	}
	return found;
}

static int
complain_usage(const struct command *command)
{
	(void)fputs("usage: mudctl [options] ", stderr);
	print_usage(stderr, command);
	(void)fputc('\n', stderr);
	return COMMAND_USAGE;
}

/* One in brackets may be left out. */
static int
operands_least(const struct command *command)
{
	return command->operands[0] == '[' ? 0 : command->n_operands;
}

/*
 * Options may stand behind a command as well.  getopt moves the operands to
 * the end; the digest is left behind them, at argv[argc], or NULL there.
 */
static int
run_online(const struct command *command, struct options *options, int argc,
    char **argv)
{
	static const struct option known[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "socket", required_argument, NULL, 's' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "no-color", no_argument, NULL, 'N' },
		{ "digest", required_argument, NULL, 'd' },
		{ "pin-signer", no_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	char *operands[OPERANDS_MAX + 1] = { NULL };
	char *digest = NULL;
	int option, n;

	/* Begin anew; what is wrong, the usage line says. */
	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "s:jq", known, NULL)) != -1) {
		if (option == 'j')
			options->json = true;
		else if (option == 's')
			options->socket = optarg;
		else if (option == 'q')
			options->quiet = true;
		else if (option == 'N')
			options->no_colour = true;
		else if (option == 'd' && command->run == run_approve)
			digest = optarg;
		else if (option == 'p' && command->run == run_approve)
			options->pin_signer = true;
		else
			return complain_usage(command);
	}
	n = argc - optind;
	if (n > command->n_operands || n < operands_least(command))
		return complain_usage(command);
	for (int i = 0; i < n; i++)
		operands[i] = argv[optind + i];
	operands[n] = digest;
	return command->run(command, options, n, operands);
}

int
commands_run(struct options *options, int argc, char **argv)
{
	const struct command *command = find_command(argc, argv);
	int words;

	if (command == NULL)
		return calling_complain(COMMAND_USAGE,
		    "no such command: %s; 'mudctl -h' lists them", argv[0]);
	if (command->offline != NULL)
		return command->offline(argc, argv, options);
	words = command->second == NULL ? 1 : 2;
	/* getopt takes the first word for the program's name. */
	argv[words - 1] = argv[0];
	return run_online(command, options, argc - words + 1, argv + words - 1);
}
