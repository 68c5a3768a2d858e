/*
 * The enforcer: gathers a batch, commits it, keeps or drops it.  Role:
 * enforcer, in mudd itself.  Input: records of the engine, not trusted.
 */
#include "enforce/enforcer.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "enforce/audit/image.h"
#include "enforce/audit/offload.h"
#include "enforce/audit/repair.h"
#include "enforce/audit/whole.h"
#include "enforce/batch.h"
#include "enforce/bridgepath.h"
#include "enforce/conditions.h"
#include "enforce/conntrack.h"
#include "enforce/counters.h"
#include "enforce/device.h"
#include "enforce/kernel.h"
#include "enforce/model.h"
#include "enforce/neighbour.h"
#include "enforce/notes.h"
#include "enforce/rules.h"
#include "enforce/rules/epoch.h"
#include "enforce/rules/linkschema.h"
#include "enforce/rules/object.h"
#include "enforce/rules/schema.h"
#include "enforce/table.h"
#include "enforce/tallies.h"
#include "enforce/walk/walk.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

/* Looks at our tables that others' commits may spoil, before they are made anew
 * without one. */
#define DISTURBED_MAX 4

struct enforcer {
	struct kernel *kernel;
	struct devices *devices;
	struct neighbours *neighbours;
	struct tables tables;
	struct gather gather;
	struct bridgepath path;
	struct conditions conditions;
	struct batch_tables form; /* of tables that are made */
	bool can_own;
	bool logs;
	unsigned int disturbed; /* looks, one after the other */
	struct epoch epoch;     /* in the kernel, if there is a live model */
	bool must_clear; /* marks of before the count began anew are left */
};

static bool
find_device(void *arg, uint32_t ifindex, struct device *device)
{
	return devices_find(arg, ifindex, device);
}

static void
probe_owner(struct batch *batch)
{
	object_probe_flags(batch, NFPROTO_INET, OBJECT_OWNER | OBJECT_PERSIST);
}

static void
begin(struct enforcer *enforcer, struct batch *batch)
{
	kernel_begin(enforcer->kernel, batch);
	batch->tables = enforcer->form;
}

struct enforcer *
enforcer_new(struct fault *why)
{
	struct enforcer *enforcer = xcalloc(1, sizeof(*enforcer));
	struct fault missing;

	enforcer->kernel = kernel_new(why);
	if (enforcer->kernel != NULL)
		enforcer->devices = devices_new(why);
	if (enforcer->devices != NULL)
		enforcer->neighbours = neighbours_new(why);
	gather_init(&enforcer->gather, find_device, enforcer->devices);
	if (enforcer->neighbours == NULL ||
	    !kernel_try(enforcer->kernel, schema_probe_inet, why)) {
		enforcer_free(enforcer);
		return NULL;
	}
	enforcer->tables.bridge =
	    kernel_try(enforcer->kernel, linkschema_probe_bridge, &missing);
	enforcer->tables.egress =
	    kernel_try(enforcer->kernel, linkschema_probe_egress, &missing);
	/* Whoever knows PERSIST knows how to destroy. */
	enforcer->can_own = enforcer->form.can_destroy =
	    kernel_try(enforcer->kernel, probe_owner, &missing);
	if (enforcer->can_own)
		whole_claim(enforcer->kernel);
	bridgepath_init(&enforcer->path, enforcer->kernel);
	enforcer->logs =
	    kernel_try(enforcer->kernel, object_probe_log, &missing);
	if (!enforcer->logs)
		kernel_without_log(enforcer->kernel);
	notes_tables(&enforcer->conditions, &enforcer->tables);
	return enforcer;
}

bool
enforcer_has_log(const struct enforcer *enforcer)
{
	return enforcer->logs;
}

struct conditions *
enforcer_conditions(struct enforcer *enforcer)
{
	return &enforcer->conditions;
}

void
enforcer_free(struct enforcer *enforcer)
{
	if (enforcer == NULL)
		return;
	gather_done(&enforcer->gather);
	bridgepath_done(&enforcer->path);
	neighbours_free(enforcer->neighbours);
	devices_free(enforcer->devices);
	kernel_free(enforcer->kernel);
	free(enforcer);
}

bool
enforcer_has_bridge(const struct enforcer *enforcer)
{
	return enforcer->tables.bridge;
}

bool
enforcer_has_egress(const struct enforcer *enforcer)
{
	return enforcer->tables.egress;
}

bool
enforcer_ask(struct enforcer *enforcer, const struct record_ask *ask)
{
	return neighbours_ask(enforcer->neighbours, enforcer->gather.live, ask);
}

uint32_t
enforcer_port(const struct enforcer *enforcer)
{
	return kernel_port(enforcer->kernel);
}

bool
enforcer_can_own(const struct enforcer *enforcer)
{
	return enforcer->can_own;
}

bool
enforcer_is_busy(const struct enforcer *enforcer)
{
	return enforcer->gather.open;
}

void
enforcer_path(const struct enforcer *enforcer, struct record_path *path)
{
	*path = (struct record_path){
		.path = enforcer->path.path,
		.is_over = enforcer->path.is_over ? 1 : 0,
		.why = enforcer->path.why,
	};
}

void
enforcer_look(struct enforcer *enforcer)
{
	if (enforcer->gather.live == NULL)
		return;
	bridgepath_look(&enforcer->path, enforcer->tables.bridge);
	notes_path(&enforcer->conditions, &enforcer->path);
	notes_offload(&enforcer->conditions, enforcer->kernel,
	    &enforcer->gather.live->was);
}

void
enforcer_links(struct enforcer *enforcer)
{
	static const struct places none;
	const struct model *model = enforcer->gather.live;

	bridgepath_links(&enforcer->path, model != NULL ? &model->was : &none);
}

int
enforcer_fd(const struct enforcer *enforcer)
{
	return bridgepath_fd(&enforcer->path);
}

bool
enforcer_takes(enum record_type type)
{
	return gather_takes(type);
}

/*
 * A LAN interface may have gone, or have another name, since the engine heard
 * of it; a chain that hooks it would make the kernel refuse the batch.
 */
static void
existing_lan(
    struct enforcer *enforcer, const struct places *now, struct places *at)
{
	for (size_t i = 0; i < now->n_lan; i++) {
		struct device device;

		if (devices_find(
			enforcer->devices, now->lan[i].ifindex, &device))
			at->lan[at->n_lan++] = device;
	}
}

/* Which epoch the batch makes, if it makes one.  Where the count begins anew
 * no connection may carry that number already, so without clearing the marks
 * there is no batch. */
static bool
next_epoch(struct enforcer *enforcer, struct epoch *next, struct fault *why)
{
	const struct model *model = enforcer->gather.staged;

	if (enforcer->gather.live == NULL &&
	    !epoch_read(enforcer->kernel, &enforcer->epoch, why))
		return false;
	*next = enforcer->epoch;
	if (model == enforcer->gather.live && !epoch_is_over(model))
		return true;
	*next = epoch_after(&enforcer->epoch, model->mark_mask);
	if (next->number > 1)
		return true;
	enforcer->must_clear = true;
	return conntrack_clear(next->mask, why);
}

/* What was stamped between the first clearing and the commit; it would be
 * taken for new when the count comes there again, which is long from now. */
static void
clear_again(struct enforcer *enforcer)
{
	struct fault why;

	if (!enforcer->must_clear)
		return;
	if (conntrack_clear(enforcer->epoch.mask, &why))
		enforcer->must_clear = false;
	else
		log_warning("%s: %s", why.clause, why.detail);
}

static enum kernel_answer
send_difference(
    struct enforcer *enforcer, const struct epoch *next, struct fault *why)
{
	struct model *model = enforcer->gather.staged;
	struct places *at = xcalloc(1, sizeof(*at));
	struct batch batch;
	enum kernel_answer answer;

	existing_lan(enforcer, &model->now, at);
	enforcer->tables.path = enforcer->path.path;
	bridgepath_prepare(&enforcer->path, at);
	begin(enforcer, &batch);
	table_write(&batch, model, &enforcer->tables, at, false);
	if (next->number != enforcer->epoch.number)
		epoch_renew(&batch, next);
	if (enforcer->path.is_changed)
		bridgepath_write(&batch, &enforcer->path);
	/* Not of a RESET: they are as they were, or nobody was enforced. */
	neighbours_settle(enforcer->neighbours, model, at);
	answer = kernel_commit(enforcer->kernel, &batch, why);
	if (answer == KERNEL_DONE)
		bridgepath_settle(&enforcer->path, at);
	batch_done(&batch);
	free(at);
	return answer;
}

/* The model's objects all count as new.  The epoch is left as it is where
 * nothing differs. */
static enum kernel_answer
send_whole(struct enforcer *enforcer, struct model *model, struct epoch *next,
    const struct places *at, struct image *have, uint64_t slack_msec,
    struct damage *damage, struct fault *why)
{
	struct whole whole = { enforcer->kernel, &enforcer->tables,
		&enforcer->path, &enforcer->form, at, enforcer->epoch, *next,
		have, slack_msec };
	enum kernel_answer answer;

	/* Of other bits, the connections' epoch means nothing. */
	if (whole.epoch.mask != model->mark_mask)
		whole.epoch.number = 0;
	answer = whole_commit(&whole, model, damage, why);
	if (answer == KERNEL_DONE && damage_is_none(damage))
		*next = enforcer->epoch;
	return answer;
}

/* A RESET: how the tables are made, too, is the engine's word. */
static enum kernel_answer
send_reset(struct enforcer *enforcer, struct epoch *next, struct fault *why)
{
	struct model *model = enforcer->gather.staged;
	struct batch_tables form = enforcer->form;
	struct places *at = xcalloc(1, sizeof(*at));
	struct image *have = image_new();
	bool own =
	    enforcer->can_own && (enforcer->gather.flags & BATCH_OWNED) != 0;
	bool is_known = image_of_kernel(have, enforcer->kernel) == 0;
	enum kernel_answer answer;
	struct damage damage;

	existing_lan(enforcer, &model->now, at);
	bridgepath_choose(&enforcer->path,
	    (enum bridge_choice)model->bridge_choice, enforcer->tables.bridge,
	    at);
	notes_path(&enforcer->conditions, &enforcer->path);
	enforcer->tables.path = enforcer->path.path;
	bridgepath_prepare(&enforcer->path, at);
	enforcer->form.flags = own ? OBJECT_OWNER | OBJECT_PERSIST : 0;
	table_note(model, &enforcer->tables, enforcer->form.note);
	answer = send_whole(enforcer, model, next, at, is_known ? have : NULL,
	    REPAIR_MEET_MSEC, &damage, why);
	if (answer == KERNEL_DONE)
		bridgepath_settle(&enforcer->path, at);
	image_free(have);
	free(at);
	if (answer != KERNEL_DONE) {
		enforcer->form = form;
		return answer;
	}
	notes_owner(&enforcer->conditions, own, enforcer->can_own);
	log_debug("at the start, of tables %zu, chains %zu, sets %zu, "
		  "elements %zu differed",
	    damage.tables, damage.chains, damage.sets, damage.elements);
	return answer;
}

static bool
commit(struct enforcer *enforcer, struct fault *why)
{
	struct gather *gather = &enforcer->gather;
	enum kernel_answer answer;
	struct epoch next;

	if (!next_epoch(enforcer, &next, why)) {
		gather_drop(gather);
		return false;
	}
	answer = gather->staged == gather->live
	             ? send_difference(enforcer, &next, why)
	             : send_reset(enforcer, &next, why);
	switch (answer) {
	case KERNEL_DONE:
		gather_keep(gather);
		enforcer->epoch = next;
		clear_again(enforcer);
		return true;
	case KERNEL_REFUSED:
		gather_drop(gather);
		return false;
	case KERNEL_SILENT:
		gather_forget(gather);
		return false;
	}
	return false;
}

/* Flows that have passed where they should not are judged anew. */
static enum kernel_answer
repair(struct enforcer *enforcer, struct image *have, struct damage *damage,
    struct fault *why)
{
	struct model *model = enforcer->gather.live;
	struct places *at;
	struct epoch next;
	enum kernel_answer answer;

	next = epoch_after(&enforcer->epoch, model->mark_mask);
	if (next.number == 1) {
		enforcer->must_clear = true;
		if (!conntrack_clear(next.mask, why))
			return KERNEL_REFUSED;
	}
	at = xcalloc(1, sizeof(*at));
	existing_lan(enforcer, &model->now, at);
	model_renew(model, clock_sec());
	answer = send_whole(
	    enforcer, model, &next, at, have, REPAIR_LOOK_MSEC, damage, why);
	model_keep(model);
	free(at);
	if (answer == KERNEL_DONE) {
		enforcer->epoch = next;
		clear_again(enforcer);
	}
	return answer;
}

static enum enforcer_verdict
verify(struct enforcer *enforcer, struct image *have, struct damage *damage,
    struct fault *why)
{
	switch (repair(enforcer, have, damage, why)) {
	case KERNEL_DONE:
		return damage_is_none(damage) ? ENFORCER_INTACT
		                              : ENFORCER_REPAIRED;
	case KERNEL_REFUSED:
		return ENFORCER_BROKEN;
	case KERNEL_SILENT:
		gather_forget(&enforcer->gather);
		break;
	}
	return ENFORCER_BROKEN;
}

/* What was switched since the last batch the kernel does not know yet. */
static void
tell_path(struct enforcer *enforcer)
{
	struct fault why;
	struct batch batch;

	if (!enforcer->path.is_changed)
		return;
	begin(enforcer, &batch);
	bridgepath_write(&batch, &enforcer->path);
	if (kernel_commit(enforcer->kernel, &batch, &why) == KERNEL_DONE)
		enforcer->path.is_changed = false;
	batch_done(&batch);
}

enum enforcer_verdict
enforcer_verify(
    struct enforcer *enforcer, struct damage *damage, struct fault *why)
{
	struct image *have;
	enum enforcer_verdict verdict;
	int error;

	*damage = (struct damage){ 0 };
	if (enforcer->gather.live == NULL || enforcer->gather.open ||
	    (enforcer->form.flags != 0 &&
		whole_is_owned(enforcer->kernel, &enforcer->tables)))
		return ENFORCER_INTACT;
	tell_path(enforcer);
	have = image_new();
	error = image_of_kernel(have, enforcer->kernel);
	if (error == -EINTR && ++enforcer->disturbed < DISTURBED_MAX) {
		image_free(have);
		return ENFORCER_DISTURBED;
	}
	enforcer->disturbed = 0;
	verdict = verify(enforcer, error == 0 ? have : NULL, damage, why);
	image_free(have);
	return verdict;
}

bool
enforcer_record(struct enforcer *enforcer, enum record_type type,
    const void *body, struct fault *why)
{
	struct gather *gather = &enforcer->gather;

	if (type == RECORD_BATCH_BEGIN) {
		gather_begin(gather, body, clock_sec());
		return true;
	}
	if (!gather->open || !gather_takes(type))
		return fault_set(
		    why, FAULT_RECORD, "enforcer", "a record outside a batch");
	if (type == RECORD_BATCH_END)
		return gather_end(gather, body, why) && commit(enforcer, why);
	gather_record(gather, type, body);
	return true;
}

void
enforcer_abandon(struct enforcer *enforcer)
{
	gather_drop(&enforcer->gather);
}

int
enforcer_counters(
    struct enforcer *enforcer, enforcer_counter_fn *each, void *arg)
{
	struct model *model = enforcer->gather.live;

	if (model == NULL)
		return 0;
	return counters_read(
	    enforcer->kernel, model, &enforcer->tables, each, arg);
}

int
enforcer_tallies(struct enforcer *enforcer, uint32_t policy,
    enforcer_tally_fn *each, void *arg)
{
	const struct model *model = enforcer->gather.live;

	if (model == NULL)
		return 0;
	return tallies_read(
	    enforcer->kernel, model, &enforcer->tables, policy, each, arg);
}

void
enforcer_walk(struct enforcer *enforcer, const struct record_walk *walk,
    struct walked *walked)
{
	walk_ask(enforcer->kernel, walk, walked);
}

bool
enforcer_teardown(struct enforcer *enforcer, struct fault *why)
{
	struct batch batch;
	enum kernel_answer answer;

	begin(enforcer, &batch);
	table_teardown(&batch, &enforcer->tables);
	answer = kernel_commit(enforcer->kernel, &batch, why);
	batch_done(&batch);
	if (answer == KERNEL_DONE) {
		gather_forget(&enforcer->gather);
		bridgepath_undo(&enforcer->path);
	}
	return answer == KERNEL_DONE;
}
