/*
 * The LAN's part of a batch: interfaces, local networks, the gateway's own
 * addresses, as far as the kernel was not told yet.
 */
#ifndef ENGINE_LANPLAN_H
#define ENGINE_LANPLAN_H

#include <stddef.h>

#include "engine/batch.h"
#include "engine/lan.h"

#define LANPLAN_SELVES (2 * LIMIT_PORTS)

/* What the kernel was told. All zero: nothing. */
struct lanplan {
	size_t n_locals, n_selves;
	struct prefix locals[LIMIT_LOCALS];
	struct addr selves[LANPLAN_SELVES];
};

void lanplan_sync(struct lanplan *plan, struct lan *lan, struct batch *batch);
/* Nothing counts as told any more. */
void lanplan_forget(struct lanplan *plan, struct lan *lan);

#endif
