/*
 * MUD files: the "ietf-mud:mud" container, and the order of the whole.
 *
 * Role: reader, mudctl.  Input: hostile, whether signed or not.
 */
#include "libmud/mudfile.h"

#include <stdio.h>
#include <string.h>

#include "libmud/acl.h"
#include "libmud/json.h"
#include "libmud/mem.h"
#include "libmud/place.h"
#include "libmud/policy.h"
#include "libmud/reading.h"
#include "libmud/schema.h"
#include "libmud/url.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define MUD   "ietf-mud:mud"
#define ACLS  "ietf-access-control-list:acls"
#define DRAFT "ietf-access-control-list:access-lists"

enum { CACHE_DEFAULT = 48, CACHE_MAX = 168, EXTENSION_MAX = 40 };

/* Characters, not bytes: RFC 7950 s9.4.4. */
static size_t
text_length(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* Leaves of the container, and which of the mandatory ones were there. */
struct leaves {
	struct reading *reading;
	struct policy_info *info;
	bool has_version, has_url, has_update, has_supported, has_signature;
};

static bool
ignore(const struct json_at *at, void *into, struct fault *why)
{
	struct leaves *leaves = into;

	return reading_ignore(at, leaves->reading, why);
}

static bool
read_version(const struct json_at *at, void *into, struct fault *why)
{
	struct leaves *leaves = into;
	unsigned int version;

	if (!json_read_uint(at, 0, UINT8_MAX, &version, why))
		return false;
	if (version != 1)
		return json_refuse(at, why, FAULT_MUD_VERSION,
		    "RFC 8520 s3.1 (M-VER-1)", "version %u", version);
	leaves->has_version = true;
	return true;
}

static bool
read_url(const struct json_at *at, void *into, struct fault *why)
{
	struct leaves *leaves = into;
	struct fault refused;
	const char *text;
	struct url url;

	if (!json_read_uri(at, &text, why))
		return false;
	/* It cannot be the URL asked for; the engine will hold it (S-32). */
	if (!url_parse(text, &url, &refused))
		reading_note(leaves->reading,
		    refused.code == FAULT_NOT_HTTPS ? FINDING_ERROR
						    : FINDING_WARNING,
		    at, refused.code, refused.clause, "%s", refused.detail);
	text_copy(leaves->info->mud_url, sizeof(leaves->info->mud_url), text);
	leaves->has_url = true;
	return true;
}

static bool
read_update(const struct json_at *at, void *into, struct fault *why)
{
	struct leaves *leaves = into;
	const size_t size = sizeof(leaves->info->last_update);
	const char *text;
	int64_t seconds;

	if (!json_read_date(at, &text, &seconds, why))
		return false;
	if (strlen(text) >= size)
		return json_refuse(at, why, FAULT_TOO_LONG,
		    "RFC 8520 s3.4 (M-LU-1)", "a time of %zu bytes",
		    strlen(text));
	text_copy(leaves->info->last_update, size, text);
	leaves->info->updated_at = seconds;
	leaves->has_update = true;
	return true;
}

static bool
read_signature(const struct json_at *at, void *into, struct fault *why)
{
	struct leaves *leaves = into;
	const char *text;

	leaves->has_signature = true;
	return json_read_uri(at, &text, why);
}

static bool
read_validity(const struct json_at *at, void *into, struct fault *why)
{
	struct leaves *leaves = into;
	unsigned int hours;

	if (!json_read_uint(at, 0, UINT8_MAX, &hours, why))
		return false;
	if (hours < 1 || hours > CACHE_MAX)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8520 s3.5 (M-CV-2)", "%u hours, not 1..%d", hours,
		    CACHE_MAX);
	leaves->info->cache_validity_hours = (uint16_t)hours;
	return true;
}

static bool
read_supported(const struct json_at *at, void *into, struct fault *why)
{
	struct leaves *leaves = into;
	bool is;

	if (!json_read_boolean(at, &is, why))
		return false;
	leaves->info->is_supported = is;
	leaves->has_supported = true;
	return true;
}

static bool
read_display(
    const struct json_at *at, char *buf, size_t size, struct fault *why)
{
	const char *text;

	if (!json_read_text(at, &text, why))
		return false;
	json_display(text, buf, size);
	return true;
}

static bool
read_systeminfo(const struct json_at *at, void *into, struct fault *why)
{
	struct policy_info *info = ((struct leaves *)into)->info;

	return read_display(
	    at, info->systeminfo, sizeof(info->systeminfo), why);
}

static bool
read_manufacturer(const struct json_at *at, void *into, struct fault *why)
{
	struct policy_info *info = ((struct leaves *)into)->info;

	return read_display(
	    at, info->manufacturer, sizeof(info->manufacturer), why);
}

static bool
read_model(const struct json_at *at, void *into, struct fault *why)
{
	struct policy_info *info = ((struct leaves *)into)->info;

	return read_display(at, info->model, sizeof(info->model), why);
}

static bool
read_documentation(const struct json_at *at, void *into, struct fault *why)
{
	struct policy_info *info = ((struct leaves *)into)->info;

	return read_display(
	    at, info->documentation, sizeof(info->documentation), why);
}

/* firmware-rev and software-rev: of no use to a policy (M-REV-1). */
static bool
read_revision(const struct json_at *at, void *into, struct fault *why)
{
	const char *text;

	(void)into;
	return json_read_text(at, &text, why);
}

static bool
read_extension(const struct json_at *at, void *into, struct fault *why)
{
	const char *text;

	(void)into;
	if (!json_read_text(at, &text, why))
		return false;
	if (*text == '\0' || text_length(text) > EXTENSION_MAX)
		return json_refuse(at, why, FAULT_MALFORMED, "RFC 8520 s3.9",
		    "a name of %zu characters, not 1..%d", text_length(text),
		    EXTENSION_MAX);
	return true;
}

static bool
read_extensions(const struct json_at *at, void *into, struct fault *why)
{
	return json_each_element(
	    at, LIMIT_JSON_VALUES, read_extension, into, why);
}

static bool
read_mud(const struct json_at *at, struct leaves *leaves, struct fault *why)
{
	static const struct json_member members[] = {
		{ "mud-version", read_version },
		{ "mud-url", read_url },
		{ "last-update", read_update },
		{ "mud-signature", read_signature },
		{ "cache-validity", read_validity },
		{ "is-supported", read_supported },
		{ "systeminfo", read_systeminfo },
		{ "mfg-name", read_manufacturer },
		{ "model-name", read_model },
		{ "firmware-rev", read_revision },
		{ "software-rev", read_revision },
		{ "documentation", read_documentation },
		{ "extensions", read_extensions },
		/* Once the ACLs that they name are known. */
		{ "from-device-policy", NULL },
		{ "to-device-policy", NULL },
	};
	const char *missing = NULL;

	if (!json_each_member(at, members, COUNT(members), ignore, leaves, why))
		return false;
	if (!leaves->has_supported)
		missing = "is-supported";
	if (!leaves->has_update)
		missing = "last-update";
	if (!leaves->has_url)
		missing = "mud-url";
	if (!leaves->has_version)
		missing = "mud-version";
	if (missing != NULL)
		return json_refuse(
		    at, why, FAULT_MALFORMED, "RFC 8520 s7", "no %s", missing);
	if (!leaves->has_signature)
		reading_note(leaves->reading, FINDING_WARNING, at,
		    FAULT_UNSIGNED, "RFC 8520 s13.2 (M-SIG-12)",
		    "no mud-signature");
	return true;
}

/* One direction's list while its names are followed. */
struct list {
	struct reading *reading;
	struct acls *acls;
	enum direction direction;
	const char *name; /* of the entry in hand */
	size_t n;
	const struct acl *seen[LIMIT_ACLS];
};

static bool
ignore_in_list(const struct json_at *at, void *into, struct fault *why)
{
	struct list *list = into;

	return reading_ignore(at, list->reading, why);
}

static bool
read_acl_name(const struct json_at *at, void *into, struct fault *why)
{
	struct list *list = into;

	return json_read_text(at, &list->name, why);
}

static bool
read_entry(const struct json_at *at, void *into, struct fault *why)
{
	static const struct json_member members[] = {
		{ "name", read_acl_name },
	};
	struct list *list = into;
	struct acl *acl;

	list->name = NULL;
	if (!json_each_member(
		at, members, COUNT(members), ignore_in_list, list, why))
		return false;
	if (list->name == NULL)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8520 s7 (M-FILE-9)", "no name");
	acl = acls_find(list->acls, list->name);
	if (acl == NULL)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8520 s7 (M-FILE-9)", "no ACL %s in this file",
		    list->name);
	for (size_t i = 0; i < list->n; i++)
		if (list->seen[i] == acl)
			return json_refuse(at, why, FAULT_MALFORMED,
			    "RFC 8520 s7 (M-FILE-9)", "%s a second time",
			    list->name);
	list->seen[list->n++] = acl;
	return acl_read(list->acls, acl, list->direction, why);
}

static bool
read_entries(const struct json_at *at, void *into, struct fault *why)
{
	return json_each_element(at, LIMIT_ACLS, read_entry, into, why);
}

static bool
read_lists(const struct json_at *at, void *into, struct fault *why)
{
	static const struct json_member members[] = {
		{ "access-list", read_entries },
	};

	return json_each_member(
	    at, members, COUNT(members), ignore_in_list, into, why);
}

static bool
read_policy(const struct json_at *mud, const char *name, struct list *list,
    struct fault *why)
{
	static const struct json_member members[] = {
		{ "access-lists", read_lists },
	};
	struct json_at at;

	list->n = 0;
	if (!json_find(mud, name, &at))
		return true;
	return json_each_member(
	    &at, members, COUNT(members), ignore_in_list, list, why);
}

/* Finds the ACLs: under the RFC's name, or else under the drafts'. */
static bool
find_acls(
    const struct json_at *top, struct reading *reading, struct json_at *at)
{
	if (json_find(top, ACLS, at))
		return true;
	if (!json_find(top, DRAFT, at))
		return false;
	reading->policy->info.is_draft = 1;
	reading_note(reading, FINDING_ERROR, at, FAULT_DRAFT_FILE,
	    "RFC 8520 s2 (M-FILE-1)", "a draft's name; RFC 8519 says " ACLS);
	return true;
}

static bool
read_lists_and_acls(const struct json_at *top, const struct json_at *mud,
    struct reading *reading, struct fault *why)
{
	struct acls acls = { .reading = reading };
	struct list list = { .reading = reading, .acls = &acls };
	struct json_at at;

	if (find_acls(top, reading, &at) &&
	    !acls_init(&acls, &at, reading, why))
		return false;
	list.direction = FROM_DEVICE;
	if (!read_policy(mud, "from-device-policy", &list, why))
		return false;
	list.direction = TO_DEVICE;
	return read_policy(mud, "to-device-policy", &list, why) &&
	       acls_judge_rest(&acls, why);
}

/* What else stands at the top belongs to extensions (M-EXT-4). */
static bool
ignore_top(const struct json_at *at, void *into, struct fault *why)
{
	struct reading *reading = into;

	if (strcmp(at->key, DRAFT) == 0 && reading->policy->info.is_draft)
		return true;
	return reading_ignore(at, reading, why);
}

static bool
read_file(json_t *root, struct reading *reading, struct fault *why)
{
	static const struct json_member members[] = {
		{ MUD, NULL },
		{ ACLS, NULL },
	};
	const struct json_at top = { root, NULL, NULL, 0 };
	struct leaves leaves = { .reading = reading,
		.info = &reading->policy->info };
	struct json_at mud;

	reading->policy->info.cache_validity_hours = CACHE_DEFAULT;
	if (!json_find(&top, MUD, &mud))
		return fault_set(why, FAULT_NOT_A_MUD_FILE,
		    "RFC 8520 s2 (M-FILE-1)", "no " MUD);
	return read_mud(&mud, &leaves, why) &&
	       read_lists_and_acls(&top, &mud, reading, why) &&
	       json_each_member(
		   &top, members, COUNT(members), ignore_top, reading, why);
}

static bool
judge(json_t *root, struct findings *findings, struct policy **policy,
    struct fault *why)
{
	struct reading reading;
	bool ok;

	reading_init(&reading, findings);
	ok = read_file(root, &reading, why);
	if (ok)
		*policy = reading_take(&reading);
	else
		reading_done(&reading);
	return ok;
}

bool
mudfile_judge(struct bytes file, int64_t now, finding_fn *on_finding, void *arg,
    bool *breaks, struct policy **policy, struct fault *why)
{
	struct findings findings = { .on = on_finding, .arg = arg };
	struct places *places = NULL;
	struct json_at top = { 0 };
	json_t *root;
	bool ok;

	(void)now;
	if (!json_load(file, &root, why)) {
		const struct finding_kind kind = { FINDING_ERROR, why->code,
			why->clause, true, true };

		findings_add(&findings, &kind, NULL, NULL, "%s", why->detail);
		if (breaks != NULL)
			*breaks = true;
		return false;
	}
	if (on_finding != NULL)
		findings.places = places = places_new(file);
	top.value = root;
	schema_judge(&top, &findings);
	if (breaks != NULL)
		*breaks = findings.breaks_schema;
	/* What is wrong has been told. */
	if (findings.n_errors > 0)
		findings.on = NULL;
	ok = judge(root, &findings, policy, why);
	findings.on = on_finding;
	if (!ok) {
		const struct finding_kind kind = { FINDING_ERROR, why->code,
			why->clause, true, true };

		findings_add(&findings, &kind, NULL, NULL, "%s", why->detail);
	}
	places_free(places);
	json_decref(root);
	return ok;
}

bool
mudfile_parse(struct bytes file, struct policy **policy, struct fault *why)
{
	return mudfile_judge(file, 0, NULL, NULL, NULL, policy, why);
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
		ok = json_read_uri(&at, &text, why);
	if (ok) {
		text_copy(
		    found.mud_signature, sizeof(found.mud_signature), text);
		*peek = found;
	}
	json_decref(root);
	return ok;
}
