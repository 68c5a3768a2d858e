/*
 * Address sets that policies refer to: a DNS name's addresses, a class's
 * members.  Each has a number, which is all the enforcer knows of it.
 *
 * A set is shared by all policies that name it.  What it should hold and what
 * the kernel was told are kept apart; plan.c sends the difference.  Names'
 * addresses carry a time at which they end, a class's members do not.
 */
#ifndef ENGINE_SETS_H
#define ENGINE_SETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/things/strength.h"
#include "libmud/addr.h"
#include "libmud/limits.h"
#include "libmud/list.h"
#include "libmud/policy.h"

#define SET_MEMBERS (2 * LIMIT_NAME_ADDRS)

struct set_member {
	struct addr addr;
	/* Of a class of Things: whose it is; to be compared, no more. */
	const void *owner;
	int64_t expires_at; /* 0: no end */
	bool wanted;
	bool installed;
	bool refresh; /* installed, but with an older end */
};

struct set {
	uint32_t number;
	enum peer_kind kind;
	/* PEER_DNSNAME: the name. PEER_CONTROLLER: the URI. PEER_MANUFACTURER:
	 * "host" or "host:port". PEER_MY_CONTROLLER, PEER_MODEL: a MUD URL. */
	char key[LIMIT_URL + 1];
	/* PEER_MANUFACTURER, PEER_MODEL: of Things known so well. */
	enum strength strength;
	unsigned int refs; /* policies that name it */
	bool installed;
	/* Of a class: who is in it is to be worked out anew; or only what those
	 * have in it who were touched. */
	bool is_stale, is_touched;
	size_t n_left_out; /* of a class: addresses that found no room */
	bool was_full;     /* the time before */
	size_t n_members, n_room;
	struct set_member *members;
	size_t n_slots; /* an index of the members, where there are many */
	uint32_t *slots;
	int64_t lookup_at; /* of a name: when it is next resolved (names.c) */
	bool looking_up;
	bool was_looked_up; /* its first lookup has ended, one way or the other
	                     */
	uint32_t
	    batch; /* the first with what it was looked up to be (plan.c) */
	struct list all, dirty, by_key;
};

struct sets;

struct sets *sets_new(void);
void sets_free(struct sets *sets);

/* The set of this kind and key, made if need be; one reference more. NULL if
 * there are LIMIT_SETS already. */
struct set *sets_take(struct sets *sets, enum peer_kind kind, const char *key);
/* The same of Things known so well; the others are STRENGTH_CLAIMED. */
struct set *sets_take_as(struct sets *sets, enum peer_kind kind,
    const char *key, enum strength strength);
/* One reference less; at none it leaves the kernel and is gone after. */
void sets_drop(struct sets *sets, struct set *set);
struct set *sets_find(struct sets *sets, enum peer_kind kind, const char *key);
struct set *sets_find_as(struct sets *sets, enum peer_kind kind,
    const char *key, enum strength strength);
/* Frees what is neither referred to nor installed. */
void sets_sweep(struct sets *sets);

/* It holds this address, until then (0: without an end). False if full. */
bool set_put(struct sets *sets, struct set *set, const struct addr *addr,
    int64_t expires_at);
/* The same of a class, for whoever has that address. */
bool set_put_of(struct sets *sets, struct set *set, const struct addr *addr,
    const void *owner);
/* Nothing of this owner's is wanted until it is put again. */
void set_disown(struct set *set, const void *owner);
/* Is it a member, be it one that is about to go? */
bool set_has_member(
    const struct sets *sets, struct set *set, const struct addr *addr);
/* Only its first n members are left; whoever has moved them calls this too. */
void set_cut(struct set *set, size_t n);
/* Opens a new round: all members are unwanted until put again. */
void set_round(struct set *set);
/* Closes it: the set is on the dirty list if anything differs. */
void set_round_end(struct sets *sets, struct set *set);
/* Members whose end has come are wanted no more. The kernel's timeouts come a
 * little later (plan.c), for the time when we are not there to say it. */
void set_expire(struct sets *sets, struct set *set, int64_t now);

/* Nothing counts as told to the kernel any more. */
void sets_forget(struct sets *sets);

/* All sets by `all`, those with a difference by `dirty`. */
struct list *sets_all(struct sets *sets);
struct list *sets_dirty(struct sets *sets);

static inline bool
set_has_timeouts(const struct set *set)
{
	return set->kind == PEER_DNSNAME;
}

/* Is it made of the Things that are here? */
static inline bool
set_is_of_things(const struct set *set)
{
	return set->kind == PEER_MANUFACTURER || set->kind == PEER_MODEL;
}

#endif
