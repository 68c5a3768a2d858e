/*
 * The world that explain makes of what the engine knows: who is in it, and
 * that nobody else is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "engine/config.h"
#include "engine/control/explain.h"
#include "engine/files/policies.h"
#include "engine/lan.h"
#include "engine/things/things.h"
#include "libmud/fault.h"
#include "libmud/mem.h"
#include "libmud/world.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define URL "https://mud.example.com:8443/lamp.json"

static char lan_names[1][LINK_NAME] = { "br0" };
static struct config config = { .n_lan = 1, .lan = lan_names };

/* Each kind of peer, the set that it is kept in, and a member of that set. */
static const struct {
	enum peer_kind kind;
	const char *text;
	enum peer_kind set;
	const char *key, *member;
} peers[] = {
	{ PEER_DNSNAME, "cloud.example.com", PEER_DNSNAME, "cloud.example.com",
	    "198.51.100.1" },
	{ PEER_CONTROLLER, "urn:example:hub", PEER_CONTROLLER,
	    "urn:example:hub", "198.51.100.2" },
	{ PEER_MY_CONTROLLER, NULL, PEER_MY_CONTROLLER, URL, "198.51.100.3" },
	/* Before its maker: who is of that maker is not of this model. */
	{ PEER_MODEL, "https://other.example.com/", PEER_MODEL,
	    "https://other.example.com/", "198.51.100.7" },
	{ PEER_MANUFACTURER, "other.example.com", PEER_MANUFACTURER,
	    "other.example.com", "198.51.100.4" },
	{ PEER_SAME_MANUFACTURER, NULL, PEER_MANUFACTURER,
	    "mud.example.com:8443", "198.51.100.5" },
	{ PEER_MODEL, "https://mud.example.net/cam.json", PEER_MODEL,
	    "https://mud.example.net/cam.json", "198.51.100.6" },
};

struct rig {
	struct lan *lan;
	struct sets *sets;
	struct policies policies;
	struct kernel_policy *policy;
	struct thing thing;
};

static struct addr
addr(const char *text)
{
	struct addr out = { 0 };

	assert_true(addr_parse(text, &out));
	return out;
}

static void
tell_lan(struct lan *lan)
{
	struct record_link link = {
		.op = OP_ADD,
		.ifindex = 2,
		.is_bridge = 1,
		.is_up = 1,
		.name = "br0",
		.mac = { { 2, 0, 0, 0, 0, 0xfe } },
	};
	struct record_gateway at = {
		.op = OP_ADD,
		.ifindex = 2,
		.addr = addr("192.0.2.1"),
		.len = 24,
	};

	lan_init(lan, &config);
	assert_true(lan_link(lan, &link));
	assert_true(lan_gateway(lan, &at));
	/* The way out, which is no local network. */
	at = (struct record_gateway){
		.op = OP_ADD,
		.ifindex = 9,
		.addr = addr("203.0.113.7"),
		.len = 24,
	};
	assert_true(lan_gateway(lan, &at));
}

/* An ACE a peer, all TCP to port 443, and one for the local networks. */
static struct policy *
policy_of(void)
{
	struct policy *policy = xcalloc(1, sizeof(*policy));

	policy->info.cache_validity_hours = 48;
	policy->n_aces = LENGTH(peers) + 1;
	policy->texts = xcalloc(LENGTH(peers), sizeof(*policy->texts));
	policy->aces = xcalloc(policy->n_aces, sizeof(*policy->aces));
	for (size_t i = 0; i < policy->n_aces; i++) {
		struct peer peer = { PEER_LOCAL_NETWORKS, 0, PEER_NO_TEXT };

		if (i < LENGTH(peers)) {
			peer.kind = (uint8_t)peers[i].kind;
			if (peers[i].text != NULL) {
				peer.text = (uint16_t)policy->n_texts;
				text_copy(policy->texts[policy->n_texts++].text,
				    LIMIT_URL + 1, peers[i].text);
			}
		}
		policy->aces[i] = (struct ace){
			.direction = FROM_DEVICE,
			.forwarding = FORWARD_ACCEPT,
			.families = FAMILY_4,
			.understood = 1,
			.n_peers = 1,
			.protocol = 6,
			.icmp_type = -1,
			.icmp_code = -1,
			.source = { .high = 65535 },
			.destination = { .low = 443, .high = 443 },
			.peers = { peer },
		};
	}
	return policy;
}

static void
put(struct rig *rig, enum peer_kind kind, const char *key, const char *member,
    bool is_installed)
{
	struct set *set = sets_find(rig->sets, kind, key);
	struct addr host = addr(member);

	assert_non_null(set);
	assert_true(set_put(rig->sets, set, &host, 0));
	set->members[set->n_members - 1].installed = is_installed;
}

static int
set_up(void **state)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));
	struct policy *policy = policy_of();
	struct fault why;
	struct url url;

	rig->lan = xcalloc(1, sizeof(*rig->lan));
	rig->sets = sets_new();
	tell_lan(rig->lan);
	policies_init(&rig->policies, rig->sets);
	assert_true(url_parse(URL, &url, &why));
	rig->policy = policies_add(&rig->policies, policy, &url, &why);
	assert_non_null(rig->policy);
	/* Nothing is lent: the policy is the rig's own from here on. */
	policy_free(policy);
	for (size_t i = 0; i < LENGTH(peers); i++)
		put(rig, peers[i].set, peers[i].key, peers[i].member, true);
	put(rig, PEER_CONTROLLER, "urn:ietf:params:mud:dns", "198.51.100.53",
	    true);
	rig->thing = (struct thing){
		.mac = { { 2, 0, 0, 0, 0, 1 } },
		.n_installed = 1,
		.installed_addrs = { addr("192.0.2.10") },
	};
	*state = rig;
	return 0;
}

static int
tear_down(void **state)
{
	struct rig *rig = *state;

	policies_done(&rig->policies);
	sets_free(rig->sets);
	free(rig->lan);
	free(rig);
	return 0;
}

static struct evaluation
ask(const struct rig *rig, const char *peer, uint8_t protocol, int32_t port)
{
	struct addr host = addr(peer);
	struct flow flow = flow_blank(FROM_DEVICE, &host, protocol);
	struct evaluation said;
	struct world world;
	struct fault why;

	flow.source = 50000;
	flow.destination = port;
	world_init(&world);
	assert_true(explain_world(
	    &world, rig->lan, &rig->thing, rig->policy, &host, &why));
	said = evaluate(rig->policy->policy, &world, &flow);
	world_done(&world);
	return said;
}

static void
a_member_is_there_for_its_ace_alone(void **state)
{
	const struct rig *rig = *state;

	for (size_t i = 0; i < LENGTH(peers); i++) {
		struct evaluation said = ask(rig, peers[i].member, 6, 443);

		if (said.verdict != VERDICT_ALLOW || said.ace != i)
			fail_msg("peer %zu: %s", i, said.reason);
	}
	assert_int_equal(
	    ask(rig, "198.51.100.99", 6, 443).verdict, VERDICT_DENY);
}

static void
what_the_kernel_has_not_does_not_count(void **state)
{
	struct rig *rig = *state;

	put(rig, PEER_DNSNAME, "cloud.example.com", "198.51.100.98", false);
	assert_int_equal(
	    ask(rig, "198.51.100.98", 6, 443).verdict, VERDICT_DENY);
	put(rig, PEER_DNSNAME, "cloud.example.com", "198.51.100.97", true);
	assert_int_equal(
	    ask(rig, "198.51.100.97", 6, 443).verdict, VERDICT_ALLOW);
}

static void
local_networks_are_the_lan_without_the_gateway(void **state)
{
	const struct rig *rig = *state;

	assert_int_equal(ask(rig, "192.0.2.20", 6, 443).ace, LENGTH(peers));
	assert_int_equal(ask(rig, "192.0.2.1", 6, 443).verdict, VERDICT_DENY);
	assert_int_equal(ask(rig, "203.0.113.9", 6, 443).verdict, VERDICT_DENY);
	/* DHCP goes to the gateway, and to all. */
	assert_int_equal(
	    ask(rig, "192.0.2.1", 17, 67).source, SOURCE_INFRASTRUCTURE);
	assert_int_equal(
	    ask(rig, "203.0.113.7", 17, 67).source, SOURCE_INFRASTRUCTURE);
	assert_int_equal(
	    ask(rig, "192.0.2.255", 17, 67).source, SOURCE_INFRASTRUCTURE);
}

/* DNS and NTP are whose the sets say: the gateway's only by these. */
static void
the_defaults_are_with_the_members(void **state)
{
	const struct rig *rig = *state;

	assert_int_equal(
	    ask(rig, "198.51.100.53", 17, 53).source, SOURCE_DEFAULT);
	assert_int_equal(ask(rig, "192.0.2.1", 17, 53).verdict, VERDICT_DENY);
	assert_int_equal(ask(rig, "192.0.2.1", 17, 123).verdict, VERDICT_DENY);
}

static void
the_thing_is_who_it_is(void **state)
{
	const struct rig *rig = *state;
	struct addr peer = addr("198.51.100.1"), own = addr("192.0.2.10");
	struct world world;
	struct fault why;

	world_init(&world);
	assert_true(explain_world(
	    &world, rig->lan, &rig->thing, rig->policy, &peer, &why));
	assert_memory_equal(&world.mac, &rig->thing.mac, sizeof(world.mac));
	assert_string_equal(world.url.text, URL);
	assert_int_equal(world.addresses.n, 1);
	assert_true(world_has(&world.addresses, &own));
	assert_int_equal(world.gateway.n, 2);
	world_done(&world);
}

static void
a_neighbour_is_on_the_same_link(void **state)
{
	static const struct {
		const char *peer;
		bool stays;
	} cases[] = {
		{ "192.0.2.20", true },
		{ "192.0.2.1", false },   /* the gateway */
		{ "192.0.2.255", false }, /* all of them */
		{ "192.0.3.20", false },
		{ "203.0.113.9", false }, /* another link of the gateway */
		{ "224.0.0.251", false },
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct addr peer = addr(cases[i].peer);

		if (explain_stays(rig->lan, &rig->thing, &peer) !=
		    cases[i].stays)
			fail_msg("%s", cases[i].peer);
	}
	/* Without an address it is nobody's neighbour. */
	rig->thing.n_installed = 0;
	assert_false(explain_stays(
	    rig->lan, &rig->thing, &(struct addr){ 4, { 192, 0, 2, 20 } }));
}

static void
a_name_has_what_the_kernel_has(void **state)
{
	struct rig *rig = *state;
	struct addr found[2], first = addr("198.51.100.1");

	put(rig, PEER_DNSNAME, "cloud.example.com", "198.51.100.98", false);
	assert_int_equal(
	    explain_name(rig->policy, "Cloud.example.com", found, 2), 1);
	assert_true(addr_equal(&found[0], &first));
	assert_int_equal(
	    explain_name(rig->policy, "other.example.com", found, 2), -1);
	/* A class is no name. */
	assert_int_equal(
	    explain_name(rig->policy, "urn:example:hub", found, 2), -1);
	put(rig, PEER_DNSNAME, "cloud.example.com", "198.51.100.97", true);
	assert_int_equal(
	    explain_name(rig->policy, "cloud.example.com", found, 1), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_member_is_there_for_its_ace_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_the_kernel_has_not_does_not_count, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    local_networks_are_the_lan_without_the_gateway, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    the_defaults_are_with_the_members, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_thing_is_who_it_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_neighbour_is_on_the_same_link, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_name_has_what_the_kernel_has, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
