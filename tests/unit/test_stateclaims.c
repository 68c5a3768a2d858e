/* stateclaims: what is said of MUD URLs, kept and judged in both ways. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "engine/state/stateclaims.h"
#include "tests/unit/staterig.h"

#define URL "https://mud.example.com/lamp.json"

static const struct state_thing lamp = {
	.mac = { { 2, 0, 0, 0, 0, 1 } },
	.url = URL,
	.url_source = STATE_SOURCE_DHCP4,
};

static const struct state_claim claim = {
	.mac = { { 2, 0, 0, 0, 0, 1 } },
	.source = STATE_SOURCE_LLDP,
	.url = URL,
	.ttl_sec = 120,
};

struct found {
	size_t n;
	struct state_claim claims[4];
};

static void
on_claim(void *arg, const struct state_claim *one)
{
	struct found *found = arg;

	assert_true(found->n < 4);
	found->claims[found->n++] = *one;
}

static int
load(struct staterig *rig, struct found *found)
{
	*found = (struct found){ 0 };
	return state_load_claims(rig->state, on_claim, found);
}

static void
remembers_claims(void **state)
{
	struct staterig *rig = *state;
	struct state_claim other = claim;
	struct found found;

	(void)staterig_open(rig);
	assert_int_equal(state_put_claim(rig->state, &claim), -ENOENT);
	assert_int_equal(state_put_thing(rig->state, &lamp), 0);
	assert_int_equal(state_put_claim(rig->state, &claim), 0);
	other.source = STATE_SOURCE_DHCP6;
	other.ttl_sec = 0;
	assert_int_equal(state_put_claim(rig->state, &other), 0);
	other = claim;
	other.ttl_sec = 3600;
	assert_int_equal(state_put_claim(rig->state, &other), 0);
	staterig_close(rig);
	assert_int_equal(staterig_open(rig), STATE_FOUND);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.n, 2);
	assert_int_equal(found.claims[1].source, STATE_SOURCE_LLDP);
	assert_int_equal(found.claims[1].ttl_sec, 3600);
	assert_string_equal(found.claims[1].url, URL);
	assert_true(mac_equal(&found.claims[1].mac, &claim.mac));
	assert_int_equal(state_delete_claims(rig->state, &claim.mac), 0);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.n, 0);
	/* They go with their Thing. */
	assert_int_equal(state_put_claim(rig->state, &claim), 0);
	assert_int_equal(state_delete_thing(rig->state, &claim.mac), 0);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.n, 0);
}

static void
refuses_unsound_claims(void **state)
{
	struct staterig *rig = *state;
	struct state_claim bad[6];

	(void)staterig_open(rig);
	assert_int_equal(state_put_thing(rig->state, &lamp), 0);
	for (size_t i = 0; i < 6; i++)
		bad[i] = claim;
	bad[0].mac.byte[0] = 1;
	bad[1].source = STATE_SOURCE_NONE;
	bad[2].source = STATE_SOURCE_ADMIN;
	bad[3].source = STATE_SOURCE_DHCP4; /* which has no TTL */
	bad[4].url[0] = '\0';
	memcpy(bad[5].url, "HTTPS", 5);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(state_put_claim(rig->state, &bad[i]), -EINVAL);
}

static void
leaves_out_what_is_damaged(void **state)
{
	static const char *const damage[] = {
		"UPDATE claims SET source=6",
		"UPDATE claims SET source=-1",
		"UPDATE claims SET ttl_sec=65536",
		"UPDATE claims SET ttl_sec=-1",
		"UPDATE claims SET url=x'00'",
		"UPDATE claims SET url='http://a.test/t'",
		"UPDATE claims SET url=printf('https://a.test/%0300d', 1)",
		"PRAGMA foreign_keys=OFF; UPDATE claims SET mac=x'0102'",
	};
	struct staterig *rig = *state;
	struct found found;

	(void)staterig_open(rig);
	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		assert_int_equal(state_put_thing(rig->state, &lamp), 0);
		assert_int_equal(state_put_claim(rig->state, &claim), 0);
		staterig_close(rig);
		staterig_tamper(rig, damage[i]);
		assert_int_equal(staterig_open(rig), STATE_FOUND);
		if (load(rig, &found) != 1 || found.n != 0)
			fail_msg("%s", damage[i]);
		staterig_close(rig);
		staterig_tamper(rig, "DELETE FROM claims");
		(void)staterig_open(rig);
	}
}

static void
on_lease(void *arg, const struct state_lease *lease)
{
	size_t *n = arg;

	assert_int_equal(lease->source,
	    lease->addr.family == 4 ? LEASE_DHCP4 : LEASE_NEIGHBOUR);
	(*n)++;
}

/* One of version 2 has all but this table, and who gave a lease.  Of IPv4 that
 * was DHCP; IPv6 it knew by neighbour discovery alone. */
static void
takes_over_version_2(void **state)
{
	static const struct state_lease leases[] = {
		{ { { 2, 0, 0, 0, 0, 1 } }, { 4, { 192, 0, 2, 7 } }, 9,
		    LEASE_DHCP4 },
		{ { { 2, 0, 0, 0, 0, 1 } }, { 6, { 0xfe, 0x80, [15] = 7 } }, 9,
		    LEASE_DHCP6 },
	};
	struct staterig *rig = *state;
	struct found found;
	size_t n = 0;

	(void)staterig_open(rig);
	assert_int_equal(state_put_thing(rig->state, &lamp), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(state_put_lease(rig->state, &leases[i]), 0);
	staterig_close(rig);
	staterig_tamper(rig, "DROP TABLE claims; DROP TABLE certificates;"
			     "ALTER TABLE leases DROP COLUMN source;"
			     "PRAGMA user_version=2");
	assert_int_equal(staterig_open(rig), STATE_FOUND);
	assert_int_equal(state_load_leases(rig->state, on_lease, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(state_put_claim(rig->state, &claim), 0);
	staterig_close(rig);
	assert_int_equal(staterig_open(rig), STATE_FOUND);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.n, 1);
}

#define TEST(fn)                                                               \
	cmocka_unit_test_setup_teardown(fn, staterig_begin, staterig_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(remembers_claims),
		TEST(refuses_unsound_claims),
		TEST(leaves_out_what_is_damaged),
		TEST(takes_over_version_2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
