/*
 * What was dropped lately, for people.  Role: engine.
 */
#include "engine/control/dropcalls.h"

#include <string.h>

#include "engine/control/calls.h"
#include "engine/control/put.h"
#include "engine/drops.h"
#include "engine/engine.h"
#include "libmud/limits.h"

struct listing {
	struct engine *engine;
	const struct thing *thing;
	size_t most;
	json_t *rows;
};

static bool
holds(const struct thing *thing, const struct addr *addr)
{
	for (size_t i = 0; i < thing->n_leases; i++)
		if (addr_equal(&thing->leases[i].addr, addr))
			return true;
	return false;
}

/* A device's own; and whatever claims an address of its. */
static bool
is_about(const struct listing *listing, const struct drop_row *row)
{
	return listing->thing == NULL ||
	       mac_equal(&row->owner, &listing->thing->mac) ||
	       (drops_is_spoof(&row->what) &&
		   holds(listing->thing, &row->what.own));
}

static void
put_addr(json_t *object, const char *key, const struct addr *addr)
{
	char text[ADDR_TEXT];

	if (addr->family != 0)
		put_text(object, key, addr_text(addr, text));
}

static void
append_row(void *arg, const struct drop_row *row)
{
	struct listing *listing = arg;
	const struct record_drop *what = &row->what;
	char mac[MAC_TEXT], protocol[DROPS_PROTOCOL];
	char ethertype[DROPS_ETHERTYPE];
	json_t *object;

	if (json_array_size(listing->rows) == listing->most ||
	    !is_about(listing, row))
		return;
	object = json_object();
	if (mac_is_host(&what->mac))
		put_text(object, "device", mac_text(&what->mac, mac));
	put_text(object, "kind", drops_is_spoof(what) ? "spoof" : "policy");
	if (drops_is_spoof(what))
		put_text(object, "reason", drops_reason(what));
	put_text(object, "direction", drops_direction(what));
	put_addr(object, "address", &what->own);
	put_addr(object, "peer", &what->peer);
	if (row->peer_name != NULL)
		put_text(object, "peer_name", row->peer_name);
	put_text(object, "protocol", drops_protocol(what, protocol));
	if (what->has_number == DROP_PORT)
		put_value(object, "port", json_integer(what->number));
	if (what->has_number == DROP_ICMP_TYPE)
		put_value(object, "icmp_type", json_integer(what->number));
	if (what->has_number == DROP_ETHERTYPE)
		put_text(object, "ethertype", drops_ethertype(what, ethertype));
	put_value(object, "count", json_integer((json_int_t)row->count));
	put_time(object, "first", row->first);
	put_time(object, "last", row->last);
	(void)json_array_append_new(listing->rows, object);
}

json_t *
dropcalls_rows(struct engine *engine, const struct thing *thing, size_t most)
{
	struct listing listing = { engine, thing, most, json_array() };

	drops_each(engine->drops, append_row, &listing);
	return listing.rows;
}

void
dropcalls_list(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	const json_t *device = json_object_get(params, "device");
	const struct thing *thing = NULL;

	(void)uid;
	if (device != NULL && !json_is_null(device)) {
		const char *text = calls_text(call, params, "device");

		if (text == NULL)
			return;
		thing = things_find_text(commands->engine->things, text);
		if (thing == NULL) {
			calls_not_found(call, text);
			return;
		}
	}
	control_reply(
	    call, json_pack("{s:o}", "drops",
		      dropcalls_rows(commands->engine, thing, LIMIT_DROPS)));
}
