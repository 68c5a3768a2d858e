/*
 * The control socket as somebody sees it who may only read.  Role: fuzzing.
 */
#include "tests/fuzz/readonly.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/control/commands.h"
#include "tests/scenario/scene.h"

#define NOBODY 65534

static const struct {
	const char *name;
	bool changes;
	bool has_id, has_digest, has_device;
} methods[] = {
	{ "Status", false, false, false, false },
	{ "Health", false, false, false, false },
	{ "Devices", false, false, false, false },
	{ "Device", false, false, false, true },
	{ "Pending", false, false, false, false },
	{ "PendingShow", false, true, false, false },
	{ "Approve", true, true, true, false },
	{ "Reject", true, true, false, false },
	{ "Teardown", true, false, false, false },
	{ "DeviceAssign", true, false, false, true },
	{ "DeviceMode", true, false, false, true },
	{ "PolicyRefresh", true, false, false, false },
	{ "Trust", false, false, false, false },
	{ "TrustAdd", true, false, false, false },
	{ "TrustRemove", true, true, false, false },
	{ "TrustDistrust", true, false, false, false },
	{ "TrustRestore", true, false, false, false },
	{ "Policies", false, false, false, false },
	{ "PolicyShow", false, false, false, false },
	{ "Explain", false, false, false, true },
	{ "Drops", false, false, false, false },
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* The kernel says of a client what it was when it connected. */
static int
connect_as_nobody(const struct sockaddr_un *to, socklen_t size)
{
	const bool is_root = geteuid() == 0;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	must(fd >= 0);
	must(!is_root || seteuid(NOBODY) == 0);
	must(connect(fd, (const struct sockaddr *)to, size) == 0);
	must(!is_root || seteuid(0) == 0);
	return fd;
}

void
readonly_begin(struct readonly *reader, struct scene *scene)
{
	const sa_family_t family = AF_UNIX;
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct commands_options options = {
		.engine = scene->engine,
		.readers = getegid(),
		.admins = (gid_t)-1,
	};
	socklen_t size = sizeof(at);

	/* The kernel picks an abstract name. */
	options.control_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	must(options.control_fd >= 0 &&
	     bind(options.control_fd, (const struct sockaddr *)&at,
		 sizeof(family)) == 0 &&
	     listen(options.control_fd, 1) == 0 &&
	     getsockname(options.control_fd, (struct sockaddr *)&at, &size) ==
		 0);
	reader->len = reader->n_asked = 0;
	reader->commands = commands_new(&options);
	reader->fd = connect_as_nobody(&at, size);
	scene_pump(scene);
}

void
readonly_end(struct readonly *reader)
{
	commands_free(reader->commands);
	(void)close(reader->fd);
}

/* What it would take to approve the first file that waits. */
static void
find_pending(const struct scene *scene, const char **id, char digest[65])
{
	LIST_EACH(at, manager_all(scene->engine->manager))
	{
		const struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);

		*id = mud->id;
		if (mud->candidate == NULL)
			continue;
		for (size_t i = 0; i < 32; i++)
			(void)snprintf(digest + 2 * i, 3, "%02x",
			    mud->candidate->digest[i]);
		return;
	}
}

/* Further parameters, behind those of the table. */
static const char *
more_of(const char *method)
{
	if (strcmp(method, "PolicyShow") == 0)
		return "\"mud_url\":\"pending.json\"";
	if (strcmp(method, "Explain") == 0)
		return ",\"direction\":\"from\",\"protocol\":6,"
		       "\"dst_port\":443,\"host\":\"198.51.100.1\"";
	return "";
}

static int
write_request(const struct scene *scene, size_t which, char *text, size_t size)
{
	char digest[65] = "0123456789abcdef0123456789abcdef";
	const char *id = "none";

	find_pending(scene, &id, digest);
	return snprintf(text, size,
	    "{\"method\":\"org.mudd.Manager.%s\",\"parameters\":{%s%s%s%s%s%s"
	    "%s%s%s%s}}",
	    methods[which].name, methods[which].has_id ? "\"id\":\"" : "",
	    methods[which].has_id ? id : "", methods[which].has_id ? "\"" : "",
	    methods[which].has_digest ? ",\"digest\":\"" : "",
	    methods[which].has_digest ? digest : "",
	    methods[which].has_digest ? "\"" : "",
	    methods[which].has_device ? "\"device\":\"" : "",
	    methods[which].has_device ? "02:00:00:00:01:00" : "",
	    methods[which].has_device ? "\"" : "",
	    more_of(methods[which].name));
}

/* The engine waits for mudd's counters before it answers some. */
static void
count(struct scene *scene)
{
	const struct record_counted counted = { 0 };
	const struct record_tallied tallied = {
		.policy = scene->engine->tallied,
	};

	if (tallied.policy != 0)
		(void)far_send(
		    &scene->mudd.far, RECORD_TALLIES_END, &tallied, NULL, 0);
	if (!scene->engine->is_counting) {
		scene_pump(scene);
		return;
	}
	(void)far_send(
	    &scene->mudd.far, RECORD_COUNTERS_END, &counted, NULL, 0);
	scene_pump(scene);
}

static void
must_ask_no_teardown(const struct scene *scene)
{
	LIST_EACH(at, &scene->seen)
	must(strcmp(LIST_ENTRY(at, struct seen, link)->text,
		 "record TEARDOWN") != 0);
}

/* Answers come in the order of the questions, some of them late. */
static void
take_answer(struct readonly *reader, const char *answer)
{
	must(reader->n_asked > 0);
	if (reader->changes[0])
		must(strstr(answer, "PermissionDenied") != NULL);
	reader->n_asked--;
	memmove(reader->changes, reader->changes + 1,
	    reader->n_asked * sizeof(reader->changes[0]));
}

static void
take_answers(struct readonly *reader)
{
	char *text = reader->answers;
	ssize_t n = recv(reader->fd, text + reader->len,
	    sizeof(reader->answers) - reader->len, MSG_DONTWAIT);
	size_t at = 0, len;

	if (n <= 0)
		return;
	reader->len += (size_t)n;
	while (
	    (len = strnlen(text + at, reader->len - at)) < reader->len - at) {
		take_answer(reader, text + at);
		at += len + 1;
	}
	reader->len -= at;
	memmove(text, text + at, reader->len);
	must(reader->len < sizeof(reader->answers));
}

void
readonly_ask(struct readonly *reader, struct scene *scene, uint8_t what)
{
	const size_t which = what % (sizeof(methods) / sizeof(methods[0]));
	char text[512];
	int len = write_request(scene, which, text, sizeof(text));

	must(len > 0 && (size_t)len < sizeof(text));
	if (reader->n_asked == READONLY_ASKED)
		return;
	/* The NUL ends the request. */
	if (send(reader->fd, text, (size_t)len + 1, MSG_NOSIGNAL) < 0)
		return;
	reader->changes[reader->n_asked++] = methods[which].changes;
	scene_pump(scene);
	count(scene);
	take_answers(reader);
	must_ask_no_teardown(scene);
}
