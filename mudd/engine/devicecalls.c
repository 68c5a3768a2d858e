/*
 * Methods about single devices.  Role: engine.  Callers are identified, their
 * parameters are not trusted.
 */
#include "engine/devicecalls.h"

#include <errno.h>

#include "core/log.h"
#include "engine/announce.h"
#include "engine/calls.h"
#include "engine/engine.h"
#include "engine/forget.h"
#include "libmud/fault.h"

/* The device that is meant; NULL: there is none, and the call is answered. */
static struct thing *
thing_of(struct commands *commands, struct control_call *call, json_t *params)
{
	const char *who = calls_text(call, params, "device");
	struct thing *thing;

	if (who == NULL)
		return NULL;
	thing = things_find_text(commands->engine->things, who);
	if (thing == NULL)
		calls_not_found(call, who);
	return thing;
}

void
devicecalls_assign(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	const char *who = calls_text(call, params, "device");
	const char *text =
	    who == NULL ? NULL : calls_text(call, params, "mud_url");
	struct thing *thing;
	struct fault why;
	char mac[MAC_TEXT];

	if (text == NULL)
		return;
	thing = things_find_text(engine->things, who);
	if (thing == NULL) {
		calls_not_found(call, who);
		return;
	}
	switch (announce_assign(
	    &engine->sightings, thing, text, engine_now(engine), &why)) {
	case 0:
		log_info("%s: its MUD URL was given by uid %u",
		    mac_text(&thing->mac, mac), (unsigned int)uid);
		calls_wait(commands, call, WAIT_ASSIGNED)->mac = thing->mac;
		break;
	case -EINVAL:
		calls_not_possible(call, why.detail);
		break;
	case -EPERM:
		calls_not_possible(
		    call, "mudd.conf gives this device its MUD URL");
		break;
	case -ENOSPC:
		calls_not_possible(
		    call, "as many devices are managed already as may be");
		break;
	default:
		calls_not_possible(call,
		    "it holds from now on, but could not be stored: a "
		    "restart will forget it");
		break;
	}
	engine_touch(engine);
}

bool
devicecalls_answer_assigned(
    struct engine *engine, const struct waiting *waiting)
{
	const struct thing *thing = things_find(engine->things, &waiting->mac);
	char mac[MAC_TEXT];

	if (thing == NULL || thing->mud == NULL) {
		calls_not_found(waiting->call, "it has gone");
		return true;
	}
	if (!plan_is_idle(engine->plan))
		return false;
	control_reply(waiting->call,
	    json_pack("{s:s,s:s}", "mac", mac_text(&thing->mac, mac), "mud_url",
		thing->mud->url.text));
	return true;
}

void
devicecalls_forget(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	struct thing *thing = thing_of(commands, call, params);
	struct mac mac;

	if (thing == NULL)
		return;
	mac = thing->mac;
	switch (forget_device(engine, thing, uid)) {
	case 0:
		calls_wait(commands, call, WAIT_FORGOTTEN)->mac = mac;
		break;
	case -EPERM:
		calls_not_possible(call,
		    "mudd.conf gives this device its MUD URL: take its "
		    "section out, and restart mudd, before it is forgotten");
		break;
	default:
		calls_not_possible(
		    call, "it could not be removed from the state");
		break;
	}
	engine_touch(engine);
}

bool
devicecalls_answer_forgotten(
    struct engine *engine, const struct waiting *waiting)
{
	char mac[MAC_TEXT];

	if (!plan_is_idle(engine->plan))
		return false;
	control_reply(waiting->call,
	    json_pack("{s:s}", "mac", mac_text(&waiting->mac, mac)));
	return true;
}
