/*
 * What mudd tells the engine of a policy's counters: each record is checked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "engine/control/tallies.h"
#include "engine/engine.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

#define ACES 3

struct rig {
	struct engine engine;
	struct kernel_policy *policy;
	uint32_t heard; /* the policy that the listener heard of */
};

static void
hear(void *arg, uint32_t policy)
{
	struct rig *rig = arg;

	rig->heard = policy;
}

static int
set_up(void **state)
{
	struct rig *rig = xcalloc(1, sizeof(*rig));
	struct policy policy = { .n_aces = ACES };
	struct ace aces[ACES];
	struct fault why;
	struct url url;

	for (size_t i = 0; i < ACES; i++)
		aces[i] = (struct ace){
			.direction = FROM_DEVICE,
			.families = FAMILY_4,
			.understood = 1,
			.protocol = 6,
			.icmp_type = -1,
			.icmp_code = -1,
			.source = { .high = 65535 },
			.destination = { .low = 443, .high = 443 },
		};
	policy.aces = aces;
	policy.texts = NULL;
	rig->engine.sets = sets_new();
	policies_init(&rig->engine.policies, rig->engine.sets);
	assert_true(url_parse("https://mud.example.com/l", &url, &why));
	rig->policy = policies_add(&rig->engine.policies, &policy, &url, &why);
	assert_non_null(rig->policy);
	rig->engine.listener.tallied = hear;
	rig->engine.listener.arg = rig;
	*state = rig;
	return 0;
}

static int
tear_down(void **state)
{
	struct rig *rig = *state;

	policies_done(&rig->engine.policies);
	sets_free(rig->engine.sets);
	free(rig);
	return 0;
}

static bool
take(struct rig *rig, uint32_t policy, uint32_t ace, uint64_t packets)
{
	const struct record_tally tally = { policy, ace, packets };

	return tallies_take(&rig->engine, &tally);
}

static bool
end(struct rig *rig, uint32_t policy, uint32_t is_missing)
{
	const struct record_tallied tallied = { policy, is_missing };

	return tallies_end(&rig->engine, &tallied);
}

static void
only_what_was_asked_for_is_taken(void **state)
{
	struct rig *rig = *state;
	const uint32_t number = rig->policy->number;

	assert_false(take(rig, number, 0, 1));
	assert_false(take(rig, 0, 0, 1));
	assert_false(end(rig, number, 0));
	assert_false(end(rig, 0, 0));
	assert_null(rig->policy->packets);
	rig->engine.tallied = number;
	assert_false(take(rig, number + 1, 0, 1));
	assert_false(end(rig, number + 1, 0));
	assert_false(end(rig, number, 2));
	assert_false(take(rig, number, ACES, 1));
	assert_null(rig->policy->packets);
	assert_int_equal(rig->heard, 0);
	assert_int_equal(rig->engine.tallied, number);
}

static void
what_is_told_is_kept(void **state)
{
	struct rig *rig = *state;
	const uint32_t number = rig->policy->number;

	rig->engine.tallied = number;
	assert_true(take(rig, number, 2, 7));
	assert_true(take(rig, number, 0, 5));
	assert_true(end(rig, number, 0));
	assert_int_equal(rig->heard, number);
	assert_int_equal(rig->engine.tallied, 0);
	assert_int_equal(rig->policy->packets[0], 5);
	assert_true(rig->policy->packets[1] == POLICY_NO_RULE);
	assert_int_equal(rig->policy->packets[2], 7);
	/* It has been answered. */
	assert_false(take(rig, number, 0, 6));
	assert_false(end(rig, number, 0));
}

static void
a_policy_may_go_meanwhile(void **state)
{
	struct rig *rig = *state;
	const uint32_t number = rig->policy->number;

	rig->engine.tallied = number;
	policies_remove(&rig->engine.policies, rig->policy);
	assert_true(take(rig, number, 2, 7));
	assert_false(take(rig, number, LIMIT_ACES, 7));
	assert_true(end(rig, number, 0));
	assert_int_equal(rig->heard, number);
}

static void
one_policy_at_a_time(void **state)
{
	struct rig *rig = *state;

	rig->engine.tallied = rig->policy->number;
	assert_true(tallies_ask(&rig->engine, rig->policy->number));
	assert_false(tallies_ask(&rig->engine, rig->policy->number + 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    only_what_was_asked_for_is_taken, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_told_is_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_policy_may_go_meanwhile, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    one_policy_at_a_time, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
