/*
 * Findings.  Role: reader, mudctl.  Input: what the judges of a MUD file say,
 * with words of that file in it.
 */
#include "libmud/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

static void
add(struct findings *to, const struct finding_kind *kind,
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
	to->n_errors += kind->severity == FINDING_ERROR;
	to->n_ignored += kind->breaks_schema && !kind->refuses &&
	                 kind->code != FAULT_DRAFT_FILE &&
	                 kind->code != FAULT_ACL_TYPE;
	to->is_draft |= kind->code == FAULT_DRAFT_FILE;
	to->breaks_schema |= kind->breaks_schema;
	if (kind->refuses && to->refusal.code == FAULT_NONE)
		(void)fault_set(&to->refusal, kind->code, kind->clause,
		    "%s%s%s", finding.pointer,
		    finding.pointer[0] == '\0' ? "" : ": ", finding.message);
	if (to->on != NULL)
		to->on(to->arg, &finding);
}

void
findings_add(struct findings *to, const struct finding_kind *kind,
    const struct json_at *at, const char *fix, const char *fmt, ...)
{
	struct finding_place place;
	char text[FINDING_TEXT];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (at != NULL)
		place = findings_place(to, at);
	add(to, kind, at == NULL ? NULL : &place, fix, text);
}

void
findings_add_placed(struct findings *to, const struct finding_kind *kind,
    const struct finding_place *at, const char *fix, const char *fmt, ...)
{
	char text[FINDING_TEXT];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	add(to, kind, at, fix, text);
}
