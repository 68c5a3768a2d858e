/* statetrust: decisions about trust, kept and judged in both ways. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/state/state.h"
#include "engine/state/statedb.h"
#include "engine/state/statetrust.h"

#define PEM "a certificate"

static char dir[64], path[96];

static struct state *
open_state(void)
{
	struct state *state = NULL;
	enum state_opened how;

	assert_int_equal(state_open(path, &state, &how), 0);
	assert_int_not_equal(how, STATE_SET_ASIDE);
	return state;
}

static struct state_anchor
anchor_of(uint8_t key)
{
	struct state_anchor anchor = {
		.pem = { (const uint8_t *)PEM, sizeof(PEM) - 1 },
		.added_at = 1700000000 + key,
		.added_by = key,
	};

	memset(anchor.id, key, sizeof(anchor.id));
	return anchor;
}

static struct state_distrust
distrust_of(uint8_t key)
{
	struct state_distrust distrust = {
		.subject = "CN=Signer",
		.since = 1700000000 + key,
		.by = key,
	};

	memset(distrust.spki, key, sizeof(distrust.spki));
	return distrust;
}

struct found {
	size_t anchors, distrusted;
};

static void
found_anchor(void *arg, const struct state_anchor *anchor)
{
	struct state_anchor expected = anchor_of(anchor->id[0]);

	((struct found *)arg)->anchors++;
	assert_memory_equal(anchor->id, expected.id, sizeof(expected.id));
	assert_int_equal(anchor->pem.len, expected.pem.len);
	assert_memory_equal(
	    anchor->pem.data, expected.pem.data, expected.pem.len);
	assert_int_equal(anchor->added_at, expected.added_at);
	assert_int_equal(anchor->added_by, expected.added_by);
}

static void
found_distrust(void *arg, const struct state_distrust *distrust)
{
	struct state_distrust expected = distrust_of(distrust->spki[0]);

	((struct found *)arg)->distrusted++;
	assert_memory_equal(distrust, &expected, sizeof(expected));
}

static void
expect_found(
    struct state *state, size_t anchors, size_t distrusted, int left_out)
{
	struct found found = { 0 };
	int bad = state_load_anchors(state, found_anchor, &found);

	bad += state_load_distrust(state, found_distrust, &found);
	assert_int_equal(bad, left_out);
	assert_int_equal(found.anchors, anchors);
	assert_int_equal(found.distrusted, distrusted);
}

static void
keeps_over_a_restart(void **unused)
{
	struct state *state = open_state();
	struct state_anchor anchor = anchor_of(1), other = anchor_of(2);
	struct state_distrust distrust = distrust_of(3);

	(void)unused;
	expect_found(state, 0, 0, 0);
	assert_int_equal(state_put_anchor(state, &anchor), 0);
	assert_int_equal(state_put_anchor(state, &other), 0);
	assert_int_equal(state_put_anchor(state, &other), 0);
	assert_int_equal(state_put_distrust(state, &distrust), 0);
	state_close(state);
	state = open_state();
	expect_found(state, 2, 1, 0);
	assert_int_equal(state_delete_anchor(state, anchor.id), 0);
	assert_int_equal(state_delete_anchor(state, anchor.id), 0);
	assert_int_equal(state_delete_distrust(state, distrust.spki), 0);
	state_close(state);
	state = open_state();
	expect_found(state, 1, 0, 0);
	state_close(state);
}

static void
refuses_what_is_out_of_bounds(void **unused)
{
	struct state *state = open_state();
	struct state_anchor anchor = anchor_of(1);
	struct state_distrust distrust = distrust_of(1);

	(void)unused;
	anchor.pem.len = 0;
	assert_int_equal(state_put_anchor(state, &anchor), -EINVAL);
	anchor.pem.len = LIMIT_REQUEST + 1;
	assert_int_equal(state_put_anchor(state, &anchor), -EINVAL);
	anchor = anchor_of(1);
	anchor.added_by = -1;
	assert_int_equal(state_put_anchor(state, &anchor), -EINVAL);
	anchor = anchor_of(1);
	anchor.added_at = -1;
	assert_int_equal(state_put_anchor(state, &anchor), -EINVAL);
	distrust.subject[3] = '\n';
	assert_int_equal(state_put_distrust(state, &distrust), -EINVAL);
	memset(distrust.subject, 'a', sizeof(distrust.subject));
	assert_int_equal(state_put_distrust(state, &distrust), -EINVAL);
	distrust = distrust_of(1);
	distrust.by = -1;
	assert_int_equal(state_put_distrust(state, &distrust), -EINVAL);
	distrust = distrust_of(1);
	distrust.since = -1;
	assert_int_equal(state_put_distrust(state, &distrust), -EINVAL);
	expect_found(state, 0, 0, 0);
	state_close(state);
}

/* Rows that we would not write, and their number. */
static const char *const bad_rows[] = {
	"INSERT INTO anchors VALUES(x'00', x'61', 1, 1)",
	"INSERT INTO anchors VALUES('text', x'61', 1, 1)",
	"INSERT INTO anchors VALUES(zeroblob(32), 'text', 1, 1)",
	"INSERT INTO anchors VALUES(zeroblob(32), x'', 1, 1)",
	"INSERT INTO anchors VALUES(zeroblob(32), zeroblob(8193), 1, 1)",
	"INSERT INTO anchors VALUES(zeroblob(32), x'61', -1, 1)",
	"INSERT INTO distrusted VALUES(x'00', 'a', 1, 1)",
	"INSERT INTO distrusted VALUES(zeroblob(32), x'61', 1, 1)",
	"INSERT INTO distrusted VALUES(zeroblob(32), char(27), 1, 1)",
	"INSERT INTO distrusted VALUES(zeroblob(32), 'a', 1, -1)",
	"INSERT INTO distrusted VALUES(zeroblob(32),"
	" hex(zeroblob(200)), 1, 1)",
};

static void
leaves_out_what_is_not_sound(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++) {
		struct state *state = open_state();

		if (statedb_exec(state_db(state), bad_rows[i]) != 0)
			fail_msg("%s", bad_rows[i]);
		expect_found(state, 0, 0, 1);
		assert_int_equal(
		    statedb_exec(state_db(state), "DELETE FROM anchors;"
						  "DELETE FROM distrusted"),
		    0);
		state_close(state);
	}
}

static int
set_up(void **unused)
{
	(void)unused;
	(void)snprintf(dir, sizeof(dir), "/tmp/statetrust.XXXXXX");
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/state.db", dir);
	return 0;
}

static int
tear_down(void **unused)
{
	char log[128];

	(void)unused;
	(void)snprintf(log, sizeof(log), "%s-wal", path);
	(void)unlink(log);
	(void)unlink(path);
	return rmdir(dir);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keeps_over_a_restart),
		TEST(refuses_what_is_out_of_bounds),
		TEST(leaves_out_what_is_not_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
