/*
 * Rows of the state, as structs.  Role: engine.  Input: our own file read
 * back, which is checked like any other input; and what the engine puts, held
 * to the same bounds so that it can be read back.
 */
#include "engine/state/staterow.h"

#include <string.h>

#include "engine/files/ownfiles.h"
#include "libmud/url.h"

/* ---- what a row may hold ----------------------------------------------- */

static bool
text_is_made_of(const char *text, size_t size, const char *besides)
{
	const char *end = memchr(text, '\0', size);

	if (end == NULL)
		return false;
	for (; text < end; text++)
		if (!((*text >= 'a' && *text <= 'z') ||
			(*text >= 'A' && *text <= 'Z') ||
			(*text >= '0' && *text <= '9') ||
			strchr(besides, *text) != NULL))
			return false;
	return true;
}

static bool
text_is_printable(const char *text, size_t size)
{
	const char *end = memchr(text, '\0', size);

	if (end == NULL)
		return false;
	for (; text < end; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

static bool
url_is_canonical(const char text[LIMIT_URL + 1])
{
	struct url url;
	struct fault why;

	return memchr(text, '\0', LIMIT_URL + 1) != NULL &&
	       url_parse(text, &url, &why) && strcmp(url.text, text) == 0;
}

/* Or the name of a file of policies/. */
static bool
is_mud_url(const char text[LIMIT_URL + 1])
{
	return url_is_canonical(text) ||
	       (memchr(text, '\0', LIMIT_URL + 1) != NULL &&
		   ownfiles_name(text) != NULL);
}

static bool
thing_is_sound(const struct state_thing *thing)
{
	return mac_is_host(&thing->mac) &&
	       (thing->url[0] == '\0'
		       ? thing->url_source == STATE_SOURCE_NONE
		       : is_mud_url(thing->url) &&
			     thing->url_source > STATE_SOURCE_NONE &&
			     thing->url_source < STATE_SOURCES) &&
	       text_is_made_of(thing->name, sizeof(thing->name), "._-") &&
	       text_is_made_of(
		   thing->hostname, sizeof(thing->hostname), "._-") &&
	       text_is_made_of(thing->port, sizeof(thing->port), "._-+@") &&
	       thing->first_seen >= 0 && thing->last_seen >= 0;
}

static bool
lease_is_sound(const struct state_lease *lease)
{
	if (lease->addr.family != 4 && lease->addr.family != 6)
		return false;
	return mac_is_host(&lease->mac) && addr_is_host(&lease->addr) &&
	       lease->expires_at >= 0 &&
	       (lease->source == LEASE_NEIGHBOUR ||
		   lease->source ==
		       (lease->addr.family == 4 ? LEASE_DHCP4 : LEASE_DHCP6));
}

static bool
file_is_sound(const struct state_file *file)
{
	const struct signer *signer = &file->signer;

	return url_is_canonical(file->url) &&
	       (file->file.data == NULL || file->file.len > 0) &&
	       file->file.len <= LIMIT_FILE &&
	       file->signature.len <= LIMIT_SIGNATURE &&
	       file->fetched_at >= 0 && file->verified_at >= 0 &&
	       fault_is_sound(&file->verdict) &&
	       text_is_printable(signer->subject, sizeof(signer->subject)) &&
	       text_is_printable(signer->issuer, sizeof(signer->issuer)) &&
	       file->status >= 0 && file->status < FILE_STATUSES &&
	       file->approved_by >= -1 && file->approved_by <= UINT32_MAX &&
	       file->approved_at >= 0;
}

static bool
url_is_sound(const struct state_url *url)
{
	return url_is_canonical(url->url) && url->used_at >= 0 &&
	       url->newest >= 0 && url->next_fetch_at >= 0 &&
	       fault_is_sound(&url->fault);
}

static bool
name_is_sound(const struct state_name *name)
{
	char host[LIMIT_HOST + 1];
	struct fault why;

	return memchr(name->name, '\0', sizeof(name->name)) != NULL &&
	       host_parse(name->name, true, host, &why) &&
	       strcmp(host, name->name) == 0 &&
	       (name->addr.family == 4 || name->addr.family == 6) &&
	       name->expires_at >= 0;
}

/* ---- values into statements -------------------------------------------- */

/* All of it is lent until the statement is reset. */
static void
bind_text(sqlite3_stmt *stmt, int place, const char *text)
{
	(void)sqlite3_bind_text(stmt, place, text, -1, SQLITE_STATIC);
}

static void
bind_blob(sqlite3_stmt *stmt, int place, const void *data, size_t len)
{
	if (len == 0)
		(void)sqlite3_bind_zeroblob(stmt, place, 0);
	else
		(void)sqlite3_bind_blob64(
		    stmt, place, data, len, SQLITE_STATIC);
}

static void
bind_mac(sqlite3_stmt *stmt, int place, const struct mac *mac)
{
	bind_blob(stmt, place, mac->byte, sizeof(mac->byte));
}

static void
bind_addr(sqlite3_stmt *stmt, int place, const struct addr *addr)
{
	bind_blob(stmt, place, addr->byte, addr->family == 4 ? 4 : 16);
}

static void
bind_number(sqlite3_stmt *stmt, int place, int64_t number)
{
	(void)sqlite3_bind_int64(stmt, place, number);
}

/* By its name: numbers change as codes are added. */
static void
bind_fault(sqlite3_stmt *stmt, int place, const struct fault *why)
{
	bind_text(stmt, place, fault_name(why->code));
	bind_text(stmt, place + 1, why->clause);
	bind_text(stmt, place + 2, why->detail);
}

/* ---- values out of rows ------------------------------------------------ */

/* A row in hand; what is not as it should be is remembered. */
struct row {
	sqlite3_stmt *stmt;
	int next;
	bool broken;
};

static int64_t
take_number(struct row *row, int64_t low, int64_t high)
{
	int column = row->next++;
	int64_t n = sqlite3_column_int64(row->stmt, column);

	if (sqlite3_column_type(row->stmt, column) == SQLITE_INTEGER &&
	    n >= low && n <= high)
		return n;
	row->broken = true;
	return low;
}

static void
take_text(struct row *row, char *to, size_t size)
{
	int column = row->next++;
	/* Asked first: reading it as text makes it one. */
	const bool is_text =
	    sqlite3_column_type(row->stmt, column) == SQLITE_TEXT;
	const unsigned char *text = sqlite3_column_text(row->stmt, column);
	size_t len = (size_t)sqlite3_column_bytes(row->stmt, column);

	if (!is_text || text == NULL || len >= size ||
	    memchr(text, '\0', len) != NULL) {
		row->broken = true;
		return;
	}
	memcpy(to, text, len);
	to[len] = '\0';
}

static struct bytes
take_bytes(struct row *row)
{
	int column = row->next++;
	struct bytes bytes = { NULL, 0 };

	if (sqlite3_column_type(row->stmt, column) != SQLITE_BLOB) {
		row->broken = true;
		return bytes;
	}
	bytes.data = sqlite3_column_blob(row->stmt, column);
	bytes.len = (size_t)sqlite3_column_bytes(row->stmt, column);
	return bytes;
}

static void
take_blob(struct row *row, void *to, size_t size)
{
	struct bytes bytes = take_bytes(row);

	if (bytes.len != size)
		row->broken = true;
	else
		memcpy(to, bytes.data, size);
}

static void
take_addr(struct row *row, struct addr *addr)
{
	struct bytes bytes = take_bytes(row);

	if (bytes.len == 4)
		*addr = addr_v4(bytes.data);
	else if (bytes.len == 16)
		*addr = addr_v6(bytes.data);
	else
		row->broken = true;
}

/* A name that only another version knows still tells what was wrong. */
static void
take_fault(struct row *row, struct fault *why)
{
	char name[64] = "";

	take_text(row, name, sizeof(name));
	why->code = FAULT_INTERNAL;
	(void)fault_find(name, &why->code);
	take_text(row, why->clause, sizeof(why->clause));
	take_text(row, why->detail, sizeof(why->detail));
}

/* ---- one kind after the other ------------------------------------------ */

void
staterow_put_key(sqlite3_stmt *stmt, const char *text, const uint8_t digest[32])
{
	bind_text(stmt, 1, text);
	if (digest != NULL)
		bind_blob(stmt, 2, digest, 32);
}

void
staterow_put_lease_key(
    sqlite3_stmt *stmt, const struct mac *mac, const struct addr *addr)
{
	bind_mac(stmt, 1, mac);
	if (addr != NULL)
		bind_addr(stmt, 2, addr);
}

bool
staterow_put_thing(sqlite3_stmt *stmt, const struct state_thing *thing)
{
	if (!thing_is_sound(thing))
		return false;
	bind_mac(stmt, 1, &thing->mac);
	bind_text(stmt, 2, thing->url);
	bind_number(stmt, 3, thing->url_source);
	bind_text(stmt, 4, thing->name);
	bind_text(stmt, 5, thing->hostname);
	bind_text(stmt, 6, thing->port);
	bind_number(stmt, 7, thing->first_seen);
	bind_number(stmt, 8, thing->last_seen);
	bind_number(stmt, 9, thing->departed);
	bind_number(stmt, 10, thing->flags);
	return true;
}

bool
staterow_take_thing(sqlite3_stmt *stmt, struct state_thing *thing)
{
	struct row row = { stmt, 0, false };

	memset(thing, 0, sizeof(*thing));
	take_blob(&row, thing->mac.byte, sizeof(thing->mac.byte));
	take_text(&row, thing->url, sizeof(thing->url));
	thing->url_source =
	    (enum state_source)take_number(&row, 0, STATE_SOURCES - 1);
	take_text(&row, thing->name, sizeof(thing->name));
	take_text(&row, thing->hostname, sizeof(thing->hostname));
	take_text(&row, thing->port, sizeof(thing->port));
	thing->first_seen = take_number(&row, 0, INT64_MAX);
	thing->last_seen = take_number(&row, 0, INT64_MAX);
	thing->departed = take_number(&row, 0, 1) == 1;
	thing->flags = (uint32_t)take_number(&row, 0, UINT32_MAX);
	return !row.broken && thing_is_sound(thing);
}

bool
staterow_put_lease(sqlite3_stmt *stmt, const struct state_lease *lease)
{
	if (!lease_is_sound(lease))
		return false;
	staterow_put_lease_key(stmt, &lease->mac, &lease->addr);
	bind_number(stmt, 3, lease->expires_at);
	bind_number(stmt, 4, lease->source);
	return true;
}

bool
staterow_take_lease(sqlite3_stmt *stmt, struct state_lease *lease)
{
	struct row row = { stmt, 0, false };

	memset(lease, 0, sizeof(*lease));
	take_blob(&row, lease->mac.byte, sizeof(lease->mac.byte));
	take_addr(&row, &lease->addr);
	lease->expires_at = take_number(&row, 0, INT64_MAX);
	lease->source =
	    (enum lease_source)take_number(&row, 0, LEASE_SOURCES - 1);
	return !row.broken && lease_is_sound(lease);
}

bool
staterow_put_file(sqlite3_stmt *stmt, const struct state_file *file)
{
	if (!file_is_sound(file))
		return false;
	staterow_put_key(stmt, file->url, file->digest);
	bind_number(stmt, 3, file->fetched_at);
	bind_number(stmt, 4, file->verified_at);
	bind_fault(stmt, 5, &file->verdict);
	bind_text(stmt, 8, file->signer.subject);
	bind_text(stmt, 9, file->signer.issuer);
	bind_blob(stmt, 10, file->signer.spki, sizeof(file->signer.spki));
	bind_number(stmt, 11, file->signer.not_after);
	bind_number(stmt, 12, file->status);
	bind_number(stmt, 13, file->approved_by);
	bind_number(stmt, 14, file->approved_at);
	bind_blob(
	    stmt, 15, file->signer.identity, sizeof(file->signer.identity));
	bind_blob(stmt, 16, file->signer.anchor, sizeof(file->signer.anchor));
	bind_number(stmt, 17, file->is_other_type);
	/* A statement that leaves the bytes alone has no place for them. */
	if (file->file.data == NULL)
		return true;
	bind_blob(stmt, 18, file->signature.data, file->signature.len);
	bind_blob(stmt, 19, file->file.data, file->file.len);
	return true;
}

bool
staterow_take_file(sqlite3_stmt *stmt, struct state_file *file)
{
	struct row row = { stmt, 0, false };

	memset(file, 0, sizeof(*file));
	take_text(&row, file->url, sizeof(file->url));
	take_blob(&row, file->digest, sizeof(file->digest));
	file->fetched_at = take_number(&row, 0, INT64_MAX);
	file->verified_at = take_number(&row, 0, INT64_MAX);
	take_fault(&row, &file->verdict);
	take_text(&row, file->signer.subject, sizeof(file->signer.subject));
	take_text(&row, file->signer.issuer, sizeof(file->signer.issuer));
	take_blob(&row, file->signer.spki, sizeof(file->signer.spki));
	file->signer.not_after = take_number(&row, INT64_MIN, INT64_MAX);
	file->status =
	    (enum file_status)take_number(&row, 0, FILE_STATUSES - 1);
	file->approved_by = take_number(&row, -1, UINT32_MAX);
	file->approved_at = take_number(&row, 0, INT64_MAX);
	file->signature = take_bytes(&row);
	file->file = take_bytes(&row);
	take_blob(&row, file->signer.identity, sizeof(file->signer.identity));
	take_blob(&row, file->signer.anchor, sizeof(file->signer.anchor));
	file->is_other_type = take_number(&row, 0, 1) == 1;
	return !row.broken && file->file.data != NULL && file_is_sound(file);
}

bool
staterow_put_name(sqlite3_stmt *stmt, const struct state_name *name)
{
	if (!name_is_sound(name))
		return false;
	bind_text(stmt, 1, name->name);
	bind_addr(stmt, 2, &name->addr);
	bind_number(stmt, 3, name->expires_at);
	return true;
}

bool
staterow_take_name(sqlite3_stmt *stmt, struct state_name *name)
{
	struct row row = { stmt, 0, false };

	memset(name, 0, sizeof(*name));
	take_text(&row, name->name, sizeof(name->name));
	take_addr(&row, &name->addr);
	name->expires_at = take_number(&row, 0, INT64_MAX);
	return !row.broken && name_is_sound(name);
}

bool
staterow_put_url(sqlite3_stmt *stmt, const struct state_url *url)
{
	if (!url_is_sound(url))
		return false;
	bind_text(stmt, 1, url->url);
	bind_number(stmt, 2, url->used_at);
	bind_number(stmt, 3, url->newest);
	bind_blob(stmt, 4, url->newest_digest, sizeof(url->newest_digest));
	bind_blob(stmt, 5, url->identity, sizeof(url->identity));
	bind_blob(stmt, 6, url->anchor, sizeof(url->anchor));
	bind_blob(stmt, 7, url->pinned, sizeof(url->pinned));
	bind_number(stmt, 8, url->failures);
	bind_number(stmt, 9, url->next_fetch_at);
	bind_fault(stmt, 10, &url->fault);
	return true;
}

bool
staterow_take_url(sqlite3_stmt *stmt, struct state_url *url)
{
	struct row row = { stmt, 0, false };

	memset(url, 0, sizeof(*url));
	take_text(&row, url->url, sizeof(url->url));
	url->used_at = take_number(&row, 0, INT64_MAX);
	url->newest = take_number(&row, 0, INT64_MAX);
	take_blob(&row, url->newest_digest, sizeof(url->newest_digest));
	take_blob(&row, url->identity, sizeof(url->identity));
	take_blob(&row, url->anchor, sizeof(url->anchor));
	take_blob(&row, url->pinned, sizeof(url->pinned));
	url->failures = (uint32_t)take_number(&row, 0, UINT32_MAX);
	url->next_fetch_at = take_number(&row, 0, INT64_MAX);
	take_fault(&row, &url->fault);
	return !row.broken && url_is_sound(url);
}
