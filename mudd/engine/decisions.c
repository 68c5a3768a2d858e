/*
 * Files that wait, and what an administrator decides about them.  Role:
 * engine.  Callers are identified, their parameters are not trusted.
 */
#include "engine/decisions.h"

#include <errno.h>
#include <string.h>

#include "engine/calls.h"
#include "engine/engine.h"
#include "engine/report.h"

void
decisions_pending(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
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
		calls_not_found(call, id);
	return mud;
}

void
decisions_show(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	const char *id = calls_text(call, params, "id");
	const struct mudurl *mud;

	(void)uid;
	if (id == NULL)
		return;
	mud = mudurl_of(commands, call, id);
	if (mud == NULL)
		return;
	if (mudurl_fault(mud)->code == FAULT_NONE)
		calls_not_possible(call, "nothing of this MUD URL waits");
	else
		control_reply(call, report_pending_file(commands->engine, mud));
}

void
decisions_approve(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	const char *id = calls_text(call, params, "id");
	const char *digest =
	    id == NULL ? NULL : calls_text(call, params, "digest");
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
		waiting = calls_wait(commands, call, WAIT_APPROVED);
		waiting->mud = mud;
		memcpy(waiting->digest, mud->candidate->digest,
		    sizeof(waiting->digest));
		engine_touch(engine);
	} else if (error == -EINVAL) {
		control_error(call, CONTROL_INVALID_DIGEST,
		    report_digest(mud->candidate->digest));
	} else {
		calls_not_possible(call,
		    error == -EAGAIN
			? "no fetched file of this MUD URL waits for approval"
			: "the decision could not be stored");
	}
}

void
decisions_reject(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	const char *id = calls_text(call, params, "id");
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
		calls_not_possible(call,
		    error == -EAGAIN
			? "no fetched file of this MUD URL waits for approval"
			: "the decision could not be stored");
}

/* Approved means: read, in force, and in the kernel. */
bool
decisions_answer_approved(struct engine *engine, const struct waiting *waiting)
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
	calls_not_possible(waiting->call, mudurl_fault(mud)->detail);
	return true;
}
