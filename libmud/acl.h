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
	uint8_t families; /* that its type speaks of; 0: Ethernet only */
	bool has_frames; /* its type speaks of Ethernet headers, or is absent */
	bool is_foreign_type;
	bool has_type;
	bool has_aces;
	uint8_t was_read;     /* bit 1 << enum direction */
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
 * outlive it.  ACLs without a name are left out; more of anything than
 * limits.h allows is told, and refuses the file.
 */
void acls_init(
    struct acls *acls, const struct json_at *at, struct reading *reading);

/* NULL if there is none. */
struct acl *acls_find(struct acls *acls, const char *name);

/* Adds the ACL's ACEs, in order, to the policy. */
void acl_read(struct acls *acls, struct acl *acl, enum direction direction);

/* Judges the ACLs that no policy named; adds nothing. */
void acls_judge_rest(struct acls *acls);

#endif
