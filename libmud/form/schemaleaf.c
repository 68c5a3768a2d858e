/*
 * Values of leaves.  Role: reader, mudctl.  Input: values out of a MUD file,
 * hostile.
 */
#include "libmud/form/schemaleaf.h"

#include <string.h>

#include "libmud/form/draft.h"
#include "libmud/form/schematree.h"
#include "libmud/form/schemawords.h"
#include "libmud/form/yang.h"

/* --- leaves ----------------------------------------------------------------
 */

static const char *
clause_for(const struct schema_node *node, enum yang_verdict verdict)
{
	if (node->kind == SCHEMA_LEAF_LIST)
		return "RFC 7951 s5.3 (J-5)";
	if (node->type == NULL)
		return node->kind == SCHEMA_LIST ? "RFC 7951 s5.4 (J-6)"
		                                 : "RFC 7951 s5.2 (J-4)";
	if (verdict == YANG_ENCODING)
		return yang_clause(node->type->kind);
	return node->clause;
}

void
schema_tell_value(struct schema_judge *judge, const struct json_at *at,
    const struct schema_node *node, enum yang_verdict verdict)
{
	char seen[SCHEMA_TEXT], wanted[SCHEMA_TEXT], fix[SCHEMA_TEXT];
	char message[SCHEMA_TEXT];

	fix[0] = '\0';
	if (judge->to->on != NULL)
		schema_fix_value(node, at->value, fix);
	schema_say(message, "%s, where %s belongs",
	    schema_seen(at->value, seen), schema_wanted(node, wanted));
	/* A control character in a text for people is shown escaped. */
	if (verdict == YANG_VALUE && node->type->kind == YANG_STRING &&
	    node->type->low == 0)
		schema_tell_wrong(judge, at, FAULT_UNADVISED, node->clause,
		    "Write it without control characters.",
		    "a text with a control character in it");
	else
		schema_tell_broken(
		    judge, at, clause_for(node, verdict), fix, message);
}

/* A value that the drafts had, and whose meaning is clear. */
static bool
is_draft_value(const struct schema_node *node, const json_t *value)
{
	const char *text = json_string_value(value);

	if (text == NULL)
		return false;
	if (node->type->kind == YANG_ETHERTYPE)
		return draft_hex(text) >= 0;
	return node->type->kind == YANG_IDENTITY &&
	       draft_value_find(node->name, text) != NULL;
}

static void
tell_draft_value(struct schema_judge *judge, const struct json_at *at,
    const struct schema_node *node)
{
	char seen[SCHEMA_TEXT], fix[SCHEMA_TEXT], message[SCHEMA_TEXT];

	schema_fix_value(node, at->value, fix);
	schema_say(message, "%s, as drafts before the RFC had it",
	    schema_seen(at->value, seen));
	schema_tell_wrong(
	    judge, at, FAULT_DRAFT_FILE, node->clause, fix, message);
}

/* The one that was meant, if it is plain; lent by the set. */
static const char *
near_acl(json_t *names, const char *name)
{
	const char *key, *near = NULL;
	size_t least = SIZE_MAX;
	json_t *value;

	json_object_foreach(names, key, value)
	{
		const size_t far = schema_distance(name, key);

		(void)value;
		if (far == SIZE_MAX || far > least)
			continue;
		near = far == least ? NULL : key;
		least = far;
	}
	return near;
}

/* The name of an ACL in a policy must be that of one in the file. */
static void
judge_reference(struct schema_judge *judge, const struct json_at *at,
    const struct schema_node *node)
{
	const char *name = json_string_value(at->value);
	char message[SCHEMA_TEXT], fix[SCHEMA_TEXT];
	const char *near;

	if (json_object_get(judge->acl_names, name) != NULL)
		return;
	schema_say(message, "no ACL of this file has the name \"%.80s\"", name);
	near = near_acl(judge->acl_names, name);
	if (near != NULL)
		schema_say(fix,
		    "Did you mean \"%.60s\"? Write \"name\": \"%.60s\".", near,
		    near);
	else
		schema_say(fix,
		    "Define the ACL \"%.60s\" in \"" SCHEMA_ACL_MODULE
		    ":acls\", or write the name of one that is there.",
		    name);
	schema_tell_broken(judge, at, node->clause, fix, message);
}

void
schema_judge_leaf(struct schema_judge *judge, const struct json_at *at,
    const struct schema_node *node)
{
	const enum yang_verdict verdict = yang_check(node->type, at->value);

	if (verdict != YANG_GOOD && is_draft_value(node, at->value))
		tell_draft_value(judge, at, node);
	else if (verdict == YANG_FOREIGN)
		schema_tell_foreign(judge, at, "an extension's identity");
	else if (verdict != YANG_GOOD)
		schema_tell_value(judge, at, node, verdict);
	else if (node->type->kind == YANG_ACL_NAME)
		judge_reference(judge, at, node);
}

/* A value in a leaf-list. */
static void
judge_element(struct schema_judge *judge, const struct json_at *at,
    const struct schema_node *list)
{
	const struct schema_node element = {
		.name = list->name, .kind = SCHEMA_LEAF, .type = list->type
	};
	const enum yang_verdict verdict = yang_check(list->type, at->value);
	char seen[SCHEMA_TEXT], wanted[SCHEMA_TEXT];
	char message[SCHEMA_TEXT], fix[SCHEMA_TEXT];

	if (verdict == YANG_GOOD)
		return;
	schema_wanted(&element, wanted);
	schema_say(message, "%s, where %s belongs",
	    schema_seen(at->value, seen), wanted);
	schema_say(fix, "Write %s, or leave it out.", wanted);
	schema_tell_broken(judge, at,
	    verdict == YANG_ENCODING ? yang_clause(list->type->kind)
				     : list->clause,
	    fix, message);
}

/* Each value once (RFC 7950 s7.7). */
void
schema_judge_leaf_list(struct schema_judge *judge, const struct json_at *at,
    const struct schema_node *node)
{
	json_t *seen, *value;
	size_t i;

	if (!json_is_array(at->value)) {
		schema_tell_value(judge, at, node, YANG_ENCODING);
		return;
	}
	seen = json_object();
	json_array_foreach(at->value, i, value)
	{
		const struct json_at here = { value, at, NULL, i };
		const char *text = json_string_value(value);

		judge_element(judge, &here, node);
		if (text == NULL)
			continue;
		if (json_object_get(seen, text) != NULL)
			schema_tell_broken(judge, &here, node->clause,
			    "Leave it out: it stands above already.",
			    "a second time in this list");
		(void)json_object_set_new(seen, text, json_true());
	}
	json_decref(seen);
}
