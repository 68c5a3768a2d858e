/*
 * The SQLite file.  Role: engine.  Input: our own file, which may be damaged,
 * cut short, or somebody else's: it is set aside then, never trusted.
 *
 * Write-ahead log with an exclusive lock: no shared-memory file, one fsync a
 * commit, and after the first commit no path is opened any more, so
 * the sandbox may close behind statedb_open.
 */
#include "engine/state/statedb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libmud/mem.h"

#define VERSION_NOW 3
#define PAGE_BYTES  4096
#define TEXT_OF(x)  #x
#define NUMBER(x)   TEXT_OF(x)

/* Before the first look at the file. */
static const char settings[] =
    "PRAGMA page_size=" NUMBER(PAGE_BYTES) ";"
					   "PRAGMA locking_mode=EXCLUSIVE;"
					   "PRAGMA temp_store=MEMORY;"
					   "PRAGMA mmap_size=0;"
					   "PRAGMA trusted_schema=OFF;"
					   "PRAGMA cell_size_check=ON;"
					   "PRAGMA foreign_keys=ON;"
					   "PRAGMA synchronous=FULL;"
					   "PRAGMA wal_autocheckpoint=256;";

/* Since version 2. */
#define TABLE_URLS                                                             \
	"CREATE TABLE urls(url TEXT PRIMARY KEY NOT NULL,"                     \
	" used_at INTEGER NOT NULL, newest INTEGER NOT NULL,"                  \
	" newest_digest BLOB NOT NULL, identity BLOB NOT NULL,"                \
	" anchor BLOB NOT NULL, pinned BLOB NOT NULL,"                         \
	" failures INTEGER NOT NULL,"                                          \
	" next_fetch_at INTEGER NOT NULL, fault TEXT NOT NULL,"                \
	" clause TEXT NOT NULL, detail TEXT NOT NULL) WITHOUT ROWID;"

#define TABLES_TRUST                                                           \
	"CREATE TABLE anchors(id BLOB PRIMARY KEY NOT NULL,"                   \
	" pem BLOB NOT NULL, added_at INTEGER NOT NULL,"                       \
	" added_by INTEGER NOT NULL);"                                         \
	"CREATE TABLE distrusted(spki BLOB PRIMARY KEY NOT NULL,"              \
	" subject TEXT NOT NULL, since INTEGER NOT NULL,"                      \
	" by_uid INTEGER NOT NULL) WITHOUT ROWID;"

/* Since version 3. */
#define TABLE_CLAIMS                                                           \
	"CREATE TABLE claims(mac BLOB NOT NULL REFERENCES things(mac)"         \
	" ON DELETE CASCADE, source INTEGER NOT NULL, url TEXT NOT NULL,"      \
	" ttl_sec INTEGER NOT NULL, PRIMARY KEY(mac, source)) WITHOUT ROWID;"
#define TABLE_CERTIFICATES                                                     \
	"CREATE TABLE certificates(mac BLOB PRIMARY KEY NOT NULL"              \
	" REFERENCES things(mac) ON DELETE CASCADE,"                           \
	" subject TEXT NOT NULL, signer TEXT NOT NULL, serial TEXT NOT NULL,"  \
	" fingerprint BLOB NOT NULL, mudsigner BLOB NOT NULL,"                 \
	" seen_at INTEGER NOT NULL) WITHOUT ROWID;"

/* What was stored before of IPv4 came of DHCP, and of IPv6 of neighbour
 * discovery: LEASE_DHCP4, LEASE_NEIGHBOUR. */
#define LEASES_GET_SOURCES                                                     \
	"ALTER TABLE leases ADD COLUMN source INTEGER NOT NULL DEFAULT 0;"     \
	"UPDATE leases SET source=2 WHERE length(addr)=16;"

static const char schema[] =
    "BEGIN IMMEDIATE;" TABLE_URLS TABLES_TRUST TABLE_CERTIFICATES
    "CREATE TABLE meta(key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "INSERT INTO meta VALUES('starts', 0);"
    "CREATE TABLE things(mac BLOB PRIMARY KEY NOT NULL, url TEXT NOT NULL,"
    " url_source INTEGER NOT NULL, name TEXT NOT NULL, hostname TEXT NOT NULL,"
    " port TEXT NOT NULL, first_seen INTEGER NOT NULL,"
    " last_seen INTEGER NOT NULL, departed INTEGER NOT NULL,"
    " flags INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE leases(mac BLOB NOT NULL REFERENCES things(mac)"
    " ON DELETE CASCADE, addr BLOB NOT NULL, expires_at INTEGER NOT NULL,"
    " source INTEGER NOT NULL, PRIMARY KEY(mac, addr)) WITHOUT ROWID;"
    /* With a rowid: its rows are large. */
    "CREATE TABLE files(url TEXT NOT NULL, digest BLOB NOT NULL,"
    " fetched_at INTEGER NOT NULL, verified_at INTEGER NOT NULL,"
    " verdict TEXT NOT NULL, clause TEXT NOT NULL, detail TEXT NOT NULL,"
    " subject TEXT NOT NULL, issuer TEXT NOT NULL, spki BLOB NOT NULL,"
    " not_after INTEGER NOT NULL, status INTEGER NOT NULL,"
    " approved_by INTEGER NOT NULL, approved_at INTEGER NOT NULL,"
    " signature BLOB NOT NULL, file BLOB NOT NULL, identity BLOB NOT NULL,"
    " anchor BLOB NOT NULL, other_type INTEGER NOT NULL,"
    " PRIMARY KEY(url, digest));"
    "CREATE TABLE names(name TEXT NOT NULL, addr BLOB NOT NULL,"
    " expires_at INTEGER NOT NULL, PRIMARY KEY(name, addr)) WITHOUT ROWID;" TABLE_CLAIMS
    "PRAGMA user_version=" NUMBER(VERSION_NOW) ";"
					       "COMMIT;";

#define ZEROS_32 "x'" ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 "'"
#define ZEROS_8  "0000000000000000"

/*
 * Version 1 wrote faults down as numbers.  Who signed is not known as S-31
 * compares it; the next judgement of the file says it.
 */
static const char from_1[] =
    "BEGIN IMMEDIATE;" TABLE_URLS TABLES_TRUST TABLE_CLAIMS TABLE_CERTIFICATES
	LEASES_GET_SOURCES
    "ALTER TABLE files ADD COLUMN identity BLOB NOT NULL DEFAULT " ZEROS_32 ";"
    "ALTER TABLE files ADD COLUMN anchor BLOB NOT NULL DEFAULT " ZEROS_32 ";"
    "ALTER TABLE files ADD COLUMN other_type INTEGER NOT NULL DEFAULT 0;"
    "UPDATE files SET verdict=coalesce((SELECT name FROM"
    " (WITH words(n, name) AS (VALUES(0,'none'),(1,'malformed'),(2,'too-long'),"
    "(3,'too-many'),(4,'unsupported'),(5,'not-https'),(6,'url-forbidden'),"
    "(7,'url-conflict'),(8,'resolve'),(9,'address-refused'),(10,'connect'),"
    "(11,'tls'),(12,'http'),(13,'redirect'),(14,'timeout'),(15,'too-large'),"
    "(16,'media-type'),(17,'unsigned'),(18,'signature-url'),"
    "(19,'signature-form'),(20,'digest-weak'),(21,'signature-broken'),"
    "(22,'signed-as-text'),(23,'untrusted-signer'),(24,'signer-expired'),"
    "(25,'expired-at-signing'),(26,'key-usage'),(27,'signer-is-ca'),"
    "(28,'not-json'),(29,'not-a-mud-file'),(30,'mud-version'),"
    "(31,'wrong-mud-url'),(32,'draft-file'),(33,'ip-literal'),"
    "(34,'drop-not-understood'),(35,'spoof'),(36,'rejected'),(37,'kernel'),"
    "(38,'worker'),(39,'busy'),(40,'record'),(41,'internal'))"
    " SELECT n, name FROM words) WHERE n=verdict), 'internal');"
    "PRAGMA user_version=" NUMBER(VERSION_NOW) ";"
					       "COMMIT;";

static const char from_2[] =
    "BEGIN IMMEDIATE;" TABLE_CLAIMS TABLE_CERTIFICATES LEASES_GET_SOURCES
    "PRAGMA user_version=" NUMBER(VERSION_NOW) ";"
					       "COMMIT;";

static const struct {
	int code, error;
} errors[] = {
	{ SQLITE_OK, 0 },
	{ SQLITE_ROW, 0 },
	{ SQLITE_DONE, 0 },
	{ SQLITE_BUSY, -EBUSY },
	{ SQLITE_LOCKED, -EBUSY },
	{ SQLITE_PERM, -EACCES },
	{ SQLITE_AUTH, -EACCES },
	{ SQLITE_CANTOPEN, -EACCES },
	{ SQLITE_READONLY, -EROFS },
	{ SQLITE_FULL, -ENOSPC },
	{ SQLITE_NOMEM, -ENOMEM },
	{ SQLITE_TOOBIG, -EINVAL },
	{ SQLITE_MISMATCH, -EINVAL },
	{ SQLITE_CONSTRAINT, -ENOENT }, /* a lease without its Thing */
	{ SQLITE_CORRUPT, -EUCLEAN },
	{ SQLITE_NOTADB, -EUCLEAN },
};

int
statedb_errno(int code)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].code == (code & 0xff))
			return errors[i].error;
	return -EIO;
}

int
statedb_exec(sqlite3 *db, const char *sql)
{
	return statedb_errno(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

/* A statement's first column, a number. */
static int
ask_number(sqlite3 *db, const char *sql, long long *number)
{
	sqlite3_stmt *stmt;
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (code != SQLITE_OK)
		return statedb_errno(code);
	code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		*number = sqlite3_column_int64(stmt, 0);
	(void)sqlite3_finalize(stmt);
	return code == SQLITE_DONE ? -EUCLEAN : statedb_errno(code);
}

/* A statement's first column must be this word. */
static int
ask_word(sqlite3 *db, const char *sql, const char *word)
{
	sqlite3_stmt *stmt;
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	int error;

	if (code != SQLITE_OK)
		return statedb_errno(code);
	code = sqlite3_step(stmt);
	error = statedb_errno(code);
	if (code == SQLITE_ROW &&
	    sqlite3_stricmp((const char *)sqlite3_column_text(stmt, 0), word) !=
		0)
		error = -EUCLEAN;
	(void)sqlite3_finalize(stmt);
	return error;
}

/* Of what the schema makes, anything missing or besides is not ours. */
static int
check_schema(sqlite3 *db, long long *version)
{
	static const long long wanted[] = { 0, 5, 8, 10 };
	long long tables = 0;
	int error = ask_number(db, "PRAGMA user_version", version);

	if (error == 0)
		error = ask_number(db,
		    "SELECT count(*) FROM sqlite_schema WHERE "
		    "sql IS NOT NULL",
		    &tables);
	if (error != 0)
		return error;
	if (*version > VERSION_NOW)
		return -ENOTSUP;
	return *version >= 0 && tables == wanted[*version] ? 0 : -EUCLEAN;
}

/* -EUCLEAN: damaged, or not ours. */
static int
bring_up(sqlite3 *db, enum state_opened *how)
{
	sqlite3_int64 log_bytes = STATE_LOG_BYTES;
	char most[64];
	long long version = 0;
	int keep_log = 1;
	int error = statedb_exec(db, settings);

	if (error == 0)
		error = ask_word(db, "PRAGMA journal_mode=WAL", "wal");
	if (error == 0)
		error = check_schema(db, &version);
	if (error == 0)
		error = ask_word(db, "PRAGMA quick_check(1)", "ok");
	if (error != 0)
		return error;
	(void)snprintf(most, sizeof(most),
	    "PRAGMA max_page_count=%d;PRAGMA journal_size_limit=%lld",
	    STATE_MAX_BYTES / PAGE_BYTES, log_bytes);
	error = statedb_exec(db, most);
	/* The log stays when we close: unlinking needs a path. */
	(void)sqlite3_file_control(
	    db, NULL, SQLITE_FCNTL_PERSIST_WAL, &keep_log);
	if (error == 0 && version == 0)
		error = statedb_exec(db, schema);
	if (error == 0 && version == 1)
		error = statedb_exec(db, from_1);
	if (error == 0 && version == 2)
		error = statedb_exec(db, from_2);
	/* Opens the log, and shows that the disk takes a commit. */
	if (error == 0)
		error = statedb_exec(db,
		    "UPDATE meta SET value=value+1 WHERE key='starts';"
		    "PRAGMA wal_checkpoint(TRUNCATE)");
	if (error == 0)
		*how = version == 0 ? STATE_NEW : STATE_FOUND;
	return error;
}

void
statedb_close(sqlite3 *db, sqlite3_stmt **stmts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		(void)sqlite3_finalize(stmts[i]);
		stmts[i] = NULL;
	}
	(void)sqlite3_close(db);
}

/* A statement that does not fit our tables: they are somebody else's. */
static int
prepare(sqlite3 *db, const char *const *sql, sqlite3_stmt **stmts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int code = sqlite3_prepare_v3(
		    db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &stmts[i], NULL);

		if (code != SQLITE_OK)
			return (code & 0xff) == SQLITE_ERROR
			           ? -EUCLEAN
			           : statedb_errno(code);
	}
	return 0;
}

static int
open_once(const char *path, const char *const *sql, sqlite3_stmt **stmts,
    size_t n, sqlite3 **db, enum state_opened *how)
{
	/* S-83: MACs and names are nobody else's business. */
	mode_t before = umask(0077);
	sqlite3 *fresh = NULL;
	int error = statedb_errno(sqlite3_open_v2(path, &fresh,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
	    NULL));

	if (error == 0)
		error = bring_up(fresh, how);
	(void)umask(before);
	if (error == 0)
		error = prepare(fresh, sql, stmts, n);
	if (error != 0) {
		statedb_close(fresh, stmts, n);
		return error;
	}
	*db = fresh;
	return 0;
}

/* PATH and its log become PATH.bad and PATH.bad-wal. */
static int
set_aside(const char *path)
{
	static const char *const ends[] = { "", "-wal" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char from[4096], to[4096];
		int n = snprintf(from, sizeof(from), "%s%s", path, ends[i]);
		int m = snprintf(to, sizeof(to), "%s.bad%s", path, ends[i]);

		if (n < 0 || m < 0 || (size_t)m >= sizeof(to))
			return -ENAMETOOLONG;
		if (rename(from, to) != 0 && errno != ENOENT)
			return -errno;
	}
	return 0;
}

int
statedb_open(const char *path, const char *const *sql, sqlite3_stmt **stmts,
    size_t n, sqlite3 **db, enum state_opened *how)
{
	enum state_opened found = STATE_FOUND;
	int error = open_once(path, sql, stmts, n, db, &found);

	if (error == -EUCLEAN) {
		error = set_aside(path);
		if (error == 0)
			error = open_once(path, sql, stmts, n, db, &found);
		found = STATE_SET_ASIDE;
	}
	if (error == 0)
		*how = found;
	return error;
}

long long
statedb_used(sqlite3 *db)
{
	long long pages = 0, unused = 0;
	int error = ask_number(db, "PRAGMA page_count", &pages);

	if (error == 0)
		error = ask_number(db, "PRAGMA freelist_count", &unused);
	return error == 0 ? (pages - unused) * PAGE_BYTES : error;
}
