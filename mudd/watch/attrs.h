/*
 * Netlink attributes, taken apart with the cursor.  In host byte order, as
 * netlink is; nothing is looked at in place.
 */
#ifndef WATCH_ATTRS_H
#define WATCH_ATTRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/addr.h"
#include "libmud/bytes.h"

/*
 * Fills of[type] with the value of each attribute whose type is below n; the
 * others are skipped, and of two the later one counts.  Values are lent from
 * raw.  False if one is cut.
 */
bool attrs_take(struct bytes raw, struct bytes *of, size_t n);

/* The padding that follows len bytes of netlink, or as much as there is. */
void attrs_skip_padding(struct cursor *at, size_t len);

/* 0 if it is absent or too short. */
uint32_t attr_u32(struct bytes value);
/* Is it this text, its NUL included? */
bool attr_is_text(struct bytes value, const char *text);
/* False, and *mac untouched, if it has another length than a MAC's. */
bool attr_mac(struct bytes value, struct mac *mac);

#endif
