/*
 * Policies as the kernel holds them: numbers, the sets they refer to, bounds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/files/policies.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static struct url
url_of(const char *text)
{
	struct fault why;
	struct url url;

	assert_true(url_parse(text, &url, &why));
	return url;
}

/* One ACE for each peer, all TCP from the Thing. */
static struct policy *
policy_of(const struct peer *peers, const char *const *texts, size_t n)
{
	struct policy *policy = xcalloc(1, sizeof(*policy));

	policy->info.cache_validity_hours = 48;
	policy->n_texts = policy->n_aces = n;
	policy->texts = xcalloc(n + 1, sizeof(*policy->texts));
	policy->aces = xcalloc(n + 1, sizeof(*policy->aces));
	for (size_t i = 0; i < n; i++) {
		struct ace *ace = &policy->aces[i];

		text_copy(policy->texts[i].text, sizeof(policy->texts[i].text),
		    texts[i]);
		*ace = (struct ace){
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
			.peers = { peers[i] },
		};
	}
	return policy;
}

static struct kernel_policy *
add(struct policies *policies, const struct policy *policy, const char *url)
{
	struct url mud_url = url_of(url);
	struct fault why;

	return policies_add(policies, policy, &mud_url, &why);
}

static void
an_authority_has_a_port(void **state)
{
	static const struct {
		const char *url, *key;
	} cases[] = {
		{ "https://mud.example.com/lamp", "mud.example.com" },
		{ "https://MUD.example.com:443/lamp", "mud.example.com" },
		{ "https://mud.example.com:8443/lamp", "mud.example.com:8443" },
		{ "https://mud.example.com:1/lamp", "mud.example.com:1" },
	};
	char key[LIMIT_URL + 1];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct url url = url_of(cases[i].url);

		policies_authority(&url, key);
		assert_string_equal(key, cases[i].key);
	}
}

/* What a peer of a file at https://m.example.com:8443/lamp is kept under. */
static const struct {
	struct peer peer;
	const char *text;
	enum peer_kind kind; /* PEER_KINDS: in no set */
	const char *key;
} peers[] = {
	{ { .kind = PEER_DNSNAME, .text = 0 }, "a.example.com", PEER_DNSNAME,
	    "a.example.com" },
	{ { .kind = PEER_CONTROLLER, .text = 0 }, "urn:x:y", PEER_CONTROLLER,
	    "urn:x:y" },
	{ { .kind = PEER_MY_CONTROLLER, .text = PEER_NO_TEXT }, "-",
	    PEER_MY_CONTROLLER, "https://m.example.com:8443/lamp" },
	{ { .kind = PEER_MANUFACTURER, .text = 0 }, "n.example.com",
	    PEER_MANUFACTURER, "n.example.com" },
	{ { .kind = PEER_SAME_MANUFACTURER, .text = PEER_NO_TEXT }, "-",
	    PEER_MANUFACTURER, "m.example.com:8443" },
	{ { .kind = PEER_MODEL, .text = 0 }, "https://m.example.com/cam",
	    PEER_MODEL, "https://m.example.com/cam" },
	{ { .kind = PEER_LOCAL_NETWORKS, .text = PEER_NO_TEXT }, "-",
	    PEER_KINDS, NULL },
};

static void
a_peer_has_its_set(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(peers); i++) {
		struct sets *sets = sets_new();
		struct policies policies;
		struct policy *policy =
		    policy_of(&peers[i].peer, &peers[i].text, 1);
		const struct kernel_policy *made;
		bool in_set = peers[i].kind != PEER_KINDS;
		const struct set *set;

		policies_init(&policies, sets);
		made =
		    add(&policies, policy, "https://m.example.com:8443/lamp");
		assert_non_null(made);
		set = in_set ? sets_find(sets, peers[i].kind, peers[i].key)
		             : NULL;
		/* DNS and NTP are in every policy. */
		if (made->n_sets != (in_set ? 3 : 2) || (set != NULL) != in_set)
			fail_msg("peer %zu", i);
		if (in_set)
			assert_int_equal(
			    made->rules.rule[0].peers[0].set, set->number);
		else
			assert_int_equal(
			    made->rules.rule[0].peers[0].kind, RULE_SET_LOCAL);
		policy_free(policy);
		policies_done(&policies);
		sets_free(sets);
	}
}

static void
each_set_counts_once_a_policy(void **state)
{
	static const struct peer twice[] = {
		{ .kind = PEER_DNSNAME, .text = 0 },
		{ .kind = PEER_DNSNAME, .text = 1 },
		{ .kind = PEER_CONTROLLER, .text = 2 },
	};
	static const char *const texts[] = { "a.example.com", "a.example.com",
		"a.example.com" };
	struct sets *sets = sets_new();
	struct policies policies;
	struct policy *policy = policy_of(twice, texts, 3);
	struct kernel_policy *one, *two;
	const struct set *set;

	(void)state;
	policies_init(&policies, sets);
	one = add(&policies, policy, "https://m.example.com/lamp");
	assert_int_equal(one->n_sets, 4);
	set = sets_find(sets, PEER_DNSNAME, "a.example.com");
	assert_int_equal(set->refs, 1);
	two = add(&policies, policy, "https://m.example.com/cam");
	assert_int_equal(set->refs, 2);
	assert_int_equal(one->number, 1);
	assert_int_equal(two->number, 2);
	assert_int_equal(policies.n, 2);
	assert_true(one->wanted && !one->installed);
	/* Dropped is not removed: its Things leave it first. */
	policies_drop(one);
	assert_false(one->wanted);
	assert_int_equal(set->refs, 2);
	assert_int_equal(policies.n, 2);
	policies_remove(&policies, one);
	assert_int_equal(set->refs, 1);
	assert_int_equal(policies.n, 1);
	/* A number is never given out twice. */
	assert_int_equal(
	    add(&policies, policy, "https://m.example.com/lamp")->number, 3);
	policies_drop(NULL);
	policy_free(policy);
	policies_done(&policies);
	assert_int_equal(set->refs, 0);
	assert_int_equal(policies.n, 0);
	sets_free(sets);
}

static void
has_only_so_many(void **state)
{
	struct sets *sets = sets_new();
	struct policies policies;
	struct policy *policy = policy_of(NULL, NULL, 0);
	struct url url = url_of("https://m.example.com/lamp");
	struct kernel_policy *last = NULL;
	struct fault why = { 0 };

	(void)state;
	policies_init(&policies, sets);
	for (int i = 0; i < LIMIT_POLICIES; i++) {
		last = policies_add(&policies, policy, &url, &why);
		assert_non_null(last);
	}
	assert_null(policies_add(&policies, policy, &url, &why));
	assert_int_equal(why.code, FAULT_TOO_MANY);
	policies_remove(&policies, last);
	assert_non_null(policies_add(&policies, policy, &url, &why));
	policy_free(policy);
	policies_done(&policies);
	sets_free(sets);
}

static void
what_does_not_compile_leaves_nothing(void **state)
{
	static const struct peer peer = { .kind = PEER_DNSNAME, .text = 0 };
	static const char *const text = "a.example.com";
	struct sets *sets = sets_new();
	struct policies policies;
	struct policy *policy = policy_of(&peer, &text, 1);
	struct url url = url_of("https://m.example.com/lamp");
	struct fault why = { 0 };

	(void)state;
	policies_init(&policies, sets);
	policy->n_aces = LIMIT_ACES + 1;
	assert_null(policies_add(&policies, policy, &url, &why));
	assert_int_equal(why.code, FAULT_TOO_MANY);
	assert_int_equal(policies.n, 0);
	sets_sweep(sets);
	assert_true(list_is_empty(sets_all(sets)));
	policy_free(policy);
	policies_done(&policies);
	sets_free(sets);
}

static void
no_set_is_no_rule(void **state)
{
	static const struct peer peer = { .kind = PEER_DNSNAME, .text = 0 };
	static const char *const text = "a.example.com";
	struct sets *sets = sets_new();
	struct policies policies;
	struct policy *policy = policy_of(&peer, &text, 1);
	const struct kernel_policy *made;
	char key[32];

	(void)state;
	policies_init(&policies, sets);
	for (int i = 0; i < LIMIT_SETS; i++) {
		(void)snprintf(key, sizeof(key), "n%d.example.com", i);
		(void)sets_take(sets, PEER_DNSNAME, key);
	}
	made = add(&policies, policy, "https://m.example.com/lamp");
	assert_non_null(made);
	assert_int_equal(made->n_sets, 0);
	for (size_t i = 0; i < made->rules.n; i++)
		assert_int_equal(made->rules.rule[i].verdict, RULE_REPLIES);
	policy_free(policy);
	policies_done(&policies);
	sets_free(sets);
}

/* The same rules and sets once more, and no longer than the policy itself. */
static void
one_that_is_watched(void **state)
{
	static const struct peer peer = { .kind = PEER_DNSNAME, .text = 0 };
	static const char *const text = "a.example.com";
	struct sets *sets = sets_new();
	struct policies policies;
	struct policy *policy = policy_of(&peer, &text, 1);
	struct kernel_policy *made, *watched, *closed;
	struct fault why;

	(void)state;
	policies_init(&policies, sets);
	made = add(&policies, policy, "https://m.example.com/lamp");
	watched = policies_watched(&policies, made);
	assert_ptr_equal(policies_watched(&policies, made), watched);
	assert_int_not_equal(watched->number, made->number);
	assert_int_equal(made->ending, ENDING_DROP);
	assert_int_equal(watched->ending, ENDING_WATCH);
	assert_true(watched->wanted);
	assert_int_equal(watched->rules.n, made->rules.n);
	assert_memory_equal(watched->rules.rule, made->rules.rule,
	    made->rules.n * sizeof(*made->rules.rule));
	assert_int_equal(watched->n_sets, 3);
	assert_ptr_equal(watched->sets[0], made->sets[0]);
	assert_int_equal(made->sets[0]->refs, 2);
	policies_drop(made);
	assert_false(made->wanted);
	assert_false(watched->wanted);

	closed = policies_closed(&policies, &why);
	assert_int_equal(closed->rules.n, 0);
	assert_int_equal(closed->n_sets, 0);
	while (policies.n < LIMIT_POLICIES)
		assert_non_null(policies_closed(&policies, &why));
	assert_null(policies_closed(&policies, &why));
	assert_int_equal(why.code, FAULT_TOO_MANY);
	assert_null(policies_watched(&policies, closed));
	policy_free(policy);
	policies_done(&policies);
	sets_sweep(sets);
	assert_true(list_is_empty(sets_all(sets)));
	sets_free(sets);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_authority_has_a_port),
		cmocka_unit_test(a_peer_has_its_set),
		cmocka_unit_test(each_set_counts_once_a_policy),
		cmocka_unit_test(has_only_so_many),
		cmocka_unit_test(what_does_not_compile_leaves_nothing),
		cmocka_unit_test(no_set_is_no_rule),
		cmocka_unit_test(one_that_is_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
