/*
 * MUDstrings from hostile bytes, as a DHCP option or an LLDP TLV brings them;
 * and the MUD URL that comes out of them, as the watcher judges it next.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mudstring.h"
#include "libmud/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes raw = { data, size };
	struct fault why = { 0 };
	struct url parsed;
	char *url = NULL;

	if (!mudstring_parse(raw, &url, &why)) {
		if (url != NULL || !fault_is_sound(&why))
			abort();
		return 0;
	}
	if (strlen(url) > LIMIT_MUDSTRING || strpbrk(url, " \t\r\n") != NULL)
		abort();
	(void)url_parse(url, &parsed, &why);
	free(url);
	return 0;
}
