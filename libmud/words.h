/*
 * A policy in plain words: what its ACEs would let the Thing do, one line for
 * what belongs together.
 *
 * For people who have to decide about a MUD file (RFC 8520 s13.2, s16), and
 * for programs that show it to them.  Says what the file asks for, not what
 * the kernel will do: what a name or a class is today is not known here.
 */
#ifndef LIBMUD_WORDS_H
#define LIBMUD_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "libmud/policy.h"

/* Four peers with the longest text each, and what stands between them. */
#define WORDS_PEER  (ACE_PEERS * (LIMIT_URL + 64))
#define WORDS_PORTS 24
#define WORDS_TEXT  (WORDS_PEER + 256 + ACE_FIELDS * (FIELD_TEXT + 8))

/* Which of the two policies of RFC 8520 s3.3 says it. */
enum words_way { WORDS_FROM, WORDS_TO, WORDS_BOTH };

/* What an administrator should look at twice; only where it is allowed. */
#define WORDS_ANY_PEER       1u  /* no condition on who the peer is */
#define WORDS_LOCAL_NETWORKS 2u  /* everybody on the local network */
#define WORDS_LITERAL        4u  /* an address as a number (M-FILE-5) */
#define WORDS_ANYTHING       8u  /* no condition on the protocol */
#define WORDS_NOT_UNDERSTOOD 16u /* a condition is unknown: matches nothing */
#define WORDS_WARNINGS       5   /* so many there are */

struct words_line {
	enum words_way way;
	enum forwarding action;
	enum initiated initiated;
	unsigned int families;       /* FAMILY_4 | FAMILY_6 */
	unsigned int warnings;       /* WORDS_... */
	char ace[LIMIT_NAME + 1];    /* the first one that says it */
	char peer[WORDS_PEER];       /* "cloud.example.com", "any host" */
	char protocol[16];           /* "TCP", "ICMP", "protocol 47", "any" */
	char ports[WORDS_PORTS];     /* the peer's: "443", "1-1023"; "": any */
	char own_ports[WORDS_PORTS]; /* the Thing's */
	/* "may connect to cloud.example.com, TCP port 443"; no stop, and no
	 * bytes but visible ASCII and blanks where the policy has no others. */
	char text[WORDS_TEXT];
};

/*
 * The lines of a policy: those of the from-device policy in their order, then
 * what only the other one says.  Two ACEs that are the two ways of one flow,
 * or differ in the address family alone, are one line.  The policy is one
 * that ace_is_sound() holds for.  The caller frees what it gets; *n may be 0.
 */
struct words_line *words_of(const struct policy *policy, size_t *n);

/* Is the same said among these n lines? */
bool words_has(
    const struct words_line *lines, size_t n, const struct words_line *line);

/* A stable word for one warning ("any-peer"), and a sentence about it. */
const char *words_warning_name(unsigned int warning);
const char *words_warning_text(unsigned int warning);
/* "from", "to", "both". */
const char *words_way_name(enum words_way way);

#endif
