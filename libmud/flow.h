/*
 * A flow, as the evaluator is asked about it: one packet, and what the
 * connection tracker knows of the flow that it belongs to.  A plain value.
 */
#ifndef LIBMUD_FLOW_H
#define LIBMUD_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "libmud/addr.h"
#include "libmud/field.h"
#include "libmud/policy.h"

enum flow_opener { OPENED_BY_SENDER, OPENED_BY_THING, OPENED_BY_PEER };

#define FLOW_UNKNOWN (-1) /* a port, an ICMP type or code that is not known */

/*
 * Source and destination are the packet's own.  What is not known satisfies no
 * ACE that accepts, and every ACE that denies.
 */
struct flow {
	enum direction direction;
	struct addr peer; /* has a family */
	struct addr own;  /* the Thing's side; family 0: of the peer's family,
	                   * the Thing's first address, if it has one */
	uint8_t protocol;
	int32_t source, destination; /* ports */
	int16_t icmp_type, icmp_code;
	enum flow_opener opener; /* of the flow that the packet belongs to */
	/* Untracked or invalid: it is no reply and belongs to nobody's flow. */
	bool is_untracked;
	uint32_t known; /* bit 1 << enum field_id: this value is known */
	uint64_t field[FIELD_IDS];
	/* Of an ICMP error: a packet of the flow that it is about, lent.  Its
	 * own `about` is not looked at. */
	const struct flow *about;
};

/* A tracked packet between these two, nothing else known of it. */
struct flow flow_blank(
    enum direction direction, const struct addr *peer, uint8_t protocol);
void flow_know(struct flow *flow, enum field_id id, uint64_t value);

bool flow_is_opened_by_thing(const struct flow *flow);

/*
 * Is it a reply: has the other end opened the flow?  An untracked packet is
 * none, and of ICMP only answers to requests are in anybody's flow.
 */
bool flow_is_reply(const struct flow *flow);

/*
 * The packet that opened a reply's flow: ends swapped, and the request that it
 * answers.  Other header fields of that packet are not known.
 */
struct flow flow_opening(const struct flow *reply);

#endif
