/*
 * The bounded cursor.  Watcher, reader and fetcher run it over hostile bytes:
 * no other code indexes a raw buffer (S-1).
 */
#include "libmud/bytes.h"

#include <string.h>

struct cursor
cursor_over(struct bytes raw)
{
	return (struct cursor){ .left = raw };
}

uint32_t
cursor_u32(struct cursor *at)
{
	struct bytes raw = cursor_take(at, 4);

	if (raw.len == 0)
		return 0;
	return (uint32_t)raw.data[0] << 24 | (uint32_t)raw.data[1] << 16 |
	       (uint32_t)raw.data[2] << 8 | raw.data[3];
}

void
cursor_copy(struct cursor *at, void *to, size_t len)
{
	struct bytes raw = cursor_take(at, len);

	if (raw.len < len)
		memset(to, 0, len);
	else if (len > 0)
		memcpy(to, raw.data, len);
}
