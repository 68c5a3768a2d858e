/*
 * What Things say of themselves.  Role: watcher.  Input: hostile, straight off
 * the LAN.
 */
#include "watch/claim.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/mudstring.h"
#include "libmud/url.h"

bool
claim_url(
    struct bytes mudstring, char url[static LIMIT_URL + 1], struct fault *why)
{
	struct url parsed;
	char *text;
	bool ok;

	if (!mudstring_parse(mudstring, &text, why))
		return false;
	ok = url_parse(text, &parsed, why);
	if (ok)
		memcpy(url, parsed.text, sizeof(parsed.text));
	free(text);
	return ok;
}

void
claim_name(struct bytes value, char name[static LIMIT_CLIENTNAME + 1])
{
	size_t n = 0;

	if (name[0] != '\0')
		return;
	for (size_t i = 0; i < value.len && n < LIMIT_CLIENTNAME; i++) {
		const char c = (char)value.data[i];

		if (c == '.' || c == '\0')
			break;
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-')
			name[n++] = c;
	}
	name[n] = '\0';
}
