/*
 * Things and their addresses as elements.  Role: enforcer.  Input: the model,
 * checked.
 *
 * An element is described by a tag: 0 where the Thing or address has none in
 * this set, another number for what the element says.  Where the tags of
 * `was` and `now` differ the old element goes and the new one comes, all
 * those that go first.
 */
#include "enforce/rules/identity.h"

#include <linux/netfilter.h>
#include <string.h>

#include "core/records.h"
#include "enforce/model.h"
#include "enforce/rules/dispatch.h"
#include "enforce/rules/eastschema.h"
#include "enforce/rules/elems.h"
#include "enforce/rules/object.h"
#include "enforce/rules/schema.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct thing_set {
	const char *name;
	uintptr_t (*tag)(const struct thing_state *state);
};

struct address_set {
	const char *name[2]; /* for IPv4, for IPv6 */
	uintptr_t (*tag)(
	    const struct model_thing *owner, const struct thing_state *state);
	bool has_mac; /* the key begins with the owner's MAC */
};

static uintptr_t
tag_managed(const struct thing_state *state)
{
	return state->present ? 1 : 0;
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
tag_judged(const struct model_thing *owner, const struct thing_state *state)
{
	return owner != NULL && state->policy != NULL ? 1 : 0;
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
	{ SET_THINGS, tag_managed },
	{ SET_DENIED, tag_denied },
	{ SET_DROPPED_FROM, tag_managed },
};

static const struct thing_set link_sets[] = {
	{ SET_THINGS, tag_managed },
	{ SET_DROPPED_FROM, tag_managed },
};

/* On a bridge alone: elsewhere `inet mudd` sees all that it sends. */
static const struct thing_set bridge_set = { SET_DENIED, tag_denied };

/* On a bridge that judges by policies, too. */
static const struct thing_set east_set = { SET_JUDGED, tag_managed };

/* What is counted is counted for one owner. */
static const struct address_set link_address_sets[] = {
	{ { SET_BIND4, SET_BIND6 }, tag_bound, true },
	{ { SET_OWN4, SET_OWN6 }, tag_owned, false },
};

static const struct address_set address_sets[] = {
	{ { SET_TO4, SET_TO6 }, tag_judged, false },
	{ { SET_BIND4, SET_BIND6 }, tag_bound, true },
	{ { SET_OWN4, SET_OWN6 }, tag_owned, false },
	{ { SET_DROPPED_TO, SET_DROPPED_TO6 }, tag_owner, false },
	{ { SET_UNCACHED4, SET_UNCACHED6 }, tag_uncached, false },
};

static void
put_thing(struct elems *elems, const struct model_thing *thing)
{
	struct elem elem = { .len = sizeof(thing->mac) };

	memcpy(elem.key, &thing->mac, sizeof(thing->mac));
	elems_put(elems, &elem);
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
			put_thing(&elems, thing);
	}
	elems_close(&elems);
}

/* A part of a concatenated key is padded to four bytes. */
static void
put_address(struct elems *elems, bool has_mac,
    const struct model_address *address, const struct model_thing *owner)
{
	struct elem elem = { 0 };
	size_t width = address->addr.family == 4 ? 4 : 16;

	if (has_mac) {
		memcpy(elem.key, &owner->mac, sizeof(owner->mac));
		elem.len = 8;
	}
	memcpy(elem.key + elem.len, address->addr.byte, width);
	elem.len += width;
	elems_put(elems, &elem);
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
			put_address(&elems, set->has_mac, address,
			    deletes ? address->was : address->now);
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

/* ---- the digits of their policies ---------------------------------------- */

struct digit {
	uint16_t table; /* NFPROTO_* */
	enum dispatch_tree tree;
	unsigned int level, value;
	char set[OBJECT_NAME];
};

static bool
has_digit(const struct thing_state *state, const struct digit *digit)
{
	return state != NULL && state->policy != NULL &&
	       dispatch_digit(state->policy->slot, digit->level) ==
	           digit->value;
}

static void
write_things_of(struct batch *batch, const struct model *model,
    const struct digit *digit, bool deletes)
{
	struct elems elems;

	elems_open(&elems, batch, digit->table, digit->set, deletes,
	    (struct about){ "dispatch", 0 });
	LIST_EACH(at, &model->dirty_things)
	{
		const struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, dirty);
		bool was = has_digit(&thing->was, digit);

		if (was != has_digit(&thing->now, digit) && was == deletes)
			put_thing(&elems, thing);
	}
	elems_close(&elems);
}

static void
write_receivers_of(struct batch *batch, const struct model *model,
    const struct digit *digit, bool deletes)
{
	const unsigned int family = digit->tree == TREE_TO6 ? 6 : 4;
	struct elems elems;

	elems_open(&elems, batch, digit->table, digit->set, deletes,
	    (struct about){ "dispatch", 0 });
	LIST_EACH(at, &model->dirty_addresses)
	{
		const struct model_address *address =
		    LIST_ENTRY(at, struct model_address, dirty);
		const struct model_thing *was = address->was;
		const struct model_thing *now = address->now;
		bool had = has_digit(was != NULL ? &was->was : NULL, digit);

		if (address->addr.family == family && had == deletes &&
		    had != has_digit(now != NULL ? &now->now : NULL, digit))
			put_address(&elems, false, address, NULL);
	}
	elems_close(&elems);
}

static void
write_digits(struct batch *batch, const struct model *model, bool deletes)
{
	struct digit digit = { .table = NFPROTO_INET };

	for (unsigned int i = 0; i < TREES_OF_INET * dispatch_levels(model);
	     i++)
		for (unsigned int j = 1; j < DISPATCH_DIGITS; j++) {
			digit.tree = (enum dispatch_tree)(i % TREES_OF_INET);
			digit.level = i / TREES_OF_INET;
			digit.value = j;
			(void)dispatch_set(
			    digit.tree, digit.level, j, digit.set);
			if (digit.tree == TREE_FROM)
				write_things_of(batch, model, &digit, deletes);
			else
				write_receivers_of(
				    batch, model, &digit, deletes);
		}
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
	write_digits(batch, model, deletes);
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

/* By MAC alone, for senders and receivers alike. */
static void
write_east(struct batch *batch, const struct model *model, bool deletes)
{
	struct digit digit = { .table = NFPROTO_BRIDGE, .tree = TREE_FROM };

	write_things(batch, NFPROTO_BRIDGE, model, &east_set, deletes);
	for (unsigned int i = 0; i < dispatch_levels(model); i++)
		for (unsigned int j = 1; j < DISPATCH_DIGITS; j++) {
			digit.level = i;
			digit.value = j;
			(void)dispatch_set(digit.tree, i, j, digit.set);
			write_things_of(batch, model, &digit, deletes);
		}
}

void
identity_write_east(struct batch *batch, const struct model *model)
{
	write_east(batch, model, true);
	write_east(batch, model, false);
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
			put_thing(&elems, thing);
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
			put_address(
			    &elems, set->has_mac, address, address->now);
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
