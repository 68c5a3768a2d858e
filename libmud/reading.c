/*
 * The state of one reading of a MUD file.  Role: reader, mudctl.  Input: what
 * json.c has bounded and the callers have judged.
 */
#include "libmud/reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libmud/mem.h"

void
reading_init(struct reading *reading, struct findings *findings)
{
	*reading = (struct reading){ .findings = findings };
	reading->policy = xcalloc(1, sizeof(*reading->policy));
	reading->policy->texts =
	    xcalloc(LIMIT_TEXTS, sizeof(*reading->policy->texts));
	reading->policy->aces =
	    xcalloc(LIMIT_ACES, sizeof(*reading->policy->aces));
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
	policy_free(reading->policy);
	reading->policy = NULL;
}

void
reading_pass(struct reading *reading, enum finding_severity severity,
    const struct fault *note)
{
	const struct finding_kind kind = { severity, note->code, note->clause,
		note->code == FAULT_MALFORMED || note->code == FAULT_DRAFT_FILE,
		false };

	findings_add(reading->findings, &kind, NULL, NULL, "%s", note->detail);
}

void
reading_note(struct reading *reading, enum finding_severity severity,
    const struct json_at *at, enum fault_code code, const char *clause,
    const char *fmt, ...)
{
	const struct finding_kind kind = { severity, code, clause,
		code == FAULT_MALFORMED || code == FAULT_DRAFT_FILE, false };
	char text[FINDING_TEXT];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	findings_add(reading->findings, &kind, at, NULL, "%s", text);
}

void
reading_hold(struct reading *reading, const struct fault *hold)
{
	reading_pass(reading, FINDING_WARNING, hold);
	if (!reading->is_unused && reading->policy->hold.code == FAULT_NONE)
		reading->policy->hold = *hold;
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

bool
reading_ignore(const struct json_at *at, void *into, struct fault *why)
{
	struct reading *reading = into;
	uint16_t *n = &reading->policy->info.n_ignored;

	(void)why;
	if (reading->is_again)
		return true;
	if (*n < UINT16_MAX)
		(*n)++;
	if (reading_is_foreign(at->key))
		reading_note(reading, FINDING_INFO, at, FAULT_UNSUPPORTED,
		    "RFC 8520 s2 (M-EXT-2)", "an extension, ignored");
	else
		reading_note(reading, FINDING_ERROR, at, FAULT_MALFORMED,
		    "RFC 8520 s2 (M-EXT-1)", "unknown here, ignored");
	return true;
}

bool
reading_text(struct reading *reading, enum peer_kind kind, const char *text,
    uint16_t *index, struct fault *why)
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
	if (kind == PEER_DNSNAME && n_kind == LIMIT_DNSNAMES)
		return fault_set(why, FAULT_TOO_MANY, "S-8",
		    "more than %d DNS names", LIMIT_DNSNAMES);
	if (kind == PEER_CONTROLLER && n_kind == LIMIT_CLASSES)
		return fault_set(why, FAULT_TOO_MANY, "S-8",
		    "more than %d controller classes", LIMIT_CLASSES);
	if (policy->n_texts == LIMIT_TEXTS)
		return fault_set(why, FAULT_TOO_MANY, "S-8",
		    "more than %d names, classes and URLs", LIMIT_TEXTS);
	reading->kinds[policy->n_texts] = (uint8_t)kind;
	text_copy(policy->texts[policy->n_texts].text,
	    sizeof(policy->texts[0].text), text);
	*index = (uint16_t)policy->n_texts++;
	return true;
}

bool
reading_add(struct reading *reading, const struct ace *ace, struct fault *why)
{
	struct policy *policy = reading->policy;

	/* An ACL that serves both directions counts twice here. */
	if (policy->n_aces == LIMIT_ACES)
		return fault_set(why, FAULT_TOO_MANY, "S-8",
		    "more than %d ACEs", LIMIT_ACES);
	policy->aces[policy->n_aces++] = *ace;
	return true;
}
