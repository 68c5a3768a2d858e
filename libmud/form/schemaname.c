/*
 * Members' names: which node one leads to, and what is wrong with it.  Role:
 * reader, mudctl.  Input: names out of a MUD file, hostile.
 */
#include "libmud/form/schemaname.h"

#include <string.h>

#include "libmud/form/schemawords.h"

void
schema_tell_broken(struct schema_judge *judge, const struct json_at *at,
    const char *clause, const char *fix, const char *message)
{
	const struct finding_kind kind = { FINDING_ERROR, FAULT_MALFORMED,
		clause, true, true };

	findings_add(judge->to, &kind, at, fix, "%s", message);
}

/* Not as the modules have it, but no guess is needed to go on. */
void
schema_tell_wrong(struct schema_judge *judge, const struct json_at *at,
    enum fault_code code, const char *clause, const char *fix,
    const char *message)
{
	const struct finding_kind kind = { FINDING_ERROR, code, clause, true,
		false };

	findings_add(judge->to, &kind, at, fix, "%s", message);
}

/* What managers that know the extension use (M-EXT-2). */
void
schema_tell_foreign(
    struct schema_judge *judge, const struct json_at *at, const char *message)
{
	static const struct finding_kind kind = { FINDING_INFO,
		FAULT_UNSUPPORTED, "RFC 8520 s2 (M-EXT-2)", true, false };

	findings_add(judge->to, &kind, at,
	    "Nothing: managers that know the extension use it.", "%s", message);
}

/* --- names -----------------------------------------------------------------
 */

/* Our modules, by the prefixes that they have in YANG (J-1). */
static const struct {
	const char *prefix, *module;
} modules[] = {
	{ "acl", SCHEMA_ACL_MODULE },
	{ "mud", "ietf-mud" },
	{ "acldns", "ietf-acldns" },
	{ "pf", "ietf-packet-fields" },
	{ "packet-fields", "ietf-packet-fields" },
	{ "eth", "ietf-ethertypes" },
	{ "inet", "ietf-inet-types" },
	{ "yang", "ietf-yang-types" },
};

static bool
is_text_of(const char *text, size_t len, const char *name)
{
	return strlen(name) == len && memcmp(text, name, len) == 0;
}

static bool
is_our_module(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (is_text_of(text, len, modules[i].module))
			return true;
	return false;
}

/* The module that a source text's prefix stands for, or NULL. */
static const char *
module_of_prefix(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (is_text_of(text, len, modules[i].prefix))
			return modules[i].module;
	return NULL;
}

/* A name without any module, or with a good or a short one. */
static enum schema_how
how_written(const struct schema_level *level, const struct schema_node *node,
    const char *key, const char *colon)
{
	const char *module =
	    node->module != NULL ? node->module : level->module;
	const size_t len = colon == NULL ? 0 : (size_t)(colon - key);
	const char *meant;

	if (colon == NULL)
		return node->module == NULL ? SCHEMA_RIGHT : SCHEMA_BARE;
	if (module != NULL && is_text_of(key, len, module))
		return node->module == NULL ? SCHEMA_NEEDLESS : SCHEMA_RIGHT;
	meant = module_of_prefix(key, len);
	if (meant != NULL && module != NULL && strcmp(meant, module) == 0)
		return SCHEMA_SHORT;
	return SCHEMA_UNKNOWN;
}

struct schema_found
schema_find_member(const struct schema_level *level, const char *key)
{
	const char *colon = strchr(key, ':'), *name = key;
	const struct draft_name *draft =
	    draft_name_find(level->node->name, key);
	struct schema_found found = { SCHEMA_UNKNOWN, NULL, NULL };
	const struct schema_node *node;

	if (draft != NULL) {
		if (draft->kind == DRAFT_RENAMED) {
			name = strchr(draft->modern, ':');
			name = name == NULL ? draft->modern : name + 1;
			found.node = schema_child(level->node, name);
		}
		found.how = SCHEMA_DRAFT;
		found.draft = draft;
		return found;
	}
	if (colon != NULL)
		name = colon + 1;
	node = schema_child(level->node, name);
	if (node == NULL)
		return found;
	found.how = how_written(level, node, key, colon);
	if (found.how != SCHEMA_UNKNOWN)
		found.node = node;
	return found;
}

/* --- what is unknown -------------------------------------------------------
 */

void
schema_judge_unknown(struct schema_judge *judge, const struct json_at *at,
    const struct schema_level *level)
{
	const char *colon = strchr(at->key, ':');
	const char *simple = colon == NULL ? at->key : colon + 1;
	const char *extension = schema_extension(simple);
	const size_t len = colon == NULL ? 0 : (size_t)(colon - at->key);
	char message[SCHEMA_TEXT], fix[SCHEMA_TEXT];
	const struct schema_node *above;

	schema_say(
	    message, "no module here has the member \"%.100s\"", at->key);
	if (extension != NULL && colon == NULL) {
		schema_say(fix, "Write \"%s:%s\".", extension, simple);
		schema_tell_wrong(judge, at, FAULT_MALFORMED,
		    "RFC 7951 s4 (J-2)", fix,
		    "an extension's member without its module's name");
		return;
	}
	if (extension != NULL && !is_text_of(at->key, len, extension)) {
		schema_say(fix, "Write \"%s:%s\".", extension, simple);
		schema_say(
		    message, "\"%.*s\" is no module's name", (int)len, at->key);
		schema_tell_wrong(judge, at, FAULT_MALFORMED,
		    "RFC 7951 s4 (J-1)", fix, message);
		return;
	}
	if (len > 0 && !is_our_module(at->key, len) &&
	    module_of_prefix(at->key, len) == NULL) {
		schema_say(message, "an extension's member, of module %.*s",
		    (int)len, at->key);
		schema_tell_foreign(judge, at, message);
		return;
	}
	/* The one leaf of ours that people put elsewhere. */
	if (strcmp(simple, "direction-initiated") == 0) {
		schema_tell_wrong(judge, at, FAULT_MALFORMED,
		    "RFC 8520 s4.8 (M-DIR-1)",
		    strcmp(level->node->name, "udp") == 0 ||
			    strcmp(level->node->name, "icmp") == 0
			? "Leave direction-initiated out."
			: "Write it inside \"tcp\"; without \"tcp\", leave "
			  "direction-initiated out.",
		    "direction-initiated is for TCP alone");
		return;
	}
	/* Advice costs more than judging: none where nobody listens. */
	fix[0] = '\0';
	if (judge->to->on != NULL)
		schema_fix_unknown(level->node,
		    level->above == NULL ? NULL : level->above->node, at->key,
		    fix);
	/* What must be there, one level too deep: no guess is made. */
	above = level->above == NULL
	            ? NULL
	            : schema_child(level->above->node, at->key);
	if (above != NULL && above->kind == SCHEMA_CONTAINER)
		schema_tell_broken(
		    judge, at, "RFC 8520 s2 (M-EXT-1)", fix, message);
	else
		schema_tell_wrong(judge, at, FAULT_MALFORMED,
		    "RFC 8520 s2 (M-EXT-1)", fix, message);
}

/* A name that leads to a node, but is not how a file of today writes it. */
void
schema_judge_name(struct schema_judge *judge, const struct json_at *at,
    const struct schema_found *found)
{
	char member[SCHEMA_TEXT] = "", fix[SCHEMA_TEXT];

	if (found->node != NULL)
		schema_member(found->node, member);
	schema_say(fix, "Write \"%s\".", member);
	switch (found->how) {
	case SCHEMA_NEEDLESS:
		schema_tell_wrong(judge, at, FAULT_MALFORMED,
		    "RFC 7951 s4 (J-2)", fix,
		    "qualified, though of the module of what it is in");
		return;
	case SCHEMA_BARE:
		schema_tell_wrong(judge, at, FAULT_MALFORMED,
		    "RFC 7951 s4 (J-2)", fix, "without its module's name");
		return;
	case SCHEMA_SHORT:
		schema_tell_wrong(judge, at, FAULT_MALFORMED,
		    "RFC 7951 s4 (J-1)", fix,
		    "with a prefix instead of its module's name");
		return;
	case SCHEMA_DRAFT:
		schema_say(fix, "%.250s", found->draft->advice);
		if (found->draft->kind == DRAFT_RENAMED)
			schema_say(fix, "Write \"%s\".", member);
		schema_tell_wrong(judge, at, FAULT_DRAFT_FILE,
		    "RFC 8520 s2 (M-FILE-2)", fix,
		    "a name of a draft before the RFC");
		return;
	case SCHEMA_RIGHT:
	case SCHEMA_UNKNOWN:
		return;
	}
}
