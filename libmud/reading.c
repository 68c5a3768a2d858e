/*
 * The state of one reading of a MUD file.  Role: reader, mudctl.  Input: what
 * json.c has bounded and the callers have judged.
 */
#include "libmud/reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"

/* Over the limits the whole file is refused, never cut (S-8). */
static const struct finding_kind too_many = { FINDING_ERROR, FAULT_TOO_MANY,
	"S-8", false, true };

void
reading_init(struct reading *reading, struct findings *findings)
{
	*reading = (struct reading){ .findings = findings };
	reading->policy = xcalloc(1, sizeof(*reading->policy));
}

/* Room for one more of each, made in steps: most files have few. */
static void
make_room(struct reading *reading)
{
	enum { STEP = 32 };
	struct policy *policy = reading->policy;

	if (policy->n_texts == reading->texts_room) {
		reading->texts_room += STEP;
		policy->texts = xrealloc(
		    policy->texts, reading->texts_room, sizeof(*policy->texts));
	}
	if (policy->n_aces < reading->aces_room)
		return;
	reading->aces_room += STEP;
	policy->aces =
	    xrealloc(policy->aces, reading->aces_room, sizeof(*policy->aces));
	if (reading->findings->on != NULL)
		reading->places = xrealloc(reading->places, reading->aces_room,
		    sizeof(*reading->places));
}

struct policy *
reading_take(struct reading *reading)
{
	struct policy *policy = policy_copy(reading->policy);

	reading_done(reading);
	return policy;
}

void
reading_done(struct reading *reading)
{
	free(reading->places);
	policy_free(reading->policy);
	*reading = (struct reading){ .policy = NULL };
}

void
reading_tell(struct reading *reading, const struct finding_kind *kind,
    const struct json_at *at, const char *fix, const char *fmt, ...)
{
	char text[FINDING_TEXT];
	va_list args;

	if (reading->is_again)
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	findings_add(reading->findings, kind, at, fix, "%s", text);
}

void
reading_hold(struct reading *reading, const struct finding_kind *kind,
    const struct finding_place *at, const char *fmt, ...)
{
	char text[FINDING_TEXT];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (!reading->is_unused && reading->policy->hold.code == FAULT_NONE)
		(void)fault_set(&reading->policy->hold, kind->code,
		    kind->clause, "%s: %s", at->pointer, text);
}

bool
reading_is_foreign(const char *name)
{
	static const char *const own[] = { "ietf-mud",
		"ietf-access-control-list", "ietf-acldns" };
	const size_t len = strcspn(name, ":");

	if (name[len] == '\0')
		return false;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strlen(own[i]) == len && memcmp(own[i], name, len) == 0)
			return false;
	return true;
}

const char *
reading_uri(struct reading *reading, const struct json_at *at)
{
	static const struct finding_kind too_long = { FINDING_ERROR,
		FAULT_TOO_LONG, "RFC 8520 s10 (M-URL-4)", false, true };
	static const struct finding_kind no_uri = { FINDING_ERROR,
		FAULT_MALFORMED, "RFC 3986 s2 (M-URL-6)", false, true };
	const char *text = json_get_text(at);
	const size_t len = text == NULL ? 0 : strlen(text);

	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~') {
			reading_tell(reading, &no_uri, at,
			    "Write a URI of visible ASCII characters, others "
			    "as %XX.",
			    "byte 0x%02x in a URI",
			    (unsigned int)(unsigned char)text[i]);
			return NULL;
		}
	if (text != NULL && len == 0)
		reading_tell(reading, &no_uri, at, NULL, "an empty URI");
	else if (len > LIMIT_URL)
		reading_tell(reading, &too_long, at, NULL,
		    "a URI of %zu bytes, the most is %d", len, LIMIT_URL);
	return len == 0 || len > LIMIT_URL ? NULL : text;
}

/* How many texts of a kind there may be; they have a set each. */
static size_t
most_of(enum peer_kind kind)
{
	if (kind == PEER_DNSNAME)
		return LIMIT_DNSNAMES;
	return kind == PEER_CONTROLLER ? LIMIT_CLASSES : LIMIT_TEXTS;
}

bool
reading_text(struct reading *reading, const struct json_at *at,
    enum peer_kind kind, const char *text, uint16_t *index)
{
	struct policy *policy = reading->policy;
	size_t n_kind = 0;

	for (size_t i = 0; i < policy->n_texts; i++) {
		if (reading->kinds[i] != kind)
			continue;
		if (strcmp(policy->texts[i].text, text) == 0) {
			*index = (uint16_t)i;
			return true;
		}
		n_kind++;
	}
	if (n_kind == most_of(kind) || policy->n_texts == LIMIT_TEXTS) {
		findings_add(reading->findings, &too_many, at, NULL,
		    "more than %zu %s", most_of(kind),
		    kind == PEER_DNSNAME      ? "DNS names"
		    : kind == PEER_CONTROLLER ? "controller classes"
					      : "names, classes and URLs");
		return false;
	}
	make_room(reading);
	reading->kinds[policy->n_texts] = (uint8_t)kind;
	/* All of it: it crosses to another process as it is. */
	policy->texts[policy->n_texts] = (struct policy_text){ "" };
	text_copy(policy->texts[policy->n_texts].text,
	    sizeof(policy->texts[0].text), text);
	*index = (uint16_t)policy->n_texts++;
	return true;
}

void
reading_add(
    struct reading *reading, const struct json_at *at, const struct ace *ace)
{
	struct policy *policy = reading->policy;

	/* An ACL that serves both directions counts twice here. */
	if (policy->n_aces == LIMIT_ACES) {
		findings_add(reading->findings, &too_many, at, NULL,
		    "more than %d ACEs", LIMIT_ACES);
		return;
	}
	make_room(reading);
	if (reading->places != NULL)
		reading->places[policy->n_aces] =
		    findings_place(reading->findings, at);
	policy->aces[policy->n_aces++] = *ace;
}
