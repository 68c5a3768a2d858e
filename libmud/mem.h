/*
 * Allocation that ends the process rather than fail, so that no untested
 * path exists for it.  Every size was held against limits.h before.
 */
#ifndef LIBMUD_MEM_H
#define LIBMUD_MEM_H

#include <stddef.h>

void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size); /* n * size, checked */
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);

/* Copies s into buf of size bytes, cut to fit, always ended by a NUL. */
void text_copy(char *buf, size_t size, const char *s);

#endif
