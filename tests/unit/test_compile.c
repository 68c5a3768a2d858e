/*
 * compile: one ACE a case, and the lines it becomes in each of the chains, as
 * nft text.  The expected text leaves out what each chain always has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/compile.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/nfttext.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define SET_NAME 1
#define SET_HUB  2
#define SET_MINE 3
#define SET_SAME 4
#define SET_DNS  10
#define SET_NTP  11

/* Text 0 has members, text 1 is a class without any. */
static struct policy_text texts[] = { { "cloud.example.com" }, { "empty" } };

/* Which of the two services have servers. */
struct services {
	bool dns, ntp;
};

static uint32_t
set_of(void *arg, enum peer_kind kind, const char *text)
{
	const struct services *services = arg;

	switch (kind) {
	case PEER_MY_CONTROLLER:
		assert_null(text);
		return SET_MINE;
	case PEER_SAME_MANUFACTURER:
		assert_null(text);
		return SET_SAME;
	case PEER_DNSNAME:
		return strcmp(text, "empty") == 0 ? 0 : SET_NAME;
	case PEER_CONTROLLER:
		if (strcmp(text, MUD_URN_DNS) == 0)
			return services->dns ? SET_DNS : 0;
		if (strcmp(text, MUD_URN_NTP) == 0)
			return services->ntp ? SET_NTP : 0;
		return strcmp(text, "empty") == 0 ? 0 : SET_HUB;
	case PEER_MANUFACTURER:
	case PEER_MODEL:
		return SET_HUB;
	case PEER_LOCAL_NETWORKS:
	case PEER_KINDS:
		break;
	}
	fail_msg("asked for a set of kind %d", (int)kind);
	return 0;
}

static bool
is_name(void *arg, uint32_t set)
{
	(void)arg;
	return set == SET_NAME;
}

/* The chain's lines, joined; the jump is "--". Lent until the next call. */
static const char *
lines(const struct rules *rules, enum rule_chain chain)
{
	static char text[8192];
	char buf[NFTTEXT_RULE];

	text[0] = '\0';
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = &rules->rule[i];
		size_t len = strlen(text);
		const char *line;

		if (rule->chain != chain)
			continue;
		line = rule->verdict == RULE_REPLIES
		           ? "--"
		           : nfttext_rule(rule, 1, is_name, NULL, buf);
		(void)snprintf(text + len, sizeof(text) - len, "%s%s",
		    len == 0 ? "" : "\n", line);
	}
	return text;
}

static struct rules
compile(struct ace *aces, size_t n, struct services services)
{
	struct policy policy = { .n_texts = LENGTH(texts), .n_aces = n };
	struct rules rules = { 0 };
	struct fault why = { 0 };
	int chain = 0;

	policy.texts = texts;
	policy.aces = aces;
	for (size_t i = 0; i < n; i++)
		if (!ace_is_sound(&aces[i], policy.n_texts, &why))
			fail_msg("%s", why.detail);
	assert_true(compile_policy(&policy, set_of, &services, &rules, &why));
	for (size_t i = 0; i < rules.n; i++) {
		if (!rule_is_sound(&rules.rule[i], &why))
			fail_msg("%s", why.detail);
		assert_true(rules.rule[i].chain >= chain);
		chain = rules.rule[i].chain;
	}
	return rules;
}

static const struct ports any = { .high = UINT16_MAX };

/* What most cases share: the struct's other fields count. */
struct given {
	enum direction direction;
	enum forwarding forwarding;
	uint8_t families; /* 0: both */
	enum initiated initiated;
	bool not_understood;
	int16_t protocol;             /* 0: any */
	int16_t icmp_type, icmp_code; /* 0: any; else one more */
	uint16_t source, destination; /* 0: any */
	const char *from, *to;
	uint8_t n_peers;
	struct peer peers[2];
	struct {
		enum field_id id;
		uint64_t value;
	} fields[3];
};

static struct ace
ace_of(const struct given *given)
{
	struct ace ace = {
		.name = "case",
		.direction = (uint8_t)given->direction,
		.forwarding = (uint8_t)given->forwarding,
		.families = given->families == 0 ? 3 : given->families,
		.initiated = (uint8_t)given->initiated,
		.understood = !given->not_understood,
		.n_peers = given->n_peers,
		.protocol = given->protocol == 0 ? -1 : given->protocol,
		.source = any,
		.destination = any,
		.peers = { given->peers[0], given->peers[1] },
	};

	ace.icmp_type = (int16_t)(given->icmp_type - 1);
	ace.icmp_code = (int16_t)(given->icmp_code - 1);
	if (given->source != 0)
		ace.source.low = ace.source.high = given->source;
	if (given->destination != 0)
		ace.destination.low = ace.destination.high = given->destination;
	for (size_t i = 0; i < LENGTH(given->fields); i++)
		if (given->fields[i].id != FIELD_NONE)
			assert_true(field_of(given->fields[i].id,
			    given->fields[i].value, &ace.fields[i]));
	if (given->from != NULL)
		assert_true(prefix_parse(given->from, &ace.from));
	if (given->to != NULL)
		assert_true(prefix_parse(given->to, &ace.to));
	return ace;
}

#define NAME                                                                   \
	{                                                                      \
		.kind = PEER_DNSNAME                                           \
	}
#define NOBODY                                                                 \
	{                                                                      \
		.kind = PEER_CONTROLLER, .text = 1                             \
	}
#define NO_NAME                                                                \
	{                                                                      \
		.kind = PEER_DNSNAME, .text = 1                                \
	}
#define HUB                                                                    \
	{                                                                      \
		.kind = PEER_CONTROLLER                                        \
	}
#define MINE                                                                   \
	{                                                                      \
		.kind = PEER_MY_CONTROLLER, .text = PEER_NO_TEXT               \
	}
#define SAME                                                                   \
	{                                                                      \
		.kind = PEER_SAME_MANUFACTURER, .text = PEER_NO_TEXT           \
	}
#define LOCAL                                                                  \
	{                                                                      \
		.kind = PEER_LOCAL_NETWORKS, .text = PEER_NO_TEXT              \
	}

/* In the order of enum rule_chain. */
/* clang-format off */
static const struct {
	const char *name;
	struct given given;
	const char *lines[RULE_CHAINS];
} cases[] = {
	{ "anything", { .direction = FROM_DEVICE },
	    { "return\n--", "--", "", "return" } },
	{ "anything, to the Thing", { .direction = TO_DEVICE },
	    { "--", "return\n--", "return", "" } },
	{ "anything, IPv4", { .families = FAMILY_4 },
	    { "meta nfproto ipv4 return\n--", "--", "",
	    "meta nfproto ipv4 return" } },
	{ "anything, IPv6", { .families = FAMILY_6 },
	    { "meta nfproto ipv6 return\n--", "--", "",
	    "meta nfproto ipv6 return" } },
	{ "drop", { .forwarding = FORWARD_DROP, .protocol = 132 },
	    { "meta l4proto 132 goto drop_from\n--", "--", "",
	    "meta l4proto 132 goto drop_to" } },
	{ "reject", { .direction = TO_DEVICE, .forwarding = FORWARD_REJECT },
	    { "--", "goto drop_to\n--", "goto drop_from", "" } },
	{ "name", { .n_peers = 1, .peers = { NAME } },
	    { "ip daddr @dns1_4 return\nip6 daddr @dns1_6 return\n--", "--", "",
	    "ip saddr @dns1_4 return\nip6 saddr @dns1_6 return" } },
	{ "name, IPv6", { .families = FAMILY_6, .n_peers = 1, .peers = { NAME } },
	    { "ip6 daddr @dns1_6 return\n--", "--", "",
	    "ip6 saddr @dns1_6 return" } },
	{ "class, to the Thing", { .direction = TO_DEVICE, .families = FAMILY_4,
	    .n_peers = 1, .peers = { HUB } },
	    { "--", "ip saddr @cls2_4 return\n--",
	    "ip daddr @cls2_4 return", "" } },
	{ "my-controller", { .families = FAMILY_4, .n_peers = 1,
	    .peers = { MINE } },
	    { "ip daddr @cls3_4 return\n--", "--", "",
	    "ip saddr @cls3_4 return" } },
	{ "same-manufacturer", { .families = FAMILY_4, .n_peers = 1,
	    .peers = { SAME } },
	    { "ip daddr @cls4_4 return\n--", "--", "",
	    "ip saddr @cls4_4 return" } },
	{ "local-networks", { .families = FAMILY_4, .n_peers = 1,
	    .peers = { LOCAL } },
	    { "ip daddr @local4 ip daddr != @self4 return\n--", "--", "",
	    "ip saddr @local4 ip saddr != @self4 return" } },
	{ "two peers", { .families = FAMILY_4, .n_peers = 2,
	    .peers = { LOCAL, HUB } },
	    { "ip daddr @local4 ip daddr != @self4 ip daddr @cls2_4 return\n--",
	    "--", "",
	    "ip saddr @local4 ip saddr != @self4 ip saddr @cls2_4 return" } },
	{ "nobody", { .n_peers = 1, .peers = { NOBODY } },
	    { "--", "--", "", "" } },
	{ "nobody to drop", { .forwarding = FORWARD_DROP, .n_peers = 1,
	    .peers = { NO_NAME } },
	    { "--", "--", "", "" } },
	{ "nobody among two", { .n_peers = 2, .peers = { LOCAL, NOBODY } },
	    { "--", "--", "", "" } },
	{ "not understood", { .not_understood = true },
	    { "--", "--", "", "" } },
	{ "drop not understood", { .not_understood = true, .protocol = 6,
	    .forwarding = FORWARD_DROP },
	    { "meta l4proto 6 goto drop_from\n--", "--", "",
	    "meta l4proto 6 goto drop_to" } },
	{ "prefix", { .to = "192.0.2.0/24" },
	    { "ip daddr 192.0.2.0/24 return\n--", "--", "",
	    "ip saddr 192.0.2.0/24 return" } },
	{ "prefixes", { .direction = TO_DEVICE, .from = "2001:db8:1::/48",
	    .to = "2001:db8:2::/48" },
	    { "--",
	    "ip6 saddr 2001:db8:1::/48 ip6 daddr 2001:db8:2::/48 return\n--",
	    "ip6 saddr 2001:db8:2::/48 ip6 daddr 2001:db8:1::/48 return",
	    "" } },
	{ "prefix of the Thing", { .from = "2001:db8:1::/48" },
	    { "ip6 saddr 2001:db8:1::/48 return\n--", "--", "",
	    "ip6 daddr 2001:db8:1::/48 return" } },
	{ "prefix and class", { .to = "192.0.2.0/24", .n_peers = 1,
	    .peers = { HUB } },
	    { "ip daddr 192.0.2.0/24 ip daddr @cls2_4 return\n--", "--", "",
	    "ip saddr 192.0.2.0/24 ip saddr @cls2_4 return" } },
	{ "ports", { .protocol = 17, .source = 68, .destination = 67 },
	    { "udp sport 68 udp dport 67 return\n--", "--", "",
	    "udp sport 67 udp dport 68 return" } },
	{ "opened by the Thing", { .protocol = 6, .destination = 443,
	    .initiated = INITIATED_FROM_DEVICE },
	    { "tcp dport 443 ct direction original return\n--", "--", "",
	    "tcp sport 443 return" } },
	{ "opened by the peer", { .protocol = 6, .source = 80,
	    .initiated = INITIATED_TO_DEVICE },
	    { "tcp sport 80 ct direction reply return\n--", "--", "", "" } },
	{ "to the Thing, opened by it", { .direction = TO_DEVICE,
	    .protocol = 6, .source = 443, .initiated = INITIATED_FROM_DEVICE },
	    { "--", "tcp sport 443 ct direction reply return\n--", "", "" } },
	{ "to the Thing, opened by the peer", { .direction = TO_DEVICE,
	    .protocol = 6, .destination = 80,
	    .initiated = INITIATED_TO_DEVICE },
	    { "--", "tcp dport 80 ct direction original return\n--",
	    "tcp sport 80 return", "" } },
	{ "drop what the Thing opens", { .protocol = 6,
	    .forwarding = FORWARD_DROP, .initiated = INITIATED_FROM_DEVICE },
	    { "meta l4proto 6 ct direction original goto drop_from\n--", "--",
	    "", "meta l4proto 6 goto drop_to" } },
	{ "any ICMP", { .protocol = 1 },
	    { "meta nfproto ipv4 meta l4proto 1 return\n--", "--", "",
	    "meta nfproto ipv4 meta l4proto 1 return" } },
	{ "any ICMPv6", { .protocol = 58 },
	    { "meta nfproto ipv6 meta l4proto 58 return\n--", "--", "",
	    "meta nfproto ipv6 meta l4proto 58 return" } },
	{ "ICMP in IPv6", { .protocol = 1, .families = FAMILY_6 },
	    { "--", "--", "", "" } },
	{ "ICMPv6 in IPv4", { .protocol = 58, .families = FAMILY_4 },
	    { "--", "--", "", "" } },
	{ "echo", { .protocol = 1, .icmp_type = 8 + 1, .icmp_code = 0 + 1 },
	    { "meta nfproto ipv4 icmp type 8 icmp code 0 return\n--", "--", "",
	    "meta nfproto ipv4 icmp type 0 icmp code 0 return" } },
	{ "timestamp", { .protocol = 1, .icmp_type = 13 + 1 },
	    { "meta nfproto ipv4 icmp type 13 return\n--", "--", "",
	    "meta nfproto ipv4 icmp type 14 return" } },
	{ "information", { .protocol = 1, .icmp_type = 15 + 1 },
	    { "meta nfproto ipv4 icmp type 15 return\n--", "--", "",
	    "meta nfproto ipv4 icmp type 16 return" } },
	{ "mask", { .protocol = 1, .icmp_type = 17 + 1 },
	    { "meta nfproto ipv4 icmp type 17 return\n--", "--", "",
	    "meta nfproto ipv4 icmp type 18 return" } },
	{ "echo reply", { .protocol = 1, .icmp_type = 0 + 1 },
	    { "meta nfproto ipv4 icmp type 0 return\n--", "--", "", "" } },
	{ "echo, odd code", { .protocol = 1, .icmp_type = 8 + 1,
	    .icmp_code = 1 + 1 },
	    { "meta nfproto ipv4 icmp type 8 icmp code 1 return\n--", "--", "",
	    "meta nfproto ipv4 icmp type 0 icmp code 1 return" } },
	{ "echo over IPv6", { .direction = TO_DEVICE, .protocol = 58,
	    .icmp_type = 128 + 1 },
	    { "--", "meta nfproto ipv6 icmpv6 type 128 return\n--",
	    "meta nfproto ipv6 icmpv6 type 129 return", "" } },
	{ "IPv4's echo over IPv6", { .protocol = 58, .icmp_type = 8 + 1 },
	    { "meta nfproto ipv6 icmpv6 type 8 return\n--", "--", "", "" } },
	{ "solicitation", { .protocol = 58, .icmp_type = 135 + 1 },
	    { "meta nfproto ipv6 icmpv6 type 135 return\n--", "--", "", "" } },
	/* Header fields: each where its family has it, and in no mirror. */
	{ "DSCP", { .fields = { { FIELD_DSCP, 46 } } },
	    { "ip dscp 46 return\nip6 dscp 46 return\n--", "--", "", "" } },
	{ "DSCP, IPv6", { .families = FAMILY_6, .fields = { { FIELD_DSCP, 46 } } },
	    { "ip6 dscp 46 return\n--", "--", "", "" } },
	{ "drop of a DSCP", { .direction = TO_DEVICE,
	    .forwarding = FORWARD_DROP, .fields = { { FIELD_DSCP, 46 } } },
	    { "--", "ip dscp 46 goto drop_to\nip6 dscp 46 goto drop_to\n--",
	    "", "" } },
	{ "hops from the Thing", { .families = FAMILY_4,
	    .fields = { { FIELD_TTL, 255 } } },
	    { "oif 0 ip ttl 255 return\n"
	    "oif != 0 ether daddr @gateway ip ttl 254 return\n"
	    "oif != 0 ether daddr != @gateway ip ttl 255 return\n--", "--",
	    "", "" } },
	{ "hops to the Thing", { .direction = TO_DEVICE,
	    .fields = { { FIELD_TTL, 255 } } },
	    { "--", "ip ttl 255 return\nip6 hoplimit 255 return\n--", "",
	    "" } },
	{ "IPv4 alone has it", { .fields = { { FIELD_IHL, 6 } } },
	    { "ip hdrlength 6 return\n--", "--", "", "" } },
	{ "IPv6 alone has it", { .fields = { { FIELD_FLOW_LABEL, 7 } } },
	    { "ip6 flowlabel 7 return\n--", "--", "", "" } },
	{ "TCP over both", { .protocol = 6, .destination = 443,
	    .initiated = INITIATED_FROM_DEVICE,
	    .fields = { { FIELD_TCP_FLAGS, 2 }, { FIELD_WINDOW, 9 } } },
	    { "tcp dport 443 tcp flags == syn tcp window 9 "
	    "ct direction original return\n--", "--", "", "" } },
	{ "UDP and a name", { .families = FAMILY_4, .protocol = 17,
	    .n_peers = 1, .peers = { NAME },
	    .fields = { { FIELD_LENGTH, 40 }, { FIELD_UDP_LENGTH, 20 } } },
	    { "ip daddr @dns1_4 ip length 40 udp length 20 return\n--", "--",
	    "", "" } },
	{ "a value that no packet has", { .fields = { { FIELD_IHL, 60 } } },
	    { "--", "--", "", "" } },
	{ "a fragment", { .forwarding = FORWARD_DROP,
	    .fields = { { FIELD_DSCP, 1 }, { FIELD_OFFSET, 20 } } },
	    { "--", "--", "", "" } },
};
/* clang-format on */

static void
compiles_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct ace ace = ace_of(&cases[i].given);
		struct rules rules =
		    compile(&ace, 1, (struct services){ false, false });

		for (int chain = 0; chain < RULE_CHAINS; chain++) {
			const char *got = lines(&rules, (enum rule_chain)chain);

			if (strcmp(got, cases[i].lines[chain]) != 0)
				fail_msg("%s, chain %d: %s", cases[i].name,
				    chain, got);
		}
		rules_done(&rules);
		assert_null(rules.rule);
	}
}

/* The order of ACEs stays, and each rule says where it came from. */
static void
keeps_the_order(void **state)
{
	static const struct given given[] = {
		{ .protocol = 6, .forwarding = FORWARD_DROP },
		{ .protocol = 17 },
		{ .direction = TO_DEVICE, .protocol = 132 },
		{ .direction = TO_DEVICE, .protocol = 6 },
	};
	struct ace aces[LENGTH(given)];
	struct rules rules;

	(void)state;
	for (size_t i = 0; i < LENGTH(given); i++)
		aces[i] = ace_of(&given[i]);
	rules = compile(aces, LENGTH(aces), (struct services){ 0 });
	assert_string_equal(lines(&rules, CHAIN_FROM),
	    "meta l4proto 6 goto drop_from\nmeta l4proto 17 return\n--");
	assert_string_equal(lines(&rules, CHAIN_TO),
	    "meta l4proto 132 return\nmeta l4proto 6 return\n--");
	assert_string_equal(lines(&rules, CHAIN_FROM_REPLY),
	    "meta l4proto 132 return\nmeta l4proto 6 return");
	assert_string_equal(lines(&rules, CHAIN_TO_REPLY),
	    "meta l4proto 6 goto drop_to\nmeta l4proto 17 return");
	assert_int_equal(rules.rule[0].ace, 0);
	assert_int_equal(rules.rule[1].ace, 1);
	assert_int_equal(rules.rule[2].ace, RULE_NO_ACE);
	assert_int_equal(rules.rule[3].ace, 2);
	rules_done(&rules);
}

static void
ends_with_defaults(void **state)
{
	struct rules rules;

	(void)state;
	rules = compile(NULL, 0, (struct services){ true, true });
	assert_string_equal(lines(&rules, CHAIN_FROM),
	    "--\n"
	    "ip daddr @cls10_4 udp dport 53 return\n"
	    "ip6 daddr @cls10_6 udp dport 53 return\n"
	    "ip daddr @cls10_4 tcp dport 53 ct direction original return\n"
	    "ip6 daddr @cls10_6 tcp dport 53 ct direction original return\n"
	    "ip daddr @cls11_4 udp dport 123 return\n"
	    "ip6 daddr @cls11_6 udp dport 123 return");
	assert_string_equal(lines(&rules, CHAIN_TO),
	    "--\n"
	    "ip saddr @cls10_4 udp sport 53 return\n"
	    "ip6 saddr @cls10_6 udp sport 53 return\n"
	    "ip saddr @cls11_4 udp sport 123 return\n"
	    "ip6 saddr @cls11_6 udp sport 123 return");
	assert_string_equal(lines(&rules, CHAIN_FROM_REPLY),
	    "ip daddr @cls10_4 udp dport 53 return\n"
	    "ip6 daddr @cls10_6 udp dport 53 return\n"
	    "ip daddr @cls11_4 udp dport 123 return\n"
	    "ip6 daddr @cls11_6 udp dport 123 return");
	assert_string_equal(lines(&rules, CHAIN_TO_REPLY),
	    "ip saddr @cls10_4 udp sport 53 return\n"
	    "ip6 saddr @cls10_6 udp sport 53 return\n"
	    "ip saddr @cls10_4 tcp sport 53 return\n"
	    "ip6 saddr @cls10_6 tcp sport 53 return\n"
	    "ip saddr @cls11_4 udp sport 123 return\n"
	    "ip6 saddr @cls11_6 udp sport 123 return");
	rules_done(&rules);
	rules = compile(NULL, 0, (struct services){ false, true });
	assert_int_equal(rules.n, 2 + 4 * 2);
	rules_done(&rules);
	rules = compile(NULL, 0, (struct services){ true, false });
	assert_int_equal(rules.n, 2 + 4 * 2 + 4);
	rules_done(&rules);
}

/* Architecture.md, 4: a denied UDP 53 takes the default of TCP 53 with it. */
static const struct {
	const char *name;
	struct given given;
	bool has_tcp;
} dns[] = {
	{ "drop of UDP 53",
	    { .forwarding = FORWARD_DROP, .protocol = 17, .destination = 53 },
	    false },
	{ "reject of UDP 53",
	    { .forwarding = FORWARD_REJECT, .protocol = 17, .destination = 53 },
	    false },
	{ "drop of all UDP", { .forwarding = FORWARD_DROP, .protocol = 17 },
	    false },
	{ "drop of everything", { .forwarding = FORWARD_DROP }, false },
	{ "drop of a class",
	    { .forwarding = FORWARD_DROP, .n_peers = 1, .peers = { HUB } },
	    false },
	{ "drop not understood",
	    { .forwarding = FORWARD_DROP, .not_understood = true }, false },
	{ "drop of some UDP 53",
	    { .forwarding = FORWARD_DROP,
		.protocol = 17,
		.destination = 53,
		.fields = { { FIELD_TTL, 1 } } },
	    false },
	{ "drop of what no packet is",
	    { .forwarding = FORWARD_DROP,
		.protocol = 17,
		.destination = 53,
		.fields = { { FIELD_IHL, 60 } } },
	    false },
	{ "drop of nobody",
	    { .forwarding = FORWARD_DROP, .n_peers = 1, .peers = { NOBODY } },
	    true },
	{ "drop of another port",
	    { .forwarding = FORWARD_DROP, .protocol = 17, .destination = 54 },
	    true },
	{ "drop of TCP 53",
	    { .forwarding = FORWARD_DROP, .protocol = 6, .destination = 53 },
	    true },
	{ "drop to the Thing",
	    { .direction = TO_DEVICE, .forwarding = FORWARD_DROP }, true },
	{ "accept of UDP 53", { .protocol = 17, .destination = 53 }, true },
};

static bool
has_tcp_default(struct ace *aces, size_t n)
{
	struct rules rules = compile(aces, n, (struct services){ true, true });
	const char *line = "tcp dport 53 ct direction original return";
	bool has = strstr(lines(&rules, CHAIN_FROM), line) != NULL;

	line = "ip saddr @cls10_4 tcp sport 53 return";
	assert_int_equal(
	    has, strstr(lines(&rules, CHAIN_TO_REPLY), line) != NULL);
	rules_done(&rules);
	return has;
}

static void
takes_tcp_dns_away(void **state)
{
	struct given given = { .forwarding = FORWARD_DROP, .protocol = 17 };
	struct given other = { .protocol = 6, .destination = 443 };
	struct ace ace, aces[2];

	(void)state;
	for (size_t i = 0; i < LENGTH(dns); i++) {
		ace = ace_of(&dns[i].given);
		if (has_tcp_default(&ace, 1) != dns[i].has_tcp)
			fail_msg("%s", dns[i].name);
	}
	aces[0] = ace_of(&other);
	aces[1] = ace_of(&given);
	assert_false(has_tcp_default(aces, 2));
	ace = ace_of(&given);
	ace.destination = (struct ports){ .low = 53, .high = 53, .negated = 1 };
	assert_true(has_tcp_default(&ace, 1));
	ace.destination = (struct ports){ .low = 52, .high = 54 };
	assert_false(has_tcp_default(&ace, 1));
	ace.destination = (struct ports){ .low = 54, .high = 54, .negated = 1 };
	assert_false(has_tcp_default(&ace, 1));
}

static void
knows_its_bounds(void **state)
{
	struct policy policy = { .n_aces = LIMIT_ACES };
	struct rules rules = { 0 };
	struct services services = { true, true };
	struct fault why = { 0 };
	struct given given = { .n_peers = 1, .peers = { LOCAL } };

	(void)state;
	policy.aces = xcalloc(LIMIT_ACES + 1, sizeof(*policy.aces));
	for (size_t i = 0; i <= LIMIT_ACES; i++)
		policy.aces[i] = ace_of(&given);
	assert_true(compile_policy(&policy, set_of, &services, &rules, &why));
	assert_int_equal(rules.n, LIMIT_ACES * 4 + 2 + 6 + 4 + 4 + 6);
	assert_true(rules.n <= LIMIT_RULES);
	rules_done(&rules);
	policy.n_aces++;
	assert_false(compile_policy(&policy, set_of, &services, &rules, &why));
	assert_int_equal(why.code, FAULT_TOO_MANY);
	assert_null(rules.rule);
	free(policy.aces);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compiles_one),
		cmocka_unit_test(keeps_the_order),
		cmocka_unit_test(ends_with_defaults),
		cmocka_unit_test(takes_tcp_dns_away),
		cmocka_unit_test(knows_its_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
