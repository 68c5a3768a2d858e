/*
 * An event as a line.  Role: mudctl.  Input: the daemon's answer, with texts of
 * devices and files in it.
 */
#include <string.h>

#include "mudctl/columns.h"
#include "mudctl/lines.h"
#include "mudctl/show.h"

/* Does it end where the next key begins? */
static bool
is_word(const char *text)
{
	return text[0] != '\0' && strpbrk(text, " \"\\=") == NULL;
}

/* As the log has it: nothing in it ends it. */
static void
put_quoted(const struct show *show, const char *text)
{
	(void)fputc('"', show->out);
	for (; *text != '\0'; text++) {
		const char one[2] = { *text, '\0' };

		if (*text == '"' || *text == '\\')
			(void)fprintf(show->out, "\\x%02x",
			    (unsigned int)(unsigned char)*text);
		else
			lines_put(show, one);
	}
	(void)fputc('"', show->out);
}

static void
put_value(const struct show *show, const json_t *value)
{
	const char *text = json_string_value(value);

	if (json_is_integer(value))
		(void)fprintf(show->out, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
	else if (text == NULL)
		(void)fputc('-', show->out);
	else if (is_word(text))
		lines_put(show, text);
	else
		put_quoted(show, text);
}

void
show_event(const struct show *show, const json_t *event)
{
	const char *key;
	json_t *value;

	lines_put(show, lines_text(event, "time"));
	(void)fputc(' ', show->out);
	lines_put(show, lines_text(event, "event"));
	json_object_foreach((json_t *)event, key, value)
	{
		if (strcmp(key, "time") == 0 || strcmp(key, "event") == 0)
			continue;
		(void)fputc(' ', show->out);
		lines_put(show, key);
		(void)fputc('=', show->out);
		put_value(show, value);
	}
	(void)fputc('\n', show->out);
}
