/*
 * Methods about single devices.  Role: engine.  Callers are identified, their
 * parameters are not trusted.
 */
#include "engine/control/devicecalls.h"

#include <errno.h>

#include "core/log.h"
#include "engine/control/calls.h"
#include "engine/engine.h"
#include "engine/files/ownfiles.h"
#include "engine/things/admin.h"
#include "engine/things/announce.h"
#include "engine/things/forget.h"
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

static void
not_stored(struct control_call *call)
{
	calls_not_possible(call,
	    "it holds from now on, but could not be stored: a restart will "
	    "forget it");
}

/* 0 or -errno, as announce_assign and admin_unassign have it. */
static void
answer_assigning(struct commands *commands, struct control_call *call,
    const struct thing *thing, int error, const struct fault *why)
{
	switch (error) {
	case 0:
		calls_wait(commands, call, WAIT_ASSIGNED)->mac = thing->mac;
		break;
	case -EINVAL:
		calls_not_possible(call, why->detail);
		break;
	case -EPERM:
		calls_not_possible(
		    call, "mudd.conf gives this device its MUD URL");
		break;
	case -ENOENT:
		calls_not_possible(call,
		    "its MUD URL was not given to it by `mudctl device assign`");
		break;
	case -ENOSPC:
		calls_not_possible(
		    call, "as many devices are managed already as may be");
		break;
	default:
		not_stored(call);
		break;
	}
}

static bool
has(const json_t *params, const char *name)
{
	const json_t *value = json_object_get(params, name);

	return value != NULL && !json_is_null(value);
}

/* Its entry's text; NULL: there is no such file, and the call is answered. */
static const char *
own_file(struct commands *commands, struct control_call *call, json_t *params,
    char text[LIMIT_URL + 1])
{
	const char *name = calls_text(call, params, "mud_file");

	if (name == NULL)
		return NULL;
	if (ownfiles_text(name, text) &&
	    ownfiles_find(commands->engine->options.materials, name) != NULL)
		return text;
	calls_not_possible(
	    call, "no such file was in policies/ when mudd started");
	return NULL;
}

void
devicecalls_assign(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	const bool has_url = has(params, "mud_url");
	const bool has_file = has(params, "mud_file");
	const bool is_back = !has_url && !has_file;
	char own[LIMIT_URL + 1];
	const char *text = is_back   ? ""
	                   : has_url ? calls_text(call, params, "mud_url")
	                             : own_file(commands, call, params, own);
	struct thing *thing =
	    text == NULL ? NULL : thing_of(commands, call, params);
	struct fault why = { 0 };
	char mac[MAC_TEXT];
	int error;

	if (thing == NULL)
		return;
	error = is_back ? admin_unassign(&engine->sightings, thing)
	                : announce_assign(&engine->sightings, thing, text,
			      engine_now(engine), &why);
	if (error == 0)
		log_info("%s: its MUD URL was %s by uid %u",
		    mac_text(&thing->mac, mac),
		    is_back ? "taken back" : "given", (unsigned int)uid);
	answer_assigning(commands, call, thing, error, &why);
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

static const char *
no_name(int error)
{
	switch (error) {
	case -EINVAL:
		return "a name is 1 to 63 letters, digits, '.', '_' or '-', "
		       "and no address";
	case -EPERM:
		return "mudd.conf gives this device its name";
	case -EEXIST:
		return "another device is called that";
	case -ENOSPC:
		return "as many devices without a MUD URL have names already "
		       "as may";
	default:
		return "it could not be stored";
	}
}

void
devicecalls_rename(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	const char *name = calls_text(call, params, "name");
	struct thing *thing =
	    name == NULL ? NULL : thing_of(commands, call, params);
	char mac[MAC_TEXT];
	int error;

	if (thing == NULL)
		return;
	error = admin_rename(&commands->engine->sightings, thing, name);
	if (error != 0) {
		calls_not_possible(call, no_name(error));
		return;
	}
	log_info("%s: is called %s, says uid %u", mac_text(&thing->mac, mac),
	    log_quote(name), (unsigned int)uid);
	control_reply(
	    call, json_pack("{s:s,s:s}", "mac", mac, "name", thing->name));
}
