/*
 * Events: what happened to a Thing or to us, for the log and for whoever
 * watches (`mudctl monitor`).  One event is one line of key=value with fixed
 * keys (S-70):
 *
 *     event=spoof device=02:00:5e:00:53:07 mud_url="https://…" detail="…"
 */
#ifndef ENGINE_EVENTS_H
#define ENGINE_EVENTS_H

struct thing;

enum event_kind {
	EVENT_DEVICE_SEEN,
	EVENT_DEVICE_GONE, /* departed, or forgotten */
	EVENT_URL_ANNOUNCED,
	EVENT_STATE_CHANGED,
	EVENT_ADDRESS_LEARNED,
	EVENT_ADDRESS_LOST,
	EVENT_SPOOF, /* a message that is not its sender's; nothing changes */
	EVENT_CONFLICT, /* two MUD URLs, or one MAC in two places */
	EVENT_MOVED,    /* it is on another port now */
	EVENT_KINDS
};

/* About this Thing, which may be NULL. detail: a sentence; what comes from
 * outside has passed log_quote or a *_text function. */
void events_tell(enum event_kind kind, const struct thing *thing,
    const char *detail, ...) __attribute__((format(printf, 3, 4)));

#endif
