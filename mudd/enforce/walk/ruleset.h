/*
 * What is installed in our tables, read from the kernel for one question and
 * kept until that is answered: base chains at once, a chain's rules when it is
 * entered.  Sets: lookups.h.
 *
 * Nothing is taken from the model of what ought to be there.  All of it is of
 * one generation of the kernel's, or the question has to be asked anew
 * (ruleset_is_current).
 */
#ifndef WALK_RULESET_H
#define WALK_RULESET_H

#include <libmnl/libmnl.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RULESET_NAME    256 /* NFT_NAME_MAXLEN: of chains and sets */
#define RULESET_NOTE    64  /* a rule's comment, cut off where it is longer */
#define RULESET_DEVICES 256 /* that one netdev chain hooks */

struct kernel;
struct ruleset;

struct ruleset_base {
	uint16_t family;
	uint32_t hook;
	int32_t priority;
	bool drops; /* its policy */
	bool is_filter;
	char name[RULESET_NAME];
	size_t n_devices; /* netdev */
	char (*device)[IFNAMSIZ];
};

struct ruleset_rule {
	uint64_t handle;
	char note[RULESET_NOTE];
	struct nlattr *expressions; /* NULL: it has none */
};

struct ruleset_chain {
	size_t n;
	struct ruleset_rule *rule;
};

/*
 * Begins: reads the generation and the base chains of our tables, by rising
 * priority.  *ruleset is the caller's to free, also on failure.  0 or -errno;
 * -E2BIG: somebody has put more there than we read.
 */
int ruleset_read(struct kernel *kernel, struct ruleset **ruleset);
void ruleset_free(struct ruleset *ruleset);

size_t ruleset_bases(
    const struct ruleset *ruleset, const struct ruleset_base **base);

/* A chain's rules, lent as long as the ruleset lives; as an empty one where
 * there is no such chain. */
int ruleset_chain(struct ruleset *ruleset, uint16_t family, const char *name,
    const struct ruleset_chain **chain);

/* Has nothing been committed since it was begun? */
int ruleset_is_current(struct ruleset *ruleset, bool *is_current);

#endif
