/*
 * Ports and Things on them as elements.  Role: enforcer.  Input: the model,
 * checked; names of interfaces from the kernel.
 */
#include "enforce/rules/placement.h"

#include <string.h>

#include "enforce/model.h"
#include "enforce/rules/elems.h"
#include "enforce/rules/portguard.h"

/* Port and MAC, or the MAC alone. */
static const struct pair_set {
	const char *name;
	bool with_port;
} pair_sets[] = { { SET_PORT_BIND, true }, { SET_PLACED, false } };

#define PAIR_SETS (sizeof(pair_sets) / sizeof(pair_sets[0]))

static bool
is_placed(const struct thing_state *state)
{
	return state->present && state->port[0] != '\0';
}

static bool
is_same_place(const struct thing_state *a, const struct thing_state *b)
{
	return is_placed(a) == is_placed(b) &&
	       memcmp(a->port, b->port, sizeof(a->port)) == 0;
}

static void
put(struct elems *elems, const struct pair_set *set, const struct mac *mac,
    const struct thing_state *state)
{
	struct elem elem = { .len =
				 set->with_port ? IFNAMSIZ + 8 : sizeof(*mac) };

	if (set->with_port)
		memcpy(elem.key, state->port, IFNAMSIZ);
	memcpy(elem.key + (set->with_port ? IFNAMSIZ : 0), mac, sizeof(*mac));
	elems_put(elems, &elem);
}

static void
write_pairs(struct batch *batch, uint16_t family, const struct model *model,
    const struct pair_set *set, bool deletes)
{
	const struct about about = { set->name, 0 };
	struct elems elems;

	elems_open(&elems, batch, family, set->name, deletes, about);
	LIST_EACH(at, &model->dirty_things)
	{
		const struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, dirty);
		const struct thing_state *state =
		    deletes ? &thing->was : &thing->now;

		if (is_placed(state) &&
		    !is_same_place(&thing->was, &thing->now))
			put(&elems, set, &thing->mac, state);
	}
	elems_close(&elems);
}

void
placement_write(struct batch *batch, uint16_t family, const struct model *model)
{
	for (size_t i = 0; i < PAIR_SETS; i++) {
		write_pairs(batch, family, model, &pair_sets[i], true);
		write_pairs(batch, family, model, &pair_sets[i], false);
	}
}

static void
fill_pairs(struct batch *batch, uint16_t family, const struct model *model,
    const struct pair_set *set)
{
	const struct about about = { set->name, 0 };
	struct elems elems;

	elems_open(&elems, batch, family, set->name, false, about);
	LIST_EACH(at, &model->things)
	{
		const struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, all);

		if (is_placed(&thing->now))
			put(&elems, set, &thing->mac, &thing->now);
	}
	elems_close(&elems);
}

void
placement_fill(struct batch *batch, uint16_t family, const struct model *model)
{
	for (size_t i = 0; i < PAIR_SETS; i++)
		fill_pairs(batch, family, model, &pair_sets[i]);
}

static void
fill_ports(struct batch *batch, uint16_t family, const struct places *now,
    const char *set, bool locked_only)
{
	const struct about about = { set, 0 };
	struct elems elems;

	elems_flush(batch, family, set, about);
	elems_open(&elems, batch, family, set, false, about);
	for (size_t i = 0; i < now->n_ports; i++) {
		struct elem elem = { .len = IFNAMSIZ };

		if (now->port[i].name[0] == '\0' ||
		    (locked_only && now->port[i].is_locked == 0))
			continue;
		memcpy(elem.key, now->port[i].name, IFNAMSIZ);
		elems_put(&elems, &elem);
	}
	elems_close(&elems);
}

void
placement_ports(struct batch *batch, uint16_t family, const struct places *now)
{
	fill_ports(batch, family, now, SET_PORTS, false);
	fill_ports(batch, family, now, SET_LOCKED, true);
}
