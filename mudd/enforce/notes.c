/*
 * What the enforcer found, as conditions.  Role: enforcer.  Input: what the
 * kernel has answered.
 */
#include "enforce/notes.h"

#include <stdio.h>

#include "enforce/audit/offload.h"
#include "enforce/bridgepath.h"
#include "enforce/conditions.h"
#include "enforce/table.h"

void
notes_tables(struct conditions *conditions, const struct tables *tables)
{
	if (tables->bridge)
		conditions_well(conditions, CONDITION_BRIDGE, "");
	else
		conditions_impaired(conditions, CONDITION_BRIDGE, "nf_tables",
		    "the kernel has no nftables for bridges");
	if (tables->egress)
		conditions_well(conditions, CONDITION_EGRESS, "");
	else
		conditions_impaired(conditions, CONDITION_EGRESS, "nf_tables",
		    "the kernel has no nftables for what leaves by an "
		    "interface");
}

/* Whether others can change our tables. */
void
notes_owner(struct conditions *conditions, bool is_own, bool can_own)
{
	if (is_own)
		conditions_well(conditions, CONDITION_OWNER, "");
	else if (can_own)
		conditions_well(conditions, CONDITION_OWNER,
		    "table-ownership is off: what others change is repaired");
	else
		conditions_impaired(conditions, CONDITION_OWNER, "nf_tables",
		    "the kernel has no tables that are one program's");
}

/* What is passed on without asking any rule. */
void
notes_offload(struct conditions *conditions, struct kernel *kernel,
    const struct places *places)
{
	char text[OFFLOAD_TEXT];

	if (offload_find(kernel, places, text))
		conditions_impaired(
		    conditions, CONDITION_OFFLOAD, "flow offload", text);
	else
		conditions_well(conditions, CONDITION_OFFLOAD, "");
}

/* That it is not the usual one is worth saying, but it is enforced. */
void
notes_path(struct conditions *conditions, const struct bridgepath *path)
{
	char detail[sizeof(path->why.detail)];

	if (path->is_idle) {
		conditions_well(conditions, CONDITION_EAST_WEST,
		    "no LAN interface is a bridge");
		return;
	}
	if (path->path == BRIDGE_PATH_NONE) {
		conditions_impaired(conditions, CONDITION_EAST_WEST,
		    path->why.clause, path->why.detail);
		return;
	}
	(void)snprintf(detail, sizeof(detail), "%s%.190s",
	    path->path == BRIDGE_PATH_NETFILTER ? "by netfilter"
						: "without state: ",
	    path->why.detail);
	conditions_well(conditions, CONDITION_EAST_WEST, detail);
}
