/*
 * Ports, and Things on them.  Role: engine.
 */
#include "engine/placing.h"

#include <string.h>

#include "engine/config.h"
#include "libmud/mem.h"

static bool
is_locked(const struct lan *lan, const struct lan_link *at)
{
	for (size_t i = 0; i < lan->config->n_locked; i++)
		if (strcmp(lan->config->locked[i], at->link.name) == 0)
			return true;
	return false;
}

bool
placing_is_locked(struct lan *lan, uint32_t ifindex)
{
	const struct lan_link *at = lan_find(lan, ifindex);

	return at != NULL && is_locked(lan, at);
}

static void
put_port(struct batch *batch, enum record_op op, uint32_t ifindex, bool locked)
{
	struct record_lan_port record = {
		.op = op,
		.ifindex = ifindex,
		.is_locked = locked ? 1 : 0,
	};

	batch_put(batch, RECORD_LAN_PORT, &record);
}

/* One that is called something else is told once more: the enforcer reads its
 * name again. */
static void
sync_port(struct lan *lan, struct lan_link *at, struct batch *batch)
{
	if (at->is_port && strcmp(at->told_name, at->link.name) != 0) {
		put_port(batch, OP_ADD, at->link.ifindex, is_locked(lan, at));
		text_copy(at->told_name, sizeof(at->told_name), at->link.name);
	} else if (!at->is_port && at->told_name[0] != '\0') {
		put_port(batch, OP_DELETE, at->link.ifindex, false);
		at->told_name[0] = '\0';
	}
}

/* The port where it is, or NULL. */
static const struct lan_link *
place_of(struct lan *lan, const struct thing *thing)
{
	const struct lan_link *port;

	if (thing->mud == NULL || thing->departed ||
	    thing->port_name[0] == '\0')
		return NULL;
	port = lan_find_name(lan, thing->port_name);
	return port != NULL && port->is_port && port->link.is_up != 0 ? port
	                                                              : NULL;
}

static uint32_t
place_number(struct lan *lan, const struct thing *thing)
{
	const struct lan_link *port = place_of(lan, thing);

	return port == NULL ? 0 : port->link.ifindex;
}

struct touching {
	struct lan *lan;
	struct things *things;
};

static void
touch_moved(void *arg, struct thing *thing)
{
	struct touching *touching = arg;

	if (thing->installed &&
	    thing->installed_place != place_number(touching->lan, thing))
		things_touch(touching->things, thing);
}

void
placing_sync_ports(struct lan *lan, struct things *things, struct batch *batch)
{
	struct touching touching = { lan, things };

	if (!lan->ports_changed)
		return;
	lan->ports_changed = false;
	/* First, since a number may have been given to another by now. */
	for (size_t i = 0; i < lan->n_ports_gone; i++)
		put_port(batch, OP_DELETE, lan->ports_gone[i], false);
	lan->n_ports_gone = 0;
	for (size_t i = 0; i < lan->n_links; i++)
		sync_port(lan, &lan->links[i], batch);
	things_each(things, touch_moved, &touching);
}

void
placing_sync_thing(struct lan *lan, struct thing *thing, struct batch *batch)
{
	struct record_place record = {
		.ifindex = place_number(lan, thing),
		.mac = thing->mac,
	};

	if (record.ifindex == thing->installed_place)
		return;
	batch_put(batch, RECORD_PLACE, &record);
	thing->installed_place = record.ifindex;
}

void
placing_forget(struct lan *lan)
{
	for (size_t i = 0; i < lan->n_links; i++)
		lan->links[i].told_name[0] = '\0';
	lan->n_ports_gone = 0;
	lan->ports_changed = true;
}
