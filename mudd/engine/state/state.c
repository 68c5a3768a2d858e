/*
 * What must outlive a restart.  Role: engine.  Input: our own file read back;
 * staterow.c judges every row, in and out.
 */
#include "engine/state/state.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/state/statedb.h"
#include "engine/state/staterow.h"
#include "libmud/mem.h"

enum statement {
	BEGIN_ALL,
	COMMIT_ALL,
	ROLL_BACK,
	PUT_THING,
	PUT_LEASE,
	PUT_FILE,
	MARK_FILE,
	PUT_NAME,
	PUT_URL,
	DELETE_THING,
	DELETE_LEASES,
	DELETE_FILE,
	DELETE_NAME,
	DELETE_URL,
	LOAD_THINGS,
	LOAD_LEASES,
	LOAD_FILES,
	LOAD_NAMES,
	LOAD_URLS,
	FIND_FILE,
	FIND_URL,
	TRIM_URLS,
	CANDIDATES,
	STATEMENTS
};

/* An update in place: a replaced row would take its leases with it. */
static const char *const sql[STATEMENTS] = {
	[BEGIN_ALL] = "BEGIN IMMEDIATE",
	[COMMIT_ALL] = "COMMIT",
	[ROLL_BACK] = "ROLLBACK",
	[PUT_THING] = "INSERT INTO things VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,"
		      "?10) ON CONFLICT(mac) DO UPDATE SET url=?2,"
		      "url_source=?3,name=?4,hostname=?5,port=?6,first_seen=?7,"
		      "last_seen=?8,departed=?9,flags=?10",
	[PUT_LEASE] = "INSERT INTO leases VALUES(?1,?2,?3,?4) ON CONFLICT"
		      "(mac,addr) DO UPDATE SET expires_at=?3,source=?4",
	[PUT_FILE] = "REPLACE INTO files VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,"
		     "?10,?11,?12,?13,?14,?18,?19,?15,?16,?17)",
	[MARK_FILE] =
	    "UPDATE files SET fetched_at=?3,verified_at=?4,"
	    "verdict=?5,clause=?6,detail=?7,subject=?8,issuer=?9,"
	    "spki=?10,not_after=?11,status=?12,approved_by=?13,"
	    "approved_at=?14,identity=?15,anchor=?16,other_type=?17 WHERE url=?1 AND digest=?2",
	[PUT_NAME] = "REPLACE INTO names VALUES(?1,?2,?3)",
	[PUT_URL] = "REPLACE INTO urls VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,"
		    "?11,?12)",
	[DELETE_THING] = "DELETE FROM things WHERE mac=?1",
	[DELETE_LEASES] = "DELETE FROM leases WHERE mac=?1",
	[DELETE_FILE] = "DELETE FROM files WHERE url=?1 AND digest=?2",
	[DELETE_NAME] = "DELETE FROM names WHERE name=?1",
	[DELETE_URL] = "DELETE FROM urls WHERE url=?1",
	[LOAD_THINGS] = "SELECT * FROM things",
	[LOAD_LEASES] = "SELECT * FROM leases",
	[LOAD_FILES] = "SELECT * FROM files",
	[LOAD_NAMES] = "SELECT * FROM names",
	[LOAD_URLS] = "SELECT * FROM urls ORDER BY used_at DESC",
	[FIND_FILE] = "SELECT * FROM files WHERE url=?1 AND digest=?2",
	[FIND_URL] = "SELECT * FROM urls WHERE url=?1",
	[TRIM_URLS] = "DELETE FROM urls WHERE url IN (SELECT url FROM urls"
		      " ORDER BY newest<>0 DESC, used_at DESC"
		      " LIMIT -1 OFFSET ?1)",
	[CANDIDATES] = "SELECT coalesce(sum(length(file)+length(signature)),0)"
		       " FROM files WHERE status<>0 AND NOT(url=?1 AND"
		       " digest=?2)",
};

struct state {
	sqlite3 *db;
	sqlite3_stmt *stmts[STATEMENTS];
};

/* Resets a statement, so that it lends nothing and holds no lock. */
static void
ready(sqlite3_stmt *stmt)
{
	(void)sqlite3_reset(stmt);
	(void)sqlite3_clear_bindings(stmt);
}

/* Runs a statement that gives no rows. */
static int
finish(sqlite3_stmt *stmt)
{
	int code = sqlite3_step(stmt);

	ready(stmt);
	return statedb_errno(code);
}

/* ---- opening, and several changes as one ------------------------------- */

int
state_open(const char *path, struct state **state, enum state_opened *how)
{
	struct state *fresh = xcalloc(1, sizeof(*fresh));
	int error =
	    statedb_open(path, sql, fresh->stmts, STATEMENTS, &fresh->db, how);

	if (error != 0) {
		free(fresh);
		return error;
	}
	*state = fresh;
	return 0;
}

void
state_close(struct state *state)
{
	if (state == NULL)
		return;
	statedb_close(state->db, state->stmts, STATEMENTS);
	free(state);
}

int
state_begin(struct state *state)
{
	return finish(state->stmts[BEGIN_ALL]);
}

int
state_commit(struct state *state)
{
	return finish(state->stmts[COMMIT_ALL]);
}

void
state_rollback(struct state *state)
{
	/* After some errors SQLite has done so already. */
	if (sqlite3_get_autocommit(state->db) == 0)
		(void)finish(state->stmts[ROLL_BACK]);
}

/* ---- put --------------------------------------------------------------- */

int
state_put_thing(struct state *state, const struct state_thing *thing)
{
	if (!staterow_put_thing(state->stmts[PUT_THING], thing))
		return -EINVAL;
	return finish(state->stmts[PUT_THING]);
}

int
state_put_lease(struct state *state, const struct state_lease *lease)
{
	if (!staterow_put_lease(state->stmts[PUT_LEASE], lease))
		return -EINVAL;
	return finish(state->stmts[PUT_LEASE]);
}

int
state_put_name(struct state *state, const struct state_name *name)
{
	if (!staterow_put_name(state->stmts[PUT_NAME], name))
		return -EINVAL;
	return finish(state->stmts[PUT_NAME]);
}

int
state_put_url(struct state *state, const struct state_url *url)
{
	int error;

	if (!staterow_put_url(state->stmts[PUT_URL], url))
		return -EINVAL;
	error = finish(state->stmts[PUT_URL]);
	(void)sqlite3_bind_int(state->stmts[TRIM_URLS], 1, LIMIT_URLS);
	return error == 0 ? finish(state->stmts[TRIM_URLS]) : error;
}

/* Is there room for so many bytes more (S-64)? 0, -ENOSPC, or -errno. */
static int
check_room(struct state *state, const struct state_file *file)
{
	sqlite3_stmt *stmt = state->stmts[CANDIDATES];
	size_t more = file->file.len + file->signature.len;
	long long used = statedb_used(state->db);
	long long candidates = 0;
	int code;

	if (used < 0)
		return (int)used;
	if (used + (long long)more > STATE_MAX_BYTES - STATE_RESERVE_BYTES)
		return -ENOSPC;
	if (file->status == FILE_ACCEPTED)
		return 0;
	staterow_put_key(stmt, file->url, file->digest);
	code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		candidates = sqlite3_column_int64(stmt, 0);
	ready(stmt);
	if (candidates + (long long)more > STATE_CANDIDATE_BYTES)
		return -ENOSPC;
	return statedb_errno(code);
}

/* All but the bytes, which stay. */
static int
mark_file(struct state *state, const struct state_file *file)
{
	int error;

	if (!staterow_put_file(state->stmts[MARK_FILE], file))
		return -EINVAL;
	error = finish(state->stmts[MARK_FILE]);
	if (error == 0 && sqlite3_changes(state->db) == 0)
		return -ENOENT;
	return error;
}

int
state_put_file(struct state *state, const struct state_file *file)
{
	sqlite3_stmt *stmt = state->stmts[PUT_FILE];
	int error;

	if (file->file.data == NULL)
		return mark_file(state, file);
	if (!staterow_put_file(stmt, file))
		return -EINVAL;
	error = check_room(state, file);
	if (error != 0) {
		ready(stmt);
		return error;
	}
	return finish(stmt);
}

/* ---- delete ------------------------------------------------------------ */

int
state_delete_thing(struct state *state, const struct mac *mac)
{
	staterow_put_lease_key(state->stmts[DELETE_THING], mac, NULL);
	return finish(state->stmts[DELETE_THING]);
}

int
state_delete_leases(struct state *state, const struct mac *mac)
{
	staterow_put_lease_key(state->stmts[DELETE_LEASES], mac, NULL);
	return finish(state->stmts[DELETE_LEASES]);
}

int
state_delete_file(
    struct state *state, const char *url, const uint8_t digest[32])
{
	staterow_put_key(state->stmts[DELETE_FILE], url, digest);
	return finish(state->stmts[DELETE_FILE]);
}

int
state_delete_name(struct state *state, const char *name)
{
	staterow_put_key(state->stmts[DELETE_NAME], name, NULL);
	return finish(state->stmts[DELETE_NAME]);
}

int
state_delete_url(struct state *state, const char *url)
{
	staterow_put_key(state->stmts[DELETE_URL], url, NULL);
	return finish(state->stmts[DELETE_URL]);
}

/* ---- load -------------------------------------------------------------- */

int
state_load_things(struct state *state, state_thing_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = state->stmts[LOAD_THINGS];
	struct state_thing thing;
	int refused = 0, code;

	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		if (staterow_take_thing(stmt, &thing))
			fn(arg, &thing);
		else
			refused++;
	ready(stmt);
	return code == SQLITE_DONE ? refused : statedb_errno(code);
}

int
state_load_leases(struct state *state, state_lease_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = state->stmts[LOAD_LEASES];
	struct state_lease lease;
	int refused = 0, code;

	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		if (staterow_take_lease(stmt, &lease))
			fn(arg, &lease);
		else
			refused++;
	ready(stmt);
	return code == SQLITE_DONE ? refused : statedb_errno(code);
}

int
state_load_files(struct state *state, state_file_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = state->stmts[LOAD_FILES];
	struct state_file file;
	int refused = 0, code;

	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		if (staterow_take_file(stmt, &file))
			fn(arg, &file);
		else
			refused++;
	ready(stmt);
	return code == SQLITE_DONE ? refused : statedb_errno(code);
}

int
state_load_names(struct state *state, state_name_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = state->stmts[LOAD_NAMES];
	struct state_name name;
	int refused = 0, code;

	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		if (staterow_take_name(stmt, &name))
			fn(arg, &name);
		else
			refused++;
	ready(stmt);
	return code == SQLITE_DONE ? refused : statedb_errno(code);
}

int
state_load_urls(struct state *state, state_url_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = state->stmts[LOAD_URLS];
	struct state_url url;
	int refused = 0, code;

	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		if (staterow_take_url(stmt, &url))
			fn(arg, &url);
		else
			refused++;
	ready(stmt);
	return code == SQLITE_DONE ? refused : statedb_errno(code);
}

int
state_find_file(struct state *state, const char *url, const uint8_t digest[32],
    state_file_fn *fn, void *arg)
{
	sqlite3_stmt *stmt = state->stmts[FIND_FILE];
	struct state_file file;
	int code, error;

	staterow_put_key(stmt, url, digest);
	code = sqlite3_step(stmt);
	error = code == SQLITE_DONE ? -ENOENT : statedb_errno(code);
	if (code == SQLITE_ROW && staterow_take_file(stmt, &file))
		fn(arg, &file);
	else if (code == SQLITE_ROW)
		error = -ENOENT;
	ready(stmt);
	return error;
}

int
state_find_url(struct state *state, const char *url, struct state_url *found)
{
	sqlite3_stmt *stmt = state->stmts[FIND_URL];
	struct state_url row;
	int code, error;

	staterow_put_key(stmt, url, NULL);
	code = sqlite3_step(stmt);
	error = code == SQLITE_DONE ? -ENOENT : statedb_errno(code);
	if (code == SQLITE_ROW && staterow_take_url(stmt, &row))
		*found = row;
	else if (code == SQLITE_ROW)
		error = -ENOENT;
	ready(stmt);
	return error;
}

sqlite3 *
state_db(struct state *state)
{
	return state->db;
}

const char *
state_source_name(enum state_source source)
{
	static const char *const names[STATE_SOURCES] = {
		[STATE_SOURCE_NONE] = "",
		[STATE_SOURCE_DHCP4] = "dhcp4",
		[STATE_SOURCE_DHCP6] = "dhcp6",
		[STATE_SOURCE_LLDP] = "lldp",
		[STATE_SOURCE_X509] = "x509",
		[STATE_SOURCE_CONFIG] = "config",
		[STATE_SOURCE_ADMIN] = "admin",
	};

	return names[source];
}
