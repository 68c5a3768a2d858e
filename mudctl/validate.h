/*
 * Is this MUD file right?  And: the same file in today's form.
 */
#ifndef MUDCTL_VALIDATE_H
#define MUDCTL_VALIDATE_H

struct options;

/*
 * Functions of the command table, here and in signing.h, need neither daemon
 * nor root.  argv[0] is the command's name; the options before it are taken,
 * those behind it are not.  They print to standard output (with -j one
 * document, with -q nothing) and give mudctl's exit code: 0 yes, 1 no, 2 asked
 * wrongly, which includes files that cannot be read or written.
 */

/* validate [--format text|json|sarif] FILE...; "-" is standard input.
 * validate --modernize -o OUT FILE: writes OUT, and judges that. */
int validate_run(int argc, char **argv, const struct options *options);

#endif
