/* Calls with many answers, and those who watch events by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

#include "engine/control/control.h"
#include "engine/control/monitor.h"
#include "engine/events.h"
#include "libmud/limits.h"
#include "tests/unit/callers.h"
#include "tests/unit/logged.h"

struct world {
	char dir[32];
	char path[64];
	struct event_base *base;
	struct control *control;
	struct monitor *monitor;
	struct control_call *call; /* that streams */
	int stirred;
	uid_t uid; /* whom the watchers are taken for */
	int64_t now;
};

/* ---- methods ------------------------------------------------------------- */

static void
method_echo(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	(void)arg;
	(void)uid;
	control_reply(call, json_incref(params));
}

static void
on_stirred(void *arg)
{
	struct world *world = arg;

	world->stirred++;
}

static void
method_stream(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct world *world = arg;

	(void)params;
	(void)uid;
	if (control_stream(call, on_stirred, world))
		world->call = call;
}

static void
method_monitor(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct world *world = arg;

	(void)params;
	(void)uid;
	monitor_add(world->monitor, call, world->uid);
}

static const struct control_method methods[] = {
	{ "Echo", false, method_echo },
	{ "Stream", false, method_stream },
	{ "Monitor", false, method_monitor },
};

#define MANAGER "{\"method\":\"org.mudd.Manager."
#define ECHO    MANAGER "Echo\"}"
#define ECHOED  "{\"parameters\":{}}"
#define STREAM  MANAGER "Stream\",\"more\":true}"
#define MONITOR MANAGER "Monitor\",\"more\":true}"
#define EVENT(name)                                                            \
	"{\"continues\":true,\"parameters\":{\"event\":\"" name                \
	"\",\"time\":\"1970-01-12T13:46:40Z\""
#define STARTED EVENT("monitor-started") "}}"
#define BUSY    "{\"error\":\"org.mudd.Manager.Busy\",\"parameters\":{}}"

/* ---- the two ends -------------------------------------------------------- */

static int64_t
clock_now(void *arg)
{
	return ((struct world *)arg)->now;
}

static int
set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	const struct control_options options = {
		.readers = (gid_t)-1,
		.admins = (gid_t)-1,
		.methods = methods,
		.n_methods = sizeof(methods) / sizeof(methods[0]),
		.version = "1.2.3",
		.arg = world,
		.idle_sec = 1,
	};
	int fd;

	assert_non_null(world);
	(void)snprintf(world->dir, sizeof(world->dir), "/tmp/monitor-XXXXXX");
	assert_non_null(mkdtemp(world->dir));
	(void)snprintf(world->path, sizeof(world->path), "%s/s", world->dir);
	fd = control_listen(world->path);
	assert_true(fd >= 0);
	world->now = 1000000;
	world->uid = 1;
	events_start(clock_now, world);
	world->base = event_base_new();
	world->control = control_new(world->base, fd, &options);
	world->monitor = monitor_new();
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	monitor_free(world->monitor);
	control_free(world->control);
	event_base_free(world->base);
	events_start(NULL, NULL);
	(void)unlink(world->path);
	(void)rmdir(world->dir);
	free(world);
	return 0;
}

static int
ask(struct world *world, const char *request)
{
	int fd = callers_dial(world->path);

	assert_true(fd >= 0);
	callers_say(fd, request, strlen(request) + 1);
	return fd;
}

/* ---- many answers -------------------------------------------------------- */

/* What the client asks next waits until the stream has ended. */
static void
sends_many_answers(void **state)
{
	struct world *world = *state;
	int fd = ask(world, STREAM);

	callers_say(fd, ECHO, sizeof(ECHO));
	callers_turn_for(world->base, 20);
	assert_non_null(world->call);
	for (int i = 1; i <= 3; i++) {
		assert_true(
		    control_continue(world->call, json_pack("{s:i}", "n", 7)));
		callers_expect(world->base, fd,
		    "{\"continues\":true,\"parameters\":{\"n\":7}}");
		callers_turn_for(world->base, 2);
		assert_int_equal(world->stirred, i);
	}
	assert_false(control_has_left(world->call));
	assert_true(control_continue(world->call, NULL));
	control_reply(world->call, json_pack("{s:i}", "n", 8));
	callers_expect(
	    world->base, fd, "{\"continues\":true,\"parameters\":{}}");
	callers_expect(world->base, fd, "{\"parameters\":{\"n\":8}}");
	callers_expect(world->base, fd, ECHOED);
	(void)close(fd);
}

static void
streams_nothing_to_oneway(void **state)
{
	struct world *world = *state;
	int fd = ask(world, MANAGER "Stream\",\"more\":true,\"oneway\":true}");

	callers_say(fd, ECHO, sizeof(ECHO));
	callers_expect(world->base, fd, ECHOED);
	assert_null(world->call);
	(void)close(fd);
}

/* Until it fits no more. */
static size_t
fill(struct world *world)
{
	char text[1024];
	size_t n = 0;

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	while (control_continue(world->call, json_pack("{s:s}", "a", text))) {
		callers_turn(world->base);
		n++;
	}
	return n;
}

/* Who takes nothing loses what follows, and is neither closed nor waited for
 * (S-82). */
static void
bounds_a_stream(void **state)
{
	struct world *world = *state;
	int slow = ask(world, STREAM), other;
	char text[8192];

	callers_turn_for(world->base, 20);
	assert_true(fill(world) >= LIMIT_STREAM / 1100);
	assert_int_equal(fill(world), 0);
	callers_turn_for(world->base, 1500);
	assert_int_equal(control_clients(world->control), 1);
	other = ask(world, ECHO);
	callers_expect(world->base, other, ECHOED);
	(void)close(other);
	world->stirred = 0;
	for (int i = 0; i < CALLERS_WAIT_MS && world->stirred == 0; i++) {
		while (recv(slow, text, sizeof(text), MSG_DONTWAIT) > 0)
			;
		callers_turn_for(world->base, 1);
	}
	assert_int_equal(world->stirred, 1);
	assert_true(control_continue(world->call, NULL));
	control_reply(world->call, NULL);
	(void)close(slow);
}

/* Larger than all that may wait: never. */
static void
bounds_an_answer(void **state)
{
	struct world *world = *state;
	char *text = malloc(LIMIT_STREAM + 1);
	int fd = ask(world, STREAM);

	assert_non_null(text);
	memset(text, 'x', LIMIT_STREAM);
	text[LIMIT_STREAM] = '\0';
	callers_turn_for(world->base, 20);
	assert_false(
	    control_continue(world->call, json_pack("{s:s}", "a", text)));
	control_reply(world->call, NULL);
	callers_expect(world->base, fd, ECHOED);
	free(text);
	(void)close(fd);
}

static void
says_when_a_client_leaves(void **state)
{
	struct world *world = *state;
	int fd = ask(world, STREAM);

	callers_turn_for(world->base, 20);
	assert_false(control_has_left(world->call));
	(void)close(fd);
	for (int i = 0; i < CALLERS_WAIT_MS && world->stirred == 0; i++)
		callers_turn_for(world->base, 1);
	assert_int_equal(world->stirred, 1);
	assert_true(control_has_left(world->call));
	assert_false(control_continue(world->call, NULL));
	control_reply(world->call, NULL);
	callers_turn(world->base);
}

/* ---- events -------------------------------------------------------------- */

static void
tells_events(void **state)
{
	struct world *world = *state;
	int fd = ask(world, MONITOR), other = ask(world, MONITOR);

	callers_expect(world->base, fd, STARTED);
	callers_expect(world->base, other, STARTED);
	events_tell(EVENT_LIMIT, NULL, "caf\xc3\xa9 \"x\"");
	callers_expect(world->base, fd,
	    EVENT("limit") ",\"detail\":\"caf\\u00E9 \\\"x\\\"\"}}");
	callers_expect(world->base, other,
	    EVENT("limit") ",\"detail\":\"caf\\u00E9 \\\"x\\\"\"}}");
	(void)close(other);
	callers_turn_for(world->base, 20);
	events_tell(EVENT_MOVED, NULL, "on");
	callers_expect(world->base, fd, EVENT("moved") ",\"detail\":\"on\"}}");
	/* The end is one to them as well. */
	monitor_free(world->monitor);
	world->monitor = NULL;
	callers_expect(world->base, fd, BUSY);
	(void)close(fd);
}

static void
needs_more(void **state)
{
	struct world *world = *state;
	int fd = ask(world, MANAGER "Monitor\"}");

	callers_expect(world->base, fd,
	    "{\"error\":\"org.varlink.service.ExpectedMore\","
	    "\"parameters\":{}}");
	(void)close(fd);
}

static size_t
tell_many(struct world *world, size_t n)
{
	char text[512];

	memset(text, 'y', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (size_t i = 0; i < n; i++) {
		world->now++;
		events_tell(EVENT_DROP, NULL, "%s", text);
		callers_turn(world->base);
	}
	return n;
}

/* How many events were there, and how many were said to be lost? */
static size_t
take_all(struct world *world, int fd, size_t *lost)
{
	size_t n = 0;

	*lost = 0;
	for (;;) {
		char *text = NULL, *gap;
		char byte;

		callers_turn_for(world->base, 20);
		if (recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) <= 0)
			return n;
		text = callers_listen(world->base, fd);
		assert_non_null(text);
		gap = strstr(text, "\"events-lost\"");
		if (gap != NULL) {
			gap = strstr(text, "\"count\":");
			assert_non_null(gap);
			*lost += strtoul(gap + strlen("\"count\":"), NULL, 10);
		} else if (strstr(text, "\"drop\"") != NULL) {
			n++;
		}
		free(text);
	}
}

/* Nothing is lost without being counted, and another loses nothing at all. */
static void
counts_what_a_slow_one_loses(void **state)
{
	struct world *world = *state;
	int slow = ask(world, MONITOR), quick = ask(world, MONITOR);
	size_t told, taken, lost, quick_lost, quick_taken;

	callers_turn_for(world->base, 20);
	logged_begin();
	quick_taken = 0;
	told = 0;
	for (int i = 0; i < 25; i++) {
		told += tell_many(world, 40);
		quick_taken += take_all(world, quick, &quick_lost);
		assert_int_equal(quick_lost, 0);
	}
	(void)logged_end();
	assert_int_equal(told, 1000);
	assert_int_equal(quick_taken, told);
	taken = take_all(world, slow, &lost);
	assert_true(lost > 0 && taken > 0);
	assert_int_equal(taken + lost, told);
	/* It hears again. */
	(void)tell_many(world, 1);
	assert_int_equal(take_all(world, slow, &lost), 1);
	assert_int_equal(lost, 0);
	(void)close(slow);
	(void)close(quick);
}

static void
bounds_the_watchers(void **state)
{
	struct world *world = *state;
	int fds[LIMIT_MONITORS + 1], n = 0;

	for (; n < LIMIT_MONITORS_UID; n++) {
		fds[n] = ask(world, MONITOR);
		callers_expect(world->base, fds[n], STARTED);
	}
	fds[n] = ask(world, MONITOR);
	callers_expect(world->base, fds[n], BUSY);
	(void)close(fds[n]);
	/* Root may have all that are left. */
	world->uid = 0;
	for (; n < LIMIT_MONITORS; n++) {
		fds[n] = ask(world, MONITOR);
		callers_expect(world->base, fds[n], STARTED);
	}
	fds[n] = ask(world, MONITOR);
	callers_expect(world->base, fds[n], BUSY);
	(void)close(fds[n]);
	/* One leaves, and another has its place. */
	(void)close(fds[0]);
	callers_turn_for(world->base, 20);
	fds[0] = ask(world, MONITOR);
	callers_expect(world->base, fds[0], STARTED);
	for (int i = 0; i < LIMIT_MONITORS; i++)
		(void)close(fds[i]);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sends_many_answers),
		TEST(streams_nothing_to_oneway),
		TEST(bounds_a_stream),
		TEST(bounds_an_answer),
		TEST(says_when_a_client_leaves),
		TEST(tells_events),
		TEST(needs_more),
		TEST(counts_what_a_slow_one_loses),
		TEST(bounds_the_watchers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
