/*
 * Ports and Things on them as elements.  Role: enforcer.  Input: the model,
 * checked; names of interfaces from the kernel.
 */
#include "enforce/placement.h"

#include <string.h>

#include "enforce/elems.h"
#include "enforce/model.h"
#include "enforce/portguard.h"

static const struct about about_pairs = { SET_PORT_BIND, 0 };

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
put(struct elems *elems, const struct mac *mac, const struct thing_state *state)
{
	struct elem elem = { .len = IFNAMSIZ + 8 };

	memcpy(elem.key, state->port, IFNAMSIZ);
	memcpy(elem.key + IFNAMSIZ, mac, sizeof(*mac));
	elems_put(elems, &elem);
}

static void
write_pairs(struct batch *batch, uint16_t family, const struct model *model,
    bool deletes)
{
	struct elems elems;

	elems_open(&elems, batch, family, SET_PORT_BIND, deletes, about_pairs);
	LIST_EACH(at, &model->dirty_things)
	{
		const struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, dirty);
		const struct thing_state *state =
		    deletes ? &thing->was : &thing->now;

		if (is_placed(state) &&
		    !is_same_place(&thing->was, &thing->now))
			put(&elems, &thing->mac, state);
	}
	elems_close(&elems);
}

/*
 * Who has left his port is not held by it any more, however lately he was
 * heard there.  The kernel may have let go of that by itself: what is added
 * first can be deleted.
 */
static void
forget_heard(struct batch *batch, uint16_t family, const struct model *model,
    bool deletes)
{
	const struct about about = { SET_HEARD, 0 };
	struct elems elems;

	elems_open(&elems, batch, family, SET_HEARD, deletes, about);
	LIST_EACH(at, &model->dirty_things)
	{
		const struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, dirty);
		struct elem elem = { .len = sizeof(thing->mac) };

		if (!is_placed(&thing->was) || is_placed(&thing->now))
			continue;
		memcpy(elem.key, &thing->mac, sizeof(thing->mac));
		elems_put(&elems, &elem);
	}
	elems_close(&elems);
}

void
placement_write(struct batch *batch, uint16_t family, const struct model *model)
{
	write_pairs(batch, family, model, true);
	write_pairs(batch, family, model, false);
	forget_heard(batch, family, model, false);
	forget_heard(batch, family, model, true);
}

void
placement_fill(struct batch *batch, uint16_t family, const struct model *model)
{
	struct elems elems;

	elems_open(&elems, batch, family, SET_PORT_BIND, false, about_pairs);
	LIST_EACH(at, &model->things)
	{
		const struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, all);

		if (is_placed(&thing->now))
			put(&elems, &thing->mac, &thing->now);
	}
	elems_close(&elems);
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
