/*
 * ACLs.  Role: reader, mudctl.  Input: hostile JSON, bounded by json.c;
 * broken leaves were told of by schema_judge.
 */
#include "libmud/acl.h"

#include <string.h>

#include "libmud/ace.h"
#include "libmud/reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Over the limits the whole file is refused, never cut (S-8). */
static const struct finding_kind too_many = { FINDING_ERROR, FAULT_TOO_MANY,
	"S-8", false, true };

/* What its matches say decides; the modules allow it. */
static const struct finding_kind no_type = { FINDING_WARNING, FAULT_UNSUPPORTED,
	"RFC 8519 s4.1 (A-TYPE-3)", false, false };

static const struct finding_kind odd_name = { FINDING_WARNING, FAULT_MALFORMED,
	"RFC 8519 s4.1 (A-NAME-1)", false, false };

static const struct finding_kind unused = { FINDING_WARNING, FAULT_UNSUPPORTED,
	"RFC 8520 s3.3 (M-POL-1)", false, false };

static const struct finding_kind both_ways = { FINDING_WARNING,
	FAULT_UNSUPPORTED, "RFC 8520 s3.3 (M-FILE-6)", false, false };

/*
 * Which l3 containers an ACL of a type may have (A-TYPE-1).  Each ACL is held
 * against its own type: the module's `when` asks for any ACL of the file
 * (A-TYPE-2).
 */
static const struct {
	const char *name;
	uint8_t families;
	bool has_frames;
} types[] = {
	{ "ipv4-acl-type", FAMILY_4, false },
	{ "ipv6-acl-type", FAMILY_6, false },
	{ "eth-acl-type", 0, true },
	{ "mixed-eth-ipv4-acl-type", FAMILY_4, true },
	{ "mixed-eth-ipv6-acl-type", FAMILY_6, true },
	{ "mixed-eth-ipv4-ipv6-acl-type", FAMILY_4 | FAMILY_6, true },
	/* The drafts' names; schema_judge has told. */
	{ "ethernet-acl-type", 0, true },
	{ "ipv4", FAMILY_4, false },
	{ "ipv6", FAMILY_6, false },
	{ "ipv4-acl", FAMILY_4, false },
	{ "ipv6-acl", FAMILY_6, false },
};

/* An ACL being indexed. */
struct entry {
	struct acls *acls;
	struct acl *acl;
};

static void
read_name(const struct json_at *at, void *into)
{
	struct entry *entry = into;
	struct reading *reading = entry->acls->reading;

	entry->acl->name = ace_name(at, reading);
	/* The module's description forbids what its type allows. */
	if (entry->acl->name != NULL && strchr(entry->acl->name, ' ') != NULL)
		reading_tell(reading, &odd_name, at,
		    "Write the name without blanks, here and where a policy "
		    "names it.",
		    "a blank in the name of an ACL");
}

static void
read_type(const struct json_at *at, void *into)
{
	const char *name = json_get_identity(at, ACL_MODULE);
	struct entry *entry = into;

	entry->acl->has_type = true;
	if (name == NULL)
		return;
	for (size_t i = 0; i < COUNT(types); i++)
		if (strcmp(types[i].name, name) == 0) {
			entry->acl->families = types[i].families;
			entry->acl->has_frames = types[i].has_frames;
			entry->acls->reading->has_frames |= types[i].has_frames;
			return;
		}
	entry->acl->is_foreign_type = true;
}

/* Kept for acl_read, when this walk is over. */
static void
find_ace_array(const struct json_at *at, void *into)
{
	struct entry *entry = into;

	entry->acls->n_aces += json_array_size(at->value);
	entry->acl->has_aces = true;
	entry->acl->aces = *at;
	entry->acl->aces.parent = &entry->acl->at[1];
}

static void
read_aces(const struct json_at *at, void *into)
{
	static const struct json_member members[] = {
		{ "ace", find_ace_array, NULL },
	};
	struct entry *entry = into;

	entry->acl->at[1] = *at;
	entry->acl->at[1].parent = &entry->acl->at[0];
	json_visit_members(at, members, COUNT(members), NULL, into);
}

static void
read_acl(const struct json_at *at, void *into)
{
	static const struct json_member members[] = {
		{ "name", read_name, NULL },
		{ "acl-name", read_name, "name" },
		{ "type", read_type, NULL },
		{ "acl-type", read_type, "type" },
		{ "aces", read_aces, NULL },
		{ "access-list-entries", read_aces, "aces" },
	};
	struct acls *acls = into;
	struct acl *acl = &acls->acl[acls->n];
	struct entry entry = { acls, acl };

	*acl =
	    (struct acl){ .families = FAMILY_4 | FAMILY_6, .has_frames = true };
	acl->at[0] =
	    (struct json_at){ at->value, &acls->list, NULL, at->index };
	json_visit_members(at, members, COUNT(members), NULL, &entry);
	if (acl->name == NULL)
		return;
	if (!acl->has_type)
		reading_tell(acls->reading, &no_type, at,
		    "Write \"type\": \"ipv4-acl-type\" or \"ipv6-acl-type\".",
		    "no type");
	acls->n++;
}

static void
read_list(const struct json_at *at, void *into)
{
	struct acls *acls = into;

	acls->list = *at;
	if (json_array_size(at->value) > LIMIT_ACLS)
		findings_add(acls->reading->findings, &too_many, at, NULL,
		    "%zu ACLs, the most is %d", json_array_size(at->value),
		    LIMIT_ACLS);
	json_visit_elements(at, LIMIT_ACLS, read_acl, acls);
	if (acls->n_aces > LIMIT_ACES)
		findings_add(acls->reading->findings, &too_many, at, NULL,
		    "%zu ACEs in all, the most is %d", acls->n_aces,
		    LIMIT_ACES);
}

void
acls_init(struct acls *acls, const struct json_at *at, struct reading *reading)
{
	static const struct json_member members[] = {
		{ "acl", read_list, NULL },
	};

	acls->reading = reading;
	acls->n = acls->n_aces = 0;
	json_visit_members(at, members, COUNT(members), NULL, acls);
}

struct acl *
acls_find(struct acls *acls, const char *name)
{
	for (size_t i = 0; i < acls->n; i++)
		if (strcmp(acls->acl[i].name, name) == 0)
			return &acls->acl[i];
	return NULL;
}

static void
read_ace_array(
    struct acls *acls, const struct acl *acl, enum direction direction)
{
	struct ace_context context = { .reading = acls->reading,
		.acl = acl->name,
		.families = acl->families,
		.has_frames = acl->has_frames,
		.is_foreign_type = acl->is_foreign_type,
		.direction = direction };

	if (json_array_size(acl->aces.value) > LIMIT_ACL_ACES)
		reading_tell(acls->reading, &too_many, &acl->aces, NULL,
		    "%zu ACEs in one ACL, the most is %d",
		    json_array_size(acl->aces.value), LIMIT_ACL_ACES);
	json_visit_elements(&acl->aces, LIMIT_ACL_ACES, ace_read, &context);
}

void
acl_read(struct acls *acls, struct acl *acl, enum direction direction)
{
	acls->reading->is_again = acl->was_read != 0;
	if (acl->was_read != 0 && (acl->was_read & 1u << direction) == 0)
		findings_add(acls->reading->findings, &both_ways, &acl->at[0],
		    "Write one ACL for each direction: the peer is the "
		    "destination of what the Thing sends, and the source of "
		    "what it gets.",
		    "this ACL serves both directions");
	if (acl->has_aces)
		read_ace_array(acls, acl, direction);
	acls->reading->is_again = false;
	acl->was_read |= (uint8_t)(1u << direction);
}

void
acls_judge_rest(struct acls *acls)
{
	acls->reading->is_unused = true;
	for (size_t i = 0; i < acls->n; i++) {
		struct acl *acl = &acls->acl[i];

		if (acl->was_read != 0)
			continue;
		reading_tell(acls->reading, &unused, &acl->at[0],
		    "Name it in \"from-device-policy\" or "
		    "\"to-device-policy\", or leave it out.",
		    "no policy names this ACL");
		acl_read(acls, acl, FROM_DEVICE);
	}
	acls->reading->is_unused = false;
}
