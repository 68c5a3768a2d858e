/*
 * explain.  Role: mudctl, as whoever runs it.  Input: the command line, and
 * the daemon's answer.
 */
#include "mudctl/explain.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "libmud/flow.h"
#include "mudctl/calling.h"
#include "mudctl/commands.h"
#include "mudctl/lines.h"
#include "mudctl/question.h"

enum {
	OPTION_SRC_PORT = 0x100,
	OPTION_ICMP,
	OPTION_INITIATOR,
	OPTION_KERNEL,
	OPTION_COLOUR
};

static int
usage(void)
{
	(void)fputs("usage: mudctl explain DEV to|from HOST PROTO [PORT] "
		    "[--kernel] [options]\n",
	    stderr);
	return COMMAND_USAGE;
}

static void
put_number(json_t *params, const char *name, int number)
{
	if (number != FLOW_UNKNOWN)
		(void)json_object_set_new(params, name, json_integer(number));
}

/* NULL where a text is no UTF-8. */
static json_t *
params_of(const char *device, const char *host, const struct flow *flow)
{
	json_t *params = json_pack("{s:s, s:s, s:s, s:i}", "device", device,
	    "direction", flow->direction == FROM_DEVICE ? "from" : "to", "host",
	    host, "protocol", (int)flow->protocol);

	if (params == NULL)
		return NULL;
	put_number(params, "src_port", flow->source);
	put_number(params, "dst_port", flow->destination);
	put_number(params, "icmp_type", flow->icmp_type);
	put_number(params, "icmp_code", flow->icmp_code);
	if (flow->opener != OPENED_BY_SENDER)
		(void)json_object_set_new(params, "opener",
		    json_string(
			flow->opener == OPENED_BY_THING ? "thing" : "peer"));
	return params;
}

/* What stands below the verdict. */
static void
print_more(const json_t *answer, const struct options *options)
{
	const struct show show = { stdout, commands_colour(options) };
	const json_t *notes = json_object_get(answer, "notes");

	lines_line(&show, "file", lines_text(answer, "file"));
	lines_line(&show, "peer", lines_text(answer, "peer"));
	if (strcmp(lines_text(answer, "side"), "peer") == 0)
		lines_line(&show, "decided by",
		    "the policy of the peer, a managed device too");
	for (size_t i = 0; i < json_array_size(notes); i++) {
		const char *note = json_string_value(json_array_get(notes, i));

		lines_label(&show, "note");
		lines_wrap(&show, 13, 13, note == NULL ? "" : note);
	}
}

/* One rule that decided, or the end of a base chain. */
static void
print_step(const struct show *show, const json_t *step)
{
	const json_int_t handle = lines_number(step, "handle");
	const char *note = lines_text(step, "ace");

	lines_label(show, "");
	lines_put(show, lines_text(step, "table"));
	lines_put(show, " ");
	lines_put(show, lines_text(step, "chain"));
	if (handle != 0)
		(void)fprintf(show->out, " handle %lld", (long long)handle);
	lines_put(show, ": ");
	lines_put(show, lines_text(step, "action"));
	if (lines_text(step, "to")[0] != '\0')
		lines_put(show, " ");
	lines_put(show, lines_text(step, "to"));
	if (note[0] == '\0')
		note = lines_text(step, "comment");
	if (note[0] != '\0') {
		lines_put(show, "  (");
		lines_put(show, note);
		lines_put(show, ")");
	}
	(void)fputc('\n', show->out);
}

static bool
agrees(const json_t *kernel)
{
	return json_is_true(json_object_get(kernel, "agrees"));
}

static void
print_kernel(const json_t *answer, const struct options *options)
{
	const json_t *kernel = json_object_get(answer, "kernel");
	const struct show show = { stdout, commands_colour(options) };
	const json_t *path = json_object_get(kernel, "path");
	const char *verdict = lines_text(kernel, "verdict");
	char text[256];

	if (strcmp(verdict, "unknown") == 0)
		(void)snprintf(text, sizeof(text), "cannot tell: %s",
		    lines_text(kernel, "reason"));
	else if (agrees(kernel))
		(void)snprintf(text, sizeof(text), "%s, by its own rules",
		    strcmp(verdict, "allow") == 0 ? "passes" : "dropped");
	else
		(void)snprintf(text, sizeof(text),
		    "DIFFERS: by the rules that are installed the packet %s",
		    strcmp(verdict, "allow") == 0 ? "passes" : "is dropped");
	lines_line(&show, "kernel", text);
	if (strcmp(lines_text(kernel, "peer"), lines_text(answer, "peer")) != 0)
		lines_line(&show, "its peer", lines_text(kernel, "peer"));
	for (size_t i = 0; i < json_array_size(path); i++)
		print_step(&show, json_array_get(path, i));
}

/* The exit status. */
static int
judge(const json_t *answer, bool by_kernel)
{
	const json_t *kernel = json_object_get(answer, "kernel");

	if (by_kernel && !agrees(kernel))
		return calling_complain(COMMAND_DIFFERS, "%s",
		    strcmp(lines_text(kernel, "verdict"), "unknown") == 0
			? "by the kernel's rules it cannot be told"
			: "the kernel's rules do not do what they should; "
			  "'mudctl status' says how the tables are");
	return question_allows(answer) ? COMMAND_DONE : COMMAND_NO;
}

static int
ask(const struct question *question, const struct options *options, int n,
    char **words, bool by_kernel)
{
	struct flow flow;
	json_t *params, *answer;
	int code;

	if (!question_take(question, n - 1, words + 1, &flow))
		return COMMAND_USAGE;
	params = params_of(words[0], words[2], &flow);
	if (params == NULL)
		return calling_complain(COMMAND_USAGE, "that is not UTF-8");
	if (by_kernel)
		(void)json_object_set_new(params, "kernel", json_true());
	code = calling_call(options, "Explain", params, &answer);
	if (code != COMMAND_DONE)
		return code;
	question_print(answer, options->json, options->quiet);
	if (!options->json && !options->quiet)
		print_more(answer, options);
	if (by_kernel && !options->json && !options->quiet)
		print_kernel(answer, options);
	code = judge(answer, by_kernel);
	json_decref(answer);
	return code;
}

static bool
take_option(struct question *question, struct options *options, int option,
    const char *value)
{
	if (option == 'j')
		options->json = true;
	else if (option == 'q')
		options->quiet = true;
	else if (option == 's')
		options->socket = value;
	else if (option == OPTION_COLOUR)
		options->no_colour = true;
	else if (option == OPTION_SRC_PORT)
		question->source_port = value;
	else if (option == OPTION_ICMP)
		question->icmp = value;
	else if (option == OPTION_INITIATOR)
		question->initiator = value;
	else
		return false;
	return true;
}

int
explain_run(int argc, char **argv, const struct options *before)
{
	static const struct option known[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "socket", required_argument, NULL, 's' },
		{ "no-color", no_argument, NULL, OPTION_COLOUR },
		{ "src-port", required_argument, NULL, OPTION_SRC_PORT },
		{ "icmp", required_argument, NULL, OPTION_ICMP },
		{ "initiator", required_argument, NULL, OPTION_INITIATOR },
		{ "kernel", no_argument, NULL, OPTION_KERNEL },
		{ NULL, 0, NULL, 0 },
	};
	struct question question = { .command = "explain" };
	struct options options = *before;
	bool by_kernel = false;
	int option, n;

	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "s:jq", known, NULL)) != -1)
		if (option == OPTION_KERNEL)
			by_kernel = true;
		else if (!take_option(&question, &options, option, optarg))
			return usage();
	n = argc - optind;
	if (n < 4 || n > 5)
		return usage();
	return ask(&question, &options, n, argv + optind, by_kernel);
}
