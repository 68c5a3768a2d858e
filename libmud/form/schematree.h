/*
 * The data nodes of a MUD file, as static tables: ietf-mud@2019-01-28,
 * ietf-acldns@2019-01-28 and ietf-access-control-list@2019-03-04 with every
 * match-on feature, and without interface-attachment and the statistics.
 */
#ifndef LIBMUD_FORM_SCHEMATREE_H
#define LIBMUD_FORM_SCHEMATREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/form/yang.h"

enum schema_kind {
	SCHEMA_CONTAINER,
	SCHEMA_LIST, /* its entries are objects with `children` */
	SCHEMA_LEAF,
	SCHEMA_LEAF_LIST,
	SCHEMA_CLOSED, /* the modules know it, but no MUD file may have it */
};

/* Of which base an ACL of the file must be (A-TYPE-1, A-TYPE-2). */
enum schema_when {
	SCHEMA_ALWAYS,
	SCHEMA_WHEN_ETH = 1,
	SCHEMA_WHEN_IPV4 = 2,
	SCHEMA_WHEN_IPV6 = 4,
};

struct schema_node {
	const char *name; /* the simple form (J-1) */
	/* Where it is not the module of the node above: the member's name is
	 * qualified with it, and must be (J-2). */
	const char *module;
	const struct yang_type *type; /* of a leaf or leaf-list */
	const struct schema_node *children;
	const char *clause;
	const char *example; /* a good value, as JSON */
	enum schema_kind kind;
	enum schema_when when;
	uint8_t n; /* children, at most 32 */
	/* Of the children of one node with the same `choice` only those of one
	 * `branch` may be there; 0: in no choice. */
	uint8_t choice, branch;
	bool is_mandatory; /* in a choice: where its branch is there */
	bool is_presence;
};

#define SCHEMA_ACL_MODULE "ietf-access-control-list"

/* The top of a file. */
extern const struct schema_node schema_top;

/* NULL if `node` has no child of this simple name. */
const struct schema_node *schema_child(
    const struct schema_node *node, const char *name);

/* Which bases an ACL type is derived from: a set of enum schema_when; 0: it is
 * no type of the module.  `name` is in the simple form. */
unsigned int schema_bases(const char *name);

#endif
