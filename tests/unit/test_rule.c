/* rule: each way in which a rule is one the compiler never makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/rule.h"

static struct rule
good_rule(void)
{
	struct rule rule = {
		.protocol = -1,
		.icmp_type = -1,
		.icmp_code = -1,
		.source.high = UINT16_MAX,
		.destination.high = UINT16_MAX,
	};

	return rule;
}

static void
set_replies(struct rule *rule)
{
	rule->verdict = RULE_REPLIES;
	rule->ace = RULE_NO_ACE;
}

static void
set_member(struct rule *rule)
{
	rule->family = 4;
	rule->n_peers = 1;
	rule->peers[0].set = 7;
}

static void
set_members(struct rule *rule, uint8_t n)
{
	rule->family = 4;
	rule->n_peers = n;
	for (uint8_t i = 0; i < n; i++)
		rule->peers[i].set = 7u + i;
}

static struct prefix
prefix(const char *text)
{
	struct prefix prefix;

	assert_true(prefix_parse(text, &prefix));
	return prefix;
}

static struct ports
ports(uint16_t low, uint16_t high, uint8_t negated)
{
	return (struct ports){ .low = low, .high = high, .negated = negated };
}

static void
check(bool sound, const struct rule *rule, const char *change)
{
	struct fault why = { 0 };

	if (rule_is_sound(rule, &why) != sound)
		fail_msg("%s: %s", change, why.detail);
	assert_int_equal(why.code, sound ? FAULT_NONE : FAULT_RECORD);
	assert_true(fault_is_sound(&why));
}

/* A change to a good rule, and whether it still is one. */
#define IS(sound, ...)                                                         \
	do {                                                                   \
		struct rule made = good_rule(), *rule = &made;                 \
		__VA_ARGS__;                                                   \
		check(sound, rule, #__VA_ARGS__);                              \
	} while (0)

static void
judges_replies(void **state)
{
	(void)state;
	IS(true, set_replies(rule));
	IS(true, set_replies(rule); rule->chain = CHAIN_TO);
	IS(false, set_replies(rule); rule->chain = CHAIN_FROM_REPLY);
	IS(false, set_replies(rule); rule->chain = CHAIN_TO_REPLY);
	IS(false, set_replies(rule); rule->ace = 0);
	IS(false, set_replies(rule); rule->family = 4);
	IS(false, set_replies(rule); rule->protocol = 17);
	IS(false, set_replies(rule); rule->protocol = 6;
	    rule->opener = OPENER_REPLY);
	IS(false, set_replies(rule); rule->protocol = 6; rule->source.low = 1);
}

static void
judges_peers(void **state)
{
	(void)state;
	IS(true, set_member(rule));
	IS(false, set_member(rule); rule->family = 0);
	IS(false, set_member(rule); rule->peers[0].set = 0);
	IS(false, set_member(rule); rule->peers[0].kind = RULE_SETS);
	IS(false, set_member(rule); rule->peers[0].zero[0] = 1);
	IS(false, set_member(rule); rule->peers[0].zero[1] = 1);
	IS(false, set_member(rule); rule->peers[0].zero[2] = 1);
	IS(true, set_member(rule);
	    rule->peers[0] = (struct rule_peer){ .kind = RULE_SET_LOCAL });
	IS(false, set_member(rule); rule->peers[0].kind = RULE_SET_LOCAL);
	IS(false, set_member(rule); rule->n_peers = 0);
	IS(false, set_member(rule); rule->n_peers = 2);
	IS(false, set_member(rule); rule->n_peers = ACE_PEERS + 1);
	IS(true, set_members(rule, ACE_PEERS));
	IS(false, set_members(rule, ACE_PEERS); rule->n_peers++);
	IS(false, set_members(rule, ACE_PEERS); rule->peers[3].set = 0);
	IS(false, rule->peers[3].kind = RULE_SET_LOCAL);
	IS(false, rule->peers[3].zero[0] = 1);
	IS(false, rule->peers[3].zero[1] = 1);
	IS(false, rule->peers[3].zero[2] = 1);
}

static void
judges_prefixes(void **state)
{
	(void)state;
	IS(true, rule->family = 4; rule->to = prefix("192.0.2.0/24"));
	IS(true, rule->family = 6; rule->from = prefix("2001:db8::/32"));
	IS(false, rule->to = prefix("192.0.2.0/24"));
	IS(false, rule->from = prefix("192.0.2.0/24"));
	IS(false, rule->family = 6; rule->to = prefix("192.0.2.0/24"));
	IS(false, rule->family = 4; rule->from = prefix("2001:db8::/32"));
	IS(false, rule->family = 4; rule->to = prefix("192.0.2.0/24");
	    rule->to.addr.byte[3] = 1);
	IS(false, rule->family = 4; rule->to = prefix("192.0.2.0/24");
	    rule->to.len = 33);
	IS(false, rule->to.len = 8);
	IS(false, rule->from.addr.byte[15] = 1);
}

static void
judges_openers(void **state)
{
	(void)state;
	IS(true, rule->protocol = 6; rule->opener = OPENER_ORIGINAL);
	IS(true, rule->protocol = 6; rule->opener = OPENER_REPLY;
	    rule->chain = CHAIN_TO);
	IS(false, rule->protocol = 6; rule->opener = RULE_OPENERS);
	IS(false, rule->protocol = 17; rule->opener = OPENER_REPLY);
	IS(false, rule->opener = OPENER_REPLY);
	IS(false, rule->protocol = 6; rule->opener = OPENER_REPLY;
	    rule->chain = CHAIN_TO_REPLY);
	IS(false, rule->protocol = 6; rule->opener = OPENER_ORIGINAL;
	    rule->chain = CHAIN_FROM_REPLY);
}

static void
judges_ports(void **state)
{
	(void)state;
	IS(true, rule->protocol = 6; rule->source = ports(0, 1023, 1));
	IS(true, rule->protocol = 17; rule->destination = ports(53, 53, 0));
	IS(false, rule->protocol = 17; rule->destination = ports(53, 52, 0));
	IS(false, rule->protocol = 17; rule->destination = ports(53, 53, 2));
	IS(false, rule->protocol = 17; rule->destination = ports(53, 53, 0);
	    rule->destination.zero = 1);
	IS(false, rule->protocol = 17; rule->destination.negated = 1);
	IS(false, rule->protocol = 17; rule->source = ports(53, 52, 0));
	IS(false, rule->protocol = 132; rule->source = ports(5, 5, 0));
	IS(false, rule->destination.low = 53);
	IS(false, rule->destination.zero = 1);
}

static void
judges_icmp(void **state)
{
	(void)state;
	IS(true, rule->protocol = 1; rule->family = 4; rule->icmp_type = 255;
	    rule->icmp_code = 0);
	IS(true, rule->protocol = 58; rule->family = 6; rule->icmp_code = 255);
	IS(false, rule->protocol = 1; rule->family = 4; rule->icmp_type = 256);
	IS(false, rule->protocol = 1; rule->family = 4; rule->icmp_type = -2);
	IS(false, rule->protocol = 1; rule->family = 4; rule->icmp_code = 256);
	IS(false, rule->protocol = 1; rule->family = 4; rule->icmp_code = -2);
	IS(false, rule->icmp_type = 8);
	IS(false, rule->protocol = 6; rule->icmp_code = 0);
}

static void
judges_protocols(void **state)
{
	(void)state;
	IS(true, rule->protocol = 0);
	IS(true, rule->protocol = 255);
	IS(false, rule->protocol = 256);
	IS(false, rule->protocol = -2);
	IS(true, rule->protocol = 1; rule->family = 4);
	IS(false, rule->protocol = 1);
	IS(false, rule->protocol = 1; rule->family = 6);
	IS(true, rule->protocol = 58; rule->family = 6);
	IS(false, rule->protocol = 58);
	IS(false, rule->protocol = 58; rule->family = 4);
}

static void
judges_fields(void **state)
{
	(void)state;
	IS(true, (void)rule);
	IS(true, rule->chain = CHAIN_TO_REPLY);
	IS(false, rule->chain = RULE_CHAINS);
	IS(true, rule->verdict = RULE_DENY);
	IS(false, rule->verdict = RULE_VERDICTS);
	IS(false, rule->zero = 1);
	IS(true, rule->family = 4);
	IS(true, rule->family = 6);
	IS(false, rule->family = 5);
	IS(true, rule->ace = RULE_NO_ACE);
	IS(true, rule->ace = LIMIT_ACES - 1);
	IS(false, rule->ace = LIMIT_ACES);
}

static struct field
field(enum field_id id, uint64_t value)
{
	struct field field;

	assert_true(field_of(id, value, &field));
	return field;
}

static struct field
vendor(void)
{
	static const struct mac mac = { { 2, 0, 0x5e } },
				mask = { { 0xff, 0xff, 0xff } };
	struct field field;

	assert_true(field_of_mac(FIELD_ETH_SOURCE, &mac, &mask, &field));
	return field;
}

static void
set_field(struct rule *rule, enum field_id id, uint64_t value, uint8_t family)
{
	rule->family = family;
	rule->fields[0] = field(id, value);
}

static void
judges_header_fields(void **state)
{
	(void)state;
	IS(true, set_field(rule, FIELD_DSCP, 46, 4));
	IS(true, set_field(rule, FIELD_DSCP, 46, 6); rule->chain = CHAIN_TO);
	IS(false, set_field(rule, FIELD_DSCP, 46, 0));
	IS(false, set_field(rule, FIELD_ECN, 1, 0));
	IS(false, set_field(rule, FIELD_LENGTH, 1, 0));
	IS(false, set_field(rule, FIELD_TTL, 1, 0));
	IS(false, set_field(rule, FIELD_DSCP, 46, 4);
	    rule->chain = CHAIN_FROM_REPLY);
	IS(false, set_field(rule, FIELD_DSCP, 46, 4);
	    rule->chain = CHAIN_TO_REPLY);
	IS(true, set_field(rule, FIELD_IHL, 6, 4));
	IS(false, set_field(rule, FIELD_IHL, 6, 6));
	IS(false, set_field(rule, FIELD_IHL, 6, 0));
	IS(false, set_field(rule, FIELD_IHL, 16, 4));
	IS(false, set_field(rule, FIELD_OFFSET, 20, 4));
	IS(true, set_field(rule, FIELD_FLOW_LABEL, 6, 6));
	IS(false, set_field(rule, FIELD_FLOW_LABEL, 6, 4));
	IS(false, set_field(rule, FIELD_FLOW_LABEL, 6, 0));
	IS(true, set_field(rule, FIELD_WINDOW, 6, 0); rule->protocol = 6);
	IS(false, set_field(rule, FIELD_WINDOW, 6, 0); rule->protocol = 17);
	IS(true, set_field(rule, FIELD_UDP_LENGTH, 6, 0); rule->protocol = 17);
	IS(false, set_field(rule, FIELD_UDP_LENGTH, 6, 0));
	IS(true, rule->fields[0] = vendor());
	IS(false, rule->fields[0] = vendor(); rule->chain = CHAIN_TO);
	IS(false, rule->fields[1] = vendor());
	IS(false, rule->fields[0] = vendor(); rule->fields[0].zero = 1);
	IS(false, set_replies(rule); set_field(rule, FIELD_WINDOW, 6, 0));
	IS(false, set_replies(rule); rule->fields[0] = vendor());
}

/* A packet that is passed on has lost a hop by then. */
static void
has_forms(void **state)
{
	static const struct {
		uint8_t chain, ttl;
		size_t n;
	} cases[] = {
		{ CHAIN_FROM, 64, 3 },
		{ CHAIN_FROM, 2, 3 },
		{ CHAIN_FROM, 1, 2 },
		{ CHAIN_FROM, 0, 2 },
		{ CHAIN_TO, 64, 1 },
	};
	struct rule_form forms[RULE_FORMS];
	struct rule rule = good_rule();

	(void)state;
	set_field(&rule, FIELD_DSCP, 46, 4);
	assert_int_equal(rule_forms(&rule, forms), 1);
	assert_int_equal(forms[0].path, PATH_ANY);
	assert_memory_equal(&forms[0].rule, &rule, sizeof(rule));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool is_from = cases[i].chain == CHAIN_FROM;

		rule.chain = cases[i].chain;
		rule.fields[1] = field(FIELD_TTL, cases[i].ttl);
		assert_int_equal(rule_forms(&rule, forms), cases[i].n);
		assert_int_equal(forms[0].path, is_from ? PATH_HERE : PATH_ANY);
		assert_memory_equal(&forms[0].rule, &rule, sizeof(rule));
		if (cases[i].n < 2)
			continue;
		assert_int_equal(forms[cases[i].n - 1].path, PATH_BRIDGED);
		assert_memory_equal(
		    &forms[cases[i].n - 1].rule, &rule, sizeof(rule));
		if (cases[i].n < 3)
			continue;
		assert_int_equal(forms[1].path, PATH_ONWARD);
		assert_int_equal(
		    field_value(&forms[1].rule.fields[1]), cases[i].ttl - 1);
		assert_true(
		    rule_is_sound(&forms[1].rule, &(struct fault){ 0 }));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_replies),
		cmocka_unit_test(judges_peers),
		cmocka_unit_test(judges_prefixes),
		cmocka_unit_test(judges_openers),
		cmocka_unit_test(judges_ports),
		cmocka_unit_test(judges_icmp),
		cmocka_unit_test(judges_protocols),
		cmocka_unit_test(judges_fields),
		cmocka_unit_test(judges_header_fields),
		cmocka_unit_test(has_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
