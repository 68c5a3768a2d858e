/*
 * Notices to the service manager.  Role: mudd.  Input: one environment
 * variable, from whoever started us.
 */
#include "enforce/parent/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
notify_init(struct notify *notify)
{
	const char *name = getenv("NOTIFY_SOCKET");
	size_t len = name == NULL ? 0 : strlen(name);

	memset(notify, 0, sizeof(*notify));
	notify->fd = -1;
	/* A path, or the name of an abstract socket behind an @. */
	if (len > 1 && (name[0] == '/' || name[0] == '@') &&
	    len < sizeof(notify->to.sun_path)) {
		notify->to.sun_family = AF_UNIX;
		memcpy(notify->to.sun_path, name, len);
		if (name[0] == '@')
			notify->to.sun_path[0] = '\0';
		notify->len =
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
		notify->fd = socket(
		    AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	}
	(void)unsetenv("NOTIFY_SOCKET");
}

void
notify_done(struct notify *notify)
{
	if (notify->fd >= 0)
		(void)close(notify->fd);
	notify->fd = -1;
}

void
notify_send(const struct notify *notify, const char *state)
{
	if (notify->fd < 0)
		return;
	(void)sendto(notify->fd, state, strlen(state), MSG_NOSIGNAL,
	    (const struct sockaddr *)(const void *)&notify->to, notify->len);
}
