/*
 * MUD URLs: one function judges them wherever they come from (S-20).
 *
 * https only; userinfo and fragments refused, a query is legal; the host is
 * a name per S-14, never an address; no dot segments, nor percent-encoded
 * ones; at most LIMIT_URL bytes of RFC 3986's path and query characters.  The
 * canonical form (scheme and host in lower case, port 443 left out,
 * percent-encoding in upper-case hex) is what is compared, stored and
 * fetched.
 */
#ifndef LIBMUD_URL_H
#define LIBMUD_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/limits.h"

struct fault;

struct url {
	char text[LIMIT_URL + 1];  /* canonical */
	char host[LIMIT_HOST + 1]; /* lower case, no last dot */
	uint16_t port;             /* 443 where the URL has none */
};

/* Untouched on failure. Does not judge the port: the configuration does. */
bool url_parse(const char *text, struct url *url, struct fault *why);

/*
 * Resolves a reference (relative, or absolute https) against a base, for
 * mud-signature and redirects, and parses the outcome (RFC 3986 s5.2).  Dot
 * segments of a relative reference are resolved, not refused.
 */
bool url_resolve(const struct url *base, const char *reference, struct url *url,
    struct fault *why);

/* Same manufacturer: same host and same effective port (M-MFG-2). */
bool url_same_authority(const struct url *a, const struct url *b);

/* The same authority, and the same path up to its last slash: where a maker's
 * next file for the same Thing lies (S-37). */
bool url_same_base(const struct url *a, const struct url *b);

/*
 * A host name fit to be looked up on behalf of a MUD file (S-14): letters,
 * digits, hyphens and dots (underscores where the caller allows them), labels
 * of at most 63, at least two labels, no last dot, not an IP literal (which
 * includes a last label that is a number), not under local, localhost or arpa
 * (these are FAULT_URL_FORBIDDEN).  Writes the lower-case form.  Untouched on
 * failure.
 */
bool host_parse(const char *text, bool underscore, char host[LIMIT_HOST + 1],
    struct fault *why);

#endif
