/*
 * The Things seen, by MAC address: who they are, what they announced, and
 * which addresses they hold.
 *
 * Pure data: no I/O, no clock of its own.  Whoever changes a Thing in a way
 * that the kernel must learn calls things_touch; plan.c empties that list.
 * Devices without a MUD URL are kept too, so that they can be shown, but at
 * most LIMIT_UNKNOWN of them: the one seen longest ago makes room (S-61).
 */
#ifndef ENGINE_THINGS_H
#define ENGINE_THINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/records.h"
#include "engine/config.h"
#include "engine/state/state.h"
#include "engine/things/claims.h"
#include "engine/things/lldp.h"
#include "engine/things/moving.h"
#include "engine/things/roaming.h"
#include "engine/things/strength.h"
#include "libmud/addr.h"
#include "libmud/limits.h"
#include "libmud/list.h"

struct mudurl;

struct lease {
	struct addr addr;
	enum lease_source source;
	int64_t expires_at; /* seconds; INT64_MAX: never */
};

#define THING_ADDRESSES (LIMIT_ADDRESSES4 + LIMIT_ADDRESSES6)

/* What its certificate says of it (RFC 8520 s11), once that was proven. */
struct thing_certificate {
	char subject[256], signer[256]; /* for people: printable ASCII */
	char serial[2 * LIMIT_SERIAL + 1];
	uint8_t fingerprint[32];
	uint32_t n_mudsigner; /* 0: it names no signer of the MUD file */
	uint8_t mudsigner[LIMIT_DER_NAME]; /* DER of its Name (M-SIG-4) */
	int64_t seen_at;
};

struct thing {
	struct mac mac;
	char name[LIMIT_CLIENTNAME + 1];     /* the administrator's, or "" */
	bool has_configured_name;            /* from mudd.conf, not mudctl */
	char hostname[LIMIT_CLIENTNAME + 1]; /* its own, or "" */
	char port_name[LINK_NAME];
	uint32_t port; /* ifindex it was last seen on, 0 */
	enum state_source source;
	/* Owned. It says which MUD URL the Thing has; NULL: none does. */
	struct thing_certificate *certificate;
	struct mudurl *mud;      /* NULL: no MUD URL; lent by the manager */
	struct mudurl *previous; /* whose policy holds until mud has one */
	enum strength strength, previous_strength; /* that it is of these */
	/* What mudctl and mudd.conf say of it (modes.h). */
	bool has_mode, has_configured_mode;
	enum config_mode mode, configured_mode;
	/* An administrator has taken back the MUD URL that he gave it: it keeps
	 * it until it announces any. */
	bool is_open;
	bool departed;
	bool is_leased; /* it has had a lease by DHCP: it lives by that */
	bool is_named;  /* by its MAC, as a member of a class, in mudd.conf */
	/* controllers.c: it is, or was once, looked at as a member of a class;
	 * it was kept out of all, when that was last asked. */
	bool in_class, was_shunned;
	bool conflicted; /* something in claims differs from mud (S-42) */
	bool spoofed;    /* somebody spoke in its name */
	bool doubled;    /* announced two URLs at once (S-3) */
	struct roaming roaming;
	struct moving moving;
	bool is_proven; /* no passing stranger (storing.h) */
	bool in_crowd;  /* one of many that its port has brought lately */
	bool is_stored; /* has a row in the state, or will in a moment */
	int64_t first_seen, last_seen;
	size_t n_leases;
	struct lease leases[THING_ADDRESSES];

	struct claims claims; /* of its MUD URL */
	struct lldp_life lldp;

	/* What the kernel has, or is about to have (plan.c). */
	bool installed;
	uint32_t installed_policy;
	uint32_t installed_place; /* ifindex of its port, or 0 */
	enum config_mode installed_mode;
	size_t n_installed;
	struct addr installed_addrs[THING_ADDRESSES];
	uint32_t batch; /* the one that put it where it is */

	/* Counters as the kernel last told. */
	uint64_t dropped_from, dropped_to, sent;

	const char *told_state; /* by an event (states.c); NULL: unknown */

	struct list by_hash, by_age, dirty, unsaved, unsettled;
};

struct things;

struct things *things_new(size_t max_managed);
void things_free(struct things *things);

/* NULL if it is not there. Lent until it is removed. */
struct thing *things_find(struct things *things, const struct mac *mac);
/* Whose address is it now? */
struct thing *things_find_addr(struct things *things, const struct addr *addr);
/* By MAC, address, name or host name, as a person wrote it. */
struct thing *things_find_text(struct things *things, const char *text);

/* A new Thing, without a MUD URL. At LIMIT_UNKNOWN of these, the one that was
 * seen longest ago is removed; but not one that is in a class, of which there
 * are no more than the configuration names, nor one that has a name, of which
 * there are no more than that and LIMIT_NAMED. */
struct thing *things_add(
    struct things *things, const struct mac *mac, int64_t now);
void things_remove(struct things *things, struct thing *thing);
/* How often has one that was in a class been removed, or has forgotten a MUD
 * URL by which it may be in one? */
size_t things_members_lost(const struct things *things);

/* It spoke: moves it to the young end. */
void things_seen(struct things *things, struct thing *thing, int64_t now);
/* How many Things with a MUD URL were last seen on this port? */
size_t things_on_port(const struct things *things, uint32_t port);
/* May one more be given a MUD URL? */
bool things_has_room(const struct things *things);
/* Gives it a MUD URL (the first, or another). */
void things_manage(
    struct things *things, struct thing *thing, struct mudurl *mud);
/* The MUD URL by whose accepted file it lives: its own, or until that has one
 * the previous one; and how well it is known to be of it. NULL: by none. */
struct mudurl *things_lives_by(
    const struct thing *thing, enum strength *strength);

void things_touch(struct things *things, struct thing *thing);
struct list *things_dirty(struct things *things);

/*
 * The Thing holds this address until then.  Another that held it loses it
 * (the DHCP server says whose it is: S-48); one of its own makes room at
 * LIMIT_ADDRESSES4 or LIMIT_ADDRESSES6.  True if the kernel must learn of it;
 * where there is no room, at LIMIT_ALL_SIX, it does not hold it then.
 */
bool things_bind(struct things *things, struct thing *thing,
    const struct addr *addr, enum lease_source source, int64_t expires_at);

enum notice {
	NOTICE_NEW,   /* the kernel must learn of it */
	NOTICE_KNOWN, /* it has it already */
	NOTICE_LATER, /* the same, and it holds it for longer now */
	NOTICE_TAKEN, /* another has it, and keeps it */
	NOTICE_FULL,  /* it may have no more, and has none to give for it */
};

/*
 * The Thing says itself that it uses this address.  Who has it keeps it
 * (S-48), and what a DHCP server has lent stays as it is.  Of those that it
 * gave itself the one heard of longest ago makes room at LIMIT_ADDRESSES4 of
 * IPv4, at LIMIT_ADDRESSES6 of IPv6, or at LIMIT_ADDRESSES4 of these while it
 * is not managed.  That it is heard of again gives it more time only once that
 * is THINGS_RENEW_SEC more than it had, so that this is seldom news.
 */
#define THINGS_RENEW_SEC (6 * 3600)
enum notice things_notice(struct things *things, struct thing *thing,
    const struct addr *addr, int64_t expires_at);

/*
 * Which of its addresses would make room for one more of this family (4 or 6)
 * from there?  The oldest that it gave itself, else the oldest lease, but that
 * only for another lease.  NULL if there is room, or none can be made.
 */
const struct addr *things_in_the_way(const struct things *things,
    const struct thing *thing, unsigned int family, enum lease_source source);

/* Has it this address? */
bool things_holds(const struct thing *thing, const struct addr *addr);
/* Has it any address from there? */
bool things_has_lease(const struct thing *thing, enum lease_source source);

/* Takes one address from it, or all (NULL). */
bool things_unbind(
    struct things *things, struct thing *thing, const struct addr *addr);

/* Calls fn for each Thing, oldest first; fn must not add or remove. */
typedef void things_fn(void *arg, struct thing *thing);
void things_each(struct things *things, things_fn *fn, void *arg);
size_t things_count(const struct things *things);

#endif
