/*
 * compile.  Role: mudctl, run by makers of MUD files, by administrators and in
 * CI.  Input: a file that may be anybody's: hostile; options of the caller's.
 */
#include "mudctl/compile.h"

#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mudfile.h"
#include "libmud/nfttable.h"
#include "libmud/policy.h"
#include "libmud/world.h"
#include "mudctl/commands.h"
#include "mudctl/files.h"
#include "mudctl/worldargs.h"

/* What the command line says. */
struct task {
	const char *path;
	struct world world;
	bool json, quiet;
};

static int
usage(void)
{
	(void)fprintf(stderr,
	    "usage: mudctl compile FILE [--mac MAC] [--address ADDR]...\n"
	    "       [--resolve NAME=ADDR]... [--controller CLASS=HOST]...\n"
	    "       [--my-controller HOST]... [--local-network PREFIX]...\n"
	    "       [--gateway ADDR]... [--thing HOST=URL]... "
	    "[--world W.json]\n");
	return COMMAND_USAGE;
}

static int
read_options(struct task *task, int argc, char **argv)
{
	static const struct option known[] = {
		WORLDARGS_OPTIONS{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "jq", known, NULL)) != -1) {
		if (option == 'j')
			task->json = true;
		else if (option == 'q')
			task->quiet = true;
		else if (!worldargs_is(option))
			return usage();
		else if (!worldargs_take(&task->world, option, optarg))
			return COMMAND_USAGE;
	}
	if (optind != argc - 1)
		return usage();
	task->path = argv[optind];
	return COMMAND_DONE;
}

static void
print(const struct task *task, const char *script)
{
	json_t *document;

	if (task->quiet)
		return;
	if (!task->json) {
		(void)fputs(script, stdout);
		return;
	}
	document = json_pack(
	    "{s:o, s:s}", "file", file_name(task->path), "nft", script);
	(void)json_dumpf(document, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(document);
}

static int
compile(struct task *task, struct bytes file)
{
	struct policy *policy = NULL;
	struct fault why = { 0 };
	char *script = NULL;

	if (mudfile_parse(file, &policy, &why)) {
		worldargs_finish(&task->world, policy);
		script = nfttable_text(policy, &task->world, &why);
	}
	policy_free(policy);
	if (script == NULL) {
		/* A fault's texts come escaped (S-71). */
		(void)fprintf(
		    stderr, "mudctl: %s (%s)\n", why.detail, why.clause);
		return COMMAND_NO;
	}
	print(task, script);
	free(script);
	return COMMAND_DONE;
}

int
compile_run(int argc, char **argv, const struct options *options)
{
	struct task task = { .json = options->json, .quiet = options->quiet };
	struct input input = { NULL, 0 };
	int code;

	world_init(&task.world);
	code = read_options(&task, argc, argv);
	if (code == COMMAND_DONE &&
	    !file_read(task.path, LIMIT_FILE + 1, &input))
		code = COMMAND_USAGE;
	if (code == COMMAND_DONE)
		code = compile(&task, input_bytes(&input));
	input_done(&input);
	world_done(&task.world);
	return code;
}
