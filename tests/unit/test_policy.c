/* policy: copies, and each way in which an ACE is none a parser could make. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/mem.h"
#include "libmud/policy.h"

#define TEXTS 2

static struct ace
good_ace(void)
{
	struct ace ace = {
		.acl = "out",
		.name = "cloud",
		.families = FAMILY_4 | FAMILY_6,
		.understood = 1,
		.protocol = -1,
		.icmp_type = -1,
		.icmp_code = -1,
		.source.high = UINT16_MAX,
		.destination.high = UINT16_MAX,
	};

	return ace;
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

static struct peer
peer(enum peer_kind kind, uint16_t text)
{
	return (struct peer){ .kind = (uint8_t)kind, .text = text };
}

static void
check(bool sound, const struct ace *ace, const char *change)
{
	struct fault why = { 0 };

	if (ace_is_sound(ace, TEXTS, &why) != sound)
		fail_msg("%s: %s", change, why.detail);
	assert_int_equal(why.code, sound ? FAULT_NONE : FAULT_RECORD);
	assert_true(fault_is_sound(&why));
}

/* A change to a good ACE, and whether it still is one. */
#define IS(sound, ...)                                                         \
	do {                                                                   \
		struct ace made = good_ace(), *ace = &made;                    \
		__VA_ARGS__;                                                   \
		check(sound, ace, #__VA_ARGS__);                               \
	} while (0)

static void
judges_peers(void **state)
{
	(void)state;
	IS(true, ace->n_peers = 1; ace->peers[0].text = 1);
	IS(false, ace->n_peers = 1; ace->peers[0].text = TEXTS);
	IS(false, ace->n_peers = 1; ace->peers[0].text = PEER_NO_TEXT);
	IS(true, ace->n_peers = 1;
	    ace->peers[0] = peer(PEER_LOCAL_NETWORKS, PEER_NO_TEXT));
	IS(false, ace->n_peers = 1;
	    ace->peers[0] = peer(PEER_LOCAL_NETWORKS, 0));
	IS(false, ace->n_peers = 1;
	    ace->peers[0] = peer(PEER_MY_CONTROLLER, 0));
	IS(false, ace->n_peers = 1;
	    ace->peers[0] = peer(PEER_SAME_MANUFACTURER, 0));
	IS(false, ace->n_peers = 1;
	    ace->peers[0] = peer(PEER_CONTROLLER, TEXTS));
	IS(false, ace->n_peers = 1;
	    ace->peers[0] = peer(PEER_MANUFACTURER, TEXTS));
	IS(false, ace->n_peers = 1; ace->peers[0] = peer(PEER_MODEL, TEXTS));
	IS(false, ace->n_peers = 1;
	    ace->peers[0] = peer(PEER_KINDS, PEER_NO_TEXT));
	IS(false, ace->n_peers = 1; ace->peers[0].zero = 1);
	IS(true, ace->n_peers = ACE_PEERS);
	IS(false, ace->n_peers = ACE_PEERS; ace->peers[3].text = TEXTS);
	IS(false, ace->n_peers = ACE_PEERS + 1);
	IS(false, ace->peers[0].kind = PEER_MODEL);
	IS(false, ace->peers[0].zero = 1);
	IS(false, ace->peers[0].text = 1);
}

/* Without any text there is still an ACE; just none that refers to one. */
static void
needs_no_texts(void **state)
{
	struct ace ace = good_ace();
	struct fault why = { 0 };

	(void)state;
	assert_true(ace_is_sound(&ace, 0, &why));
	ace.n_peers = 1;
	assert_false(ace_is_sound(&ace, 0, &why));
}

static void
judges_prefixes(void **state)
{
	(void)state;
	IS(true, ace->to = prefix("192.0.2.0/24"));
	IS(true, ace->from = prefix("2001:db8::/32"));
	IS(true, ace->from = ace->to = prefix("192.0.2.0/24"));
	IS(false, ace->from = prefix("2001:db8::/32");
	    ace->to = prefix("192.0.2.0/24"));
	IS(false, ace->families = FAMILY_6; ace->to = prefix("192.0.2.0/24"));
	IS(false, ace->families = FAMILY_4;
	    ace->from = prefix("2001:db8::/32"));
	IS(false, ace->to = prefix("192.0.2.0/24"); ace->to.addr.byte[3] = 1);
	IS(false, ace->to.addr.family = 5);
	IS(false, ace->to.len = 8);
	IS(false, ace->from.addr.byte[0] = 1);
}

static void
judges_ports(void **state)
{
	(void)state;
	IS(true, ace->protocol = 17; ace->source = ports(5, 5, 1));
	IS(true, ace->protocol = 6; ace->destination.high = 1023);
	IS(false, ace->protocol = 6; ace->destination = ports(6, 5, 0));
	IS(false, ace->protocol = 6; ace->destination = ports(5, 5, 2));
	IS(false, ace->protocol = 6; ace->destination = ports(5, 5, 0);
	    ace->destination.zero = 1);
	IS(false, ace->protocol = 6; ace->destination.negated = 1);
	IS(false, ace->protocol = 6; ace->source = ports(6, 5, 0));
	IS(false, ace->destination.low = 53);
	IS(false, ace->protocol = 1; ace->source.low = 53);
	IS(false, ace->source.zero = 1);
}

static void
judges_icmp(void **state)
{
	(void)state;
	IS(true, ace->protocol = 1; ace->icmp_type = 8; ace->icmp_code = 0);
	IS(true, ace->protocol = 58; ace->icmp_type = 255);
	IS(true, ace->protocol = 58; ace->icmp_code = 255);
	IS(false, ace->protocol = 1; ace->icmp_type = 256);
	IS(false, ace->protocol = 1; ace->icmp_type = -2);
	IS(false, ace->protocol = 1; ace->icmp_code = 256);
	IS(false, ace->protocol = 1; ace->icmp_code = -2);
	IS(false, ace->icmp_type = 8);
	IS(false, ace->protocol = 6; ace->icmp_code = 0);
}

static void
judges_protocols(void **state)
{
	(void)state;
	IS(true, ace->protocol = 0);
	IS(true, ace->protocol = 255);
	IS(false, ace->protocol = -2);
	IS(false, ace->protocol = 256);
	IS(true, ace->protocol = 6; ace->initiated = INITIATED_TO_DEVICE);
	IS(false, ace->protocol = 6; ace->initiated = 3);
	IS(false, ace->protocol = 17; ace->initiated = INITIATED_TO_DEVICE);
	IS(false, ace->initiated = INITIATED_FROM_DEVICE);
}

static void
judges_fields(void **state)
{
	(void)state;
	IS(true, (void)ace);
	IS(true, ace->direction = TO_DEVICE);
	IS(false, ace->direction = 2);
	IS(true, ace->forwarding = FORWARD_REJECT);
	IS(false, ace->forwarding = 3);
	IS(true, ace->families = FAMILY_6);
	IS(false, ace->families = 0);
	IS(false, ace->families = 4);
	IS(true, ace->understood = 0);
	IS(false, ace->understood = 2);
	IS(true, memset(ace->name, 'x', LIMIT_NAME));
	IS(false, memset(ace->name, 'x', LIMIT_NAME + 1));
	IS(true, memset(ace->acl, 'x', LIMIT_NAME));
	IS(false, memset(ace->acl, 'x', LIMIT_NAME + 1));
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

/* fields_are_sound is tried whole in test_field. */
static void
judges_header_fields(void **state)
{
	(void)state;
	IS(true, ace->fields[0] = field(FIELD_DSCP, 46));
	IS(true, ace->fields[0] = field(FIELD_IHL, 60));
	IS(false, ace->fields[1] = field(FIELD_DSCP, 46));
	IS(false, ace->fields[5].mask[0] = 1);
	IS(true, ace->protocol = 6; ace->fields[0] = field(FIELD_WINDOW, 1));
	IS(false, ace->fields[0] = field(FIELD_WINDOW, 1));
	IS(false, ace->families = FAMILY_6;
	    ace->fields[0] = field(FIELD_IHL, 5));
	IS(true, ace->families = FAMILY_6;
	    ace->fields[0] = field(FIELD_FLOW_LABEL, 5));
	IS(true, ace->fields[0] = vendor());
	IS(false, ace->direction = TO_DEVICE; ace->fields[0] = vendor());
}

static void
copies(void **state)
{
	struct policy *policy = xcalloc(1, sizeof(*policy)), *copy;

	(void)state;
	policy->info.is_supported = 1;
	policy->hold.code = FAULT_IP_LITERAL;
	copy = policy_copy(policy);
	assert_int_equal(copy->n_aces, 0);
	policy_free(copy);
	policy->n_aces = policy->n_texts = 2;
	policy->aces = xcalloc(2, sizeof(*policy->aces));
	policy->texts = xcalloc(2, sizeof(*policy->texts));
	policy->aces[1] = good_ace();
	text_copy(policy->texts[1].text, sizeof(policy->texts[1].text), "hub");
	copy = policy_copy(policy);
	policy_free(policy);
	assert_int_equal(copy->info.is_supported, 1);
	assert_int_equal(copy->hold.code, FAULT_IP_LITERAL);
	assert_int_equal(copy->n_aces, 2);
	assert_string_equal(copy->aces[1].name, "cloud");
	assert_string_equal(copy->texts[1].text, "hub");
	policy_free(copy);
	policy_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_peers),
		cmocka_unit_test(needs_no_texts),
		cmocka_unit_test(judges_prefixes),
		cmocka_unit_test(judges_ports),
		cmocka_unit_test(judges_icmp),
		cmocka_unit_test(judges_protocols),
		cmocka_unit_test(judges_fields),
		cmocka_unit_test(judges_header_fields),
		cmocka_unit_test(copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
