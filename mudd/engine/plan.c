/*
 * What the kernel should hold.  Role: engine.  Everything that leaves here is
 * a number, an address or a MAC; the enforcer checks each again.
 */
#include "engine/plan.h"

#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "engine/batch.h"
#include "engine/bindplan.h"
#include "engine/config.h"
#include "engine/lanplan.h"
#include "engine/things/gone.h"
#include "engine/things/modes.h"
#include "engine/things/placing.h"
#include "libmud/mem.h"

#define NO_TIME         INT64_MAX
#define RETRY_FIRST_SEC 1
#define RETRY_LAST_SEC  60
/* The kernel lets go of a name's address a little after we do, so that it is
 * we who say it while we live, and the kernel when we do not. */
#define KERNEL_GRACE_SEC 60
/* The enforcer takes no more (S-55). */
#define TIMEOUT_MAX (2 * LIMIT_TTL_MAX_SEC)

struct plan {
	struct plan_options options;
	bool has_begun, needs_reset;
	uint32_t last_sent, last_applied;
	bool is_up;
	int64_t reset_at;
	unsigned int denials; /* in a row */
	struct fault fault;
	struct lanplan lan; /* as the kernel was told */
	uint32_t unknown;   /* policy of unknown devices, as it was told */
	struct record_path path;
	struct gone gone;
	struct batch batch;
	int64_t now;
};

struct plan *
plan_new(const struct plan_options *options)
{
	struct plan *plan = xcalloc(1, sizeof(*plan));

	plan->options = *options;
	plan->needs_reset = true;
	plan->reset_at = NO_TIME;
	plan->path.path = BRIDGE_PATHS;
	return plan;
}

void
plan_free(struct plan *plan)
{
	if (plan == NULL)
		return;
	batch_done(&plan->batch);
	gone_done(&plan->gone);
	free(plan);
}

/* ---- sets -------------------------------------------------------------- */

static void
put_element(struct plan *plan, const struct set *set,
    const struct set_member *member, enum record_op op)
{
	struct record_element record = {
		.op = op,
		.set = set->number,
		.addr = member->addr,
	};

	if (op == OP_ADD && set_has_timeouts(set)) {
		int64_t left = member->expires_at - plan->now;

		left = (left > 0 ? left : 0) + KERNEL_GRACE_SEC;
		record.timeout_sec =
		    (uint32_t)(left < TIMEOUT_MAX ? left : TIMEOUT_MAX);
	}
	batch_put(&plan->batch, RECORD_ELEMENT, &record);
}

/* Of a set that stays: members that go, and members that come. */
static void
sync_members(struct plan *plan, struct set *set)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->n_members; i++) {
		struct set_member member = set->members[i];

		if (!member.wanted) {
			if (member.installed)
				put_element(plan, set, &member, OP_DELETE);
			continue;
		}
		if (!member.installed || member.refresh)
			put_element(plan, set, &member, OP_ADD);
		member.installed = true;
		member.refresh = false;
		set->members[kept++] = member;
	}
	if (kept < set->n_members)
		set_cut(set, kept);
}

static void
sync_sets(struct plan *plan)
{
	LIST_EACH(at, sets_dirty(plan->options.sets))
	{
		struct set *set = LIST_ENTRY(at, struct set, dirty);
		struct record_set record = {
			.op = OP_ADD,
			.set = set->number,
			.has_timeout = set_has_timeouts(set),
		};

		if (set->refs == 0) /* goes last: sync_unused */
			continue;
		if (set->was_looked_up && set->batch == 0)
			set->batch = plan->last_sent + 1;
		if (!set->installed)
			batch_put(&plan->batch, RECORD_SET, &record);
		set->installed = true;
		sync_members(plan, set);
	}
}

/* ---- policies ---------------------------------------------------------- */

static void
put_policy(struct plan *plan, const struct kernel_policy *policy)
{
	struct record_rules frame = {
		.policy = policy->number,
		.n = (uint32_t)policy->rules.n,
	};
	const struct record_ending ending = { policy->number, policy->ending };

	batch_put(&plan->batch, RECORD_RULES_BEGIN, &frame);
	for (size_t i = 0; i < policy->rules.n; i++) {
		struct record_rule record = {
			.rule = policy->rules.rule[i],
		};

		batch_put(&plan->batch, RECORD_RULE, &record);
	}
	batch_put(&plan->batch, RECORD_RULES_END, &frame);
	if (policy->ending != ENDING_DROP)
		batch_put(&plan->batch, RECORD_ENDING, &ending);
}

static void
sync_policies(struct plan *plan)
{
	LIST_EACH(at, &plan->options.policies->all)
	{
		struct kernel_policy *policy =
		    LIST_ENTRY(at, struct kernel_policy, link);

		if (policy->installed || !policy->wanted)
			continue;
		put_policy(plan, policy);
		policy->installed = true;
	}
}

/* What is made here must be told of before the Things are. */
void
plan_choose(struct plan *plan)
{
	LIST_EACH(at, things_dirty(plan->options.things))
	(void)plan_policy_of(plan, LIST_ENTRY(at, struct thing, dirty));
}

static void
sync_unknown(struct plan *plan)
{
	const struct kernel_policy *policy =
	    manager_unknown(plan->options.manager);
	struct record_unknown record;

	if (policy == NULL || policy->number == plan->unknown)
		return;
	record.policy = plan->unknown = policy->number;
	batch_put(&plan->batch, RECORD_UNKNOWN, &record);
}

/* What nobody refers to any more, after the Things have left it. */
static void
sync_unused(struct plan *plan)
{
	struct policies *policies = plan->options.policies;
	struct list *dirty = sets_dirty(plan->options.sets);

	LIST_EACH_SAFE(at, &policies->all)
	{
		struct kernel_policy *policy =
		    LIST_ENTRY(at, struct kernel_policy, link);
		struct record_rules record = { .policy = policy->number };

		if (policy->wanted)
			continue;
		if (policy->installed)
			batch_put(&plan->batch, RECORD_POLICY_GONE, &record);
		policies_remove(policies, policy);
	}
	while (!list_is_empty(dirty)) {
		struct set *set = LIST_ENTRY(dirty->next, struct set, dirty);
		struct record_set record = {
			.op = OP_DELETE,
			.set = set->number,
			.has_timeout = set_has_timeouts(set),
		};

		list_remove(&set->dirty);
		if (set->refs > 0 || !set->installed)
			continue;
		batch_put(&plan->batch, RECORD_SET, &record);
		set->installed = false;
		set_cut(set, 0);
	}
	sets_sweep(plan->options.sets);
}

/* ---- Things ------------------------------------------------------------ */

/* What its MUD URL has in force, or stands in for it. */
static struct kernel_policy *
policy_by_file(const struct plan *plan, const struct thing *thing)
{
	enum strength strength;
	const struct mudurl *mud = things_lives_by(thing, &strength);
	struct kernel_policy *bound;

	if (mud == NULL)
		return manager_pending(plan->options.manager);
	if (strength == STRENGTH_CLAIMED)
		return mud->accepted->policy;
	bound = policies_bound(plan->options.policies, mud->accepted->policy);
	/* There are too many policies: S-40 holds all the same. */
	return bound != NULL ? bound : manager_denied(plan->options.manager);
}

const struct kernel_policy *
plan_policy_of(const struct plan *plan, const struct thing *thing)
{
	const struct config *config = plan->options.config;
	struct kernel_policy *policy, *watched = NULL;

	if (thing->mud == NULL || thing->departed)
		return NULL;
	switch (modes_of(config, thing)) {
	case CONFIG_QUARANTINE:
		return manager_quarantine(plan->options.manager);
	case CONFIG_DENY:
		return manager_denied(plan->options.manager);
	case CONFIG_ENFORCE:
	case CONFIG_MONITOR:
	case CONFIG_MODES:
		break;
	}
	policy = policy_by_file(plan, thing);
	if (modes_is_watched(config, thing))
		watched = policies_watched(plan->options.policies, policy);
	return watched != NULL ? watched : policy;
}

static void
sync_thing(struct plan *plan, struct thing *thing)
{
	const struct kernel_policy *policy = plan_policy_of(plan, thing);
	struct record_thing record = {
		.op = OP_ADD,
		.policy = policy == NULL ? 0 : policy->number,
		.mac = thing->mac,
		.is_denied = policy != NULL &&
		             modes_is_denied(plan->options.config, thing),
	};

	bool is_new;

	if (thing->mud == NULL)
		return;
	is_new = !thing->installed || thing->installed_policy != record.policy;
	if (is_new)
		batch_put(&plan->batch, RECORD_THING, &record);
	thing->installed = true;
	thing->installed_policy = record.policy;
	thing->installed_mode = modes_of(plan->options.config, thing);
	if (policy == NULL) /* it has left its port, too */
		thing->installed_place = 0;
	placing_sync_thing(plan->options.lan, thing, &plan->batch);
	is_new = is_new || thing->n_installed == 0;
	if (policy != NULL)
		bindplan_bind(plan->options.lan, thing, &plan->batch);
	/* A further address of one that stands makes it stand no less. */
	if (is_new)
		thing->batch = plan->last_sent + 1;
}

void
plan_forget(struct plan *plan, const struct thing *thing)
{
	gone_add(&plan->gone, thing);
}

static void
sync_things(struct plan *plan)
{
	struct list *dirty = things_dirty(plan->options.things);

	/* First: one of them may have come back meanwhile, or its addresses
	 * may be another's. */
	gone_sync(&plan->gone, &plan->batch);
	LIST_EACH(at, dirty)
	bindplan_release(plan->options.lan, LIST_ENTRY(at, struct thing, dirty),
	    &plan->batch);
	while (!list_is_empty(dirty)) {
		struct thing *thing =
		    LIST_ENTRY(dirty->next, struct thing, dirty);

		list_remove(&thing->dirty);
		sync_thing(plan, thing);
	}
}

/* ---- everything -------------------------------------------------------- */

static void
forget_thing(void *arg, struct thing *thing)
{
	struct plan *plan = arg;

	thing->installed = false;
	thing->n_installed = 0;
	thing->installed_place = 0;
	if (thing->mud != NULL)
		things_touch(plan->options.things, thing);
}

/* The kernel is told everything anew, so nothing counts as told. */
static void
forget_all(struct plan *plan)
{
	lanplan_forget(&plan->lan, plan->options.lan);
	placing_forget(plan->options.lan);
	plan->unknown = 0;
	gone_clear(&plan->gone);
	LIST_EACH(at, &plan->options.policies->all)
	LIST_ENTRY(at, struct kernel_policy, link)->installed = false;
	sets_forget(plan->options.sets);
	things_each(plan->options.things, forget_thing, plan);
}

void
plan_begin(struct plan *plan)
{
	plan->has_begun = true;
}

void
plan_lost(struct plan *plan)
{
	if (!plan->is_up)
		return;
	log_error("the tables in the kernel have gone: they are made anew");
	plan->needs_reset = true;
	plan->is_up = false;
}

static void
put_mark(struct plan *plan)
{
	struct record_mark record = { plan->options.config->mark_mask };

	batch_put(&plan->batch, RECORD_MARK, &record);
}

static void
put_bridges(struct plan *plan)
{
	/* In the same order, by name (config.h). */
	const struct record_bridges record = { (
	    uint32_t)plan->options.config->bridge_path };

	batch_put(&plan->batch, RECORD_BRIDGES, &record);
}

void
plan_sync(struct plan *plan, int64_t now)
{
	bool reset = plan->needs_reset;
	uint32_t flags = 0;

	if (!plan->has_begun ||
	    (plan->reset_at != NO_TIME && plan->reset_at > now))
		return;
	plan->now = now;
	if (reset) {
		flags = BATCH_RESET;
		if (plan->options.config->mode == CONFIG_MONITOR)
			flags |= BATCH_MONITOR;
		if (plan->options.config->own_table)
			flags |= BATCH_OWNED;
		forget_all(plan);
		put_mark(plan);
		put_bridges(plan);
		plan->needs_reset = false;
		plan->reset_at = NO_TIME;
	}
	lanplan_sync(&plan->lan, plan->options.lan, &plan->batch);
	placing_sync_ports(
	    plan->options.lan, plan->options.things, &plan->batch);
	plan_choose(plan);
	sync_sets(plan);
	sync_policies(plan);
	sync_unknown(plan);
	sync_things(plan);
	sync_unused(plan);
	if (plan->batch.n > 0 || reset)
		batch_send(
		    &plan->batch, plan->options.mudd, ++plan->last_sent, flags);
}

int64_t
plan_due(const struct plan *plan)
{
	return plan->has_begun ? plan->reset_at : NO_TIME;
}

bool
plan_applied(struct plan *plan, const struct record_batch *applied)
{
	if (applied->batch <= plan->last_applied ||
	    applied->batch > plan->last_sent)
		return false;
	plan->last_applied = applied->batch;
	if (plan->needs_reset) /* an earlier one was denied: it counts */
		return true;
	plan->is_up = true;
	plan->denials = 0;
	plan->fault = (struct fault){ 0 };
	return true;
}

bool
plan_denied(struct plan *plan, const struct record_denied *denied, int64_t now)
{
	int64_t wait = RETRY_FIRST_SEC;

	if (denied->batch <= plan->last_applied ||
	    denied->batch > plan->last_sent || !fault_is_sound(&denied->why))
		return false;
	for (unsigned int i = 0; i < plan->denials && wait < RETRY_LAST_SEC;
	     i++)
		wait *= 2;
	if (wait > RETRY_LAST_SEC)
		wait = RETRY_LAST_SEC;
	plan->denials++;
	plan->last_applied = denied->batch;
	plan->fault = denied->why;
	plan->needs_reset = true;
	plan->reset_at = now + wait;
	log_error("kernel: batch %u was denied: %s: %s",
	    (unsigned int)denied->batch, denied->why.clause,
	    denied->why.detail);
	return true;
}

bool
plan_path(struct plan *plan, const struct record_path *path)
{
	static const char *const ways[] = {
		[BRIDGE_PATH_NETFILTER] = "by netfilter",
		[BRIDGE_PATH_STATELESS] = ("in the bridge's own table, without "
					   "connection tracking"),
		[BRIDGE_PATH_NONE] = "by address and MAC alone",
	};

	if (path->path >= BRIDGE_PATHS || path->is_over > 1 ||
	    !fault_is_sound(&path->why))
		return false;
	plan->path = *path;
	if (path->is_over != 0) {
		plan->needs_reset = true;
		return true;
	}
	if (path->why.code == FAULT_NONE)
		log_info("frames that stay on one bridge are judged %s",
		    ways[path->path]);
	else
		log_warning("frames that stay on one bridge are judged %s: %s",
		    ways[path->path], path->why.detail);
	return true;
}

const struct record_path *
plan_path_now(const struct plan *plan)
{
	return &plan->path;
}

bool
plan_stands(const struct plan *plan, uint32_t batch)
{
	return plan->is_up && !plan->needs_reset && batch <= plan->last_applied;
}

bool
plan_has_names(const struct plan *plan, const struct kernel_policy *policy)
{
	for (size_t i = 0; i < policy->n_sets; i++) {
		const struct set *set = policy->sets[i];

		if (set->kind == PEER_DNSNAME &&
		    (!set->was_looked_up || !plan_stands(plan, set->batch)))
			return false;
	}
	return true;
}

bool
plan_is_idle(const struct plan *plan)
{
	return plan_stands(plan, plan->last_sent);
}

bool
plan_is_up(const struct plan *plan)
{
	return plan->is_up;
}

const struct fault *
plan_fault(const struct plan *plan)
{
	return &plan->fault;
}
