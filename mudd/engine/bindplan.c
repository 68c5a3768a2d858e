/*
 * Which addresses are a Thing's in the kernel.  Role: engine.  Input: what
 * the LAN has shown; it was judged where it came in.
 */
#include "engine/bindplan.h"

#include "engine/batch.h"
#include "engine/lan.h"
#include "engine/lanplan.h"
#include "engine/things/things.h"

/* What the gateway has now is no Thing's, whatever was leased (S-49), nor what
 * is of no network there any more: it may be anybody's, anywhere. */
static bool
may_bind(
    const struct lan *lan, const struct thing *thing, const struct addr *addr)
{
	struct addr selves[LANPLAN_SELVES];
	size_t n = lan_selves(lan, selves, LANPLAN_SELVES);

	return !addr_among(selves, n, addr) &&
	       lan_may_keep(lan, thing->port, addr);
}

void
bindplan_release(
    const struct lan *lan, struct thing *thing, struct batch *batch)
{
	size_t kept = 0;

	for (size_t i = 0; i < thing->n_installed; i++) {
		struct record_binding record = {
			.op = OP_DELETE,
			.mac = thing->mac,
			.addr = thing->installed_addrs[i],
		};

		if (thing->mud != NULL && !thing->departed &&
		    things_holds(thing, &record.addr) &&
		    may_bind(lan, thing, &record.addr)) {
			thing->installed_addrs[kept++] = record.addr;
			continue;
		}
		batch_put(batch, RECORD_BINDING, &record);
	}
	thing->n_installed = kept;
}

void
bindplan_bind(const struct lan *lan, struct thing *thing, struct batch *batch)
{
	for (size_t i = 0; i < thing->n_leases; i++) {
		struct record_binding record = {
			.op = OP_ADD,
			.mac = thing->mac,
			.addr = thing->leases[i].addr,
		};

		if (!may_bind(lan, thing, &record.addr) ||
		    addr_among(thing->installed_addrs, thing->n_installed,
			&record.addr))
			continue;
		batch_put(batch, RECORD_BINDING, &record);
		thing->installed_addrs[thing->n_installed++] = record.addr;
	}
}
