/*
 * The command that shows what a MUD file becomes in the kernel.  It needs
 * neither daemon nor root.
 */
#ifndef MUDCTL_COMPILE_H
#define MUDCTL_COMPILE_H

struct options;

/*
 * compile FILE [what the world is like: worldargs.h]; "-" is standard input.
 * An offline_fn of the command table (commands.c).  Prints an nft script; 1 if
 * the file is one that mudd refuses.
 */
int compile_run(int argc, char **argv, const struct options *options);

#endif
