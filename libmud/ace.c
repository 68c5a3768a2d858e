/*
 * ACEs.  Role: reader, mudctl.  Input: hostile JSON, bounded by json.c.
 */
#include "libmud/ace.h"

#include <string.h>

#include "libmud/matches.h"
#include "libmud/mem.h"
#include "libmud/reading.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58 };

struct entry {
	struct reading *reading;
	struct matches matches;
	enum forwarding forwarding;
	bool has_name, has_forwarding;
	char name[LIMIT_NAME + 1];
};

static bool
ignore(const struct json_at *at, void *into, struct fault *why)
{
	struct entry *entry = into;

	return reading_ignore(at, entry->reading, why);
}

bool
ace_name(const struct json_at *at, const char **name, struct fault *why)
{
	const char *text;
	size_t len;

	if (!json_read_text(at, &text, why))
		return false;
	len = strlen(text);
	if (len == 0)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.1 (A-NAME-1)", "an empty name");
	if (len > LIMIT_NAME)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.1 (A-NAME-1)",
		    "a name of %zu bytes, the most is %d", len, LIMIT_NAME);
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return json_refuse(at, why, FAULT_MALFORMED,
			    "RFC 8519 s4.1 (A-NAME-1)",
			    "a name with byte 0x%02x",
			    (unsigned int)(unsigned char)text[i]);
	*name = text;
	return true;
}

static bool
read_name(const struct json_at *at, void *into, struct fault *why)
{
	struct entry *entry = into;
	const char *name;

	if (!ace_name(at, &name, why))
		return false;
	text_copy(entry->name, sizeof(entry->name), name);
	entry->has_name = true;
	return true;
}

static bool
read_matches(const struct json_at *at, void *into, struct fault *why)
{
	struct entry *entry = into;

	return matches_read(at, &entry->matches, why);
}

static bool
read_forwarding(const struct json_at *at, void *into, struct fault *why)
{
	static const char *const names[] = {
		[FORWARD_ACCEPT] = "accept",
		[FORWARD_DROP] = "drop",
		[FORWARD_REJECT] = "reject",
	};
	struct entry *entry = into;
	const char *name;

	if (!json_read_identity(at, ACL_MODULE, &name, why))
		return false;
	entry->has_forwarding = true;
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(names[i], name) == 0) {
			entry->forwarding = (enum forwarding)i;
			return true;
		}
	/* An identity of our own module would have been in the table. */
	if (!reading_is_foreign(name))
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.1 (A-ACT-1)",
		    "%s is none of accept, drop, reject", name);
	entry->forwarding = FORWARD_DROP;
	reading_note(entry->reading, FINDING_WARNING, at, FAULT_UNSUPPORTED,
	    "RFC 8520 s2 (M-FILE-4), S-9", "an unknown action, read as drop");
	return true;
}

/* Judged, and then ignored: RFC 8520 s2 (M-FILE-4). */
static bool
read_logging(const struct json_at *at, void *into, struct fault *why)
{
	const char *name;

	(void)into;
	if (!json_read_identity(at, ACL_MODULE, &name, why))
		return false;
	if (strcmp(name, "log-syslog") != 0 && strcmp(name, "log-none") != 0 &&
	    !reading_is_foreign(name))
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.1 (A-ACT-2)",
		    "%s is neither log-syslog nor log-none", name);
	return true;
}

static bool
read_actions(const struct json_at *at, void *into, struct fault *why)
{
	static const struct json_member members[] = {
		{ "forwarding", read_forwarding },
		{ "logging", read_logging },
	};

	return json_each_member(at, members, COUNT(members), ignore, into, why);
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

static bool
resolve_protocol(
    const struct json_at *at, struct matches *matches, struct fault *why)
{
	const int16_t implied = implied_protocol(matches);
	int16_t *protocol = &matches->ace.protocol;

	if (matches->l4 == NULL)
		return true;
	if (implied == -1) {
		matches_odd(matches, FINDING_WARNING, at, FAULT_UNSUPPORTED,
		    "RFC 8519 s4.2 (A-ICMP-1)",
		    "icmp without a family; the ACE matches nothing");
		return true;
	}
	if (*protocol != -1 && *protocol != implied)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.2 (A-PROTO-2)", "protocol %d beside %s",
		    *protocol, matches->l4);
	*protocol = implied;
	return true;
}

/* The entry as a plain value, its peers aside. */
static void
fill(const struct entry *entry, const struct ace_context *context,
    struct ace *ace)
{
	*ace = entry->matches.ace;
	/* What was not understood keeps no condition: none may be used. */
	if (entry->matches.odd.code != FAULT_NONE)
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
	ace->understood = entry->matches.odd.code == FAULT_NONE;
}

static bool
fill_peers(struct entry *entry, struct ace *ace, struct fault *why)
{
	struct matches *matches = &entry->matches;

	for (size_t i = 0; i < matches->n_named; i++) {
		uint16_t text = PEER_NO_TEXT;

		if (matches->named[i].text[0] != '\0' &&
		    !reading_text(entry->reading, matches->named[i].kind,
			matches->named[i].text, &text, why))
			return false;
		ace->peers[i] =
		    (struct peer){ .kind = (uint8_t)matches->named[i].kind,
			    .text = text };
	}
	ace->n_peers = (uint8_t)matches->n_named;
	return true;
}

/* Tells what was not understood, and holds the policy for a drop (S-9). */
static void
report(struct entry *entry)
{
	const struct matches *matches = &entry->matches;
	struct fault hold = matches->odd;

	if (entry->forwarding == FORWARD_ACCEPT) {
		reading_pass(
		    entry->reading, matches->odd_severity, &matches->odd);
		return;
	}
	if (matches->odd_severity == FINDING_ERROR)
		reading_pass(entry->reading, FINDING_ERROR, &matches->odd);
	hold.code = FAULT_DROP_NOT_UNDERSTOOD;
	reading_hold(entry->reading, &hold);
}

/* Without any condition an accept opens the Thing to all (A-SEM-3). */
static void
warn_of_accept_all(const struct json_at *at, const struct entry *entry)
{
	const struct matches *matches = &entry->matches;
	const struct ace *ace = &matches->ace;

	if (entry->forwarding == FORWARD_ACCEPT && matches->n_named == 0 &&
	    ace->protocol == -1 && ace->from.addr.family == 0 &&
	    ace->to.addr.family == 0)
		reading_note(entry->reading, FINDING_WARNING, at,
		    FAULT_UNSUPPORTED, "RFC 8519 s4.1 (A-SEM-3)",
		    "accepts everything");
}

static bool
finish(const struct json_at *at, const struct ace_context *context,
    struct entry *entry, struct fault *why)
{
	struct matches *matches = &entry->matches;
	struct ace ace;

	if (!entry->has_name)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.1 (A-NAME-1)", "no name");
	if (!entry->has_forwarding)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.1 (A-ACT-1)", "no forwarding action");
	if (!resolve_protocol(at, matches, why))
		return false;
	if (context->families == 0 || context->is_foreign_type)
		matches_odd(matches, FINDING_WARNING, at, FAULT_UNSUPPORTED,
		    "RFC 8520 s2 (A-FEAT-1), S-9",
		    "in an ACL of a type outside RFC 8520; the ACE matches "
		    "nothing");
	fill(entry, context, &ace);
	if (ace.understood)
		warn_of_accept_all(at, entry);
	else
		report(entry);
	if (entry->reading->is_unused)
		return true;
	if (ace.understood && !fill_peers(entry, &ace, why))
		return false;
	return reading_add(entry->reading, &ace, why);
}

bool
ace_read(const struct json_at *at, const struct ace_context *context,
    struct fault *why)
{
	static const struct json_member members[] = {
		{ "name", read_name },
		{ "matches", read_matches },
		{ "actions", read_actions },
	};
	struct entry entry = {
		.reading = context->reading,
		.matches = { .reading = context->reading,
		    .direction = context->direction,
		    .families = context->families,
		    .ace = { .families = context->families,
			.protocol = -1,
			.icmp_type = -1,
			.icmp_code = -1,
			.source = { .high = UINT16_MAX },
			.destination = { .high = UINT16_MAX } } },
	};

	/* A record names some family, also for an ACE that matches nothing. */
	if (context->families == 0)
		entry.matches.ace.families = FAMILY_4 | FAMILY_6;
	return json_each_member(
		   at, members, COUNT(members), ignore, &entry, why) &&
	       finish(at, context, &entry, why);
}
