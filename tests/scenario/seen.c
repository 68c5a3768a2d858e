/*
 * What the engine did.  Role: scenario tests.
 */
#include "tests/scenario/seen.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"

struct seen *
seen_add(struct list *all, int64_t at, const char *text)
{
	struct seen *seen = xcalloc(1, sizeof(*seen));

	seen->text = xstrdup(text);
	seen->at = at;
	list_append(all, &seen->link);
	return seen;
}

void
seen_free(struct seen *seen)
{
	list_remove(&seen->link);
	free(seen->text);
	free(seen);
}

void
seen_free_all(struct list *all)
{
	LIST_EACH_SAFE(at, all)
	seen_free(LIST_ENTRY(at, struct seen, link));
}

bool
seen_is(const char *text, const char *kind)
{
	size_t len = strlen(kind);

	return strncmp(text, kind, len) == 0 &&
	       (text[len] == '\0' || text[len] == ' ' || text[len] == '\n');
}

struct seen *
seen_first(struct list *all, const char *kind)
{
	LIST_EACH(at, all)
	{
		struct seen *seen = LIST_ENTRY(at, struct seen, link);

		if (seen_is(seen->text, kind))
			return seen;
	}
	return NULL;
}
