/*
 * Policies as the kernel holds them: compiled rules under a number, and the
 * address sets that they refer to.
 *
 * One MUD URL's accepted file is one policy; all Things of that URL share it.
 * What a class means may differ by MUD URL (my-controller, same-manufacturer),
 * so the URL is part of what is compiled.  The policy itself is kept beside its
 * rules, for people who ask what it says (explain.h, reportpolicy.h); it is
 * about as large as they are.
 */
#ifndef ENGINE_POLICIES_H
#define ENGINE_POLICIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/records.h"
#include "engine/sets.h"
#include "libmud/compile.h"
#include "libmud/list.h"
#include "libmud/url.h"

struct fault;
struct policy;

#define POLICY_NO_RULE UINT64_MAX
/* Enforced and watched, for Things known by their claim and known better. */
#define POLICY_LIKES (2 * STRENGTHS)

struct kernel_policy {
	uint32_t number;
	struct url mud_url;
	struct policy *policy; /* owned */
	/* By ACE, as the kernel last told (tallies.h), POLICY_NO_RULE where it
	 * has no rule; NULL: never told; owned. */
	uint64_t *packets;
	struct rules rules;
	size_t n_sets;
	struct set *sets[LIMIT_TEXTS + 8]; /* each holds one reference */
	enum policy_ending ending;         /* how what it denies ends */
	struct kernel_policy *watched;     /* its like that drops nothing */
	enum strength strength;      /* of whom its classes of Things are */
	struct kernel_policy *bound; /* its like for STRENGTH_BOUND */
	bool wanted;    /* false: to be taken out once no Thing has it */
	bool installed; /* its chains stand in the kernel */
	struct list link;
};

struct policies {
	struct list all;
	struct sets *sets; /* lent */
	uint32_t last_number;
	size_t n;
};

void policies_init(struct policies *policies, struct sets *sets);
void policies_done(struct policies *policies);

/* Compiles a policy for the Things of this MUD URL. NULL with *why if it
 * does not fit the limits. Owned by `policies` until policies_drop. */
struct kernel_policy *policies_add(struct policies *policies,
    const struct policy *policy, const struct url *mud_url, struct fault *why);

/* The same that allows nothing at all. */
struct kernel_policy *policies_closed(
    struct policies *policies, struct fault *why);
/* The same rules for Things that are only watched, made if need be; it lives
 * as long as the policy does. NULL if there is no room. */
struct kernel_policy *policies_watched(
    struct policies *policies, struct kernel_policy *policy);

/*
 * The same for Things that an administrator, or more, says are of this MUD URL:
 * where the policy names classes that are made of Things, it means those that
 * are known as well (S-40).  Elsewhere it is the policy itself.  Made if need
 * be; it lives as long as the policy does.  NULL if there is no room.
 */
struct kernel_policy *policies_bound(
    struct policies *policies, struct kernel_policy *policy);
/* A policy and its likes, those that there are; returns how many. */
size_t policies_likes(const struct kernel_policy *policy,
    const struct kernel_policy *likes[POLICY_LIKES]);
bool policies_is_like(
    const struct kernel_policy *policy, const struct kernel_policy *one);

/* No longer wanted; plan.c takes it out of the kernel and frees it. */
void policies_drop(struct kernel_policy *policy);
void policies_remove(struct policies *policies, struct kernel_policy *policy);

/* The key of a manufacturer's set: host, and port where it is not 443. */
void policies_authority(const struct url *url, char key[LIMIT_URL + 1]);

#endif
