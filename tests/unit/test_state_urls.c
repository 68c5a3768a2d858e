/* The state: what is remembered of MUD URLs; files of an older mudd. */
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
#include <sqlite3.h>

#include "engine/state/state.h"
#include "tests/unit/staterig.h"

#define URL "https://mud.example.com/lamp.json"

/* ---- MUD URLs ----------------------------------------------------------- */

static const struct state_url lamp = {
	.url = URL,
	.used_at = 1000,
	.newest = 900,
	.newest_digest = { 1, [31] = 2 },
	.identity = { 3, [31] = 4 },
	.anchor = { 5, [31] = 6 },
	.pinned = { 8, [31] = 9 },
	.failures = 7,
	.next_fetch_at = 2000,
	.fault = { FAULT_TLS, "RFC 8520 s1.6 (M-GET-2)", "expired" },
};

struct found {
	size_t n;
	struct state_url urls[4];
};

static void
on_url(void *arg, const struct state_url *url)
{
	struct found *found = arg;

	assert_true(found->n < 4);
	found->urls[found->n++] = *url;
}

static int
load(struct staterig *rig, struct found *found)
{
	*found = (struct found){ 0 };
	return state_load_urls(rig->state, on_url, found);
}

static void
remembers_urls(void **state)
{
	struct staterig *rig = *state;
	struct state_url other = lamp;
	struct found found;

	assert_int_equal(staterig_open(rig), STATE_NEW);
	assert_int_equal(state_put_url(rig->state, &lamp), 0);
	/* Another, used later: it comes first. */
	(void)snprintf(other.url, sizeof(other.url), "https://a.example/");
	other.used_at = 3000;
	other.fault = (struct fault){ 0 };
	assert_int_equal(state_put_url(rig->state, &other), 0);
	staterig_close(rig);
	assert_int_equal(staterig_open(rig), STATE_FOUND);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.n, 2);
	assert_string_equal(found.urls[0].url, other.url);
	assert_int_equal(found.urls[0].fault.code, FAULT_NONE);
	assert_memory_equal(&found.urls[1], &lamp, sizeof(lamp));
	/* Put again is replaced. */
	other.failures = 0;
	assert_int_equal(state_put_url(rig->state, &other), 0);
	assert_int_equal(state_delete_url(rig->state, URL), 0);
	assert_int_equal(state_delete_url(rig->state, URL), 0);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.n, 1);
	assert_int_equal(found.urls[0].failures, 0);
}

static void
refuses_unsound_urls(void **state)
{
	struct staterig *rig = *state;
	struct state_url url;
	struct found found;

	(void)staterig_open(rig);
	url = lamp;
	(void)snprintf(url.url, sizeof(url.url), "https://A.example/");
	assert_int_equal(state_put_url(rig->state, &url), -EINVAL);
	url = lamp;
	url.used_at = -1;
	assert_int_equal(state_put_url(rig->state, &url), -EINVAL);
	url = lamp;
	url.newest = -1;
	assert_int_equal(state_put_url(rig->state, &url), -EINVAL);
	url = lamp;
	url.next_fetch_at = -1;
	assert_int_equal(state_put_url(rig->state, &url), -EINVAL);
	url = lamp;
	url.fault.detail[0] = '\n';
	assert_int_equal(state_put_url(rig->state, &url), -EINVAL);
	assert_int_equal(state_put_url(rig->state, &lamp), 0);
	staterig_close(rig);
	/* What the disk gives back is judged as well. */
	staterig_tamper(rig, "UPDATE urls SET anchor=x'00'");
	assert_int_equal(staterig_open(rig), STATE_FOUND);
	assert_int_equal(load(rig, &found), 1);
	assert_int_equal(found.n, 0);
}

/* ---- an older file ------------------------------------------------------ */

/* Byte for byte the tables of version 1. */
static const char version_1[] =
    "PRAGMA journal_mode=WAL;"
    "CREATE TABLE meta(key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "INSERT INTO meta VALUES('starts', 3);"
    "CREATE TABLE things(mac BLOB PRIMARY KEY NOT NULL, url TEXT NOT NULL,"
    " url_source INTEGER NOT NULL, name TEXT NOT NULL, hostname TEXT NOT NULL,"
    " port TEXT NOT NULL, first_seen INTEGER NOT NULL,"
    " last_seen INTEGER NOT NULL, departed INTEGER NOT NULL,"
    " flags INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE leases(mac BLOB NOT NULL REFERENCES things(mac)"
    " ON DELETE CASCADE, addr BLOB NOT NULL, expires_at INTEGER NOT NULL,"
    " PRIMARY KEY(mac, addr)) WITHOUT ROWID;"
    "CREATE TABLE files(url TEXT NOT NULL, digest BLOB NOT NULL,"
    " fetched_at INTEGER NOT NULL, verified_at INTEGER NOT NULL,"
    " verdict INTEGER NOT NULL, clause TEXT NOT NULL, detail TEXT NOT NULL,"
    " subject TEXT NOT NULL, issuer TEXT NOT NULL, spki BLOB NOT NULL,"
    " not_after INTEGER NOT NULL, status INTEGER NOT NULL,"
    " approved_by INTEGER NOT NULL, approved_at INTEGER NOT NULL,"
    " signature BLOB NOT NULL, file BLOB NOT NULL, PRIMARY KEY(url, digest));"
    "CREATE TABLE names(name TEXT NOT NULL, addr BLOB NOT NULL,"
    " expires_at INTEGER NOT NULL, PRIMARY KEY(name, addr)) WITHOUT ROWID;"
    "PRAGMA user_version=1;"
    "INSERT INTO files VALUES('" URL
    "', zeroblob(32), 5, 6, 17, 'RFC 8520 s13.2 (M-SIG-12)', 'unsigned',"
    " 'CN=x', 'CN=y', zeroblob(32), 9, 1, -1, 0, x'', x'7b7d');"
    "INSERT INTO files VALUES('" URL "', x'"
    "01010101010101010101010101010101"
    "01010101010101010101010101010101', 5, 6, 0, '', '', 'CN=x', 'CN=y',"
    " zeroblob(32), 9, 0, -1, 0, x'01', x'7b7d');";

struct files {
	size_t n;
	struct state_file files[2];
};

static void
on_file(void *arg, const struct state_file *file)
{
	struct files *files = arg;

	assert_true(files->n < 2);
	assert_int_equal(file->file.len, 2);
	files->files[files->n++] = *file;
}

static void
takes_over_version_1(void **state)
{
	static const uint8_t nobody[32];
	struct staterig *rig = *state;
	struct files files = { 0 };
	struct found found;

	staterig_tamper(rig, version_1);
	assert_int_equal(staterig_open(rig), STATE_FOUND);
	assert_int_equal(state_load_files(rig->state, on_file, &files), 0);
	assert_int_equal(files.n, 2);
	assert_int_equal(files.files[0].verdict.code, FAULT_UNSIGNED);
	assert_string_equal(
	    files.files[0].verdict.clause, "RFC 8520 s13.2 (M-SIG-12)");
	assert_int_equal(files.files[0].status, FILE_PENDING);
	assert_int_equal(files.files[1].verdict.code, FAULT_NONE);
	assert_int_equal(files.files[1].signature.len, 1);
	assert_memory_equal(files.files[1].signer.identity, nobody, 32);
	assert_int_equal(state_put_url(rig->state, &lamp), 0);
	staterig_close(rig);
	/* And as one of its own the next time. */
	assert_int_equal(staterig_open(rig), STATE_FOUND);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.n, 1);
}

/* A fault that only a later mudd knows still says what was wrong. */
static void
keeps_unknown_faults(void **state)
{
	struct staterig *rig = *state;
	struct found found;

	(void)staterig_open(rig);
	assert_int_equal(state_put_url(rig->state, &lamp), 0);
	staterig_close(rig);
	staterig_tamper(rig, "UPDATE urls SET fault='of-a-later-mudd'");
	assert_int_equal(staterig_open(rig), STATE_FOUND);
	assert_int_equal(load(rig, &found), 0);
	assert_int_equal(found.urls[0].fault.code, FAULT_INTERNAL);
	assert_string_equal(found.urls[0].fault.detail, "expired");
}

#define TEST(fn)                                                               \
	cmocka_unit_test_setup_teardown(fn, staterig_begin, staterig_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(remembers_urls),
		TEST(refuses_unsound_urls),
		TEST(takes_over_version_1),
		TEST(keeps_unknown_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
