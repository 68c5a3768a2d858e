/*
 * Text for people: rows of cells under one another, and outside text escaped.
 *
 * Cells may hold what a device or a MUD file wrote; it is escaped on its way
 * out (S-71), so a terminal never sees a control byte.
 */
#ifndef MUDCTL_COLUMNS_H
#define MUDCTL_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define COLUMNS_MAX 8

enum tone { TONE_PLAIN, TONE_GOOD, TONE_WAITING, TONE_BAD, TONE_FAINT, TONES };

struct columns;

/* n columns with these headings (NULL: without), at most COLUMNS_MAX. */
struct columns *columns_new(size_t n, const char *const *headings);
void columns_free(struct columns *columns);

/* The next cell of the row in hand, copied; NULL or "" is shown as "-". After
 * the n-th the next row begins. */
void columns_add(struct columns *columns, const char *text, enum tone tone);

/* All rows, each column as wide as its widest cell, the last one as it is. */
void columns_print(const struct columns *columns, FILE *out, bool colour);

/* Prints text with bytes outside 0x20..0x7e and '\' as \xNN; returns how many
 * columns it took. */
size_t text_print(FILE *out, const char *text);

/* The same between the marks of a tone, if there is colour. */
size_t text_print_tone(
    FILE *out, const char *text, enum tone tone, bool colour);

#endif
