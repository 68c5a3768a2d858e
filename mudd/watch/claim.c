/*
 * What Things say of themselves.  Role: watcher.  Input: hostile, straight off
 * the LAN.
 */
#include "watch/claim.h"

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
