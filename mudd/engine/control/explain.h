/*
 * What the gateway does with a packet of a device now, and which ACE, default
 * or local rule says so: the question of `mudctl explain`.
 *
 * Answered by libmud/evaluate.h over a world made of what the engine has told
 * the kernel, so it speaks of addresses that stand in the sets, not of those
 * that a name or a class ought to have.  Around that stand the rules that
 * come before a policy: who is not managed, who has left, what never reaches
 * the gateway (docs/architecture.md, "A policy in the kernel").  Reads,
 * changes nothing.
 */
#ifndef ENGINE_EXPLAIN_H
#define ENGINE_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "libmud/evaluate.h"
#include "libmud/flow.h"

struct addr;
struct engine;
struct fault;
struct kernel_policy;
struct lan;
struct thing;
struct world;

struct explained {
	struct evaluation said;
	/* Whose policy said it, NULL: none did; said.ace is an index into it.
	 * Lent. */
	const struct kernel_policy *policy;
	bool by_peer; /* it is the policy of the peer, a managed Thing too */
};

/*
 * The world as the kernel knows it, as far as it concerns this one peer: of
 * the members of classes and the addresses of names there is none but the
 * peer, where it is one.  world is world_init's.  False with *why past the
 * limits of world.h.
 */
bool explain_world(struct world *world, const struct lan *lan,
    const struct thing *thing, const struct kernel_policy *policy,
    const struct addr *peer, struct fault *why);

/*
 * The verdict on one packet, whose peer has a family.  Where the peer is a
 * managed Thing behind another interface, both sides must allow it, and the
 * one that denies is told.  False with *why as explain_world.
 */
bool explain(struct engine *engine, const struct thing *thing,
    const struct flow *flow, struct explained *out, struct fault *why);

/*
 * Does the packet get through?  Unlike by its verdict it does where what
 * denies it is only monitored.  False with *why as explain_world.
 */
bool explain_passes(struct engine *engine, const struct thing *thing,
    const struct flow *flow, bool *passes, struct fault *why);

/* The address that the Thing is taken to use towards this one, as hosts choose
 * (RFC 6724 s5): of its family and scope, and the most like it. NULL: it has
 * none. */
const struct addr *explain_own(
    const struct thing *thing, const struct addr *peer);

/* Do frames between the Thing and this address stay on their link, so that
 * they never come to a policy's chains? */
bool explain_stays(
    const struct lan *lan, const struct thing *thing, const struct addr *peer);

/* Addresses that a name which the policy refers to has in the kernel; at most
 * max are written. -1: the policy refers to no such name. */
int explain_name(const struct kernel_policy *policy, const char *name,
    struct addr *out, size_t max);

#endif
