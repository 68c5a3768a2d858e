/*
 * Forgetting a device.  Role: engine.  Who may was judged by control.c.
 */
#include "engine/things/forget.h"

#include <errno.h>
#include <string.h>

#include "core/log.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "engine/events.h"
#include "engine/files/signers.h"
#include "engine/state/state.h"

static bool
is_configured(const struct engine *engine, const struct thing *thing)
{
	const struct config_device *device =
	    config_find_device(engine->options.config, &thing->mac);

	return device != NULL &&
	       (device->mud_url[0] != '\0' || device->mud_file[0] != '\0');
}

static int
delete_stored(struct engine *engine, const struct thing *thing)
{
	int error;
	char mac[MAC_TEXT];

	if (is_configured(engine, thing))
		return -EPERM;
	error = state_delete_thing(engine->options.state, &thing->mac);
	if (error == 0)
		return 0;
	log_error("%s: cannot remove it from the state: %s",
	    mac_text(&thing->mac, mac), strerror(-error));
	return -EIO;
}

static void
forget(struct engine *engine, struct thing *thing)
{
	plan_forget(engine->plan, thing);
	drops_forget(engine->drops, &thing->mac);
	signers_due(thing->mud);
	things_remove(engine->things, thing);
}

int
forget_device(struct engine *engine, struct thing *thing, uid_t uid)
{
	const int error = delete_stored(engine, thing);

	if (error < 0)
		return error;
	events_tell(
	    EVENT_DEVICE_GONE, thing, "forgotten by uid %u", (unsigned int)uid);
	forget(engine, thing);
	return 0;
}

int
forget_absent(struct engine *engine, struct thing *thing, int64_t now)
{
	const int error = delete_stored(engine, thing);

	if (error < 0)
		return error;
	events_tell(EVENT_DEVICE_GONE, thing,
	    "forgotten: not heard of for %lld days (S-45, S-46)",
	    (long long)((now - thing->last_seen) / 86400));
	forget(engine, thing);
	return 0;
}
