/*
 * The LAN's part of a batch.  Role: engine.
 */
#include "engine/lanplan.h"

#include <string.h>

static void
sync_interfaces(struct lan *lan, struct batch *batch)
{
	/* First, since a number may have been given to another by now. */
	for (size_t i = 0; i < lan->n_gone; i++) {
		struct record_lan record = {
			.op = OP_DELETE,
			.ifindex = lan->gone[i],
		};

		batch_put(batch, RECORD_LAN, &record);
	}
	lan->n_gone = 0;
	for (size_t i = 0; i < lan->n_links; i++) {
		struct lan_link *at = &lan->links[i];
		struct record_lan record = {
			.op = at->is_lan ? OP_ADD : OP_DELETE,
			.ifindex = at->link.ifindex,
		};

		/* Told once more, the enforcer reads the MAC again. */
		if (at->is_lan == at->is_installed &&
		    !(at->is_lan && at->is_changed))
			continue;
		batch_put(batch, RECORD_LAN, &record);
		at->is_installed = at->is_lan;
		at->is_changed = false;
	}
}

static bool
has_prefix(const struct prefix *list, size_t n, const struct prefix *prefix)
{
	for (size_t i = 0; i < n; i++)
		if (prefix_equal(&list[i], prefix))
			return true;
	return false;
}

static void
put_prefixes(struct batch *batch, enum record_type type, enum record_op op,
    const struct prefix *list, size_t n, const struct prefix *other,
    size_t n_other)
{
	for (size_t i = 0; i < n; i++) {
		struct record_prefix record = { .op = op, .prefix = list[i] };

		if (!has_prefix(other, n_other, &list[i]))
			batch_put(batch, type, &record);
	}
}

static void
sync_locals(struct lanplan *plan, const struct lan *lan, struct batch *batch)
{
	struct prefix wanted[LIMIT_LOCALS];
	size_t n = lan_locals(lan, wanted);

	put_prefixes(batch, RECORD_LOCAL, OP_DELETE, plan->locals,
	    plan->n_locals, wanted, n);
	put_prefixes(batch, RECORD_LOCAL, OP_ADD, wanted, n, plan->locals,
	    plan->n_locals);
	memcpy(plan->locals, wanted, n * sizeof(wanted[0]));
	plan->n_locals = n;
}

static void
put_selves(struct batch *batch, enum record_op op, const struct addr *list,
    size_t n, const struct addr *other, size_t n_other)
{
	for (size_t i = 0; i < n; i++) {
		struct record_prefix record = {
			.op = op,
			.prefix =
			    prefix_of(&list[i], list[i].family == 4 ? 32 : 128),
		};

		if (!addr_among(other, n_other, &list[i]))
			batch_put(batch, RECORD_SELF, &record);
	}
}

static void
sync_selves(struct lanplan *plan, const struct lan *lan, struct batch *batch)
{
	struct addr wanted[LANPLAN_SELVES];
	size_t n = lan_selves(lan, wanted, LANPLAN_SELVES);

	put_selves(batch, OP_DELETE, plan->selves, plan->n_selves, wanted, n);
	put_selves(batch, OP_ADD, wanted, n, plan->selves, plan->n_selves);
	memcpy(plan->selves, wanted, n * sizeof(wanted[0]));
	plan->n_selves = n;
}

void
lanplan_sync(struct lanplan *plan, struct lan *lan, struct batch *batch)
{
	sync_interfaces(lan, batch);
	sync_locals(plan, lan, batch);
	sync_selves(plan, lan, batch);
}

void
lanplan_forget(struct lanplan *plan, struct lan *lan)
{
	for (size_t i = 0; i < lan->n_links; i++)
		lan->links[i].is_installed = false;
	lan->n_gone = 0;
	plan->n_locals = plan->n_selves = 0;
}
