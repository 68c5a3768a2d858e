/* The control socket: requests, rights, limits, and clients that misbehave. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "engine/control/control.h"
#include "libmud/limits.h"
#include "tests/unit/callers.h"

#define READERS  64001
#define ADMINS   64002
#define STRANGER 64003

struct world {
	char dir[32];
	char path[64];
	struct event_base *base;
	struct control *control;
	struct control_call *later; /* a call that waits */
	uid_t asked_by;
	int calls;
};

/* ---- methods ---- */

static void
method_echo(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct world *world = arg;

	world->asked_by = uid;
	world->calls++;
	control_reply(call, json_incref(params));
}

static void
method_later(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct world *world = arg;

	(void)params;
	(void)uid;
	world->calls++;
	world->later = call;
}

static void
method_missing(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	(void)arg;
	(void)params;
	(void)uid;
	control_error(
	    call, CONTROL_NOT_FOUND, json_pack("{s:s}", "what", "caf\xc3\xa9"));
}

/* An answer of just the largest size, or one byte more. */
static void
method_large(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	const char frame[] = "{\"parameters\":{\"a\":\"\"}}";
	size_t len =
	    LIMIT_REPLY - sizeof(frame) +
	    (size_t)json_integer_value(json_object_get(params, "more"));
	char *text = malloc(len + 1);

	(void)arg;
	(void)uid;
	assert_non_null(text);
	memset(text, 'x', len);
	text[len] = '\0';
	control_reply(call, json_pack("{s:s}", "a", text));
	free(text);
}

/* Nobody here asks for more. */
static void
method_stream(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	(void)params;
	(void)uid;
	assert_false(control_stream(call, NULL, arg));
}

static const struct control_method methods[] = {
	{ "Echo", false, method_echo },
	{ "Later", false, method_later },
	{ "Missing", false, method_missing },
	{ "Large", false, method_large },
	{ "Change", true, method_echo },
	{ "Certify", true, method_echo },
	{ "Stream", false, method_stream },
};

/* ---- the two ends ---- */

static int
set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	const struct control_options options = {
		.readers = READERS,
		.admins = ADMINS,
		.methods = methods,
		.n_methods = sizeof(methods) / sizeof(methods[0]),
		.large = "Certify",
		.version = "1.2.3",
		.arg = world,
		.idle_sec = 1,
	};
	int fd;

	assert_non_null(world);
	(void)snprintf(world->dir, sizeof(world->dir), "/tmp/control-XXXXXX");
	assert_non_null(mkdtemp(world->dir));
	assert_int_equal(chmod(world->dir, 0755), 0);
	(void)snprintf(world->path, sizeof(world->path), "%s/s", world->dir);
	fd = control_listen(world->path);
	assert_true(fd >= 0);
	world->base = event_base_new();
	world->control = control_new(world->base, fd, &options);
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	control_free(world->control);
	event_base_free(world->base);
	(void)unlink(world->path);
	(void)rmdir(world->dir);
	free(world);
	return 0;
}

#define ECHO    "{\"method\":\"org.mudd.Manager.Echo\",\"parameters\":{\"a\":1}}"
#define ECHOED  "{\"parameters\":{\"a\":1}}"
#define LATER   "{\"method\":\"org.mudd.Manager.Later\"}"
#define TEXT(s) (s), sizeof(s) - 1

/* ---- one request, one answer ---- */

static const struct {
	const char *text;
	size_t len;
	const char *answer; /* NULL: the connection is closed */
} cases[] = {
	{ TEXT(ECHO "\0"), ECHOED },
	{ TEXT("{\"method\":\"org.mudd.Manager.Echo\"}\0"),
	    "{\"parameters\":{}}" },
	{ TEXT("{\"method\":\"org.mudd.Manager.Echo\",\"more\":true,"
	       "\"oneway\":false,\"parameters\":null}\0"),
	    "{\"parameters\":{}}" },
	{ TEXT("{\"method\":\"org.mudd.Manager.Change\"}\0"),
	    "{\"parameters\":{}}" },
	{ TEXT("{\"method\":\"org.mudd.Manager.Stream\"}\0"),
	    "{\"error\":\"org.varlink.service.ExpectedMore\","
	    "\"parameters\":{}}" },
	{ TEXT("{\"method\":\"org.mudd.Manager.Missing\"}\0"),
	    "{\"error\":\"org.mudd.Manager.NotFound\","
	    "\"parameters\":{\"what\":\"caf\\u00E9\"}}" },
	{ TEXT("{\"method\":\"org.mudd.Manager.Nothing\"}\0"),
	    "{\"error\":\"org.varlink.service.MethodNotFound\","
	    "\"parameters\":{\"method\":\"Nothing\"}}" },
	{ TEXT("{\"method\":\"org.mudd.Other.Echo\"}\0"),
	    "{\"error\":\"org.varlink.service.InterfaceNotFound\","
	    "\"parameters\":{\"interface\":\"org.mudd.Other\"}}" },
	{ TEXT("{\"method\":\"org.mudd.Manager.Echo\",\"upgrade\":true}\0"),
	    "{\"error\":\"org.varlink.service.InvalidParameter\","
	    "\"parameters\":{\"parameter\":\"upgrade\"}}" },
	{ TEXT("{\"method\":\"org.varlink.service.GetNothing\"}\0"),
	    "{\"error\":\"org.varlink.service.MethodNotFound\","
	    "\"parameters\":{\"method\":\"GetNothing\"}}" },
	{ TEXT("{\"method\":\"org.varlink.service.GetInterfaceDescription\"}"
	       "\0"),
	    "{\"error\":\"org.varlink.service.InvalidParameter\","
	    "\"parameters\":{\"parameter\":\"interface\"}}" },
	{ TEXT("{\"method\":\"org.varlink.service.GetInterfaceDescription\","
	       "\"parameters\":{\"interface\":\"a.b\"}}\0"),
	    "{\"error\":\"org.varlink.service.InterfaceNotFound\","
	    "\"parameters\":{\"interface\":\"a.b\"}}" },
	{ TEXT("{\"method\":\"org.varlink.service.GetInfo\"}\0"),
	    "{\"parameters\":{\"vendor\":\"mudd\",\"product\":\"mudd, a MUD "
	    "manager (RFC 8520)\",\"version\":\"1.2.3\",\"url\":\"\","
	    "\"interfaces\":[\"org.varlink.service\",\"org.mudd.Manager\"]}}" },
	{ TEXT("\0"), NULL },
	{ TEXT("hello\0"), NULL },
	{ TEXT("[]\0"), NULL },
	{ TEXT("{}\0"), NULL },
	{ TEXT("{\"method\":1}\0"), NULL },
	{ TEXT("{\"method\":\"Echo\"}\0"), NULL },
	{ TEXT("{\"method\":\".Echo\"}\0"), NULL },
	{ TEXT("{\"method\":\"org.mudd.Manager.\"}\0"), NULL },
	{ TEXT("{\"method\":\"org.mudd.Manager.Echo\",\"parameters\":[]}\0"),
	    NULL },
	{ TEXT("{\"method\":\"org.mudd.Manager.Echo\",\"more\":1}\0"), NULL },
	{ TEXT("{\"method\":\"org.mudd.Manager.Echo\",\"oneway\":\"\"}\0"),
	    NULL },
	{ TEXT("{\"method\":\"org.mudd.Manager.Echo\",\"upgrade\":{}}\0"),
	    NULL },
	{ TEXT("{\"method\":\"a.Echo\",\"method\":\"org.mudd.Manager.Echo\"}"
	       "\0"),
	    NULL },
	{ TEXT("{\"method\":\"org.mudd.Manager.Echo\"} x\0"), NULL },
	{ TEXT("{\"method\":\"org.mudd.Manager.Echo\",\"parameters\":{\"a\":"
	       "\"\xff\"}}\0"),
	    NULL },
};

static void
answers_or_closes(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int fd = callers_dial(world->path);
		char *text;

		assert_true(fd >= 0);
		callers_say(fd, cases[i].text, cases[i].len);
		text = callers_listen(world->base, fd);
		if ((text == NULL) != (cases[i].answer == NULL) ||
		    (text != NULL && strcmp(text, cases[i].answer) != 0))
			fail_msg("%s\ngives %s", cases[i].text,
			    text == NULL ? "-" : text);
		free(text);
		(void)close(fd);
		callers_turn(world->base);
	}
	assert_int_equal(control_clients(world->control), 0);
}

static void
describes_itself(void **state)
{
	const char ask[] = "{\"method\":\"org.varlink.service."
			   "GetInterfaceDescription\",\"parameters\":"
			   "{\"interface\":\"org.%s\"}}";
	struct world *world = *state;
	int fd = callers_dial(world->path);
	char text[256], *answer;
	int n;

	n = snprintf(text, sizeof(text), ask, "mudd.Manager");
	callers_say(fd, text, (size_t)n + 1);
	answer = callers_listen(world->base, fd);
	assert_non_null(answer);
	assert_non_null(strstr(answer, "interface org.mudd.Manager\\n"));
	assert_non_null(strstr(answer, "method Approve("));
	free(answer);
	n = snprintf(text, sizeof(text), ask, "varlink.service");
	callers_say(fd, text, (size_t)n + 1);
	answer = callers_listen(world->base, fd);
	assert_non_null(strstr(answer, "method GetInfo()"));
	free(answer);
	(void)close(fd);
}

/* ---- order, parts, oneway ---- */

static void
takes_a_request_in_parts(void **state)
{
	struct world *world = *state;
	int fd = callers_dial(world->path);

	for (size_t i = 0; i < sizeof(ECHO); i++) {
		callers_say(fd, &ECHO[i], 1);
		callers_turn(world->base);
	}
	callers_expect(world->base, fd, ECHOED);
	(void)close(fd);
}

static void
answers_in_order(void **state)
{
	const char both[] = LATER "\0" ECHO "\0" ECHO;
	struct world *world = *state;
	int fd = callers_dial(world->path);

	callers_say(fd, both, sizeof(both));
	callers_turn_for(world->base, 20);
	assert_int_equal(world->calls, 1);
	assert_non_null(world->later);
	control_reply(world->later, json_pack("{s:i}", "b", 2));
	callers_expect(world->base, fd, "{\"parameters\":{\"b\":2}}");
	callers_turn_for(world->base, 20);
	assert_int_equal(world->calls, 3);
	(void)close(fd);
}

static void
answers_nothing_to_oneway(void **state)
{
	const char both[] = "{\"method\":\"org.mudd.Manager.Echo\","
			    "\"oneway\":true}\0"
			    "{\"method\":\"org.mudd.Manager.No\","
			    "\"oneway\":true}\0" ECHO;
	struct world *world = *state;
	int fd = callers_dial(world->path);

	callers_say(fd, both, sizeof(both));
	callers_expect(world->base, fd, ECHOED);
	assert_int_equal(world->calls, 2);
	(void)close(fd);
}

static void
answers_who_only_listens(void **state)
{
	struct world *world = *state;
	int fd = callers_dial(world->path);

	callers_say(fd, LATER, sizeof(LATER));
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	callers_turn_for(world->base, 20);
	assert_int_equal(control_clients(world->control), 1);
	control_reply(world->later, NULL);
	callers_expect(world->base, fd, "{\"parameters\":{}}");
	callers_turn_for(world->base, 5);
	assert_int_equal(control_clients(world->control), 0);
	(void)close(fd);
}

/* ---- calls that outlive their client ---- */

static void
keeps_a_call_whose_client_left(void **state)
{
	struct world *world = *state;
	int fd = callers_dial(world->path);

	callers_say(fd, LATER, sizeof(LATER));
	callers_turn_for(world->base, 20);
	assert_non_null(world->later);
	(void)close(fd);
	callers_turn_for(world->base, 20);
	assert_int_equal(control_clients(world->control), 0);
	control_reply(world->later, json_pack("{s:i}", "b", 2));
	callers_turn(world->base);
}

static void
keeps_a_call_when_all_is_gone(void **state)
{
	struct world *world = *state;
	int fd = callers_dial(world->path);

	callers_say(fd, LATER, sizeof(LATER));
	callers_turn_for(world->base, 20);
	control_free(world->control);
	world->control = NULL;
	control_error(world->later, CONTROL_NOT_POSSIBLE, NULL);
	(void)close(fd);
}

static void
bounds_the_calls_that_wait(void **state)
{
	struct world *world = *state;
	struct control_call *waiting[4 * LIMIT_CLIENTS];
	const size_t n = sizeof(waiting) / sizeof(waiting[0]);
	int fd;

	for (size_t i = 0; i < n; i++) {
		fd = callers_dial(world->path);
		callers_say(fd, LATER, sizeof(LATER));
		world->later = NULL;
		callers_turn_for(world->base, 5);
		assert_non_null(world->later);
		waiting[i] = world->later;
		(void)close(fd);
		callers_turn_for(world->base, 5);
	}
	fd = callers_dial(world->path);
	callers_say(fd, ECHO, sizeof(ECHO));
	callers_expect(world->base, fd,
	    "{\"error\":\"org.mudd.Manager.Busy\",\"parameters\":{}}");
	for (size_t i = 0; i < n; i++)
		control_reply(waiting[i], NULL);
	callers_say(fd, ECHO, sizeof(ECHO));
	callers_expect(world->base, fd, ECHOED);
	(void)close(fd);
}

/* ---- limits ---- */

static void
closes_on_too_long_a_request(void **state)
{
	struct world *world = *state;
	char text[LIMIT_REQUEST + 1];
	int fd = callers_dial(world->path), other = callers_dial(world->path);

	/* The longest that may be: blanks count, and so does the NUL. */
	memset(text, ' ', sizeof(text));
	memcpy(text, ECHO, sizeof(ECHO) - 1);
	text[LIMIT_REQUEST - 1] = '\0';
	callers_say(fd, text, LIMIT_REQUEST);
	callers_expect(world->base, fd, ECHOED);
	text[LIMIT_REQUEST - 1] = ' ';
	text[LIMIT_REQUEST] = '\0';
	callers_say(fd, text, sizeof(text));
	assert_null(callers_listen(world->base, fd));
	(void)close(fd);
	/* And nobody else has felt it. */
	callers_say(other, ECHO, sizeof(ECHO));
	callers_expect(world->base, other, ECHOED);
	(void)close(other);
}

/* S-82: what carries a certificate may be longer, and is bounded as well. */
static void
bounds_what_carries_a_certificate(void **state)
{
	static const char certify[] =
	    "{\"method\":\"org.mudd.Manager.Certify\"}";
	struct world *world = *state;
	char text[LIMIT_REQUEST_CERTIFICATE];
	int fd = callers_dial(world->path);

	memset(text, ' ', sizeof(text));
	memcpy(text, certify, sizeof(certify) - 1);
	text[sizeof(text) - 1] = '\0';
	callers_say(fd, text, sizeof(text));
	callers_expect(world->base, fd, "{\"parameters\":{}}");
	text[sizeof(text) - 1] = ' ';
	callers_say(fd, text, sizeof(text));
	assert_null(callers_listen(world->base, fd));
	(void)close(fd);
}

static void
closes_on_too_much_behind_a_call(void **state)
{
	struct world *world = *state;
	char text[LIMIT_REQUEST_CERTIFICATE];
	int fd = callers_dial(world->path);

	callers_say(fd, LATER, sizeof(LATER));
	callers_turn_for(world->base, 20);
	memset(text, ' ', sizeof(text));
	callers_say(fd, text, sizeof(text));
	assert_null(callers_listen(world->base, fd));
	control_reply(world->later, NULL);
	(void)close(fd);
}

static void
bounds_the_parameters(void **state)
{
	struct world *world = *state;

	for (int n = 32; n <= 33; n++) {
		char text[1024];
		size_t used = (size_t)snprintf(text, sizeof(text),
		    "{\"method\":\"org.mudd.Manager.Echo\",\"parameters\":{");
		int fd = callers_dial(world->path);
		char *answer;

		for (int i = 0; i < n; i++)
			used +=
			    (size_t)snprintf(text + used, sizeof(text) - used,
				"%s\"%d\":1", i == 0 ? "" : ",", i);
		used +=
		    (size_t)snprintf(text + used, sizeof(text) - used, "}}");
		callers_say(fd, text, used + 1);
		answer = callers_listen(world->base, fd);
		assert_int_equal(answer != NULL, n == 32);
		free(answer);
		(void)close(fd);
	}
}

static void
bounds_the_answer(void **state)
{
	const char fits[] = "{\"method\":\"org.mudd.Manager.Large\"}";
	const char does_not[] = "{\"method\":\"org.mudd.Manager.Large\","
				"\"parameters\":{\"more\":1}}";
	struct world *world = *state;
	int fd = callers_dial(world->path);
	char *answer;

	callers_say(fd, fits, sizeof(fits));
	answer = callers_listen(world->base, fd);
	assert_non_null(answer);
	assert_int_equal(strlen(answer) + 1, LIMIT_REPLY);
	free(answer);
	callers_say(fd, does_not, sizeof(does_not));
	callers_expect(world->base, fd,
	    "{\"error\":\"org.mudd.Manager.NotPossible\",\"parameters\":"
	    "{\"reason\":\"the answer is too long\"}}");
	(void)close(fd);
}

/* It takes nothing of a large answer, and is closed; others are served. */
static void
closes_a_slow_reader(void **state)
{
	const char ask[] = "{\"method\":\"org.mudd.Manager.Large\"}";
	struct world *world = *state;
	int slow = callers_dial(world->path), other = callers_dial(world->path);

	callers_say(slow, ask, sizeof(ask));
	callers_turn_for(world->base, 100);
	callers_say(other, ECHO, sizeof(ECHO));
	callers_expect(world->base, other, ECHOED);
	(void)close(other);
	callers_turn_for(world->base, 1500);
	assert_int_equal(control_clients(world->control), 0);
	(void)close(slow);
}

/* A byte now and then does not keep the door open. */
static void
closes_who_trickles_or_is_idle(void **state)
{
	struct world *world = *state;
	int idle = callers_dial(world->path), slow = callers_dial(world->path);

	for (int i = 0; i < 6; i++) {
		(void)send(slow, "{", 1, MSG_NOSIGNAL);
		callers_turn_for(world->base, 250);
	}
	assert_int_equal(control_clients(world->control), 0);
	(void)close(idle);
	(void)close(slow);
}

static void
waits_for_us_without_a_clock(void **state)
{
	struct world *world = *state;
	int fd = callers_dial(world->path);

	callers_say(fd, LATER, sizeof(LATER));
	callers_turn_for(world->base, 1500);
	control_reply(world->later, NULL);
	callers_expect(world->base, fd, "{\"parameters\":{}}");
	(void)close(fd);
}

static void
flushes_before_the_end(void **state)
{
	const char ask[] = "{\"method\":\"org.mudd.Manager.Later\"}";
	struct world *world = *state;
	int fd = callers_dial(world->path);
	char text[64] = "";

	callers_say(fd, ask, sizeof(ask));
	callers_turn_for(world->base, 20);
	control_reply(world->later, NULL);
	control_flush(world->control, 100);
	control_free(world->control);
	world->control = NULL;
	assert_true(recv(fd, text, sizeof(text), MSG_DONTWAIT) > 0);
	assert_string_equal(text, "{\"parameters\":{}}");
	(void)close(fd);
}

/* ---- who may ---- */

struct person {
	uid_t uid;
	gid_t gid;
	gid_t extra; /* one group more, or 0 */
	const char *reads, *changes;
};

#define DENIED(needs)                                                          \
	"{\"error\":\"org.mudd.Manager.PermissionDenied\",\"parameters\":"     \
	"{\"needs\":\"" needs "\"}}"

static const struct person persons[] = {
	{ 0, 0, 0, ECHOED, ECHOED },
	{ STRANGER, READERS, 0, ECHOED, DENIED("group mudd-admin") },
	{ STRANGER, STRANGER, READERS, ECHOED, DENIED("group mudd-admin") },
	{ STRANGER, ADMINS, 0, ECHOED, ECHOED },
	{ STRANGER, STRANGER, ADMINS, ECHOED, ECHOED },
	{ STRANGER, STRANGER, 0, DENIED("group mudd or mudd-admin"),
	    DENIED("group mudd or mudd-admin") },
	{ STRANGER, 0, 0, DENIED("group mudd or mudd-admin"),
	    DENIED("group mudd or mudd-admin") },
};

/* The other end, as somebody else. Ends with 0 if the answer is right. */
static void
ask_as(const struct person *person, const char *path, const char *ask,
    const char *answer)
{
	char text[512] = "";
	size_t len = 0;
	int fd;

	if (setgroups(person->extra == 0 ? 0 : 1, &person->extra) != 0 ||
	    setgid(person->gid) != 0 || setuid(person->uid) != 0)
		_exit(2);
	fd = callers_dial(path);
	if (fd < 0)
		_exit(3);
	(void)send(fd, ask, strlen(ask) + 1, MSG_NOSIGNAL);
	while (len < sizeof(text) - 1 && (len == 0 || text[len - 1] != '\0')) {
		ssize_t n = recv(fd, text + len, sizeof(text) - 1 - len, 0);

		if (n <= 0)
			break;
		len += (size_t)n;
	}
	if (strcmp(text, answer) != 0)
		(void)fprintf(stderr, "uid %u: %s\n", person->uid, text);
	_exit(strcmp(text, answer) == 0 ? 0 : 1);
}

static void
expect_as(struct world *world, const struct person *person, const char *ask,
    const char *answer)
{
	int status = -1;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		ask_as(person, world->path, ask, answer);
	for (int i = 0;
	     i < CALLERS_WAIT_MS && waitpid(child, &status, WNOHANG) == 0; i++)
		callers_turn_for(world->base, 1);
	assert_int_equal(status, 0);
}

static void
judges_by_credentials(void **state)
{
	const char change[] = "{\"method\":\"org.mudd.Manager.Change\","
			      "\"parameters\":{\"a\":1}}";
	struct world *world = *state;

	if (geteuid() != 0)
		fail_msg("this test changes users and needs root");
	for (size_t i = 0; i < sizeof(persons) / sizeof(persons[0]); i++) {
		int calls = world->calls;

		expect_as(world, &persons[i], ECHO, persons[i].reads);
		expect_as(world, &persons[i], change, persons[i].changes);
		assert_int_equal(world->calls - calls,
		    (strcmp(persons[i].reads, ECHOED) == 0) +
			(strcmp(persons[i].changes, ECHOED) == 0));
		if (world->calls > calls)
			assert_int_equal(world->asked_by, persons[i].uid);
	}
}

/* Connects n times as uid, and says over the pipe how many got an answer. */
static void
crowd(const char *path, uid_t uid, int n, int to)
{
	int fds[64], served = 0;

	/* Also when the test fails. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (setgid(READERS) != 0 || setuid(uid) != 0)
		_exit(2);
	for (int i = 0; i < n; i++) {
		fds[i] = callers_dial(path);
		(void)send(fds[i], ECHO, sizeof(ECHO), MSG_NOSIGNAL);
	}
	for (int i = 0; i < n; i++) {
		char text[128] = "";

		(void)recv(fds[i], text, sizeof(text) - 1, 0);
		if (strcmp(text, ECHOED) == 0)
			served++;
	}
	(void)!write(to, &served, sizeof(served));
	(void)pause();
}

static int
served_of(struct world *world, int from)
{
	struct pollfd at = { .fd = from, .events = POLLIN };
	int served = -1;

	for (int i = 0; i < CALLERS_WAIT_MS && poll(&at, 1, 0) == 0; i++)
		callers_turn_for(world->base, 1);
	assert_int_equal(poll(&at, 1, 0), 1);
	assert_int_equal(read(from, &served, sizeof(served)), sizeof(served));
	return served;
}

/* LIMIT_CLIENTS_UID each, LIMIT_CLIENTS in all, and root gets in. */
static void
bounds_the_crowd(void **state)
{
	static const int expected[] = { LIMIT_CLIENTS_UID,
		LIMIT_CLIENTS - 4 - LIMIT_CLIENTS_UID, 0 };
	struct world *world = *state;
	pid_t children[3];
	int pipes[2], fd;

	assert_int_equal(pipe(pipes), 0);
	for (uid_t i = 0; i < 3; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0)
			crowd(world->path, STRANGER + i, 12, pipes[1]);
		assert_int_equal(served_of(world, pipes[0]), expected[i]);
	}
	assert_int_equal(control_clients(world->control), LIMIT_CLIENTS - 4);
	fd = callers_dial(world->path);
	callers_say(fd, ECHO, sizeof(ECHO));
	callers_expect(world->base, fd, ECHOED);
	(void)close(fd);
	for (size_t i = 0; i < 3; i++) {
		(void)kill(children[i], SIGKILL);
		(void)waitpid(children[i], NULL, 0);
	}
	callers_turn_for(world->base, 20);
	assert_int_equal(control_clients(world->control), 0);
	(void)close(pipes[0]);
	(void)close(pipes[1]);
}

/* ---- the socket itself ---- */

static void
makes_its_socket(void **state)
{
	struct world *world = *state;
	char long_path[200];
	struct stat found;
	FILE *file;
	int fd;

	assert_int_equal(lstat(world->path, &found), 0);
	assert_int_equal(found.st_mode & 07777, 0666);
	/* Somebody listens there. */
	assert_int_equal(control_listen(world->path), -EADDRINUSE);
	/* Nobody does any more. */
	control_free(world->control);
	world->control = NULL;
	fd = control_listen(world->path);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	(void)close(fd);
	/* Not a socket: not ours to remove. */
	(void)unlink(world->path);
	file = fopen(world->path, "w");
	assert_non_null(file);
	(void)fclose(file);
	assert_int_equal(control_listen(world->path), -EADDRINUSE);
	memset(long_path, 'a', sizeof(long_path));
	long_path[sizeof(long_path) - 1] = '\0';
	assert_int_equal(control_listen(long_path), -ENAMETOOLONG);
	assert_int_equal(control_listen("/nonexistent/s"), -ENOENT);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_or_closes),
		TEST(describes_itself),
		TEST(takes_a_request_in_parts),
		TEST(answers_in_order),
		TEST(answers_nothing_to_oneway),
		TEST(answers_who_only_listens),
		TEST(keeps_a_call_whose_client_left),
		TEST(keeps_a_call_when_all_is_gone),
		TEST(bounds_the_calls_that_wait),
		TEST(closes_on_too_long_a_request),
		TEST(bounds_what_carries_a_certificate),
		TEST(closes_on_too_much_behind_a_call),
		TEST(bounds_the_parameters),
		TEST(bounds_the_answer),
		TEST(closes_a_slow_reader),
		TEST(closes_who_trickles_or_is_idle),
		TEST(waits_for_us_without_a_clock),
		TEST(flushes_before_the_end),
		TEST(judges_by_credentials),
		TEST(bounds_the_crowd),
		TEST(makes_its_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
