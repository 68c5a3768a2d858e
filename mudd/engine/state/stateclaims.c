/*
 * Claims in the state.  Role: engine.  Input: our own file read back.  The
 * table is small and seldom touched, so a statement lives for one call.
 */
#include "engine/state/stateclaims.h"

#include <errno.h>
#include <string.h>

#include "engine/state/statedb.h"
#include "libmud/mem.h"
#include "libmud/url.h"

static sqlite3_stmt *
prepare(struct state *state, const char *sql, int *error)
{
	sqlite3_stmt *stmt = NULL;

	*error = statedb_errno(
	    sqlite3_prepare_v2(state_db(state), sql, -1, &stmt, NULL));
	return stmt;
}

static int
finish(sqlite3_stmt *stmt)
{
	int code = sqlite3_step(stmt);

	(void)sqlite3_finalize(stmt);
	return statedb_errno(code);
}

static bool
is_good(const struct state_claim *claim)
{
	struct url url;
	struct fault why;

	return mac_is_host(&claim->mac) && claim->source > STATE_SOURCE_NONE &&
	       claim->source <= STATE_SOURCE_X509 &&
	       (claim->source == STATE_SOURCE_LLDP || claim->ttl_sec == 0) &&
	       memchr(claim->url, '\0', sizeof(claim->url)) != NULL &&
	       url_parse(claim->url, &url, &why) &&
	       strcmp(url.text, claim->url) == 0;
}

static void
bind_mac(sqlite3_stmt *stmt, const struct mac *mac)
{
	(void)sqlite3_bind_blob(
	    stmt, 1, mac->byte, sizeof(mac->byte), SQLITE_STATIC);
}

int
state_put_claim(struct state *state, const struct state_claim *claim)
{
	sqlite3_stmt *stmt;
	int error;

	if (!is_good(claim))
		return -EINVAL;
	stmt =
	    prepare(state, "REPLACE INTO claims VALUES(?1,?2,?3,?4)", &error);
	if (stmt == NULL)
		return error;
	bind_mac(stmt, &claim->mac);
	(void)sqlite3_bind_int(stmt, 2, (int)claim->source);
	(void)sqlite3_bind_text(stmt, 3, claim->url, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int(stmt, 4, claim->ttl_sec);
	return finish(stmt);
}

int
state_delete_claims(struct state *state, const struct mac *mac)
{
	int error;
	sqlite3_stmt *stmt =
	    prepare(state, "DELETE FROM claims WHERE mac=?1", &error);

	if (stmt == NULL)
		return error;
	bind_mac(stmt, mac);
	return finish(stmt);
}

static bool
take(sqlite3_stmt *stmt, struct state_claim *claim)
{
	sqlite3_int64 source = sqlite3_column_int64(stmt, 1);
	sqlite3_int64 ttl = sqlite3_column_int64(stmt, 3);

	*claim = (struct state_claim){ .source = STATE_SOURCE_NONE };
	if (sqlite3_column_type(stmt, 0) != SQLITE_BLOB ||
	    sqlite3_column_bytes(stmt, 0) != sizeof(claim->mac) ||
	    sqlite3_column_type(stmt, 2) != SQLITE_TEXT ||
	    sqlite3_column_bytes(stmt, 2) >= (int)sizeof(claim->url) ||
	    source < 0 || source >= STATE_SOURCES || ttl < 0 ||
	    ttl > UINT16_MAX)
		return false;
	memcpy(&claim->mac, sqlite3_column_blob(stmt, 0), sizeof(claim->mac));
	claim->source = (enum state_source)source;
	text_copy(claim->url, sizeof(claim->url),
	    (const char *)sqlite3_column_text(stmt, 2));
	claim->ttl_sec = (uint16_t)ttl;
	return is_good(claim);
}

int
state_load_claims(struct state *state, state_claim_fn *fn, void *arg)
{
	int error, code, left_out = 0;
	sqlite3_stmt *stmt = prepare(
	    state, "SELECT mac, source, url, ttl_sec FROM claims", &error);
	struct state_claim claim;

	if (stmt == NULL)
		return error;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
		if (take(stmt, &claim))
			fn(arg, &claim);
		else
			left_out++;
	(void)sqlite3_finalize(stmt);
	return code == SQLITE_DONE ? left_out : statedb_errno(code);
}
