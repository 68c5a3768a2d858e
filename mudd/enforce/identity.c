/*
 * Things and their addresses as elements.  Role: enforcer.  Input: the model,
 * checked.
 *
 * An element is described by a tag: 0 where the Thing or address has none in
 * this set, another number for what the element says.  Where the tags of
 * `was` and `now` differ the old element goes and the new one comes, all
 * those that go first.
 */
#include "enforce/identity.h"

#include <linux/netfilter.h>
#include <string.h>

#include "core/records.h"
#include "enforce/chains.h"
#include "enforce/elems.h"
#include "enforce/model.h"
#include "enforce/object.h"
#include "enforce/schema.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* No policy's number: those have 32 bits, and begin at 1. */
#define NO_POLICY UINTPTR_MAX

struct thing_set {
	const char *name;
	uintptr_t (*tag)(const struct thing_state *state);
	bool has_chain; /* the tag is a policy's number */
};

struct address_set {
	const char *name[2]; /* for IPv4, for IPv6 */
	uintptr_t (*tag)(
	    const struct model_thing *owner, const struct thing_state *state);
	bool has_chain;
	bool has_mac; /* the key begins with the owner's MAC */
};

static uintptr_t
tag_managed(const struct thing_state *state)
{
	return state->present ? 1 : 0;
}

static uintptr_t
tag_policy(const struct thing_state *state)
{
	return state->policy != NULL ? state->policy->number : 0;
}

/* A managed MAC without a policy has departed: what it may do is said by the
 * guard and by `infra`, so where policies are asked everything is dropped. */
static uintptr_t
tag_sender(const struct thing_state *state)
{
	if (!state->present)
		return 0;
	return state->policy != NULL ? state->policy->number : NO_POLICY;
}

static uintptr_t
tag_denied(const struct thing_state *state)
{
	return state->present && state->denied ? 1 : 0;
}

/* What is denied everything is bound to nothing, as if it had departed, but
 * that its addresses still lead to where it is dropped. */
static uintptr_t
tag_owned(const struct model_thing *owner, const struct thing_state *state)
{
	return owner != NULL && !state->denied ? 1 : 0;
}

static uintptr_t
tag_bound(const struct model_thing *owner, const struct thing_state *state)
{
	return owner != NULL && !state->denied ? (uintptr_t)owner : 0;
}

static uintptr_t
tag_owner(const struct model_thing *owner, const struct thing_state *state)
{
	(void)state;
	return (uintptr_t)owner;
}

static uintptr_t
tag_owner_policy(
    const struct model_thing *owner, const struct thing_state *state)
{
	return owner != NULL ? tag_policy(state) : 0;
}

/* Whose flows are judged packet by packet. */
static uintptr_t
tag_uncached(const struct model_thing *owner, const struct thing_state *state)
{
	const struct model_policy *policy;

	if (owner == NULL || state->policy == NULL)
		return 0;
	policy = state->policy;
	/* What is let through though it is denied must be logged each time. */
	if (policy->ending == ENDING_WATCH)
		return 1;
	return (state == &owner->was ? policy->was : policy->now).is_uncached;
}

static const struct thing_set thing_sets[] = {
	{ SET_FROM, tag_sender, true },
	{ SET_THINGS, tag_managed, false },
	{ SET_DENIED, tag_denied, false },
	{ SET_DROPPED_FROM, tag_managed, false },
};

static const struct thing_set link_sets[] = {
	{ SET_THINGS, tag_managed, false },
	{ SET_DROPPED_FROM, tag_managed, false },
};

/* On a bridge alone: elsewhere `inet mudd` sees all that it sends. */
static const struct thing_set bridge_set = { SET_DENIED, tag_denied, false };

/* What is counted is counted for one owner. */
static const struct address_set link_address_sets[] = {
	{ { SET_BIND4, SET_BIND6 }, tag_bound, false, true },
	{ { SET_OWN4, SET_OWN6 }, tag_owned, false, false },
};

static const struct address_set address_sets[] = {
	{ { SET_TO4, SET_TO6 }, tag_owner_policy, true, false },
	{ { SET_BIND4, SET_BIND6 }, tag_bound, false, true },
	{ { SET_OWN4, SET_OWN6 }, tag_owned, false, false },
	{ { SET_DROPPED_TO, SET_DROPPED_TO6 }, tag_owner, false, false },
	{ { SET_UNCACHED4, SET_UNCACHED6 }, tag_uncached, false, false },
};

static void
put(struct elems *elems, struct elem *elem, enum rule_chain chain,
    uintptr_t policy)
{
	char name[OBJECT_NAME];

	if (policy == NO_POLICY && !elems->deletes)
		elem->jump = CHAIN_DROP_FROM;
	else if (policy != 0 && !elems->deletes)
		elem->jump = chains_name(chain, (uint32_t)policy, name);
	elems_put(elems, elem);
}

static void
put_thing(struct elems *elems, const struct thing_set *set,
    const struct model_thing *thing, uintptr_t tag)
{
	struct elem elem = { .len = sizeof(thing->mac) };

	memcpy(elem.key, &thing->mac, sizeof(thing->mac));
	put(elems, &elem, CHAIN_FROM, set->has_chain ? tag : 0);
}

static void
write_things(struct batch *batch, uint16_t family, const struct model *model,
    const struct thing_set *set, bool deletes)
{
	const struct about about = { set->name, 0 };
	struct elems elems;

	elems_open(&elems, batch, family, set->name, deletes, about);
	LIST_EACH(at, &model->dirty_things)
	{
		const struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, dirty);
		uintptr_t was = set->tag(&thing->was);
		uintptr_t now = set->tag(&thing->now);
		uintptr_t tag = deletes ? was : now;

		if (was != now && tag != 0)
			put_thing(&elems, set, thing, tag);
	}
	elems_close(&elems);
}

/* A part of a concatenated key is padded to four bytes. */
static void
put_address(struct elems *elems, const struct address_set *set,
    const struct model_address *address, const struct model_thing *owner,
    uintptr_t tag)
{
	struct elem elem = { 0 };
	size_t width = address->addr.family == 4 ? 4 : 16;

	if (set->has_mac) {
		memcpy(elem.key, &owner->mac, sizeof(owner->mac));
		elem.len = 8;
	}
	memcpy(elem.key + elem.len, address->addr.byte, width);
	elem.len += width;
	put(elems, &elem, CHAIN_TO, set->has_chain ? tag : 0);
}

/* Of one IP version: they stand in sets of their own. */
static void
write_addresses_of(struct batch *batch, uint16_t family,
    const struct model *model, const struct address_set *set, bool six,
    bool deletes)
{
	const struct about about = { set->name[six], 0 };
	struct elems elems;

	if (set->name[six] == NULL)
		return;
	elems_open(&elems, batch, family, set->name[six], deletes, about);
	LIST_EACH(at, &model->dirty_addresses)
	{
		const struct model_address *address =
		    LIST_ENTRY(at, struct model_address, dirty);
		uintptr_t was = set->tag(address->was,
		    address->was != NULL ? &address->was->was : NULL);
		uintptr_t now = set->tag(address->now,
		    address->now != NULL ? &address->now->now : NULL);
		uintptr_t tag = deletes ? was : now;

		if (was != now && tag != 0 &&
		    (address->addr.family == 6) == six)
			put_address(&elems, set, address,
			    deletes ? address->was : address->now, tag);
	}
	elems_close(&elems);
}

static void
write_addresses(struct batch *batch, uint16_t family, const struct model *model,
    const struct address_set *set, bool deletes)
{
	write_addresses_of(batch, family, model, set, false, deletes);
	write_addresses_of(batch, family, model, set, true, deletes);
}

static void
write_inet(struct batch *batch, const struct model *model, bool deletes)
{
	for (size_t i = 0; i < LENGTH(thing_sets); i++)
		write_things(
		    batch, NFPROTO_INET, model, &thing_sets[i], deletes);
	for (size_t i = 0; i < LENGTH(address_sets); i++)
		write_addresses(
		    batch, NFPROTO_INET, model, &address_sets[i], deletes);
}

static void
write_link(struct batch *batch, uint16_t family, const struct model *model,
    bool deletes)
{
	for (size_t i = 0; i < LENGTH(link_sets); i++)
		write_things(batch, family, model, &link_sets[i], deletes);
	if (family == NFPROTO_BRIDGE)
		write_things(batch, family, model, &bridge_set, deletes);
	for (size_t i = 0; i < LENGTH(link_address_sets); i++)
		write_addresses(
		    batch, family, model, &link_address_sets[i], deletes);
}

void
identity_write(struct batch *batch, uint16_t family, const struct model *model)
{
	const bool deletes[] = { true, false };

	for (size_t i = 0; i < LENGTH(deletes); i++) {
		if (family == NFPROTO_INET)
			write_inet(batch, model, deletes[i]);
		else
			write_link(batch, family, model, deletes[i]);
	}
}

static void
fill_things(struct batch *batch, uint16_t family, const struct model *model,
    const struct thing_set *set)
{
	const struct about about = { set->name, 0 };
	struct elems elems;

	elems_open(&elems, batch, family, set->name, false, about);
	LIST_EACH(at, &model->things)
	{
		const struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, all);

		if (thing->now.present)
			put_thing(&elems, set, thing, 1);
	}
	elems_close(&elems);
}

static void
fill_addresses(struct batch *batch, uint16_t family, const struct model *model,
    const struct address_set *set, bool six)
{
	const struct about about = { set->name[six], 0 };
	struct elems elems;

	elems_open(&elems, batch, family, set->name[six], false, about);
	LIST_EACH(at, &model->addresses)
	{
		const struct model_address *address =
		    LIST_ENTRY(at, struct model_address, all);

		if (address->now != NULL && !address->now->now.denied &&
		    (address->addr.family == 6) == six)
			put_address(&elems, set, address, address->now, 1);
	}
	elems_close(&elems);
}

void
identity_fill(struct batch *batch, uint16_t family, const struct model *model)
{
	for (size_t i = 0; i < LENGTH(link_sets); i++)
		fill_things(batch, family, model, &link_sets[i]);
	for (size_t i = 0; i < LENGTH(link_address_sets); i++) {
		const struct address_set *set = &link_address_sets[i];

		fill_addresses(batch, family, model, set, false);
		fill_addresses(batch, family, model, set, true);
	}
}
