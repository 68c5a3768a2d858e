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
make_request(const char *method, json_t *params)
{
	char name[128];
	json_t *request;
	char *text;

	(void)snprintf(name, sizeof(name), INTERFACE "%s", method);
	request = json_pack("{s:s, s:o}", "method", name, "parameters",
	    params == NULL ? json_object() : params);
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

/* A whole message as text that the caller frees; or NULL, and why. */
static char *
receive(int fd, const char **why)
{
	size_t room = 0, len = 0;
	char *text = NULL;

	for (;;) {
		ssize_t n;

		if (len == room) {
			if (room > LIMIT_REPLY) {
				*why = "the answer is too long";
				break;
			}
			room += room + 4096;
			text = xrealloc(text, room, 1);
		}
		n = recv(fd, text + len, room - len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			*why = n == 0 ? "it has closed the connection"
			       : errno == EAGAIN ? "no answer in time"
			                         : strerror(errno);
			break;
		}
		len += (size_t)n;
		if (memchr(text + len - (size_t)n, '\0', (size_t)n) != NULL)
			return text;
	}
	free(text);
	return NULL;
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

enum client_outcome
client_call(const char *path, const char *method, json_t *params,
    json_t **answer, const char **why)
{
	char *request = make_request(method, params);
	enum client_outcome outcome = CLIENT_UNREACHABLE;
	char *text;
	int fd;

	if (request == NULL) {
		*why = "the arguments are not UTF-8";
		return CLIENT_UNREACHABLE;
	}
	fd = dial(path);
	if (fd < 0) {
		free(request);
		*why = strerror(-fd);
		return fd == -EACCES || fd == -EPERM ? CLIENT_FORBIDDEN
		                                     : CLIENT_UNREACHABLE;
	}
	send_all(fd, request, strlen(request) + 1);
	free(request);
	text = receive(fd, why);
	(void)close(fd);
	if (text != NULL)
		outcome = read_answer(text, answer, why);
	free(text);
	return outcome;
}
