/*
 * Findings.  Role: reader, mudctl.  Input: what the judges of a MUD file say,
 * with words of that file in it.
 */
#include "libmud/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libmud/limits.h"
#include "libmud/place.h"

struct finding_place
findings_place(const struct findings *to, const struct json_at *at)
{
	struct finding_place place = { .pointer = "" };

	json_pointer(at, place.pointer);
	if (to->places != NULL)
		places_find(to->places, at, &place.line, &place.column);
	return place;
}

/* What a finding means for the file, whether or not anybody hears of it. */
static void
count(struct findings *to, const struct finding_kind *kind)
{
	static const struct finding_kind more = { FINDING_WARNING,
		FAULT_TOO_MANY, "S-7", false, false };
	static const struct finding last = { .kind = &more,
		.message = "there is more that is not told",
		.fix = "Mend these, and look again." };

	to->n++;
	to->n_errors += kind->severity == FINDING_ERROR;
	/* Nodes that lead nowhere (M-EXT-1), or into an extension. */
	to->n_ignored +=
	    kind->breaks_schema && !kind->refuses &&
	    (kind->code == FAULT_MALFORMED || kind->code == FAULT_UNSUPPORTED);
	to->is_draft |= kind->code == FAULT_DRAFT_FILE;
	to->breaks_schema |= kind->breaks_schema;
	if (to->on != NULL && to->n == LIMIT_FINDINGS + 1)
		to->on(to->arg, &last);
}

/* Is it the first that refuses, or is there somebody to tell it? */
static bool
is_wanted(const struct findings *to, const struct finding_kind *kind)
{
	if (kind->refuses && to->refusal.code == FAULT_NONE)
		return true;
	return to->on != NULL && to->n <= LIMIT_FINDINGS;
}

static void
tell(struct findings *to, const struct finding_kind *kind,
    const struct finding_place *at, const char *fix, const char *text)
{
	struct finding finding = { .kind = kind };

	json_display(text, finding.message, sizeof(finding.message));
	if (fix != NULL)
		json_display(fix, finding.fix, sizeof(finding.fix));
	if (at != NULL) {
		memcpy(finding.pointer, at->pointer, sizeof(finding.pointer));
		finding.line = at->line;
		finding.column = at->column;
	}
	if (kind->refuses && to->refusal.code == FAULT_NONE)
		(void)fault_set(&to->refusal, kind->code, kind->clause,
		    "%s%s%s", finding.pointer,
		    finding.pointer[0] == '\0' ? "" : ": ", finding.message);
	if (to->on != NULL && to->n <= LIMIT_FINDINGS)
		to->on(to->arg, &finding);
}

void
findings_add(struct findings *to, const struct finding_kind *kind,
    const struct json_at *at, const char *fix, const char *fmt, ...)
{
	struct finding_place place;
	char text[FINDING_TEXT];
	va_list args;

	count(to, kind);
	if (!is_wanted(to, kind))
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (at != NULL)
		place = findings_place(to, at);
	tell(to, kind, at == NULL ? NULL : &place, fix, text);
}

void
findings_add_placed(struct findings *to, const struct finding_kind *kind,
    const struct finding_place *at, const char *fix, const char *fmt, ...)
{
	char text[FINDING_TEXT];
	va_list args;

	count(to, kind);
	if (!is_wanted(to, kind))
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	tell(to, kind, at, fix, text);
}
