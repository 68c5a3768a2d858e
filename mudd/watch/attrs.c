/*
 * Netlink attributes.  Role: watcher.  Input: the kernel's messages.
 */
#include "watch/attrs.h"

#include <linux/netlink.h>
#include <string.h>

#define ALIGN 4 /* of messages and of attributes */

void
attrs_skip_padding(struct cursor *at, size_t len)
{
	const size_t pad = (ALIGN - len % ALIGN) % ALIGN;

	/* The last one may go without. */
	cursor_skip(at, pad < at->left.len ? pad : at->left.len);
}

bool
attrs_take(struct bytes raw, struct bytes *of, size_t n)
{
	struct cursor at = cursor_over(raw);

	while (at.left.len > 0) {
		struct nlattr attr;
		struct bytes value;
		size_t type;

		cursor_copy(&at, &attr, sizeof(attr));
		if (at.ran_out || attr.nla_len < sizeof(attr))
			return false;
		value = cursor_take(&at, attr.nla_len - sizeof(attr));
		if (at.ran_out)
			return false;
		type = attr.nla_type & (size_t)NLA_TYPE_MASK;
		if (type < n)
			of[type] = value;
		attrs_skip_padding(&at, attr.nla_len);
	}
	return true;
}

uint32_t
attr_u32(struct bytes value)
{
	struct cursor at = cursor_over(value);
	uint32_t number;

	cursor_copy(&at, &number, sizeof(number));
	return number;
}

bool
attr_is_text(struct bytes value, const char *text)
{
	return value.len == strlen(text) + 1 &&
	       memcmp(value.data, text, value.len) == 0;
}

bool
attr_mac(struct bytes value, struct mac *mac)
{
	struct cursor at = cursor_over(value);

	if (value.len != sizeof(*mac))
		return false;
	cursor_copy(&at, mac, sizeof(*mac));
	return true;
}
