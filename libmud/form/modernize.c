/*
 * Draft-era documents.  Role: mudctl.  Input: hostile JSON, bounded by json.c.
 */
#include "libmud/form/modernize.h"

#include <stdio.h>
#include <string.h>

#include "libmud/date.h"
#include "libmud/form/edit.h"
#include "libmud/form/modernace.h"
#include "libmud/limits.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define MUD  "ietf-mud:mud"
#define ACLS "ietf-access-control-list:acls"

static void
mend_boolean(struct edit *edit, const struct json_at *mud, const char *name)
{
	struct json_at leaf;
	const char *text;

	if (!json_find(mud, name, &leaf))
		return;
	text = json_string_value(leaf.value);
	if (text != NULL && strcmp(text, "true") == 0)
		edit_set(edit, &leaf, json_true());
	else if (text != NULL && strcmp(text, "false") == 0)
		edit_set(edit, &leaf, json_false());
}

/* The zone is mandatory; UTC is what such tools wrote in. */
static void
mend_date(struct edit *edit, const struct json_at *mud)
{
	char made[40];
	struct json_at leaf;
	const char *text;
	int64_t seconds;

	if (!json_find(mud, "last-update", &leaf))
		return;
	text = json_string_value(leaf.value);
	if (text == NULL || strlen(text) > sizeof(made) - 2 ||
	    date_parse(text, &seconds))
		return;
	(void)snprintf(made, sizeof(made), "%sZ", text);
	if (date_parse(made, &seconds))
		edit_set(edit, &leaf, json_string(made));
}

static bool
is_declared(const json_t *mud, const char *extension)
{
	const json_t *names = json_object_get(mud, "extensions");

	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));

		if (name != NULL && strcmp(name, extension) == 0)
			return true;
	}
	return false;
}

/* Members of extensions that their RFC, or the draft, shows so. */
static void
name_extensions(struct edit *edit, const struct json_at *mud)
{
	static const struct {
		const char *extension, *written, *name;
	} known[] = {
		{ "transparency", "mudtx:transparency",
		    "ietf-mud-transparency:transparency" },
		{ "transparency", "transparency",
		    "ietf-mud-transparency:transparency" },
		{ "ol", "ol:ol", "ietf-ol:ol" },
		{ "ol", "ol", "ietf-ol:ol" },
	};

	for (size_t i = 0; i < COUNT(known); i++)
		if (is_declared(mud->value, known[i].extension))
			(void)edit_rename(
			    edit, mud, known[i].written, known[i].name);
}

/* A leaf-list with one value was often written as that value. */
static void
mend_transparency(struct edit *edit, const struct json_at *mud)
{
	struct json_at transparency, leaf;

	if (json_find(
		mud, "ietf-mud-transparency:transparency", &transparency) &&
	    json_find(&transparency, "vuln-url", &leaf) &&
	    json_is_string(leaf.value))
		edit_set(edit, &leaf, json_pack("[O]", leaf.value));
}

/* The "acl" list at the top, made if there is none; false: something else
 * stands in its place. */
static bool
find_acl_list(const struct json_at *top, struct json_at at[2])
{
	if (json_object_get(top->value, ACLS) == NULL)
		(void)json_object_set_new(top->value, ACLS, json_object());
	if (!json_find(top, ACLS, &at[0]) || !json_is_object(at[0].value))
		return false;
	if (json_object_get(at[0].value, "acl") == NULL)
		(void)json_object_set_new(at[0].value, "acl", json_array());
	return json_find(&at[0], "acl", &at[1]) && json_is_array(at[1].value);
}

/* The ACL of that name at the top, drafts' names included; NULL: none. */
static json_t *
find_acl(const struct json_at *top, const json_t *name)
{
	const json_t *list =
	    json_object_get(json_object_get(top->value, ACLS), "acl");

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *acl = json_array_get(list, i);
		const json_t *other = json_object_get(acl, "name");

		if (other == NULL)
			other = json_object_get(acl, "acl-name");
		if (name != NULL && json_equal(other, name))
			return acl;
	}
	return NULL;
}

/* An ACL that was written into a policy's list goes where ACLs are; its name
 * stays. */
static void
move_inlined(
    struct edit *edit, const struct json_at *top, const struct json_at *entry)
{
	json_t *name = json_object_get(entry->value, "name");
	struct json_at at[2];
	json_t *moved;

	if (!json_is_string(name) || !find_acl_list(top, at) ||
	    find_acl(top, name) != NULL)
		return;
	moved = json_copy(entry->value);
	(void)json_array_append_new(at[1].value, moved);
	json_incref(name);
	(void)json_object_clear(entry->value);
	(void)json_object_set_new(entry->value, "name", name);
	edit_told(edit, entry,
	    "the ACL that was written here is now in " ACLS "/acl");
}

/* What a list's entry says of an ACL's type, the ACL itself is to say. */
static void
move_type(
    struct edit *edit, const struct json_at *top, const struct json_at *entry)
{
	static const char *const types[] = { "type", "acl-type" };
	json_t *acl = find_acl(top, json_object_get(entry->value, "name"));

	if (acl == NULL)
		return;
	for (size_t i = 0; i < COUNT(types); i++) {
		json_t *type = json_object_get(entry->value, types[i]);

		if (!json_is_string(type))
			continue;
		if (json_object_get(acl, "type") == NULL &&
		    json_object_get(acl, "acl-type") == NULL)
			(void)json_object_set(acl, "type", type);
		(void)json_object_del(entry->value, types[i]);
		edit_told(edit, entry, "\"%s\" is gone: the ACL itself has it",
		    types[i]);
	}
}

static void
mend_entry(
    struct edit *edit, const struct json_at *top, const struct json_at *entry)
{
	edit_names(edit, entry, "access-list", "ietf-mud");
	if (json_object_get(entry->value, "aces") != NULL ||
	    json_object_get(entry->value, "access-list-entries") != NULL) {
		move_inlined(edit, top, entry);
		return;
	}
	move_type(edit, top, entry);
}

static void
mend_policy(struct edit *edit, const struct json_at *top,
    const struct json_at *mud, const char *name)
{
	struct json_at policy, lists, list;

	if (!json_find(mud, name, &policy))
		return;
	edit_names(edit, &policy, name, "ietf-mud");
	if (!json_find(&policy, "access-lists", &lists))
		return;
	edit_names(edit, &lists, "access-lists", "ietf-mud");
	if (!json_find(&lists, "access-list", &list))
		return;
	for (size_t i = 0; i < json_array_size(list.value); i++) {
		const struct json_at entry = { json_array_get(list.value, i),
			&list, NULL, i };

		if (json_is_object(entry.value))
			mend_entry(edit, top, &entry);
	}
}

static void
mend_mud(struct edit *edit, const struct json_at *top)
{
	struct json_at mud;

	if (!json_find(top, MUD, &mud) || !json_is_object(mud.value))
		return;
	edit_names(edit, &mud, "mud", "ietf-mud");
	modernace_number(edit, &mud, "mud-version");
	modernace_number(edit, &mud, "cache-validity");
	mend_boolean(edit, &mud, "is-supported");
	mend_date(edit, &mud);
	name_extensions(edit, &mud);
	mend_transparency(edit, &mud);
	mend_policy(edit, top, &mud, "from-device-policy");
	mend_policy(edit, top, &mud, "to-device-policy");
}

static void
mend_acls(struct edit *edit, const struct json_at *top)
{
	struct json_at acls, list;

	if (!json_find(top, ACLS, &acls))
		return;
	edit_names(edit, &acls, "acls", "ietf-access-control-list");
	if (!json_find(&acls, "acl", &list))
		return;
	for (size_t i = 0; i < json_array_size(list.value); i++) {
		const struct json_at acl = { json_array_get(list.value, i),
			&list, NULL, i };

		if (json_is_object(acl.value))
			modernace_acl(edit, &acl);
	}
}

json_t *
modernize(const json_t *document, modernize_fn *tell, void *arg, size_t *n)
{
	struct edit edit = { tell, arg, 0 };
	json_t *made = json_deep_copy(document);
	const struct json_at top = { made, NULL, NULL, 0 };

	edit_names(&edit, &top, "", NULL);
	mend_mud(&edit, &top);
	mend_acls(&edit, &top);
	*n = edit.n;
	return made;
}
