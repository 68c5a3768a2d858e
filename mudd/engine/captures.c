/*
 * The watcher's packet sockets.  Role: engine, which only hands them on.
 */
#include "engine/captures.h"

#include <unistd.h>

#include "engine/engine.h"

void
captures_ask(struct engine *engine)
{
	for (size_t i = 0; i < engine->lan.n_links; i++) {
		struct lan_link *at = &engine->lan.links[i];
		struct record_port capture = { .ifindex = at->link.ifindex };

		if (!at->is_port || at->is_stale || at->is_captured ||
		    engine->watcher == NULL)
			continue;
		at->is_captured = true;
		channel_send(engine->mudd, RECORD_CAPTURE, &capture, NULL, 0);
	}
}

bool
captures_take(struct engine *engine, struct msg *msg)
{
	struct record_port port = *MSG_BODY(msg, record_port);
	int fd = msg_take_fd(msg, 0);

	if (engine->watcher == NULL)
		(void)close(fd);
	else
		channel_send(engine->watcher, RECORD_LISTEN, &port, &fd, 1);
	return true;
}
