/*
 * MUDstring parsing.  Role: watcher.  Input: hostile, straight off the LAN.
 */
#include "libmud/mudstring.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

static const char scheme[] = "https://";

/*
 * Visible ASCII only (RFC 3986 s2).  Let a control byte or a NUL through here
 * and it reaches the log, the cache's file names and the operator's terminal.
 */
static bool
is_url_byte(uint8_t byte)
{
	return byte > 0x20 && byte < 0x7f;
}

/* The MUD URL is everything before the first space, or the whole string. */
static size_t
url_length(struct bytes raw)
{
	const uint8_t *space = memchr(raw.data, ' ', raw.len);

	return space == NULL ? raw.len : (size_t)(space - raw.data);
}

bool
mudstring_parse(struct bytes raw, char **url, struct fault *why)
{
	const char *text = (const char *)raw.data;
	const size_t prefix = strlen(scheme);
	size_t len;

	if (raw.len == 0)
		return fault_set(
		    why, FAULT_MALFORMED, "RFC 8520 s10", "empty MUDstring");
	if (raw.len > LIMIT_MUDSTRING)
		return fault_set(why, FAULT_TOO_LONG, "RFC 8520 s10",
		    "MUDstring of %zu bytes", raw.len);

	len = url_length(raw);
	for (size_t i = 0; i < len; i++)
		if (!is_url_byte(raw.data[i]))
			return fault_set(why, FAULT_MALFORMED, "RFC 3986 s2",
			    "byte 0x%02x at %zu", raw.data[i], i);
	if (len <= prefix || strncasecmp(text, scheme, prefix) != 0)
		return fault_set(why, FAULT_NOT_HTTPS, "RFC 8520 s10",
		    "MUD URL is not an https URL");

	/* What follows the space is reserved, and ours to ignore (s10). */
	*url = xstrndup(text, len);
	return true;
}
