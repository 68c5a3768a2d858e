/*
 * Certificates of Things in the state.  Role: engine.  Input: our own file
 * read back.  The table is rarely touched, so a statement lives for one call.
 */
#include "engine/state/statecert.h"

#include <errno.h>
#include <string.h>

#include "engine/state/state.h"
#include "engine/state/statedb.h"
#include "libmud/bytes.h"
#include "libmud/signer.h"

static bool
is_sound(const struct thing_certificate *certificate)
{
	return signer_text_is_sound(
		   certificate->subject, sizeof(certificate->subject)) &&
	       signer_text_is_sound(
		   certificate->signer, sizeof(certificate->signer)) &&
	       signer_text_is_sound(
		   certificate->serial, sizeof(certificate->serial)) &&
	       certificate->n_mudsigner <= sizeof(certificate->mudsigner) &&
	       certificate->seen_at >= 0;
}

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

static void
bind_blob(sqlite3_stmt *stmt, int at, const void *data, size_t len)
{
	if (len == 0)
		(void)sqlite3_bind_zeroblob(stmt, at, 0);
	else
		(void)sqlite3_bind_blob(
		    stmt, at, data, (int)len, SQLITE_TRANSIENT);
}

static void
bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	(void)sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
}

int
state_put_certificate(struct state *state, const struct mac *mac,
    const struct thing_certificate *certificate)
{
	sqlite3_stmt *stmt;
	int error;

	if (!mac_is_host(mac) || !is_sound(certificate))
		return -EINVAL;
	stmt = prepare(state,
	    "REPLACE INTO certificates VALUES(?1,?2,?3,?4,?5,?6,?7)", &error);
	if (stmt == NULL)
		return error;
	bind_blob(stmt, 1, mac->byte, sizeof(mac->byte));
	bind_text(stmt, 2, certificate->subject);
	bind_text(stmt, 3, certificate->signer);
	bind_text(stmt, 4, certificate->serial);
	bind_blob(stmt, 5, certificate->fingerprint,
	    sizeof(certificate->fingerprint));
	bind_blob(stmt, 6, certificate->mudsigner, certificate->n_mudsigner);
	(void)sqlite3_bind_int64(stmt, 7, certificate->seen_at);
	return finish(stmt);
}

/* ---- rows read back ----------------------------------------------------- */

static bool
take_text(sqlite3_stmt *stmt, int at, char *to, size_t size)
{
	/* Asked first: reading it as text makes it one. */
	const bool is_text = sqlite3_column_type(stmt, at) == SQLITE_TEXT;
	const unsigned char *text = sqlite3_column_text(stmt, at);
	const size_t len = (size_t)sqlite3_column_bytes(stmt, at);

	if (!is_text || text == NULL || len >= size ||
	    memchr(text, '\0', len) != NULL)
		return false;
	memcpy(to, text, len);
	to[len] = '\0';
	return true;
}

/* At least `least` bytes of `to`, at most all. */
static bool
take_blob(sqlite3_stmt *stmt, int at, void *to, size_t least, size_t most,
    uint32_t *len)
{
	const void *data;

	if (sqlite3_column_type(stmt, at) != SQLITE_BLOB)
		return false;
	data = sqlite3_column_blob(stmt, at);
	*len = (uint32_t)sqlite3_column_bytes(stmt, at);
	if (*len < least || *len > most)
		return false;
	if (*len > 0)
		memcpy(to, data, *len);
	return true;
}

static bool
take_row(sqlite3_stmt *stmt, struct mac *mac, struct thing_certificate *row)
{
	uint32_t len;

	memset(row, 0, sizeof(*row));
	if (!take_blob(stmt, 0, mac->byte, sizeof(mac->byte), sizeof(mac->byte),
		&len) ||
	    !take_text(stmt, 1, row->subject, sizeof(row->subject)) ||
	    !take_text(stmt, 2, row->signer, sizeof(row->signer)) ||
	    !take_text(stmt, 3, row->serial, sizeof(row->serial)) ||
	    !take_blob(stmt, 4, row->fingerprint, sizeof(row->fingerprint),
		sizeof(row->fingerprint), &len) ||
	    !take_blob(stmt, 5, row->mudsigner, 0, sizeof(row->mudsigner),
		&row->n_mudsigner) ||
	    sqlite3_column_type(stmt, 6) != SQLITE_INTEGER)
		return false;
	row->seen_at = sqlite3_column_int64(stmt, 6);
	return mac_is_host(mac) && is_sound(row);
}

int
state_load_certificates(
    struct state *state, state_certificate_fn *fn, void *arg)
{
	int refused = 0, error, code;
	sqlite3_stmt *stmt =
	    prepare(state, "SELECT * FROM certificates", &error);

	if (stmt == NULL)
		return error;
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct thing_certificate row;
		struct mac mac;

		if (take_row(stmt, &mac, &row))
			fn(arg, &mac, &row);
		else
			refused++;
	}
	(void)sqlite3_finalize(stmt);
	return code == SQLITE_DONE ? refused : statedb_errno(code);
}
