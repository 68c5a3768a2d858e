/*
 * What an administrator says of one device.  Role: engine.  Input: words of
 * administrators, bounded here.
 */
#include "engine/things/admin.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "engine/config.h"
#include "engine/files/mudurl.h"
#include "engine/state/state.h"
#include "engine/things/announce.h"
#include "engine/things/sightings.h"
#include "engine/things/things.h"
#include "engine/things/thingstore.h"
#include "libmud/mem.h"

struct naming {
	const struct thing *thing;
	const char *name;
	size_t n_named; /* others, without a MUD URL */
	bool is_taken;
};

static void
look_at(void *arg, struct thing *other)
{
	struct naming *naming = arg;

	if (other == naming->thing)
		return;
	if (strcasecmp(other->name, naming->name) == 0)
		naming->is_taken = true;
	if (other->name[0] != '\0' && other->mud == NULL)
		naming->n_named++;
}

/* mudd.conf may name a device that was not seen yet. */
static bool
is_configured(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_devices; i++)
		if (strcasecmp(config->devices[i].name, name) == 0)
			return true;
	return false;
}

static int
judge_name(const struct sightings *sightings, const struct thing *thing,
    const char *name)
{
	struct naming naming = { .thing = thing, .name = name };
	struct addr addr;
	struct mac mac;

	if (name[0] == '\0')
		return 0;
	/* Whoever asks for it by name would ask for another. */
	if (!config_is_name(name) || mac_parse(name, &mac) ||
	    addr_parse(name, &addr))
		return -EINVAL;
	things_each(sightings->things, look_at, &naming);
	if (naming.is_taken || is_configured(sightings->config, name))
		return -EEXIST;
	return thing->mud == NULL && naming.n_named >= LIMIT_NAMED ? -ENOSPC
	                                                           : 0;
}

int
admin_rename(
    const struct sightings *sightings, struct thing *thing, const char *name)
{
	char before[sizeof(thing->name)];
	int error;

	if (thing->has_configured_name)
		return -EPERM;
	error = judge_name(sightings, thing, name);
	if (error != 0)
		return error;
	text_copy(before, sizeof(before), thing->name);
	text_copy(thing->name, sizeof(thing->name), name);
	error = thingstore_keeps(thing)
	            ? thingstore_put(sightings->state, thing)
	            : state_delete_thing(sightings->state, &thing->mac);
	if (error == 0)
		return 0;
	text_copy(thing->name, sizeof(thing->name), before);
	return -EIO;
}

void
admin_leave(const struct sightings *sightings, struct thing *thing)
{
	/* A file of policies/ is nobody's but an administrator's. */
	announce_source(sightings, thing,
	    thing->mud != NULL && thing->mud->is_own ? STATE_SOURCE_ADMIN
						     : STATE_SOURCE_DHCP4);
	thing->is_open = true;
}

int
admin_unassign(const struct sightings *sightings, struct thing *thing)
{
	if (thing->mud == NULL || thing->source != STATE_SOURCE_ADMIN ||
	    thing->is_open)
		return -ENOENT;
	admin_leave(sightings, thing);
	return thingstore_put(sightings->state, thing) == 0 ? 0 : -EIO;
}
