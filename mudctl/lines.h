/*
 * Lines of an answer for people: a label and what it says, all escaped.
 */
#ifndef MUDCTL_LINES_H
#define MUDCTL_LINES_H

#include <stddef.h>

#include <jansson.h>

#include "mudctl/show.h"

/* A member as text, or ""; as a number, or 0. Lent. */
const char *lines_text(const json_t *object, const char *name);
json_int_t lines_number(const json_t *object, const char *name);

void lines_put(const struct show *show, const char *text);
/* The label alone, filled up; what follows is the caller's. */
void lines_label(const struct show *show, const char *name);
/* A line of its own; nothing at all where there is nothing to say. */
void lines_line(const struct show *show, const char *name, const char *text);
/* The same of an array of strings, with commas between. */
void lines_array(
    const struct show *show, const char *name, const json_t *array);
/* Text over as many lines as it takes, broken at blanks; `used` columns of the
 * first are taken, the others begin at `indent`. Ends the line. */
void lines_wrap(
    const struct show *show, size_t used, size_t indent, const char *text);
/* "held: RFC 8520 s13.2: the signer ...", and what can be done about it. */
void lines_fault(const struct show *show, const json_t *fault);

#endif
