/*
 * check: is this flow allowed by that MUD file, in a world that is described?
 */
#ifndef MUDCTL_CHECK_H
#define MUDCTL_CHECK_H

struct options;

/*
 * check FILE to|from HOST PROTO [PORT], or check FILE --flows F.jsonl; of the
 * command table, see offline.h.  Exit codes: 0 allowed, 1 denied, 2 asked
 * wrongly; with --flows 0 where all lines were questions, whatever the answers,
 * else 2.
 */
int check_run(int argc, char **argv, const struct options *options);

#endif
