/* Callers of the control socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/callers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>

#include "libmud/limits.h"

int
callers_dial(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

void
callers_turn(struct event_base *base)
{
	(void)event_base_loop(base, EVLOOP_NONBLOCK);
}

void
callers_turn_for(struct event_base *base, int msec)
{
	for (int i = 0; i < msec; i++) {
		callers_turn(base);
		(void)usleep(1000);
	}
}

char *
callers_listen(struct event_base *base, int fd)
{
	size_t room = LIMIT_REPLY + 2, len = 0;
	char *text = malloc(room);

	assert_non_null(text);
	for (int i = 0; i < CALLERS_WAIT_MS; i++) {
		ssize_t n;

		callers_turn(base);
		n = recv(fd, text + len, room - len, MSG_DONTWAIT | MSG_PEEK);
		if (n == 0 || (n < 0 && errno == ECONNRESET))
			break;
		if (n > 0) {
			const char *end = memchr(text + len, '\0', (size_t)n);
			size_t part = end == NULL
			                  ? (size_t)n
			                  : (size_t)(end - text) + 1 - len;

			n = recv(fd, text + len, part, MSG_DONTWAIT);
			assert_int_equal(n, part);
			len += part;
			if (end != NULL)
				return text;
			continue;
		}
		(void)usleep(1000);
	}
	free(text);
	return NULL;
}

void
callers_say(int fd, const char *text, size_t len)
{
	assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
}

void
callers_expect(struct event_base *base, int fd, const char *answer)
{
	char *text = callers_listen(base, fd);

	if (text == NULL || strcmp(text, answer) != 0)
		fail_msg(
		    "%s\ninstead of %s", text == NULL ? "-" : text, answer);
	free(text);
}
