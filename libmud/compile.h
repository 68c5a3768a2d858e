/*
 * policy × where its peers are kept → rules.
 *
 * Pure: the same policy and the same set numbers give the same rules, in the
 * same order (docs/architecture.md, "What a verdict is").  For each direction:
 * the ACEs in order; then, for replies, a jump into the mirror of the opposite
 * list; then the DNS and NTP defaults of RFC 8520 Appendix A; then nothing,
 * which the enforcer ends with a drop.  A mirror is the opposite list with
 * its defaults, about the packets that answer.  An accept ACE that was not
 * understood, or any that can match nothing, makes no rule; one with header
 * fields makes none in a mirror, where it neither vouches nor denies.
 */
#ifndef LIBMUD_COMPILE_H
#define LIBMUD_COMPILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/policy.h"
#include "libmud/rule.h"

/*
 * Where a peer's addresses stand: a set number (1..), for every peer that a
 * policy names, and for the two classes of the defaults.  text is NULL for
 * kinds without one.  0 means "no such set": the ACE then makes no rule (an
 * empty class matches nothing).
 */
typedef uint32_t compile_set_fn(
    void *arg, enum peer_kind kind, const char *text);

struct rules {
	size_t n;
	struct rule *rule; /* owned; ordered by chain, then by place in it */
};

/*
 * False with *why (FAULT_TOO_MANY) past LIMIT_ACES, within which the rules
 * stay within LIMIT_RULES.  The policy's ACEs are sound (ace_is_sound).  On
 * success *rules is the caller's, to be ended with rules_done.
 */
bool compile_policy(const struct policy *policy, compile_set_fn *set_of,
    void *arg, struct rules *rules, struct fault *why);
void rules_done(struct rules *rules);

#define MUD_URN_DNS "urn:ietf:params:mud:dns"
#define MUD_URN_NTP "urn:ietf:params:mud:ntp"

#endif
