/*
 * Peers of ACEs.  Role: reader, mudctl.  Input: hostile JSON, bounded by
 * json.c; broken leaves were told of by schema_judge.
 */
#include "libmud/peers.h"

#include <string.h>

#include "libmud/url.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* RFC 8520 s2: a file with addresses is not implemented unseen (S-37). */
static const struct finding_kind literal = { FINDING_WARNING, FAULT_IP_LITERAL,
	"RFC 8520 s2 (M-FILE-5), S-37", false, false };

static const struct finding_kind wrong_side = { FINDING_ERROR,
	FAULT_UNSUPPORTED, "RFC 8520 s8 (M-DNS-1)", false, false };

static uint8_t
family_of(const struct matches *matches)
{
	return matches->ace.families == FAMILY_6 ? 6 : 4;
}

static void
hold_literal(
    struct matches *matches, const struct json_at *at, const char *text)
{
	const struct finding_place place =
	    findings_place(matches->reading->findings, at);

	reading_hold(
	    matches->reading, &literal, &place, "address %s as a number", text);
}

static void
read_network(
    const struct json_at *at, struct matches *matches, struct prefix *into)
{
	const char *text = json_get_text(at);
	struct prefix prefix;

	/* inet:ipv4-prefix and ipv6-prefix: the length is mandatory. */
	if (text == NULL || strchr(text, '/') == NULL ||
	    !prefix_parse(text, &prefix) ||
	    prefix.addr.family != family_of(matches)) {
		matches_pass_over(matches, at);
		return;
	}
	hold_literal(matches, at, text);
	if (into->addr.family != 0)
		matches_odd(matches, at, "S-9",
		    "two addresses on one side; the ACE matches nothing");
	else
		*into = prefix;
}

void
peers_read_source(const struct json_at *at, void *into)
{
	struct matches *matches = into;

	read_network(at, matches, &matches->ace.from);
}

void
peers_read_destination(const struct json_at *at, void *into)
{
	struct matches *matches = into;

	read_network(at, matches, &matches->ace.to);
}

/* inet:host allows an address in place of a name (M-FILE-5). */
static void
add_literal(struct matches *matches, const struct json_at *at,
    const struct addr *addr, struct prefix *into)
{
	if (addr->family != family_of(matches) || into->addr.family != 0)
		matches_odd(matches, at, "S-9",
		    "an address that cannot hold here; the ACE matches "
		    "nothing");
	else
		*into = prefix_of(addr, addr->family == 4 ? 32 : 128);
}

/* Told for each direction that reads the ACL: it is wrong in one of them. */
static void
refuse_side(const struct json_at *at, struct matches *matches, bool is_source)
{
	findings_add(matches->reading->findings, &wrong_side, at,
	    is_source ? "Write \"ietf-acldns:dst-dnsname\": in a from-device "
			"ACL the peer is the destination."
		      : "Write \"ietf-acldns:src-dnsname\": in a to-device "
			"ACL the peer is the source.",
	    "a name on the Thing's own side; the ACE matches nothing");
	matches_pass_over(matches, at);
}

/* The side is the packet's; the name must describe the Thing's peer. */
static void
read_dnsname(const struct json_at *at, struct matches *matches, bool is_source)
{
	const bool is_peer = is_source == (matches->direction == TO_DEVICE);
	const char *text = json_get_text(at);
	char host[LIMIT_HOST + 1];
	struct fault refused;
	struct addr addr;
	bool is_literal;

	if (text == NULL) {
		matches_pass_over(matches, at);
		return;
	}
	is_literal = addr_parse(text, &addr);
	if (is_literal)
		hold_literal(matches, at, text);
	if (!is_peer && !matches->reading->is_unused) {
		refuse_side(at, matches, is_source);
	} else if (is_literal) {
		add_literal(matches, at, &addr,
		    is_source ? &matches->ace.from : &matches->ace.to);
	} else if (!host_parse(text, true, host, &refused)) {
		matches_odd(matches, at, "RFC 8520 s8 (M-DNS-4), S-14",
		    "a name that is not looked up; the ACE matches nothing");
	} else {
		matches_add_peer(matches, at, PEER_DNSNAME, host);
	}
}

void
peers_read_src_dnsname(const struct json_at *at, void *into)
{
	read_dnsname(at, into, true);
}

void
peers_read_dst_dnsname(const struct json_at *at, void *into)
{
	read_dnsname(at, into, false);
}

static void
read_manufacturer(const struct json_at *at, void *into)
{
	struct matches *matches = into;
	const char *text = json_get_text(at);
	char host[LIMIT_HOST + 1];
	struct fault refused;
	struct addr addr;

	if (text == NULL) {
		matches_pass_over(matches, at);
		return;
	}
	/* No MUD URL has an address for its host: such a class is empty. */
	if (addr_parse(text, &addr))
		hold_literal(matches, at, text);
	if (host_parse(text, false, host, &refused))
		matches_add_peer(matches, at, PEER_MANUFACTURER, host);
	else
		matches_odd(matches, at, "RFC 8520 s4.1 (M-MFG-1), S-14",
		    "%s; the ACE matches nothing", refused.detail);
}

static void
read_model(const struct json_at *at, void *into)
{
	struct matches *matches = into;
	const char *text = reading_uri(matches->reading, at);
	struct fault refused;
	struct url url;

	if (text == NULL)
		matches_pass_over(matches, at);
	else if (url_parse(text, &url, &refused))
		matches_add_peer(matches, at, PEER_MODEL, url.text);
	else
		matches_odd(matches, at, "RFC 8520 s4.5 (M-MOD-1)",
		    "%s; the ACE matches nothing", refused.detail);
}

/* A class's name, never fetched nor resolved (M-CTL-1). */
static void
read_controller(const struct json_at *at, void *into)
{
	struct matches *matches = into;
	const char *text = reading_uri(matches->reading, at);

	if (text == NULL)
		matches_pass_over(matches, at);
	else
		matches_add_peer(matches, at, PEER_CONTROLLER, text);
}

static void
read_flag(
    const struct json_at *at, struct matches *matches, enum peer_kind kind)
{
	if (json_is_empty(at))
		matches_add_peer(matches, at, kind, "");
	else
		matches_pass_over(matches, at);
}

static void
read_my_controller(const struct json_at *at, void *into)
{
	read_flag(at, into, PEER_MY_CONTROLLER);
}

static void
read_same_manufacturer(const struct json_at *at, void *into)
{
	read_flag(at, into, PEER_SAME_MANUFACTURER);
}

static void
read_local_networks(const struct json_at *at, void *into)
{
	read_flag(at, into, PEER_LOCAL_NETWORKS);
}

void
peers_read_mud(const struct json_at *at, void *into)
{
	static const struct json_member members[] = {
		{ "manufacturer", read_manufacturer, NULL },
		{ "same-manufacturer", read_same_manufacturer, NULL },
		{ "model", read_model, NULL },
		{ "local-networks", read_local_networks, NULL },
		{ "controller", read_controller, NULL },
		{ "my-controller", read_my_controller, NULL },
	};

	if (!json_is_object(at->value))
		matches_pass_over(into, at);
	json_visit_members(
	    at, members, COUNT(members), matches_read_unknown, into);
}
