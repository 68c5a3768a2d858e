/* statecert: what certificates say of Things, kept. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/state/statecert.h"
#include "tests/unit/staterig.h"

static const struct mac lamp = { { 2, 0, 0, 0, 0, 1 } };
static const struct mac plug = { { 2, 0, 0, 0, 0, 2 } };
static const struct mac nobody = { { 2, 0, 0, 0, 0, 3 } };

static struct thing_certificate
certificate_of(uint8_t key)
{
	struct thing_certificate made = {
		.subject = "CN=Lamp",
		.signer = "CN=Maker",
		.serial = "0102",
		.n_mudsigner = key,
		.seen_at = 1700000000 + key,
	};

	memset(made.fingerprint, key, sizeof(made.fingerprint));
	memset(made.mudsigner, key, key);
	return made;
}

static void
put_thing(struct staterig *rig, const struct mac *mac)
{
	struct state_thing thing = {
		.mac = *mac,
		.url = "https://a.example/lamp",
		.url_source = STATE_SOURCE_X509,
	};

	assert_int_equal(state_put_thing(rig->state, &thing), 0);
}

struct found {
	size_t n;
	struct mac macs[2];
	struct thing_certificate rows[2];
};

static void
on_row(void *arg, const struct mac *mac,
    const struct thing_certificate *certificate)
{
	struct found *found = arg;

	assert_true(found->n < 2);
	found->macs[found->n] = *mac;
	found->rows[found->n++] = *certificate;
}

static struct found
load(struct staterig *rig, int left_out)
{
	struct found found = { 0 };

	assert_int_equal(
	    state_load_certificates(rig->state, on_row, &found), left_out);
	return found;
}

static void
keeps_over_a_restart(void **state)
{
	struct thing_certificate first = certificate_of(0);
	struct thing_certificate second = certificate_of(18);
	struct staterig *rig = *state;
	struct found found;

	(void)staterig_open(rig);
	put_thing(rig, &lamp);
	put_thing(rig, &plug);
	assert_int_equal(state_put_certificate(rig->state, &lamp, &second), 0);
	assert_int_equal(state_put_certificate(rig->state, &lamp, &first), 0);
	assert_int_equal(state_put_certificate(rig->state, &plug, &second), 0);
	staterig_close(rig);
	assert_int_equal(staterig_open(rig), STATE_FOUND);
	found = load(rig, 0);
	assert_int_equal(found.n, 2);
	assert_memory_equal(&found.rows[0], &first, sizeof(first));
	assert_memory_equal(&found.rows[1], &second, sizeof(second));
	assert_memory_equal(&found.macs[1], &plug, sizeof(plug));
	/* It goes with its Thing. */
	assert_int_equal(state_delete_thing(rig->state, &lamp), 0);
	assert_int_equal(state_delete_thing(rig->state, &plug), 0);
	assert_int_equal(load(rig, 0).n, 0);
}

static void
refuses_what_is_out_of_bounds(void **state)
{
	struct thing_certificate good = certificate_of(1), bad;
	struct mac group = { { 1, 0, 0, 0, 0, 1 } };
	struct staterig *rig = *state;

	(void)staterig_open(rig);
	put_thing(rig, &lamp);
	assert_int_equal(
	    state_put_certificate(rig->state, &nobody, &good), -ENOENT);
	assert_int_equal(
	    state_put_certificate(rig->state, &group, &good), -EINVAL);
	bad = good;
	bad.n_mudsigner = LIMIT_DER_NAME + 1;
	assert_int_equal(
	    state_put_certificate(rig->state, &lamp, &bad), -EINVAL);
	bad = good;
	bad.subject[0] = '\x1b';
	assert_int_equal(
	    state_put_certificate(rig->state, &lamp, &bad), -EINVAL);
	bad = good;
	memset(bad.serial, '1', sizeof(bad.serial));
	assert_int_equal(
	    state_put_certificate(rig->state, &lamp, &bad), -EINVAL);
	bad = good;
	bad.seen_at = -1;
	assert_int_equal(
	    state_put_certificate(rig->state, &lamp, &bad), -EINVAL);
	assert_int_equal(load(rig, 0).n, 0);
}

/* What somebody, or a disk, has put there instead. */
static void
leaves_out_what_is_not_sound(void **state)
{
	static const char *const edits[] = {
		"UPDATE certificates SET subject=x'41'",
		"UPDATE certificates SET subject=printf('%300s','x')",
		"UPDATE certificates SET signer='a'||char(10)",
		"UPDATE certificates SET fingerprint=x'00'",
		"UPDATE certificates SET mudsigner=zeroblob(513)",
		"UPDATE certificates SET mudsigner='text'",
		"UPDATE certificates SET seen_at=-1",
		"UPDATE certificates SET seen_at='now'",
	};
	struct thing_certificate good = certificate_of(1);
	struct staterig *rig = *state;

	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		(void)staterig_open(rig);
		put_thing(rig, &lamp);
		assert_int_equal(
		    state_put_certificate(rig->state, &lamp, &good), 0);
		staterig_close(rig);
		staterig_tamper(rig, edits[i]);
		(void)staterig_open(rig);
		if (load(rig, 1).n != 0)
			fail_msg("%s", edits[i]);
		staterig_close(rig);
	}
	(void)staterig_open(rig);
}

/* A state of version 2 has no such table yet. */
static void
takes_over_version_2(void **state)
{
	struct thing_certificate good = certificate_of(1);
	struct staterig *rig = *state;

	(void)staterig_open(rig);
	put_thing(rig, &lamp);
	staterig_close(rig);
	staterig_tamper(rig, "DROP TABLE claims; DROP TABLE certificates;"
			     "ALTER TABLE leases DROP COLUMN source;"
			     "PRAGMA user_version=2");
	assert_int_equal(staterig_open(rig), STATE_FOUND);
	assert_int_equal(load(rig, 0).n, 0);
	assert_int_equal(state_put_certificate(rig->state, &lamp, &good), 0);
	staterig_close(rig);
	assert_int_equal(staterig_open(rig), STATE_FOUND);
	assert_int_equal(load(rig, 0).n, 1);
}

#define TEST(fn)                                                               \
	cmocka_unit_test_setup_teardown(fn, staterig_begin, staterig_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keeps_over_a_restart),
		TEST(refuses_what_is_out_of_bounds),
		TEST(leaves_out_what_is_not_sound),
		TEST(takes_over_version_2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
