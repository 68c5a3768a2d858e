/*
 * URLs, references and host names from hostile bytes.  Input: a URL, a line
 * break, and a reference that is resolved against it.
 *
 * Besides crashes it looks for a canonical form that is not one, or that
 * names anything but an https URL of a host that may be looked up.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct url *url)
{
	char host[LIMIT_HOST + 1];
	struct fault why = { 0 };
	struct url again;

	if (!url_parse(url->text, &again, &why) ||
	    memcmp(url, &again, sizeof(again)) != 0)
		abort();
	if (strncmp(url->text, "https://", 8) != 0 || url->port == 0 ||
	    strpbrk(url->text, "#\\ \"<>\n") != NULL ||
	    strlen(url->text) > LIMIT_URL)
		abort();
	if (!host_parse(url->host, false, host, &why) ||
	    strcmp(host, url->host) != 0)
		abort();
	if (strncmp(url->text + 8, host, strlen(host)) != 0 ||
	    !url_same_authority(url, &again))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(size + 1, 1), *reference, host[LIMIT_HOST + 1];
	struct fault why = { 0 };
	struct url url, other;

	if (size > 0)
		memcpy(text, data, size);
	(void)host_parse(text, true, host, &why);
	reference = strchr(text, '\n');
	if (reference != NULL)
		*reference++ = '\0';
	if (!url_parse(text, &url, &why)) {
		if (!fault_is_sound(&why) || why.code == FAULT_NONE)
			abort();
	} else {
		check(&url);
		if (reference != NULL &&
		    url_resolve(&url, reference, &other, &why))
			check(&other);
	}
	free(text);
	return 0;
}
