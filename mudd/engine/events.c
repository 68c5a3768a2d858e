/*
 * Events.  Role: engine.  Texts may be of hostile packets and files: the log
 * gets them quoted, JSON as they are where they are UTF-8.
 */
#include "engine/events.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "engine/control/put.h"
#include "engine/files/mudurl.h"
#include "engine/things/things.h"

#define DETAIL 512

/* A budget is counted in sixtieths of a line, so that a rate of lines a
 * minute fills it by whole numbers each second. */
#define LINE_COST 60

/* S-72 */
#define USUAL                                                                  \
	{                                                                      \
		100, 1200                                                      \
	}
/* Whoever makes up MAC addresses causes these as fast as the watcher lets
 * through; they shall not fill the log, and the numbers suffice. */
#define ANYBODYS                                                               \
	{                                                                      \
		100, 12                                                        \
	}
/* Whoever forges causes these, about those whom he means to be. */
#define FORGERS                                                                \
	{                                                                      \
		50, 12                                                         \
	}
/* The same thing again and again, with a count of its own. */
#define ALARMS                                                                 \
	{                                                                      \
		10, 6                                                          \
	}

struct budget {
	unsigned int burst, per_minute;
};

/* Of all that is about strangers, whatever it is: with the line that says how
 * many were left out, a flood of them is a line a second. */
static const struct budget of_strangers = { 10, 12 };

static const struct {
	const char *name;
	struct budget budget;
	bool is_warning;
} about[EVENT_KINDS] = {
	[EVENT_DEVICE_SEEN] = { "device-seen", ANYBODYS, false },
	[EVENT_DEVICE_GONE] = { "device-gone", USUAL, false },
	[EVENT_URL_ANNOUNCED] = { "url-announced", USUAL, false },
	[EVENT_FETCH_FAILED] = { "fetch-failed", USUAL, true },
	[EVENT_POLICY_PENDING] = { "policy-pending", USUAL, true },
	[EVENT_POLICY_REFUSED] = { "policy-refused", USUAL, true },
	[EVENT_POLICY_APPROVED] = { "policy-approved", USUAL, false },
	[EVENT_POLICY_REJECTED] = { "policy-rejected", USUAL, false },
	[EVENT_POLICY_ACTIVE] = { "policy-active", USUAL, false },
	[EVENT_POLICY_REMOVED] = { "policy-removed", USUAL, true },
	[EVENT_STATE_CHANGED] = { "state-changed", USUAL, false },
	[EVENT_ADDRESS_LEARNED] = { "address-learned", USUAL, false },
	[EVENT_ADDRESS_LOST] = { "address-lost", USUAL, false },
	[EVENT_DROP] = { "drop", USUAL, false },
	[EVENT_SPOOF] = { "spoof", FORGERS, false },
	[EVENT_CONFLICT] = { "conflict", FORGERS, true },
	[EVENT_MOVED] = { "moved", USUAL, false },
	[EVENT_TABLE_TAMPERED] = { "table-tampered", ALARMS, true },
	[EVENT_TABLE_RESTORED] = { "table-restored", ALARMS, false },
	[EVENT_SIGNER_CHANGED] = { "signer-changed", USUAL, true },
	[EVENT_TRUST_CHANGED] = { "trust-changed", USUAL, false },
	[EVENT_UNSUPPORTED] = { "unsupported", USUAL, true },
	[EVENT_CERTIFICATE] = { "certificate", USUAL, false },
	[EVENT_CERTIFICATE_IGNORED] = { "certificate-ignored", USUAL, true },
	[EVENT_CERTIFICATE_REFUSED] = { "certificate-refused", USUAL, true },
	[EVENT_LIMIT] = { "limit", ALARMS, true },
};

/* What was used of a budget, and how many events were left out since the one
 * before. */
struct used {
	int64_t at;
	int64_t cost;
	uint64_t n_suppressed;
};

static struct {
	events_clock_fn *clock;
	void *clock_arg;
	events_fn *listener;
	void *listener_arg;
	struct used used[EVENT_KINDS], strangers;
} events;

void
events_start(events_clock_fn *clock, void *arg)
{
	memset(&events, 0, sizeof(events));
	events.clock = clock;
	events.clock_arg = arg;
}

void
events_listen(events_fn *fn, void *arg)
{
	events.listener = fn;
	events.listener_arg = arg;
}

const char *
events_name(enum event_kind kind)
{
	return about[kind].name;
}

static int64_t
now(void)
{
	return events.clock == NULL ? 0 : events.clock(events.clock_arg);
}

json_t *
events_object(const char *name)
{
	json_t *object = json_object();

	put_text(object, "event", name);
	put_time(object, "time", now());
	return object;
}

static void
hand_on(json_t *object)
{
	if (object != NULL && events.listener != NULL)
		events.listener(events.listener_arg, object);
	json_decref(object);
}

/* May one more be told now?  Says first how many were not. */
static bool
take(struct used *used, const struct budget *budget, const char *name)
{
	const int64_t most = (int64_t)budget->burst * LINE_COST;
	const int64_t at = now();
	json_t *object;

	used->cost -= (at - used->at) * (int64_t)budget->per_minute;
	used->at = at;
	if (used->cost < 0)
		used->cost = 0;
	if (used->cost > most - LINE_COST) {
		used->n_suppressed++;
		return false;
	}
	used->cost += LINE_COST;
	if (used->n_suppressed == 0)
		return true;
	log_info("event=%s suppressed=%llu", name,
	    (unsigned long long)used->n_suppressed);
	if (events.listener != NULL) {
		object = events_object(name);
		put_value(object, "suppressed",
		    json_integer((json_int_t)used->n_suppressed));
		hand_on(object);
	}
	used->n_suppressed = 0;
	return true;
}

static void
append(struct events_line *line, const char *key, const char *value)
{
	const size_t room = sizeof(line->text) - line->len;
	int n = snprintf(line->text + line->len, room, "%s%s=%s",
	    line->len == 0 ? "" : " ", key, value);

	/* What does not fit as a whole is left out. */
	if (n < 0 || (size_t)n >= room)
		line->text[line->len] = '\0';
	else
		line->len += (size_t)n;
}

bool
events_is_stranger(const struct thing *thing)
{
	return !thing->is_proven || thing->in_crowd;
}

bool
events_open(struct events_line *line, enum event_kind kind, bool of_stranger,
    const struct mac *mac, const char *mud_url)
{
	char text[MAC_TEXT];

	if ((of_stranger &&
		!take(&events.strangers, &of_strangers, "strangers")) ||
	    !take(&events.used[kind], &about[kind].budget, about[kind].name))
		return false;
	line->kind = kind;
	line->len = 0;
	line->text[0] = '\0';
	line->object =
	    events.listener == NULL ? NULL : events_object(about[kind].name);
	append(line, "event", about[kind].name);
	if (mac != NULL)
		events_word(line, "device", mac_text(mac, text));
	if (mud_url != NULL)
		events_text(line, "mud_url", mud_url);
	return true;
}

void
events_word(struct events_line *line, const char *key, const char *value)
{
	if (value[0] == '\0')
		return;
	append(line, key, value);
	if (line->object != NULL)
		put_text(line->object, key, value);
}

void
events_text(struct events_line *line, const char *key, const char *text)
{
	if (text[0] == '\0')
		return;
	append(line, key, log_quote(text));
	if (line->object != NULL)
		put_text(line->object, key, text);
}

void
events_number(struct events_line *line, const char *key, uint64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	append(line, key, text);
	if (line->object != NULL)
		put_value(line->object, key, json_integer((json_int_t)number));
}

void
events_close(struct events_line *line)
{
	if (about[line->kind].is_warning)
		log_warning("%s", line->text);
	else
		log_info("%s", line->text);
	hand_on(line->object);
	line->object = NULL;
}

/* What people decide, or hand over, is never left out for what strangers do
 * (S-73), nor is what is done in somebody's name, who may be a laptop. */
static bool
has_its_own(enum event_kind kind)
{
	return kind == EVENT_SPOOF || kind == EVENT_CONFLICT ||
	       kind == EVENT_DEVICE_GONE || kind == EVENT_POLICY_APPROVED ||
	       kind == EVENT_POLICY_REJECTED || kind == EVENT_SIGNER_CHANGED ||
	       kind == EVENT_CERTIFICATE || kind == EVENT_CERTIFICATE_IGNORED ||
	       kind == EVENT_CERTIFICATE_REFUSED;
}

static void tell(enum event_kind kind, bool of_stranger, const struct mac *mac,
    const char *mud_url, const char *detail, va_list args)
    __attribute__((format(printf, 5, 0)));

static void
tell(enum event_kind kind, bool of_stranger, const struct mac *mac,
    const char *mud_url, const char *detail, va_list args)
{
	struct events_line line;
	char text[DETAIL];

	if (!events_open(
		&line, kind, of_stranger && !has_its_own(kind), mac, mud_url))
		return;
	(void)vsnprintf(text, sizeof(text), detail, args);
	events_text(&line, "detail", text);
	events_close(&line);
}

void
events_tell(
    enum event_kind kind, const struct thing *thing, const char *detail, ...)
{
	const bool has_url = thing != NULL && thing->mud != NULL;
	va_list args;

	va_start(args, detail);
	tell(kind, thing != NULL && events_is_stranger(thing),
	    thing == NULL ? NULL : &thing->mac,
	    has_url ? thing->mud->url.text : NULL, detail, args);
	va_end(args);
}

void
events_tell_mac(
    enum event_kind kind, const struct mac *mac, const char *detail, ...)
{
	va_list args;

	va_start(args, detail);
	tell(kind, true, mac, NULL, detail, args);
	va_end(args);
}

void
events_tell_url(
    enum event_kind kind, const struct mudurl *mud, const char *detail, ...)
{
	va_list args;

	va_start(args, detail);
	tell(kind, !mud->is_proven, NULL, mud->url.text, detail, args);
	va_end(args);
}
