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
	bool is_foreign_type; /* a type of another module */
	enum direction direction;
};

/* Reads one ACE and adds it to the policy. False: the file is refused. */
bool ace_read(const struct json_at *at, const struct ace_context *context,
    struct fault *why);

/* The name of an ACL or ACE (A-NAME-1): 1..LIMIT_NAME bytes, printable. */
bool ace_name(const struct json_at *at, const char **name, struct fault *why);

#define ACL_MODULE "ietf-access-control-list"

#endif
