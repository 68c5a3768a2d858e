/*
 * Whoever watches what happens: method Monitor, events as answers.
 *
 * A watcher that does not keep up loses events, and is told how many by an
 * event of its own; it neither holds us up nor costs more than LIMIT_STREAM.
 */
#ifndef ENGINE_MONITOR_H
#define ENGINE_MONITOR_H

#include <jansson.h>
#include <sys/types.h>

struct control_call;
struct monitor;

/* Listens to events from now on. */
struct monitor *monitor_new(void);
/* Ends the calls of all who watch. NULL is fine. */
void monitor_free(struct monitor *monitor);

/* Takes the call: its first answer is event monitor-started, and each event
 * from then on is another. CONTROL_BUSY past LIMIT_MONITORS, and past
 * LIMIT_MONITORS_UID of a user who is not root. */
void monitor_add(struct monitor *monitor, struct control_call *call, uid_t uid);

#endif
