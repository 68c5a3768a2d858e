/* Callers of the control socket, in the test's own thread: while they wait, the
 * loop of the other end goes round. */
#ifndef UNIT_CALLERS_H
#define UNIT_CALLERS_H

#include <stddef.h>

struct event_base;

#define CALLERS_WAIT_MS 5000

/* A connected socket, or -1. */
int callers_dial(const char *path);
void callers_turn(struct event_base *base);
void callers_turn_for(struct event_base *base, int msec);
/* Lets the loop run until a whole message is there, which is returned for the
 * caller to free, or until the other end has closed: NULL. What has come behind
 * it stays in the socket. */
char *callers_listen(struct event_base *base, int fd);
void callers_say(int fd, const char *text, size_t len);
/* The next message is this one. */
void callers_expect(struct event_base *base, int fd, const char *answer);

#endif
