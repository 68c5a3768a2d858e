/*
 * The SQLite file under the state: opening it so that it needs no path
 * afterwards, setting a damaged one aside, transactions, errors as -errno.
 */
#ifndef ENGINE_STATEDB_H
#define ENGINE_STATEDB_H

#include <stddef.h>

#include <sqlite3.h>

#include "engine/state/state.h"

/*
 * Opens or makes the file, brings it to this version, and prepares the n
 * statements of sql; see state_open.  On success the caller owns *db and
 * stmts[0..n-1], and ends them with statedb_close.  stmts are NULL before.
 */
int statedb_open(const char *path, const char *const *sql, sqlite3_stmt **stmts,
    size_t n, sqlite3 **db, enum state_opened *how);
void statedb_close(sqlite3 *db, sqlite3_stmt **stmts, size_t n);

/* One or more statements without outcome. 0 or -errno. */
int statedb_exec(sqlite3 *db, const char *sql);

/* What a result code of SQLite is called outside; 0 for its three good ones.
 */
int statedb_errno(int code);

/* Bytes in use, or -errno. */
long long statedb_used(sqlite3 *db);

#endif
