/*
 * Lines of an answer.  Role: mudctl.  Input: the daemon's JSON, whose strings
 * devices and MUD files wrote: all of them are printed through columns.c,
 * which escapes them (S-71).
 */
#include "mudctl/lines.h"

#include "mudctl/columns.h"

#define LABEL_WIDTH 13

/* A member as text, or "". */
const char *
lines_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

json_int_t
lines_number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

void
lines_put(const struct show *show, const char *text)
{
	(void)text_print(show->out, text);
}

void
lines_label(const struct show *show, const char *name)
{
	size_t width =
	    text_print_tone(show->out, name, TONE_FAINT, show->colour);

	while (width++ < LABEL_WIDTH)
		(void)fputc(' ', show->out);
}

/* A line of its own, if there is something to say. */
void
lines_line(const struct show *show, const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	lines_label(show, name);
	lines_put(show, text);
	(void)fputc('\n', show->out);
}

/* Strings of an array, with commas between. */
void
lines_array(const struct show *show, const char *name, const json_t *array)
{
	if (json_array_size(array) == 0)
		return;
	lines_label(show, name);
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (i > 0)
			lines_put(show, ", ");
		lines_put(show, text == NULL ? "-" : text);
	}
	(void)fputc('\n', show->out);
}

/* "held: RFC 8520 s13.2: the signer ...", and what can be done about it. */
void
lines_fault(const struct show *show, const json_t *fault)
{
	if (!json_is_object(fault))
		return;
	(void)text_print_tone(show->out, "held: ", TONE_WAITING, show->colour);
	lines_put(show, lines_text(fault, "clause"));
	lines_put(show, ": ");
	lines_put(show, lines_text(fault, "detail"));
	(void)fputc('\n', show->out);
	if (lines_text(fault, "remedy")[0] != '\0') {
		lines_put(show, "next: ");
		lines_put(show, lines_text(fault, "remedy"));
		(void)fputc('\n', show->out);
	}
}
