/*
 * Findings.  Role: reader, mudctl.  Input: what the judges of a MUD file say,
 * with words of that file in it.
 */
#include "libmud/finding.h"

#include <stdarg.h>
#include <stdio.h>

#include "libmud/place.h"

void
findings_add(struct findings *to, const struct finding_kind *kind,
    const struct json_at *at, const char *fix, const char *fmt, ...)
{
	struct finding finding = { .kind = kind };
	char text[FINDING_TEXT];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	json_display(text, finding.message, sizeof(finding.message));
	if (fix != NULL)
		json_display(fix, finding.fix, sizeof(finding.fix));
	if (at != NULL)
		json_pointer(at, finding.pointer);
	if (at != NULL && to->places != NULL)
		places_find(to->places, at, &finding.line, &finding.column);
	to->n_errors += kind->severity == FINDING_ERROR;
	to->breaks_schema |= kind->breaks_schema;
	if (kind->refuses && to->refusal.code == FAULT_NONE)
		(void)fault_set(&to->refusal, kind->code, kind->clause,
		    "%s%s%s", finding.pointer,
		    finding.pointer[0] == '\0' ? "" : ": ", finding.message);
	if (to->on != NULL)
		to->on(to->arg, &finding);
}
