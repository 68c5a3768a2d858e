/*
 * Redirects (RFC 8520 s1.6, M-GET-4): within the same host and port, over
 * https, and not too many (S-23).
 */
#ifndef FETCH_REDIRECT_H
#define FETCH_REDIRECT_H

#include <stdbool.h>
#include <stddef.h>

#include "libmud/limits.h"

struct fault;
struct url;

/* All zero at the start of a fetch. */
struct redirect {
	unsigned int n_followed;
	unsigned int n_locations; /* in the response at hand */
	bool is_unusable;         /* too long, or with odd bytes */
	char location[LIMIT_URL + 1];
};

/* Takes in one line of a response, as it came. A status line begins anew. */
void redirect_note(struct redirect *redirect, const char *line, size_t len);

/* Is this status one that a Location goes with? */
bool redirect_is_status(long status);

/* Where the response noted last leads to, from `from`. False with *why:
 * FAULT_REDIRECT, or FAULT_HTTP when it is one too many. */
bool redirect_follow(struct redirect *redirect, const struct url *from,
    struct url *to, struct fault *why);

#endif
