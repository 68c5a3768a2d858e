/*
 * Walks.  Role: engine.  Input: mudd's records, checked all the same.
 */
#include "engine/control/walks.h"

#include <string.h>

#include "core/msg.h"
#include "engine/control/explain.h"
#include "engine/engine.h"

#define ICMP   1
#define ICMPV6 58

/* ---- the question -------------------------------------------------------- */

/* Neighbour discovery and listener reports, which the tracker leaves alone. */
static bool
is_untracked(int type)
{
	return (type >= 130 && type <= 136) || type == 143;
}

/* Only these open a flow of ICMP. */
static bool
is_request(uint8_t protocol, int type)
{
	if (protocol == ICMPV6)
		return type == 128 || type == 139;
	return type == 8 || type == 13 || type == 15 || type == 17;
}

static enum walk_track
track_of(const struct flow *flow)
{
	if (flow->is_untracked)
		return WALK_UNTRACKED;
	if (flow_is_reply(flow))
		return WALK_REPLY;
	if ((flow->protocol != ICMP && flow->protocol != ICMPV6) ||
	    flow->icmp_type == FLOW_UNKNOWN ||
	    is_request(flow->protocol, flow->icmp_type))
		return WALK_NEW;
	return flow->protocol == ICMPV6 && is_untracked(flow->icmp_type)
	           ? WALK_UNTRACKED
	           : WALK_INVALID;
}

/* The kernel has no address of a device that is no Thing.  Where none is known
 * the unspecified one stands for it: nothing is bound to that. */
static struct addr
own_of(const struct thing *thing, const struct flow *flow)
{
	static const uint8_t none[16];
	const struct addr *first = explain_own(thing, &flow->peer);

	for (size_t i = 0; first == NULL && i < thing->n_leases; i++)
		if (thing->leases[i].addr.family == flow->peer.family)
			first = &thing->leases[i].addr;
	if (first != NULL)
		return *first;
	return flow->peer.family == 4 ? addr_v4(none) : addr_v6(none);
}

void
walks_describe(const struct engine *engine, const struct thing *thing,
    const struct flow *flow, struct record_walk *walk)
{
	const struct thing *peer =
	    things_find_addr(engine->things, &flow->peer);

	*walk = (struct record_walk){
		.port = thing->port,
		.peer_port = peer == NULL ? 0 : peer->port,
		.direction = (uint8_t)flow->direction,
		.track = (uint8_t)track_of(flow),
		.is_neighbour =
		    explain_stays(&engine->lan, thing, &flow->peer) ? 1 : 0,
		.protocol = flow->protocol,
		.source = flow->source,
		.destination = flow->destination,
		.icmp_type = flow->icmp_type,
		.icmp_code = flow->icmp_code,
		.thing = thing->mac,
		.own = own_of(thing, flow),
		.peer = flow->peer,
	};
	if (peer != NULL)
		walk->peer_mac = peer->mac;
}

void
walks_ask(struct engine *engine, struct record_walk *walk)
{
	struct walks *walks = &engine->walks;

	walks->is_asked = true;
	walks->n = 0;
	walk->number = ++walks->number;
	channel_send(engine->mudd, RECORD_WALK, walk, NULL, 0);
}

/* ---- the answer ---------------------------------------------------------- */

bool
walks_take(struct engine *engine, const struct record_walk_step *step)
{
	struct walks *walks = &engine->walks;

	if (!walks->is_asked || step->number != walks->number ||
	    walks->n == WALK_STEPS || step->table >= WALK_TABLES ||
	    step->action >= WALK_ACTIONS ||
	    !msg_text_ends(step->chain, sizeof(step->chain)) ||
	    !msg_text_ends(step->to, sizeof(step->to)) ||
	    !msg_text_ends(step->note, sizeof(step->note)))
		return false;
	walks->step[walks->n++] = *step;
	return true;
}

bool
walks_end(struct engine *engine, const struct record_walk_end *end)
{
	struct walks *walks = &engine->walks;

	if (!walks->is_asked || end->number != walks->number ||
	    end->n != walks->n || end->verdict >= WALK_VERDICTS ||
	    end->is_missing > 1 || !msg_text_ends(end->why, sizeof(end->why)))
		return false;
	walks->is_asked = false;
	if (end->is_missing != 0) {
		plan_lost(engine->plan);
		engine_touch(engine);
	}
	if (engine->listener.walked != NULL)
		engine->listener.walked(engine->listener.arg, end);
	return true;
}

bool
walks_record(struct engine *engine, const struct msg *msg)
{
	if (msg->type == RECORD_WALK_STEP)
		return walks_take(engine, MSG_BODY(msg, record_walk_step));
	return walks_end(engine, MSG_BODY(msg, record_walk_end));
}
