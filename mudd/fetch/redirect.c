/*
 * Redirects.  Role: fetcher.  Input: response headers, hostile.
 */
#include "fetch/redirect.h"

#include <string.h>
#include <strings.h>

#include "libmud/fault.h"
#include "libmud/url.h"

static const char clause[] = "S-23";

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_visible(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] <= 0x20 || text[i] >= 0x7f)
			return false;
	return true;
}

void
redirect_note(struct redirect *redirect, const char *line, size_t len)
{
	static const char status[] = "HTTP/", name[] = "location:";

	if (len >= strlen(status) &&
	    strncasecmp(line, status, strlen(status)) == 0) {
		redirect->n_locations = 0;
		redirect->is_unusable = false;
		return;
	}
	if (len < strlen(name) || strncasecmp(line, name, strlen(name)) != 0)
		return;
	line += strlen(name);
	len -= strlen(name);
	while (len > 0 && is_blank(line[0])) {
		line++;
		len--;
	}
	while (len > 0 && is_blank(line[len - 1]))
		len--;
	redirect->n_locations++;
	if (len == 0 || len > LIMIT_URL || !is_visible(line, len)) {
		redirect->is_unusable = true;
		return;
	}
	memcpy(redirect->location, line, len);
	redirect->location[len] = '\0';
}

bool
redirect_is_status(long status)
{
	return status == 301 || status == 302 || status == 303 ||
	       status == 307 || status == 308;
}

bool
redirect_follow(struct redirect *redirect, const struct url *from,
    struct url *to, struct fault *why)
{
	struct fault reason = { 0 };
	struct url next;

	if (redirect->n_locations != 1 || redirect->is_unusable)
		return fault_set(why, FAULT_REDIRECT, clause,
		    "%s redirects without one usable Location", from->host);
	if (redirect->n_followed == LIMIT_REDIRECTS)
		return fault_set(why, FAULT_HTTP, clause,
		    "%s redirects more than %d times", from->host,
		    LIMIT_REDIRECTS);
	if (!url_resolve(from, redirect->location, &next, &reason))
		return fault_set(why, FAULT_REDIRECT, clause,
		    "%s redirects to %s: %s", from->host, redirect->location,
		    reason.detail);
	if (!url_same_authority(from, &next))
		return fault_set(why, FAULT_REDIRECT, clause,
		    "%s redirects to another host or port: %s", from->host,
		    next.text);
	redirect->n_followed++;
	*to = next;
	return true;
}
