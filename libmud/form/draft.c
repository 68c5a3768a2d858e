/*
 * Names of the drafts.  Role: reader, mudctl.  Input: names and values out of
 * a MUD file, hostile; they are compared and nothing else.
 */
#include "libmud/form/draft.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define ACL_MODULE "ietf-access-control-list:"

static const char anew[] =
    "Write the file anew from the example in RFC 8520 s9: "
    "\"ietf-mud:mud\" and \"" ACL_MODULE "acls\".";
static const char list_of_names[] =
    "Leave it out: an entry here has the \"name\" of an ACL alone, which "
    "has its type under \"" ACL_MODULE "acls\".";
static const char inlined[] =
    "Move it: an entry here has the \"name\" alone; the ACL itself belongs "
    "into \"acl\" under \"" ACL_MODULE "acls\".";
static const char move_up[] =
    "Leave the wrapper out, and write what is in it directly in "
    "\"matches\".";
static const char to_l4[] =
    "Move it into \"tcp\" or \"udp\", beside the ip container, as "
    "\"source-port\" or \"destination-port\".";

static const struct draft_name names[] = {
	{ "", ACL_MODULE "access-lists", ACL_MODULE "acls", DRAFT_RENAMED,
	    NULL },
	{ "", "ietf-acl:access-list", NULL, DRAFT_GONE, anew },
	{ "", "ietf-acl:access-lists", NULL, DRAFT_GONE, anew },
	{ "", "ietf-mud:supportInformation", NULL, DRAFT_GONE, anew },
	{ "", "ietf-mud:support-information", NULL, DRAFT_GONE, anew },
	{ "", "ietf-mud:metainfo", NULL, DRAFT_GONE, anew },
	{ "acl", "acl-name", "name", DRAFT_RENAMED, NULL },
	{ "acl", "acl-type", "type", DRAFT_RENAMED, NULL },
	{ "acl", "access-list-entries", "aces", DRAFT_RENAMED, NULL },
	{ "ace", "rule-name", "name", DRAFT_RENAMED, NULL },
	{ "matches", "l2", NULL, DRAFT_WRAPPER, move_up },
	{ "matches", "l3", NULL, DRAFT_WRAPPER, move_up },
	{ "matches", "l4", NULL, DRAFT_WRAPPER, move_up },
	{ "matches", "eth-acl", "eth", DRAFT_RENAMED, NULL },
	{ "matches", "ipv4-acl", "ipv4", DRAFT_RENAMED, NULL },
	{ "matches", "ipv6-acl", "ipv6", DRAFT_RENAMED, NULL },
	{ "matches", "tcp-acl", "tcp", DRAFT_RENAMED, NULL },
	{ "matches", "udp-acl", "udp", DRAFT_RENAMED, NULL },
	{ "matches", "icmp-acl", "icmp", DRAFT_RENAMED, NULL },
	{ "tcp", "source-port-range-or-operator", "source-port", DRAFT_RENAMED,
	    NULL },
	{ "tcp", "destination-port-range-or-operator", "destination-port",
	    DRAFT_RENAMED, NULL },
	{ "tcp", "source-port-range", "source-port", DRAFT_RENAMED, NULL },
	{ "tcp", "destination-port-range", "destination-port", DRAFT_RENAMED,
	    NULL },
	{ "udp", "source-port-range-or-operator", "source-port", DRAFT_RENAMED,
	    NULL },
	{ "udp", "destination-port-range-or-operator", "destination-port",
	    DRAFT_RENAMED, NULL },
	{ "udp", "source-port-range", "source-port", DRAFT_RENAMED, NULL },
	{ "udp", "destination-port-range", "destination-port", DRAFT_RENAMED,
	    NULL },
	{ "ipv4", "source-port-range-or-operator", NULL, DRAFT_GONE, to_l4 },
	{ "ipv4", "destination-port-range-or-operator", NULL, DRAFT_GONE,
	    to_l4 },
	{ "ipv4", "source-port-range", NULL, DRAFT_GONE, to_l4 },
	{ "ipv4", "destination-port-range", NULL, DRAFT_GONE, to_l4 },
	{ "ipv6", "source-port-range-or-operator", NULL, DRAFT_GONE, to_l4 },
	{ "ipv6", "destination-port-range-or-operator", NULL, DRAFT_GONE,
	    to_l4 },
	{ "ipv6", "source-port-range", NULL, DRAFT_GONE, to_l4 },
	{ "ipv6", "destination-port-range", NULL, DRAFT_GONE, to_l4 },
	{ "ipv6", "next-header", "protocol", DRAFT_RENAMED, NULL },
	{ "ipv6", "hop-limit", "ttl", DRAFT_RENAMED, NULL },
	{ "access-list", "acl-name", "name", DRAFT_RENAMED, NULL },
	{ "access-list", "acl-type", NULL, DRAFT_GONE, list_of_names },
	{ "access-list", "type", NULL, DRAFT_GONE, list_of_names },
	{ "access-list", "aces", NULL, DRAFT_GONE, inlined },
	{ "access-list", "access-list-entries", NULL, DRAFT_GONE, inlined },
};

static const struct {
	const char *leaf, *draft, *modern;
} values[] = {
	{ "type", "ethernet-acl-type", "eth-acl-type" },
	{ "type", "ethernet-acl", "eth-acl-type" },
	{ "type", "ethernet", "eth-acl-type" },
	{ "type", "eth-acl", "eth-acl-type" },
	{ "type", "eth", "eth-acl-type" },
	{ "type", "ipv4-acl", "ipv4-acl-type" },
	{ "type", "ipv4", "ipv4-acl-type" },
	{ "type", "ipv6-acl", "ipv6-acl-type" },
	{ "type", "ipv6", "ipv6-acl-type" },
	{ "type", "mixed-l2-l3-ipv4-acl-type", "mixed-eth-ipv4-acl-type" },
	{ "type", "mixed-l2-l3-ipv6-acl-type", "mixed-eth-ipv6-acl-type" },
	{ "type", "mixed-l2-l3-ipv4-ipv6-acl-type",
	    "mixed-eth-ipv4-ipv6-acl-type" },
};

const struct draft_name *
draft_name_find(const char *parent, const char *member)
{
	for (size_t i = 0; i < COUNT(names); i++)
		if (names[i].draft[0] == member[0] &&
		    strcmp(names[i].draft, member) == 0 &&
		    strcmp(names[i].parent, parent) == 0)
			return &names[i];
	return NULL;
}

const char *
draft_value_find(const char *leaf, const char *value)
{
	const char *colon = strchr(value, ':');

	if (colon != NULL)
		value = colon + 1;
	for (size_t i = 0; i < COUNT(values); i++)
		if (strcmp(values[i].draft, value) == 0 &&
		    strcmp(values[i].leaf, leaf) == 0)
			return values[i].modern;
	return NULL;
}

long
draft_hex(const char *text)
{
	const size_t len = strlen(text);

	if (len < 3 || len > 6 || text[0] != '0' ||
	    (text[1] != 'x' && text[1] != 'X'))
		return -1;
	for (size_t i = 2; i < len; i++)
		if (!isxdigit((unsigned char)text[i]))
			return -1;
	return strtol(text + 2, NULL, 16);
}
