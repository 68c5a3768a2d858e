/*
 * The judge of a MUD file's form.  Role: reader, mudctl.  Input: a document
 * within the limits of json_load, signed perhaps: hostile.
 *
 * One walk along the tables of schematree.c tells all there is.  What it does
 * not know it passes over, and never looks into.
 */
#include "libmud/form/schema.h"

#include <stdio.h>
#include <string.h>

#include "libmud/form/schemaleaf.h"
#include "libmud/form/schemaname.h"
#include "libmud/form/schematree.h"
#include "libmud/form/schemawords.h"
#include "libmud/form/yang.h"

static bool
is_seen(uint32_t seen, size_t i)
{
	return (seen >> i & 1) != 0;
}

/* Two cases of one choice. */
static void
judge_choices(struct schema_judge *judge, const struct json_at *at,
    const struct schema_node *node, uint32_t seen)
{
	uint32_t told = 0;

	for (size_t i = 0; i < node->n; i++) {
		const struct schema_node *one = &node->children[i];

		if (!is_seen(seen, i) || one->choice == 0 ||
		    (told >> one->choice & 1) != 0)
			continue;
		for (size_t j = i + 1; j < node->n; j++) {
			const struct schema_node *two = &node->children[j];
			char message[SCHEMA_TEXT], fix[SCHEMA_TEXT];

			if (!is_seen(seen, j) || two->choice != one->choice ||
			    two->branch == one->branch)
				continue;
			schema_say(message,
			    "\"%s\" and \"%s\" exclude each other", one->name,
			    two->name);
			schema_say(fix, "Keep one of \"%s\" and \"%s\"%s.",
			    one->name, two->name,
			    one->type == NULL ? "; write another ACE for the "
						"other"
					      : "");
			/* Of headers, whatever else each of them asks for. */
			schema_tell_broken(judge, at,
			    one->type == NULL ? "RFC 8519 s4.1 (A-SEM-2)"
					      : one->clause,
			    fix, message);
			told |= UINT32_C(1) << one->choice;
			break;
		}
	}
}

/* Is the case there that the child belongs to, and no other of its choice? */
static bool
has_branch(const struct schema_node *node, const struct schema_node *child,
    uint32_t seen)
{
	bool is_there = false;

	if (child->choice == 0)
		return true;
	for (size_t i = 0; i < node->n; i++) {
		const struct schema_node *other = &node->children[i];

		if (!is_seen(seen, i) || other->choice != child->choice)
			continue;
		if (other->branch != child->branch)
			return false;
		is_there = true;
	}
	return is_there;
}

/* It stands in one of its neighbours, of which is told there. */
static bool
is_misplaced(json_t *object, const struct schema_node *node, const char *name)
{
	for (size_t i = 0; i < node->n; i++)
		if (json_object_get(
			json_object_get(object, node->children[i].name),
			name) != NULL)
			return schema_child(&node->children[i], name) == NULL;
	return false;
}

static void
judge_missing(struct schema_judge *judge, const struct json_at *at,
    const struct schema_node *node, uint32_t seen)
{
	for (size_t i = 0; i < node->n; i++) {
		const struct schema_node *child = &node->children[i];
		char name[SCHEMA_TEXT], message[SCHEMA_TEXT], fix[SCHEMA_TEXT];
		if (!child->is_mandatory || is_seen(seen, i) ||
		    !has_branch(node, child, seen) ||
		    (child->kind == SCHEMA_CONTAINER &&
			is_misplaced(at->value, node, child->name)))
			continue;
		schema_member(child, name);
		schema_say(message, "no \"%s\", which must be there", name);
		schema_say(fix, "Add \"%s\", such as \"%s\": %s.", name, name,
		    child->example);
		schema_tell_broken(judge, at, child->clause, fix, message);
	}
}

/* The modules' one `must`: lower-port <= upper-port (A-PORT-1). */
static void
judge_range(struct schema_judge *judge, const struct json_at *at)
{
	const json_t *lower = json_object_get(at->value, "lower-port");
	const json_t *upper = json_object_get(at->value, "upper-port");
	char fix[SCHEMA_TEXT];

	if (!json_is_integer(lower) || !json_is_integer(upper) ||
	    json_integer_value(lower) <= json_integer_value(upper))
		return;
	schema_say(fix,
	    "Write \"lower-port\": %" JSON_INTEGER_FORMAT
	    ", \"upper-port\": %" JSON_INTEGER_FORMAT ".",
	    json_integer_value(upper), json_integer_value(lower));
	schema_tell_broken(judge, at, "RFC 8519 s4.2 (A-PORT-1)", fix,
	    "\"lower-port\" is above \"upper-port\"");
}

/*
 * The absolute path of the modules' `when` is met if any ACL of the file has
 * a type that fits; each ACL's own type is held against it elsewhere
 * (A-TYPE-2).  An empty container is as good as none (RFC 7950 s7.5.1).
 */
static void
judge_when(struct schema_judge *judge, const struct json_at *at,
    const struct schema_node *node)
{
	char message[SCHEMA_TEXT], fix[SCHEMA_TEXT];

	if (node->when == SCHEMA_ALWAYS || (judge->bases & node->when) != 0 ||
	    json_object_size(at->value) == 0)
		return;
	schema_say(message, "no ACL of this file has a type that allows \"%s\"",
	    node->name);
	schema_say(fix,
	    "Write \"type\": \"%s-acl-type\" in the ACL that this is in%s.",
	    node->name,
	    node->when == SCHEMA_WHEN_ETH
		? ", or \"mixed-eth-ipv4-acl-type\" if it has \"ipv4\" too"
		: "");
	/* What the ACE says is clear all the same (A-TYPE-3). */
	schema_tell_wrong(judge, at, FAULT_ACL_TYPE, "RFC 8519 s4.1 (A-TYPE-1)",
	    fix, message);
}

/* What holds between the members of one object. */
static void
judge_rules(struct schema_judge *judge, const struct json_at *at,
    const struct schema_node *node, uint32_t seen)
{
	judge_choices(judge, at, node, seen);
	judge_missing(judge, at, node, seen);
	if (schema_child(node, "lower-port") != NULL)
		judge_range(judge, at);
}

/* The member of an object that leads to this child, however it is written. */
static json_t *
value_of(const struct schema_level *level, json_t *object, const char *child)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		const struct schema_found found =
		    schema_find_member(level, key);

		if (found.node != NULL && strcmp(found.node->name, child) == 0)
			return value;
	}
	return NULL;
}

/* Keys are unique in a list (RFC 7950 s7.8.2); all of ours are "name". */
static void
judge_keys(struct schema_judge *judge, const struct json_at *list,
    const struct schema_level *level)
{
	json_t *seen = json_object(), *entry, *first;
	size_t i;

	json_array_foreach(list->value, i, entry)
	{
		const struct json_at at = { entry, list, NULL, i };
		const char *name =
		    json_string_value(value_of(level, entry, "name"));
		char message[SCHEMA_TEXT];

		if (name == NULL)
			continue;
		schema_say(message, "a second \"%s\" with the name \"%.80s\"",
		    level->node->name, name);
		first = json_object_get(seen, name);
		if (first != NULL)
			schema_tell_broken(judge, &at, level->node->clause,
			    judge->to->on != NULL && json_equal(first, entry)
				? "Leave it out: it is the same as the first."
				: "Give it a name of its own.",
			    message);
		else
			(void)json_object_set(seen, name, entry);
	}
	json_decref(seen);
}

/* Judges the value itself; how many objects there are to go into. */
static size_t
judge_value(struct schema_judge *judge, const struct json_at *at,
    const struct schema_level *level)
{
	const struct schema_node *node = level->node;
	char message[SCHEMA_TEXT];

	switch (node->kind) {
	case SCHEMA_LEAF:
		schema_judge_leaf(judge, at, node);
		return 0;
	case SCHEMA_LEAF_LIST:
		schema_judge_leaf_list(judge, at, node);
		return 0;
	case SCHEMA_CLOSED:
		schema_say(message, "no MUD file has \"%s\": %s", node->name,
		    node->example);
		schema_tell_wrong(judge, at, FAULT_MALFORMED, node->clause,
		    "Leave it out.", message);
		return 0;
	case SCHEMA_LIST:
		if (!json_is_array(at->value)) {
			schema_tell_value(judge, at, node, YANG_ENCODING);
			return 0;
		}
		judge_keys(judge, at, level);
		return json_array_size(at->value);
	case SCHEMA_CONTAINER:
		break;
	}
	judge_when(judge, at, node);
	return 1;
}

/* The members of an object, and of the wrappers that drafts had in it; *seen
 * becomes which children of the level's node are there. */
static void
judge_object(struct schema_judge *judge, const struct json_at *at,
    const struct schema_level *level, uint32_t *seen)
{
	const char *key;
	json_t *value;

	/* An entry that is none is told with its list's words. */
	if (!json_is_object(at->value)) {
		schema_tell_value(judge, at, level->node, YANG_ENCODING);
		*seen = UINT32_MAX;
		return;
	}
	json_object_foreach(at->value, key, value)
	{
		const struct json_at here = { value, at, key, 0 };
		const struct schema_found found =
		    schema_find_member(level, key);
		struct schema_level below = { found.node, level->module,
			level };
		size_t n;

		/* Metadata (J-15). */
		if (key[0] == '@')
			continue;
		if (found.how == SCHEMA_UNKNOWN)
			schema_judge_unknown(judge, &here, level);
		schema_judge_name(judge, &here, &found);
		if (found.draft != NULL && found.draft->kind == DRAFT_WRAPPER &&
		    json_is_object(value))
			judge_object(judge, &here, level, seen);
		if (found.node != NULL) {
			if (found.node->module != NULL)
				below.module = found.node->module;
			*seen |= UINT32_C(1)
			         << (found.node - level->node->children);
		} else if (found.how == SCHEMA_UNKNOWN &&
			   level->above != NULL &&
			   schema_child(level->above->node, key) != NULL) {
			/* A neighbour, one level too deep: judged as if it
			 * stood where it belongs. */
			below = *level->above;
			below.node = schema_child(level->above->node, key);
			below.above = level->above;
		} else {
			continue;
		}
		n = judge_value(judge, &here, &below);
		for (size_t i = 0; i < n; i++) {
			const struct json_at entry = { json_array_get(value, i),
				&here, NULL, i };
			const struct json_at *in =
			    below.node->kind == SCHEMA_LIST ? &entry : &here;
			uint32_t inner = 0;

			judge_object(judge, in, &below, &inner);
			if (json_is_object(in->value))
				judge_rules(judge, in, below.node, inner);
		}
	}
}

/* --- the whole -------------------------------------------------------------
 */

/* What an ACL's type is derived from, drafts' words for it included. */
static unsigned int
bases_of(const json_t *type)
{
	const char *text = json_string_value(type), *modern;
	const size_t len = strlen(SCHEMA_ACL_MODULE);

	if (text == NULL)
		return 0;
	modern = draft_value_find("type", text);
	if (modern != NULL)
		return schema_bases(modern);
	if (strncmp(text, SCHEMA_ACL_MODULE, len) == 0 && text[len] == ':')
		text += len + 1;
	return schema_bases(text);
}

/* Names and types of all ACLs, before anything refers to them. */
static void
find_acls(struct schema_judge *judge, const struct json_at *top)
{
	const struct schema_level file = { &schema_top, NULL, NULL };
	const struct schema_level acls = { schema_child(&schema_top, "acls"),
		SCHEMA_ACL_MODULE, &file };
	const struct schema_level acl = { schema_child(acls.node, "acl"),
		SCHEMA_ACL_MODULE, &acls };
	json_t *list =
	    value_of(&acls, value_of(&file, top->value, "acls"), "acl");
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		const char *name =
		    json_string_value(value_of(&acl, entry, "name"));

		if (name != NULL)
			(void)json_object_set_new(
			    judge->acl_names, name, json_true());
		judge->bases |= bases_of(value_of(&acl, entry, "type"));
	}
}

void
schema_judge(const struct json_at *top, struct findings *to)
{
	const struct schema_level file = { &schema_top, NULL, NULL };
	struct schema_judge judge = { to, json_object(), 0 };
	uint32_t seen = 0;

	find_acls(&judge, top);
	judge_object(&judge, top, &file, &seen);
	json_decref(judge.acl_names);
}
