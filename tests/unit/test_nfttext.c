/* nfttext: rules as text; most forms are seen in test_compile and golden/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/nfttext.h"

static bool
is_name(void *arg, uint32_t set)
{
	(void)arg;
	return set == 1;
}

static struct rule
blank(void)
{
	struct rule rule = {
		.ace = RULE_NO_ACE,
		.protocol = -1,
		.icmp_type = -1,
		.icmp_code = -1,
		.source.high = UINT16_MAX,
		.destination.high = UINT16_MAX,
	};

	return rule;
}

static void
prints_ports(void **state)
{
	static const struct {
		struct ports ports;
		const char *text;
	} cases[] = {
		{ { .low = 80, .high = 80 }, "tcp dport 80 return" },
		{ { .high = 1023 }, "tcp dport 0-1023 return" },
		{ { .low = 1024, .high = UINT16_MAX },
		    "tcp dport 1024-65535 return" },
		{ { .low = 80, .high = 80, .negated = 1 },
		    "tcp dport != 80 return" },
		{ { .low = 80, .high = 90, .negated = 1 },
		    "tcp dport != 80-90 return" },
		{ { .high = UINT16_MAX }, "meta l4proto 6 return" },
	};
	char buf[NFTTEXT_RULE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rule rule = blank();

		rule.protocol = 6;
		rule.destination = cases[i].ports;
		assert_string_equal(
		    nfttext_rule(&rule, 1, is_name, NULL, buf), cases[i].text);
	}
}

/* Each part where it stands, and only then. */
static void
prints_parts(void **state)
{
	struct rule rule = blank();
	char buf[NFTTEXT_RULE];

	(void)state;
#define IS(text)                                                               \
	assert_string_equal(nfttext_rule(&rule, 1, is_name, NULL, buf), text)
	IS("return");
	rule.family = 4;
	IS("meta nfproto ipv4 return");
	rule.protocol = 1;
	rule.icmp_code = 3;
	IS("meta nfproto ipv4 icmp code 3 return");
	rule.icmp_code = -1;
	rule.icmp_type = 8;
	IS("meta nfproto ipv4 icmp type 8 return");
	assert_true(prefix_parse("192.0.2.0/24", &rule.from));
	IS("ip saddr 192.0.2.0/24 icmp type 8 return");
	rule = blank();
	rule.family = 6;
	rule.chain = CHAIN_TO;
	assert_true(prefix_parse("2001:db8::/32", &rule.to));
	IS("ip6 daddr 2001:db8::/32 return");
	rule.protocol = 58;
	rule.icmp_type = 128;
	IS("ip6 daddr 2001:db8::/32 icmpv6 type 128 return");
	rule = blank();
	rule.family = 6;
	rule.chain = CHAIN_FROM_REPLY;
	rule.verdict = RULE_DENY;
	rule.n_peers = 2;
	rule.peers[0].kind = RULE_SET_LOCAL;
	rule.peers[1].set = 2;
	IS("ip6 daddr @local6 ip6 daddr != @self6 ip6 daddr @cls2_6 "
	   "goto drop_from");
	rule = blank();
	rule.protocol = 6;
	rule.opener = OPENER_ORIGINAL;
	IS("meta l4proto 6 ct direction original return");
	rule.opener = OPENER_REPLY;
	IS("meta l4proto 6 ct direction reply return");
#undef IS
}

static struct field
field(enum field_id id, uint64_t value)
{
	struct field field;

	assert_true(field_of(id, value, &field));
	return field;
}

/* Each header's fields stand where nft would list them. */
static void
prints_fields(void **state)
{
	static const struct mac mac = { { 2, 0, 0x5e } },
				mask = { { 0xff, 0xff, 0xff } };
	struct rule rule = blank();
	char buf[NFTTEXT_RULE];

	(void)state;
	rule.family = 6;
	rule.protocol = 17;
	rule.destination = (struct ports){ .low = 53, .high = 53 };
	rule.fields[0] = field(FIELD_DSCP, 46);
	rule.fields[1] = field(FIELD_UDP_LENGTH, 20);
	assert_string_equal(nfttext_rule(&rule, 1, is_name, NULL, buf),
	    "ip6 dscp 46 udp dport 53 udp length 20 return");
	rule.destination = (struct ports){ .high = UINT16_MAX };
	assert_true(
	    field_of_mac(FIELD_ETH_SOURCE, &mac, &mask, &rule.fields[2]));
	assert_string_equal(nfttext_rule(&rule, 1, is_name, NULL, buf),
	    "ether saddr & ff:ff:ff:00:00:00 == 02:00:5e:00:00:00 "
	    "ip6 dscp 46 udp length 20 return");
	rule = blank();
	rule.family = 4;
	rule.fields[0] = field(FIELD_TTL, 1);
	assert_string_equal(nfttext_rule(&rule, 1, is_name, NULL, buf),
	    "oif 0 ip ttl 1 return\n"
	    "oif != 0 ether daddr != @gateway ip ttl 1 return");
	rule.fields[0] = field(FIELD_TTL, 9);
	assert_string_equal(nfttext_rule(&rule, 1, is_name, NULL, buf),
	    "oif 0 ip ttl 9 return\n"
	    "oif != 0 ether daddr @gateway ip ttl 8 return\n"
	    "oif != 0 ether daddr != @gateway ip ttl 9 return");
}

static void
prints_jumps(void **state)
{
	struct rule rule = blank();
	char buf[NFTTEXT_RULE];

	(void)state;
	rule.verdict = RULE_REPLIES;
	assert_string_equal(nfttext_rule(&rule, 7, is_name, NULL, buf),
	    "ct state established ct direction reply goto mf_7");
	rule.chain = CHAIN_TO;
	assert_string_equal(nfttext_rule(&rule, 7, is_name, NULL, buf),
	    "ct state established ct direction reply goto mt_7");
}

/* The largest of everything must fit. */
static void
has_room(void **state)
{
	struct rule rule = blank();
	char buf[NFTTEXT_RULE];

	(void)state;
	rule.family = 6;
	rule.protocol = 6;
	rule.opener = OPENER_ORIGINAL;
	rule.n_peers = ACE_PEERS;
	for (size_t i = 0; i < ACE_PEERS; i++)
		rule.peers[i].set = UINT32_MAX;
	rule.source = rule.destination =
	    (struct ports){ .low = 10000, .high = 20000, .negated = 1 };
	assert_true(
	    prefix_parse("2001:db8:1111:2222:3333:4444:5555:6666", &rule.from));
	rule.to = rule.from;
	rule.verdict = RULE_DENY;
	rule.fields[0] = field(FIELD_LENGTH, UINT16_MAX);
	rule.fields[1] = field(FIELD_TTL, UINT8_MAX);
	rule.fields[2] = field(FIELD_FLOW_LABEL, 0xfffff);
	rule.fields[3] = field(FIELD_SEQUENCE, UINT32_MAX);
	rule.fields[4] = field(FIELD_ACKNOWLEDGEMENT, UINT32_MAX);
	rule.fields[5] = field(FIELD_TCP_FLAGS, UINT8_MAX);
	(void)nfttext_rule(&rule, UINT32_MAX, is_name, NULL, buf);
	assert_true(strlen(buf) < NFTTEXT_RULE * 3 / 4);
	assert_non_null(
	    strstr(buf, "@cls4294967295_6 ip6 length 65535 ip6 hoplimit"));
	assert_non_null(strstr(buf, "goto drop_from"));
}

static void
prints_chains(void **state)
{
	struct ace ace = { .name = "say \"hi\"\n\\" };
	struct policy policy = { .n_aces = 1, .aces = &ace };
	struct rule rule[2] = { blank(), blank() };
	struct rules rules = { 2, rule };
	char *text;

	(void)state;
	rule[0].ace = 0;
	rule[1].chain = CHAIN_TO_REPLY;
	rule[1].ace = RULE_NO_ACE;
	rule[1].family = 4;
	rule[1].n_peers = 1;
	rule[1].peers[0].set = 1;
	text = nfttext_chains(&rules, 3, &policy, is_name, NULL);
	assert_string_equal(text, "chain pf_3 {\n"
				  "\treturn comment \"say _hi___\"\n"
				  "\tgoto drop_from\n"
				  "}\n"
				  "chain pt_3 {\n"
				  "\tgoto drop_to\n"
				  "}\n"
				  "chain mf_3 {\n"
				  "\tgoto drop_from\n"
				  "}\n"
				  "chain mt_3 {\n"
				  "\tip saddr @dns1_4 return\n"
				  "\tgoto drop_to\n"
				  "}\n");
	free(text);
	text = nfttext_chains(&rules, 3, NULL, is_name, NULL);
	assert_null(strstr(text, "comment"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_ports),
		cmocka_unit_test(prints_parts),
		cmocka_unit_test(prints_fields),
		cmocka_unit_test(prints_jumps),
		cmocka_unit_test(has_room),
		cmocka_unit_test(prints_chains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
