/*
 * What is said of a Thing's MUD URL.  Role: engine.
 */
#include "engine/things/claims.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"

static struct claim *
claim_new(const char *url)
{
	const size_t size = strlen(url) + 1;
	struct claim *claim = xcalloc(1, sizeof(*claim) + size);

	memcpy(claim->url, url, size);
	return claim;
}

static void
drop(struct claim **at)
{
	free(*at);
	*at = NULL;
}

void
claims_free(struct claims *claims)
{
	for (size_t i = 0; i < CLAIM_SOURCES; i++)
		claims_drop(claims, (enum state_source)i);
}

struct claim *
claims_wait(struct claims *claims, enum state_source source, const char *url,
    uint32_t port, int64_t now, int64_t until)
{
	struct claim **at = &claims->waits[source];

	if (*at == NULL || (*at)->port != port || (*at)->until < now ||
	    strcmp((*at)->url, url) != 0) {
		drop(at);
		*at = claim_new(url);
		(*at)->port = port;
		(*at)->since = now;
	}
	(*at)->until = until;
	return *at;
}

struct claim *
claims_count(struct claims *claims, enum state_source source, const char *url)
{
	struct claim **at = &claims->counts[source];

	if (*at == NULL || strcmp((*at)->url, url) != 0) {
		struct claim *claim = claim_new(url);

		drop(at);
		*at = claim;
		claims->is_dirty = true;
	}
	drop(&claims->waits[source]);
	return *at;
}

void
claims_drop_waiting(struct claims *claims, enum state_source source)
{
	drop(&claims->waits[source]);
}

void
claims_drop(struct claims *claims, enum state_source source)
{
	claims->is_dirty = claims->is_dirty || claims->counts[source] != NULL;
	drop(&claims->counts[source]);
	drop(&claims->waits[source]);
}
