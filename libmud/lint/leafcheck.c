/*
 * Leaves of `matches`.  Role: reader, mudctl.  Input: hostile JSON, bounded
 * by json.c.
 */
#include "libmud/lint/leafcheck.h"

#include <string.h>
#include <strings.h>

#include "libmud/addr.h"
#include "libmud/compile.h"
#include "libmud/url.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define ADVICE(code, clause)                                                   \
	{                                                                      \
		FINDING_WARNING, code, clause, false, false                    \
	}

static const struct finding_kind literal =
    ADVICE(FAULT_IP_LITERAL, "RFC 8520 s2 (M-FILE-5)");
static const struct finding_kind bad_name =
    ADVICE(FAULT_UNSUPPORTED, "RFC 8520 s8 (M-DNS-4, M-DNS-5)");
static const struct finding_kind bad_class =
    ADVICE(FAULT_UNADVISED, "RFC 8520 s4.3 (M-CTL-1, M-CTL-2)");

/* What sort of address it is, the narrowest first. */
/* clang-format off */
static const struct {
	const char *prefix, *what, *fix;
} sorts[] = {
	{ "255.255.255.255/32", "the broadcast address",
	    "Leave the entry out if it is for DHCP, which every network allows; "
	    "no name or class stands for broadcasts, so an administrator is "
	    "asked first." },
	{ "224.0.0.0/4", "a multicast address",
	    "No name or class stands for a group, so an administrator is asked "
	    "first; leave the entry out if the Thing works without." },
	{ "ff00::/8", "a multicast address",
	    "No name or class stands for a group, so an administrator is asked "
	    "first; leave the entry out if the Thing works without." },
	{ "169.254.0.0/16", "a link-local address",
	    "Write local-networks, or the class of the peer: this address is "
	    "another host on each link." },
	{ "fe80::/10", "a link-local address",
	    "Write local-networks, or the class of the peer: this address is "
	    "another host on each link." },
	{ "10.0.0.0/8", "a private address",
	    "Write my-controller, local-networks or a class: this address is "
	    "another host in each network." },
	{ "172.16.0.0/12", "a private address",
	    "Write my-controller, local-networks or a class: this address is "
	    "another host in each network." },
	{ "192.168.0.0/16", "a private address",
	    "Write my-controller, local-networks or a class: this address is "
	    "another host in each network." },
	{ "fc00::/7", "a private address",
	    "Write my-controller, local-networks or a class: this address is "
	    "another host in each network." },
	{ "0.0.0.0/0", "an address",
	    "Write the DNS name of the service, as src-dnsname or dst-dnsname; "
	    "for addresses an administrator is asked first." },
	{ "::/0", "an address",
	    "Write the DNS name of the service, as src-dnsname or dst-dnsname; "
	    "for addresses an administrator is asked first." },
};
/* clang-format on */

static void
tell_literal(const struct json_at *at, const struct prefix *prefix,
    const char *text, struct findings *to)
{
	for (size_t i = 0; i < COUNT(sorts); i++) {
		struct prefix sort;

		if (!prefix_parse(sorts[i].prefix, &sort) ||
		    sort.addr.family != prefix->addr.family ||
		    sort.len > prefix->len || !prefix_has(&sort, &prefix->addr))
			continue;
		findings_add(to, &literal, at, sorts[i].fix,
		    "%s as a number: %s", sorts[i].what, text);
		return;
	}
}

void
leaf_network(const struct json_at *at, struct findings *to)
{
	static const struct finding_kind bits =
	    ADVICE(FAULT_UNADVISED, "RFC 6991 s4");
	const char *text = json_string_value(at->value);
	struct prefix prefix;
	struct addr addr;
	char buf[64];
	size_t len;

	if (text == NULL || !prefix_parse(text, &prefix))
		return;
	tell_literal(at, &prefix, text, to);
	len = strcspn(text, "/");
	if (len >= sizeof(buf) || text[len] == '\0')
		return;
	memcpy(buf, text, len);
	buf[len] = '\0';
	if (addr_parse(buf, &addr) && !addr_equal(&addr, &prefix.addr))
		findings_add(to, &bits, at,
		    "Write the network's first address, or the length of one "
		    "host (/32 or /128).",
		    "bits are set behind the prefix length: %s means %s", text,
		    prefix_text(&prefix, buf));
}

static bool
ends_in(const char *text, const char *end)
{
	const size_t len = strlen(text), n = strlen(end);

	return len >= n && strcasecmp(text + len - n, end) == 0;
}

static bool
has_capital(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text >= 'A' && *text <= 'Z')
			return true;
	return false;
}

/* An inet:host: a name that can be looked up, or told why it is not. */
static void
judge_host(const struct json_at *at, bool underscore, struct findings *to)
{
	static const struct finding_kind capitals = { FINDING_INFO,
		FAULT_UNADVISED, "RFC 6991 s4 (M-DNS-5)", false, false };
	const char *text = json_string_value(at->value);
	char host[LIMIT_HOST + 1];
	struct fault why;
	struct addr addr;

	if (text == NULL)
		return;
	if (addr_parse(text, &addr)) {
		struct prefix prefix =
		    prefix_of(&addr, addr.family == 4 ? 32 : 128);

		tell_literal(at, &prefix, text, to);
	} else if (ends_in(text, ".local") || ends_in(text, ".local.")) {
		findings_add(to, &bad_name, at,
		    "Write local-networks, my-controller or a class; names "
		    "under .local are asked by multicast, on the Thing's own "
		    "link.",
		    "not a name in DNS: %s", text);
	} else if (strchr(text, '*') != NULL) {
		findings_add(to, &bad_name, at,
		    "Write an ACE for each name: there are no wildcards.",
		    "a wildcard, which matches nothing: %s", text);
	} else if (!host_parse(text, underscore, host, &why)) {
		findings_add(to, &bad_name, at,
		    "Write a full host name of letters, digits, hyphens and "
		    "dots, such as \"api.example.com\".",
		    "no host name: %s (%s)", text, why.detail);
	} else if (has_capital(text)) {
		findings_add(to, &capitals, at,
		    "Write it in lower case, which is its canonical form.",
		    "capital letters in a name: %s", text);
	}
}

void
leaf_dnsname(const struct json_at *at, struct findings *to)
{
	judge_host(at, true, to);
}

void
leaf_manufacturer(const struct json_at *at, struct findings *to)
{
	judge_host(at, false, to);
}

void
leaf_model(const struct json_at *at, struct findings *to)
{
	static const struct finding_kind odd =
	    ADVICE(FAULT_UNSUPPORTED, "RFC 8520 s4.5 (M-MOD-1)");
	static const struct finding_kind form = { FINDING_INFO, FAULT_UNADVISED,
		"RFC 8520 s4.5 (M-MOD-1, M-URL-6)", false, false };
	const char *text = json_string_value(at->value);
	struct fault why;
	struct url url;

	if (text == NULL)
		return;
	if (!url_parse(text, &url, &why))
		findings_add(to, &odd, at,
		    "Write the peer's whole MUD URL, which is an https URL.",
		    "no MUD URL, so it matches nothing: %s", why.detail);
	else if (strcmp(text, url.text) != 0)
		findings_add(to, &form, at,
		    "Write the URL in its normal form; others compare it byte "
		    "by byte.",
		    "not in normal form, which is %s", url.text);
}

/* RFC 3986 s3: a scheme and a colon. */
static bool
is_uri(const char *text)
{
	const size_t len = strcspn(text, ":");

	if (text[len] == '\0' || len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		const char c = text[i];
		const bool is_letter =
		    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!is_letter &&
		    (i == 0 || strchr("0123456789+-.", c) == NULL))
			return false;
	}
	return true;
}

void
leaf_controller(const struct json_at *at, struct findings *to)
{
	static const char standard[] = "urn:ietf:params:mud:";
	const char *text = json_string_value(at->value);

	if (text == NULL || strcmp(text, MUD_URN_DNS) == 0 ||
	    strcmp(text, MUD_URN_NTP) == 0)
		return;
	if (!is_uri(text))
		findings_add(to, &bad_class, at,
		    "Write a URI of your own as the class's name, such as "
		    "\"https://example.com/controllers/lighting\"; nobody "
		    "fetches it.",
		    "no URI: %s", text);
	else if (strcasecmp(text, "urn:ietf:params:mud:gateway") == 0)
		findings_add(to, &bad_class, at,
		    "Leave the whole ACE out if it is for DHCP, ICMP errors or "
		    "neighbour discovery, which networks allow anyway; for a "
		    "service of the router write local-networks, or "
		    "my-controller.",
		    "not registered, so it has no members: %s; only dns and "
		    "ntp are",
		    text);
	else if (strncasecmp(text, standard, sizeof(standard) - 1) == 0)
		findings_add(to, &bad_class, at,
		    "Write a URI of your own as the class's name, or "
		    "my-controller.",
		    "not registered, so it has no members: %s; only dns and "
		    "ntp are",
		    text);
}

typedef void leaf_fn(const struct json_at *at, struct findings *to);

struct leaf {
	const char *container, *name;
	leaf_fn *judge;
};

void
leafcheck_matches(const struct json_at *matches, struct findings *to)
{
	static const struct leaf leaves[] = {
		{ "ipv4", "source-ipv4-network", leaf_network },
		{ "ipv4", "destination-ipv4-network", leaf_network },
		{ "ipv4", "ietf-acldns:src-dnsname", leaf_dnsname },
		{ "ipv4", "ietf-acldns:dst-dnsname", leaf_dnsname },
		{ "ipv6", "source-ipv6-network", leaf_network },
		{ "ipv6", "destination-ipv6-network", leaf_network },
		{ "ipv6", "ietf-acldns:src-dnsname", leaf_dnsname },
		{ "ipv6", "ietf-acldns:dst-dnsname", leaf_dnsname },
		{ "ietf-mud:mud", "manufacturer", leaf_manufacturer },
		{ "ietf-mud:mud", "model", leaf_model },
		{ "ietf-mud:mud", "controller", leaf_controller },
	};

	for (size_t i = 0; i < COUNT(leaves); i++) {
		struct json_at container, leaf;

		if (json_find(matches, leaves[i].container, &container) &&
		    json_find(&container, leaves[i].name, &leaf))
			leaves[i].judge(&leaf, to);
	}
}

static void
judge_aces(const struct json_at *acl, struct findings *to)
{
	struct json_at aces, list, matches;

	if (!json_find(acl, "aces", &aces) || !json_find(&aces, "ace", &list))
		return;
	for (size_t i = 0; i < json_array_size(list.value); i++) {
		const struct json_at ace = { json_array_get(list.value, i),
			&list, NULL, i };

		if (json_find(&ace, "matches", &matches))
			leafcheck_matches(&matches, to);
	}
}

void
leafcheck_document(const struct json_at *top, struct findings *to)
{
	struct json_at acls, list;

	if (!json_find(top, "ietf-access-control-list:acls", &acls) &&
	    !json_find(top, "ietf-access-control-list:access-lists", &acls))
		return;
	if (!json_find(&acls, "acl", &list))
		return;
	for (size_t i = 0; i < json_array_size(list.value); i++) {
		const struct json_at acl = { json_array_get(list.value, i),
			&list, NULL, i };

		judge_aces(&acl, to);
	}
}
