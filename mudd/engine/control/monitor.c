/*
 * Whoever watches what happens.  Role: engine.  Clients are identified, and
 * may be slow, or gone.
 */
#include "engine/control/monitor.h"

#include <stdlib.h>

#include "engine/control/control.h"
#include "engine/control/put.h"
#include "engine/events.h"
#include "libmud/limits.h"
#include "libmud/list.h"
#include "libmud/mem.h"

struct monitor {
	struct list watchers;
	size_t n;
};

struct watcher {
	struct monitor *monitor;
	struct control_call *call;
	uid_t uid;
	uint64_t n_lost; /* events, since the last that it was sent */
	struct list link;
};

static void
watcher_end(struct watcher *watcher, const char *error)
{
	control_error(watcher->call, error, NULL);
	list_remove(&watcher->link);
	watcher->monitor->n--;
	free(watcher);
}

/* Is there nothing, or nothing any more, that it has to be told was lost? */
static bool
tell_lost(struct watcher *watcher)
{
	json_t *gap;

	if (watcher->n_lost == 0)
		return true;
	gap = events_object("events-lost");
	put_value(gap, "count", json_integer((json_int_t)watcher->n_lost));
	if (!control_continue(watcher->call, gap))
		return false;
	watcher->n_lost = 0;
	return true;
}

static void
on_event(void *arg, json_t *event)
{
	struct monitor *monitor = arg;

	LIST_EACH(at, &monitor->watchers)
	{
		struct watcher *watcher = LIST_ENTRY(at, struct watcher, link);

		if (!tell_lost(watcher) ||
		    !control_continue(watcher->call, json_incref(event)))
			watcher->n_lost++;
	}
}

static void
on_stirred(void *arg)
{
	struct watcher *watcher = arg;

	if (control_has_left(watcher->call))
		watcher_end(watcher, CONTROL_BUSY);
	else
		(void)tell_lost(watcher);
}

struct monitor *
monitor_new(void)
{
	struct monitor *monitor = xcalloc(1, sizeof(*monitor));

	list_init(&monitor->watchers);
	events_listen(on_event, monitor);
	return monitor;
}

void
monitor_free(struct monitor *monitor)
{
	if (monitor == NULL)
		return;
	events_listen(NULL, NULL);
	LIST_EACH_SAFE(at, &monitor->watchers)
	watcher_end(LIST_ENTRY(at, struct watcher, link), CONTROL_BUSY);
	free(monitor);
}

static bool
has_place(const struct monitor *monitor, uid_t uid)
{
	size_t own = 0;

	LIST_EACH(at, &monitor->watchers)
	own += LIST_ENTRY(at, struct watcher, link)->uid == uid;
	return monitor->n < LIMIT_MONITORS &&
	       (uid == 0 || own < LIMIT_MONITORS_UID);
}

void
monitor_add(struct monitor *monitor, struct control_call *call, uid_t uid)
{
	struct watcher *watcher;

	if (!has_place(monitor, uid)) {
		control_error(call, CONTROL_BUSY, NULL);
		return;
	}
	watcher = xcalloc(1, sizeof(*watcher));
	if (!control_stream(call, on_stirred, watcher)) {
		free(watcher);
		return;
	}
	watcher->monitor = monitor;
	watcher->call = call;
	watcher->uid = uid;
	list_append(&monitor->watchers, &watcher->link);
	monitor->n++;
	(void)control_continue(call, events_object("monitor-started"));
}
