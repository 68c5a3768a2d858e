/*
 * Changes to a JSON tree.  Role: mudctl.  Input: hostile JSON, bounded by
 * json.c.
 */
#include "libmud/form/edit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/finding.h"
#include "libmud/form/draft.h"
#include "libmud/limits.h"

void
edit_told(struct edit *edit, const struct json_at *at, const char *fmt, ...)
{
	char text[FINDING_TEXT], shown[FINDING_TEXT];
	va_list args;

	edit->n++;
	if (edit->tell == NULL)
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	json_display(text, shown, sizeof(shown));
	edit->tell(edit->arg, at, shown);
}

void
edit_set(struct edit *edit, struct json_at *leaf, json_t *value)
{
	char *old = json_dumps(leaf->value, JSON_COMPACT | JSON_ENCODE_ANY);
	char *new = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	json_t *parent = leaf->parent->value;

	if (json_is_array(parent))
		(void)json_array_set_new(parent, leaf->index, value);
	else
		(void)json_object_set_new(parent, leaf->key, value);
	leaf->value = value;
	edit_told(edit, leaf, "%.60s is now %.60s", old == NULL ? "?" : old,
	    new == NULL ? "?" : new);
	free(old);
	free(new);
}

/* The object with one member renamed; NULL as name: with that member's own
 * members in its place. */
static void
rebuild(json_t *object, const char *old, const char *name)
{
	json_t *made = json_object(), *value, *inner;
	const char *key, *inner_key;

	json_object_foreach(object, key, value)
	{
		if (strcmp(key, old) != 0)
			(void)json_object_set(made, key, value);
		else if (name != NULL)
			(void)json_object_set(made, name, value);
		else
			json_object_foreach(value, inner_key, inner)(void)
			    json_object_set(made, inner_key, inner);
	}
	(void)json_object_clear(object);
	(void)json_object_update(object, made);
	json_decref(made);
}

bool
edit_rename(struct edit *edit, const struct json_at *object, const char *old,
    const char *name)
{
	char was[LIMIT_JSON_KEY + 1];
	struct json_at at;

	if (json_object_get(object->value, old) == NULL ||
	    json_object_get(object->value, name) != NULL)
		return false;
	/* The key may be the object's own, which is about to go. */
	(void)snprintf(was, sizeof(was), "%s", old);
	rebuild(object->value, was, name);
	if (json_find(object, name, &at))
		edit_told(edit, &at, "was called \"%s\"", was);
	return true;
}

bool
edit_move(struct edit *edit, const struct json_at *from, const char *old,
    const struct json_at *to, const char *name)
{
	json_t *value = json_object_get(from->value, old);
	char pointer[JSON_POINTER];
	struct json_at at;

	if (value == NULL || json_object_get(to->value, name) != NULL ||
	    !json_find(from, old, &at))
		return false;
	json_pointer(&at, pointer);
	(void)json_object_set(to->value, name, value);
	(void)json_object_del(from->value, old);
	if (json_find(to, name, &at))
		edit_told(edit, &at, "was at %s", pointer);
	return true;
}

/* Puts a wrapper's members where it stands, if none of them is there. */
static bool
unwrap(struct edit *edit, const struct json_at *object, const char *wrapper)
{
	json_t *inner = json_object_get(object->value, wrapper), *value;
	char was[LIMIT_JSON_KEY + 1];
	const char *key;

	if (!json_is_object(inner))
		return false;
	json_object_foreach(
	    inner, key, value) if (json_object_get(object->value, key) !=
				   NULL) return false;
	(void)snprintf(was, sizeof(was), "%s", wrapper);
	rebuild(object->value, was, NULL);
	edit_told(edit, object, "the wrapper \"%s\" is gone", was);
	return true;
}

/* One change to the object's names; false if there is none to make. */
static bool
edit_one(struct edit *edit, const struct json_at *object, const char *parent,
    const char *module)
{
	const size_t len = module == NULL ? 0 : strlen(module);
	const char *key;
	json_t *value;

	json_object_foreach(object->value, key, value)
	{
		const struct draft_name *name = draft_name_find(parent, key);

		if (name != NULL && name->kind == DRAFT_RENAMED &&
		    edit_rename(edit, object, key, name->modern))
			return true;
		if (name != NULL && name->kind == DRAFT_WRAPPER &&
		    unwrap(edit, object, key))
			return true;
		if (len > 0 && strncmp(key, module, len) == 0 &&
		    key[len] == ':') {
			char simple[LIMIT_JSON_KEY + 1];

			(void)snprintf(
			    simple, sizeof(simple), "%s", key + len + 1);
			if (edit_rename(edit, object, key, simple))
				return true;
		}
	}
	return false;
}

void
edit_names(struct edit *edit, const struct json_at *object, const char *parent,
    const char *module)
{
	if (!json_is_object(object->value))
		return;
	/* The walk begins anew after each: the members have moved.  Each takes
	 * a draft's name away, so there is an end. */
	for (size_t n = 0; n < LIMIT_JSON_VALUES; n++)
		if (!edit_one(edit, object, parent, module))
			return;
}
