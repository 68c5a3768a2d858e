/*
 * Netlink attributes by number, as nf_tables nests them.
 */
#ifndef ENFORCE_ATTRS_H
#define ENFORCE_ATTRS_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ATTRS 24

struct attrs {
	const struct nlattr *at[ATTRS]; /* lent; NULL: it is not there */
	uint16_t highest; /* of all numbers, also of those that do not fit */
};

/* What a message of nf_tables has, and what an attribute has nested. False: it
 * is broken; nested may be NULL, which is. */
bool attrs_of_message(const struct nlmsghdr *message, struct attrs *attrs);
bool attrs_of(const struct nlattr *nested, struct attrs *attrs);

/* A number in network order; false: it is not there, or of another size. */
bool attrs_u32(const struct nlattr *attr, uint32_t *number);
bool attrs_u64(const struct nlattr *attr, uint64_t *number);
/* A text that ends within its attribute; false: it is none, or too long. */
bool attrs_text(const struct nlattr *attr, char *out, size_t size);
bool attrs_is_text(const struct nlattr *attr, const char *text);

#endif
