/*
 * A member's name in a MUD file, and the node of the tables it leads to,
 * however it is written; and how the judge tells.
 *
 * Shared by schema.c and schemaname.c, and by nothing else.
 */
#ifndef LIBMUD_FORM_SCHEMANAME_H
#define LIBMUD_FORM_SCHEMANAME_H

#include "libmud/finding.h"
#include "libmud/form/draft.h"
#include "libmud/form/schematree.h"
#include "libmud/json.h"

/* What the parts of a file must know of each other. */
struct schema_judge {
	struct findings *to;
	json_t *acl_names;  /* a set: of all ACLs in the file */
	unsigned int bases; /* of their types (A-TYPE-2) */
};

/* A node of the tables, where it stands in the document. */
struct schema_level {
	const struct schema_node *node;
	const char *module;
	const struct schema_level *above; /* NULL: the top */
};

/* How a member's name came to its node. */
enum schema_how {
	SCHEMA_RIGHT,
	SCHEMA_NEEDLESS, /* qualified with the module of the node above */
	SCHEMA_BARE,     /* not qualified, and has to be */
	SCHEMA_SHORT, /* qualified with a prefix of the modules' source text */
	SCHEMA_DRAFT,
	SCHEMA_UNKNOWN,
};

struct schema_found {
	enum schema_how how;
	const struct schema_node *node; /* NULL unless it is known */
	const struct draft_name *draft; /* NULL unless SCHEMA_DRAFT */
};

struct schema_found schema_find_member(
    const struct schema_level *level, const char *key);

/* Tells what is wrong with a name that leads to a node; nothing if it is
 * right. */
void schema_judge_name(struct schema_judge *judge, const struct json_at *at,
    const struct schema_found *found);

/* Tells of a member that leads to no node. */
void schema_judge_unknown(struct schema_judge *judge, const struct json_at *at,
    const struct schema_level *level);

/* A known node that is broken: it refuses the file. */
void schema_tell_broken(struct schema_judge *judge, const struct json_at *at,
    const char *clause, const char *fix, const char *message);

/* Not as the modules have it, but no guess is needed to go on. */
void schema_tell_wrong(struct schema_judge *judge, const struct json_at *at,
    enum fault_code code, const char *clause, const char *fix,
    const char *message);

/* What managers that know the extension use (M-EXT-2). */
void schema_tell_foreign(
    struct schema_judge *judge, const struct json_at *at, const char *message);

#endif
