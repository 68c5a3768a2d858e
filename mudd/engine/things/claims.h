/*
 * What is said of a Thing's MUD URL, by each that may say it: DHCPv4, DHCPv6,
 * LLDP, and a certificate.
 *
 * A word counts at once, or waits until it is sure who spoke (announce.h); so
 * of each there may be one that counts and one that waits.  They are allocated
 * as they are said: most Things say one.  Pure data.
 */
#ifndef ENGINE_CLAIMS_H
#define ENGINE_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/state/state.h"

/* The first that nobody but an administrator stands behind. */
#define CLAIM_SOURCES (STATE_SOURCE_X509 + 1)

struct claim {
	uint32_t port; /* of one that waits: where it came in */
	int64_t since; /* and has been repeated since then */
	int64_t until; /* by LLDP: unless it is repeated */
	bool differs;  /* from the URL in force, and that was told */
	char url[];    /* canonical */
};

/* Zero: nothing was said. By enum state_source; owned. */
struct claims {
	struct claim *counts[CLAIM_SOURCES];
	struct claim *waits[CLAIM_SOURCES];
	bool is_dirty; /* the state knows them otherwise */
};

void claims_free(struct claims *claims);

/* It waits; since the first time that this came in by that port, without a
 * gap of its life. Another that waited is forgotten. */
struct claim *claims_wait(struct claims *claims, enum state_source source,
    const char *url, uint32_t port, int64_t now, int64_t until);

/* It counts, and nothing waits any more. url may be what waited. */
struct claim *claims_count(
    struct claims *claims, enum state_source source, const char *url);

void claims_drop_waiting(struct claims *claims, enum state_source source);
void claims_drop(struct claims *claims, enum state_source source);

#endif
