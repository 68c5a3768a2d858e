/*
 * The records of a walk over what is installed: a packet that the engine asks
 * mudd about (WALK), and what becomes of it by the kernel's own rules
 * (WALK_STEP n times, WALK_END).  Part of records.h.
 */
#ifndef CORE_WALKRECORDS_H
#define CORE_WALKRECORDS_H

#include <stdint.h>

#include "libmud/addr.h"

/* What the connection tracker makes of the packet. */
enum walk_track {
	WALK_NEW,   /* it opens a flow */
	WALK_REPLY, /* it belongs to a flow that its receiver has opened */
	WALK_INVALID,
	WALK_UNTRACKED,
	WALK_TRACKS
};

/* One packet between a Thing and its peer; -1: not known. */
struct record_walk {
	uint32_t number;      /* of the question, handed back */
	uint32_t port;        /* where the Thing's frames come in */
	uint32_t peer_port;   /* the same of a neighbour; 0: not known */
	uint8_t direction;    /* enum direction: who has sent it */
	uint8_t track;        /* enum walk_track */
	uint8_t is_neighbour; /* 1: they are on one link */
	uint8_t protocol;
	int32_t source, destination; /* ports, as the packet has them */
	int16_t icmp_type, icmp_code;
	struct mac thing;
	struct mac peer_mac; /* zero: not known */
	struct addr own, peer;
	uint8_t zero[2];
};

#define WALK_NAME  32 /* of a chain, cut off where it is longer */
#define WALK_NOTE  64 /* of a rule */
#define WALK_STEPS 64 /* that are told of one packet */

enum walk_table { WALK_INET, WALK_BRIDGE, WALK_NETDEV, WALK_TABLES };
enum walk_action {
	WALK_ACCEPT,
	WALK_DROP,
	WALK_JUMP,
	WALK_GOTO,
	WALK_RETURN,
	WALK_POLICY_ACCEPT, /* at the end of a base chain */
	WALK_POLICY_DROP,
	WALK_ACTIONS
};

/* A rule that matched and decided, or the end of a base chain.  Texts are
 * printable ASCII: others may have chosen them. */
struct record_walk_step {
	uint32_t number;
	uint32_t table;  /* enum walk_table */
	uint32_t action; /* enum walk_action */
	uint32_t zero;
	uint64_t handle; /* of the rule; 0: none */
	char chain[WALK_NAME];
	char to[WALK_NAME]; /* JUMP, GOTO */
	char note[WALK_NOTE];
};

enum walk_verdict { WALK_PASSES, WALK_IS_DROPPED, WALK_UNTOLD, WALK_VERDICTS };

struct record_walk_end {
	uint32_t number;
	uint32_t verdict;    /* enum walk_verdict */
	uint32_t n;          /* WALK_STEPs that were sent */
	uint32_t is_missing; /* 1: there is no table of ours */
	char why[128];       /* UNTOLD: why it cannot be told */
};

#endif
