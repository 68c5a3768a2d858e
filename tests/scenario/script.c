/*
 * Scenario files.  Role: scenario tests.  Input: the project's own files.
 */
#include "tests/scenario/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"

#define LINE_BYTES 1024
#define DEPTH      4 /* of includes */

/* The file being read. */
struct reader {
	struct script *script;
	const char *folder, *file;
	FILE *stream;
	int number, depth;
};

static bool load(
    struct script *script, const char *folder, const char *file, int depth);

static bool
complain(const struct reader *reader, const char *what)
{
	(void)fprintf(
	    stderr, "%s:%d: %s\n", reader->file, reader->number, what);
	return false;
}

/* ---- names -------------------------------------------------------------- */

static const char *
value_of(const struct script *script, const char *name)
{
	for (size_t i = script->n_names; i > 0; i--)
		if (strcmp(script->names[i - 1].name, name) == 0)
			return script->names[i - 1].value;
	return NULL;
}

static void
name(struct script *script, const char *text, const char *value)
{
	struct script_name *at;

	script->names = xrealloc(
	    script->names, script->n_names + 1, sizeof(*script->names));
	at = &script->names[script->n_names++];
	at->name = xstrdup(text);
	at->value = xstrdup(value);
}

static bool
is_name_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
	       byte == '_';
}

/* Replaces every $name; the longest run of letters and digits is the name. */
static bool
replace(const struct script *script, const char *from, char *to, size_t size)
{
	size_t len = 0;

	while (*from != '\0' && len + 1 < size) {
		char key[32] = "$";
		size_t n = 1;
		const char *value;

		if (*from != '$') {
			to[len++] = *from++;
			continue;
		}
		for (from++; is_name_byte(*from) && n + 1 < sizeof(key); from++)
			key[n++] = *from;
		value = value_of(script, key);
		if (value == NULL || len + strlen(value) + 1 >= size)
			return false;
		memcpy(to + len, value, strlen(value));
		len += strlen(value);
	}
	to[len] = '\0';
	return *from == '\0';
}

/* ---- lines -------------------------------------------------------------- */

/* Without comment, with single spaces. */
static void
tidy(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0' && *from != '\n'; from++) {
		bool is_space = *from == ' ' || *from == '\t';

		if (*from == '#' && (to == text || to[-1] == ' '))
			break;
		if (!is_space)
			*to++ = *from;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	}
	while (to > text && to[-1] == ' ')
		to--;
	*to = '\0';
}

static void
add(struct reader *reader, const char *text, bool is_inside)
{
	struct script *script = reader->script;
	struct script_line *at;

	script->lines =
	    xrealloc(script->lines, script->n + 1, sizeof(*script->lines));
	at = &script->lines[script->n++];
	at->text = xstrdup(text);
	at->is_inside = is_inside;
	at->number = reader->number;
	at->file = xstrdup(reader->file);
}

static bool take(struct reader *reader, const char *raw);

/* The next line of the file, tidy; false at its end. */
static bool
next(struct reader *reader, char raw[LINE_BYTES])
{
	if (fgets(raw, LINE_BYTES, reader->stream) == NULL)
		return false;
	reader->number++;
	return true;
}

/* Lines up to "end", n times over, with $n as 01, 02, ... */
static bool
repeat(struct reader *reader, unsigned int n)
{
	char(*lines)[LINE_BYTES] = NULL;
	size_t n_lines = 0;
	char raw[LINE_BYTES], tidied[LINE_BYTES], number[8];
	bool ended = false, ok = true;

	while (!ended && next(reader, raw)) {
		memcpy(tidied, raw, sizeof(tidied));
		tidy(tidied);
		ended = strcmp(tidied, "end") == 0;
		lines = xrealloc(lines, n_lines + 1, sizeof(*lines));
		memcpy(lines[n_lines++], raw, sizeof(raw));
	}
	if (!ended)
		ok = complain(reader, "a repeat without an end");
	for (unsigned int i = 1; ok && i <= n; i++) {
		(void)snprintf(number, sizeof(number), "%02u", i);
		name(reader->script, "$n", number);
		for (size_t at = 0; ok && at + 1 < n_lines; at++)
			ok = take(reader, lines[at]);
	}
	free(lines);
	return ok;
}

static bool
take(struct reader *reader, const char *raw)
{
	char text[LINE_BYTES], copy[LINE_BYTES];
	bool is_inside = raw[0] == ' ' || raw[0] == '\t';
	char *words[SCRIPT_WORDS];
	size_t n;

	if (!replace(reader->script, raw, text, sizeof(text)))
		return complain(reader, "an unknown $name, or a long line");
	tidy(text);
	if (text[0] == '\0')
		return true;
	n = script_split(text, copy, sizeof(copy), words);
	if (n == 2 && strcmp(words[0], "include") == 0)
		return load(reader->script, reader->folder, words[1],
		    reader->depth + 1);
	if (n == 2 && strcmp(words[0], "repeat") == 0)
		return repeat(reader, (unsigned int)atoi(words[1]));
	add(reader, text, is_inside);
	return true;
}

/* "let $name value": the name is not replaced in this line. */
static bool
take_let(struct reader *reader, char *raw)
{
	char copy[LINE_BYTES];
	char *words[SCRIPT_WORDS];

	tidy(raw);
	if (script_split(raw, copy, sizeof(copy), words) != 3 ||
	    words[1][0] != '$')
		return complain(reader, "let $name value");
	name(reader->script, words[1], words[2]);
	return true;
}

static bool
load(struct script *script, const char *folder, const char *file, int depth)
{
	struct reader reader = {
		.script = script,
		.folder = folder,
		.file = file,
		.depth = depth,
	};
	char path[1024], raw[LINE_BYTES];
	bool ok = depth < DEPTH;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, file);
	reader.stream = fopen(path, "re");
	if (reader.stream == NULL) {
		(void)fprintf(stderr, "%s: cannot be read\n", path);
		return false;
	}
	while (ok && next(&reader, raw))
		ok = strncmp(raw, "let ", 4) == 0 ? take_let(&reader, raw)
		                                  : take(&reader, raw);
	(void)fclose(reader.stream);
	return ok;
}

bool
script_load(struct script *script, const char *folder, const char *file)
{
	return load(script, folder, file, 0);
}

void
script_done(struct script *script)
{
	for (size_t i = 0; i < script->n; i++) {
		free(script->lines[i].text);
		free(script->lines[i].file);
	}
	for (size_t i = 0; i < script->n_names; i++) {
		free(script->names[i].name);
		free(script->names[i].value);
	}
	free(script->lines);
	free(script->names);
}

size_t
script_split(
    const char *text, char *buf, size_t size, char *words[SCRIPT_WORDS])
{
	char *at = buf, *save = NULL;
	size_t n = 0;

	(void)snprintf(buf, size, "%s", text);
	while (
	    n < SCRIPT_WORDS && (words[n] = strtok_r(at, " ", &save)) != NULL) {
		at = NULL;
		n++;
	}
	return n;
}
