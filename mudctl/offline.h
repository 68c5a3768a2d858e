/*
 * The commands that need neither daemon nor root: is this MUD file right, is
 * this signature good?
 */
#ifndef MUDCTL_OFFLINE_H
#define MUDCTL_OFFLINE_H

#include <stdbool.h>

/*
 * Functions of the command table.  argv[0] is the command's name, the global
 * options are taken out.  They print to standard output (json: one document)
 * and give mudctl's exit code: 0 valid, 1 not valid, 2 asked wrongly, which
 * includes files that cannot be read.
 */

/* validate FILE...; "-" is standard input. */
int offline_validate(int argc, char **argv, bool json);

/* verify FILE SIG --trust CA [--trust CA]...; each CA a file of PEM. */
int offline_verify(int argc, char **argv, bool json);

#endif
