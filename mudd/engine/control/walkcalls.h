/*
 * The part of the method Explain of org.mudd.Manager that is answered by the
 * kernel: one walk for each address of the host that was asked about.
 */
#ifndef ENGINE_WALKCALLS_H
#define ENGINE_WALKCALLS_H

#include <stddef.h>

#include <jansson.h>

#include "core/records.h"
#include "libmud/flow.h"

struct commands;
struct control_call;
struct explaining;

/*
 * Answers the call once all is told: `answer`, which is taken, with a member
 * `kernel`.  At least one host, each of a family that the flow can have.
 */
void walkcalls_begin(struct commands *commands, struct control_call *call,
    const struct mac *mac, const struct flow *flow, const struct addr *hosts,
    size_t n, json_t *answer);

/* What was asked for is there. */
void walkcalls_walked(
    struct commands *commands, const struct record_walk_end *end);

void walkcalls_free(struct explaining *explaining);

#endif
