/*
 * Files that wait, and what an administrator decides about them.  Role:
 * engine.  Callers are identified, their parameters are not trusted.
 */
#include "engine/control/decisions.h"

#include <errno.h>
#include <string.h>

#include "core/log.h"
#include "engine/control/calls.h"
#include "engine/control/put.h"
#include "engine/control/report.h"
#include "engine/control/reportfile.h"
#include "engine/engine.h"
#include "engine/files/rejudge.h"
#include "engine/files/showing.h"

#define SHOWN_MAX 2 /* files that are read for the eye at a time */

void
decisions_pending(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;

	(void)params;
	(void)uid;
	control_reply(call, reportfile_pending(commands->engine));
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

static void
on_shown(void *arg, const struct shown *shown)
{
	struct waiting *waiting = arg;
	const struct mudurl *mud = waiting->mud;
	const struct shown_file *file = &shown->candidate;

	waiting->showing = NULL;
	if (file->is_there != (mud->candidate != NULL) ||
	    (file->is_there && !version_is(mud->candidate, file->digest)))
		calls_not_possible(waiting->call,
		    "another file has come in meanwhile; ask again");
	else
		control_reply(waiting->call,
		    reportfile_shown(waiting->engine, mud, shown));
	calls_end(waiting);
}

void
decisions_show(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	const char *id = calls_text(call, params, "id");
	struct showing_options options = {
		.base = engine->options.base,
		.jobs = engine->jobs,
		.state = engine->options.state,
		.materials = engine->options.materials,
		.trust = engine->trust,
		.now = engine_now(engine),
		.done = on_shown,
	};
	struct waiting *waiting;
	struct mudurl *mud;

	(void)uid;
	if (id == NULL)
		return;
	mud = mudurl_of(commands, call, id);
	if (mud == NULL)
		return;
	if (mudurl_fault(mud)->code == FAULT_NONE) {
		calls_not_possible(call, "nothing of this MUD URL waits");
		return;
	}
	/* Readers are few, and whoever may look could ask for ever. */
	if (calls_count(commands, WAIT_SHOWN) >= SHOWN_MAX) {
		control_error(call, CONTROL_BUSY, NULL);
		return;
	}
	waiting = calls_wait(commands, call, WAIT_SHOWN);
	calls_about(waiting, mud);
	options.arg = waiting;
	waiting->showing = showing_start(&options, mud);
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
	const json_t *pin = json_object_get(params, "pin_signer");
	const struct version *version;
	struct mudurl *mud;
	struct waiting *waiting;
	int error;

	if (digest == NULL)
		return;
	if (pin != NULL && !json_is_null(pin) && !json_is_boolean(pin)) {
		control_invalid(call, "pin_signer");
		return;
	}
	mud = mudurl_of(commands, call, id);
	if (mud == NULL)
		return;
	version = mudurl_waiting(mud);
	error = manager_approve(engine->manager, id, digest, json_is_true(pin),
	    uid, engine_now(engine));
	if (error == 0) {
		waiting = calls_wait(commands, call, WAIT_APPROVED);
		calls_about(waiting, mud);
		memcpy(
		    waiting->digest, version->digest, sizeof(waiting->digest));
		engine_touch(engine);
	} else if (error == -EINVAL) {
		control_error(call, CONTROL_INVALID_DIGEST,
		    report_digest(version->digest));
	} else {
		calls_not_possible(call,
		    error == -EAGAIN
			? "no fetched file of this MUD URL waits for approval"
		    : error == -ENOKEY
			? "nobody is known to have signed the file, so there "
			  "is no signer to pin; approve it without"
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

/* ---- fetching anew ------------------------------------------------------ */

static const char *
standing_name(const struct mudurl *mud)
{
	switch (mudurl_standing(mud)) {
	case STANDING_FETCHING:
		return "fetching";
	case STANDING_PENDING:
		return "pending";
	case STANDING_REFUSED:
		return "refused";
	case STANDING_ENFORCED:
		return "enforced";
	}
	return "";
}

void
decisions_refresh(
    void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	const char *text = calls_text(call, params, "mud_url");
	struct mudurl *mud = NULL;
	struct fault why;
	struct url url;

	if (text == NULL)
		return;
	if (url_parse(text, &url, &why))
		mud = manager_find_url(engine->manager, url.text);
	if (mud == NULL) {
		calls_not_found(call, text);
	} else if (!mud->is_wanted) {
		calls_not_possible(call, "no device has this MUD URL now");
	} else if (rejudge_is_frozen(engine->trust, mud)) {
		calls_not_possible(call,
		    "its signer is distrusted; `mudctl trust restore SIGNER` "
		    "takes that back");
	} else {
		log_info("%s: to be fetched anew, says uid %u", mud->url.text,
		    (unsigned int)uid);
		mudurl_ask_anew(mud, engine_now(engine));
		calls_about(calls_wait(commands, call, WAIT_REFRESHED), mud);
		engine_touch(engine);
	}
}

bool
decisions_answer_refreshed(struct engine *engine, const struct waiting *waiting)
{
	const struct mudurl *mud = waiting->mud;
	json_t *answer;

	if (mud->is_wanted &&
	    (mud->attempt != NULL || mud->next_fetch_at <= engine_now(engine)))
		return false;
	if (!plan_is_idle(engine->plan))
		return false;
	answer = json_object();
	put_text(answer, "mud_url", mud->url.text);
	put_text(answer, "state", standing_name(mud));
	put_fault(answer, "fault", mudurl_fault(mud), mudurl_remedy(mud));
	control_reply(waiting->call, answer);
	return true;
}
