/*
 * What must outlive a restart: Things, leases, MUD files with their verdicts
 * and approvals, what is remembered of MUD URLs, addresses of names.  One
 * SQLite file, owned by the engine.
 *
 * A put returns only once it is on the disk, so what is acknowledged
 * afterwards is durable.  What is read back is checked like input: a row that
 * breaks its bounds is left out and counted.  Nothing here is trusted to be
 * verified because it was stored: the engine has signatures judged again.
 *
 * After state_open no path is opened any more, so the sandbox may close.
 * Times are wall-clock seconds since 1970, given by the caller.
 */
#ifndef ENGINE_STATE_H
#define ENGINE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/records.h"
#include "libmud/addr.h"
#include "libmud/bytes.h"
#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/signer.h"

/* S-64: the directory stays within 16 MiB, and the files that nobody has
 * accepted within 4 MiB of them. The log is small change besides. */
#define STATE_MAX_BYTES       (12 * 1024 * 1024)
#define STATE_LOG_BYTES       (2 * 1024 * 1024)
#define STATE_CANDIDATE_BYTES (4 * 1024 * 1024)
/* Kept free for decisions and Things when files fill the rest. */
#define STATE_RESERVE_BYTES (256 * 1024)

struct sqlite3;
struct state;

enum state_opened {
	STATE_FOUND,     /* as it was left */
	STATE_NEW,       /* there was none */
	STATE_SET_ASIDE, /* it was damaged: now PATH.bad, and a new one begun */
};

/* Where a Thing's MUD URL comes from. */
enum state_source {
	STATE_SOURCE_NONE, /* it has none */
	STATE_SOURCE_DHCP4,
	STATE_SOURCE_DHCP6,
	STATE_SOURCE_LLDP,
	STATE_SOURCE_X509,
	STATE_SOURCE_CONFIG, /* mudd.conf */
	STATE_SOURCE_ADMIN,  /* mudctl */
	STATE_SOURCES
};

struct state_thing {
	struct mac mac;                      /* the key; mac_is_host */
	char url[LIMIT_URL + 1];             /* canonical, or "" */
	enum state_source url_source;        /* NONE exactly where url is "" */
	char name[LIMIT_CLIENTNAME + 1];     /* the administrator's, or "" */
	char hostname[LIMIT_CLIENTNAME + 1]; /* its own, or "" */
	char port[LINK_NAME]; /* where it was bound last, or "" */
	int64_t first_seen, last_seen;
	bool departed;
	uint32_t flags; /* the engine's bits, kept as they are */
};

/* Who says that a Thing has an address; the state keeps the numbers. */
enum lease_source {
	LEASE_DHCP4, /* a DHCP server */
	LEASE_DHCP6,
	LEASE_NEIGHBOUR, /* it itself, by neighbour discovery or ARP */
	LEASE_SOURCES
};

struct state_lease {
	struct mac mac; /* of a Thing that is stored */
	struct addr addr;
	int64_t expires_at;
	enum lease_source source; /* DHCP's of its own family */
};

enum file_status {
	FILE_ACCEPTED, /* signed and trusted, or approved: in force */
	FILE_PENDING,  /* held for an administrator */
	FILE_REFUSED,  /* unusable; kept for the record */
	FILE_REJECTED, /* an administrator said no */
	FILE_STATUSES
};

/*
 * One fetched MUD file.  The key is url and digest: a URL may have the file
 * that is in force and, beside it, another that waits.
 */
struct state_file {
	char url[LIMIT_URL + 1]; /* canonical */
	uint8_t digest[32];      /* SHA-256 of the file */
	struct bytes file;       /* 1..LIMIT_FILE */
	struct bytes signature;  /* 0..LIMIT_SIGNATURE; empty: unsigned */
	int64_t fetched_at;
	int64_t verified_at;  /* 0: not judged yet */
	struct fault verdict; /* FAULT_NONE: signed, and trusted */
	struct signer signer; /* subject "": none known */
	enum file_status status;
	bool is_other_type;  /* served as something else (S-26) */
	int64_t approved_by; /* uid, or -1 */
	int64_t approved_at; /* 0: never */
};

/*
 * What is remembered of a MUD URL besides its files: the freshest file that
 * was in force (S-36), who signed it (S-31), and how fetching it went (S-29).
 */
struct state_url {
	char url[LIMIT_URL + 1]; /* canonical */
	int64_t used_at;
	int64_t newest; /* its last-update; 0: none was in force */
	uint8_t newest_digest[32];
	uint8_t identity[32], anchor[32]; /* of its signer; 0: none is known */
	uint8_t pinned[32];    /* key trusted for this URL alone; 0: none */
	uint32_t failures;     /* in a row */
	int64_t next_fetch_at; /* 0: not put off */
	struct fault fault;    /* of the last fetch */
};

struct state_name {
	char name[LIMIT_HOST + 1]; /* lower case */
	struct addr addr;
	int64_t expires_at;
};

/*
 * Opens PATH, or makes it (mode 0600), and brings it to this version.  0: the
 * caller owns *state; *how says what was found, and is the caller's to log.
 * -EBUSY: another engine holds it.  -ENOTSUP: a later mudd wrote it.  Another
 * -errno: it can be neither opened nor made.
 */
int state_open(const char *path, struct state **state, enum state_opened *how);
void state_close(struct state *state); /* NULL is fine */

/*
 * Several changes as one.  Between begin and commit no put is durable; commit
 * returns when all are.  If one of them fails, or commit does, the caller
 * rolls back, and none has happened.  0 or -errno.
 */
int state_begin(struct state *state);
int state_commit(struct state *state);
void state_rollback(struct state *state);

/*
 * Adds a row, or replaces the one with its key.  0, or -errno: -EINVAL for
 * what breaks its bounds, -ENOENT for a lease whose Thing is not stored,
 * -ENOSPC when S-64 or the disk says so, -EIO, -EUCLEAN (damaged).
 */
int state_put_thing(struct state *state, const struct state_thing *thing);
int state_put_lease(struct state *state, const struct state_lease *lease);
/* With file.data NULL the stored bytes of file and signature stay, and all
 * else is replaced; -ENOENT if there is no such row. */
int state_put_file(struct state *state, const struct state_file *file);
int state_put_name(struct state *state, const struct state_name *name);
/* At most LIMIT_URLS are kept: of those that had no file in force, and then of
 * the others, those go that were used longest ago. */
int state_put_url(struct state *state, const struct state_url *url);

/* Deletes a row; its absence is fine. A Thing's leases go with it. */
int state_delete_thing(struct state *state, const struct mac *mac);
int state_delete_leases(struct state *state, const struct mac *mac);
int state_delete_file(
    struct state *state, const char *url, const uint8_t digest[32]);
int state_delete_url(struct state *state, const char *url);
/* All addresses of a name. */
int state_delete_name(struct state *state, const char *name);

/*
 * Calls fn for each row; the row is lent until fn returns, which must not
 * change the state.  Returns how many rows were left out because they break
 * their bounds, or -errno.
 */
typedef void state_thing_fn(void *arg, const struct state_thing *thing);
typedef void state_lease_fn(void *arg, const struct state_lease *lease);
typedef void state_file_fn(void *arg, const struct state_file *file);
typedef void state_name_fn(void *arg, const struct state_name *name);
typedef void state_url_fn(void *arg, const struct state_url *url);
int state_load_things(struct state *state, state_thing_fn *fn, void *arg);
int state_load_leases(struct state *state, state_lease_fn *fn, void *arg);
int state_load_files(struct state *state, state_file_fn *fn, void *arg);
int state_load_names(struct state *state, state_name_fn *fn, void *arg);
/* Those used last come first. */
int state_load_urls(struct state *state, state_url_fn *fn, void *arg);

/* One file by its key, for a READ of the same bytes: calls fn once. 0,
 * -ENOENT, or -errno. */
int state_find_file(struct state *state, const char *url,
    const uint8_t digest[32], state_file_fn *fn, void *arg);

/* What is remembered of this URL; 0, -ENOENT, or -errno. */
int state_find_url(
    struct state *state, const char *url, struct state_url *found);
/* The database itself, for the modules that keep tables of their own in it
 * (statetrust.c). Lent. */
struct sqlite3 *state_db(struct state *state);

/* "dhcp4", ...; "" for NONE. */
const char *state_source_name(enum state_source source);

#endif
