/*
 * ACLs.  Role: reader, mudctl.  Input: hostile JSON, bounded by json.c.
 */
#include "libmud/acl.h"

#include <string.h>

#include "libmud/ace.h"
#include "libmud/reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/*
 * Which l3 containers an ACL of a type may have (A-TYPE-1).  Each ACL is held
 * against its own type: the module's `when` asks for any ACL of the file
 * (A-TYPE-2).
 */
static const struct {
	const char *name;
	uint8_t families;
} types[] = {
	{ "ipv4-acl-type", FAMILY_4 },
	{ "ipv6-acl-type", FAMILY_6 },
	{ "eth-acl-type", 0 },
	{ "mixed-eth-ipv4-acl-type", FAMILY_4 },
	{ "mixed-eth-ipv6-acl-type", FAMILY_6 },
	{ "mixed-eth-ipv4-ipv6-acl-type", FAMILY_4 | FAMILY_6 },
};

/* An ACL being indexed. */
struct entry {
	struct acls *acls;
	struct acl *acl;
};

static bool
ignore_in_acls(const struct json_at *at, void *into, struct fault *why)
{
	struct acls *acls = into;

	return reading_ignore(at, acls->reading, why);
}

static bool
ignore(const struct json_at *at, void *into, struct fault *why)
{
	struct entry *entry = into;

	return reading_ignore(at, entry->acls->reading, why);
}

static bool
read_name(const struct json_at *at, void *into, struct fault *why)
{
	struct entry *entry = into;
	const char *name;

	if (!ace_name(at, &name, why))
		return false;
	if (acls_find(entry->acls, name) != NULL)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.1 (A-NAME-1)", "a second ACL %s", name);
	entry->acl->name = name;
	return true;
}

static bool
read_type(const struct json_at *at, void *into, struct fault *why)
{
	struct entry *entry = into;
	struct acl *acl = entry->acl;
	const char *name;

	if (!json_read_identity(at, ACL_MODULE, &name, why))
		return false;
	acl->has_type = true;
	for (size_t i = 0; i < COUNT(types); i++)
		if (strcmp(types[i].name, name) == 0) {
			acl->families = types[i].families;
			return true;
		}
	/* The drafts had this name for eth-acl-type. */
	if (entry->acls->reading->policy->info.is_draft &&
	    strcmp(name, "ethernet-acl-type") == 0) {
		acl->families = 0;
		return true;
	}
	if (!reading_is_foreign(name))
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.1 (A-TYPE-1)", "%s is no ACL type", name);
	acl->is_foreign_type = true;
	return true;
}

/* Kept for acl_read, which judges the array itself. */
static bool
find_ace_array(const struct json_at *at, void *into, struct fault *why)
{
	struct entry *entry = into;
	struct acls *acls = entry->acls;

	acls->n_aces += json_array_size(at->value);
	if (acls->n_aces > LIMIT_ACES)
		return json_refuse(at, why, FAULT_TOO_MANY, "S-8",
		    "more than %d ACEs in all", LIMIT_ACES);
	entry->acl->has_aces = true;
	entry->acl->aces = *at;
	entry->acl->aces.parent = &entry->acl->at[1];
	return true;
}

static bool
read_aces(const struct json_at *at, void *into, struct fault *why)
{
	static const struct json_member members[] = {
		{ "ace", find_ace_array },
	};
	struct entry *entry = into;

	/* Kept for acl_read, when this walk is over. */
	entry->acl->at[1] = *at;
	entry->acl->at[1].parent = &entry->acl->at[0];
	return json_each_member(at, members, COUNT(members), ignore, into, why);
}

static bool
read_acl(const struct json_at *at, void *into, struct fault *why)
{
	static const struct json_member members[] = {
		{ "name", read_name },
		{ "type", read_type },
		{ "aces", read_aces },
	};
	struct acls *acls = into;
	struct acl *acl = &acls->acl[acls->n];
	struct entry entry = { acls, acl };

	*acl = (struct acl){ .families = FAMILY_4 | FAMILY_6 };
	acl->at[0] =
	    (struct json_at){ at->value, &acls->list, NULL, at->index };
	if (!json_each_member(at, members, COUNT(members), ignore, &entry, why))
		return false;
	if (acl->name == NULL)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.1 (A-NAME-1)", "no name");
	/* What its matches say decides; the modules allow it (A-TYPE-3). */
	if (!acl->has_type)
		reading_note(acls->reading, FINDING_WARNING, at,
		    FAULT_UNSUPPORTED, "RFC 8519 s4.1 (A-TYPE-3)", "no type");
	acls->n++;
	return true;
}

static bool
read_list(const struct json_at *at, void *into, struct fault *why)
{
	struct acls *acls = into;

	acls->list = *at;
	return json_each_element(at, LIMIT_ACLS, read_acl, acls, why);
}

bool
acls_init(struct acls *acls, const struct json_at *at, struct reading *reading,
    struct fault *why)
{
	static const struct json_member members[] = { { "acl", read_list } };

	acls->reading = reading;
	acls->n = acls->n_aces = 0;
	return json_each_member(
	    at, members, COUNT(members), ignore_in_acls, acls, why);
}

struct acl *
acls_find(struct acls *acls, const char *name)
{
	for (size_t i = 0; i < acls->n; i++)
		if (strcmp(acls->acl[i].name, name) == 0)
			return &acls->acl[i];
	return NULL;
}

/* Names are keys (RFC 8519 s4.1); ace_read judges them one by one. */
static bool
check_names(const struct json_at *array, struct fault *why)
{
	const char *seen[LIMIT_ACL_ACES];
	const size_t n = json_array_size(array->value);
	size_t n_seen = 0;

	for (size_t i = 0; i < n && n_seen < LIMIT_ACL_ACES; i++) {
		const struct json_at at = { json_array_get(array->value, i),
			array, NULL, i };
		const char *name =
		    json_string_value(json_object_get(at.value, "name"));

		if (name == NULL)
			continue;
		for (size_t k = 0; k < n_seen; k++)
			if (strcmp(seen[k], name) == 0)
				return json_refuse(&at, why, FAULT_MALFORMED,
				    "RFC 8519 s4.1 (A-NAME-1)",
				    "a second ACE %s", name);
		seen[n_seen++] = name;
	}
	return true;
}

static bool
read_ace(const struct json_at *at, void *into, struct fault *why)
{
	return ace_read(at, into, why);
}

bool
acl_read(struct acls *acls, struct acl *acl, enum direction direction,
    struct fault *why)
{
	struct ace_context context = { .reading = acls->reading,
		.acl = acl->name,
		.families = acl->families,
		.is_foreign_type = acl->is_foreign_type,
		.direction = direction };
	bool ok = true;

	acls->reading->is_again = acl->was_read;
	if (acl->has_aces)
		ok = check_names(&acl->aces, why) &&
		     json_each_element(
			 &acl->aces, LIMIT_ACL_ACES, read_ace, &context, why);
	acls->reading->is_again = false;
	acl->was_read = true;
	return ok;
}

bool
acls_judge_rest(struct acls *acls, struct fault *why)
{
	bool ok = true;

	acls->reading->is_unused = true;
	for (size_t i = 0; i < acls->n && ok; i++) {
		struct acl *acl = &acls->acl[i];

		if (acl->was_read)
			continue;
		reading_note(acls->reading, FINDING_WARNING, &acl->at[0],
		    FAULT_UNSUPPORTED, "RFC 8520 s3.3",
		    "no policy names this ACL");
		ok = acl_read(acls, acl, FROM_DEVICE, why);
	}
	acls->reading->is_unused = false;
	return ok;
}
