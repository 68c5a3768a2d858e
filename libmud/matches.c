/*
 * The matches of an ACE.  Role: reader, mudctl.  Input: hostile JSON, bounded
 * by json.c.
 */
#include "libmud/matches.h"

#include <string.h>

#include "libmud/mem.h"
#include "libmud/ports.h"
#include "libmud/url.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

void
matches_odd(struct matches *matches, enum finding_severity severity,
    const struct json_at *at, enum fault_code code, const char *clause,
    const char *text)
{
	if (matches->odd.code != FAULT_NONE)
		return;
	(void)json_refuse(at, &matches->odd, code, clause, "%s", text);
	matches->odd_severity = severity;
}

/* Any node in `matches` that has no line in a table (S-9, M-EXT-5). */
static bool
read_unknown(const struct json_at *at, void *into, struct fault *why)
{
	static const char *const known[] = { "eth", "egress-interface",
		"ingress-interface", "dscp", "ecn", "length", "ttl", "ihl",
		"flags", "offset", "identification", "flow-label",
		"sequence-number", "acknowledgement-number", "data-offset",
		"reserved", "window-size", "urgent-pointer", "options",
		"rest-of-header" };
	struct matches *matches = into;

	(void)why;
	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(known[i], at->key) == 0) {
			matches_odd(matches, FINDING_WARNING, at,
			    FAULT_UNSUPPORTED, "RFC 8520 s2 (M-FILE-3), S-9",
			    "a condition outside RFC 8520's; the ACE matches "
			    "nothing");
			return true;
		}
	matches_odd(matches,
	    reading_is_foreign(at->key) ? FINDING_WARNING : FINDING_ERROR, at,
	    reading_is_foreign(at->key) ? FAULT_UNSUPPORTED : FAULT_MALFORMED,
	    "RFC 8520 s2 (M-EXT-5), S-9",
	    "an unknown condition; the ACE matches nothing");
	return true;
}

static void
add_peer(struct matches *matches, const struct json_at *at, enum peer_kind kind,
    const char *text)
{
	struct named *named = &matches->named[matches->n_named];

	if (matches->n_named == ACE_PEERS) {
		matches_odd(matches, FINDING_WARNING, at, FAULT_TOO_MANY,
		    "RFC 8520 s2 (M-FILE-7), S-9",
		    "too many conditions on the peer; the ACE matches nothing");
		return;
	}
	named->kind = kind;
	text_copy(named->text, sizeof(named->text), text);
	matches->n_named++;
}

/* RFC 8520 s2: a file with addresses is not implemented unseen (S-37). */
static void
hold_literal(
    struct matches *matches, const struct json_at *at, const char *text)
{
	struct fault hold;

	(void)json_refuse(at, &hold, FAULT_IP_LITERAL,
	    "RFC 8520 s2 (M-FILE-5), S-37", "address %s as a number", text);
	reading_hold(matches->reading, &hold);
}

static bool
read_network(const struct json_at *at, struct matches *matches, uint8_t family,
    struct prefix *into, struct fault *why)
{
	struct prefix prefix;
	const char *text;

	if (!json_read_text(at, &text, why))
		return false;
	/* inet:ipv4-prefix and ipv6-prefix: the length is mandatory. */
	if (strchr(text, '/') == NULL || !prefix_parse(text, &prefix) ||
	    prefix.addr.family != family)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.2, RFC 6991 s4", "no IPv%u prefix: %s",
		    (unsigned int)family, text);
	hold_literal(matches, at, text);
	if (into->addr.family != 0)
		matches_odd(matches, FINDING_WARNING, at, FAULT_UNSUPPORTED,
		    "S-9",
		    "two addresses on one side; the ACE matches nothing");
	else
		*into = prefix;
	return true;
}

static bool
read_source4(const struct json_at *at, void *into, struct fault *why)
{
	struct matches *matches = into;

	return read_network(at, matches, 4, &matches->ace.from, why);
}

static bool
read_destination4(const struct json_at *at, void *into, struct fault *why)
{
	struct matches *matches = into;

	return read_network(at, matches, 4, &matches->ace.to, why);
}

static bool
read_source6(const struct json_at *at, void *into, struct fault *why)
{
	struct matches *matches = into;

	return read_network(at, matches, 6, &matches->ace.from, why);
}

static bool
read_destination6(const struct json_at *at, void *into, struct fault *why)
{
	struct matches *matches = into;

	return read_network(at, matches, 6, &matches->ace.to, why);
}

/* inet:host allows an address in place of a name (M-FILE-5). */
static void
add_literal(struct matches *matches, const struct json_at *at,
    const struct addr *addr, struct prefix *into)
{
	const uint8_t family = matches->l3[3] == '6' ? 6 : 4;

	if (addr->family != family || into->addr.family != 0)
		matches_odd(matches, FINDING_WARNING, at, FAULT_UNSUPPORTED,
		    "S-9",
		    "an address that cannot hold here; the ACE matches "
		    "nothing");
	else
		*into = prefix_of(addr, family == 4 ? 32 : 128);
}

/* side: of the packet; the name must describe the Thing's peer (M-DNS-1). */
static bool
read_dnsname(const struct json_at *at, struct matches *matches, bool is_source,
    struct fault *why)
{
	const bool is_peer = is_source == (matches->direction == TO_DEVICE);
	char host[LIMIT_HOST + 1];
	struct fault refused;
	struct addr addr;
	const char *text;
	bool is_literal;

	if (!json_read_text(at, &text, why))
		return false;
	is_literal = addr_parse(text, &addr);
	if (is_literal)
		hold_literal(matches, at, text);
	if (!is_peer && !matches->reading->is_unused)
		matches_odd(matches, FINDING_ERROR, at, FAULT_UNSUPPORTED,
		    "RFC 8520 s8 (M-DNS-1)",
		    "a name on the Thing's own side; the ACE matches nothing");
	else if (is_literal)
		add_literal(matches, at, &addr,
		    is_source ? &matches->ace.from : &matches->ace.to);
	else if (!host_parse(text, true, host, &refused))
		matches_odd(matches, FINDING_WARNING, at, FAULT_UNSUPPORTED,
		    "RFC 8520 s8, S-14", refused.detail);
	else
		add_peer(matches, at, PEER_DNSNAME, host);
	return true;
}

static bool
read_src_dnsname(const struct json_at *at, void *into, struct fault *why)
{
	return read_dnsname(at, into, true, why);
}

static bool
read_dst_dnsname(const struct json_at *at, void *into, struct fault *why)
{
	return read_dnsname(at, into, false, why);
}

static bool
read_protocol(const struct json_at *at, void *into, struct fault *why)
{
	struct matches *matches = into;
	unsigned int protocol;

	if (!json_read_uint(at, 0, UINT8_MAX, &protocol, why))
		return false;
	matches->ace.protocol = (int16_t)protocol;
	return true;
}

/* RFC 8519 s4.1: one header a layer, and one that the ACL's type has. */
static bool
begin_l3(const struct json_at *at, struct matches *matches, uint8_t family,
    struct fault *why)
{
	if (matches->l3 != NULL)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.1 (A-SEM-2)", "%s and %s in one ACE",
		    matches->l3, at->key);
	matches->l3 = at->key;
	if ((matches->families & family) == 0)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.1 (A-TYPE-1)",
		    "%s does not go with the type of its ACL", at->key);
	matches->ace.families = family;
	return true;
}

static bool
read_ipv4(const struct json_at *at, void *into, struct fault *why)
{
	static const struct json_member members[] = {
		{ "protocol", read_protocol },
		{ "source-ipv4-network", read_source4 },
		{ "destination-ipv4-network", read_destination4 },
		{ "ietf-acldns:src-dnsname", read_src_dnsname },
		{ "ietf-acldns:dst-dnsname", read_dst_dnsname },
	};

	return begin_l3(at, into, FAMILY_4, why) &&
	       json_each_member(
		   at, members, COUNT(members), read_unknown, into, why);
}

static bool
read_ipv6(const struct json_at *at, void *into, struct fault *why)
{
	static const struct json_member members[] = {
		{ "protocol", read_protocol },
		{ "source-ipv6-network", read_source6 },
		{ "destination-ipv6-network", read_destination6 },
		{ "ietf-acldns:src-dnsname", read_src_dnsname },
		{ "ietf-acldns:dst-dnsname", read_dst_dnsname },
	};

	return begin_l3(at, into, FAMILY_6, why) &&
	       json_each_member(
		   at, members, COUNT(members), read_unknown, into, why);
}

static bool
begin_l4(const struct json_at *at, struct matches *matches, struct fault *why)
{
	if (matches->l4 != NULL)
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8519 s4.1 (A-SEM-2)", "%s and %s in one ACE",
		    matches->l4, at->key);
	matches->l4 = at->key;
	return true;
}

static bool
read_ports(const struct json_at *at, struct matches *matches,
    struct ports *ports, struct fault *why)
{
	bool is_odd = false;

	if (!ports_read(at, ports, &is_odd, why))
		return false;
	if (is_odd)
		matches_odd(matches, FINDING_ERROR, at, FAULT_MALFORMED,
		    "RFC 8520 s2 (M-EXT-5), S-9",
		    "an unknown condition; the ACE matches nothing");
	return true;
}

static bool
read_source_port(const struct json_at *at, void *into, struct fault *why)
{
	struct matches *matches = into;

	return read_ports(at, matches, &matches->ace.source, why);
}

static bool
read_destination_port(const struct json_at *at, void *into, struct fault *why)
{
	struct matches *matches = into;

	return read_ports(at, matches, &matches->ace.destination, why);
}

static bool
read_initiated(const struct json_at *at, void *into, struct fault *why)
{
	struct matches *matches = into;
	const char *text;

	if (!json_read_text(at, &text, why))
		return false;
	if (strcmp(text, "from-device") == 0)
		matches->ace.initiated = INITIATED_FROM_DEVICE;
	else if (strcmp(text, "to-device") == 0)
		matches->ace.initiated = INITIATED_TO_DEVICE;
	else
		return json_refuse(at, why, FAULT_MALFORMED,
		    "RFC 8520 s4.8 (M-DIR-1)",
		    "neither from-device nor to-device: %s", text);
	return true;
}

static bool
read_tcp(const struct json_at *at, void *into, struct fault *why)
{
	static const struct json_member members[] = {
		{ "source-port", read_source_port },
		{ "destination-port", read_destination_port },
		{ "ietf-mud:direction-initiated", read_initiated },
	};

	return begin_l4(at, into, why) &&
	       json_each_member(
		   at, members, COUNT(members), read_unknown, into, why);
}

static bool
read_udp(const struct json_at *at, void *into, struct fault *why)
{
	static const struct json_member members[] = {
		{ "source-port", read_source_port },
		{ "destination-port", read_destination_port },
	};

	return begin_l4(at, into, why) &&
	       json_each_member(
		   at, members, COUNT(members), read_unknown, into, why);
}

static bool
read_icmp_type(const struct json_at *at, void *into, struct fault *why)
{
	struct matches *matches = into;
	unsigned int type;

	if (!json_read_uint(at, 0, UINT8_MAX, &type, why))
		return false;
	matches->ace.icmp_type = (int16_t)type;
	return true;
}

static bool
read_icmp_code(const struct json_at *at, void *into, struct fault *why)
{
	struct matches *matches = into;
	unsigned int code;

	if (!json_read_uint(at, 0, UINT8_MAX, &code, why))
		return false;
	matches->ace.icmp_code = (int16_t)code;
	return true;
}

static bool
read_icmp(const struct json_at *at, void *into, struct fault *why)
{
	static const struct json_member members[] = {
		{ "type", read_icmp_type },
		{ "code", read_icmp_code },
	};

	return begin_l4(at, into, why) &&
	       json_each_member(
		   at, members, COUNT(members), read_unknown, into, why);
}

static bool
read_manufacturer(const struct json_at *at, void *into, struct fault *why)
{
	struct matches *matches = into;
	char host[LIMIT_HOST + 1];
	struct fault refused;
	struct addr addr;
	const char *text;

	if (!json_read_text(at, &text, why))
		return false;
	/* No MUD URL has an address for its host: such a class is empty. */
	if (addr_parse(text, &addr))
		hold_literal(matches, at, text);
	if (host_parse(text, false, host, &refused))
		add_peer(matches, at, PEER_MANUFACTURER, host);
	else
		matches_odd(matches, FINDING_WARNING, at, FAULT_UNSUPPORTED,
		    "RFC 8520 s4.1 (M-MFG-1), S-14", refused.detail);
	return true;
}

static bool
read_model(const struct json_at *at, void *into, struct fault *why)
{
	struct matches *matches = into;
	struct fault refused;
	const char *text;
	struct url url;

	if (!json_read_uri(at, &text, why))
		return false;
	if (url_parse(text, &url, &refused))
		add_peer(matches, at, PEER_MODEL, url.text);
	else
		matches_odd(matches, FINDING_WARNING, at, FAULT_UNSUPPORTED,
		    "RFC 8520 s4.5 (M-MOD-1)", refused.detail);
	return true;
}

/* A class's name, never fetched nor resolved (M-CTL-1). */
static bool
read_controller(const struct json_at *at, void *into, struct fault *why)
{
	const char *text;

	if (!json_read_uri(at, &text, why))
		return false;
	add_peer(into, at, PEER_CONTROLLER, text);
	return true;
}

static bool
read_my_controller(const struct json_at *at, void *into, struct fault *why)
{
	add_peer(into, at, PEER_MY_CONTROLLER, "");
	return json_read_empty(at, why);
}

static bool
read_same_manufacturer(const struct json_at *at, void *into, struct fault *why)
{
	add_peer(into, at, PEER_SAME_MANUFACTURER, "");
	return json_read_empty(at, why);
}

static bool
read_local_networks(const struct json_at *at, void *into, struct fault *why)
{
	add_peer(into, at, PEER_LOCAL_NETWORKS, "");
	return json_read_empty(at, why);
}

static bool
read_mud(const struct json_at *at, void *into, struct fault *why)
{
	static const struct json_member members[] = {
		{ "manufacturer", read_manufacturer },
		{ "same-manufacturer", read_same_manufacturer },
		{ "model", read_model },
		{ "local-networks", read_local_networks },
		{ "controller", read_controller },
		{ "my-controller", read_my_controller },
	};

	return json_each_member(
	    at, members, COUNT(members), read_unknown, into, why);
}

bool
matches_read(
    const struct json_at *at, struct matches *matches, struct fault *why)
{
	static const struct json_member members[] = {
		{ "ipv4", read_ipv4 },
		{ "ipv6", read_ipv6 },
		{ "tcp", read_tcp },
		{ "udp", read_udp },
		{ "icmp", read_icmp },
		{ "ietf-mud:mud", read_mud },
	};

	return json_each_member(
	    at, members, COUNT(members), read_unknown, matches, why);
}
