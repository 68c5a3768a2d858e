/*
 * A scenario as lines of words: comments are gone, files included, names
 * replaced, repeats written out (README.md says how it is written).
 */
#ifndef SCENARIO_SCRIPT_H
#define SCENARIO_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#define SCRIPT_WORDS 32

struct script_line {
	char *text;     /* owned; single spaces between words */
	bool is_inside; /* indented: belongs to the line above */
	int number;     /* in its file */
	char *file;     /* owned; its name */
};

struct script {
	size_t n;
	struct script_line *lines;
	size_t n_names;
	struct script_name {
		char *name, *value;
	} * names;
};

/* Reads a file, and what it includes from the same folder. False with a line
 * on stderr if it cannot be read. The caller ends the script in any case. */
bool script_load(struct script *script, const char *folder, const char *file);
void script_done(struct script *script);

/* Splits a copy of the text; the words stand in buf. Returns how many. */
size_t script_split(
    const char *text, char *buf, size_t size, char *words[SCRIPT_WORDS]);

#endif
