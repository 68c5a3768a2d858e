/*
 * Far ends of channels.  Role: scenario tests.  The engine's records are held
 * to the same table as everybody's.
 */
#include "tests/scenario/far.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

int
far_open(struct far *far, enum program self)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return -1;
	(void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
	*far = (struct far){ .fd = fds[0], .self = self };
	return fds[1];
}

void
far_close(struct far *far)
{
	if (far->fd >= 0)
		(void)close(far->fd);
	far->fd = -1;
}

bool
far_send(struct far *far, enum record_type type, const void *body,
    const int *fds, size_t n_fds)
{
	if (far->fd < 0 ||
	    msg_send(far->fd, far->sent, type, body, fds, n_fds) != 0)
		return false;
	far->sent++;
	return true;
}

bool
far_receive(struct far *far, struct msg *msg)
{
	int got;

	if (far->fd < 0)
		return false;
	got =
	    msg_receive(far->fd, far->received, PROGRAM_ENGINE, far->self, msg);
	if (got == 1) {
		far->received++;
		return true;
	}
	if (got != -EAGAIN)
		far_close(far);
	return false;
}

bool
far_is_closed(const struct far *far)
{
	return far->fd < 0;
}
