/*
 * The matches of an ACE.  Role: reader, mudctl.  Input: hostile JSON, bounded
 * by json.c; broken leaves were told of by schema_judge.
 */
#include "libmud/matches.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libmud/eth.h"
#include "libmud/mem.h"
#include "libmud/peers.h"
#include "libmud/ports.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* RFC 8519 s4.1: a header that the ACL's own type does not have (A-TYPE-2);
 * the modules ask any ACL of the file. */
static const struct finding_kind other_type = { FINDING_ERROR, FAULT_MALFORMED,
	"RFC 8519 s4.1 (A-TYPE-1, A-TYPE-2)", false, true };

void
matches_odd(struct matches *matches, const struct json_at *at,
    const char *clause, const char *fmt, ...)
{
	va_list args;

	if (matches->is_odd)
		return;
	va_start(args, fmt);
	(void)vsnprintf(
	    matches->odd_text, sizeof(matches->odd_text), fmt, args);
	va_end(args);
	matches->is_odd = true;
	matches->odd_clause = clause;
	matches->odd_place = findings_place(matches->reading->findings, at);
}

void
matches_pass_over(struct matches *matches, const struct json_at *at)
{
	matches->is_told |= !matches->is_odd;
	matches_odd(matches, at, "RFC 8520 s2 (M-EXT-5), S-9",
	    "a broken condition; the ACE matches nothing");
}

void
matches_add_peer(struct matches *matches, const struct json_at *at,
    enum peer_kind kind, const char *text)
{
	struct named *named = &matches->named[matches->n_named];

	if (matches->n_named == ACE_PEERS) {
		matches_odd(matches, at, "RFC 8520 s2 (M-FILE-7), S-9",
		    "too many conditions on the peer; the ACE matches "
		    "nothing");
		return;
	}
	named->kind = kind;
	text_copy(named->text, sizeof(named->text), text);
	matches->n_named++;
}

/* Any node in `matches` that has no line in a table (S-9, M-EXT-5). */
void
matches_read_unknown(const struct json_at *at, void *into)
{
	if (reading_is_foreign(at->key))
		matches_odd(into, at, "RFC 8520 s2 (M-EXT-5), S-9",
		    "an unknown condition; the ACE matches nothing");
	else
		matches_pass_over(into, at);
}

/* Known, and nothing that a rule can ask for. */
static void
read_inexpressible(const struct json_at *at, void *into)
{
	matches_odd(into, at, "RFC 8520 s2 (M-FILE-3), S-9",
	    "no rule can compare this; the ACE matches nothing");
}

/* What no packet has is the lint's to tell: such an ACE makes no rule. */
void
matches_add_field(struct matches *matches, const struct json_at *at,
    const struct field *field)
{
	if (!fields_add(matches->ace.fields, field))
		matches_odd(matches, at, "RFC 8520 s2 (M-FILE-3), S-9",
		    "more than %d header fields; the ACE matches nothing",
		    ACE_FIELDS);
}

/* A leaf that is one number of a header. */
static void
read_number(const struct json_at *at, void *into)
{
	const enum field_id id = field_find(at->parent->key, at->key);
	struct matches *matches = into;
	struct field field;
	uint64_t number;

	if (json_get_uint(at, 0, UINT32_MAX, &number) &&
	    field_of(id, number, &field))
		matches_add_field(matches, at, &field);
	else
		matches_pass_over(matches, at);
}

/* Type bits: names with one space between (J-9). */
static bool
bits_read(const char *text, const char *const *names, size_t n, uint64_t *bits)
{
	*bits = 0;
	while (text != NULL && *text != '\0') {
		const size_t len = strcspn(text, " ");
		size_t i = 0;

		while (i < n && (strlen(names[i]) != len ||
				    strncmp(names[i], text, len) != 0))
			i++;
		if (i == n)
			return false;
		*bits |= 1u << (n - 1 - i);
		text += len;
		text += *text == ' ';
	}
	return text != NULL;
}

static void
read_bits(const struct json_at *at, struct matches *matches,
    const char *const *names, size_t n)
{
	struct field field;
	uint64_t bits;

	if (bits_read(json_get_text(at), names, n, &bits) &&
	    field_of(field_find(at->parent->key, at->key), bits, &field))
		matches_add_field(matches, at, &field);
	else
		matches_pass_over(matches, at);
}

static void
read_ip_flags(const struct json_at *at, void *into)
{
	static const char *const names[] = { "reserved", "fragment", "more" };

	read_bits(at, into, names, COUNT(names));
}

static void
read_tcp_flags(const struct json_at *at, void *into)
{
	static const char *const names[] = { "cwr", "ece", "urg", "ack", "psh",
		"rst", "syn", "fin" };

	read_bits(at, into, names, COUNT(names));
}

static void
read_protocol(const struct json_at *at, void *into)
{
	struct matches *matches = into;
	uint64_t protocol;

	if (json_get_uint(at, 0, UINT8_MAX, &protocol))
		matches->ace.protocol = (int16_t)protocol;
	else
		matches_pass_over(matches, at);
}

/* One header a layer, and one that the ACL's type has. */
static void
begin_l3(const struct json_at *at, struct matches *matches, uint8_t family)
{
	if (matches->l3 != NULL || !json_is_object(at->value))
		matches_pass_over(matches, at);
	matches->l3 = at->key;
	if ((matches->families & family) != 0) {
		/* An ethertype may have said otherwise. */
		if ((matches->ace.families & family) == 0)
			matches_pass_over(matches, at);
		matches->ace.families = family;
		return;
	}
	reading_tell(matches->reading, &other_type, at,
	    family == FAMILY_4
		? "Write \"type\": \"ipv4-acl-type\" for this ACL, or move "
		  "the ACE to one of that type."
		: "Write \"type\": \"ipv6-acl-type\" for this ACL, or move "
		  "the ACE to one of that type.",
	    "%s does not go with the type of its ACL", at->key);
	matches_pass_over(matches, at);
}

static void
read_ipv4(const struct json_at *at, void *into)
{
	static const struct json_member members[] = {
		{ "protocol", read_protocol, NULL },
		{ "source-ipv4-network", peers_read_source, NULL },
		{ "destination-ipv4-network", peers_read_destination, NULL },
		{ "ietf-acldns:src-dnsname", peers_read_src_dnsname, NULL },
		{ "ietf-acldns:dst-dnsname", peers_read_dst_dnsname, NULL },
		{ "dscp", read_number, NULL },
		{ "ecn", read_number, NULL },
		{ "length", read_number, NULL },
		{ "ttl", read_number, NULL },
		{ "ihl", read_number, NULL },
		{ "flags", read_ip_flags, NULL },
		{ "offset", read_number, NULL },
		{ "identification", read_number, NULL },
	};

	begin_l3(at, into, FAMILY_4);
	json_visit_members(
	    at, members, COUNT(members), matches_read_unknown, into);
}

static void
read_ipv6(const struct json_at *at, void *into)
{
	static const struct json_member members[] = {
		{ "protocol", read_protocol, NULL },
		{ "source-ipv6-network", peers_read_source, NULL },
		{ "destination-ipv6-network", peers_read_destination, NULL },
		{ "ietf-acldns:src-dnsname", peers_read_src_dnsname, NULL },
		{ "ietf-acldns:dst-dnsname", peers_read_dst_dnsname, NULL },
		{ "dscp", read_number, NULL },
		{ "ecn", read_number, NULL },
		{ "length", read_number, NULL },
		{ "ttl", read_number, NULL },
		{ "flow-label", read_number, NULL },
	};

	begin_l3(at, into, FAMILY_6);
	json_visit_members(
	    at, members, COUNT(members), matches_read_unknown, into);
}

static void
begin_l4(const struct json_at *at, struct matches *matches)
{
	if (matches->l4 != NULL || !json_is_object(at->value))
		matches_pass_over(matches, at);
	matches->l4 = at->key;
}

static void
read_source_port(const struct json_at *at, void *into)
{
	struct matches *matches = into;

	if (!ports_read(at, &matches->ace.source))
		matches_pass_over(matches, at);
}

static void
read_destination_port(const struct json_at *at, void *into)
{
	struct matches *matches = into;

	if (!ports_read(at, &matches->ace.destination))
		matches_pass_over(matches, at);
}

static void
read_initiated(const struct json_at *at, void *into)
{
	const char *text = json_get_text(at);
	struct matches *matches = into;

	if (text != NULL && strcmp(text, "from-device") == 0)
		matches->ace.initiated = INITIATED_FROM_DEVICE;
	else if (text != NULL && strcmp(text, "to-device") == 0)
		matches->ace.initiated = INITIATED_TO_DEVICE;
	else
		matches_pass_over(matches, at);
}

static void
read_tcp(const struct json_at *at, void *into)
{
	static const struct json_member members[] = {
		{ "source-port", read_source_port, NULL },
		{ "destination-port", read_destination_port, NULL },
		{ "source-port-range-or-operator", read_source_port,
		    "source-port" },
		{ "destination-port-range-or-operator", read_destination_port,
		    "destination-port" },
		{ "ietf-mud:direction-initiated", read_initiated, NULL },
		{ "sequence-number", read_number, NULL },
		{ "acknowledgement-number", read_number, NULL },
		{ "data-offset", read_number, NULL },
		{ "reserved", read_number, NULL },
		{ "flags", read_tcp_flags, NULL },
		{ "window-size", read_number, NULL },
		{ "urgent-pointer", read_number, NULL },
		{ "options", read_inexpressible, NULL },
	};

	begin_l4(at, into);
	json_visit_members(
	    at, members, COUNT(members), matches_read_unknown, into);
}

static void
read_udp(const struct json_at *at, void *into)
{
	static const struct json_member members[] = {
		{ "source-port", read_source_port, NULL },
		{ "destination-port", read_destination_port, NULL },
		{ "source-port-range-or-operator", read_source_port,
		    "source-port" },
		{ "destination-port-range-or-operator", read_destination_port,
		    "destination-port" },
		{ "length", read_number, NULL },
	};

	begin_l4(at, into);
	json_visit_members(
	    at, members, COUNT(members), matches_read_unknown, into);
}

static void
read_icmp_number(
    const struct json_at *at, struct matches *matches, int16_t *into)
{
	uint64_t number;

	if (json_get_uint(at, 0, UINT8_MAX, &number))
		*into = (int16_t)number;
	else
		matches_pass_over(matches, at);
}

static void
read_icmp_type(const struct json_at *at, void *into)
{
	struct matches *matches = into;

	read_icmp_number(at, matches, &matches->ace.icmp_type);
}

static void
read_icmp_code(const struct json_at *at, void *into)
{
	struct matches *matches = into;

	read_icmp_number(at, matches, &matches->ace.icmp_code);
}

static void
read_icmp(const struct json_at *at, void *into)
{
	static const struct json_member members[] = {
		{ "type", read_icmp_type, NULL },
		{ "code", read_icmp_code, NULL },
		{ "rest-of-header", read_inexpressible, NULL },
	};

	begin_l4(at, into);
	json_visit_members(
	    at, members, COUNT(members), matches_read_unknown, into);
}

static const struct json_member headers[] = {
	{ "eth", eth_read, NULL },
	{ "ipv4", read_ipv4, NULL },
	{ "ipv6", read_ipv6, NULL },
	{ "tcp", read_tcp, NULL },
	{ "udp", read_udp, NULL },
	{ "icmp", read_icmp, NULL },
	{ "ietf-mud:mud", peers_read_mud, NULL },
};

/* The drafts wrote the names of the choices, around their containers. */
static void
read_wrapper(const struct json_at *at, void *into)
{
	if (strcmp(at->key, "l2") == 0 || strcmp(at->key, "l3") == 0 ||
	    strcmp(at->key, "l4") == 0)
		json_visit_members(
		    at, headers, COUNT(headers), matches_read_unknown, into);
	else
		matches_read_unknown(at, into);
}

void
matches_read(const struct json_at *at, struct matches *matches)
{
	if (!json_is_object(at->value))
		matches_pass_over(matches, at);
	json_visit_members(at, headers, COUNT(headers), read_wrapper, matches);
}
