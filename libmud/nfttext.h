/*
 * Rules as nft text, for people: reviews, golden tests, `mudctl compile`.
 *
 * The same rules give the same text.  Names are those of the kernel's table
 * (docs/architecture.md, "A policy in the kernel").  Nothing loads this text:
 * the enforcer speaks to the kernel in numbers.
 */
#ifndef LIBMUD_NFTTEXT_H
#define LIBMUD_NFTTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/compile.h"

/* Is the set a name's (dns<k>_4) rather than a class's (cls<k>_4)? */
typedef bool nfttext_is_name_fn(void *arg, uint32_t set);

#define NFTTEXT_RULE 2048 /* the longest rule, in its forms, and some */

/* One rule that rule_is_sound(): a line for each of rule_forms(), the last
 * without a newline. Returns buf. */
const char *nfttext_rule(const struct rule *rule, uint32_t policy,
    nfttext_is_name_fn *is_name, void *arg, char buf[NFTTEXT_RULE]);

/*
 * The four chains of a policy, each with its closing drop, as a new string
 * that the caller owns.  With `of` each rule that came from an ACE has that
 * ACE's name behind it as a comment; it must be the policy that was compiled.
 */
char *nfttext_chains(const struct rules *rules, uint32_t policy,
    const struct policy *of, nfttext_is_name_fn *is_name, void *arg);

#endif
