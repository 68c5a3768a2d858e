/*
 * Ports, and Things on them.  Role: engine.
 */
#include "engine/things/placing.h"

#include <string.h>

#include "core/msg.h"
#include "engine/config.h"
#include "engine/things/sightings.h"
#include "engine/things/storing.h"
#include "libmud/mem.h"

/* Of a port that is called something else now: the kernel knows a Thing's port
 * by its name. */
#define PLACE_UNTOLD UINT32_MAX

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
	const struct lan_link *port =
	    lan_find_name(touching->lan, thing->port_name);

	if (port != NULL)
		thing->port = port->link.ifindex;
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

struct renaming {
	const struct sightings *sightings;
	const struct record_link *link;
	const char *was;
};

/* Names may be exchanged, and we hear of one after the other. */
static void
rename_port(void *arg, struct thing *thing)
{
	struct renaming *renaming = arg;
	const struct record_link *link = renaming->link;

	if (strcmp(thing->port_name, renaming->was) != 0 ||
	    (thing->port != 0 && thing->port != link->ifindex))
		return;
	thing->port = link->ifindex;
	text_copy(thing->port_name, sizeof(thing->port_name), link->name);
	thing->installed_place = PLACE_UNTOLD;
	storing_due(renaming->sightings->storing, thing);
}

void
placing_rename(
    const struct sightings *sightings, const struct record_link *link)
{
	const struct lan_link *at = lan_find(sightings->lan, link->ifindex);
	char was[LINK_NAME];
	struct renaming renaming = { sightings, link, was };

	if (at == NULL || link->op != OP_ADD ||
	    !msg_text_ends(link->name, sizeof(link->name)) ||
	    strcmp(at->link.name, link->name) == 0)
		return;
	text_copy(was, sizeof(was), at->link.name);
	things_each(sightings->things, rename_port, &renaming);
}

void
placing_forget(struct lan *lan)
{
	for (size_t i = 0; i < lan->n_links; i++)
		lan->links[i].told_name[0] = '\0';
	lan->n_ports_gone = 0;
	lan->ports_changed = true;
}
