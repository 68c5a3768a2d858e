/*
 * A rule: one line of a policy chain, as numbers only.
 *
 * The compiler makes rules, the enforcer turns each into one nftables rule.
 * No names, no text, no pointers: sets are numbers that the engine gave out,
 * and the enforcer builds every kernel name from them itself.
 *
 * Source and destination are the packet's own.  `peers` speaks of the far
 * end: in CHAIN_FROM and CHAIN_FROM_REPLY that is the packet's destination,
 * in CHAIN_TO and CHAIN_TO_REPLY its source.
 */
#ifndef LIBMUD_RULE_H
#define LIBMUD_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/addr.h"
#include "libmud/policy.h"

struct fault;

/* Which of a policy's four chains (docs/architecture.md, "a policy"). */
enum rule_chain {
	CHAIN_FROM,       /* pf_<id>: packets from the Thing */
	CHAIN_TO,         /* pt_<id>: packets to it */
	CHAIN_FROM_REPLY, /* mf_<id>: its replies, the to-device list mirrored
	                   */
	CHAIN_TO_REPLY, /* mt_<id>: replies to it, the from-device list mirrored
	                 */
	RULE_CHAINS
};

enum rule_verdict {
	RULE_ACCEPT,  /* return: allowed on this Thing's side */
	RULE_DENY,    /* goto the drop chain of this direction */
	RULE_REPLIES, /* a packet of the flow in direction reply, no error that
	               * quotes one: goto the mirror; no other match */
	RULE_VERDICTS
};

enum rule_opener {
	OPENER_ANY,
	OPENER_ORIGINAL, /* ct direction original */
	OPENER_REPLY,    /* ct direction reply */
	RULE_OPENERS
};

/* What the peer's address is looked up in. */
enum rule_set {
	RULE_SET_MEMBERS, /* set number `set`: a name's or class's addresses */
	RULE_SET_LOCAL,   /* local networks, less the gateway's own addresses */
	RULE_SETS
};

struct rule_peer {
	uint8_t kind; /* enum rule_set */
	uint8_t zero[3];
	uint32_t set; /* 1.. for RULE_SET_MEMBERS, else 0 */
};

#define RULE_NO_ACE UINT16_MAX

struct rule {
	uint8_t chain;   /* enum rule_chain */
	uint8_t verdict; /* enum rule_verdict */
	uint8_t family;  /* 4, 6, or 0: either (then no prefix and no peers) */
	uint8_t opener;  /* enum rule_opener */
	uint8_t n_peers; /* 0..ACE_PEERS; all must hold; needs a family */
	uint8_t zero;
	uint16_t ace;     /* index of the ACE it came from, or RULE_NO_ACE */
	int16_t protocol; /* -1: any */
	int16_t icmp_type, icmp_code;     /* -1: any; protocol 1 or 58 */
	struct ports source, destination; /* the packet's own; 6 or 17 */
	struct prefix from, to; /* the packet's addresses; family 0: any */
	struct rule_peer peers[ACE_PEERS];
	struct field fields[ACE_FIELDS]; /* all must hold; never in a mirror */
};

/*
 * Everything in range, everything unused zero?  Header fields in CHAIN_FROM and
 * CHAIN_TO only, MACs in CHAIN_FROM only, each one that can hold, and with a
 * family where that decides if or where a packet has it.
 * *why: FAULT_RECORD if not.
 */
bool rule_is_sound(const struct rule *rule, struct fault *why);

/* Which packets a form of a rule is for. */
enum rule_path {
	PATH_ANY,
	PATH_HERE, /* oif 0: those that end at the gateway */
	/* oif != 0: those that it passes on, as a router, since their frame
	 * was addressed to it, or as a bridge */
	PATH_ONWARD,
	PATH_BRIDGED,
};

struct rule_form {
	enum rule_path path;
	struct rule rule;
};

#define RULE_FORMS 3

/*
 * The forms in which a sound rule is written into a chain: one, or one for
 * each path, of which a packet meets at most one.  A packet that the gateway
 * routes has lost one hop before a policy's chain sees it: what the Thing
 * sent with TTL 64 is seen with 63, but with 64 if it is for the gateway, or
 * for a neighbour on its bridge.
 * What goes to the Thing has lost it as well, and is seen as the Thing gets
 * it.  Returns how many.
 */
size_t rule_forms(const struct rule *rule, struct rule_form forms[RULE_FORMS]);

#endif
