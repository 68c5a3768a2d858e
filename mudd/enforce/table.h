/*
 * What a batch changes, as messages to the kernel.
 */
#ifndef ENFORCE_TABLE_H
#define ENFORCE_TABLE_H

#include <stdbool.h>

#include "core/records.h"
#include "enforce/batch.h"

struct model;
struct places;

/* Which tables we keep, and how they judge frames that stay on a bridge. */
struct tables {
	bool bridge, egress;
	enum bridge_path path;
};

/*
 * Writes the difference between the model's `was` and `now`, in an order that
 * the kernel takes in one transaction.  reset: the model is a new one, and
 * all tables are made anew before it.  egress_at: the LAN interfaces of `now`
 * that exist at this moment.
 */
void table_write(struct batch *batch, struct model *model,
    const struct tables *tables, const struct places *egress_at, bool reset);

/* A note for tables that are made anew: the version of what they are like,
 * and a sum over their fixed part.  Tables that have another one are not gone
 * on from. */
void table_note(const struct model *model, const struct tables *tables,
    char note[BATCH_NOTE]);

/* Takes all our tables away. */
void table_teardown(struct batch *batch, const struct tables *tables);

#endif
