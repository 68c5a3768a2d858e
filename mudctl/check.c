/*
 * check.  Role: mudctl, run by makers of MUD files and in their CI.  Input: a
 * MUD file and flows that the caller names, which may be anybody's: hostile.
 *
 * Each answer is made as JSON first; text for people is written from that, so
 * that the two never say different things.
 */
#include "mudctl/check.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/evaluate.h"
#include "libmud/fault.h"
#include "libmud/json.h"
#include "libmud/limits.h"
#include "libmud/mudfile.h"
#include "libmud/world.h"
#include "mudctl/columns.h"
#include "mudctl/commands.h"
#include "mudctl/files.h"
#include "mudctl/flowjson.h"
#include "mudctl/question.h"
#include "mudctl/worldargs.h"

enum {
	OPTION_FLOWS = 0x100,
	OPTION_SRC_PORT,
	OPTION_ICMP,
	OPTION_INITIATOR,
	OPTION_OWN
};

struct check {
	bool json, quiet;
	const char *flows; /* NULL: one question */
	struct question question;
	struct world world;
	struct policy *policy;
};

static int
usage(void)
{
	(void)fputs("usage: mudctl check FILE to|from HOST PROTO [PORT] "
		    "[options]\n"
		    "       mudctl check FILE --flows F.jsonl [options]\n",
	    stderr);
	return COMMAND_USAGE;
}

/* A string, or what can be shown of it where it is no UTF-8. */
static json_t *
text_of(const char *text)
{
	json_t *string = json_string(text);
	char shown[1024];

	if (string != NULL)
		return string;
	json_display(text, shown, sizeof(shown));
	return json_string(shown);
}

static json_t *
answer_of(const struct policy *policy, const struct evaluation *said)
{
	const struct ace *ace =
	    said->ace == EVALUATION_NO_ACE ? NULL : &policy->aces[said->ace];

	return json_pack("{s:s, s:s, s:o, s:o, s:s, s:o}", "verdict",
	    said->verdict == VERDICT_ALLOW ? "allow" : "deny", "source",
	    verdict_source_name(said->source), "acl",
	    ace == NULL ? json_null() : text_of(ace->acl), "ace",
	    ace == NULL ? json_null() : text_of(ace->name), "clause",
	    said->clause, "reason", text_of(said->reason));
}

/*
 * The answer for the first address that is denied, or else for the first: a
 * name is allowed when all its addresses are.  NULL, which has been said, if
 * the host has none.
 */
static json_t *
judge_host(struct check *check, const char *host, struct flow *flow)
{
	struct fault why = { 0 };
	struct evaluation said, chosen;
	struct world_hosts literal = { 0 };
	const struct world_hosts *hosts = &literal;
	struct addr addr, at = { 0 };
	char shown[ADDR_TEXT];
	json_t *answer;

	if (addr_parse(host, &addr))
		literal = (struct world_hosts){ 1, &addr };
	else
		hosts = world_name(&check->world, host);
	for (size_t i = 0; i < hosts->n; i++) {
		flow->peer = hosts->addr[i];
		if (!flowjson_fits(flow, &why))
			continue;
		said = evaluate(check->policy, &check->world, flow);
		if (at.family != 0 && said.verdict == VERDICT_ALLOW)
			continue;
		chosen = said;
		at = flow->peer;
		if (said.verdict == VERDICT_DENY)
			break;
	}
	if (at.family == 0) {
		if (hosts->n > 0)
			(void)question_complain(
			    &check->question, "", host, why.detail);
		else
			(void)question_complain(&check->question, "'", host,
			    "' is no address, and the world has none for it; "
			    "give one with --resolve NAME=ADDRESS");
		return NULL;
	}
	answer = answer_of(check->policy, &chosen);
	(void)json_object_set_new(
	    answer, "peer", json_string(addr_text(&at, shown)));
	return answer;
}

static int
ask_once(struct check *check, int n, char **words)
{
	struct flow flow;
	json_t *answer;
	bool is_allowed;

	if (!question_take(&check->question, n, words, &flow))
		return COMMAND_USAGE;
	answer = judge_host(check, words[1], &flow);
	if (answer == NULL)
		return COMMAND_USAGE;
	question_print(answer, check->json, check->quiet);
	is_allowed = question_allows(answer);
	json_decref(answer);
	return is_allowed ? COMMAND_DONE : COMMAND_NO;
}

/* A line without its end, cut to LIMIT_FLOW + 1 bytes; false at the end. */
static bool
read_line(FILE *in, char *line, size_t *len)
{
	int c = getc(in);

	*len = 0;
	if (c == EOF)
		return false;
	for (; c != EOF && c != '\n'; c = getc(in))
		if (*len <= LIMIT_FLOW)
			line[(*len)++] = (char)c;
	return true;
}

/* What is said of one line; *is_good becomes false if it is no question. */
static json_t *
judge_line(const struct check *check, struct bytes line, bool *is_good)
{
	struct fault why = { 0 };
	struct evaluation said;
	struct flowjson asked;

	if (line.len > LIMIT_FLOW)
		(void)fault_set(&why, FAULT_TOO_LONG, "",
		    "a line of more than %d bytes", LIMIT_FLOW);
	else if (flowjson_read(line, &asked, &why)) {
		said = evaluate(check->policy, &check->world, &asked.flow);
		return answer_of(check->policy, &said);
	}
	*is_good = false;
	return json_pack("{s:s}", "error", why.detail);
}

static int
ask_many(const struct check *check)
{
	bool is_stdin = strcmp(check->flows, "-") == 0;
	FILE *in = is_stdin ? stdin : fopen(check->flows, "rb");
	char line[LIMIT_FLOW + 1];
	bool is_good = true;
	size_t len;

	if (in == NULL) {
		(void)file_complain(check->flows, "cannot be read");
		return COMMAND_USAGE;
	}
	while (read_line(in, line, &len)) {
		const struct bytes text = { (const uint8_t *)line, len };
		json_t *answer = judge_line(check, text, &is_good);

		if (!check->quiet) {
			(void)json_dumpf(answer, stdout, JSON_COMPACT);
			(void)putchar('\n');
		}
		json_decref(answer);
	}
	if (ferror(in))
		is_good = file_complain(check->flows, "cannot be read");
	if (!is_stdin)
		(void)fclose(in);
	return is_good ? COMMAND_DONE : COMMAND_USAGE;
}

static bool
load_policy(struct check *check, const char *path)
{
	struct input input = { NULL, 0 };
	struct fault why;
	bool ok = file_read(path, LIMIT_FILE + 1, &input);

	if (ok && !mudfile_parse(input_bytes(&input), &check->policy, &why)) {
		ok = file_complain(path, why.detail);
		(void)fputs("mudctl: 'mudctl validate' says more\n", stderr);
	}
	input_done(&input);
	if (ok && check->policy->hold.code != FAULT_NONE && !check->quiet) {
		(void)file_complain(path, check->policy->hold.detail);
		(void)fputs("mudctl: a gateway holds this file until an "
			    "administrator approves it; judged as if\n",
		    stderr);
	}
	return ok;
}

static bool
take_option(struct check *check, int option, const char *value)
{
	if (worldargs_is(option))
		return worldargs_take(&check->world, option, value);
	if (option == 'j')
		check->json = true;
	else if (option == 'q')
		check->quiet = true;
	else if (option == OPTION_FLOWS)
		check->flows = value;
	else if (option == OPTION_SRC_PORT)
		check->question.source_port = value;
	else if (option == OPTION_ICMP)
		check->question.icmp = value;
	else if (option == OPTION_INITIATOR)
		check->question.initiator = value;
	else if (option == OPTION_OWN)
		check->question.own = value;
	else
		return usage() == COMMAND_DONE;
	return true;
}

static int
run(struct check *check, int argc, char **argv)
{
	static const struct option known[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "flows", required_argument, NULL, OPTION_FLOWS },
		{ "src-port", required_argument, NULL, OPTION_SRC_PORT },
		{ "icmp", required_argument, NULL, OPTION_ICMP },
		{ "initiator", required_argument, NULL, OPTION_INITIATOR },
		{ "own", required_argument, NULL, OPTION_OWN },
		WORLDARGS_OPTIONS{ NULL, 0, NULL, 0 },
	};
	int option, n;
	bool has_one;

	optind = 0;
	while ((option = getopt_long(argc, argv, "jq", known, NULL)) != -1)
		if (!take_option(check, option, optarg))
			return COMMAND_USAGE;
	n = argc - optind;
	has_one = check->question.source_port != NULL ||
	          check->question.icmp != NULL ||
	          check->question.initiator != NULL ||
	          check->question.own != NULL;
	if (check->flows == NULL ? n < 4 || n > 5 : n != 1 || has_one)
		return usage();
	if (!load_policy(check, argv[optind]))
		return COMMAND_USAGE;
	worldargs_finish(&check->world, check->policy);
	if (check->flows != NULL)
		return ask_many(check);
	return ask_once(check, n - 1, argv + optind + 1);
}

int
check_run(int argc, char **argv, const struct options *options)
{
	struct check check = {
		.json = options->json,
		.quiet = options->quiet,
		.question = { .command = "check" },
	};
	int code;

	world_init(&check.world);
	code = run(&check, argc, argv);
	policy_free(check.policy);
	world_done(&check.world);
	return code;
}
