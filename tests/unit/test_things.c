/*
 * The table of Things: keys, ages, bounds, leases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/files/mudurl.h"
#include "engine/things/things.h"
#include "libmud/mem.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static struct mac
mac_of(unsigned int n)
{
	return (struct mac){ { 0x02, 0, 0, 0, (uint8_t)(n >> 8),
	    (uint8_t)(n & 255) } };
}

static struct addr
addr_of(unsigned int n)
{
	const uint8_t byte[4] = { 192, 0, 2, (uint8_t)n };

	return addr_v4(byte);
}

static struct thing *
add(struct things *things, unsigned int n, int64_t now)
{
	struct mac mac = mac_of(n);

	return things_add(things, &mac, now);
}

static struct thing *
find(struct things *things, unsigned int n)
{
	struct mac mac = mac_of(n);

	return things_find(things, &mac);
}

static void
keeps_them_by_mac(void **state)
{
	struct things *things = things_new(4);
	struct thing *one = add(things, 1, 10), *two = add(things, 2, 20);

	(void)state;
	assert_ptr_equal(find(things, 1), one);
	assert_ptr_equal(find(things, 2), two);
	assert_null(find(things, 3));
	assert_true(one->first_seen == 10 && one->last_seen == 10);
	assert_int_equal(things_count(things), 2);
	things_remove(things, one);
	assert_null(find(things, 1));
	assert_ptr_equal(find(things, 2), two);
	assert_int_equal(things_count(things), 1);
	things_free(things);
	things_free(NULL);
}

static void
finds_what_a_person_wrote(void **state)
{
	static const struct {
		const char *text;
		unsigned int n; /* 0: nobody */
	} cases[] = {
		{ "02:00:00:00:00:01", 1 },
		{ "02-00-00-00-00-02", 2 },
		{ "02:00:00:00:00:09", 0 },
		{ "192.0.2.1", 1 },
		{ "192.0.2.9", 0 },
		{ "lamp", 2 }, /* the administrator's name before others */
		{ "LAMP", 2 },
		{ "cam", 1 },
		{ "Cam", 1 },
		{ "twin", 1 }, /* the older one */
		{ "nobody", 0 },
		{ "", 0 },
	};
	struct things *things = things_new(4);
	struct thing *one = add(things, 1, 0), *two = add(things, 2, 0);
	struct thing *three = add(things, 3, 0);
	struct addr addr = addr_of(1);

	(void)state;
	text_copy(one->hostname, sizeof(one->hostname), "lamp");
	text_copy(two->name, sizeof(two->name), "lamp");
	text_copy(one->name, sizeof(one->name), "cam");
	text_copy(three->hostname, sizeof(three->hostname), "twin");
	(void)things_bind(things, one, &addr, LEASE_DHCP4, 5);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct thing *found = things_find_text(things, cases[i].text);
		struct thing *want = find(things, cases[i].n);

		if (strcmp(cases[i].text, "twin") == 0) {
			text_copy(one->hostname, sizeof(one->hostname), "twin");
			found = things_find_text(things, cases[i].text);
		}
		if (found != (cases[i].n == 0 ? NULL : want))
			fail_msg("%s", cases[i].text);
	}
	things_free(things);
}

static void
put_in_order(void *arg, struct thing *thing)
{
	char *at = arg;
	size_t len = strlen(at);

	at[len] = (char)('0' + thing->mac.byte[5]);
	at[len + 1] = '\0';
}

static void
walks_from_the_oldest(void **state)
{
	struct things *things = things_new(4);
	char order[16] = "";

	(void)state;
	for (unsigned int n = 1; n <= 4; n++)
		(void)add(things, n, n);
	things_seen(things, find(things, 2), 50);
	things_seen(things, find(things, 1), 60);
	things_each(things, put_in_order, order);
	assert_string_equal(order, "3421");
	assert_int_equal(find(things, 1)->last_seen, 60);
	assert_int_equal(find(things, 1)->first_seen, 1);
	things_free(things);
}

static void
forgets_the_unknown_seen_longest_ago(void **state)
{
	struct mudurl mud = { 0 };
	struct things *things = things_new(4);

	(void)state;
	for (unsigned int n = 1; n <= LIMIT_UNKNOWN; n++)
		(void)add(things, n, n);
	things_manage(things, find(things, 1), &mud);
	things_seen(things, find(things, 2), 5000);
	/* The managed one does not count among the unknown. */
	(void)add(things, LIMIT_UNKNOWN + 1, 6000);
	assert_non_null(find(things, 3));
	(void)add(things, LIMIT_UNKNOWN + 2, 6000);
	assert_null(find(things, 3));
	assert_non_null(find(things, 1));
	assert_non_null(find(things, 2));
	assert_non_null(find(things, 4));
	assert_int_equal(things_count(things), LIMIT_UNKNOWN + 1);
	/* Who is taken out makes room. */
	things_remove(things, find(things, 5));
	(void)add(things, LIMIT_UNKNOWN + 3, 6000);
	assert_non_null(find(things, 4));
	things_free(things);
}

static void
manages_only_so_many(void **state)
{
	struct mudurl mud = { 0 };
	struct things *things = things_new(2);

	(void)state;
	for (unsigned int n = 1; n <= 3; n++)
		(void)add(things, n, 0);
	assert_true(things_has_room(things));
	things_manage(things, find(things, 1), &mud);
	things_manage(things, find(things, 1), &mud);
	assert_true(things_has_room(things));
	things_manage(things, find(things, 2), &mud);
	assert_false(things_has_room(things));
	assert_int_equal(things_count(things), 3);
	things_remove(things, find(things, 3));
	assert_false(things_has_room(things));
	things_remove(things, find(things, 2));
	assert_true(things_has_room(things));
	things_free(things);
}

static void
counts_by_port(void **state)
{
	struct mudurl mud = { 0 };
	struct things *things = things_new(8);

	(void)state;
	for (unsigned int n = 1; n <= 4; n++)
		add(things, n, 0)->port = n < 4 ? 3 : 4;
	assert_int_equal(things_on_port(things, 3), 0);
	things_manage(things, find(things, 1), &mud);
	things_manage(things, find(things, 2), &mud);
	things_manage(things, find(things, 4), &mud);
	assert_int_equal(things_on_port(things, 3), 2);
	assert_int_equal(things_on_port(things, 4), 1);
	assert_int_equal(things_on_port(things, 5), 0);
	things_free(things);
}

static void
remembers_whose_policy_holds(void **state)
{
	struct version accepted = { 0 };
	struct mudurl a = { .accepted = &accepted };
	struct mudurl b = { 0 }, c = { 0 };
	struct things *things = things_new(2);
	struct thing *thing = add(things, 1, 0);

	(void)state;
	things_manage(things, thing, &a);
	assert_null(thing->previous);
	things_manage(things, thing, &b);
	assert_ptr_equal(thing->mud, &b);
	assert_ptr_equal(thing->previous, &a);
	/* b never had a file in force: a's still holds. */
	things_manage(things, thing, &c);
	assert_ptr_equal(thing->previous, &a);
	c.accepted = &accepted;
	things_manage(things, thing, &b);
	assert_ptr_equal(thing->previous, &c);
	things_free(things);
}

static size_t
n_dirty(struct things *things)
{
	size_t n = 0;

	LIST_EACH(at, things_dirty(things))
	n++;
	return n;
}

/* Empties the list, as plan.c does; was this one on it? */
static bool
was_touched(struct things *things, const struct thing *thing)
{
	struct list *dirty = things_dirty(things);
	bool found = false;

	while (!list_is_empty(dirty)) {
		found = found ||
		        LIST_ENTRY(dirty->next, struct thing, dirty) == thing;
		list_remove(dirty->next);
	}
	return found;
}

static void
notes_what_the_kernel_must_learn(void **state)
{
	struct mudurl mud = { 0 };
	struct things *things = things_new(4);
	struct thing *one = add(things, 1, 0), *two = add(things, 2, 0);

	(void)state;
	assert_int_equal(n_dirty(things), 0);
	things_touch(things, one);
	things_touch(things, two);
	things_touch(things, one);
	assert_int_equal(n_dirty(things), 2);
	/* The one touched last stands last. */
	assert_ptr_equal(
	    LIST_ENTRY(things_dirty(things)->next, struct thing, dirty), two);
	assert_true(was_touched(things, one));
	things_manage(things, two, &mud);
	assert_true(was_touched(things, two));
	things_touch(things, one);
	things_remove(things, one);
	assert_int_equal(n_dirty(things), 0);
	things_free(things);
}

static void
binds_an_address_to_one_thing(void **state)
{
	struct things *things = things_new(4);
	struct thing *one = add(things, 1, 0), *two = add(things, 2, 0);
	struct addr addr = addr_of(1), other = addr_of(2);

	(void)state;
	assert_true(things_bind(things, one, &addr, LEASE_DHCP4, 100));
	assert_true(was_touched(things, one));
	assert_ptr_equal(things_find_addr(things, &addr), one);
	/* Renewed: nothing that the kernel would see. */
	assert_false(things_bind(things, one, &addr, LEASE_DHCP4, 200));
	assert_false(was_touched(things, one));
	assert_int_equal(one->leases[0].expires_at, 200);
	/* Handed to another: both change. */
	assert_true(things_bind(things, one, &other, LEASE_DHCP4, 100));
	(void)was_touched(things, one);
	assert_true(things_bind(things, two, &addr, LEASE_DHCP4, 300));
	assert_int_equal(n_dirty(things), 2);
	assert_ptr_equal(things_find_addr(things, &addr), two);
	assert_int_equal(one->n_leases, 1);
	assert_true(addr_equal(&one->leases[0].addr, &other));
	assert_null(things_find_addr(things, &(struct addr){ 0 }));
	things_free(things);
}

static void
holds_four_addresses(void **state)
{
	struct things *things = things_new(4);
	struct thing *thing = add(things, 1, 0);

	(void)state;
	for (unsigned int n = 1; n <= LIMIT_ADDRESSES4 + 1; n++) {
		struct addr addr = addr_of(n);

		assert_true(
		    things_bind(things, thing, &addr, LEASE_DHCP4, 100 + n));
	}
	assert_int_equal(thing->n_leases, LIMIT_ADDRESSES4);
	for (unsigned int i = 0; i < LIMIT_ADDRESSES4; i++) {
		struct addr addr = addr_of(i + 2);

		assert_true(addr_equal(&thing->leases[i].addr, &addr));
		assert_int_equal(thing->leases[i].expires_at, 102 + i);
	}
	things_free(things);
}

static void
takes_addresses_away(void **state)
{
	struct things *things = things_new(4);
	struct thing *thing = add(things, 1, 0);
	struct addr one = addr_of(1), two = addr_of(2), three = addr_of(3);

	(void)state;
	assert_false(things_unbind(things, thing, NULL));
	(void)things_bind(things, thing, &one, LEASE_DHCP4, 1);
	(void)things_bind(things, thing, &two, LEASE_DHCP4, 2);
	(void)was_touched(things, thing);
	assert_false(things_unbind(things, thing, &three));
	assert_false(was_touched(things, thing));
	assert_true(things_unbind(things, thing, &one));
	assert_true(was_touched(things, thing));
	assert_int_equal(thing->n_leases, 1);
	assert_true(addr_equal(&thing->leases[0].addr, &two));
	(void)things_bind(things, thing, &three, LEASE_DHCP4, 3);
	(void)was_touched(things, thing);
	assert_true(things_unbind(things, thing, NULL));
	assert_true(was_touched(things, thing));
	assert_int_equal(thing->n_leases, 0);
	assert_null(things_find_addr(things, &two));
	/* Whoever is removed has nothing any more. */
	(void)things_bind(things, thing, &two, LEASE_DHCP4, 4);
	things_remove(things, thing);
	assert_null(things_find_addr(things, &two));
	things_free(things);
}

static struct addr
six_of(unsigned int n)
{
	struct addr addr = { .family = 6, .byte = { 0xfd, 0x77 } };

	addr.byte[14] = (uint8_t)(n >> 8);
	addr.byte[15] = (uint8_t)n;
	return addr;
}

static void
notices_an_address(void **state)
{
	struct things *things = things_new(4);
	struct thing *one = add(things, 1, 0), *two = add(things, 2, 0);
	struct addr addr = six_of(1), other = six_of(2), four = addr_of(1);

	(void)state;
	assert_false(things_has_lease(one, LEASE_NEIGHBOUR));
	assert_int_equal(things_notice(things, one, &addr, 100), NOTICE_NEW);
	assert_true(was_touched(things, one));
	assert_true(things_holds(one, &addr) && !things_holds(two, &addr));
	assert_true(things_has_lease(one, LEASE_NEIGHBOUR));
	assert_false(things_has_lease(one, LEASE_DHCP4));
	assert_true(things_bind(things, one, &four, LEASE_DHCP4, 100));
	assert_true(things_has_lease(one, LEASE_DHCP4));
	(void)was_touched(things, one);
	/* Again: it counts as the youngest, and its time is seldom news. */
	assert_int_equal(things_notice(things, one, &other, 100), NOTICE_NEW);
	(void)was_touched(things, one);
	assert_int_equal(
	    things_notice(things, one, &addr, 100 + THINGS_RENEW_SEC - 1),
	    NOTICE_KNOWN);
	assert_true(addr_equal(&one->leases[2].addr, &addr));
	assert_int_equal(one->leases[2].expires_at, 100);
	assert_int_equal(
	    things_notice(things, one, &addr, 100 + THINGS_RENEW_SEC),
	    NOTICE_LATER);
	assert_int_equal(one->leases[2].expires_at, 100 + THINGS_RENEW_SEC);
	assert_false(was_touched(things, one));
	/* Who has it keeps it. */
	assert_int_equal(things_notice(things, two, &addr, 900), NOTICE_TAKEN);
	assert_int_equal(two->n_leases, 0);
	assert_ptr_equal(things_find_addr(things, &addr), one);
	things_free(things);
}

static void
holds_sixteen_beside_four(void **state)
{
	struct things *things = things_new(4);
	struct mudurl mud = { 0 };
	struct thing *thing = add(things, 1, 0);
	struct addr addr;

	(void)state;
	/* Not managed: four. */
	for (unsigned int n = 1; n <= LIMIT_ADDRESSES4; n++) {
		addr = six_of(n);
		assert_null(
		    things_in_the_way(things, thing, 6, LEASE_NEIGHBOUR));
		(void)things_notice(things, thing, &addr, 100);
	}
	addr = six_of(1);
	assert_true(addr_equal(
	    things_in_the_way(things, thing, 6, LEASE_NEIGHBOUR), &addr));
	things_manage(things, thing, &mud);
	for (unsigned int n = 1; n <= LIMIT_ADDRESSES4; n++) {
		addr = addr_of(n);
		(void)things_bind(things, thing, &addr, LEASE_DHCP4, 100);
	}
	for (unsigned int n = 5; n <= LIMIT_ADDRESSES6; n++) {
		addr = six_of(n);
		assert_null(
		    things_in_the_way(things, thing, 6, LEASE_NEIGHBOUR));
		(void)things_notice(things, thing, &addr, 100);
	}
	assert_int_equal(thing->n_leases, THING_ADDRESSES);
	addr = six_of(1);
	(void)things_notice(things, thing, &addr, 100);
	addr = six_of(2);
	assert_true(addr_equal(
	    things_in_the_way(things, thing, 6, LEASE_NEIGHBOUR), &addr));
	addr = six_of(99);
	assert_int_equal(things_notice(things, thing, &addr, 100), NOTICE_NEW);
	assert_int_equal(thing->n_leases, THING_ADDRESSES);
	addr = six_of(2);
	assert_false(things_holds(thing, &addr));
	addr = addr_of(1);
	assert_true(things_holds(thing, &addr));
	addr = addr_of(9);
	assert_true(things_bind(things, thing, &addr, LEASE_DHCP4, 100));
	assert_int_equal(thing->n_leases, THING_ADDRESSES);
	things_free(things);
}

/* S-48: what it gave itself makes room before what it was lent, and for what
 * it gives itself no lease does. */
static void
gives_up_its_own_first(void **state)
{
	struct things *things = things_new(4);
	struct thing *thing = add(things, 1, 0);
	struct addr addr[LIMIT_ADDRESSES4 + 3];

	(void)state;
	for (unsigned int n = 0; n < LENGTH(addr); n++)
		addr[n] = addr_of(n + 1);
	assert_true(things_bind(things, thing, &addr[0], LEASE_DHCP4, 100));
	assert_int_equal(
	    things_notice(things, thing, &addr[1], 90), NOTICE_NEW);
	assert_int_equal(
	    things_notice(things, thing, &addr[2], 90), NOTICE_NEW);
	/* That it speaks from its lease changes nothing of that. */
	assert_int_equal(
	    things_notice(things, thing, &addr[0], 9 * THINGS_RENEW_SEC),
	    NOTICE_KNOWN);
	assert_int_equal(thing->leases[0].expires_at, 100);
	assert_int_equal(thing->leases[0].source, LEASE_DHCP4);
	assert_int_equal(
	    things_notice(things, thing, &addr[3], 90), NOTICE_NEW);
	for (unsigned int n = 1; n <= 3; n++) {
		assert_true(addr_equal(
		    things_in_the_way(things, thing, 4, LEASE_NEIGHBOUR),
		    &addr[n]));
		assert_true(
		    addr_equal(things_in_the_way(things, thing, 4, LEASE_DHCP4),
			&addr[n]));
		assert_true(
		    things_bind(things, thing, &addr[n + 3], LEASE_DHCP4, 100));
		assert_false(things_holds(thing, &addr[n]));
	}
	assert_null(things_in_the_way(things, thing, 4, LEASE_NEIGHBOUR));
	assert_int_equal(
	    things_notice(things, thing, &addr[1], 90), NOTICE_FULL);
	assert_true(addr_equal(
	    things_in_the_way(things, thing, 4, LEASE_DHCP4), &addr[0]));
	assert_int_equal(thing->n_leases, LIMIT_ADDRESSES4);
	/* What it gave itself it may be lent. */
	assert_true(things_unbind(things, thing, &addr[0]));
	assert_int_equal(
	    things_notice(things, thing, &addr[1], 90), NOTICE_NEW);
	assert_false(things_bind(things, thing, &addr[1], LEASE_DHCP4, 100));
	assert_false(things_has_lease(thing, LEASE_NEIGHBOUR));
	things_free(things);
}

/* So many of all: then it is one's own that makes room, and who has none gets
 * none until somebody goes. */
static void
bounds_the_addresses_of_all(void **state)
{
	struct things *things = things_new(LIMIT_THINGS);
	struct mudurl mud = { 0 };
	struct thing *thing = NULL, *first = NULL, *last;
	struct addr addr;

	(void)state;
	for (unsigned int n = 0; n < LIMIT_ALL_SIX; n++) {
		addr = six_of(n);
		if (n % LIMIT_ADDRESSES6 == 0) {
			thing = add(things, n / LIMIT_ADDRESSES6 + 1, 0);
			things_manage(things, thing, &mud);
			first = first == NULL ? thing : first;
		}
		assert_null(
		    things_in_the_way(things, thing, 6, LEASE_NEIGHBOUR));
		assert_int_equal(
		    things_notice(things, thing, &addr, 100), NOTICE_NEW);
	}
	last = add(things, LIMIT_ALL_SIX, 0);
	addr = (struct addr){ .family = 6, .byte = { 0xfe, 0x80, 1 } };
	assert_int_equal(things_notice(things, last, &addr, 100), NOTICE_FULL);
	assert_false(things_bind(things, last, &addr, LEASE_DHCP6, 100));
	assert_int_equal(last->n_leases, 0);
	things_remove(things, first);
	assert_int_equal(things_notice(things, last, &addr, 100), NOTICE_NEW);
	assert_true(things_unbind(things, last, NULL));
	assert_int_equal(things_notice(things, last, &addr, 100), NOTICE_NEW);
	assert_true(things_unbind(things, last, &addr));
	assert_int_equal(things_notice(things, last, &addr, 100), NOTICE_NEW);
	things_free(things);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_them_by_mac),
		cmocka_unit_test(finds_what_a_person_wrote),
		cmocka_unit_test(walks_from_the_oldest),
		cmocka_unit_test(forgets_the_unknown_seen_longest_ago),
		cmocka_unit_test(manages_only_so_many),
		cmocka_unit_test(counts_by_port),
		cmocka_unit_test(remembers_whose_policy_holds),
		cmocka_unit_test(notes_what_the_kernel_must_learn),
		cmocka_unit_test(binds_an_address_to_one_thing),
		cmocka_unit_test(holds_four_addresses),
		cmocka_unit_test(takes_addresses_away),
		cmocka_unit_test(notices_an_address),
		cmocka_unit_test(holds_sixteen_beside_four),
		cmocka_unit_test(gives_up_its_own_first),
		cmocka_unit_test(bounds_the_addresses_of_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
