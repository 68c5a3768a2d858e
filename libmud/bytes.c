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

struct bytes
cursor_take(struct cursor *at, size_t len)
{
	struct bytes taken = { at->left.data, len };

	if (len > at->left.len) {
		at->ran_out = true;
		taken.len = 0;
		len = at->left.len;
	}
	/* An empty cursor may stand on NULL, to which nothing may be added. */
	if (len > 0)
		at->left.data += len;
	at->left.len -= len;
	return taken;
}

uint8_t
cursor_u8(struct cursor *at)
{
	struct bytes raw = cursor_take(at, 1);

	return raw.len == 0 ? 0 : raw.data[0];
}

uint16_t
cursor_u16(struct cursor *at)
{
	struct bytes raw = cursor_take(at, 2);

	if (raw.len == 0)
		return 0;
	return (uint16_t)(raw.data[0] << 8 | raw.data[1]);
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

void
cursor_skip(struct cursor *at, size_t len)
{
	(void)cursor_take(at, len);
}
