/*
 * Flows.  mudctl and the tests run it, over what their user describes.
 */
#include "libmud/flow.h"

#define ICMP   1
#define ICMPV6 58

struct flow
flow_blank(enum direction direction, const struct addr *peer, uint8_t protocol)
{
	return (struct flow){
		.direction = direction,
		.peer = *peer,
		.protocol = protocol,
		.source = FLOW_UNKNOWN,
		.destination = FLOW_UNKNOWN,
		.icmp_type = FLOW_UNKNOWN,
		.icmp_code = FLOW_UNKNOWN,
	};
}

void
flow_know(struct flow *flow, enum field_id id, uint64_t value)
{
	flow->known |= 1u << id;
	flow->field[id] = value;
}

static bool
is_icmp(int protocol)
{
	return protocol == ICMP || protocol == ICMPV6;
}

bool
flow_is_opened_by_thing(const struct flow *flow)
{
	if (flow->opener == OPENED_BY_SENDER)
		return flow->direction == FROM_DEVICE;
	return flow->opener == OPENED_BY_THING;
}

/* The request that ICMP's answer comes after, and which RFC 792, RFC 950 and
 * RFC 4443 pair with it; -1: it answers none. */
static int16_t
icmp_request(uint8_t protocol, int16_t answer)
{
	if (protocol == ICMPV6)
		return answer == 129 ? 128 : -1;
	switch (answer) {
	case 0:
		return 8;
	case 14:
		return 13;
	case 16:
		return 15;
	case 18:
		return 17;
	default:
		return -1;
	}
}

bool
flow_is_reply(const struct flow *flow)
{
	bool from = flow->direction == FROM_DEVICE;

	if (flow->is_untracked || from == flow_is_opened_by_thing(flow))
		return false;
	return !is_icmp(flow->protocol) ||
	       icmp_request(flow->protocol, flow->icmp_type) != -1;
}

struct flow
flow_opening(const struct flow *flow)
{
	struct flow opening = *flow;

	opening.direction =
	    flow->direction == FROM_DEVICE ? TO_DEVICE : FROM_DEVICE;
	opening.source = flow->destination;
	opening.destination = flow->source;
	opening.opener = OPENED_BY_SENDER;
	if (is_icmp(flow->protocol))
		opening.icmp_type =
		    icmp_request(flow->protocol, flow->icmp_type);
	opening.known = 0;
	opening.about = NULL;
	return opening;
}
