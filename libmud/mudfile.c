/*
 * MUD files: the "ietf-mud:mud" container, and the order of the whole.
 *
 * Role: reader, mudctl.  Input: hostile, whether signed or not.
 */
#include "libmud/mudfile.h"

#include <stdio.h>
#include <string.h>

#include "libmud/acl.h"
#include "libmud/date.h"
#include "libmud/form/schema.h"
#include "libmud/json.h"
#include "libmud/lint/leafcheck.h"
#include "libmud/lint/lint.h"
#include "libmud/lint/lintmud.h"
#include "libmud/mem.h"
#include "libmud/place.h"
#include "libmud/policy.h"
#include "libmud/reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define MUD   "ietf-mud:mud"
#define ACLS  "ietf-access-control-list:acls"
#define DRAFT "ietf-access-control-list:access-lists"

enum { CACHE_DEFAULT = 48, CACHE_MAX = 168 };

static const struct finding_kind no_file = { FINDING_ERROR, FAULT_NOT_JSON,
	"RFC 8259, RFC 7951 (J-3)", true, true };

/* To the modules an empty file is one that is not enabled yet. */
static const struct finding_kind no_mud = { FINDING_ERROR, FAULT_NOT_A_MUD_FILE,
	"RFC 8520 s2 (M-FILE-1)", false, true };

static const struct finding_kind long_date = { FINDING_ERROR, FAULT_TOO_LONG,
	"RFC 8520 s3.4 (M-LU-1)", false, true };

/* Leaves of the container, where they belong. */
struct leaves {
	struct reading *reading;
	struct policy_info *info;
};

static void
read_url(const struct json_at *at, void *into)
{
	struct leaves *leaves = into;
	const char *text = reading_uri(leaves->reading, at);

	if (text != NULL)
		text_copy(
		    leaves->info->mud_url, sizeof(leaves->info->mud_url), text);
}

static void
read_signature(const struct json_at *at, void *into)
{
	(void)reading_uri(((struct leaves *)into)->reading, at);
}

static void
read_update(const struct json_at *at, void *into)
{
	struct leaves *leaves = into;
	struct policy_info *info = leaves->info;
	const char *text = json_get_text(at);

	if (text == NULL || !date_parse(text, &info->updated_at))
		return;
	if (strlen(text) >= sizeof(info->last_update))
		reading_tell(leaves->reading, &long_date, at,
		    "Write the time without fractions of a second.",
		    "a time of %zu bytes", strlen(text));
	text_copy(info->last_update, sizeof(info->last_update), text);
}

static void
read_validity(const struct json_at *at, void *into)
{
	uint64_t hours;

	if (json_get_uint(at, 1, CACHE_MAX, &hours))
		((struct leaves *)into)->info->cache_validity_hours =
		    (uint16_t)hours;
}

static void
read_supported(const struct json_at *at, void *into)
{
	bool is;

	if (json_get_boolean(at, &is))
		((struct leaves *)into)->info->is_supported = is;
}

static void
read_display(const struct json_at *at, char *buf, size_t size)
{
	const char *text = json_get_text(at);

	if (text != NULL)
		json_display(text, buf, size);
}

static void
read_systeminfo(const struct json_at *at, void *into)
{
	struct policy_info *info = ((struct leaves *)into)->info;

	read_display(at, info->systeminfo, sizeof(info->systeminfo));
}

static void
read_manufacturer(const struct json_at *at, void *into)
{
	struct policy_info *info = ((struct leaves *)into)->info;

	read_display(at, info->manufacturer, sizeof(info->manufacturer));
}

static void
read_model(const struct json_at *at, void *into)
{
	struct policy_info *info = ((struct leaves *)into)->info;

	read_display(at, info->model, sizeof(info->model));
}

static void
read_documentation(const struct json_at *at, void *into)
{
	struct policy_info *info = ((struct leaves *)into)->info;

	read_display(at, info->documentation, sizeof(info->documentation));
}

static void
read_mud(const struct json_at *at, struct reading *reading)
{
	static const struct json_member members[] = {
		{ "mud-url", read_url, NULL },
		{ "last-update", read_update, NULL },
		{ "mud-signature", read_signature, NULL },
		{ "cache-validity", read_validity, NULL },
		{ "is-supported", read_supported, NULL },
		{ "systeminfo", read_systeminfo, NULL },
		{ "mfg-name", read_manufacturer, NULL },
		{ "model-name", read_model, NULL },
		{ "documentation", read_documentation, NULL },
	};
	struct leaves leaves = { reading, &reading->policy->info };

	leaves.info->cache_validity_hours = CACHE_DEFAULT;
	json_visit_members(at, members, COUNT(members), NULL, &leaves);
}

/* One direction's list while its names are followed. */
struct list {
	struct acls *acls;
	enum direction direction;
};

static void
read_entry(const struct json_at *at, void *into)
{
	struct list *list = into;
	struct json_at name;
	struct acl *acl;

	if (!json_find(at, "name", &name) && !json_find(at, "acl-name", &name))
		return;
	if (json_get_text(&name) == NULL)
		return;
	acl = acls_find(list->acls, json_get_text(&name));
	/* A name that leads nowhere, or the same once more, is the schema's. */
	if (acl != NULL && (acl->was_read & 1u << list->direction) == 0)
		acl_read(list->acls, acl, list->direction);
}

static void
read_entries(const struct json_at *at, void *into)
{
	json_visit_elements(at, LIMIT_JSON_VALUES, read_entry, into);
}

static void
read_lists(const struct json_at *at, void *into)
{
	static const struct json_member members[] = {
		{ "access-list", read_entries, NULL },
	};

	json_visit_members(at, members, COUNT(members), NULL, into);
}

static void
read_policy(const struct json_at *mud, const char *name, struct acls *acls,
    enum direction direction)
{
	static const struct json_member members[] = {
		{ "access-lists", read_lists, NULL },
	};
	struct list list = { acls, direction };
	struct json_at at;

	if (json_find(mud, name, &at))
		json_visit_members(&at, members, COUNT(members), NULL, &list);
}

/* The ACLs stand under the RFC's name, or else under the drafts'. */
static void
read_file(const struct json_at *top, struct reading *reading)
{
	struct acls acls = { .reading = reading };
	struct json_at mud, at;

	if (!json_find(top, MUD, &mud)) {
		reading_tell(reading, &no_mud, NULL,
		    "Write an object with \"" MUD "\" and \"" ACLS
		    "\" at the top.",
		    "no " MUD);
		return;
	}
	read_mud(&mud, reading);
	if (json_find(top, ACLS, &at) || json_find(top, DRAFT, &at))
		acls_init(&acls, &at, reading);
	read_policy(&mud, "from-device-policy", &acls, FROM_DEVICE);
	read_policy(&mud, "to-device-policy", &acls, TO_DEVICE);
	acls_judge_rest(&acls);
}

/* Everything that is to be said of a document, in one go. */
static bool
judge(json_t *root, int64_t now, struct findings *findings,
    struct policy **policy, struct fault *why)
{
	const struct json_at top = { root, NULL, NULL, 0 };
	struct reading reading;

	reading_init(&reading, findings);
	schema_judge(&top, findings);
	lintmud_judge(&top, now, findings);
	read_file(&top, &reading);
	/* Advice for its maker, which takes time and changes nothing. */
	if (findings->on != NULL) {
		leafcheck_document(&top, findings);
		lint_policy(reading.policy, reading.places, findings);
	}
	if (findings->refusal.code != FAULT_NONE) {
		*why = findings->refusal;
		reading_done(&reading);
		return false;
	}
	reading.policy->info.is_draft = findings->is_draft;
	reading.policy->info.n_ignored = findings->n_ignored > UINT16_MAX
	                                     ? UINT16_MAX
	                                     : (uint16_t)findings->n_ignored;
	*policy = reading_take(&reading);
	return true;
}

bool
mudfile_judge(struct bytes file, int64_t now, finding_fn *on_finding, void *arg,
    bool *breaks, struct policy **policy, struct fault *why)
{
	struct findings findings = { .on = on_finding, .arg = arg };
	struct places *places = NULL;
	json_t *root = NULL;
	bool ok;

	ok = json_load(file, &root, why);
	if (ok) {
		/* Lines are for people. */
		if (on_finding != NULL)
			findings.places = places = places_new(file);
		ok = judge(root, now, &findings, policy, why);
	} else {
		struct finding_kind kind = no_file;

		kind.code = why->code;
		kind.clause = why->clause;
		findings_add(&findings, &kind, NULL, NULL, "%s", why->detail);
	}
	if (breaks != NULL)
		*breaks = findings.breaks_schema;
	places_free(places);
	json_decref(root);
	return ok;
}

bool
mudfile_parse(struct bytes file, struct policy **policy, struct fault *why)
{
	return mudfile_judge(file, 0, NULL, NULL, NULL, policy, why);
}

/* The one leaf, as reading_uri takes it. */
static bool
peek_uri(const struct json_at *at, const char **uri, struct fault *why)
{
	struct findings findings = { .on = NULL };
	struct reading reading = { .findings = &findings };

	*uri = reading_uri(&reading, at);
	if (*uri != NULL)
		return true;
	if (findings.refusal.code == FAULT_NONE)
		return fault_set(why, FAULT_MALFORMED, "RFC 7951 s6.2",
		    "/" MUD "/mud-signature: no text");
	*why = findings.refusal;
	return false;
}

bool
mudfile_peek(struct bytes file, struct mudfile_peek *peek, struct fault *why)
{
	struct mudfile_peek found = { "" };
	struct json_at top = { 0 }, mud, at;
	const char *text = "";
	json_t *root;
	bool ok = true;

	if (!json_load(file, &root, why))
		return false;
	top.value = root;
	if (!json_find(&top, MUD, &mud) || !json_is_object(mud.value))
		ok = fault_set(why, FAULT_NOT_A_MUD_FILE,
		    "RFC 8520 s2 (M-FILE-1)", "no " MUD);
	else if (json_find(&mud, "mud-signature", &at))
		ok = peek_uri(&at, &text, why);
	if (ok) {
		text_copy(
		    found.mud_signature, sizeof(found.mud_signature), text);
		*peek = found;
	}
	json_decref(root);
	return ok;
}
