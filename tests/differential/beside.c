/*
 * Flows that are not aimed at one ACE, and those beside one that is.  A test.
 */
#include <stdlib.h>

#include "libmud/compile.h"
#include "libmud/evaluate.h"
#include "tests/differential/aim.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct family *
family_of(const struct range *range, const struct flow *flow)
{
	return &range->universe->family[flow->peer.family == 4 ? 0 : 1];
}

static struct addr
any_peer(const struct range *range, size_t f, enum direction direction)
{
	const struct family *family = &range->universe->family[f];

	return family->peer[dice_below(range->dice,
	    direction == FROM_DEVICE ? family->n_peers : family->n_hosts)];
}

/* What the packet has of header fields, with usual values. */
static void
know_all(const struct range *range, struct flow *flow)
{
	unsigned int family = flow->peer.family == 4 ? FAMILY_4 : FAMILY_6;

	flow->known = 0;
	for (unsigned int id = 1; id < FIELD_IDS; id++) {
		const struct field_info *info = field_info(id);

		if ((info->families & family) == 0 ||
		    (info->protocol != -1 && info->protocol != flow->protocol))
			continue;
		flow_know(flow, (enum field_id)id,
		    id == FIELD_TTL        ? 64
		    : id == FIELD_IHL      ? 5
		    : id == FIELD_OFFSET   ? 0
		    : id == FIELD_IP_FLAGS ? 2
					   : dice_below(range->dice, 3));
	}
}

/* An ordinary packet of that protocol. */
static struct flow
plain(const struct range *range, enum direction direction,
    const struct addr *peer, uint8_t protocol)
{
	struct flow flow = flow_blank(direction, peer, protocol);
	const struct universe *universe = range->universe;

	flow.own = family_of(range, &flow)
	               ->own[dice_below(range->dice, UNIVERSE_OWNS)];
	if (protocol == 6 || protocol == 17) {
		flow.source =
		    universe->port[dice_below(range->dice, UNIVERSE_PORTS)];
		flow.destination =
		    universe->port[dice_below(range->dice, UNIVERSE_PORTS)];
	}
	if (protocol == 1 || protocol == 58) {
		flow.icmp_type = protocol == 1 ? 8 : 128;
		flow.icmp_code = 0;
	}
	know_all(range, &flow);
	return flow;
}

static void
open_by_other(struct flow *flow)
{
	flow->opener =
	    flow->direction == FROM_DEVICE ? OPENED_BY_PEER : OPENED_BY_THING;
}

void
aim_settle(const struct range *range, struct flow *flow)
{
	if (!flow_is_opened_by_thing(flow) && flow->direction == FROM_DEVICE &&
	    world_is_group(range->world, &flow->peer))
		flow->opener = OPENED_BY_SENDER;
}

static void
move_port(struct dice *dice, int32_t *port)
{
	int32_t to = *port + (dice_chance(dice, 50) ? 1 : -1);

	if (*port != FLOW_UNKNOWN && to >= 0 && to <= UINT16_MAX)
		*port = to;
}

struct flow
aim_beside(const struct range *range, const struct flow *flow)
{
	struct dice *dice = range->dice;
	size_t f = flow->peer.family == 4 ? 0 : 1;
	struct flow out = *flow;
	unsigned int id;

	switch (dice_below(dice, 9)) {
	case 0:
	case 1:
		move_port(dice, &out.source);
		break;
	case 2:
	case 3:
		move_port(dice, &out.destination);
		break;
	case 4:
		out.peer = any_peer(range, f, out.direction);
		break;
	case 5:
		if (out.opener == OPENED_BY_SENDER)
			open_by_other(&out);
		else
			out.opener = OPENED_BY_SENDER;
		break;
	case 6:
		out.is_untracked = !out.is_untracked;
		break;
	case 7:
		if (out.icmp_type != FLOW_UNKNOWN && dice_chance(dice, 50))
			out.icmp_type = (int16_t)dice_below(dice, 20);
		else if (out.icmp_code != FLOW_UNKNOWN)
			out.icmp_code = (int16_t)dice_below(dice, 4);
		else
			out.own = range->universe->family[f]
			              .own[dice_below(dice, UNIVERSE_OWNS)];
		break;
	default:
		id = (unsigned int)(1 + dice_below(dice, FIELD_IDS - 1));
		if (id != FIELD_OFFSET && id != FIELD_IP_FLAGS &&
		    id != FIELD_IHL && (out.known >> id & 1) != 0)
			out.field[id] = dice_below(dice, 4);
		break;
	}
	aim_settle(range, &out);
	return out;
}

bool
aim_reply(const struct flow *flow, struct flow *reply)
{
	static const struct {
		uint8_t protocol;
		int16_t request, answer;
	} pairs[] = { { 1, 8, 0 }, { 1, 13, 14 }, { 1, 15, 16 }, { 1, 17, 18 },
		{ 58, 128, 129 } };
	bool is_icmp = flow->protocol == 1 || flow->protocol == 58;
	bool from = flow->direction == FROM_DEVICE;
	bool is_group = flow->peer.byte[0] == 0xff ||
	                (flow->peer.family == 4 && flow->peer.byte[0] >= 224);
	size_t i = 0;

	if (flow->is_untracked || is_group ||
	    (from && flow->opener == OPENED_BY_PEER) ||
	    (!from && flow->opener == OPENED_BY_THING))
		return false;
	*reply = *flow;
	reply->direction = from ? TO_DEVICE : FROM_DEVICE;
	reply->source = flow->destination;
	reply->destination = flow->source;
	reply->opener = from ? OPENED_BY_THING : OPENED_BY_PEER;
	if (!is_icmp)
		return true;
	while (i < COUNT(pairs) && (pairs[i].protocol != flow->protocol ||
				       pairs[i].request != flow->icmp_type))
		i++;
	if (i == COUNT(pairs))
		return false;
	reply->icmp_type = pairs[i].answer;
	return true;
}

struct flow
aim_anywhere(const struct range *range)
{
	static const uint8_t protocols[] = { 6, 6, 17, 17, 1, 47, 2 };
	struct dice *dice = range->dice;
	enum direction direction =
	    dice_chance(dice, 50) ? FROM_DEVICE : TO_DEVICE;
	size_t f = dice_below(dice, 2);
	struct addr peer = any_peer(range, f, direction);
	uint8_t protocol = protocols[dice_below(dice, COUNT(protocols))];
	struct flow flow = plain(
	    range, direction, &peer, protocol == 1 && f == 1 ? 58 : protocol);

	if (flow.icmp_type != FLOW_UNKNOWN)
		flow.icmp_type =
		    (int16_t)(dice_below(dice, 20) + (f == 1 ? 120 : 0));
	if (dice_chance(dice, 30))
		open_by_other(&flow);
	if (dice_chance(dice, 10))
		flow.is_untracked = true;
	aim_settle(range, &flow);
	return flow;
}

/* A member of the class, if it has one; else anybody. */
static struct addr
server_of(const struct range *range, const char *class, size_t f)
{
	const struct world_hosts *members = world_class(range->world, class);

	if (members->n > 0 && dice_chance(range->dice, 90))
		return members->addr[dice_below(range->dice, members->n)];
	return any_peer(range, f, TO_DEVICE);
}

struct flow
aim_service(const struct range *range)
{
	struct dice *dice = range->dice;
	bool is_dns = dice_chance(dice, 60);
	struct addr peer = server_of(
	    range, is_dns ? MUD_URN_DNS : MUD_URN_NTP, dice_below(dice, 2));
	bool is_gateway = world_has(&range->world->gateway, &peer);
	enum direction direction =
	    is_gateway || dice_chance(dice, 60) ? FROM_DEVICE : TO_DEVICE;
	struct flow flow = plain(
	    range, direction, &peer, is_dns && dice_chance(dice, 25) ? 6 : 17);
	int32_t port = is_dns ? 53 : 123;

	if (dice_chance(dice, 5))
		port++;
	flow.source = flow.destination = 50000;
	if (direction == FROM_DEVICE)
		flow.destination = port;
	else
		flow.source = port;
	return flow;
}

struct flow
aim_link(const struct range *range)
{
	/* clang-format off */
	static const struct {
		uint8_t family, protocol;
		int16_t type;
		int32_t port;
		uint8_t hops;
	} kinds[] = {
		{ 4, 17, -1, 67, 64 },
		{ 6, 17, -1, 547, 64 },
		{ 4, 2, -1, -1, 1 },
		{ 6, 58, 131, -1, 1 },
		{ 6, 58, 132, -1, 1 },
		{ 6, 58, 143, -1, 1 },
		{ 6, 58, 133, -1, 255 },
		{ 6, 58, 134, -1, 255 },
		{ 6, 58, 135, -1, 255 },
		{ 6, 58, 136, -1, 255 },
		{ 6, 58, 137, -1, 255 },
	};
	/* clang-format on */
	struct dice *dice = range->dice;
	size_t i = dice_below(dice, COUNT(kinds));
	size_t f = kinds[i].family == 4 ? 0 : 1;
	enum direction direction =
	    dice_chance(dice, 85) ? FROM_DEVICE : TO_DEVICE;
	const struct family *family = &range->universe->family[f];
	struct addr peer = any_peer(range, f, direction);
	struct flow flow;

	/* Mostly to where it goes: to many. */
	if (direction == FROM_DEVICE && dice_chance(dice, 80))
		peer = family->peer[family->n_hosts +
				    dice_below(dice,
					family->n_peers - family->n_hosts)];
	flow = plain(range, direction, &peer, kinds[i].protocol);
	flow.icmp_type = kinds[i].type;
	flow.destination = kinds[i].port;
	if (kinds[i].port != -1)
		flow.source = kinds[i].port + 1;
	flow.field[FIELD_TTL] = dice_chance(dice, 92) ? kinds[i].hops : 77;
	return flow;
}

struct flow
aim_gateway(const struct range *range)
{
	const struct world_hosts *gateway = &range->world->gateway;
	struct dice *dice = range->dice;
	bool is_tcp = dice_chance(dice, 50);
	struct flow flow;

	if (gateway->n == 0)
		return aim_anywhere(range);
	flow = plain(range, dice_chance(dice, 50) ? FROM_DEVICE : TO_DEVICE,
	    &gateway->addr[dice_below(dice, gateway->n)], is_tcp ? 6 : 17);
	if (flow.direction == FROM_DEVICE || dice_chance(dice, 10))
		open_by_other(&flow);
	if (dice_chance(dice, 5))
		flow.is_untracked = true;
	return flow;
}

struct flow
aim_error(const struct range *range, const struct flow *about)
{
	static const int16_t types[2][4] = { { 3, 11, 12, 5 }, { 1, 2, 4, 3 } };
	struct dice *dice = range->dice;
	size_t f = about->peer.family == 4 ? 0 : 1;
	/* From whoever the packet did not reach, or from on the way there. */
	enum direction direction =
	    about->direction == FROM_DEVICE ? TO_DEVICE : FROM_DEVICE;
	struct addr peer = dice_chance(dice, 50) || direction == FROM_DEVICE
	                       ? about->peer
	                       : any_peer(range, f, direction);
	struct flow flow = plain(range, direction, &peer, f == 0 ? 1 : 58);

	flow.icmp_type = types[f][dice_below(dice, 4)];
	flow.icmp_code = (int16_t)dice_below(dice, 2);
	flow.about = about;
	return flow;
}

static bool
is_bound(const struct ports *ports, int32_t port)
{
	if (ports->low == 0 && ports->high == UINT16_MAX)
		return false;
	return abs(port - ports->low) <= 1 || abs(port - ports->high) <= 1;
}

bool
aim_is_at_bound(const struct range *range, const struct flow *flow)
{
	if (flow->source == FLOW_UNKNOWN)
		return false;
	for (size_t i = 0; i < range->made->policy.n_aces; i++) {
		const struct ace *ace = &range->made->ace[i];

		if (is_bound(&ace->source, flow->source) ||
		    is_bound(&ace->destination, flow->destination))
			return true;
	}
	return false;
}
