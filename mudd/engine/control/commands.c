/*
 * The methods of org.mudd.Manager.  Role: engine.  Callers are local and
 * identified, their parameters are not trusted; control.c has judged who may.
 */
#include "engine/control/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/control/calls.h"
#include "engine/control/certcalls.h"
#include "engine/control/counts.h"
#include "engine/control/decisions.h"
#include "engine/control/devicecalls.h"
#include "engine/control/dropcalls.h"
#include "engine/control/explaincalls.h"
#include "engine/control/modecalls.h"
#include "engine/control/monitor.h"
#include "engine/control/policycalls.h"
#include "engine/control/report.h"
#include "engine/control/trustcalls.h"
#include "engine/control/walkcalls.h"
#include "engine/engine.h"
#include "libmud/list.h"
#include "libmud/mem.h"

static void
status(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;

	(void)params;
	(void)uid;
	/* Whether the tables stand is the kernel's to say. */
	(void)calls_wait(commands, call, WAIT_STATUS);
	counts_ask(commands->engine);
}

static void
health(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;

	(void)params;
	(void)uid;
	control_reply(call, health_report(commands->engine));
}

static void
devices(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;

	(void)params;
	(void)uid;
	control_reply(call, report_devices(commands->engine));
}

static void
device(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	const char *text = calls_text(call, params, "device");
	const struct thing *thing;

	(void)uid;
	if (text == NULL)
		return;
	thing = things_find_text(commands->engine->things, text);
	if (thing == NULL) {
		calls_not_found(call, text);
		return;
	}
	/* Drops are counted in the kernel. */
	calls_wait(commands, call, WAIT_COUNTERS)->mac = thing->mac;
	counts_ask(commands->engine);
}

static void
watch(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;

	(void)params;
	monitor_add(commands->monitor, call, uid);
}

static void
teardown(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;

	(void)params;
	(void)uid;
	(void)calls_wait(commands, call, WAIT_TORN_DOWN);
	engine_teardown(commands->engine);
}

static const struct control_method methods[] = {
	{ "Status", false, status },
	{ "Health", false, health },
	{ "Devices", false, devices },
	{ "Device", false, device },
	{ "Drops", false, dropcalls_list },
	{ "Monitor", false, watch },
	{ "Explain", false, explaincalls_explain },
	{ "Pending", false, decisions_pending },
	{ "PendingShow", false, decisions_show },
	{ "Approve", true, decisions_approve },
	{ "Reject", true, decisions_reject },
	{ "DeviceAssign", true, devicecalls_assign },
	{ "DeviceCertificate", true, certcalls_take },
	{ "DeviceForget", true, devicecalls_forget },
	{ "DeviceRename", true, devicecalls_rename },
	{ "Policies", false, policycalls_list },
	{ "PolicyShow", false, policycalls_show },
	{ "DeviceMode", true, modecalls_set },
	{ "PolicyRefresh", true, decisions_refresh },
	{ "Trust", false, trustcalls_list },
	{ "TrustAdd", true, trustcalls_add },
	{ "TrustRemove", true, trustcalls_remove },
	{ "TrustDistrust", true, trustcalls_distrust },
	{ "TrustRestore", true, trustcalls_restore },
	{ "Teardown", true, teardown },
};

/* ---- answers that come later ------------------------------------------- */

static void
on_turned(void *arg)
{
	struct commands *commands = arg;

	LIST_EACH_SAFE(at, &commands->waiting)
	{
		struct waiting *waiting = LIST_ENTRY(at, struct waiting, link);

		if ((waiting->what == WAIT_APPROVED &&
			decisions_answer_approved(commands->engine, waiting)) ||
		    (waiting->what == WAIT_REFRESHED &&
			decisions_answer_refreshed(
			    commands->engine, waiting)) ||
		    (waiting->what == WAIT_ASSIGNED &&
			devicecalls_answer_assigned(
			    commands->engine, waiting)) ||
		    (waiting->what == WAIT_FORGOTTEN &&
			devicecalls_answer_forgotten(
			    commands->engine, waiting)) ||
		    (waiting->what == WAIT_CERTIFIED &&
			certcalls_answer(commands->engine, waiting)) ||
		    (waiting->what == WAIT_MODE &&
			modecalls_answer(commands->engine, waiting)))
			calls_end(waiting);
	}
}

static void
on_counted(void *arg)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;

	LIST_EACH_SAFE(at, &commands->waiting)
	{
		struct waiting *waiting = LIST_ENTRY(at, struct waiting, link);
		struct thing *thing;

		if (waiting->what == WAIT_STATUS) {
			control_reply(waiting->call, report_status(engine));
			calls_end(waiting);
			continue;
		}
		if (waiting->what != WAIT_COUNTERS)
			continue;
		thing = things_find(engine->things, &waiting->mac);
		if (thing != NULL)
			control_reply(
			    waiting->call, report_device(engine, thing));
		else
			calls_not_found(waiting->call, "it has gone");
		calls_end(waiting);
	}
}

static void
on_tallied(void *arg, uint32_t policy)
{
	policycalls_tallied(arg, policy);
}

static void
on_walked(void *arg, const struct record_walk_end *end)
{
	walkcalls_walked(arg, end);
}

static void
on_torn_down(void *arg, const struct fault *why)
{
	struct commands *commands = arg;

	LIST_EACH_SAFE(at, &commands->waiting)
	{
		struct waiting *waiting = LIST_ENTRY(at, struct waiting, link);

		if (waiting->what != WAIT_TORN_DOWN)
			continue;
		if (why == NULL)
			control_reply(waiting->call, NULL);
		else
			calls_not_possible(waiting->call, why->detail);
		calls_end(waiting);
	}
	if (why != NULL)
		return;
	/* The answer must leave before the process does. */
	control_flush(commands->control, 500);
	engine_stop(commands->engine);
}

struct commands *
commands_new(const struct commands_options *options)
{
	struct commands *commands = xcalloc(1, sizeof(*commands));
	struct control_options control = {
		.readers = options->readers,
		.admins = options->admins,
		.methods = methods,
		.n_methods = sizeof(methods) / sizeof(methods[0]),
		.large = "DeviceCertificate",
		.arg = commands,
	};
	struct engine_listener listener = {
		.turned = on_turned,
		.counted = on_counted,
		.tallied = on_tallied,
		.walked = on_walked,
		.torn_down = on_torn_down,
		.arg = commands,
	};

	commands->engine = options->engine;
	list_init(&commands->waiting);
	commands->monitor = monitor_new();
	commands->control = control_new(
	    options->engine->options.base, options->control_fd, &control);
	engine_listen(options->engine, &listener);
	return commands;
}

void
commands_free(struct commands *commands)
{
	if (commands == NULL)
		return;
	LIST_EACH_SAFE(at, &commands->waiting)
	{
		struct waiting *waiting = LIST_ENTRY(at, struct waiting, link);

		control_error(waiting->call, CONTROL_BUSY, NULL);
		calls_end(waiting);
	}
	monitor_free(commands->monitor);
	control_free(commands->control);
	free(commands);
}
