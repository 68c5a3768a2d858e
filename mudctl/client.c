/*
 * One call over the control socket.  Role: mudctl, as whoever runs it.  Input:
 * the daemon's answer, bounded like everything else.
 */
#include "mudctl/client.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "libmud/limits.h"
#include "libmud/mem.h"

#define INTERFACE "org.mudd.Manager."

/* A connected socket, or -errno. */
static int
dial(const char *path)
{
	const struct timeval timeout = { .tv_sec = CLIENT_TIMEOUT_SEC };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(at.sun_path))
		return -ENAMETOOLONG;
	text_copy(at.sun_path, sizeof(at.sun_path), path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0) {
		int error = errno;

		(void)close(fd);
		return -error;
	}
	return fd;
}

static char *
make_request(const char *method, json_t *params, bool more)
{
	char name[128];
	json_t *request;
	char *text;

	(void)snprintf(name, sizeof(name), INTERFACE "%s", method);
	request = json_pack("{s:s, s:o}", "method", name, "parameters",
	    params == NULL ? json_object() : params);
	if (more)
		(void)json_object_set_new(request, "more", json_true());
	text = json_dumps(request, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(request);
	return text;
}

/* A refusal may come, and the door close, before we have asked: not an error
 * yet. */
static void
send_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

/* What has come, and is not looked at yet. */
struct incoming {
	char *text; /* owned */
	size_t len, room;
	size_t taken; /* of it, by the message that was looked at last */
};

/* The next message as text, lent until the next; or NULL, and why. */
static const char *
receive(int fd, struct incoming *in, const volatile sig_atomic_t *stop,
    const char **why)
{
	in->len -= in->taken;
	if (in->taken > 0)
		memmove(in->text, in->text + in->taken, in->len);
	in->taken = 0;
	for (;;) {
		const char *end =
		    in->len == 0 ? NULL : memchr(in->text, '\0', in->len);
		ssize_t n;

		if (end != NULL) {
			in->taken = (size_t)(end - in->text) + 1;
			return in->text;
		}
		if (in->len == in->room) {
			if (in->room > LIMIT_REPLY) {
				*why = "the answer is too long";
				return NULL;
			}
			in->room += in->room + 4096;
			in->text = xrealloc(in->text, in->room, 1);
		}
		n = recv(fd, in->text + in->len, in->room - in->len, 0);
		if (n < 0 && errno == EINTR && (stop == NULL || *stop == 0))
			continue;
		if (n <= 0) {
			*why = n == 0 ? "it has closed the connection"
			       : errno == EAGAIN ? "no answer in time"
			                         : strerror(errno);
			return NULL;
		}
		in->len += (size_t)n;
	}
}

/* Sorts the message into a reply and an error. */
static enum client_outcome
read_answer(const char *text, json_t **answer, const char **why)
{
	json_t *message = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	json_t *params = json_object_get(message, "parameters");

	if (json_is_string(json_object_get(message, "error"))) {
		*answer = message;
		return CLIENT_ERROR;
	}
	if (json_is_object(params)) {
		*answer = json_incref(params);
		json_decref(message);
		return CLIENT_REPLY;
	}
	json_decref(message);
	*why = "the answer makes no sense";
	return CLIENT_UNREACHABLE;
}

/* The connected socket, asked; or -1, and what became of it. */
static int
ask(const char *path, char *request, enum client_outcome *outcome,
    const char **why)
{
	int fd;

	*outcome = CLIENT_UNREACHABLE;
	if (request == NULL) {
		*why = "the arguments are not UTF-8";
		return -1;
	}
	fd = dial(path);
	if (fd >= 0) {
		send_all(fd, request, strlen(request) + 1);
	} else {
		*why = strerror(-fd);
		if (fd == -EACCES || fd == -EPERM)
			*outcome = CLIENT_FORBIDDEN;
	}
	free(request);
	return fd;
}

enum client_outcome
client_call(const char *path, const char *method, json_t *params,
    json_t **answer, const char **why)
{
	struct incoming in = { 0 };
	enum client_outcome outcome;
	const char *text;
	int fd;

	fd = ask(path, make_request(method, params, false), &outcome, why);
	if (fd < 0)
		return outcome;
	text = receive(fd, &in, NULL, why);
	(void)close(fd);
	if (text != NULL)
		outcome = read_answer(text, answer, why);
	free(in.text);
	return outcome;
}

enum client_outcome
client_stream(const char *path, const char *method,
    const volatile sig_atomic_t *stop, client_reply_fn *fn, void *arg,
    json_t **answer, const char **why)
{
	const struct timeval for_ever = { 0 };
	struct incoming in = { 0 };
	enum client_outcome outcome;
	bool goes_on = true;
	int fd;

	fd = ask(path, make_request(method, NULL, true), &outcome, why);
	if (fd < 0)
		return outcome;
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_RCVTIMEO, &for_ever, sizeof(for_ever));
	while (goes_on) {
		const char *text = receive(fd, &in, stop, why);
		json_t *reply;

		outcome = text == NULL && *stop != 0 ? CLIENT_REPLY
		                                     : CLIENT_UNREACHABLE;
		if (text == NULL)
			break;
		outcome = read_answer(text, &reply, why);
		goes_on = outcome == CLIENT_REPLY && fn(arg, reply);
		if (outcome == CLIENT_ERROR)
			*answer = reply;
		else if (outcome == CLIENT_REPLY)
			json_decref(reply);
	}
	(void)close(fd);
	free(in.text);
	return outcome;
}
