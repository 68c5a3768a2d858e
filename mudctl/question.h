/*
 * The question of `check` and `explain`, "to|from HOST PROTO [PORT]" with its
 * options, and the answer for people: one of each, so that both mean the same.
 */
#ifndef MUDCTL_QUESTION_H
#define MUDCTL_QUESTION_H

#include <stdbool.h>

#include <jansson.h>

struct flow;

/* Options as they were given, or NULL; lent. */
struct question {
	const char *command; /* "check": who complains */
	const char *source_port, *icmp, *initiator, *own;
};

/* One line on standard error, what was quoted escaped. Returns false. */
bool question_complain(const struct question *question, const char *before,
    const char *quoted, const char *after);

/*
 * Which packet is meant, but for its peer.  words: to|from HOST PROTO [PORT],
 * three or four.  Without a source port it is a client's, without an ICMP type
 * an echo request.  False if that makes no question: it has been said.
 */
bool question_take(
    const struct question *question, int n, char **words, struct flow *flow);

/* "deny: the reason (clause)"; with json the whole document, or nothing. */
void question_print(const json_t *answer, bool json, bool quiet);
/* Does it say that the packet is allowed? */
bool question_allows(const json_t *answer);

#endif
