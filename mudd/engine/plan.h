/*
 * What the kernel should hold, and what it was told: the difference goes to
 * the enforcer as one batch.
 *
 * The first batch replaces everything (BATCH_RESET); so does the next one
 * after a batch was denied, since then nobody knows what stands.  Later ones
 * carry only what changed: Things, sets and policies that were touched.
 */
#ifndef ENGINE_PLAN_H
#define ENGINE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/channel.h"
#include "engine/files/manager.h"
#include "engine/files/policies.h"
#include "engine/lan.h"
#include "engine/sets.h"
#include "engine/things/things.h"

struct plan_options {
	const struct config *config;
	struct channel *mudd;
	struct lan *lan;
	struct things *things;
	struct sets *sets;
	struct policies *policies;
	struct manager *manager;
};

struct plan;

struct plan *plan_new(const struct plan_options *options);
void plan_free(struct plan *plan);

/* Some of what Things live under is made when the first one needs it, and may
 * name classes that no other policy does: before these are worked out. */
void plan_choose(struct plan *plan);
/* Sends what differs, if anything does. Nothing is sent before plan_begin,
 * nor while a reset waits for its time. */
void plan_sync(struct plan *plan, int64_t now);
/* From now on: the first batch is a reset. */
void plan_begin(struct plan *plan);
/* Our tables are not in the kernel any more: the next batch is a reset. */
void plan_lost(struct plan *plan);
/* The Thing is about to be removed: the kernel forgets it with the next batch,
 * whatever comes back under its MAC. */
void plan_forget(struct plan *plan, const struct thing *thing);
/* When a reset that waits is due; INT64_MAX if none. */
int64_t plan_due(const struct plan *plan);

/* mudd's answers. false: no such batch is under way. */
bool plan_applied(struct plan *plan, const struct record_batch *applied);
bool plan_denied(
    struct plan *plan, const struct record_denied *denied, int64_t now);

/* How mudd judges frames that stay on one bridge; where that is over, the next
 * batch is a reset.  false: it makes no sense. */
bool plan_path(struct plan *plan, const struct record_path *path);
/* The same, as it was told last; BRIDGE_PATHS: not yet. */
const struct record_path *plan_path_now(const struct plan *plan);

/* Does all that was sent up to this batch stand in the kernel? */
bool plan_stands(const struct plan *plan, uint32_t batch);
/* Have the names that a policy refers to been looked up once, and does what
 * was found stand in the kernel? */
bool plan_has_names(
    const struct plan *plan, const struct kernel_policy *policy);
/* Has everything that was sent been applied? */
bool plan_is_idle(const struct plan *plan);
/* Has the first batch been applied? */
bool plan_is_up(const struct plan *plan);
/* Why the last batch was denied; FAULT_NONE if it was not. */
const struct fault *plan_fault(const struct plan *plan);

/* The policy that a Thing lives under, by its mode and by what is known of its
 * MUD URL; NULL: none, it has departed. */
const struct kernel_policy *plan_policy_of(
    const struct plan *plan, const struct thing *thing);

#endif
