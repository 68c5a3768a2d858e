/*
 * Address sets.  Role: engine.  Keys come from verified MUD files, addresses
 * from DNS and leases; both are bounded.
 */
#include "engine/sets.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"

struct sets {
	struct list all, dirty;
	size_t n;
	uint32_t last_number;
};

struct sets *
sets_new(void)
{
	struct sets *sets = xcalloc(1, sizeof(*sets));

	list_init(&sets->all);
	list_init(&sets->dirty);
	return sets;
}

static void
set_free(struct set *set)
{
	list_remove(&set->all);
	list_remove(&set->dirty);
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
sets_find(struct sets *sets, enum peer_kind kind, const char *key)
{
	LIST_EACH(at, &sets->all)
	{
		struct set *set = LIST_ENTRY(at, struct set, all);

		if (set->kind == kind && strcmp(set->key, key) == 0)
			return set;
	}
	return NULL;
}

struct set *
sets_take(struct sets *sets, enum peer_kind kind, const char *key)
{
	struct set *set = sets_find(sets, kind, key);

	if (set == NULL) {
		if (sets->n >= LIMIT_SETS)
			return NULL;
		set = xcalloc(1, sizeof(*set));
		set->number = ++sets->last_number;
		set->kind = kind;
		text_copy(set->key, sizeof(set->key), key);
		list_init(&set->dirty);
		list_append(&sets->all, &set->all);
		sets->n++;
	}
	if (set->refs++ == 0)
		set_touch(sets, set);
	return set;
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

static struct set_member *
member_of(struct set *set, const struct addr *addr)
{
	for (size_t i = 0; i < set->n_members; i++)
		if (addr_equal(&set->members[i].addr, addr))
			return &set->members[i];
	return NULL;
}

/* A class may have as many members as there are Things; a name may not. */
static bool
has_room(const struct set *set)
{
	return set->n_members <
	       (set_has_timeouts(set) ? SET_MEMBERS : (size_t)LIMIT_THINGS_MAX);
}

bool
set_put(struct sets *sets, struct set *set, const struct addr *addr,
    int64_t expires_at)
{
	struct set_member *member = member_of(set, addr);

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
			.expires_at = expires_at,
			.wanted = true,
		};
		set_touch(sets, set);
		return true;
	}
	member->wanted = true;
	if (member->installed && expires_at > member->expires_at) {
		member->refresh = true;
		set_touch(sets, set);
	}
	if (expires_at > member->expires_at)
		member->expires_at = expires_at;
	return true;
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
	set->n_members = kept;
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
