/*
 * The enforcer: gathers a batch, commits it, keeps or drops it.  Role:
 * enforcer, in mudd itself.  Input: records of the engine, not trusted.
 */
#include "enforce/enforcer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "enforce/batch.h"
#include "enforce/bridgepath.h"
#include "enforce/conditions.h"
#include "enforce/conntrack.h"
#include "enforce/counters.h"
#include "enforce/device.h"
#include "enforce/epoch.h"
#include "enforce/kernel.h"
#include "enforce/linkschema.h"
#include "enforce/model.h"
#include "enforce/neighbour.h"
#include "enforce/object.h"
#include "enforce/rules.h"
#include "enforce/schema.h"
#include "enforce/table.h"
#include "enforce/tallies.h"
#include "enforce/walk.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

struct enforcer {
	struct kernel *kernel;
	struct devices *devices;
	struct neighbours *neighbours;
	struct tables tables;
	struct gather gather;
	struct bridgepath path;
	struct conditions conditions;
	bool logs;
	struct epoch epoch; /* in the kernel, if there is a live model */
	bool must_clear;    /* marks of before the count began anew are left */
};

static bool
find_device(void *arg, uint32_t ifindex, struct device *device)
{
	return devices_find(arg, ifindex, device);
}

static bool
probe(struct kernel *kernel, void (*write)(struct batch *batch),
    struct fault *why)
{
	struct batch batch;
	enum kernel_answer answer;

	kernel_begin(kernel, &batch);
	write(&batch);
	answer = kernel_commit(kernel, &batch, why);
	batch_done(&batch);
	return answer == KERNEL_DONE;
}

static void
note_tables(struct enforcer *enforcer)
{
	struct conditions *conditions = &enforcer->conditions;

	if (enforcer->tables.bridge)
		conditions_well(conditions, CONDITION_BRIDGE, "");
	else
		conditions_impaired(conditions, CONDITION_BRIDGE, "nf_tables",
		    "the kernel has no nftables for bridges");
	if (enforcer->tables.egress)
		conditions_well(conditions, CONDITION_EGRESS, "");
	else
		conditions_impaired(conditions, CONDITION_EGRESS, "nf_tables",
		    "the kernel has no nftables for what leaves by an "
		    "interface");
}

/* That it is not the usual one is worth saying, but it is enforced. */
static void
note_path(struct enforcer *enforcer)
{
	const struct bridgepath *path = &enforcer->path;
	char detail[sizeof(path->why.detail)];

	if (path->is_idle) {
		conditions_well(&enforcer->conditions, CONDITION_EAST_WEST,
		    "no LAN interface is a bridge");
		return;
	}
	if (path->path == BRIDGE_PATH_NONE) {
		conditions_impaired(&enforcer->conditions, CONDITION_EAST_WEST,
		    path->why.clause, path->why.detail);
		return;
	}
	(void)snprintf(detail, sizeof(detail), "%s%.190s",
	    path->path == BRIDGE_PATH_NETFILTER ? "by netfilter"
						: "without state: ",
	    path->why.detail);
	conditions_well(&enforcer->conditions, CONDITION_EAST_WEST, detail);
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
	    !probe(enforcer->kernel, schema_probe_inet, why)) {
		enforcer_free(enforcer);
		return NULL;
	}
	enforcer->tables.bridge =
	    probe(enforcer->kernel, linkschema_probe_bridge, &missing);
	enforcer->tables.egress =
	    probe(enforcer->kernel, linkschema_probe_egress, &missing);
	bridgepath_init(&enforcer->path, enforcer->kernel);
	enforcer->logs = probe(enforcer->kernel, object_probe_log, &missing);
	if (!enforcer->logs)
		kernel_without_log(enforcer->kernel);
	note_tables(enforcer);
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
	bridgepath_look(&enforcer->path, false);
	note_path(enforcer);
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

/*
 * Which epoch the batch makes, if it makes one.  Where the count begins anew
 * no connection may carry that number already, so without clearing the marks
 * there is no batch.
 */
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
send_batch(
    struct enforcer *enforcer, const struct epoch *next, struct fault *why)
{
	struct model *model = enforcer->gather.staged;
	struct places *at = xcalloc(1, sizeof(*at));
	bool reset = model != enforcer->gather.live;
	struct batch batch;
	enum kernel_answer answer;

	existing_lan(enforcer, &model->now, at);
	if (reset)
		bridgepath_choose(&enforcer->path,
		    (enum bridge_choice)model->bridge_choice, false, at);
	if (reset)
		note_path(enforcer);
	enforcer->tables.path = enforcer->path.path;
	bridgepath_prepare(&enforcer->path, at);
	kernel_begin(enforcer->kernel, &batch);
	table_write(&batch, model, &enforcer->tables, at, reset);
	if (reset || next->number != enforcer->epoch.number)
		epoch_write(&batch, next, model->monitor);
	if (reset || enforcer->path.is_changed)
		bridgepath_write(&batch, &enforcer->path);
	/* A RESET's are as they were, or nobody was enforced before it. */
	if (!reset)
		neighbours_settle(enforcer->neighbours, model, at);
	answer = kernel_commit(enforcer->kernel, &batch, why);
	if (answer == KERNEL_DONE)
		bridgepath_settle(&enforcer->path, at);
	batch_done(&batch);
	free(at);
	return answer;
}

static bool
commit(struct enforcer *enforcer, struct fault *why)
{
	struct epoch next;

	if (!next_epoch(enforcer, &next, why)) {
		gather_drop(&enforcer->gather);
		return false;
	}
	switch (send_batch(enforcer, &next, why)) {
	case KERNEL_DONE:
		gather_keep(&enforcer->gather);
		enforcer->epoch = next;
		clear_again(enforcer);
		return true;
	case KERNEL_REFUSED:
		gather_drop(&enforcer->gather);
		return false;
	case KERNEL_SILENT:
		gather_forget(&enforcer->gather);
		return false;
	}
	return false;
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
	return tallies_read(enforcer->kernel, model, policy, each, arg);
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

	kernel_begin(enforcer->kernel, &batch);
	table_teardown(&batch, &enforcer->tables);
	answer = kernel_commit(enforcer->kernel, &batch, why);
	batch_done(&batch);
	if (answer == KERNEL_DONE) {
		gather_forget(&enforcer->gather);
		bridgepath_undo(&enforcer->path);
	}
	return answer == KERNEL_DONE;
}
