/*
 * Events: what happened to a Thing, to a MUD URL or to us, for the log and
 * for whoever watches (`mudctl monitor`).  One event is one line of key=value
 * with fixed keys (S-70), and the same as a JSON object:
 *
 *     event=spoof device=02:00:5e:00:53:07 mud_url="https://…" detail="…"
 *
 * Each kind has its own budget of a hundred at once and twenty a second
 * (S-72), and what anybody on the LAN can cause at will a smaller one; what
 * does not fit is counted, and told with the next one that does.  So no flood
 * of one kind silences another (S-73).  What is about strangers (Things that
 * nobody has confirmed, storing.h, or one of a crowd, newcomers.h; a MUD URL
 * that only such have) takes from one more, for all kinds together: whoever
 * makes them up causes a line a second.  Like the log, which they end in, they
 * belong to the process: who has something to tell needs no handle.
 */
#ifndef ENGINE_EVENTS_H
#define ENGINE_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "libmud/addr.h"

struct mudurl;
struct thing;

enum event_kind {
	EVENT_DEVICE_SEEN,
	EVENT_DEVICE_GONE, /* departed, or forgotten */
	EVENT_URL_ANNOUNCED,
	EVENT_FETCH_FAILED,
	EVENT_POLICY_PENDING, /* a file waits for an administrator */
	EVENT_POLICY_REFUSED, /* a file is unusable */
	EVENT_POLICY_APPROVED,
	EVENT_POLICY_REJECTED,
	EVENT_POLICY_ACTIVE,
	EVENT_POLICY_REMOVED, /* what was in force is so no more */
	EVENT_STATE_CHANGED,
	EVENT_ADDRESS_LEARNED,
	EVENT_ADDRESS_LOST,
	EVENT_DROP,
	EVENT_SPOOF, /* a message that is not its sender's; nothing changes */
	EVENT_CONFLICT, /* two MUD URLs, or one MAC in two places */
	EVENT_MOVED,    /* it is on another port now */
	EVENT_TABLE_TAMPERED,
	EVENT_TABLE_RESTORED,
	EVENT_SIGNER_CHANGED,
	EVENT_TRUST_CHANGED, /* an anchor or a signer, by an administrator */
	EVENT_UNSUPPORTED,   /* its maker supports it no more */
	EVENT_CERTIFICATE,   /* a device's, and what it says counts */
	EVENT_CERTIFICATE_IGNORED, /* a part of it is malformed */
	EVENT_CERTIFICATE_REFUSED,
	EVENT_LIMIT, /* a bound was reached, and somebody is left out */
	EVENT_KINDS
};

/* About this Thing, which may be NULL. detail: a sentence; as a whole it is
 * quoted here, so that what comes from outside goes in as it is. */
void events_tell(enum event_kind kind, const struct thing *thing,
    const char *detail, ...) __attribute__((format(printf, 3, 4)));
/* About a device that is in no table, or not yet. */
void events_tell_mac(enum event_kind kind, const struct mac *mac,
    const char *detail, ...) __attribute__((format(printf, 3, 4)));
/* About a MUD URL. */
void events_tell_url(enum event_kind kind, const struct mudurl *mud,
    const char *detail, ...) __attribute__((format(printf, 3, 4)));

/*
 * An event with keys of its own.  events_open says whether there is room for
 * one of this kind now; if not, the event is over.  Then its members, in the
 * order in which the log shows them, and events_close.  mac, mud_url: NULL
 * where there is none.
 */
struct events_line {
	enum event_kind kind;
	size_t len;
	char text[900]; /* shorter than core/log.c's longest */
	json_t *object; /* NULL: nobody watches */
};

bool events_is_stranger(const struct thing *thing);
bool events_open(struct events_line *line, enum event_kind kind,
    bool of_stranger, const struct mac *mac, const char *mud_url);
/* One of our own words, an address or a MAC; left out where it is empty. */
void events_word(struct events_line *line, const char *key, const char *value);
/* Text, which is quoted; left out where it is empty. */
void events_text(struct events_line *line, const char *key, const char *text);
void events_number(struct events_line *line, const char *key, uint64_t number);
void events_close(struct events_line *line);

/* Seconds since 1970. Until there is one, time stands still. */
typedef int64_t events_clock_fn(void *arg);
/* Whoever watches; event is lent. */
typedef void events_fn(void *arg, json_t *event);

/* Begins anew: all budgets are full, and nobody watches. clock NULL: the end.
 */
void events_start(events_clock_fn *clock, void *arg);
/* One at a time; NULL: nobody. */
void events_listen(events_fn *fn, void *arg);
/* "device-seen", ... */
const char *events_name(enum event_kind kind);
/* {"event","time"}: what every event begins with; new. */
json_t *events_object(const char *name);

#endif
