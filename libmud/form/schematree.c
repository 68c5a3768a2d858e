/*
 * The tables of the YANG modules.  Role: reader, mudctl.  Input: none; what is
 * looked up in them is compared and nothing else.
 *
 * From the leaves up, in the order of the modules.
 */
#include "libmud/form/schematree.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define MUD    "ietf-mud"
#define ACLDNS "ietf-acldns"
#define ACL    SCHEMA_ACL_MODULE

/* What every leaf says. */
#define LEAF(n, t, c, e)                                                       \
	.name = (n), .kind = SCHEMA_LEAF, .type = &(t), .clause = (c),         \
	.example = (e)
#define CHILDREN(table) .children = (table), .n = COUNT(table)
#define CASE(c, b)      .choice = (c), .branch = (b)

#define IP_CLAUSE   "RFC 8519 s4.2"
#define PORT_CLAUSE "RFC 8519 s4.2 (A-PORT-1)"
#define MUD_CLAUSE  "RFC 8520 s4, s7"

/* Types. */

static const char *const operators[] = { "eq", "neq", "lte", "gte", NULL };
static const char *const directions[] = { "from-device", "to-device", NULL };
static const char *const ip_flags[] = { "reserved", "fragment", "more", NULL };
static const char *const tcp_flags[] = { "cwr", "ece", "urg", "ack", "psh",
	"rst", "syn", "fin", NULL };
static const char *const actions[] = { "accept", "drop", "reject", NULL };
static const char *const logs[] = { "log-none", "log-syslog", NULL };
static const char *const acl_types[] = { "ipv4-acl-type", "ipv6-acl-type",
	"eth-acl-type", "mixed-eth-ipv4-acl-type", "mixed-eth-ipv6-acl-type",
	"mixed-eth-ipv4-ipv6-acl-type", NULL };

static const struct yang_type uint2 = { YANG_UINT, 0, 3, NULL },
			      uint6 = { YANG_UINT, 0, 63, NULL },
			      uint8 = { YANG_UINT, 0, UINT8_MAX, NULL },
			      uint16 = { YANG_UINT, 0, UINT16_MAX, NULL },
			      uint20 = { YANG_UINT, 0, 1048575, NULL },
			      uint32 = { YANG_UINT, 0, UINT32_MAX, NULL },
			      hours = { YANG_UINT, 1, 168, NULL },
			      ihl = { YANG_UINT, 5, 60, NULL },
			      offset = { YANG_UINT, 20, UINT16_MAX, NULL },
			      data_offset = { YANG_UINT, 5, 15, NULL },
			      text = { YANG_STRING, 0, UINT32_MAX, NULL },
			      name64 = { YANG_STRING, 1, 64, NULL },
			      name40 = { YANG_STRING, 1, 40, NULL },
			      acl_name = { YANG_ACL_NAME, 1, 64, NULL },
			      empty = { YANG_EMPTY, 0, 0, NULL },
			      boolean = { YANG_BOOLEAN, 0, 0, NULL },
			      host = { YANG_HOST, 0, 0, NULL },
			      prefix4 = { YANG_PREFIX4, 0, 0, NULL },
			      prefix6 = { YANG_PREFIX6, 0, 0, NULL },
			      mac = { YANG_MAC, 0, 0, NULL },
			      date = { YANG_DATE, 0, 0, NULL },
			      ethertype = { YANG_ETHERTYPE, 0, UINT16_MAX,
				      NULL },
			      options = { YANG_BINARY, 1, 40, NULL },
			      octets = { YANG_BINARY, 0, UINT32_MAX, NULL },
			      operator_type = { YANG_ENUM, 0, 0, operators },
			      direction = { YANG_ENUM, 0, 0, directions },
			      ip_bits = { YANG_BITS, 0, 0, ip_flags },
			      tcp_bits = { YANG_BITS, 0, 0, tcp_flags },
			      action = { YANG_IDENTITY, 0, 0, actions },
			      logging = { YANG_IDENTITY, 0, 0, logs },
			      acl_type = { YANG_IDENTITY, 0, 0, acl_types };

/* ietf-packet-fields */

static const struct schema_node port_members[] = {
	{ LEAF("lower-port", uint16, PORT_CLAUSE, "1024"), CASE(1, 1),
	    .is_mandatory = true },
	{ LEAF("upper-port", uint16, PORT_CLAUSE, "2048"), CASE(1, 1),
	    .is_mandatory = true },
	{ LEAF("operator", operator_type, "RFC 8519 s4.2 (A-PORT-2)", "\"eq\""),
	    CASE(1, 2) },
	{ LEAF("port", uint16, PORT_CLAUSE, "443"), CASE(1, 2),
	    .is_mandatory = true },
};

#define PORT(n)                                                                \
	{                                                                      \
		.name = (n), .kind = SCHEMA_CONTAINER, .clause = PORT_CLAUSE,  \
		.example = "{\"operator\": \"eq\", \"port\": 443}",            \
		CHILDREN(port_members)                                         \
	}

#define IP_MEMBERS                                                             \
	{ LEAF("dscp", uint6, IP_CLAUSE, "46") },                              \
	    { LEAF("ecn", uint2, IP_CLAUSE, "1") },                            \
	    { LEAF("length", uint16, IP_CLAUSE, "1280") },                     \
	    { LEAF("ttl", uint8, IP_CLAUSE, "255") },                          \
	{                                                                      \
		LEAF("protocol", uint8, IP_CLAUSE, "6")                        \
	}

#define DNS_CLAUSE "RFC 8520 s8 (M-DNS-5)"
#define DNS_NAME   "\"cloud.example.com\""
#define DNS_MEMBERS                                                            \
	{ LEAF("src-dnsname", host, DNS_CLAUSE, DNS_NAME), .module = ACLDNS }, \
	{                                                                      \
		LEAF("dst-dnsname", host, DNS_CLAUSE, DNS_NAME),               \
		    .module = ACLDNS                                           \
	}

static const struct schema_node ipv4_members[] = {
	IP_MEMBERS,
	{ LEAF("ihl", ihl, IP_CLAUSE, "5") },
	{ LEAF("flags", ip_bits, IP_CLAUSE, "\"fragment\"") },
	{ LEAF("offset", offset, IP_CLAUSE, "20") },
	{ LEAF("identification", uint16, IP_CLAUSE, "1") },
	{ LEAF("destination-ipv4-network", prefix4, IP_CLAUSE,
	    "\"192.0.2.0/24\"") },
	{ LEAF("source-ipv4-network", prefix4, IP_CLAUSE, "\"192.0.2.0/24\"") },
	DNS_MEMBERS,
};

static const struct schema_node ipv6_members[] = {
	IP_MEMBERS,
	{ LEAF("destination-ipv6-network", prefix6, IP_CLAUSE,
	    "\"2001:db8::/32\"") },
	{ LEAF(
	    "source-ipv6-network", prefix6, IP_CLAUSE, "\"2001:db8::/32\"") },
	{ LEAF("flow-label", uint20, IP_CLAUSE, "1") },
	DNS_MEMBERS,
};

#define MAC "\"02:00:5e:00:53:01\""
static const struct schema_node eth_members[] = {
	{ LEAF("destination-mac-address", mac, IP_CLAUSE, MAC) },
	{ LEAF("destination-mac-address-mask", mac, IP_CLAUSE, MAC) },
	{ LEAF("source-mac-address", mac, IP_CLAUSE, MAC) },
	{ LEAF("source-mac-address-mask", mac, IP_CLAUSE, MAC) },
	{ LEAF("ethertype", ethertype, IP_CLAUSE, "34958") },
};

static const struct schema_node tcp_members[] = {
	{ LEAF("sequence-number", uint32, IP_CLAUSE, "1") },
	{ LEAF("acknowledgement-number", uint32, IP_CLAUSE, "1") },
	{ LEAF("data-offset", data_offset, IP_CLAUSE, "5") },
	{ LEAF("reserved", uint8, IP_CLAUSE, "0") },
	{ LEAF("flags", tcp_bits, IP_CLAUSE, "\"syn\"") },
	{ LEAF("window-size", uint16, IP_CLAUSE, "1") },
	{ LEAF("urgent-pointer", uint16, IP_CLAUSE, "0") },
	{ LEAF("options", options, IP_CLAUSE, "\"AQ==\"") },
	PORT("source-port"),
	PORT("destination-port"),
	{ LEAF("direction-initiated", direction, "RFC 8520 s4.8 (M-DIR-1)",
	      "\"from-device\""),
	    .module = MUD },
};

static const struct schema_node udp_members[] = {
	{ LEAF("length", uint16, IP_CLAUSE, "8") },
	PORT("source-port"),
	PORT("destination-port"),
};

static const struct schema_node icmp_members[] = {
	{ LEAF("type", uint8, IP_CLAUSE, "8") },
	{ LEAF("code", uint8, IP_CLAUSE, "0") },
	{ LEAF("rest-of-header", octets, IP_CLAUSE, "\"AQ==\"") },
};

/* The container in `matches` that ietf-mud adds. */

static const struct schema_node mud_match_members[] = {
	{ LEAF("manufacturer", host, MUD_CLAUSE, "\"maker.example.com\"") },
	{ LEAF("same-manufacturer", empty, MUD_CLAUSE, "[null]") },
	{ LEAF(
	    "model", text, MUD_CLAUSE, "\"https://maker.example.com/lamp\"") },
	{ LEAF("local-networks", empty, MUD_CLAUSE, "[null]") },
	{ LEAF("controller", text, MUD_CLAUSE, "\"urn:ietf:params:mud:dns\"") },
	{ LEAF("my-controller", empty, MUD_CLAUSE, "[null]") },
};

/* ietf-access-control-list */

#define TYPE_CLAUSE "RFC 8519 s4.1 (A-TYPE-1)"
#define SEM_CLAUSE  "RFC 8519 s4.1 (A-SEM-2)"
#define LINK(n)                                                                \
	{                                                                      \
		.name = (n), .kind = SCHEMA_CLOSED,                            \
		.clause = "RFC 8520 s2 (M-FILE-2)",                            \
		.example = "it names an interface of the gateway, which no "   \
			   "MUD file can know"                                 \
	}

static const struct schema_node match_members[] = {
	{ .name = "eth",
	    .kind = SCHEMA_CONTAINER,
	    .clause = TYPE_CLAUSE,
	    .example = "{\"ethertype\": 34958}",
	    CHILDREN(eth_members),
	    .when = SCHEMA_WHEN_ETH,
	    CASE(2, 1) },
	{ .name = "ipv4",
	    .kind = SCHEMA_CONTAINER,
	    .clause = TYPE_CLAUSE,
	    .example = "{\"protocol\": 6}",
	    CHILDREN(ipv4_members),
	    .when = SCHEMA_WHEN_IPV4,
	    CASE(3, 1) },
	{ .name = "ipv6",
	    .kind = SCHEMA_CONTAINER,
	    .clause = TYPE_CLAUSE,
	    .example = "{\"protocol\": 6}",
	    CHILDREN(ipv6_members),
	    .when = SCHEMA_WHEN_IPV6,
	    CASE(3, 2) },
	{ .name = "tcp",
	    .kind = SCHEMA_CONTAINER,
	    .clause = SEM_CLAUSE,
	    .example = "{}",
	    CHILDREN(tcp_members),
	    CASE(4, 1) },
	{ .name = "udp",
	    .kind = SCHEMA_CONTAINER,
	    .clause = SEM_CLAUSE,
	    .example = "{}",
	    CHILDREN(udp_members),
	    CASE(4, 2) },
	{ .name = "icmp",
	    .kind = SCHEMA_CONTAINER,
	    .clause = SEM_CLAUSE,
	    .example = "{\"type\": 8}",
	    CHILDREN(icmp_members),
	    CASE(4, 3) },
	LINK("egress-interface"),
	LINK("ingress-interface"),
	{ .name = "mud",
	    .module = MUD,
	    .kind = SCHEMA_CONTAINER,
	    .clause = MUD_CLAUSE,
	    .example = "{\"local-networks\": [null]}",
	    CHILDREN(mud_match_members) },
};

#define ACTION_CLAUSE "RFC 8519 s4.1 (A-ACT-1)"
static const struct schema_node action_members[] = {
	{ LEAF("forwarding", action, ACTION_CLAUSE, "\"accept\""),
	    .is_mandatory = true },
	{ LEAF("logging", logging, "RFC 8519 s4.1 (A-ACT-2)", "\"log-none\"") },
};

#define NAME_CLAUSE "RFC 8519 s4.1 (A-NAME-1)"
static const struct schema_node ace_members[] = {
	{ LEAF("name", name64, NAME_CLAUSE, "\"rule-1\""),
	    .is_mandatory = true },
	{ .name = "matches",
	    .kind = SCHEMA_CONTAINER,
	    .clause = SEM_CLAUSE,
	    .example = "{\"ipv4\": {\"protocol\": 6}}",
	    CHILDREN(match_members) },
	{ .name = "actions",
	    .kind = SCHEMA_CONTAINER,
	    .clause = ACTION_CLAUSE,
	    .example = "{\"forwarding\": \"accept\"}",
	    /* As every container with a leaf that must be there (RFC 7950
	     * s3); the others of this sort are in a choice. */
	    .is_mandatory = true,
	    CHILDREN(action_members) },
	{ .name = "statistics",
	    .kind = SCHEMA_CLOSED,
	    .clause = "RFC 8519 s4.1",
	    .example = "it counts what a gateway saw, and is no "
		       "configuration" },
};

static const struct schema_node aces_members[] = {
	{ .name = "ace",
	    .kind = SCHEMA_LIST,
	    .clause = NAME_CLAUSE,
	    .example = "[]",
	    CHILDREN(ace_members) },
};

static const struct schema_node acl_members[] = {
	{ LEAF("name", name64, NAME_CLAUSE, "\"from-v4\""),
	    .is_mandatory = true },
	{ LEAF("type", acl_type, TYPE_CLAUSE, "\"ipv4-acl-type\"") },
	{ .name = "aces",
	    .kind = SCHEMA_CONTAINER,
	    .clause = NAME_CLAUSE,
	    .example = "{\"ace\": []}",
	    CHILDREN(aces_members) },
};

static const struct schema_node attachment_members[] = {
	{ .name = "interface",
	    .kind = SCHEMA_CLOSED,
	    .clause = "RFC 8520 s2 (M-FILE-2)",
	    .example = "a MUD file does not say where its ACLs are "
		       "attached" },
};

static const struct schema_node acls_members[] = {
	{ .name = "acl",
	    .kind = SCHEMA_LIST,
	    .clause = NAME_CLAUSE,
	    .example = "[]",
	    CHILDREN(acl_members) },
	{ .name = "attachment-points",
	    .kind = SCHEMA_CONTAINER,
	    .clause = "RFC 8520 s2 (M-FILE-2)",
	    .example = "{}",
	    CHILDREN(attachment_members) },
};

/* ietf-mud */

#define LISTED "RFC 8520 s7 (M-FILE-9)"
static const struct schema_node access_list_members[] = {
	{ LEAF("name", acl_name, LISTED, "\"from-v4\""), .is_mandatory = true },
};

static const struct schema_node access_lists_members[] = {
	{ .name = "access-list",
	    .kind = SCHEMA_LIST,
	    .clause = LISTED,
	    .example = "[{\"name\": \"from-v4\"}]",
	    CHILDREN(access_list_members) },
};

static const struct schema_node policy_members[] = {
	{ .name = "access-lists",
	    .kind = SCHEMA_CONTAINER,
	    .clause = LISTED,
	    .example = "{\"access-list\": [{\"name\": \"from-v4\"}]}",
	    CHILDREN(access_lists_members) },
};

#define POLICY(n)                                                              \
	{                                                                      \
		.name = (n), .kind = SCHEMA_CONTAINER, .clause = LISTED,       \
		.example = "{\"access-lists\": {\"access-list\": "             \
			   "[{\"name\": \"from-v4\"}]}}",                      \
		CHILDREN(policy_members)                                       \
	}

#define URL "\"https://maker.example.com/lamp\""
static const struct schema_node mud_members[] = {
	{ LEAF("mud-version", uint8, "RFC 8520 s3.1 (M-VER-1)", "1"),
	    .is_mandatory = true },
	{ LEAF("mud-url", text, "RFC 8520 s3.2 (M-MURL-1)", URL),
	    .is_mandatory = true },
	{ LEAF("last-update", date, "RFC 8520 s3.4 (M-LU-1)",
	      "\"2026-03-01T08:00:00Z\""),
	    .is_mandatory = true },
	{ LEAF("mud-signature", text, "RFC 8520 s3.3",
	    "\"https://maker.example.com/lamp.p7s\"") },
	{ LEAF("cache-validity", hours, "RFC 8520 s3.5 (M-CV-2)", "48") },
	{ LEAF("is-supported", boolean, "RFC 8520 s3.6 (M-SUP-1)", "true"),
	    .is_mandatory = true },
	{ LEAF("systeminfo", text, "RFC 8520 s3.7 (M-SI-1)", "\"A lamp\"") },
	{ LEAF("mfg-name", text, "RFC 8520 s3.8", "\"Maker\"") },
	{ LEAF("model-name", text, "RFC 8520 s3.8", "\"Lamp\"") },
	{ LEAF("firmware-rev", text, "RFC 8520 s3.8 (M-REV-1)", "\"1\"") },
	{ LEAF("software-rev", text, "RFC 8520 s3.8 (M-REV-1)", "\"1\"") },
	{ LEAF("documentation", text, "RFC 8520 s3 (M-DOC-1)", URL) },
	{ .name = "extensions",
	    .kind = SCHEMA_LEAF_LIST,
	    .type = &name40,
	    .clause = "RFC 8520 s3.9 (M-EXT-1)",
	    .example = "[]" },
	POLICY("from-device-policy"),
	POLICY("to-device-policy"),
};

static const struct schema_node top_members[] = {
	{ .name = "mud",
	    .module = MUD,
	    .kind = SCHEMA_CONTAINER,
	    .clause = "RFC 8520 s7",
	    .example = "{}",
	    .is_presence = true,
	    CHILDREN(mud_members) },
	{ .name = "acls",
	    .module = ACL,
	    .kind = SCHEMA_CONTAINER,
	    .clause = "RFC 8519 s4.1",
	    .example = "{\"acl\": []}",
	    CHILDREN(acls_members) },
};

const struct schema_node schema_top = { .name = "",
	.kind = SCHEMA_CONTAINER,
	.clause = "RFC 8520 s2 (M-FILE-1)",
	.example = "{}",
	.is_presence = true,
	CHILDREN(top_members) };

const struct schema_node *
schema_child(const struct schema_node *node, const char *name)
{
	for (size_t i = 0; i < node->n; i++)
		/* Most differ in the first byte. */
		if (node->children[i].name[0] == name[0] &&
		    strcmp(node->children[i].name, name) == 0)
			return &node->children[i];
	return NULL;
}

unsigned int
schema_bases(const char *name)
{
	static const struct {
		const char *name;
		unsigned int bases;
	} types[] = {
		{ "ipv4-acl-type", SCHEMA_WHEN_IPV4 },
		{ "ipv6-acl-type", SCHEMA_WHEN_IPV6 },
		{ "eth-acl-type", SCHEMA_WHEN_ETH },
		{ "mixed-eth-ipv4-acl-type",
		    SCHEMA_WHEN_ETH | SCHEMA_WHEN_IPV4 },
		{ "mixed-eth-ipv6-acl-type",
		    SCHEMA_WHEN_ETH | SCHEMA_WHEN_IPV6 },
		{ "mixed-eth-ipv4-ipv6-acl-type",
		    SCHEMA_WHEN_ETH | SCHEMA_WHEN_IPV4 | SCHEMA_WHEN_IPV6 },
	};

	for (size_t i = 0; i < COUNT(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return types[i].bases;
	return 0;
}
