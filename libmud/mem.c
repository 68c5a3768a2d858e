/*
 * Allocation without a failure path.  Every program runs it; the sizes come
 * from code that held them against limits.h, so running out is an accident of
 * the machine and never an input's doing.
 */
#include "libmud/mem.h"

#include <stdlib.h>
#include <string.h>

void *
xcalloc(size_t n, size_t size)
{
	/* calloc(0) may give NULL, which here would look like a failure. */
	void *p = n == 0 || size == 0 ? calloc(1, 1) : calloc(n, size);

	if (p == NULL)
		abort();
	return p;
}

void *
xrealloc(void *p, size_t n, size_t size)
{
	void *larger;

	if (n == 0 || size == 0)
		n = size = 1;
	larger = reallocarray(p, n, size);
	if (larger == NULL)
		abort();
	return larger;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *
xstrndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = xcalloc(len + 1, 1);

	memcpy(copy, s, len);
	return copy;
}

void
text_copy(char *buf, size_t size, const char *s)
{
	size_t len = strnlen(s, size - 1);

	memcpy(buf, s, len);
	buf[len] = '\0';
}
