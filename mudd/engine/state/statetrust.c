/*
 * Trust in the state.  Role: engine.  Input: our own file read back.  These
 * tables are small and rarely touched, so a statement lives for one call.
 */
#include "engine/state/statetrust.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "engine/state/state.h"
#include "engine/state/statedb.h"
#include "libmud/mem.h"

static sqlite3_stmt *
prepare(struct state *state, const char *sql, int *error)
{
	sqlite3_stmt *stmt = NULL;

	*error = statedb_errno(
	    sqlite3_prepare_v2(state_db(state), sql, -1, &stmt, NULL));
	return stmt;
}

/* Runs a statement that gives no rows. */
static int
finish(sqlite3_stmt *stmt)
{
	int code = sqlite3_step(stmt);

	(void)sqlite3_finalize(stmt);
	return statedb_errno(code);
}

static void
bind_blob(sqlite3_stmt *stmt, int at, const void *data, size_t len)
{
	(void)sqlite3_bind_blob(stmt, at, data, (int)len, SQLITE_TRANSIENT);
}

static bool
anchor_is_good(const struct state_anchor *anchor)
{
	return anchor->pem.len >= 1 && anchor->pem.len <= LIMIT_REQUEST &&
	       anchor->added_at >= 0 && anchor->added_by >= 0;
}

static bool
distrust_is_good(const struct state_distrust *distrust)
{
	size_t len = strnlen(distrust->subject, sizeof(distrust->subject));

	for (size_t i = 0; i < len; i++)
		if (distrust->subject[i] < ' ' || distrust->subject[i] > '~')
			return false;
	return len < sizeof(distrust->subject) && distrust->since >= 0 &&
	       distrust->by >= 0;
}

int
state_put_anchor(struct state *state, const struct state_anchor *anchor)
{
	sqlite3_stmt *stmt;
	int error;

	if (!anchor_is_good(anchor))
		return -EINVAL;
	stmt =
	    prepare(state, "REPLACE INTO anchors VALUES(?1,?2,?3,?4)", &error);
	if (stmt == NULL)
		return error;
	bind_blob(stmt, 1, anchor->id, sizeof(anchor->id));
	bind_blob(stmt, 2, anchor->pem.data, anchor->pem.len);
	(void)sqlite3_bind_int64(stmt, 3, anchor->added_at);
	(void)sqlite3_bind_int64(stmt, 4, anchor->added_by);
	return finish(stmt);
}

int
state_put_distrust(struct state *state, const struct state_distrust *distrust)
{
	sqlite3_stmt *stmt;
	int error;

	if (!distrust_is_good(distrust))
		return -EINVAL;
	stmt = prepare(
	    state, "REPLACE INTO distrusted VALUES(?1,?2,?3,?4)", &error);
	if (stmt == NULL)
		return error;
	bind_blob(stmt, 1, distrust->spki, sizeof(distrust->spki));
	(void)sqlite3_bind_text(
	    stmt, 2, distrust->subject, -1, SQLITE_TRANSIENT);
	(void)sqlite3_bind_int64(stmt, 3, distrust->since);
	(void)sqlite3_bind_int64(stmt, 4, distrust->by);
	return finish(stmt);
}

static int
delete_row(struct state *state, const char *sql, const uint8_t key[32])
{
	int error;
	sqlite3_stmt *stmt = prepare(state, sql, &error);

	if (stmt == NULL)
		return error;
	bind_blob(stmt, 1, key, 32);
	return finish(stmt);
}

int
state_delete_anchor(struct state *state, const uint8_t id[32])
{
	return delete_row(state, "DELETE FROM anchors WHERE id=?1", id);
}

int
state_delete_distrust(struct state *state, const uint8_t spki[32])
{
	return delete_row(state, "DELETE FROM distrusted WHERE spki=?1", spki);
}

/* ---- load --------------------------------------------------------------- */

/* A column that must be a blob of 32 bytes. */
static bool
take_key(sqlite3_stmt *stmt, uint8_t key[32])
{
	if (sqlite3_column_type(stmt, 0) != SQLITE_BLOB ||
	    sqlite3_column_bytes(stmt, 0) != 32)
		return false;
	memcpy(key, sqlite3_column_blob(stmt, 0), 32);
	return true;
}

static bool
take_anchor(sqlite3_stmt *stmt, struct state_anchor *anchor)
{
	*anchor = (struct state_anchor){ .added_at = 0 };
	if (!take_key(stmt, anchor->id) ||
	    sqlite3_column_type(stmt, 1) != SQLITE_BLOB)
		return false;
	anchor->pem.data = sqlite3_column_blob(stmt, 1);
	anchor->pem.len = (size_t)sqlite3_column_bytes(stmt, 1);
	anchor->added_at = sqlite3_column_int64(stmt, 2);
	anchor->added_by = sqlite3_column_int64(stmt, 3);
	return anchor_is_good(anchor);
}

static bool
take_distrust(sqlite3_stmt *stmt, struct state_distrust *distrust)
{
	const char *subject;

	*distrust = (struct state_distrust){ .since = 0 };
	if (!take_key(stmt, distrust->spki) ||
	    sqlite3_column_type(stmt, 1) != SQLITE_TEXT ||
	    (size_t)sqlite3_column_bytes(stmt, 1) >= sizeof(distrust->subject))
		return false;
	subject = (const char *)sqlite3_column_text(stmt, 1);
	text_copy(distrust->subject, sizeof(distrust->subject), subject);
	distrust->since = sqlite3_column_int64(stmt, 2);
	distrust->by = sqlite3_column_int64(stmt, 3);
	return distrust_is_good(distrust);
}

int
state_load_anchors(struct state *state, state_anchor_fn *fn, void *arg)
{
	int error, code, n = 0, left_out = 0;
	sqlite3_stmt *stmt = prepare(state, "SELECT * FROM anchors", &error);
	struct state_anchor anchor;

	if (stmt == NULL)
		return error;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		if (n < LIMIT_ANCHOR_COUNT && take_anchor(stmt, &anchor)) {
			fn(arg, &anchor);
			n++;
		} else {
			left_out++;
		}
	(void)sqlite3_finalize(stmt);
	return code == SQLITE_DONE ? left_out : statedb_errno(code);
}

int
state_load_distrust(struct state *state, state_distrust_fn *fn, void *arg)
{
	int error, code, n = 0, left_out = 0;
	sqlite3_stmt *stmt = prepare(state, "SELECT * FROM distrusted", &error);
	struct state_distrust distrust;

	if (stmt == NULL)
		return error;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		if (n < LIMIT_ANCHOR_COUNT && take_distrust(stmt, &distrust)) {
			fn(arg, &distrust);
			n++;
		} else {
			left_out++;
		}
	(void)sqlite3_finalize(stmt);
	return code == SQLITE_DONE ? left_out : statedb_errno(code);
}
