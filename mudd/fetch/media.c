/*
 * Media types.  Role: fetcher.  Input: a response header, hostile: whatever
 * it says, the bytes are judged by the reader.
 */
#include "fetch/media.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define BLANK " \t"

/* RFC 8520 s1.6 names the first of each; servers that know no MUD send the
 * second. */
static const char *const expected[][2] = {
	[FETCH_FILE] = { "application/mud+json", "application/json" },
	[FETCH_SIGNATURE] = { "application/pkcs7-signature",
	    "application/octet-stream" },
};

bool
media_is_expected(enum fetch_kind kind, const char *type)
{
	size_t len;

	if (type == NULL)
		return false;
	/* media-type = type "/" subtype *( OWS ";" OWS ... ), no blanks inside
	 * of what comes before (RFC 9110 s8.3.1). */
	type += strspn(type, BLANK);
	len = strcspn(type, ";");
	while (len > 0 && strchr(BLANK, type[len - 1]) != NULL)
		len--;
	for (size_t i = 0; i < 2; i++)
		if (len == strlen(expected[kind][i]) &&
		    strncasecmp(type, expected[kind][i], len) == 0)
			return true;
	return false;
}
