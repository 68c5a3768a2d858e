/*
 * Flows that are worth asking about: aimed at an ACE, just beside it, replies
 * to it, and what is decided without any.
 */
#ifndef DIFFERENTIAL_AIM_H
#define DIFFERENTIAL_AIM_H

#include <stdbool.h>
#include <stddef.h>

#include "libmud/flow.h"
#include "tests/differential/dice.h"
#include "tests/differential/generate.h"

struct range {
	struct dice *dice;
	const struct universe *universe;
	const struct made *made;
	const struct world *world;
};

/*
 * Looks for a packet that the ACE decides, or if there is none for a reply
 * that it decides.  At random first, then through the whole space of packets
 * that differ for this policy, in which every bound of a port has its
 * neighbours, every address of the universe is a peer, and every header field
 * has the values that any ACE asks for, and another.  False is therefore the
 * proof that the ACE decides nothing.
 */
bool aim_at(const struct range *range, size_t ace, struct flow *flow);

/* Nothing is opened by a group: what says so becomes the sender's. */
void aim_settle(const struct range *range, struct flow *flow);

/* The same with one thing changed: a port by one, the peer, the protocol, the
 * opener, a type, a field. */
struct flow aim_beside(const struct range *range, const struct flow *flow);

/* What the other end sends back in the flow that this packet opens; false if
 * nothing does. */
bool aim_reply(const struct flow *flow, struct flow *reply);

/* Whatever: mostly an ordinary packet. */
struct flow aim_anywhere(const struct range *range);
/* DNS and NTP with their servers; infrastructure; the gateway's own. */
struct flow aim_service(const struct range *range);
struct flow aim_link(const struct range *range);
struct flow aim_gateway(const struct range *range);
/* An ICMP error about that flow, which it borrows. */
struct flow aim_error(const struct range *range, const struct flow *about);

/* Is a port of the packet one of an ACE's bounds, or beside one? */
bool aim_is_at_bound(const struct range *range, const struct flow *flow);

#endif
