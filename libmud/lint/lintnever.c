/*
 * ACEs that never match.  Role: mudctl.  Input: ACEs that the reader made, so
 * sound; what they say is whatever the file's maker wrote.
 */
#include "libmud/lint/lintnever.h"

#include <string.h>

#include "libmud/lint/acecover.h"
#include "libmud/url.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58 };

/* RFC 9293 s3.1, as bits of FIELD_TCP_FLAGS. */
enum { FIN = 1, SYN = 2, ACK = 16 };

#define SMALLEST_TCP 5 /* RFC 9293 s3.1: words of a header */

static bool
has_no_family(const struct policy *policy, const struct ace *ace)
{
	(void)policy;
	return ace_families(ace) == 0;
}

/* Types that only the other family's registry has. */
static bool
is_icmp_of_other(const struct policy *policy, const struct ace *ace)
{
	(void)policy;
	if (ace->protocol == ICMP)
		return ace->icmp_type >= 128 && ace->icmp_type <= 161;
	return ace->protocol == ICMP6 &&
	       (ace->icmp_type == 0 ||
		   (ace->icmp_type >= 5 && ace->icmp_type < 100));
}

static bool
has_no_port(const struct policy *policy, const struct ace *ace)
{
	struct span spans[2];

	(void)policy;
	return ports_spans(&ace->source, spans) == 0 ||
	       ports_spans(&ace->destination, spans) == 0;
}

static bool
lies_in(const struct prefix *prefix, const char *in)
{
	struct prefix wide;

	return prefix->addr.family != 0 && prefix_parse(in, &wide) &&
	       prefix_covers(&wide, prefix);
}

static bool
is_group(const struct prefix *prefix)
{
	return lies_in(prefix, "224.0.0.0/4") || lies_in(prefix, "ff00::/8") ||
	       lies_in(prefix, "255.255.255.255/32");
}

static bool
comes_from_group(const struct policy *policy, const struct ace *ace)
{
	(void)policy;
	return is_group(&ace->from);
}

static bool
is_loopback(const struct policy *policy, const struct ace *ace)
{
	static const char *const own[] = { "127.0.0.0/8", "::1/128" };

	(void)policy;
	for (size_t i = 0; i < COUNT(own); i++)
		if (lies_in(&ace->from, own[i]) || lies_in(&ace->to, own[i]))
			return true;
	return false;
}

static bool
goes_nowhere(const struct policy *policy, const struct ace *ace)
{
	(void)policy;
	return lies_in(&ace->to, "0.0.0.0/32") || lies_in(&ace->to, "::/128");
}

static bool
goes_to_group_of(const struct ace *ace, bool (*is_it)(const struct peer *peer))
{
	if (ace->direction != FROM_DEVICE || !is_group(&ace->to))
		return false;
	for (size_t i = 0; i < ace->n_peers; i++)
		if (is_it(&ace->peers[i]))
			return true;
	return false;
}

static bool
is_of_hosts(const struct peer *peer)
{
	return peer->kind != PEER_LOCAL_NETWORKS;
}

static bool
is_of_networks(const struct peer *peer)
{
	return peer->kind == PEER_LOCAL_NETWORKS;
}

/* Members of classes and addresses of names are hosts. */
static bool
is_group_of_hosts(const struct policy *policy, const struct ace *ace)
{
	(void)policy;
	return goes_to_group_of(ace, is_of_hosts);
}

/* Nor is a group in a local network, where nobody has put it there. */
static bool
is_group_of_networks(const struct policy *policy, const struct ace *ace)
{
	(void)policy;
	return goes_to_group_of(ace, is_of_networks);
}

/* The host of the MUD URLs that a peer's may have; false: any. */
static bool
authority_of(const struct policy *policy, const struct peer *peer,
    char host[LIMIT_HOST + 1])
{
	const char *text = policy->info.mud_url;
	struct fault why;
	struct url url;

	switch ((enum peer_kind)peer->kind) {
	case PEER_MANUFACTURER:
		return host_parse(
		    policy->texts[peer->text].text, false, host, &why);
	case PEER_MODEL:
		text = policy->texts[peer->text].text;
		break;
	case PEER_SAME_MANUFACTURER:
		break;
	case PEER_DNSNAME:
	case PEER_CONTROLLER:
	case PEER_MY_CONTROLLER:
	case PEER_LOCAL_NETWORKS:
	case PEER_KINDS:
		return false;
	}
	if (!url_parse(text, &url, &why))
		return false;
	memcpy(host, url.host, sizeof(url.host));
	return true;
}

/* A Thing has one MUD URL, and so one maker and one model. */
static bool
has_other_makers(const struct policy *policy, const struct ace *ace)
{
	char hosts[2][LIMIT_HOST + 1];

	for (size_t i = 0; i < ace->n_peers; i++) {
		const struct peer *a = &ace->peers[i];

		for (size_t k = 0; k < i; k++) {
			const struct peer *b = &ace->peers[k];

			if (a->kind == PEER_MODEL && b->kind == PEER_MODEL &&
			    a->text != b->text)
				return true;
			if (authority_of(policy, a, hosts[0]) &&
			    authority_of(policy, b, hosts[1]) &&
			    strcmp(hosts[0], hosts[1]) != 0)
				return true;
		}
	}
	return false;
}

static const struct field *
find_field(const struct ace *ace, enum field_id id)
{
	for (size_t i = 0; i < ACE_FIELDS; i++)
		if (ace->fields[i].id == id)
			return &ace->fields[i];
	return NULL;
}

static bool
contradicts_itself(const struct policy *policy, const struct ace *ace)
{
	(void)policy;
	for (size_t i = 0; i < ACE_FIELDS; i++) {
		const struct field *field = &ace->fields[i];
		const struct field *first;

		if (field->id == FIELD_NONE)
			continue;
		first = find_field(ace, (enum field_id)field->id);
		/* With masks both may hold. */
		if (memcmp(first->mask, field->mask, sizeof(field->mask)) ==
			0 &&
		    memcmp(first->value, field->value, sizeof(field->value)) !=
			0)
			return true;
	}
	return false;
}

/* The value of a field without a mask; false: the ACE does not have it. */
static bool
value_of(const struct ace *ace, enum field_id id, uint64_t *value)
{
	const struct field *field = find_field(ace, id);

	if (field == NULL)
		return false;
	*value = 0;
	for (size_t i = 0; i < sizeof(field->value); i++)
		*value = *value << 8 | field->value[i];
	return true;
}

/* Octets that the headers which the ACE names take at least. */
static uint64_t
shortest(const struct ace *ace)
{
	const uint64_t ip = ace_families(ace) == FAMILY_4 ? 20 : 0;

	if (ace->protocol == TCP)
		return ip + 20;
	if (ace->protocol == UDP || ace->protocol == ICMP)
		return ip + 8;
	return ace->protocol == ICMP6 ? ip + 4 : ip;
}

static bool
is_too_short(const struct policy *policy, const struct ace *ace)
{
	uint64_t value;

	(void)policy;
	if (value_of(ace, FIELD_LENGTH, &value) && value < shortest(ace))
		return true;
	if (value_of(ace, FIELD_UDP_LENGTH, &value) && value < 8)
		return true;
	if (value_of(ace, FIELD_IHL, &value) && value < 5)
		return true;
	return value_of(ace, FIELD_DATA_OFFSET, &value) && value < SMALLEST_TCP;
}

static bool
is_spent(const struct policy *policy, const struct ace *ace)
{
	uint64_t value;

	(void)policy;
	return value_of(ace, FIELD_TTL, &value) && value == 0;
}

/* Only the first fragment has the transport's header. */
static bool
is_headless(const struct policy *policy, const struct ace *ace)
{
	static const struct ports any = { .high = UINT16_MAX };
	uint64_t value;
	bool has_header = ace->icmp_type != -1 || ace->icmp_code != -1 ||
	                  ace->initiated != INITIATED_ANY ||
	                  !ports_cover(&ace->source, &any) ||
	                  !ports_cover(&ace->destination, &any);

	(void)policy;
	for (int id = FIELD_SEQUENCE; id <= FIELD_UDP_LENGTH; id++)
		has_header |= find_field(ace, (enum field_id)id) != NULL;
	return has_header && value_of(ace, FIELD_OFFSET, &value) && value != 0;
}

static bool
has_reserved_flag(const struct policy *policy, const struct ace *ace)
{
	uint64_t value;

	(void)policy;
	return value_of(ace, FIELD_IP_FLAGS, &value) && (value & 4) != 0;
}

static bool
has_odd_flags(const struct policy *policy, const struct ace *ace)
{
	uint64_t value;

	(void)policy;
	return value_of(ace, FIELD_TCP_FLAGS, &value) &&
	       (value == 0 || (value & (SYN | FIN)) == (SYN | FIN));
}

/* A SYN alone opens, a SYN with ACK answers: who sends which is given. */
static bool
has_flags_of_other_side(const struct policy *policy, const struct ace *ace)
{
	bool is_opener;
	uint64_t value;

	(void)policy;
	if (ace->initiated == INITIATED_ANY ||
	    !value_of(ace, FIELD_TCP_FLAGS, &value))
		return false;
	is_opener = (ace->initiated == INITIATED_FROM_DEVICE) ==
	            (ace->direction == FROM_DEVICE);
	if ((value & SYN) == 0)
		return false;
	return is_opener == ((value & ACK) != 0);
}

/* Who opens a connection has a port of the system's choice. */
static bool
fixes_opener_port(const struct policy *policy, const struct ace *ace)
{
	const bool thing_opens = ace->initiated == INITIATED_FROM_DEVICE;
	const bool by_sender = thing_opens == (ace->direction == FROM_DEVICE);
	const struct ports *opener =
	    by_sender ? &ace->source : &ace->destination;
	const struct ports *other =
	    by_sender ? &ace->destination : &ace->source;
	static const struct ports any = { .high = UINT16_MAX };

	(void)policy;
	return ace->initiated != INITIATED_ANY && !opener->negated &&
	       opener->high < 1024 && ports_cover(other, &any);
}

#define SIDES "RFC 8520 s4.8 (M-DIR-2, A-DIR-1)"

/* clang-format off */
static const struct {
	bool (*is_so)(const struct policy *policy, const struct ace *ace);
	const char *clause, *message, *fix;
} reasons[] = {
	{ has_no_family, "RFC 8519 s4.2 (A-PROTO-2, A-ICMP-1)",
	    "never matches: this protocol is not of this IP version",
	    "ICMP is protocol 1 in \"ipv4\", and 58 in \"ipv6\"." },
	{ is_icmp_of_other, "RFC 8519 s4.2 (A-ICMP-1)",
	    "never matches: the ICMP type is the other IP version's",
	    "An echo request is type 8 in \"ipv4\" and 128 in \"ipv6\", its "
	    "reply 0 and 129." },
	{ has_no_port, "RFC 8519 s4.2 (A-PORT-1)",
	    "never matches: no port is left",
	    "Write the ports that are meant." },
	{ comes_from_group, "RFC 1122 s3.2.1.3, RFC 4291 s2.7",
	    "never matches: no packet comes from a multicast or broadcast "
	    "address",
	    "Write it as the destination, or leave the entry out." },
	{ is_loopback, "RFC 1122 s3.2.1.3, RFC 4291 s2.5.3",
	    "never matches: loopback addresses do not leave a host",
	    "Write the peer's name or class." },
	{ goes_nowhere, "RFC 1122 s3.2.1.3, RFC 4291 s2.5.2",
	    "never matches: no packet goes to the unspecified address",
	    "For any destination leave the condition out." },
	{ is_group_of_hosts, "RFC 8520 s2 (M-FILE-7)",
	    "never matches: no host of a class or name has a multicast or "
	    "broadcast address",
	    "Leave out either the class or name, or the address." },
	{ is_group_of_networks, "RFC 8520 s4.6 (M-LOC-1)",
	    "hardly ever matches: multicast and broadcast addresses are in no "
	    "local network, unless an administrator has put them there",
	    "Leave the entry out if it is for DHCP, which every network "
	    "allows; else leave out local-networks, and an administrator is "
	    "asked first." },
	{ has_other_makers, "RFC 8520 s4.1, s4.5 (M-FILE-7)",
	    "never matches: no Thing has the MUD URLs of two makers or models",
	    "Write an ACE for each; all conditions of one must hold "
	    "together." },
	{ contradicts_itself, "RFC 8519 s4.1 (A-SEM-2)",
	    "never matches: a field cannot have two values",
	    "Write an ACE for each value." },
	{ is_too_short, "RFC 8519 s4.2",
	    "never matches: shorter than the headers themselves",
	    "Write the length that is meant, in the field's own unit." },
	{ is_spent, "RFC 8519 s4.2, RFC 1812 s4.2.2.9",
	    "never matches: a packet whose ttl is 0 is not forwarded",
	    "Leave \"ttl\" out." },
	{ is_headless, "RFC 8519 s4.2, RFC 791 s3.2",
	    "never matches: fragments behind the first have no header with "
	    "ports, flags or ICMP type",
	    "Leave \"offset\" out, or all of tcp, udp and icmp." },
	{ has_reserved_flag, "RFC 8519 s4.2, RFC 791 s3.1",
	    "never matches: the reserved IP flag is always zero",
	    "Leave \"reserved\" out of \"flags\"." },
	{ has_odd_flags, "RFC 8519 s4.2, RFC 9293 s3.1",
	    "never matches: no TCP sends these flags together",
	    "Write the flags that are meant, or leave \"flags\" out." },
	{ has_flags_of_other_side, SIDES,
	    "never matches: SYN comes from who opens, SYN with ACK from the "
	    "other side",
	    "Mend direction-initiated or the flags; without flags both sides "
	    "are clear." },
	{ fixes_opener_port, SIDES,
	    "hardly ever matches: a port is given for who opens the "
	    "connection, and none for who answers",
	    "The service's port is the destination-port of packets to the "
	    "service, and the source-port of those from it." },
};
/* clang-format on */

bool
lintnever_judge(const struct policy *policy, const struct ace *ace,
    const struct finding_place *at, struct findings *to)
{
	for (size_t i = 0; i < COUNT(reasons); i++) {
		const struct finding_kind kind = { FINDING_WARNING,
			FAULT_NEVER_MATCHES, reasons[i].clause, false, false };

		if (!reasons[i].is_so(policy, ace))
			continue;
		findings_add_placed(
		    to, &kind, at, reasons[i].fix, "%s", reasons[i].message);
		return true;
	}
	return false;
}
