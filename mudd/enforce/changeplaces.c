/*
 * Changes to the places of the model: interfaces, ports, networks, the
 * gateway's own addresses.  Role: enforcer.  Input: records of the engine,
 * whose form rules.c has checked; that they fit the model is checked here.
 */
#include "enforce/change.h"

#include <string.h>

#include "enforce/model.h"
#include "libmud/fault.h"

static const char clause[] = "enforcer";

/* The places are few: a plain array, kept dense. Order means nothing. */

static struct device *
lan_find(struct places *places, uint32_t ifindex)
{
	for (size_t i = 0; i < places->n_lan; i++)
		if (places->lan[i].ifindex == ifindex)
			return &places->lan[i];
	return NULL;
}

static void
away_remove(struct places *places, const char *name)
{
	for (size_t i = 0; i < places->n_away; i++) {
		struct lan_away *at = &places->away[i];

		if (memcmp(at->name, name, sizeof(at->name)) != 0)
			continue;
		places->n_away--;
		memmove(at, at + 1, (places->n_away - i) * sizeof(*at));
		return;
	}
}

/* Its name is kept, and of too many the oldest goes. */
static void
away_add(struct places *places, const struct device *lan)
{
	struct lan_away away = { .is_bridge = lan->is_bridge };

	memcpy(away.name, lan->name, sizeof(away.name));
	away_remove(places, away.name);
	if (places->n_away == LIMIT_PORTS)
		away_remove(places, places->away[0].name);
	places->away[places->n_away++] = away;
}

bool
change_lan_add(
    struct model *model, const struct device *device, struct fault *why)
{
	struct places *now = &model->now;
	struct device *lan = lan_find(now, device->ifindex);

	if (lan == NULL) {
		if (now->n_lan == LIMIT_PORTS)
			return fault_set(why, FAULT_TOO_MANY, clause,
			    "more than %d LAN interfaces", LIMIT_PORTS);
		lan = &now->lan[now->n_lan++];
	}
	*lan = *device;
	away_remove(now, lan->name);
	return true;
}

bool
change_lan_delete(struct model *model, uint32_t ifindex, struct fault *why)
{
	struct places *now = &model->now;
	struct device *lan = lan_find(now, ifindex);

	if (lan == NULL)
		return fault_set(why, FAULT_RECORD, clause,
		    "interface %u is not there", ifindex);
	away_add(now, lan);
	*lan = now->lan[--now->n_lan];
	return true;
}

static struct lan_port *
port_find(struct places *places, uint32_t ifindex)
{
	for (size_t i = 0; i < places->n_ports; i++)
		if (places->port[i].ifindex == ifindex)
			return &places->port[i];
	return NULL;
}

bool
change_port_add(struct model *model, const struct device *device, bool locked,
    struct fault *why)
{
	struct places *now = &model->now;
	struct lan_port *port = port_find(now, device->ifindex);

	if (port == NULL) {
		if (now->n_ports == LIMIT_PORTS)
			return fault_set(why, FAULT_TOO_MANY, clause,
			    "more than %d ports", LIMIT_PORTS);
		port = &now->port[now->n_ports++];
	}
	port->ifindex = device->ifindex;
	port->is_locked = locked ? 1 : 0;
	memcpy(port->name, device->name, sizeof(port->name));
	return true;
}

bool
change_port_delete(struct model *model, uint32_t ifindex, struct fault *why)
{
	struct places *now = &model->now;
	struct lan_port *port = port_find(now, ifindex);

	if (port == NULL)
		return fault_set(
		    why, FAULT_RECORD, clause, "port %u is not there", ifindex);
	*port = now->port[--now->n_ports];
	return true;
}

static struct prefix *
local_find(struct places *places, const struct prefix *prefix)
{
	for (size_t i = 0; i < places->n_locals; i++)
		if (prefix_equal(&places->local[i], prefix))
			return &places->local[i];
	return NULL;
}

bool
change_local_add(
    struct model *model, const struct prefix *prefix, struct fault *why)
{
	struct places *now = &model->now;

	if (local_find(now, prefix) != NULL)
		return true;
	if (now->n_locals == LIMIT_LOCALS)
		return fault_set(why, FAULT_TOO_MANY, clause,
		    "more than %d local networks", LIMIT_LOCALS);
	now->local[now->n_locals++] = *prefix;
	return true;
}

bool
change_local_delete(
    struct model *model, const struct prefix *prefix, struct fault *why)
{
	struct places *now = &model->now;
	struct prefix *local = local_find(now, prefix);
	char text[PREFIX_TEXT];

	if (local == NULL)
		return fault_set(why, FAULT_RECORD, clause,
		    "local network %s is not there", prefix_text(prefix, text));
	*local = now->local[--now->n_locals];
	return true;
}

static struct addr *
self_find(struct places *places, const struct addr *addr)
{
	for (size_t i = 0; i < places->n_selves; i++)
		if (addr_equal(&places->self[i], addr))
			return &places->self[i];
	return NULL;
}

bool
change_self_add(struct model *model, const struct addr *addr, struct fault *why)
{
	struct places *now = &model->now;

	if (self_find(now, addr) != NULL)
		return true;
	if (now->n_selves == MODEL_SELVES)
		return fault_set(why, FAULT_TOO_MANY, clause,
		    "more than %d own addresses", MODEL_SELVES);
	now->self[now->n_selves++] = *addr;
	return true;
}

bool
change_self_delete(
    struct model *model, const struct addr *addr, struct fault *why)
{
	struct places *now = &model->now;
	struct addr *self = self_find(now, addr);
	char text[ADDR_TEXT];

	if (self == NULL)
		return fault_set(why, FAULT_RECORD, clause,
		    "own address %s is not there", addr_text(addr, text));
	*self = now->self[--now->n_selves];
	return true;
}
