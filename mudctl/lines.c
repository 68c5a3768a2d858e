/*
 * Lines of an answer.  Role: mudctl.  Input: the daemon's JSON, whose strings
 * devices and MUD files wrote: all of them are printed through columns.c,
 * which escapes them (S-71).
 */
#include "mudctl/lines.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"
#include "mudctl/columns.h"

#define COLUMNS      80
#define FAULT_INDENT 6 /* "held: " */
#define LABEL_WIDTH  13

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

/* As text_print would take. */
static size_t
width_of(const char *text, size_t len)
{
	size_t width = 0;

	for (size_t i = 0; i < len; i++)
		width +=
		    text[i] < ' ' || text[i] > '~' || text[i] == '\\' ? 4 : 1;
	return width;
}

static void
put_word(const struct show *show, const char *word, size_t len)
{
	char *copy = xstrndup(word, len);

	lines_put(show, copy);
	free(copy);
}

void
lines_wrap(
    const struct show *show, size_t used, size_t indent, const char *text)
{
	bool is_first = true;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		size_t width = width_of(text, len);

		if (!is_first && used + 1 + width > COLUMNS) {
			(void)fprintf(show->out, "\n%*s", (int)indent, "");
			used = indent;
		} else if (!is_first) {
			(void)fputc(' ', show->out);
			used++;
		}
		put_word(show, text, len);
		used += width;
		is_first = false;
		text += len;
		text += strspn(text, " ");
	}
	(void)fputc('\n', show->out);
}

static void
put_part(const struct show *show, const char *text)
{
	lines_wrap(show, FAULT_INDENT, FAULT_INDENT, text);
}

/* "held: RFC 8520 s13.2: the signer ...", and what can be done about it. */
void
lines_fault(const struct show *show, const json_t *fault)
{
	char text[512];

	if (!json_is_object(fault))
		return;
	(void)snprintf(text, sizeof(text), "%s: %s",
	    lines_text(fault, "clause"), lines_text(fault, "detail"));
	(void)text_print_tone(show->out, "held: ", TONE_WAITING, show->colour);
	put_part(show, text);
	if (lines_text(fault, "remedy")[0] == '\0')
		return;
	lines_put(show, "next: ");
	put_part(show, lines_text(fault, "remedy"));
}
