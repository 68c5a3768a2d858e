/*
 * Extensions, declared and used.  Role: mudctl, and the reader while somebody
 * listens.  Input: hostile JSON, bounded by json.c.
 */
#include "libmud/lint/lintext.h"

#include <stdio.h>
#include <string.h>

#include "libmud/limits.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define KIND(severity, code, clause)                                           \
	{                                                                      \
		severity, code, clause, false, false                           \
	}

/* Extensions that are known by name: what they are declared as, and how their
 * members begin (M-EXT-6). */
static const struct {
	const char *declared;
	const char *modules[2];
	const char *prefix; /* the module's own, which JSON does not use */
} extensions[] = {
	{ "transparency", { "ietf-mud-transparency", NULL }, "mudtx" },
	{ "ietf-mud-tls", { "ietf-mud-tls", "ietf-acl-tls" }, NULL },
	{ "ol", { "ietf-ol", NULL }, NULL },
	{ "masa", { "ietf-mud-brski-masa", NULL }, NULL },
	{ "reporter", { "ietf-mud-reporter-extension", NULL }, NULL },
	{ "qos", { "ietf-mud-bw-profile", NULL }, NULL },
};

/* Modules of which members were seen; a file with more has told enough. */
#define MODULES 16

struct use {
	const struct json_at *declared; /* "extensions"; NULL: absent */
	struct findings *to;
	size_t n;
	char modules[MODULES][LIMIT_JSON_KEY + 1];
};

static bool
equals(const char *text, const char *of, size_t len)
{
	return of != NULL && strlen(of) == len && memcmp(text, of, len) == 0;
}

/* The extension that the module belongs to; COUNT(extensions): unknown. */
static size_t
find_module(const char *module, size_t len)
{
	size_t i;

	for (i = 0; i < COUNT(extensions); i++)
		if (equals(module, extensions[i].modules[0], len) ||
		    equals(module, extensions[i].modules[1], len))
			break;
	return i;
}

static bool
is_own(const char *module, size_t len)
{
	return equals(module, "ietf-mud", len) ||
	       equals(module, "ietf-acldns", len) ||
	       equals(module, "ietf-access-control-list", len);
}

static bool
is_declared(const struct use *use, const char *name)
{
	if (use->declared == NULL)
		return false;
	for (size_t i = 0; i < json_array_size(use->declared->value); i++) {
		const char *text =
		    json_string_value(json_array_get(use->declared->value, i));

		if (text != NULL && strcmp(text, name) == 0)
			return true;
	}
	return false;
}

static bool
was_used(const struct use *use, const char *module)
{
	if (module == NULL)
		return false;
	for (size_t i = 0; i < use->n; i++)
		if (strcmp(use->modules[i], module) == 0)
			return true;
	return false;
}

/* Of an ACE: what it costs that ACE the reader tells. */
static bool
is_condition(const struct json_at *at)
{
	for (; at != NULL; at = at->parent)
		if (at->key != NULL && strcmp(at->key, "matches") == 0)
			return true;
	return false;
}

/* The first member of a module that is not RFC 8520's own. */
static void
judge_module(const struct json_at *at, const char *module, struct use *use)
{
	static const struct finding_kind undeclared = KIND(
	    FINDING_ERROR, FAULT_EXTENSION, "RFC 8520 s3.9 (M-EXT-1, M-EXT-6)");
	const size_t known = find_module(module, strlen(module));
	char fix[FINDING_TEXT];

	/* schema.h has told what to write for it. */
	for (size_t i = 0; i < COUNT(extensions); i++)
		if (equals(module, extensions[i].prefix, strlen(module)))
			return;
	if (known < COUNT(extensions)) {
		if (is_declared(use, extensions[known].declared))
			return;
		(void)snprintf(fix, sizeof(fix),
		    "Add \"%s\" to \"extensions\".",
		    extensions[known].declared);
	} else {
		if (is_declared(use, module) || is_condition(at))
			return;
		(void)snprintf(fix, sizeof(fix),
		    "Leave it out, or name the extension in \"extensions\"; "
		    "only extensions that are registered may be used.");
	}
	findings_add(use->to, &undeclared, at, fix,
	    "of module %s, whose extension is not in \"extensions\"", module);
}

static void
see_member(const struct json_at *at, struct use *use)
{
	const size_t len = strcspn(at->key, ":");
	char module[LIMIT_JSON_KEY + 1];

	if (at->key[len] == '\0' || at->key[0] == '@' ||
	    len >= sizeof(module) || is_own(at->key, len))
		return;
	memcpy(module, at->key, len);
	module[len] = '\0';
	if (was_used(use, module) || use->n == MODULES)
		return;
	memcpy(use->modules[use->n++], module, sizeof(module));
	judge_module(at, module, use);
}

/* No deeper than LIMIT_JSON_DEPTH: json_load has seen to that. */
static void
walk(const struct json_at *at, struct use *use)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(at->value, key, value)
	{
		const struct json_at member = { value, at, key, 0 };

		see_member(&member, use);
		walk(&member, use);
	}
	json_array_foreach(at->value, i, value)
	{
		const struct json_at element = { value, at, NULL, i };

		walk(&element, use);
	}
}

/* One name in "extensions" beside what the file uses. */
static void
judge_declared(const struct json_at *at, const char *name, struct use *use)
{
	static const struct finding_kind unused =
	    KIND(FINDING_WARNING, FAULT_EXTENSION, "RFC 8520 s3.9 (M-EXT-1)");
	static const struct finding_kind misnamed =
	    KIND(FINDING_WARNING, FAULT_EXTENSION, "RFC 8520 s3.9 (M-EXT-6)");
	char fix[FINDING_TEXT];
	size_t i;

	for (i = 0; i < COUNT(extensions); i++)
		if (strcmp(extensions[i].declared, name) == 0) {
			if (!was_used(use, extensions[i].modules[0]) &&
			    !was_used(use, extensions[i].modules[1]) &&
			    !was_used(use, extensions[i].prefix))
				findings_add(use->to, &unused, at,
				    "Leave the name out, or add the "
				    "extension's members.",
				    "%s is declared, but nothing of %s is in "
				    "the file",
				    name, extensions[i].modules[0]);
			return;
		}
	i = find_module(name, strlen(name));
	if (i < COUNT(extensions)) {
		(void)snprintf(
		    fix, sizeof(fix), "Write \"%s\".", extensions[i].declared);
		findings_add(use->to, &misnamed, at, fix,
		    "%s is a module; its extension is called %s", name,
		    extensions[i].declared);
	} else if (!was_used(use, name)) {
		findings_add(use->to, &unused, at,
		    "Leave the name out; names of extensions are registered "
		    "at IANA.",
		    "%s is declared, but no such extension is in the file",
		    name);
	}
}

void
lintext_judge(const struct json_at *top, struct findings *to)
{
	struct use use = { .to = to };
	struct json_at mud, declared;

	if (json_find(top, "ietf-mud:mud", &mud) &&
	    json_find(&mud, "extensions", &declared))
		use.declared = &declared;
	walk(top, &use);
	if (use.declared == NULL)
		return;
	for (size_t i = 0; i < json_array_size(declared.value); i++) {
		const struct json_at at = { json_array_get(declared.value, i),
			&declared, NULL, i };
		const char *name = json_string_value(at.value);

		if (name != NULL)
			judge_declared(&at, name, &use);
	}
}
