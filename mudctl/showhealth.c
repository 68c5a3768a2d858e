/*
 * What is impaired, as text for people.  Role: mudctl.  Input: the daemon's
 * answer.
 */
#include <string.h>

#include "mudctl/columns.h"
#include "mudctl/lines.h"
#include "mudctl/show.h"

#define INDENT 14 /* the width of a label */

static bool
is_degraded(const json_t *condition)
{
	return strcmp(lines_text(condition, "state"), "degraded") == 0;
}

bool
show_is_degraded(const json_t *answer)
{
	const json_t *conditions = json_object_get(answer, "conditions");

	for (size_t i = 0; i < json_array_size(conditions); i++)
		if (is_degraded(json_array_get(conditions, i)))
			return true;
	return false;
}

void
show_health(const struct show *show, const json_t *answer)
{
	const json_t *conditions = json_object_get(answer, "conditions");

	for (size_t i = 0; i < json_array_size(conditions); i++) {
		const json_t *condition = json_array_get(conditions, i);
		const char *detail = lines_text(condition, "detail");

		lines_label(show, lines_text(condition, "name"));
		(void)text_print_tone(show->out, lines_text(condition, "state"),
		    is_degraded(condition) ? TONE_BAD : TONE_GOOD,
		    show->colour);
		if (detail[0] != '\0') {
			lines_put(show, ": ");
			lines_put(show, detail);
		}
		(void)fputc('\n', show->out);
		if (is_degraded(condition)) {
			lines_label(show, "");
			lines_wrap(show, INDENT, INDENT,
			    lines_text(condition, "remedy"));
		}
	}
}
