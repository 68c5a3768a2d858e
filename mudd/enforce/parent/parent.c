/*
 * The loop of mudd.  Role: mudd, behind its sandbox.  Input: records from the
 * engine, which may have been taken over: each is judged here, in workers.c,
 * or by the enforcer, and one that makes no sense ends the engine.
 */
#include "enforce/parent/parent.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/channel.h"
#include "core/clock.h"
#include "core/log.h"
#include "enforce/audit/tamper.h"
#include "enforce/conditions.h"
#include "enforce/enforcer.h"
#include "enforce/owed.h"
#include "enforce/parent/capture.h"
#include "enforce/parent/droplog.h"
#include "enforce/parent/notify.h"
#include "enforce/parent/workers.h"
#include "libmud/fault.h"

/* two pings without an answer are a hang; mudd must notice it before the
 * service manager does, which waits 30 s and would end mudd as well. */
#define PING_SEC   10
#define SILENT_SEC 20

/* How often it is looked whether bridged frames still go the right way: as
 * long may a firewall that came later cut the LAN off. */
#define LOOK_SEC 1

#define FAREWELL_SEC 1 /* for the engine, after TEARDOWN */
#define GRACE_SEC    5 /* for the engine, to end in good order */

struct parent {
	const struct parent_setup *setup;
	struct event_base *base;
	struct workers *workers;
	struct tamper *tamper;
	struct channel *engine; /* NULL: none runs, or it is given up */
	struct owed *owed;
	struct event *ping, *farewell;
	struct event *look, *links;
	struct record_path path; /* as the engine was told */
	struct event *term, *interrupt, *hangup;
	int64_t heard_sec;
	int ready_fd;
	bool is_ready;
	bool torn_down;
};

static const struct record_empty nothing;

static void
leave(struct parent *parent)
{
	(void)event_base_loopbreak(parent->base);
}

static void
engine_forget(struct parent *parent)
{
	channel_free(parent->engine);
	parent->engine = NULL;
	owed_forget(parent->owed);
	conditions_deafen(enforcer_conditions(parent->setup->enforcer));
	enforcer_abandon(parent->setup->enforcer);
}

/* ---- records from the engine ------------------------------------------- */

static bool
take_start(struct parent *parent, const struct msg *msg)
{
	const struct record_worker *ask = MSG_BODY(msg, record_worker);
	struct record_gone gone = {
		.program = ask->program,
		.job = ask->job,
		.status = -1,
	};
	int error;

	if (ask->program >= PROGRAMS)
		return false;
	error = workers_start(
	    parent->workers, (enum program)ask->program, ask->job);
	if (error == -EINVAL)
		return false;
	if (error < 0) {
		log_warning("cannot start %s %u: %s",
		    spawn_name((enum program)ask->program), ask->job,
		    strerror(-error));
		channel_send(parent->engine, RECORD_GONE, &gone, NULL, 0);
	}
	return true;
}

static bool
take_stop(struct parent *parent, const struct msg *msg)
{
	const struct record_worker *ask = MSG_BODY(msg, record_worker);

	if (ask->program != PROGRAM_FETCHER && ask->program != PROGRAM_READER)
		return false;
	workers_stop(parent->workers, (enum program)ask->program, ask->job);
	return true;
}

static bool
take_capture(struct parent *parent, const struct msg *msg)
{
	const struct record_port *port = MSG_BODY(msg, record_port);
	int fd = capture_open(port->ifindex);

	/* An interface that is gone again is no fault: the watcher says so. */
	if (fd < 0)
		log_warning("cannot capture on interface %u: %s", port->ifindex,
		    strerror(-fd));
	else
		channel_send(parent->engine, RECORD_CAPTURED, port, &fd, 1);
	return true;
}

/* The engine asks again while there is none. */
static bool
take_log(struct parent *parent, const struct msg *msg)
{
	int fd = enforcer_has_log(parent->setup->enforcer) ? droplog_open()
	                                                   : -EOPNOTSUPP;
	int error = fd < 0 ? fd : 0;

	droplog_note(enforcer_conditions(parent->setup->enforcer), error);
	if (error == 0)
		channel_send(parent->engine, RECORD_LOG_OPENED,
		    MSG_BODY(msg, record_empty), &fd, 1);
	return true;
}

/* How bridged frames are judged is told as often as that changes. */
static void
tell_path(struct parent *parent)
{
	struct record_path now;

	enforcer_path(parent->setup->enforcer, &now);
	if (parent->engine == NULL || parent->torn_down ||
	    memcmp(&now, &parent->path, sizeof(now)) == 0)
		return;
	parent->path = now;
	channel_send(parent->engine, RECORD_PATH, &now, NULL, 0);
}

/* A batch's answer, when its END is there. */
static bool
take_batch(struct parent *parent, const struct msg *msg)
{
	struct record_denied denied = { 0 };
	bool good = enforcer_record(
	    parent->setup->enforcer, msg->type, msg->body, &denied.why);
	struct record_batch batch;

	if (msg->type != RECORD_BATCH_END)
		return good;
	batch = *MSG_BODY(msg, record_batch);
	if (good) {
		channel_send(parent->engine, RECORD_APPLIED, &batch, NULL, 0);
		tell_path(parent);
		return true;
	}
	denied.batch = batch.batch;
	channel_send(parent->engine, RECORD_DENIED, &denied, NULL, 0);
	return true;
}

static bool
take_question(struct parent *parent, const struct msg *msg)
{
	return owed_ask(parent->owed, parent->engine, msg);
}

static bool
take_ask(struct parent *parent, const struct msg *msg)
{
	return enforcer_ask(parent->setup->enforcer, MSG_BODY(msg, record_ask));
}

static bool
take_teardown(struct parent *parent, const struct msg *msg)
{
	const struct timeval wait = { .tv_sec = FAREWELL_SEC };
	const struct record_batch done = { 0 };
	struct record_denied denied = { 0 };

	(void)msg;
	if (!enforcer_teardown(parent->setup->enforcer, &denied.why)) {
		log_error("cannot delete the tables: %s", denied.why.detail);
		channel_send(parent->engine, RECORD_DENIED, &denied, NULL, 0);
		return true;
	}
	log_info("the tables are deleted: nothing is enforced any more");
	parent->torn_down = true;
	owed_forget(parent->owed);
	channel_send(parent->engine, RECORD_APPLIED, &done, NULL, 0);
	/* Or as soon as the engine has gone. */
	(void)event_add(parent->farewell, &wait);
	return true;
}

static bool
take_pong(struct parent *parent, const struct msg *msg)
{
	(void)msg;
	parent->heard_sec = clock_sec();
	notify_send(parent->setup->notify, "WATCHDOG=1");
	return true;
}

static bool
take_ready(struct parent *parent, const struct msg *msg)
{
	(void)msg;
	if (parent->is_ready)
		return true;
	parent->is_ready = true;
	notify_send(parent->setup->notify, "READY=1");
	if (parent->ready_fd >= 0) {
		(void)!write(parent->ready_fd, "", 1);
		(void)close(parent->ready_fd);
		parent->ready_fd = -1;
	}
	log_info("ready");
	return true;
}

static const struct {
	enum record_type type;
	bool (*take)(struct parent *parent, const struct msg *msg);
} duties[] = {
	{ RECORD_START, take_start },
	{ RECORD_STOP, take_stop },
	{ RECORD_CAPTURE, take_capture },
	{ RECORD_LOG, take_log },
	{ RECORD_COUNTERS, take_question },
	{ RECORD_TALLIES, take_question },
	{ RECORD_ASK, take_ask },
	{ RECORD_WALK, take_question },
	{ RECORD_TEARDOWN, take_teardown },
	{ RECORD_PONG, take_pong },
	{ RECORD_READY, take_ready },
};

static bool
on_record(void *arg, struct channel *ch, struct msg *msg)
{
	struct parent *parent = arg;

	(void)ch;
	/* Nothing may come to stand again after it was torn down. */
	if (parent->torn_down)
		return true;
	if (enforcer_takes(msg->type))
		return take_batch(parent, msg);
	for (size_t i = 0; i < sizeof(duties) / sizeof(duties[0]); i++)
		if (duties[i].type == msg->type)
			return duties[i].take(parent, msg);
	return false;
}

static void
on_channel_gone(void *arg, struct channel *ch, const char *reason)
{
	struct parent *parent = arg;

	(void)ch;
	if (!parent->torn_down && workers_has_engine(parent->workers))
		log_warning("the engine's channel: %s", reason);
	engine_forget(parent);
	workers_end_engine(parent->workers, GRACE_SEC, false);
}

/* ---- workers ------------------------------------------------------------ */

static void
tell_condition(void *arg, const struct record_condition *condition)
{
	const struct parent *parent = arg;

	channel_send(parent->engine, RECORD_CONDITION, condition, NULL, 0);
}

static void
on_engine(void *arg, int channel)
{
	struct parent *parent = arg;

	parent->path = (struct record_path){ .path = BRIDGE_PATHS };
	parent->engine = channel_new(parent->base, channel, PROGRAM_MUDD,
	    PROGRAM_ENGINE, on_record, on_channel_gone, parent);
	parent->heard_sec = clock_sec();
	conditions_listen(enforcer_conditions(parent->setup->enforcer),
	    tell_condition, parent);
}

static bool
on_engine_gone(void *arg)
{
	struct parent *parent = arg;

	engine_forget(parent);
	if (parent->torn_down)
		leave(parent);
	return !parent->torn_down;
}

static void
on_peer(void *arg, enum program program, uint32_t job, int channel)
{
	struct parent *parent = arg;
	const struct record_worker peer = { .program = program, .job = job };

	if (parent->engine == NULL)
		(void)close(channel);
	else
		channel_send(parent->engine, RECORD_PEER, &peer, &channel, 1);
}

static void
on_gone(void *arg, const struct record_gone *gone)
{
	struct parent *parent = arg;

	if (parent->engine != NULL)
		channel_send(parent->engine, RECORD_GONE, gone, NULL, 0);
}

static void
on_checked(void *arg, bool good)
{
	struct parent *parent = arg;

	if (!good) {
		/* R-15; the check has said file, line and reason. */
		log_error("the configuration is not good: the running one "
			  "stays");
		return;
	}
	log_info("the configuration is good: the engine starts anew with it");
	workers_end_engine(parent->workers, GRACE_SEC, true);
}

static const struct workers_calls calls = {
	.engine = on_engine,
	.engine_gone = on_engine_gone,
	.peer = on_peer,
	.gone = on_gone,
	.checked = on_checked,
};

/* ---- time and signals --------------------------------------------------- */

/*
 * While the engine waits for its restart, the service manager is told
 * that mudd is well: killing it would mend nothing and lose the back-off.
 */
static void
on_ping(evutil_socket_t fd, short what, void *arg)
{
	struct parent *parent = arg;

	(void)fd;
	(void)what;
	if (!workers_has_engine(parent->workers)) {
		notify_send(parent->setup->notify, "WATCHDOG=1");
		return;
	}
	if (clock_sec() - parent->heard_sec >= SILENT_SEC) {
		log_error(
		    "the engine has been silent for %d s: killed", SILENT_SEC);
		workers_end_engine(parent->workers, 0, false);
		notify_send(parent->setup->notify, "WATCHDOG=1");
		return;
	}
	if (parent->engine != NULL)
		channel_send(parent->engine, RECORD_PING, &nothing, NULL, 0);
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct parent *parent = arg;

	(void)fd;
	(void)what;
	enforcer_look(parent->setup->enforcer);
	tell_path(parent);
}

static void
on_links(evutil_socket_t fd, short what, void *arg)
{
	struct parent *parent = arg;

	(void)fd;
	(void)what;
	if (parent->torn_down)
		return;
	enforcer_links(parent->setup->enforcer);
	tell_path(parent);
}

static void
on_farewell(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	leave(arg);
}

static void
on_stop(evutil_socket_t number, short what, void *arg)
{
	struct parent *parent = arg;

	(void)number;
	(void)what;
	log_info("stopping; what stands in the kernel stays");
	notify_send(parent->setup->notify, "STOPPING=1");
	leave(parent);
}

static void
on_hangup(evutil_socket_t number, short what, void *arg)
{
	struct parent *parent = arg;

	(void)number;
	(void)what;
	workers_check(parent->workers);
}

static bool
on_tampered(void *arg, const struct record_tampered *what)
{
	struct parent *parent = arg;

	if (parent->engine == NULL)
		return false;
	channel_send(parent->engine, RECORD_TAMPERED, what, NULL, 0);
	return true;
}

static void
events_make(struct parent *parent)
{
	const struct timeval every = { .tv_sec = PING_SEC };
	const struct timeval often = { .tv_sec = LOOK_SEC };
	int fd = enforcer_fd(parent->setup->enforcer);

	parent->base = event_base_new();
	if (parent->base == NULL)
		log_fatal("cannot make an event loop");
	parent->ping = event_new(parent->base, -1, EV_PERSIST, on_ping, parent);
	parent->farewell = evtimer_new(parent->base, on_farewell, parent);
	parent->owed = owed_new(parent->base, parent->setup->enforcer);
	parent->look = event_new(parent->base, -1, EV_PERSIST, on_look, parent);
	parent->links = event_new(parent->base, fd,
	    fd < 0 ? 0 : EV_READ | EV_PERSIST, on_links, parent);
	parent->term = evsignal_new(parent->base, SIGTERM, on_stop, parent);
	parent->interrupt = evsignal_new(parent->base, SIGINT, on_stop, parent);
	parent->hangup = evsignal_new(parent->base, SIGHUP, on_hangup, parent);
	if (parent->ping == NULL || parent->farewell == NULL ||
	    parent->owed == NULL || parent->look == NULL ||
	    parent->links == NULL || event_add(parent->look, &often) != 0 ||
	    (fd >= 0 && event_add(parent->links, NULL) != 0) ||
	    parent->term == NULL || parent->interrupt == NULL ||
	    parent->hangup == NULL || event_add(parent->ping, &every) != 0 ||
	    event_add(parent->term, NULL) != 0 ||
	    event_add(parent->interrupt, NULL) != 0 ||
	    event_add(parent->hangup, NULL) != 0)
		log_fatal("cannot watch time and signals");
}

static void
events_free(struct parent *parent)
{
	event_free(parent->ping);
	event_free(parent->farewell);
	owed_free(parent->owed);
	event_free(parent->look);
	event_free(parent->links);
	event_free(parent->term);
	event_free(parent->interrupt);
	event_free(parent->hangup);
	event_base_free(parent->base);
}

int
parent_run(const struct parent_setup *setup)
{
	struct parent parent = { .setup = setup, .ready_fd = setup->ready_fd };

	(void)signal(SIGPIPE, SIG_IGN);
	events_make(&parent);
	parent.workers =
	    workers_new(parent.base, setup->spawn, NULL, &calls, &parent);
	parent.tamper =
	    tamper_new(parent.base, setup->enforcer, on_tampered, &parent);
	workers_begin(parent.workers);
	(void)event_base_dispatch(parent.base);
	channel_free(parent.engine);
	tamper_free(parent.tamper);
	workers_free(parent.workers);
	events_free(&parent);
	return parent.torn_down ? PARENT_TORN_DOWN : 0;
}
