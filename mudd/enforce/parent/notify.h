/*
 * Words to the service manager: datagrams to the socket that $NOTIFY_SOCKET
 * names, as sd_notify(3) describes them.
 */
#ifndef ENFORCE_NOTIFY_H
#define ENFORCE_NOTIFY_H

#include <sys/socket.h>
#include <sys/un.h>

struct notify {
	int fd; /* -1: nobody listens */
	struct sockaddr_un to;
	socklen_t len;
};

/* Reads the variable and takes it out of the environment.  Without it, or if
 * it makes no sense, notify_send does nothing. */
void notify_init(struct notify *notify);
void notify_done(struct notify *notify);

/* "READY=1", "WATCHDOG=1", ...  A manager that does not listen is no reason
 * to stop. */
void notify_send(const struct notify *notify, const char *state);

#endif
