/*
 * Things that were removed.  Role: engine.
 */
#include "engine/things/gone.h"

#include <stdlib.h>

#include "core/records.h"
#include "engine/batch.h"
#include "engine/things/things.h"
#include "libmud/mem.h"

void
gone_add(struct gone *gone, const struct thing *thing)
{
	if (!thing->installed)
		return;
	gone->macs = xrealloc(gone->macs, gone->n + 1, sizeof(*gone->macs));
	gone->macs[gone->n++] = thing->mac;
}

void
gone_sync(struct gone *gone, struct batch *batch)
{
	for (size_t i = 0; i < gone->n; i++) {
		const struct record_thing record = {
			.op = OP_DELETE,
			.mac = gone->macs[i],
		};

		batch_put(batch, RECORD_THING, &record);
	}
	gone_clear(gone);
}

void
gone_clear(struct gone *gone)
{
	gone_done(gone);
	*gone = (struct gone){ 0 };
}

void
gone_done(struct gone *gone)
{
	free(gone->macs);
}
