/*
 * Modes, as people ask for them.  Role: engine.  Callers are identified, their
 * parameters are not trusted.
 */
#include "engine/control/modecalls.h"

#include <errno.h>

#include "core/log.h"
#include "engine/control/calls.h"
#include "engine/engine.h"
#include "engine/things/modes.h"

void
modecalls_set(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	const char *who = calls_text(call, params, "device");
	const char *text =
	    who == NULL ? NULL : calls_text(call, params, "mode");
	struct thing *thing;
	enum config_mode mode;
	bool has_mode;
	char mac[MAC_TEXT];
	int error;

	if (text == NULL)
		return;
	if (!modes_parse(text, &has_mode, &mode)) {
		control_invalid(call, "mode");
		return;
	}
	thing = things_find_text(engine->things, who);
	if (thing == NULL) {
		calls_not_found(call, who);
		return;
	}
	error = modes_set(engine->options.state, thing, has_mode, mode);
	if (error == -ENOENT) {
		calls_not_possible(call,
		    "it has no MUD URL: `mudctl device assign` gives it one");
		return;
	}
	log_info("%s: mode %s, says uid %u", mac_text(&thing->mac, mac), text,
	    (unsigned int)uid);
	things_touch(engine->things, thing);
	engine_touch(engine);
	if (error == 0)
		calls_wait(commands, call, WAIT_MODE)->mac = thing->mac;
	else
		calls_not_possible(call,
		    "it holds from now on, but could not be stored: a "
		    "restart will forget it");
}

bool
modecalls_answer(struct engine *engine, const struct waiting *waiting)
{
	const struct thing *thing = things_find(engine->things, &waiting->mac);
	enum config_mode mode;
	char mac[MAC_TEXT];

	if (thing == NULL) {
		calls_not_found(waiting->call, "it has gone");
		return true;
	}
	mode = modes_of(engine->options.config, thing);
	if (!plan_is_idle(engine->plan) || thing->installed_mode != mode)
		return false;
	control_reply(waiting->call,
	    json_pack("{s:s,s:s}", "mac", mac_text(&thing->mac, mac), "mode",
		config_mode_name(mode)));
	return true;
}
