/*
 * Random policies and worlds over a small universe, so that addresses, ports
 * and names meet often.
 */
#ifndef DIFFERENTIAL_GENERATE_H
#define DIFFERENTIAL_GENERATE_H

#include <stddef.h>
#include <stdint.h>

#include "libmud/policy.h"
#include "libmud/world.h"
#include "tests/differential/dice.h"

#define UNIVERSE_PEERS 20
#define UNIVERSE_OWNS  2
#define UNIVERSE_PORTS 14
#define MADE_ACES      8
#define MADE_TEXTS     14

/* All addresses of a family that any flow has. */
struct family {
	size_t n_peers, n_hosts; /* the hosts, which are unicast, come first */
	struct addr peer[UNIVERSE_PEERS];
	struct addr own[UNIVERSE_OWNS];
	size_t n_prefixes;
	struct prefix prefix[10];
};

struct universe {
	struct family family[2]; /* IPv4, IPv6 */
	uint16_t port[UNIVERSE_PORTS];
	struct policy_text text[MADE_TEXTS];
};

void universe_make(struct universe *universe);

/* The policy's arrays are the two below: not to be freed, nor copied. */
struct made {
	struct policy policy;
	struct ace ace[MADE_ACES];
	struct policy_text text[MADE_TEXTS];
};

/* Ends the program if an ACE is not sound. */
void make_policy(
    struct dice *dice, const struct universe *universe, struct made *made);

/* Another ACE in the place of that one, of the same direction and name. */
void make_ace_anew(struct dice *dice, const struct universe *universe,
    struct made *made, size_t ace);
/* The policy with that ACE alone. */
void make_alone(const struct made *made, size_t ace, struct made *alone);

/* The caller ends it with world_done. */
void make_world(
    struct dice *dice, const struct universe *universe, struct world *world);

#endif
