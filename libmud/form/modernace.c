/*
 * ACLs of the drafts.  Role: mudctl.  Input: hostile JSON, bounded by json.c.
 */
#include "libmud/form/modernace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/addr.h"
#include "libmud/form/draft.h"
#include "libmud/limits.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define ACL_MODULE "ietf-access-control-list"

void
modernace_number(
    struct edit *edit, const struct json_at *object, const char *name)
{
	struct json_at leaf;
	const char *text;
	size_t len;

	if (!json_find(object, name, &leaf))
		return;
	text = json_string_value(leaf.value);
	len = text == NULL ? 0 : strlen(text);
	/* As large as a uint32, without zeros in front. */
	if (len == 0 || len > 10 || strspn(text, "0123456789") != len ||
	    (text[0] == '0' && len > 1))
		return;
	edit_set(edit, &leaf, json_integer(strtoll(text, NULL, 10)));
}

/* Type empty is [null], and was written in every other way. */
static void
mend_empty(struct edit *edit, const struct json_at *object, const char *name)
{
	struct json_at leaf;
	const char *text;
	bool is_empty;

	if (!json_find(object, name, &leaf))
		return;
	text = json_string_value(leaf.value);
	is_empty =
	    json_is_null(leaf.value) || json_is_true(leaf.value) ||
	    (text != NULL && *text == '\0') ||
	    (json_is_array(leaf.value) && json_array_size(leaf.value) == 0) ||
	    (json_is_object(leaf.value) && json_object_size(leaf.value) == 0);
	if (is_empty)
		edit_set(edit, &leaf, json_pack("[n]"));
}

static void
mend_prefix(struct edit *edit, const struct json_at *object, const char *name)
{
	char text[PREFIX_TEXT];
	const char *written;
	struct json_at leaf;
	struct prefix prefix;
	struct addr addr;

	if (!json_find(object, name, &leaf))
		return;
	written = json_string_value(leaf.value);
	if (written == NULL || !addr_parse(written, &addr) ||
	    addr.family != (strstr(name, "ipv4") != NULL ? 4 : 6))
		return;
	prefix = prefix_of(&addr, addr.family == 4 ? 32 : 128);
	edit_set(edit, &leaf, json_string(prefix_text(&prefix, text)));
}

static void
mend_ethertype(struct edit *edit, const struct json_at *eth)
{
	struct json_at leaf;
	long number;

	if (!json_find(eth, "ethertype", &leaf) || !json_is_string(leaf.value))
		return;
	number = draft_hex(json_string_value(leaf.value));
	if (number >= 0)
		edit_set(edit, &leaf, json_integer(number));
	else
		modernace_number(edit, eth, "ethertype");
}

/*
 * A port: a bare number is that port, and in the drafts so was a lower end
 * alone.
 */
static void
mend_port(struct edit *edit, const struct json_at *l4, const char *name)
{
	static const char *const numbers[] = { "port", "lower-port",
		"upper-port" };
	struct json_at port;

	modernace_number(edit, l4, name);
	if (!json_find(l4, name, &port))
		return;
	if (json_is_integer(port.value)) {
		edit_set(edit, &port,
		    json_pack(
			"{s:s, s:O}", "operator", "eq", "port", port.value));
		return;
	}
	edit_names(edit, &port, name, ACL_MODULE);
	for (size_t i = 0; i < COUNT(numbers); i++)
		modernace_number(edit, &port, numbers[i]);
	if (json_object_size(port.value) == 1 &&
	    json_is_integer(json_object_get(port.value, "lower-port")))
		edit_set(edit, &port,
		    json_pack("{s:s, s:O}", "operator", "eq", "port",
			json_object_get(port.value, "lower-port")));
}

/* The l4 container that an ACE's ports belong into; false: not plain. */
static bool
find_l4(
    const struct json_at *matches, const struct json_at *ip, struct json_at *l4)
{
	const json_t *protocol = json_object_get(ip->value, "protocol");
	const bool has_tcp = json_object_get(matches->value, "tcp") != NULL;
	const bool has_udp = json_object_get(matches->value, "udp") != NULL;
	const json_int_t number = json_integer_value(protocol);
	const char *name;

	if (has_tcp && has_udp)
		return false;
	if (has_tcp || (number == 6 && !has_udp))
		name = "tcp";
	else if (has_udp || number == 17)
		name = "udp";
	else
		return false;
	if (!has_tcp && !has_udp)
		(void)json_object_set_new(matches->value, name, json_object());
	return json_find(matches, name, l4) && json_is_object(l4->value);
}

/* The drafts of 2017 had the ports beside the addresses. */
static void
move_ports(
    struct edit *edit, const struct json_at *matches, const struct json_at *ip)
{
	static const char *const names[][2] = {
		{ "source-port-range-or-operator", "source-port" },
		{ "destination-port-range-or-operator", "destination-port" },
		{ "source-port-range", "source-port" },
		{ "destination-port-range", "destination-port" },
		{ "source-port", "source-port" },
		{ "destination-port", "destination-port" },
	};
	struct json_at l4;

	for (size_t i = 0; i < COUNT(names); i++)
		if (json_object_get(ip->value, names[i][0]) != NULL &&
		    find_l4(matches, ip, &l4))
			(void)edit_move(
			    edit, ip, names[i][0], &l4, names[i][1]);
}

static void
mend_ip(struct edit *edit, const struct json_at *matches, const char *name)
{
	static const char *const numbers[] = { "protocol", "dscp", "ecn",
		"length", "ttl", "ihl", "offset", "identification",
		"flow-label" };
	static const char *const networks[] = { "source-ipv4-network",
		"destination-ipv4-network", "source-ipv6-network",
		"destination-ipv6-network" };
	struct json_at ip;

	if (!json_find(matches, name, &ip) || !json_is_object(ip.value))
		return;
	edit_names(edit, &ip, name, ACL_MODULE);
	for (size_t i = 0; i < COUNT(numbers); i++)
		modernace_number(edit, &ip, numbers[i]);
	for (size_t i = 0; i < COUNT(networks); i++)
		mend_prefix(edit, &ip, networks[i]);
	move_ports(edit, matches, &ip);
}

static void
mend_l4(struct edit *edit, const struct json_at *matches, const char *name)
{
	static const char *const numbers[] = { "type", "code", "length",
		"sequence-number", "acknowledgement-number", "data-offset",
		"reserved", "window-size", "urgent-pointer" };
	struct json_at l4;

	if (!json_find(matches, name, &l4) || !json_is_object(l4.value))
		return;
	edit_names(edit, &l4, name, ACL_MODULE);
	/* Of another module than its parent, so it has the module's name. */
	if (strcmp(name, "tcp") == 0)
		(void)edit_rename(edit, &l4, "direction-initiated",
		    "ietf-mud:direction-initiated");
	for (size_t i = 0; i < COUNT(numbers); i++)
		modernace_number(edit, &l4, numbers[i]);
	if (strcmp(name, "icmp") != 0) {
		mend_port(edit, &l4, "source-port");
		mend_port(edit, &l4, "destination-port");
	}
}

static void
mend_mud(struct edit *edit, const struct json_at *matches)
{
	static const char *const empty[] = { "same-manufacturer",
		"my-controller", "local-networks" };
	struct json_at mud;

	if (!json_find(matches, "ietf-mud:mud", &mud) ||
	    !json_is_object(mud.value))
		return;
	edit_names(edit, &mud, "mud", "ietf-mud");
	for (size_t i = 0; i < COUNT(empty); i++)
		mend_empty(edit, &mud, empty[i]);
}

static void
mend_matches(struct edit *edit, const struct json_at *matches)
{
	struct json_at eth;

	edit_names(edit, matches, "matches", ACL_MODULE);
	if (json_find(matches, "eth", &eth))
		mend_ethertype(edit, &eth);
	mend_ip(edit, matches, "ipv4");
	mend_ip(edit, matches, "ipv6");
	mend_l4(edit, matches, "tcp");
	mend_l4(edit, matches, "udp");
	mend_l4(edit, matches, "icmp");
	mend_mud(edit, matches);
}

static void
mend_actions(struct edit *edit, const struct json_at *ace)
{
	struct json_at actions, forwarding;
	const char *text;

	if (!json_find(ace, "actions", &actions))
		return;
	edit_names(edit, &actions, "actions", ACL_MODULE);
	if (!json_find(&actions, "forwarding", &forwarding))
		return;
	text = json_string_value(forwarding.value);
	if (text != NULL && (strcmp(text, "deny") == 0 ||
				strcmp(text, ACL_MODULE ":deny") == 0))
		edit_set(edit, &forwarding, json_string("drop"));
}

static void
mend_ace(struct edit *edit, const struct json_at *ace)
{
	struct json_at matches;

	edit_names(edit, ace, "ace", ACL_MODULE);
	if (json_find(ace, "matches", &matches)) {
		if (json_is_object(json_object_get(matches.value, "actions")))
			(void)edit_move(
			    edit, &matches, "actions", ace, "actions");
		mend_matches(edit, &matches);
	}
	mend_actions(edit, ace);
}

static bool
has_name(const json_t *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		const char *other = json_string_value(
		    json_object_get(json_array_get(list, i), "name"));

		if (other != NULL && strcmp(other, name) == 0)
			return true;
	}
	return false;
}

/* Names of ACEs are keys; nothing else in the file refers to them. */
static void
part_names(struct edit *edit, const struct json_at *list)
{
	const size_t n = json_array_size(list->value);

	for (size_t i = 0; i < n && i < LIMIT_ACL_ACES; i++) {
		const struct json_at ace = { json_array_get(list->value, i),
			list, NULL, i };
		char made[LIMIT_NAME + 1];
		struct json_at leaf;
		const char *name;

		if (!json_find(&ace, "name", &leaf))
			continue;
		name = json_string_value(leaf.value);
		if (name == NULL || strlen(name) > LIMIT_NAME - 4 ||
		    !has_name(list->value, i, name))
			continue;
		for (unsigned int k = 2; k <= LIMIT_ACL_ACES; k++) {
			(void)snprintf(made, sizeof(made), "%s-%u", name, k);
			if (!has_name(list->value, n, made))
				break;
		}
		edit_set(edit, &leaf, json_string(made));
	}
}

/* An IP ACL whose entries ask for Ethernet too has a type for both. */
static void
mix_type(
    struct edit *edit, const struct json_at *acl, const struct json_at *list)
{
	static const char *const types[][2] = {
		{ "ipv4-acl-type", "mixed-eth-ipv4-acl-type" },
		{ "ipv6-acl-type", "mixed-eth-ipv6-acl-type" },
	};
	struct json_at leaf;
	const char *type;
	bool has_eth = false;

	for (size_t i = 0; i < json_array_size(list->value); i++)
		has_eth |= json_object_get(
			       json_object_get(
				   json_array_get(list->value, i), "matches"),
			       "eth") != NULL;
	if (!has_eth || !json_find(acl, "type", &leaf))
		return;
	type = json_string_value(leaf.value);
	if (type != NULL && strncmp(type, ACL_MODULE ":", 25) == 0)
		type += 25;
	for (size_t i = 0; type != NULL && i < COUNT(types); i++)
		if (strcmp(type, types[i][0]) == 0) {
			edit_set(edit, &leaf, json_string(types[i][1]));
			return;
		}
}

void
modernace_acl(struct edit *edit, const struct json_at *acl)
{
	struct json_at type, aces, list;
	const char *modern = NULL;

	edit_names(edit, acl, "acl", ACL_MODULE);
	if (json_find(acl, "type", &type) && json_is_string(type.value))
		modern =
		    draft_value_find("type", json_string_value(type.value));
	if (modern != NULL)
		edit_set(edit, &type, json_string(modern));
	if (!json_find(acl, "aces", &aces))
		return;
	edit_names(edit, &aces, "aces", ACL_MODULE);
	if (!json_find(&aces, "ace", &list))
		return;
	for (size_t i = 0; i < json_array_size(list.value); i++) {
		const struct json_at ace = { json_array_get(list.value, i),
			&list, NULL, i };

		if (json_is_object(ace.value))
			mend_ace(edit, &ace);
	}
	part_names(edit, &list);
	mix_type(edit, acl, &list);
}
