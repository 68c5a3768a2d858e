/*
 * The control socket: who comes in.  Role: engine.  Input: local users, whom
 * the kernel names; what they say is controlclient.c's.
 */
#include "engine/control/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "engine/control/controlclient.h"
#include "libmud/limits.h"
#include "libmud/list.h"
#include "libmud/mem.h"

/* Places that only root may take, so that no group can lock it out. */
#define ROOT_PLACES 4
/* So many are let in before the loop goes round. */
#define ACCEPT_BURST 16
/* NGROUPS_MAX of the kernel. */
#define GROUPS_MAX 65536
#define BACKLOG    64

static bool
is_in_groups(const gid_t *groups, size_t n, gid_t wanted)
{
	if (wanted == (gid_t)-1)
		return false;
	for (size_t i = 0; i < n; i++)
		if (groups[i] == wanted)
			return true;
	return false;
}

/* The groups of whoever connected, their first one included. */
static gid_t *
peer_groups(int fd, gid_t first, size_t *n)
{
	gid_t *groups = xcalloc(GROUPS_MAX + 1, sizeof(*groups));
	socklen_t size = GROUPS_MAX * sizeof(*groups);

	groups[0] = first;
	*n = 1;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups + 1, &size) == 0)
		*n += size / sizeof(*groups);
	return groups;
}

struct rights {
	uid_t uid;
	bool may_read, may_change;
};

static struct rights
rights_of(const struct control *control, int fd)
{
	struct rights rights = { .uid = (uid_t)-1 };
	struct ucred peer;
	socklen_t size = sizeof(peer);
	gid_t *groups;
	size_t n;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
	    size != sizeof(peer))
		return rights;
	groups = peer_groups(fd, peer.gid, &n);
	rights.uid = peer.uid;
	rights.may_change =
	    peer.uid == 0 || is_in_groups(groups, n, control->options.admins);
	rights.may_read = rights.may_change ||
	                  is_in_groups(groups, n, control->options.readers);
	free(groups);
	return rights;
}

static bool
has_place(const struct control *control, uid_t uid)
{
	size_t most = uid == 0 ? LIMIT_CLIENTS : LIMIT_CLIENTS - ROOT_PLACES;
	size_t own = 0;

	LIST_EACH(at, &control->clients)
	if (controlclient_uid(controlclient_of(at)) == uid)
		own++;
	return control->n_clients < most && own < LIMIT_CLIENTS_UID;
}

/* One answer to a question that was not asked yet, and the door. */
static void
refuse(int fd, const char *error, json_t *params)
{
	size_t len;
	char *text = varlink_answer(error, params, &len);
	struct iovec part = { .iov_base = text, .iov_len = len };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	(void)!sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	free(text);
	(void)close(fd);
}

static void
admit(struct control *control, int fd)
{
	struct rights rights = rights_of(control, fd);

	if (!rights.may_read) {
		refuse(fd, CONTROL_PERMISSION_DENIED,
		    json_pack("{s:s}", "needs", "group mudd or mudd-admin"));
		return;
	}
	if (!has_place(control, rights.uid)) {
		refuse(fd, CONTROL_BUSY, NULL);
		return;
	}
	controlclient_new(control, fd, rights.uid, rights.may_change);
}

static void
on_accept(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval second = { .tv_sec = 1 };
	struct control *control = arg;

	(void)what;
	for (int i = 0; i < ACCEPT_BURST; i++) {
		int peer =
		    accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (peer >= 0) {
			admit(control, peer);
		} else if (errno == EMFILE || errno == ENFILE ||
			   errno == ENOBUFS || errno == ENOMEM) {
			/* Whoever waits stays readable: do not spin. */
			(void)event_del(control->accepting);
			(void)event_add(control->pause, &second);
			return;
		} else if (errno != EINTR && errno != ECONNABORTED) {
			return;
		}
	}
}

static void
on_pause_over(evutil_socket_t fd, short what, void *arg)
{
	struct control *control = arg;

	(void)fd;
	(void)what;
	(void)event_add(control->accepting, NULL);
}

/* Nobody answers at this socket any more: 0. */
static int
remove_stale(const struct sockaddr_un *at)
{
	struct stat found;
	int fd, error;

	if (lstat(at->sun_path, &found) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(found.st_mode))
		return -EADDRINUSE;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	error = connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0
	            ? 0
	            : errno;
	(void)close(fd);
	if (error != ECONNREFUSED)
		return -EADDRINUSE;
	return unlink(at->sun_path) == 0 ? 0 : -errno;
}

int
control_listen(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	mode_t before;
	int fd, error;

	if (strlen(path) >= sizeof(at.sun_path))
		return -ENAMETOOLONG;
	text_copy(at.sun_path, sizeof(at.sun_path), path);
	error = remove_stale(&at);
	if (error != 0)
		return error;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* Nobody may connect before listen says how many may wait. */
	before = umask(0177);
	error = bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0
	            ? 0
	            : -errno;
	(void)umask(before);
	if (error == 0 && (listen(fd, BACKLOG) != 0 || chmod(path, 0666) != 0))
		error = -errno;
	if (error != 0) {
		(void)close(fd);
		return error;
	}
	return fd;
}

struct control *
control_new(
    struct event_base *base, int fd, const struct control_options *options)
{
	struct control *control = xcalloc(1, sizeof(*control));

	control->base = base;
	control->fd = fd;
	control->options = *options;
	list_init(&control->clients);
	list_init(&control->calls);
	control->accepting =
	    event_new(base, fd, EV_READ | EV_PERSIST, on_accept, control);
	control->pause = evtimer_new(base, on_pause_over, control);
	if (control->accepting == NULL || control->pause == NULL ||
	    event_add(control->accepting, NULL) != 0)
		abort();
	return control;
}

void
control_free(struct control *control)
{
	if (control == NULL)
		return;
	LIST_EACH_SAFE(at, &control->clients)
	controlclient_free(controlclient_of(at));
	LIST_EACH_SAFE(at, &control->calls)
	{
		LIST_ENTRY(at, struct control_call, link)->control = NULL;
		list_remove(at);
	}
	event_free(control->accepting);
	event_free(control->pause);
	(void)close(control->fd);
	free(control);
}

size_t
control_clients(const struct control *control)
{
	return control->n_clients;
}

static int64_t
now_msec(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
control_flush(struct control *control, int msec)
{
	const int64_t end = now_msec() + msec;

	LIST_EACH(at, &control->clients)
	{
		int64_t left = end - now_msec();

		while (left > 0 &&
		       controlclient_flush(controlclient_of(at), (int)left))
			left = end - now_msec();
	}
}
