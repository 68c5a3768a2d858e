/*
 * Access control lists by name (RFC 8519 s4.1).
 *
 * The index is made first, since a policy may name any ACL of the file; the
 * ACEs are read when a list names their ACL, once for each direction.
 */
#ifndef LIBMUD_ACL_H
#define LIBMUD_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/json.h"
#include "libmud/policy.h"

struct reading;

struct acl {
	const char *name; /* lent by the document */
	size_t index;     /* in the file's list */
	uint8_t families; /* that its type speaks of; 0: Ethernet only */
	bool is_foreign_type;
	bool has_type;
	bool has_aces;
	bool was_read;
	struct json_at aces;  /* the "ace" array, if has_aces */
	struct json_at at[2]; /* its ancestors: the ACL, "aces" */
};

struct acls {
	struct reading *reading;
	struct json_at list; /* the "acl" array */
	size_t n;
	size_t n_aces;
	struct acl acl[LIMIT_ACLS];
};

/*
 * Fills *acls, which must not move afterwards, from the container; `at` must
 * outlive it.  Refuses duplicate names, types it does not know, and more of
 * anything than limits.h allows.
 */
bool acls_init(struct acls *acls, const struct json_at *at,
    struct reading *reading, struct fault *why);

/* NULL if there is none. */
struct acl *acls_find(struct acls *acls, const char *name);

/* Adds the ACL's ACEs, in order, to the policy. */
bool acl_read(struct acls *acls, struct acl *acl, enum direction direction,
    struct fault *why);

/* Judges the ACLs that no policy named; adds nothing. */
bool acls_judge_rest(struct acls *acls, struct fault *why);

#endif
