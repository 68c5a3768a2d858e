/*
 * mudctl: what people and scripts ask mudd, and what they can ask without it.
 * Role: mudctl, as whoever runs it; it holds no power that the control
 * protocol does not.
 */
#include <config.h>

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "mudctl/commands.h"

static void
print_help(FILE *out)
{
	(void)fputs("usage: mudctl [options] COMMAND ...\n\ncommands:\n", out);
	commands_help(out);
	(void)fputs("\noptions:\n"
		    "  -s, --socket SOCKET  where mudd answers (" RUNDIR
		    "/mudd.sock)\n"
		    "  -j, --json           one JSON document instead of text\n"
		    "  -q, --quiet          no text, only the exit code\n"
		    "      --no-color       never colour the text\n"
		    "  -V, --version        print the version\n"
		    "  -h, --help           print this\n"
		    "\nexit codes: 0 done, 1 the answer is no, 2 wrong usage, "
		    "3 no daemon,\n4 not permitted\n",
	    out);
}

int
main(int argc, char **argv)
{
	static const struct option known[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "no-color", no_argument, NULL, 'N' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct options options = { .socket = RUNDIR "/mudd.sock" };
	int option, code;

	/* Up to the command; what follows is the command's. */
	while (
	    (option = getopt_long(argc, argv, "+s:jqVh", known, NULL)) != -1) {
		if (option == 's') {
			options.socket = optarg;
		} else if (option == 'j') {
			options.json = true;
		} else if (option == 'q') {
			options.quiet = true;
		} else if (option == 'N') {
			options.no_colour = true;
		} else if (option == 'V') {
			(void)puts("mudctl " PACKAGE_VERSION);
			return COMMAND_DONE;
		} else if (option == 'h') {
			print_help(stdout);
			return COMMAND_DONE;
		} else {
			return COMMAND_USAGE;
		}
	}
	if (optind == argc) {
		print_help(stderr);
		return COMMAND_USAGE;
	}
	code = commands_run(&options, argc - optind, argv + optind);
	if (fflush(stdout) != 0 && code == COMMAND_DONE) {
		perror("mudctl: standard output");
		return COMMAND_NO;
	}
	return code;
}
