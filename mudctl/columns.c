/*
 * Text for people.  Role: mudctl.  Input: what the daemon handed on, which
 * devices and MUD files wrote: hostile to terminals.
 */
#include "mudctl/columns.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"

#define GAP 2

struct cell {
	char *text;
	enum tone tone;
};

struct columns {
	size_t n;
	bool has_headings;
	size_t n_cells, room;
	struct cell *cells;
};

static const char *const marks[TONES] = {
	[TONE_PLAIN] = "",
	[TONE_GOOD] = "\033[32m",
	[TONE_WAITING] = "\033[33m",
	[TONE_BAD] = "\033[31m",
	[TONE_FAINT] = "\033[2m",
};

static bool
is_plain(char c)
{
	return c >= 0x20 && c <= 0x7e && c != '\\';
}

static size_t
width_of(const char *text)
{
	size_t width = 0;

	for (; *text != '\0'; text++)
		width += is_plain(*text) ? 1 : 4;
	return width;
}

size_t
text_print(FILE *out, const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (is_plain(*c))
			(void)fputc(*c, out);
		else
			(void)fprintf(out, "\\x%02x", (unsigned char)*c);
	return width_of(text);
}

size_t
text_print_tone(FILE *out, const char *text, enum tone tone, bool colour)
{
	bool is_marked = colour && tone != TONE_PLAIN;
	size_t width;

	if (is_marked)
		(void)fputs(marks[tone], out);
	width = text_print(out, text);
	if (is_marked)
		(void)fputs("\033[0m", out);
	return width;
}

struct columns *
columns_new(size_t n, const char *const *headings)
{
	struct columns *columns = xcalloc(1, sizeof(*columns));

	columns->n = n < COLUMNS_MAX ? n : COLUMNS_MAX;
	columns->has_headings = headings != NULL;
	for (size_t i = 0; headings != NULL && i < columns->n; i++)
		columns_add(columns, headings[i], TONE_FAINT);
	return columns;
}

void
columns_free(struct columns *columns)
{
	if (columns == NULL)
		return;
	for (size_t i = 0; i < columns->n_cells; i++)
		free(columns->cells[i].text);
	free(columns->cells);
	free(columns);
}

void
columns_add(struct columns *columns, const char *text, enum tone tone)
{
	struct cell *cell;

	if (columns->n_cells == columns->room) {
		columns->room += 16 * columns->n;
		columns->cells = xrealloc(
		    columns->cells, columns->room, sizeof(*columns->cells));
	}
	cell = &columns->cells[columns->n_cells++];
	cell->text = xstrdup(text == NULL || text[0] == '\0' ? "-" : text);
	cell->tone = tone;
}

void
columns_print(const struct columns *columns, FILE *out, bool colour)
{
	size_t widths[COLUMNS_MAX] = { 0 };

	for (size_t i = 0; i < columns->n_cells; i++) {
		size_t width = width_of(columns->cells[i].text);

		if (width > widths[i % columns->n])
			widths[i % columns->n] = width;
	}
	for (size_t i = 0; i < columns->n_cells; i++) {
		const struct cell *cell = &columns->cells[i];
		bool is_last = (i + 1) % columns->n == 0;
		size_t width =
		    text_print_tone(out, cell->text, cell->tone, colour);

		while (!is_last && width++ < widths[i % columns->n] + GAP)
			(void)fputc(' ', out);
		if (is_last)
			(void)fputc('\n', out);
	}
}
