/*
 * ACEs.  Role: reader, mudctl.  Input: hostile JSON, bounded by json.c;
 * broken leaves were told of by schema_judge.
 */
#include "libmud/ace.h"

#include <string.h>

#include "libmud/matches.h"
#include "libmud/mem.h"
#include "libmud/reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58 };

/* The modules count characters, and allow any: for logs and rules we do not. */
static const struct finding_kind bad_name = { FINDING_ERROR, FAULT_MALFORMED,
	"RFC 8519 s4.1 (A-NAME-1)", false, true };

static const struct finding_kind unknown_action = { FINDING_WARNING,
	FAULT_UNSUPPORTED, "RFC 8520 s2 (M-FILE-4), S-9", false, false };

static const struct finding_kind contradiction = { FINDING_ERROR,
	FAULT_MALFORMED, "RFC 8519 s4.2 (A-PROTO-2)", false, true };

/* Without any condition an accept opens the Thing to all. */
static const struct finding_kind accepts_all = { FINDING_WARNING,
	FAULT_ACCEPTS_ALL, "RFC 8519 s4.1 (A-SEM-3)", false, false };

struct entry {
	struct reading *reading;
	struct matches matches;
	enum forwarding forwarding;
	bool has_forwarding;
	const char *name;
};

const char *
ace_name(const struct json_at *at, struct reading *reading)
{
	const char *text = json_get_text(at);
	const size_t len = text == NULL ? 0 : strlen(text);
	size_t i = 0;

	if (len == 0)
		return NULL;
	while (i < len && text[i] >= ' ' && text[i] <= '~')
		i++;
	if (i == len && len <= LIMIT_NAME)
		return text;
	reading_tell(reading, &bad_name, at,
	    "Write a name of at most 64 ASCII letters, digits, hyphens, dots "
	    "and underscores.",
	    "a name of %zu bytes%s", len,
	    i == len ? "" : ", not all of them printable ASCII");
	return NULL;
}

static void
read_name(const struct json_at *at, void *into)
{
	struct entry *entry = into;

	entry->name = ace_name(at, entry->reading);
}

static void
read_matches(const struct json_at *at, void *into)
{
	struct entry *entry = into;

	matches_read(at, &entry->matches);
}

static void
read_forwarding(const struct json_at *at, void *into)
{
	static const char *const names[] = {
		[FORWARD_ACCEPT] = "accept",
		[FORWARD_DROP] = "drop",
		[FORWARD_REJECT] = "reject",
	};
	const char *name = json_get_identity(at, ACL_MODULE);
	struct entry *entry = into;

	if (name == NULL)
		return;
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(names[i], name) == 0) {
			entry->forwarding = (enum forwarding)i;
			entry->has_forwarding = true;
			return;
		}
	/* An identity of our own module would have been in the table. */
	if (!reading_is_foreign(name))
		return;
	entry->forwarding = FORWARD_DROP;
	entry->has_forwarding = true;
	reading_tell(entry->reading, &unknown_action, at,
	    "Write \"accept\" or \"drop\".", "an unknown action, read as drop");
}

static void
read_actions(const struct json_at *at, void *into)
{
	/* logging is judged by the schema, and ignored (M-FILE-4). */
	static const struct json_member members[] = {
		{ "forwarding", read_forwarding, NULL },
	};

	json_visit_members(at, members, COUNT(members), NULL, into);
}

/* What the l4 container says of the protocol; -1: nothing, or not one. */
static int16_t
implied_protocol(const struct matches *matches)
{
	if (matches->l4 == NULL)
		return -1;
	if (strcmp(matches->l4, "tcp") == 0)
		return TCP;
	if (strcmp(matches->l4, "udp") == 0)
		return UDP;
	/* RFC 8519 has one icmp container for both families (A-ICMP-1). */
	if (matches->ace.families == FAMILY_4)
		return ICMP;
	return matches->ace.families == FAMILY_6 ? ICMP6 : -1;
}

static void
resolve_protocol(const struct json_at *at, struct matches *matches)
{
	const int16_t implied = implied_protocol(matches);
	int16_t *protocol = &matches->ace.protocol;

	if (matches->l4 == NULL)
		return;
	if (implied == -1) {
		matches_odd(matches, at, "RFC 8519 s4.2 (A-ICMP-1)",
		    "icmp without a family; the ACE matches nothing");
		return;
	}
	/* Beside another container, which one is meant is not known. */
	if (*protocol != -1 && *protocol != implied && !matches->is_odd) {
		reading_tell(matches->reading, &contradiction, at,
		    "Leave \"protocol\" out, or write the one that the "
		    "container means: tcp 6, udp 17, icmp 1, and 58 in IPv6.",
		    "protocol %d beside %s", *protocol, matches->l4);
		matches_pass_over(matches, at);
	}
	*protocol = implied;
}

/* The entry as a plain value, its peers aside. */
static void
fill(const struct entry *entry, const struct ace_context *context,
    struct ace *ace)
{
	*ace = entry->matches.ace;
	/* What was not understood keeps no condition: none may be used. */
	if (entry->matches.is_odd)
		*ace = (struct ace){ .families = entry->matches.ace.families,
			.protocol = -1,
			.icmp_type = -1,
			.icmp_code = -1,
			.source = { .high = UINT16_MAX },
			.destination = { .high = UINT16_MAX } };
	text_copy(ace->acl, sizeof(ace->acl), context->acl);
	text_copy(ace->name, sizeof(ace->name), entry->name);
	ace->direction = (uint8_t)context->direction;
	ace->forwarding = (uint8_t)entry->forwarding;
	ace->understood = !entry->matches.is_odd;
}

static bool
fill_peers(const struct json_at *at, const struct entry *entry, struct ace *ace)
{
	const struct matches *matches = &entry->matches;

	for (size_t i = 0; i < matches->n_named; i++) {
		const struct named *named = &matches->named[i];
		uint16_t text = PEER_NO_TEXT;

		if (named->text[0] != '\0' &&
		    !reading_text(
			entry->reading, at, named->kind, named->text, &text))
			return false;
		ace->peers[i] =
		    (struct peer){ .kind = (uint8_t)named->kind, .text = text };
	}
	ace->n_peers = (uint8_t)matches->n_named;
	return true;
}

/* Tells what was not understood, and holds the policy for a drop (S-9). */
static void
report(const struct entry *entry)
{
	const struct matches *matches = &entry->matches;
	const bool accepts = entry->forwarding == FORWARD_ACCEPT;
	const struct finding_kind kind = { FINDING_WARNING,
		accepts ? FAULT_UNSUPPORTED : FAULT_DROP_NOT_UNDERSTOOD,
		matches->odd_clause, false, false };

	if (!entry->reading->is_again && !matches->is_told)
		findings_add_placed(entry->reading->findings, &kind,
		    &matches->odd_place, matches->odd_fix, "%s",
		    matches->odd_text);
	if (!accepts)
		reading_hold(entry->reading, &kind, &matches->odd_place, "%s",
		    matches->odd_text);
}

/*
 * A drop of what no packet here has, fragments above all, which come whole:
 * it can deny nothing, so it is not kept as its maker meant it (S-9).
 */
static void
judge_drop(const struct json_at *at, const struct entry *entry)
{
	static const struct finding_kind kind = { FINDING_WARNING,
		FAULT_DROP_NOT_UNDERSTOOD, "RFC 8519 s4.2, S-9", false, false };
	struct finding_place place;

	if (entry->forwarding == FORWARD_ACCEPT ||
	    fields_can_hold(entry->matches.ace.fields))
		return;
	place = findings_place(entry->reading->findings, at);
	reading_tell(entry->reading, &kind, at, NULL,
	    "drops what no packet here has, such as fragments, which come "
	    "whole");
	reading_hold(
	    entry->reading, &kind, &place, "drops what no packet here has");
}

static void
judge_width(const struct json_at *at, const struct entry *entry)
{
	const struct matches *matches = &entry->matches;
	const struct ace *ace = &matches->ace;
	struct finding_place place;

	if (entry->forwarding != FORWARD_ACCEPT || matches->n_named > 0 ||
	    ace->protocol != -1 || ace->from.addr.family != 0 ||
	    ace->to.addr.family != 0 || ace->fields[0].id != FIELD_NONE)
		return;
	place = findings_place(entry->reading->findings, at);
	reading_hold(
	    entry->reading, &accepts_all, &place, "accepts everything");
}

static void
finish(const struct json_at *at, const struct ace_context *context,
    struct entry *entry)
{
	struct matches *matches = &entry->matches;
	struct ace ace;

	/* The file is refused; what the rest would have been is not known. */
	if (entry->name == NULL || !entry->has_forwarding)
		return;
	resolve_protocol(at, matches);
	if (context->is_foreign_type)
		matches_odd(matches, at, "RFC 8520 s2 (A-FEAT-1), S-9",
		    "in an ACL of an unknown type; the ACE matches nothing");
	if (context->families == 0 && matches->l4 != NULL)
		matches_odd(matches, at, "RFC 8519 s4.1 (A-TYPE-1), S-9",
		    "%s in an ACL of frames; the ACE matches nothing",
		    matches->l4);
	fill(entry, context, &ace);
	if (ace.understood) {
		judge_width(at, entry);
		judge_drop(at, entry);
	} else {
		report(entry);
	}
	if (entry->reading->is_unused)
		return;
	if (!ace.understood || fill_peers(at, entry, &ace))
		reading_add(entry->reading, at, &ace);
}

void
ace_read(const struct json_at *at, void *into)
{
	static const struct json_member members[] = {
		{ "name", read_name, NULL },
		{ "rule-name", read_name, "name" },
		{ "matches", read_matches, NULL },
		{ "actions", read_actions, NULL },
	};
	const struct ace_context *context = into;
	struct entry entry = {
		.reading = context->reading,
		.matches = { .reading = context->reading,
		    .direction = context->direction,
		    .families = context->families,
		    .has_frames = context->has_frames,
		    .ace = { .families = FAMILY_4 | FAMILY_6,
			.protocol = -1,
			.icmp_type = -1,
			.icmp_code = -1,
			.source = { .high = UINT16_MAX },
			.destination = { .high = UINT16_MAX } } },
	};

	/* An ACL of frames speaks of both families' packets. */
	if (context->families != 0)
		entry.matches.ace.families = context->families;
	json_visit_members(at, members, COUNT(members), NULL, &entry);
	finish(at, context, &entry);
}
