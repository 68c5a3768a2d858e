/*
 * Policy x world x flow -> verdict.  The reference: what RFC 8520 and
 * docs/architecture.md ("What a verdict is") say, read aloud.
 *
 * Written apart from the compiler and without looking at rules; the two are
 * held against each other (tests/differential).  Plain code over plain
 * values, no allocation, no state.  Speed is not its business.
 *
 * One packet is judged, on the side of one Thing.  Between two managed Things
 * both sides must allow: that is two questions.  An ICMP error is asked with
 * the flow that it is about only where both allow that one.
 *
 * What a host needs to live on its link is local policy, outside the MUD
 * chain, and comes before it (M-DEF-3):
 *
 *   DHCP    from the Thing, IPv4 UDP to port 67, to the gateway or to a
 *           multicast or broadcast address; from the gateway, port 67 to 68;
 *           and with a neighbour (world_is_near), both by their own ports: 68
 *           to 67 either way, 67 to 68 to the Thing alone
 *   DHCPv6  from the Thing, IPv6 UDP to port 547, to the same; from the
 *           gateway, port 547 to 546; and by both ports as above
 *   IGMP    from the Thing, IPv4 protocol 2, to the same
 *   MLD     from the Thing, ICMPv6 131, 132, 143 with hop limit 1, to the same
 *   ND      ICMPv6 135 and 136 with hop limit 255, either way, to anybody;
 *           133 with hop limit 255 from the Thing, to the same as above
 *   errors  ICMP 3, 11, 12 and ICMPv6 1 to 4 about a flow that is allowed now,
 *           either way; never redirects
 *   gateway what it sends to the Thing in flows that the Thing has not opened,
 *           and what the Thing answers in flows that the gateway has opened
 *           (told as local-policy)
 *
 * ARP is no flow.  A hop limit that is not known counts as the right one.
 */
#ifndef LIBMUD_EVALUATE_H
#define LIBMUD_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/flow.h"
#include "libmud/policy.h"

struct world;

enum verdict { VERDICT_DENY, VERDICT_ALLOW };

enum verdict_source {
	SOURCE_ACE,            /* an ACE of the packet's own direction */
	SOURCE_REPLY,          /* what the opening direction's list says */
	SOURCE_DEFAULT,        /* DNS and NTP, RFC 8520 Appendix A */
	SOURCE_INFRASTRUCTURE, /* the list above */
	SOURCE_LOCAL_POLICY,   /* the gateway's own flows; DNS over TCP */
	SOURCE_NONE,           /* nothing allows it */
	VERDICT_SOURCES
};

#define EVALUATION_NO_ACE SIZE_MAX

struct evaluation {
	enum verdict verdict;
	enum verdict_source source;
	size_t ace; /* that decided, an index into the policy's, or none */
	const char *clause;
	/* A sentence; names of ACEs and ACLs in it are the file's bytes. */
	char reason[384];
};

/* The policy's ACEs are sound (ace_is_sound). */
struct evaluation evaluate(const struct policy *policy,
    const struct world *world, const struct flow *flow);

/* "ace", "reply", "default", "infrastructure", "local-policy", "none". */
const char *verdict_source_name(enum verdict_source source);

#endif
