/*
 * Policies as the kernel holds them.  Role: engine.  Input: policies that the
 * reader made and stage.c checked.
 */
#include "engine/files/policies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/mem.h"

struct compiling {
	struct policies *policies;
	struct kernel_policy *policy;
	const struct url *mud_url;
};

void
policies_init(struct policies *policies, struct sets *sets)
{
	memset(policies, 0, sizeof(*policies));
	list_init(&policies->all);
	policies->sets = sets;
}

static void
release_sets(struct policies *policies, struct kernel_policy *policy)
{
	for (size_t i = 0; i < policy->n_sets; i++)
		sets_drop(policies->sets, policy->sets[i]);
	policy->n_sets = 0;
}

void
policies_done(struct policies *policies)
{
	LIST_EACH_SAFE(at, &policies->all)
	policies_remove(policies, LIST_ENTRY(at, struct kernel_policy, link));
}

void
policies_authority(const struct url *url, char key[LIMIT_URL + 1])
{
	if (url->port == 443)
		text_copy(key, LIMIT_URL + 1, url->host);
	else
		(void)snprintf(key, LIMIT_URL + 1, "%.*s:%u", LIMIT_URL - 6,
		    url->host, (unsigned int)url->port);
}

/* Where a peer's addresses are kept, by what the peer is called. */
static uint32_t
set_of(void *arg, enum peer_kind kind, const char *text)
{
	struct compiling *compiling = arg;
	struct kernel_policy *policy = compiling->policy;
	char authority[LIMIT_URL + 1];
	struct set *set;

	switch (kind) {
	case PEER_DNSNAME:
	case PEER_CONTROLLER:
	case PEER_MANUFACTURER:
	case PEER_MODEL:
		break;
	case PEER_MY_CONTROLLER:
		text = compiling->mud_url->text;
		break;
	case PEER_SAME_MANUFACTURER:
		policies_authority(compiling->mud_url, authority);
		kind = PEER_MANUFACTURER;
		text = authority;
		break;
	case PEER_LOCAL_NETWORKS:
	case PEER_KINDS:
		return 0;
	}
	for (size_t i = 0; i < policy->n_sets; i++)
		if (policy->sets[i]->kind == kind &&
		    strcmp(policy->sets[i]->key, text) == 0)
			return policy->sets[i]->number;
	if (policy->n_sets == sizeof(policy->sets) / sizeof(policy->sets[0]))
		return 0;
	set = sets_take_as(compiling->policies->sets, kind, text,
	    kind == PEER_MANUFACTURER || kind == PEER_MODEL ? policy->strength
							    : STRENGTH_CLAIMED);
	if (set == NULL)
		return 0;
	policy->sets[policy->n_sets++] = set;
	return set->number;
}

/* A policy on no list yet; NULL if there are as many as may be. */
static struct kernel_policy *
number_one(struct policies *policies, struct fault *why)
{
	struct kernel_policy *made;

	if (policies->n >= LIMIT_POLICIES) {
		(void)fault_set(why, FAULT_TOO_MANY, "S-8",
		    "%d policies are in use already", LIMIT_POLICIES);
		return NULL;
	}
	made = xcalloc(1, sizeof(*made));
	made->number = ++policies->last_number;
	made->wanted = true;
	return made;
}

static struct kernel_policy *
enlist(struct policies *policies, struct kernel_policy *made)
{
	list_append(&policies->all, &made->link);
	policies->n++;
	return made;
}

struct kernel_policy *
policies_closed(struct policies *policies, struct fault *why)
{
	struct kernel_policy *made = number_one(policies, why);

	if (made == NULL)
		return NULL;
	made->policy = xcalloc(1, sizeof(*made->policy));
	return enlist(policies, made);
}

struct kernel_policy *
policies_watched(struct policies *policies, struct kernel_policy *policy)
{
	struct kernel_policy *made = policy->watched;
	struct fault why;

	if (made != NULL)
		return made;
	made = number_one(policies, &why);
	if (made == NULL)
		return NULL;
	made->ending = ENDING_WATCH;
	made->mud_url = policy->mud_url;
	made->policy = policy_copy(policy->policy);
	made->rules.n = policy->rules.n;
	made->rules.rule = xcalloc(policy->rules.n, sizeof(*made->rules.rule));
	for (size_t i = 0; i < policy->rules.n; i++)
		made->rules.rule[i] = policy->rules.rule[i];
	made->n_sets = policy->n_sets;
	for (size_t i = 0; i < policy->n_sets; i++)
		made->sets[i] =
		    sets_take_as(policies->sets, policy->sets[i]->kind,
			policy->sets[i]->key, policy->sets[i]->strength);
	made->strength = policy->strength;
	policy->watched = made;
	return enlist(policies, made);
}

static struct kernel_policy *
add_as(struct policies *policies, const struct policy *policy,
    const struct url *mud_url, enum strength strength, struct fault *why)
{
	struct kernel_policy *made = number_one(policies, why);
	struct compiling compiling;

	if (made == NULL)
		return NULL;
	made->strength = strength;
	compiling = (struct compiling){
		.policies = policies,
		.policy = made,
		.mud_url = mud_url,
	};
	if (!compile_policy(policy, set_of, &compiling, &made->rules, why)) {
		release_sets(policies, made);
		free(made);
		return NULL;
	}
	made->mud_url = *mud_url;
	made->policy = policy_copy(policy);
	return enlist(policies, made);
}

struct kernel_policy *
policies_add(struct policies *policies, const struct policy *policy,
    const struct url *mud_url, struct fault *why)
{
	return add_as(policies, policy, mud_url, STRENGTH_CLAIMED, why);
}

static bool
names_things(const struct kernel_policy *policy)
{
	for (size_t i = 0; i < policy->n_sets; i++)
		if (set_is_of_things(policy->sets[i]))
			return true;
	return false;
}

struct kernel_policy *
policies_bound(struct policies *policies, struct kernel_policy *policy)
{
	struct fault why;

	if (policy->bound == NULL && !names_things(policy))
		return policy;
	if (policy->bound == NULL)
		policy->bound = add_as(policies, policy->policy,
		    &policy->mud_url, STRENGTH_BOUND, &why);
	return policy->bound;
}

size_t
policies_likes(const struct kernel_policy *policy,
    const struct kernel_policy *likes[POLICY_LIKES])
{
	const struct kernel_policy *like = policy;
	size_t n = 0;

	while (like != NULL) {
		likes[n++] = like;
		if (like->watched != NULL)
			likes[n++] = like->watched;
		like = like->bound;
	}
	return n;
}

bool
policies_is_like(
    const struct kernel_policy *policy, const struct kernel_policy *one)
{
	const struct kernel_policy *likes[POLICY_LIKES];
	size_t n = policies_likes(policy, likes);

	for (size_t i = 0; i < n; i++)
		if (likes[i] == one)
			return true;
	return false;
}

void
policies_drop(struct kernel_policy *policy)
{
	if (policy == NULL)
		return;
	policy->wanted = false;
	policies_drop(policy->watched);
	policies_drop(policy->bound);
}

void
policies_remove(struct policies *policies, struct kernel_policy *policy)
{
	release_sets(policies, policy);
	rules_done(&policy->rules);
	policy_free(policy->policy);
	free(policy->packets);
	list_remove(&policy->link);
	policies->n--;
	free(policy);
}
