/*
 * Files that the caller of mudctl names, read and written whole.
 */
#ifndef MUDCTL_FILES_H
#define MUDCTL_FILES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/bytes.h"

/* What was read: one byte past a limit shows that it is over. */
struct input {
	uint8_t *data; /* owned; NULL: nothing yet */
	size_t len;
};

/* "mudctl: PATH: WHAT" on standard error; false. */
bool file_complain(const char *path, const char *what);

/* Appends at most max bytes of the file to what is there; "-" is standard
 * input.  Complains if it cannot. */
bool file_read(const char *path, size_t max, struct input *input);
struct bytes input_bytes(const struct input *input);
/* Overwrites what it frees: it may have been a key. */
void input_done(struct input *input);

/* Puts the bytes into the file, mode 0644, all at once: whoever looks sees the
 * old file or the new one, whole.  Complains if it cannot. */
bool file_write(const char *path, struct bytes raw);

/* The path as JSON text; a path may be no UTF-8, which JSON must be. */
json_t *file_name(const char *path);

#endif
