/*
 * What a fetcher makes of a response's headers: redirects, media types, and
 * whether the body has an end.  Input: lines, as they come.
 *
 * Besides crashes it looks for a redirect that is followed to another host or
 * port, or to anything but an https URL (S-23).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/media.h"
#include "fetch/redirect.h"
#include "fetch/whole.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char type[] = "content-type:";

/* Each in memory of its own, so that reading past it is seen. */
static void
take_line(struct redirect *redirect, struct whole *whole, const uint8_t *data,
    size_t len)
{
	char *line = xcalloc(len + 1, 1);

	if (len > 0)
		memcpy(line, data, len);
	redirect_note(redirect, line, len);
	whole_note(whole, line, len);
	if (strncasecmp(line, type, strlen(type)) == 0) {
		(void)media_is_expected(FETCH_FILE, line + strlen(type));
		(void)media_is_expected(FETCH_SIGNATURE, line + strlen(type));
	}
	free(line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct redirect redirect = { 0 };
	struct whole whole = { 0 };
	struct fault why = { 0 };
	struct url from, to, again;
	size_t at = 0;

	if (!url_parse("https://mud.example.com/a/b.json", &from, &why))
		abort();
	to = from;
	while (at < size) {
		const uint8_t *end = memchr(data + at, '\n', size - at);
		size_t len =
		    end == NULL ? size - at : (size_t)(end - data) + 1 - at;

		take_line(&redirect, &whole, data + at, len);
		at += len;
	}
	(void)whole_is(&whole);
	if (!redirect_follow(&redirect, &from, &to, &why)) {
		if (!fault_is_sound(&why) || why.code == FAULT_NONE ||
		    memcmp(&to, &from, sizeof(to)) != 0)
			abort();
		return 0;
	}
	if (redirect.n_locations != 1 || !url_same_authority(&from, &to) ||
	    !url_parse(to.text, &again, &why) ||
	    memcmp(&again, &to, sizeof(to)) != 0)
		abort();
	return 0;
}
