/*
 * Address sets: references, members that come and go, and what the kernel was
 * told of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/sets.h"

static struct addr
addr_of(unsigned int n)
{
	const uint8_t byte[4] = { 192, 0, (uint8_t)(n >> 8), (uint8_t)n };

	return addr_v4(byte);
}

static bool
put(struct sets *sets, struct set *set, unsigned int n, int64_t expires_at)
{
	struct addr addr = addr_of(n);

	return set_put(sets, set, &addr, expires_at);
}

/* Takes the set off the dirty list: was it there? */
static bool
was_dirty(struct set *set)
{
	bool dirty = !list_is_empty(&set->dirty);

	list_remove(&set->dirty);
	return dirty;
}

/* The kernel is told, as plan.c does it. */
static void
install(struct set *set)
{
	set->installed = true;
	for (size_t i = 0; i < set->n_members; i++) {
		set->members[i].installed = set->members[i].wanted;
		set->members[i].refresh = false;
	}
	list_remove(&set->dirty);
}

static void
shares_what_has_one_name(void **state)
{
	struct sets *sets = sets_new();
	struct set *name = sets_take(sets, PEER_DNSNAME, "a.example.com");
	struct set *class = sets_take(sets, PEER_CONTROLLER, "a.example.com");

	(void)state;
	assert_ptr_not_equal(name, class);
	assert_int_not_equal(name->number, 0);
	assert_int_not_equal(name->number, class->number);
	assert_ptr_equal(sets_take(sets, PEER_DNSNAME, "a.example.com"), name);
	assert_int_equal(name->refs, 2);
	assert_ptr_equal(
	    sets_find(sets, PEER_CONTROLLER, "a.example.com"), class);
	assert_null(sets_find(sets, PEER_MODEL, "a.example.com"));
	assert_null(sets_find(sets, PEER_DNSNAME, "b.example.com"));
	assert_true(set_has_timeouts(name));
	assert_false(set_has_timeouts(class));
	sets_free(sets);
	sets_free(NULL);
}

static void
is_gone_after_its_last_reference(void **state)
{
	struct sets *sets = sets_new();
	struct set *set = sets_take(sets, PEER_DNSNAME, "a.example.com");
	uint32_t number = set->number;

	(void)state;
	assert_true(was_dirty(set));
	(void)sets_take(sets, PEER_DNSNAME, "a.example.com");
	assert_false(was_dirty(set));
	install(set);
	sets_drop(sets, set);
	assert_false(was_dirty(set));
	sets_sweep(sets);
	sets_drop(sets, set);
	assert_true(was_dirty(set));
	/* Not while the kernel has it, nor while it is being resolved. */
	sets_sweep(sets);
	assert_ptr_equal(sets_find(sets, PEER_DNSNAME, "a.example.com"), set);
	set->installed = false;
	set->looking_up = true;
	sets_sweep(sets);
	assert_ptr_equal(sets_find(sets, PEER_DNSNAME, "a.example.com"), set);
	set->looking_up = false;
	/* Wanted again just before it goes: the same one. */
	assert_ptr_equal(sets_take(sets, PEER_DNSNAME, "a.example.com"), set);
	assert_true(was_dirty(set));
	sets_sweep(sets);
	assert_ptr_equal(sets_find(sets, PEER_DNSNAME, "a.example.com"), set);
	sets_drop(sets, set);
	sets_sweep(sets);
	assert_null(sets_find(sets, PEER_DNSNAME, "a.example.com"));
	assert_true(list_is_empty(sets_dirty(sets)));
	/* A number is never given out twice. */
	set = sets_take(sets, PEER_DNSNAME, "a.example.com");
	assert_true(set->number > number);
	sets_free(sets);
}

static void
has_only_so_many(void **state)
{
	struct sets *sets = sets_new();
	struct set *last = NULL;
	char key[32];

	(void)state;
	for (int i = 0; i < LIMIT_SETS; i++) {
		(void)snprintf(key, sizeof(key), "n%d.example.com", i);
		last = sets_take(sets, PEER_DNSNAME, key);
		assert_non_null(last);
	}
	assert_null(sets_take(sets, PEER_DNSNAME, "more.example.com"));
	assert_ptr_equal(sets_take(sets, PEER_DNSNAME, key), last);
	sets_drop(sets, last);
	sets_drop(sets, last);
	sets_sweep(sets);
	assert_non_null(sets_take(sets, PEER_DNSNAME, "more.example.com"));
	sets_free(sets);
}

static void
puts_a_member_once(void **state)
{
	struct sets *sets = sets_new();
	struct set *set = sets_take(sets, PEER_DNSNAME, "a.example.com");

	(void)state;
	(void)was_dirty(set);
	assert_true(put(sets, set, 1, 100));
	assert_true(was_dirty(set));
	assert_true(put(sets, set, 1, 90));
	assert_int_equal(set->n_members, 1);
	assert_int_equal(set->members[0].expires_at, 100);
	/* Not in the kernel yet: no refresh, only a later end. */
	assert_true(put(sets, set, 1, 110));
	assert_false(set->members[0].refresh);
	assert_int_equal(set->members[0].expires_at, 110);
	install(set);
	assert_true(put(sets, set, 1, 110));
	assert_false(was_dirty(set));
	assert_false(set->members[0].refresh);
	assert_true(put(sets, set, 1, 120));
	assert_true(was_dirty(set));
	assert_true(set->members[0].refresh);
	assert_int_equal(set->members[0].expires_at, 120);
	sets_free(sets);
}

static void
a_name_has_room_for_two_families(void **state)
{
	struct sets *sets = sets_new();
	struct set *name = sets_take(sets, PEER_DNSNAME, "a.example.com");
	struct set *class = sets_take(sets, PEER_CONTROLLER, "urn:x");

	(void)state;
	for (unsigned int n = 0; n < SET_MEMBERS; n++)
		assert_true(put(sets, name, n, 100));
	assert_false(put(sets, name, SET_MEMBERS, 100));
	assert_int_equal(name->n_members, SET_MEMBERS);
	assert_true(put(sets, name, 0, 200));
	/* One class may have all that classes may have. */
	for (unsigned int n = 0; n < LIMIT_MEMBERS; n++)
		assert_true(put(sets, class, n, 0));
	assert_false(put(sets, class, LIMIT_MEMBERS, 0));
	sets_free(sets);
}

static void
a_round_finds_the_difference(void **state)
{
	struct sets *sets = sets_new();
	struct set *set = sets_take(sets, PEER_CONTROLLER, "urn:x");

	(void)state;
	for (unsigned int n = 1; n <= 3; n++)
		(void)put(sets, set, n, 0);
	install(set);
	/* The same again. */
	set_round(set);
	for (unsigned int n = 1; n <= 3; n++)
		(void)put(sets, set, n, 0);
	set_round_end(sets, set);
	assert_false(was_dirty(set));
	/* One goes that the kernel has: it stays until that is told. */
	set_round(set);
	(void)put(sets, set, 1, 0);
	(void)put(sets, set, 3, 0);
	set_round_end(sets, set);
	assert_true(was_dirty(set));
	assert_int_equal(set->n_members, 3);
	assert_false(set->members[1].wanted);
	/* One that the kernel never had is gone at once. */
	(void)put(sets, set, 4, 0);
	set_round(set);
	for (unsigned int n = 1; n <= 3; n++)
		(void)put(sets, set, n, 0);
	set_round_end(sets, set);
	assert_int_equal(set->n_members, 3);
	assert_true(set->members[1].wanted);
	(void)was_dirty(set);
	/* Wanted, and not there yet. */
	set->members[0].installed = false;
	set_round(set);
	for (unsigned int n = 1; n <= 3; n++)
		(void)put(sets, set, n, 0);
	set_round_end(sets, set);
	assert_true(was_dirty(set));
	sets_free(sets);
}

static void
members_end_when_their_time_comes(void **state)
{
	struct sets *sets = sets_new();
	struct set *set = sets_take(sets, PEER_DNSNAME, "a.example.com");

	(void)state;
	(void)put(sets, set, 1, 100);
	(void)put(sets, set, 2, 200);
	(void)put(sets, set, 3, 0);
	install(set);
	set_expire(sets, set, 99);
	assert_false(was_dirty(set));
	set_expire(sets, set, 100);
	assert_true(was_dirty(set));
	assert_false(set->members[0].wanted);
	assert_true(set->members[1].wanted);
	/* Said once. */
	set_expire(sets, set, 150);
	assert_false(was_dirty(set));
	set_expire(sets, set, 1000000);
	assert_false(set->members[1].wanted);
	assert_true(set->members[2].wanted);
	/* Answered again before the kernel was told. */
	assert_true(put(sets, set, 1, 2000000));
	assert_true(set->members[0].wanted && set->members[0].refresh);
	sets_free(sets);
}

static void
forgets_what_was_told(void **state)
{
	struct sets *sets = sets_new();
	struct set *one = sets_take(sets, PEER_DNSNAME, "a.example.com");
	struct set *two = sets_take(sets, PEER_CONTROLLER, "urn:x");
	size_t n = 0;

	(void)state;
	(void)put(sets, one, 1, 100);
	install(one);
	install(two);
	sets_forget(sets);
	assert_false(one->installed || two->installed);
	assert_false(one->members[0].installed);
	LIST_EACH(at, sets_dirty(sets))
	n++;
	assert_int_equal(n, 2);
	n = 0;
	LIST_EACH(at, sets_all(sets))
	n++;
	assert_int_equal(n, 2);
	sets_free(sets);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_what_has_one_name),
		cmocka_unit_test(is_gone_after_its_last_reference),
		cmocka_unit_test(has_only_so_many),
		cmocka_unit_test(puts_a_member_once),
		cmocka_unit_test(a_name_has_room_for_two_families),
		cmocka_unit_test(a_round_finds_the_difference),
		cmocka_unit_test(members_end_when_their_time_comes),
		cmocka_unit_test(forgets_what_was_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
