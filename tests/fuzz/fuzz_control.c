/*
 * The control socket from hostile bytes: whatever a client sends, each answer
 * is one JSON object with an object of parameters, there are no more of them
 * than requests, and in the end the client is gone.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>
#include <jansson.h>

#include "engine/control/control.h"
#include "engine/control/controlclient.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
method_echo(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	(void)arg;
	(void)uid;
	control_reply(call, json_incref(params));
}

static void
method_change(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	/* The client may not. */
	(void)arg;
	(void)call;
	(void)params;
	(void)uid;
	abort();
}

static const struct control_method methods[] = {
	{ "Echo", false, method_echo },
	{ "Change", true, method_change },
};

static struct control *
make_control(struct event_base *base)
{
	const struct control_options options = {
		.readers = (gid_t)-1,
		.admins = (gid_t)-1,
		.methods = methods,
		.n_methods = sizeof(methods) / sizeof(methods[0]),
		.version = "0",
	};
	const sa_family_t family = AF_UNIX;
	struct sockaddr_un any = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	/* The kernel picks an abstract name. */
	if (fd < 0 ||
	    bind(fd, (const struct sockaddr *)&any, sizeof(family)) != 0 ||
	    listen(fd, 1) != 0)
		abort();
	return control_new(base, fd, &options);
}

static void
check_answer(const char *text)
{
	json_t *answer = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(json_object_get(answer, "parameters")))
		abort();
	for (; *text != '\0'; text++)
		if (*text < 0x20)
			abort();
	json_decref(answer);
}

/* All answers that are there now; returns how many. */
static size_t
read_answers(int fd)
{
	static char text[4 * LIMIT_REQUEST * 8];
	size_t n_answers = 0, len = 0;
	ssize_t n = recv(fd, text, sizeof(text), MSG_DONTWAIT);

	for (size_t i = 0; n > 0 && i < (size_t)n; i++) {
		len++;
		if (text[i] != '\0')
			continue;
		check_answer(text + i + 1 - len);
		len = 0;
		n_answers++;
	}
	if (len != 0)
		abort();
	return n_answers;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event_base *base = event_base_new();
	struct control *control = make_control(base);
	size_t n_requests = 0, n_answers = 0;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
		abort();
	for (size_t i = 0; i < size; i++)
		n_requests += data[i] == 0;
	controlclient_new(control, ends[0], 1000, false);
	for (size_t at = 0; at < size;) {
		size_t part =
		    size - at < LIMIT_REQUEST ? size - at : LIMIT_REQUEST;
		ssize_t n = send(ends[1], data + at, part, MSG_NOSIGNAL);

		(void)event_base_loop(base, EVLOOP_NONBLOCK);
		n_answers += read_answers(ends[1]);
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	(void)shutdown(ends[1], SHUT_WR);
	for (size_t i = 0; i < 2 * n_requests + 4; i++) {
		(void)event_base_loop(base, EVLOOP_NONBLOCK);
		n_answers += read_answers(ends[1]);
	}
	if (n_answers > n_requests || control_clients(control) != 0)
		abort();
	(void)close(ends[1]);
	control_free(control);
	event_base_free(base);
	return 0;
}
