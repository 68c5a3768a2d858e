/*
 * The scene.  Role: scenario tests.  The engine's own timer is taken out of
 * the loop as soon as it is set: the script's clock decides when it ends.
 */
#include "tests/scenario/scene.h"

#include <dirent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "engine/config.h"
#include "engine/state/state.h"
#include "libmud/mem.h"
#include "tests/scenario/fakemudd.h"
#include "tests/scenario/workers.h"

/* So many turns without a word mean that all has been said. */
#define IDLE_TURNS 3

/* ---- what happened ------------------------------------------------------ */

int64_t
scene_time(const struct scene *scene)
{
	return scene->now - SCENE_EPOCH;
}

bool
scene_fail(struct scene *scene, const char *fmt, ...)
{
	va_list args;

	if (scene->failed)
		return false;
	scene->failed = true;
	(void)fprintf(stderr, "%s:%d: ", scene->where, scene->line);
	va_start(args, fmt);
	(void)vfprintf(stderr, fmt, args);
	va_end(args);
	(void)fprintf(stderr, "\n");
	LIST_EACH(at, &scene->seen)
	{
		const struct seen *seen = LIST_ENTRY(at, struct seen, link);

		(void)fprintf(stderr, "  not expected yet, at %lld: %s\n",
		    (long long)seen->at, seen->text);
	}
	return false;
}

struct seen *
scene_see(struct scene *scene, const char *fmt, ...)
{
	struct seen *seen = NULL;
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		abort();
	va_end(args);
	LIST_EACH(at, &scene->ignored)
	if (seen_is(text, LIST_ENTRY(at, struct seen, link)->text)) {
		free(text);
		return NULL;
	}
	seen = seen_add(&scene->seen, scene_time(scene), text);
	free(text);
	return seen;
}

bool
scene_is_quiet(struct scene *scene)
{
	const struct seen *seen;

	if (list_is_empty(&scene->seen))
		return true;
	seen = LIST_ENTRY(scene->seen.next, struct seen, link);
	return scene_fail(scene, "nobody expected: %.60s", seen->text);
}

/* ---- time --------------------------------------------------------------- */

static int64_t
clock_now(void *arg)
{
	const struct scene *scene = arg;

	return scene->now;
}

/* When does the engine want to be woken?  Its timer runs in real seconds, of
 * which hardly any has passed since it was set. */
static void
take_timer(struct scene *scene)
{
	struct timeval due, now, left;

	if (event_pending(scene->engine->timer, EV_TIMEOUT, &due) == 0)
		return;
	(void)gettimeofday(&now, NULL);
	timersub(&due, &now, &left);
	scene->wake_at =
	    scene->now + left.tv_sec + (left.tv_usec >= 500000 ? 1 : 0);
	if (scene->wake_at <= scene->now)
		scene->wake_at = scene->now + 1;
	(void)event_del(scene->engine->timer);
}

static bool
watcher_turn(struct scene *scene)
{
	bool any = false;
	struct msg msg;

	while (far_receive(&scene->watcher, &msg)) {
		any = true;
		if (msg.type == RECORD_LOG_LISTEN)
			(void)scene_see(scene, "listen drops");
		else
			(void)scene_see(scene, "listen %u",
			    MSG_BODY(&msg, record_port)->ifindex);
		msg_close_fds(&msg);
	}
	return any;
}

void
scene_pump(struct scene *scene)
{
	for (int idle = 0; idle < IDLE_TURNS; idle++) {
		(void)event_base_loop(scene->base, EVLOOP_NONBLOCK);
		if (event_base_got_break(scene->base))
			scene->has_given_up = true;
		if (fakemudd_turn(scene))
			idle = 0;
		if (watcher_turn(scene))
			idle = 0;
		if (workers_turn(scene))
			idle = 0;
	}
	take_timer(scene);
}

void
scene_advance(struct scene *scene, int64_t to)
{
	while (!scene->failed && scene->engine != NULL &&
	       scene->wake_at <= SCENE_EPOCH + to) {
		scene->now = scene->wake_at;
		scene->wake_at = SCENE_NEVER;
		event_active(scene->engine->timer, EV_TIMEOUT, 0);
		scene_pump(scene);
	}
	scene->now = SCENE_EPOCH + to;
}

/* ---- beginning and end -------------------------------------------------- */

static bool
open_state(struct scene *scene)
{
	char path[sizeof(scene->dir) + 16];
	enum state_opened how;
	int error;

	(void)snprintf(path, sizeof(path), "%s/state.db", scene->dir);
	error = state_open(path, &scene->state, &how);
	if (error < 0)
		return scene_fail(scene, "state: %s", strerror(-error));
	if (how == STATE_SET_ASIDE)
		return scene_fail(scene, "the state was damaged");
	return true;
}

static bool
read_config(struct scene *scene)
{
	FILE *stream =
	    fmemopen(scene->config_text, strlen(scene->config_text), "r");
	char why[256];

	if (stream == NULL)
		return scene_fail(scene, "no configuration");
	scene->config = config_read(stream, "config", why, sizeof(why));
	(void)fclose(stream);
	if (scene->config == NULL)
		return scene_fail(scene, "%s", why);
	return true;
}

static struct material
make_nothing(void)
{
	return (struct material){ .fd = material_make("nothing", "", 0) };
}

bool
scene_start(struct scene *scene)
{
	struct engine_options options = {
		.base = scene->base,
		.materials = &scene->materials,
		.clock = clock_now,
		.clock_arg = scene,
	};

	if (!read_config(scene) || !open_state(scene))
		return false;
	options.config = scene->config;
	options.state = scene->state;
	options.mudd_fd = fakemudd_begin(scene);
	if (options.mudd_fd < 0)
		return scene_fail(scene, "no socket for mudd");
	scene->wake_at = SCENE_NEVER;
	scene->engine = engine_new(&options);
	scene_pump(scene);
	return !scene->failed;
}

void
scene_stop(struct scene *scene)
{
	if (scene->engine != NULL) {
		engine_free(scene->engine);
		fakemudd_end(scene);
	}
	scene->engine = NULL;
	workers_stop_all(scene);
	far_close(&scene->watcher);
	state_close(scene->state);
	scene->state = NULL;
	config_free(scene->config);
	scene->config = NULL;
}

bool
scene_begin(struct scene *scene)
{
	const char *tmp = getenv("TMPDIR");

	scene->now = SCENE_EPOCH;
	scene->wake_at = SCENE_NEVER;
	scene->watcher.fd = scene->mudd.far.fd = -1;
	list_init(&scene->workers);
	list_init(&scene->seen);
	list_init(&scene->ignored);
	makers_init(&scene->makers);
	scene->config_text = xstrdup("");
	scene->materials.anchors = make_nothing();
	scene->materials.roots = make_nothing();
	scene->materials.pending = make_nothing();
	scene->materials.quarantine = make_nothing();
	scene->materials.unknown = make_nothing();
	scene->materials.nothing = make_nothing();
	scene->materials.device_anchors = make_nothing();
	scene->base = event_base_new();
	(void)snprintf(scene->dir, sizeof(scene->dir), "%.32s/scenario.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	if (scene->base == NULL || mkdtemp(scene->dir) == NULL)
		return scene_fail(scene, "cannot make %s", scene->dir);
	return true;
}

static void
remove_state(const struct scene *scene)
{
	DIR *dir = opendir(scene->dir);
	const struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		(void)closedir(dir);
	(void)rmdir(scene->dir);
}

void
scene_end(struct scene *scene)
{
	scene_stop(scene);
	seen_free_all(&scene->seen);
	seen_free_all(&scene->ignored);
	makers_done(&scene->makers);
	materials_done(&scene->materials);
	free(scene->config_text);
	if (scene->base != NULL)
		event_base_free(scene->base);
	remove_state(scene);
}
