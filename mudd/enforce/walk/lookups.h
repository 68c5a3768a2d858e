/*
 * What sets of our tables hold, asked of the kernel for one question and kept
 * until that is answered: its own look-up, timeouts and intervals included.
 */
#ifndef WALK_LOOKUPS_H
#define WALK_LOOKUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforce/walk/ruleset.h"
#include "libmud/list.h"

#define LOOKUPS_KEY 64 /* NFT_DATA_VALUE_MAXLEN */

struct kernel;
struct lookups;
struct nlattr;

/* What a look-up comes to. */
struct lookups_found {
	bool is_there;
	bool is_open; /* it may match or not: an element with a limit */
	bool has_value, has_verdict;
	uint32_t code; /* of the verdict */
	char chain[RULESET_NAME];
	size_t len;
	uint8_t value[LOOKUPS_KEY];
};

struct lookups_set {
	uint16_t family;
	char name[RULESET_NAME];
	size_t key_len;
	bool is_open; /* its elements may match or not, as one that is found */
	bool is_written; /* for the caller to note */
	struct list link;
};

struct lookups *lookups_new(struct kernel *kernel);
void lookups_free(struct lookups *lookups);

/* -ENOENT: there is no such set. Lent. */
int lookups_set(struct lookups *lookups, uint16_t family, const char *name,
    struct lookups_set **set);
/* What the kernel finds in a set by a key of its length. Lent. */
int lookups_find(struct lookups *lookups, const struct lookups_set *set,
    const uint8_t *key, const struct lookups_found **found);
/* Forgets what was noted of sets. */
void lookups_begin_way(struct lookups *lookups);
/* May expressions of an element, or of all elements of a set, end a rule?
 * Counters do not; a limit does.  One, and a list of several; either NULL. */
bool lookups_is_open(const struct nlattr *one, const struct nlattr *several);

#endif
