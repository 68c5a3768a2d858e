/*
 * Address sets.  Role: engine.  Keys come from verified MUD files, addresses
 * from DNS and leases; both are bounded.
 */
#include "engine/sets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "libmud/mem.h"

#define BUCKETS 1024 /* a power of two */
/* So many members are looked through faster than an index is kept. */
#define FEW 16

struct sets {
	struct list all, dirty;
	struct list buckets[BUCKETS]; /* of set.by_key */
	size_t n;
	uint32_t last_number;
	uint64_t seed; /* whoever chooses keys must not choose buckets */
};

static uint64_t
hash_bytes(uint64_t hash, const void *bytes, size_t n)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < n; i++) {
		hash ^= at[i];
		hash *= 0x100000001b3ull;
	}
	return hash ^ hash >> 29;
}

static struct list *
bucket_of(struct sets *sets, enum peer_kind kind, const char *key,
    enum strength strength)
{
	uint64_t hash = sets->seed + (uint64_t)kind * STRENGTHS + strength;

	return &sets->buckets[hash_bytes(hash, key, strlen(key)) &
			      (BUCKETS - 1)];
}

struct sets *
sets_new(void)
{
	struct sets *sets = xcalloc(1, sizeof(*sets));

	list_init(&sets->all);
	list_init(&sets->dirty);
	for (size_t i = 0; i < BUCKETS; i++)
		list_init(&sets->buckets[i]);
	if (getrandom(&sets->seed, sizeof(sets->seed), GRND_NONBLOCK) !=
	    sizeof(sets->seed))
		sets->seed = 0xcbf29ce484222325ull;
	return sets;
}

static void
set_free(struct set *set)
{
	list_remove(&set->all);
	list_remove(&set->dirty);
	list_remove(&set->by_key);
	free(set->slots);
	free(set->members);
	free(set);
}

void
sets_free(struct sets *sets)
{
	if (sets == NULL)
		return;
	LIST_EACH_SAFE(at, &sets->all)
	set_free(LIST_ENTRY(at, struct set, all));
	free(sets);
}

static void
set_touch(struct sets *sets, struct set *set)
{
	list_remove(&set->dirty);
	list_append(&sets->dirty, &set->dirty);
}

struct set *
sets_find_as(struct sets *sets, enum peer_kind kind, const char *key,
    enum strength strength)
{
	struct list *bucket = bucket_of(sets, kind, key, strength);

	LIST_EACH(at, bucket)
	{
		struct set *set = LIST_ENTRY(at, struct set, by_key);

		if (set->kind == kind && set->strength == strength &&
		    strcmp(set->key, key) == 0)
			return set;
	}
	return NULL;
}

struct set *
sets_find(struct sets *sets, enum peer_kind kind, const char *key)
{
	return sets_find_as(sets, kind, key, STRENGTH_CLAIMED);
}

struct set *
sets_take_as(struct sets *sets, enum peer_kind kind, const char *key,
    enum strength strength)
{
	struct set *set = sets_find_as(sets, kind, key, strength);

	if (set == NULL) {
		if (sets->n >= LIMIT_SETS)
			return NULL;
		set = xcalloc(1, sizeof(*set));
		set->number = ++sets->last_number;
		set->kind = kind;
		set->strength = strength;
		text_copy(set->key, sizeof(set->key), key);
		list_init(&set->dirty);
		list_append(&sets->all, &set->all);
		list_append(bucket_of(sets, kind, key, strength), &set->by_key);
		sets->n++;
	}
	if (set->refs++ == 0) {
		set->is_stale = true;
		set_touch(sets, set);
	}
	return set;
}

struct set *
sets_take(struct sets *sets, enum peer_kind kind, const char *key)
{
	return sets_take_as(sets, kind, key, STRENGTH_CLAIMED);
}

void
sets_drop(struct sets *sets, struct set *set)
{
	if (--set->refs == 0)
		set_touch(sets, set);
}

void
sets_sweep(struct sets *sets)
{
	LIST_EACH_SAFE(at, &sets->all)
	{
		struct set *set = LIST_ENTRY(at, struct set, all);

		if (set->refs == 0 && !set->installed && !set->looking_up) {
			set_free(set);
			sets->n--;
		}
	}
}

/* Its slot in the index, or the free one where it would stand. */
static uint32_t *
slot_of(const struct sets *sets, const struct set *set, const struct addr *addr)
{
	size_t n = addr->family == 4 ? 4 : 16;
	uint64_t at = hash_bytes(sets->seed, addr->byte, n);

	for (;; at++) {
		uint32_t *slot = &set->slots[at & (set->n_slots - 1)];

		if (*slot == 0 ||
		    addr_equal(&set->members[*slot - 1].addr, addr))
			return slot;
	}
}

/* At most half of the slots are taken. */
static void
index_members(const struct sets *sets, struct set *set)
{
	size_t n = 4 * FEW;

	while (n < 4 * set->n_members)
		n *= 2;
	free(set->slots);
	set->slots = xcalloc(n, sizeof(*set->slots));
	set->n_slots = n;
	for (size_t i = 0; i < set->n_members; i++)
		*slot_of(sets, set, &set->members[i].addr) = (uint32_t)i + 1;
}

static struct set_member *
member_of(const struct sets *sets, struct set *set, const struct addr *addr)
{
	uint32_t *slot;

	if (set->n_members <= FEW) {
		for (size_t i = 0; i < set->n_members; i++)
			if (addr_equal(&set->members[i].addr, addr))
				return &set->members[i];
		return NULL;
	}
	if (set->n_slots < 2 * set->n_members)
		index_members(sets, set);
	slot = slot_of(sets, set, addr);
	return *slot == 0 ? NULL : &set->members[*slot - 1];
}

bool
set_has_member(
    const struct sets *sets, struct set *set, const struct addr *addr)
{
	return member_of(sets, set, addr) != NULL;
}

void
set_cut(struct set *set, size_t n)
{
	set->n_members = n;
	set->n_slots = 0;
}

/* All classes together have no more than LIMIT_MEMBERS, but one alone may. */
static bool
has_room(const struct set *set)
{
	return set->n_members <
	       (set_has_timeouts(set) ? SET_MEMBERS : (size_t)LIMIT_MEMBERS);
}

static bool
put(struct sets *sets, struct set *set, const struct addr *addr,
    int64_t expires_at, const void *owner)
{
	struct set_member *member = member_of(sets, set, addr);

	if (member == NULL) {
		if (!has_room(set))
			return false;
		if (set->n_members == set->n_room) {
			set->n_room = set->n_room == 0 ? 4 : 2 * set->n_room;
			set->members = xrealloc(
			    set->members, set->n_room, sizeof(*set->members));
		}
		member = &set->members[set->n_members++];
		*member = (struct set_member){
			.addr = *addr,
			.owner = owner,
			.expires_at = expires_at,
			.wanted = true,
		};
		if (set->n_slots >= 2 * set->n_members)
			*slot_of(sets, set, addr) = (uint32_t)set->n_members;
		else
			set->n_slots = 0;
		set_touch(sets, set);
		return true;
	}
	member->wanted = true;
	member->owner = owner;
	if (member->installed && expires_at > member->expires_at) {
		member->refresh = true;
		set_touch(sets, set);
	}
	if (expires_at > member->expires_at)
		member->expires_at = expires_at;
	return true;
}

bool
set_put(struct sets *sets, struct set *set, const struct addr *addr,
    int64_t expires_at)
{
	return put(sets, set, addr, expires_at, NULL);
}

bool
set_put_of(struct sets *sets, struct set *set, const struct addr *addr,
    const void *owner)
{
	return put(sets, set, addr, 0, owner);
}

void
set_disown(struct set *set, const void *owner)
{
	for (size_t i = 0; i < set->n_members; i++)
		if (set->members[i].owner == owner)
			set->members[i].wanted = false;
}

void
set_round(struct set *set)
{
	for (size_t i = 0; i < set->n_members; i++)
		set->members[i].wanted = false;
}

void
set_round_end(struct sets *sets, struct set *set)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->n_members; i++) {
		struct set_member *member = &set->members[i];

		if (!member->wanted && !member->installed)
			continue;
		if (member->wanted != member->installed)
			set_touch(sets, set);
		set->members[kept++] = *member;
	}
	if (kept < set->n_members)
		set_cut(set, kept);
}

void
set_expire(struct sets *sets, struct set *set, int64_t now)
{
	for (size_t i = 0; i < set->n_members; i++) {
		struct set_member *member = &set->members[i];

		if (member->wanted && member->expires_at != 0 &&
		    member->expires_at <= now) {
			member->wanted = false;
			set_touch(sets, set);
		}
	}
}

void
sets_forget(struct sets *sets)
{
	LIST_EACH(at, &sets->all)
	{
		struct set *set = LIST_ENTRY(at, struct set, all);

		set->installed = false;
		set->batch = 0;
		for (size_t i = 0; i < set->n_members; i++)
			set->members[i].installed = false;
		set_touch(sets, set);
	}
}

struct list *
sets_all(struct sets *sets)
{
	return &sets->all;
}

struct list *
sets_dirty(struct sets *sets)
{
	return &sets->dirty;
}
