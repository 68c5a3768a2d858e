/*
 * Do the conditions of one ACE hold for one packet, in one world?
 */
#ifndef LIBMUD_CONDITION_H
#define LIBMUD_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "libmud/flow.h"
#include "libmud/policy.h"

struct world;

/*
 * Does ACE number i match, by itself, wherever it stands in its list?  Nothing
 * is asked of its direction and of what comes before it.
 *
 * In doubt an ACE that accepts does not match, and one that denies does.  So
 * do those that were not understood (architecture.md, 7; S-9).
 */
bool ace_matches(const struct policy *policy, size_t i,
    const struct world *world, const struct flow *flow);

/* The Thing's end of the packet: what the flow says, or else the Thing's first
 * address of the family. Family 0: not known. */
struct addr condition_own(const struct world *world, const struct flow *flow);

/* Has it conditions on header fields besides addresses, protocol, ports and
 * ICMP's type and code? */
bool ace_has_fields(const struct ace *ace);

#endif
