/*
 * The methods of org.mudd.Manager.  Role: engine.  Callers are local and
 * identified, their parameters are not trusted; control.c has judged who may.
 */
#include "engine/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/config.h"
#include "engine/control.h"
#include "engine/engine.h"
#include "engine/report.h"
#include "libmud/list.h"
#include "libmud/mem.h"

enum waiting_for { WAIT_STATUS, WAIT_COUNTERS, WAIT_APPROVED, WAIT_TORN_DOWN };

/* A call that is answered later. */
struct waiting {
	struct control_call *call;
	enum waiting_for what;
	struct mac mac;     /* COUNTERS */
	struct mudurl *mud; /* APPROVED */
	uint8_t digest[32];
	struct list link;
};

struct commands {
	struct engine *engine;
	struct control *control;
	struct list waiting;
};

static void
waiting_free(struct waiting *waiting)
{
	list_remove(&waiting->link);
	free(waiting);
}

static struct waiting *
wait_for(
    struct commands *commands, struct control_call *call, enum waiting_for what)
{
	struct waiting *waiting = xcalloc(1, sizeof(*waiting));

	waiting->call = call;
	waiting->what = what;
	list_append(&commands->waiting, &waiting->link);
	return waiting;
}

static void
not_found(struct control_call *call, const char *what)
{
	control_error(
	    call, CONTROL_NOT_FOUND, json_pack("{s:s}", "what", what));
}

static void
not_possible(struct control_call *call, const char *reason)
{
	control_error(
	    call, CONTROL_NOT_POSSIBLE, json_pack("{s:s}", "reason", reason));
}

/* A text parameter; answers the call itself if there is none. */
static const char *
text_of(struct control_call *call, json_t *params, const char *name)
{
	const char *text = json_string_value(json_object_get(params, name));

	if (text == NULL)
		control_invalid(call, name);
	return text;
}

static void
status(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;

	(void)params;
	(void)uid;
	/* Whether the tables stand is the kernel's to say. */
	(void)wait_for(commands, call, WAIT_STATUS);
	engine_count(commands->engine);
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
	const char *text = text_of(call, params, "device");
	const struct thing *thing;

	(void)uid;
	if (text == NULL)
		return;
	thing = things_find_text(commands->engine->things, text);
	if (thing == NULL) {
		not_found(call, text);
		return;
	}
	/* Drops are counted in the kernel. */
	wait_for(commands, call, WAIT_COUNTERS)->mac = thing->mac;
	engine_count(commands->engine);
}

static void
pending(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;

	(void)params;
	(void)uid;
	control_reply(call, report_pending(commands->engine));
}

/* The URL that an id stands for; answers the call itself if there is none. */
static struct mudurl *
mudurl_of(struct commands *commands, struct control_call *call, const char *id)
{
	struct mudurl *mud = manager_find(commands->engine->manager, id);

	if (mud == NULL)
		not_found(call, id);
	return mud;
}

static void
pending_show(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	const char *id = text_of(call, params, "id");
	const struct mudurl *mud;

	(void)uid;
	if (id == NULL)
		return;
	mud = mudurl_of(commands, call, id);
	if (mud == NULL)
		return;
	if (mudurl_fault(mud)->code == FAULT_NONE)
		not_possible(call, "nothing of this MUD URL waits");
	else
		control_reply(call, report_pending_file(commands->engine, mud));
}

static void
approve(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	const char *id = text_of(call, params, "id");
	const char *digest =
	    id == NULL ? NULL : text_of(call, params, "digest");
	struct mudurl *mud;
	struct waiting *waiting;
	int error;

	if (digest == NULL)
		return;
	mud = mudurl_of(commands, call, id);
	if (mud == NULL)
		return;
	error = manager_approve(
	    engine->manager, id, digest, uid, engine_now(engine));
	if (error == 0) {
		waiting = wait_for(commands, call, WAIT_APPROVED);
		waiting->mud = mud;
		memcpy(waiting->digest, mud->candidate->digest,
		    sizeof(waiting->digest));
		engine_touch(engine);
	} else if (error == -EINVAL) {
		control_error(call, CONTROL_INVALID_DIGEST,
		    report_digest(mud->candidate->digest));
	} else {
		not_possible(call,
		    error == -EAGAIN
			? "no fetched file of this MUD URL waits for approval"
			: "the decision could not be stored");
	}
}

static void
reject(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	const char *id = text_of(call, params, "id");
	const struct mudurl *mud;
	int error;

	if (id == NULL)
		return;
	mud = mudurl_of(commands, call, id);
	if (mud == NULL)
		return;
	error = manager_reject(engine->manager, id, uid, engine_now(engine));
	if (error == 0)
		control_reply(
		    call, json_pack("{s:s}", "mud_url", mud->url.text));
	else
		not_possible(call,
		    error == -EAGAIN
			? "no fetched file of this MUD URL waits for approval"
			: "the decision could not be stored");
}

static void
teardown(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;

	(void)params;
	(void)uid;
	(void)wait_for(commands, call, WAIT_TORN_DOWN);
	engine_teardown(commands->engine);
}

static const struct control_method methods[] = {
	{ "Status", false, status },
	{ "Devices", false, devices },
	{ "Device", false, device },
	{ "Pending", false, pending },
	{ "PendingShow", false, pending_show },
	{ "Approve", true, approve },
	{ "Reject", true, reject },
	{ "Teardown", true, teardown },
};
/* ---- answers that come later ------------------------------------------- */

/* Approved means: read, in force, and in the kernel. */
static bool
answer_approved(struct engine *engine, struct waiting *waiting)
{
	const struct mudurl *mud = waiting->mud;
	json_t *answer;

	if (version_is(mud->accepted, waiting->digest)) {
		if (!plan_is_idle(engine->plan))
			return false;
		answer = report_digest(waiting->digest);
		(void)json_object_set_new(
		    answer, "mud_url", json_string(mud->url.text));
		control_reply(waiting->call, answer);
		return true;
	}
	if (version_is(mud->candidate, waiting->digest) &&
	    mud->candidate->status == FILE_PENDING)
		return false;
	not_possible(waiting->call, mudurl_fault(mud)->detail);
	return true;
}

static void
on_turned(void *arg)
{
	struct commands *commands = arg;

	LIST_EACH_SAFE(at, &commands->waiting)
	{
		struct waiting *waiting = LIST_ENTRY(at, struct waiting, link);

		if (waiting->what == WAIT_APPROVED &&
		    answer_approved(commands->engine, waiting))
			waiting_free(waiting);
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
			waiting_free(waiting);
			continue;
		}
		if (waiting->what != WAIT_COUNTERS)
			continue;
		thing = things_find(engine->things, &waiting->mac);
		if (thing != NULL)
			control_reply(
			    waiting->call, report_device(engine, thing));
		else
			not_found(waiting->call, "it has gone");
		waiting_free(waiting);
	}
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
			not_possible(waiting->call, why->detail);
		waiting_free(waiting);
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
		.arg = commands,
	};
	struct engine_listener listener = {
		.turned = on_turned,
		.counted = on_counted,
		.torn_down = on_torn_down,
		.arg = commands,
	};

	commands->engine = options->engine;
	list_init(&commands->waiting);
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
		waiting_free(waiting);
	}
	control_free(commands->control);
	free(commands);
}
