/*
 * The command that needs neither daemon nor root: is this MUD file right?
 */
#ifndef MUDCTL_OFFLINE_H
#define MUDCTL_OFFLINE_H

struct options;

/*
 * Functions of the command table, here and in signing.h.  argv[0] is the
 * command's name; the options before it are taken, those behind it are not.
 * They print to standard output (with -j one document, with -q nothing) and
 * give mudctl's exit code: 0 yes, 1 no, 2 asked wrongly, which includes files
 * that cannot be read or written.
 */

/* validate FILE...; "-" is standard input. */
int offline_validate(int argc, char **argv, const struct options *options);

#endif
