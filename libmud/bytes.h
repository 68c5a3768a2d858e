/*
 * A bounded cursor over bytes: the only code that walks a raw buffer (S-1).
 *
 * A cursor that runs out stays at its end and remembers it: readers return
 * zeros from then on, and the caller asks once, at the end, whether all was
 * there.  Nothing is allocated; a struct bytes lends, it never owns.
 */
#ifndef LIBMUD_BYTES_H
#define LIBMUD_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *data;
	size_t len;
};

struct cursor {
	struct bytes left;
	bool ran_out;
};

struct cursor cursor_over(struct bytes raw);
/* Lends the next len bytes; empty (and ran_out) if they are not there. */
static inline struct bytes
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

static inline uint8_t
cursor_u8(struct cursor *at)
{
	struct bytes raw = cursor_take(at, 1);

	return raw.len == 0 ? 0 : raw.data[0];
}

/* Network byte order on the wire. */
static inline uint16_t
cursor_u16(struct cursor *at)
{
	struct bytes raw = cursor_take(at, 2);

	if (raw.len == 0)
		return 0;
	return (uint16_t)(raw.data[0] << 8 | raw.data[1]);
}

static inline void
cursor_skip(struct cursor *at, size_t len)
{
	(void)cursor_take(at, len);
}

uint32_t cursor_u32(struct cursor *at);

/* Copies len bytes to `to`, which is zeroed if they are not all there. */
void cursor_copy(struct cursor *at, void *to, size_t len);

#endif
