/*
 * The names that drafts of RFC 8520 and RFC 8519 had, and those of today.
 *
 * Files of 2016 to 2018 are still served; a judge reads such a name as the
 * modern one and says so, and `mudctl validate --modernize` writes it.  Static
 * tables; nothing here reads a file.
 */
#ifndef LIBMUD_FORM_DRAFT_H
#define LIBMUD_FORM_DRAFT_H

#include <stddef.h>

enum draft_kind {
	DRAFT_RENAMED, /* `modern` is the same member's name today */
	DRAFT_WRAPPER, /* gone; its members stand where it stood */
	DRAFT_GONE,    /* no member has its meaning; `advice` says what to do */
};

/*
 * One member.  `parent` is the modern simple name of the container or list
 * entry that has it: "" (the top), "acl", "ace", "matches", "actions", "ipv4",
 * "ipv6", "tcp", "udp", "access-list", ...  Names at the top, and modern names
 * that RFC 7951 wants qualified, are written with their module.
 */
struct draft_name {
	const char *parent;
	const char *draft;
	const char *modern; /* NULL unless DRAFT_RENAMED */
	enum draft_kind kind;
	const char *advice; /* a sentence; NULL where the modern name is it */
};

/* NULL if the drafts had no such member there, or it is today's. */
const struct draft_name *draft_name_find(
    const char *parent, const char *member);

/*
 * Today's name for an identity that the drafts had as a value of `leaf`
 * ("type", "forwarding"), with or without a module before it; NULL if it is
 * none of them.  "ethernet-acl-type" was eth-acl-type, "ipv4" ipv4-acl-type.
 */
const char *draft_value_find(const char *leaf, const char *value);

/* The number that a hexadecimal text such as "0x888e" stands for, as the
 * drafts' tools wrote ethertypes; -1 if it is none of 0..65535. */
long draft_hex(const char *text);

#endif
