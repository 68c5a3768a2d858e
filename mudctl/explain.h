/*
 * mudctl explain DEV to|from HOST PROTO [PORT]: does the gateway let this
 * packet pass now, and which ACE or default says so?
 */
#ifndef MUDCTL_EXPLAIN_H
#define MUDCTL_EXPLAIN_H

struct options;

/* argv[0] is the command's word. The exit status: 0 allowed, 1 denied, 5 with
 * --kernel where the kernel's rules say otherwise, or it cannot be told. */
int explain_run(int argc, char **argv, const struct options *options);

#endif
