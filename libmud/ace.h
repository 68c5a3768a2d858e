/*
 * One access control entry: its matches and its action (RFC 8519 s4.1, RFC
 * 8520 s2, s4, s8).
 *
 * A condition we cannot enforce makes the ACE "not understood": it matches
 * nothing, and if it would have dropped the policy is held (S-9).
 */
#ifndef LIBMUD_ACE_H
#define LIBMUD_ACE_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/json.h"
#include "libmud/policy.h"

struct reading;

/* What an ACE inherits from its ACL and from the list that names it. */
struct ace_context {
	struct reading *reading;
	const char *acl;  /* its ACL's name, at most LIMIT_NAME bytes */
	uint8_t families; /* that the ACL's type speaks of; 0: Ethernet only */
	bool has_frames;  /* and does it speak of Ethernet headers? */
	bool is_foreign_type; /* a type of another module */
	enum direction direction;
};

/* A json_visit_fn over a struct ace_context: reads one ACE, and adds it to
 * the policy. */
void ace_read(const struct json_at *at, void *context);

/*
 * The name of an ACL or ACE (A-NAME-1): 1..LIMIT_NAME bytes, printable.  NULL
 * if it is none; what the modules allow and we do not is told.
 */
const char *ace_name(const struct json_at *at, struct reading *reading);

#define ACL_MODULE "ietf-access-control-list"

#endif
