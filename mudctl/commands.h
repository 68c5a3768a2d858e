/*
 * The commands of mudctl: one table, one function a command.
 */
#ifndef MUDCTL_COMMANDS_H
#define MUDCTL_COMMANDS_H

#include <stdbool.h>
#include <stdio.h>

/* What every command of mudctl ends with. */
enum command_exit {
	COMMAND_DONE,
	COMMAND_NO,          /* refused, invalid, denied */
	COMMAND_USAGE,       /* asked wrongly */
	COMMAND_UNREACHABLE, /* no daemon answers */
	COMMAND_FORBIDDEN,
	COMMAND_DIFFERS, /* explain --kernel: two answers that do not agree */
};

struct options {
	const char *socket;
	bool json;
	bool quiet;
	bool no_colour;
	bool pin_signer; /* of approve */
};

/* argv[0] is the command's first word; the options before it are taken. */
int commands_run(struct options *options, int argc, char **argv);

/* May text on standard output be coloured? */
bool commands_colour(const struct options *options);

/* The table, for -h. */
void commands_help(FILE *out);

#endif
