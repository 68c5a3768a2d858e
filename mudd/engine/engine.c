/*
 * The engine.  Role: engine.  Its peers are our own programs; some of them
 * parse hostile bytes, so a record that breaks a rule ends its sender.
 */
#include "engine/engine.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "engine/captures.h"
#include "engine/config.h"
#include "engine/control/counts.h"
#include "engine/control/tallies.h"
#include "engine/events.h"
#include "engine/files/signers.h"
#include "engine/things/absence.h"
#include "engine/things/addresses.h"
#include "engine/things/modes.h"
#include "engine/things/moving.h"
#include "engine/things/states.h"
#include "engine/things/storing.h"
#include "engine/watching.h"
#include "libmud/mem.h"

/* So long the first batch waits for the readers. */
#define START_PATIENCE_SEC 5

int64_t
engine_now(const struct engine *engine)
{
	return engine->options.clock(engine->options.clock_arg);
}

void
engine_touch(struct engine *engine)
{
	event_active(engine->turn, EV_TIMEOUT, 0);
}

/* ---- the turn of the loop ---------------------------------------------- */

static void
set_timer(struct engine *engine, int64_t now, int64_t due)
{
	struct timeval wait = { .tv_sec = 60 };

	if (due < now + 60)
		wait.tv_sec = due > now ? (time_t)(due - now) : 1;
	(void)event_add(engine->timer, &wait);
}

/* The first batch replaces what an earlier run left in the kernel: it must
 * not be sent before what was in force then is known again.  For readers that
 * do not come there is a limit; without the watcher nobody knows where the LAN
 * is, and what stands in the kernel is better than what we could say. */
static bool
may_begin(const struct engine *engine, int64_t now)
{
	return engine->lan.is_complete &&
	       (manager_is_settled(engine->manager) ||
		   now >= engine->started_at + START_PATIENCE_SEC);
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void
touch_thing_of(void *arg, struct thing *thing)
{
	struct engine *engine = arg;

	if (thing->mud != NULL)
		things_touch(engine->things, thing);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct engine *engine = arg;
	int64_t now = engine_now(engine);
	int64_t due;

	(void)fd;
	(void)what;
	addresses_review(&engine->sightings, now);
	due = sightings_expire(&engine->sightings, now);
	due = least(due, roaming_tick(engine->things, now));
	due = least(due, absence_tick(engine, now));
	due = least(due, moving_tick(&engine->sightings, engine->mudd, now));
	signers_refresh(engine->things, manager_all(engine->manager));
	due = least(due, manager_tick(engine->manager, now));
	due = least(due, names_tick(engine->names, now));
	plan_choose(engine->plan);
	controllers_refresh(&engine->controllers);
	engine->lan.links_changed = engine->lan.addresses_changed = false;
	captures_ask(engine);
	if (engine->watcher != NULL && engine->lan.is_complete)
		due = least(due, drops_tick(engine->drops, engine->mudd, now));
	if (may_begin(engine, now))
		plan_begin(engine->plan);
	else
		due = least(due, engine->started_at + START_PATIENCE_SEC);
	states_note(engine);
	plan_sync(engine->plan, now);
	states_turn(engine);
	due = least(due, plan_due(engine->plan));
	/* Last, for the disk is slow. */
	due = least(due, storing_tick(engine->sightings.storing, now));
	if (engine->listener.turned != NULL)
		engine->listener.turned(engine->listener.arg);
	set_timer(engine, now, due);
}

/* A URL's standing has changed: its Things may have to move. */
static void
manager_changed(void *arg, struct mudurl *mud)
{
	struct engine *engine = arg;

	(void)mud;
	things_each(engine->things, touch_thing_of, engine);
	engine_touch(engine);
}

static void
trust_changed(void *arg, enum trust_change change)
{
	struct engine *engine = arg;

	manager_trust_changed(engine->manager, change, engine_now(engine));
}

static void
names_changed(void *arg)
{
	engine_touch(arg);
}

/* ---- mudd -------------------------------------------------------------- */

static bool
on_peer(struct engine *engine, struct msg *msg)
{
	const struct record_worker *peer = MSG_BODY(msg, record_worker);
	int fd = msg_take_fd(msg, 0);
	struct stat what;

	/* Nothing else can be listened to. */
	if (fstat(fd, &what) < 0 || !S_ISSOCK(what.st_mode)) {
		(void)close(fd);
		return false;
	}
	if (peer->program == PROGRAM_WATCHER) {
		watching_begin(engine, fd);
		return true;
	}
	return jobs_peer(engine->jobs, peer, fd);
}

static bool
on_gone(struct engine *engine, const struct record_gone *gone)
{
	if (gone->program == PROGRAM_WATCHER)
		return true; /* its channel tells; mudd starts another */
	return jobs_gone(engine->jobs, gone);
}

static bool
on_log_opened(struct engine *engine, struct msg *msg)
{
	const struct record_empty listen = { 0 };
	int fd = msg_take_fd(msg, 0);

	if (engine->watcher == NULL) {
		(void)close(fd);
		return true;
	}
	drops_opened(engine->drops);
	channel_send(engine->watcher, RECORD_LOG_LISTEN, &listen, &fd, 1);
	return true;
}

static bool
tell_torn_down(struct engine *engine, const struct fault *why)
{
	if (engine->listener.torn_down != NULL)
		engine->listener.torn_down(engine->listener.arg, why);
	return true;
}

static bool
on_applied(struct engine *engine, const struct record_batch *applied)
{
	struct record_empty ready = { 0 };

	if (applied->batch == 0)
		return tell_torn_down(engine, NULL);
	if (!plan_applied(engine->plan, applied))
		return false;
	if (!engine->is_ready && plan_is_up(engine->plan)) {
		engine->is_ready = true;
		log_info("ready: the kernel holds what is known");
		channel_send(engine->mudd, RECORD_READY, &ready, NULL, 0);
	}
	return true;
}

static bool
on_denied(struct engine *engine, const struct record_denied *denied)
{
	if (denied->batch != 0)
		return plan_denied(engine->plan, denied, engine_now(engine));
	if (!fault_is_sound(&denied->why))
		return false;
	return tell_torn_down(engine, &denied->why);
}

static bool
mudd_record(void *arg, struct channel *ch, struct msg *msg)
{
	struct engine *engine = arg;
	struct record_empty pong = { 0 };
	bool good = false;

	switch ((int)msg->type) {
	case RECORD_PEER:
		good = on_peer(engine, msg);
		break;
	case RECORD_GONE:
		good = on_gone(engine, MSG_BODY(msg, record_gone));
		break;
	case RECORD_CAPTURED:
		good = captures_take(engine, msg);
		break;
	case RECORD_LOG_OPENED:
		return on_log_opened(engine, msg);
	case RECORD_APPLIED:
		good = on_applied(engine, MSG_BODY(msg, record_batch));
		break;
	case RECORD_DENIED:
		good = on_denied(engine, MSG_BODY(msg, record_denied));
		break;
	case RECORD_PATH:
		good = plan_path(engine->plan, MSG_BODY(msg, record_path));
		break;
	case RECORD_COUNTER:
		return counts_take(engine, MSG_BODY(msg, record_counter));
	case RECORD_COUNTERS_END:
		return counts_end(engine, MSG_BODY(msg, record_counted));
	case RECORD_TALLY:
		return tallies_take(engine, MSG_BODY(msg, record_tally));
	case RECORD_TALLIES_END:
		return tallies_end(engine, MSG_BODY(msg, record_tallied));
	case RECORD_WALK_STEP:
	case RECORD_WALK_END:
		return walks_record(engine, msg);
	case RECORD_CONDITION:
		return health_take(
		    &engine->health, MSG_BODY(msg, record_condition));
	case RECORD_TAMPERED:
		return tables_take(&engine->tables,
		    MSG_BODY(msg, record_tampered), engine_now(engine));
	case RECORD_PING:
		channel_send(ch, RECORD_PONG, &pong, NULL, 0);
		return true;
	default:
		break;
	}
	engine_touch(engine);
	return good;
}

/* mudd restarts us, and the tables stand meanwhile. */
static void
mudd_gone(void *arg, struct channel *ch, const char *reason)
{
	struct engine *engine = arg;

	(void)ch;
	log_info("mudd has gone: %s", reason);
	(void)event_base_loopbreak(engine->options.base);
}

void
engine_teardown(struct engine *engine)
{
	struct record_empty teardown = { 0 };

	channel_send(engine->mudd, RECORD_TEARDOWN, &teardown, NULL, 0);
}

void
engine_stop(struct engine *engine)
{
	(void)event_base_loopbreak(engine->options.base);
}

/* What it was quarantined under is read before the first batch is sent. */
static void
need_policy_of(void *arg, struct thing *thing)
{
	struct engine *engine = arg;

	if (modes_of(engine->options.config, thing) == CONFIG_QUARANTINE)
		(void)plan_policy_of(engine->plan, thing);
}

/* ---- beginning and end ------------------------------------------------- */

static struct trust *
make_trust(struct engine *engine)
{
	struct trust_options trust = {
		.state = engine->options.state,
		.jobs = engine->jobs,
		.materials = engine->options.materials,
		.changed = trust_changed,
		.arg = engine,
	};

	return trust_new(&trust);
}

static void
make_modules(struct engine *engine)
{
	const struct engine_options *options = &engine->options;
	struct manager_options manager = {
		.config = options->config,
		.state = options->state,
		.jobs = engine->jobs,
		.policies = &engine->policies,
		.materials = options->materials,
		.fetching = &engine->fetching,
		.trust = engine->trust,
		.changed = manager_changed,
		.arg = engine,
	};
	struct names_options names = {
		.sets = engine->sets,
		.jobs = engine->jobs,
		.state = options->state,
		.fetching = &engine->fetching,
		.changed = names_changed,
		.arg = engine,
	};
	struct plan_options plan = {
		.config = options->config,
		.mudd = engine->mudd,
		.lan = &engine->lan,
		.things = engine->things,
		.sets = engine->sets,
		.policies = &engine->policies,
	};

	engine->fetching = (struct fetching){
		.config = options->config,
		.lan = &engine->lan,
		.materials = options->materials,
	};
	engine->controllers = (struct controllers){
		.config = options->config,
		.lan = &engine->lan,
		.sets = engine->sets,
		.things = engine->things,
	};
	engine->manager = manager_new(&manager);
	engine->names = names_new(&names);
	plan.manager = engine->manager;
	engine->plan = plan_new(&plan);
	engine->sightings = (struct sightings){
		.config = options->config,
		.lan = &engine->lan,
		.things = engine->things,
		.manager = engine->manager,
		.state = options->state,
	};
	sightings_begin(&engine->sightings);
}

void
engine_listen(struct engine *engine, const struct engine_listener *listener)
{
	engine->listener = *listener;
}

struct engine *
engine_new(const struct engine_options *options)
{
	struct engine *engine = xcalloc(1, sizeof(*engine));

	engine->options = *options;
	events_start(options->clock, options->clock_arg);
	engine->started_at = engine_now(engine);
	engine->mudd = channel_new(options->base, options->mudd_fd,
	    PROGRAM_ENGINE, PROGRAM_MUDD, mudd_record, mudd_gone, engine);
	engine->turn = event_new(options->base, -1, 0, on_turn, engine);
	engine->timer = event_new(options->base, -1, 0, on_turn, engine);
	if (engine->turn == NULL || engine->timer == NULL)
		log_fatal("cannot make a timer");
	list_init(&engine->unsettled);
	lan_init(&engine->lan, options->config);
	engine->things = things_new(options->config->max_devices);
	engine->drops = drops_new(engine->things);
	engine->sets = sets_new();
	policies_init(&engine->policies, engine->sets);
	engine->jobs = jobs_new(options->base, engine->mudd);
	engine->trust = make_trust(engine);
	make_modules(engine);
	names_load(engine->names, engine->started_at);
	manager_load(engine->manager, engine->started_at);
	sightings_load(&engine->sightings, engine->started_at);
	things_each(engine->things, need_policy_of, engine);
	engine_touch(engine);
	return engine;
}

void
engine_free(struct engine *engine)
{
	if (engine == NULL)
		return;
	sightings_end(&engine->sightings);
	plan_free(engine->plan);
	names_free(engine->names);
	manager_free(engine->manager);
	trust_free(engine->trust);
	jobs_free(engine->jobs);
	policies_done(&engine->policies);
	sets_free(engine->sets);
	drops_free(engine->drops);
	things_free(engine->things);
	channel_free(engine->watcher);
	channel_free(engine->mudd);
	event_free(engine->turn);
	event_free(engine->timer);
	events_start(NULL, NULL);
	free(engine);
}
