/*
 * The gateway's neighbour entries of addresses that come to belong to Things,
 * by rtnetlink.
 *
 * A packet to an address that nobody has answered for yet passes `forward`,
 * and waits in the neighbour's entry until the answer comes.  If the address
 * is bound to a Thing meanwhile it has been judged by nobody, and leaves as if
 * it had.  So those that wait go on before the batch is committed, while
 * `egress` still drops what is sent to an address that is not bound.
 */
#ifndef ENFORCE_NEIGHBOUR_H
#define ENFORCE_NEIGHBOUR_H

#include <stdbool.h>

struct fault;
struct model;
struct neighbours;
struct places;
struct record_ask;

/* Opens the socket. NULL with *why (FAULT_KERNEL). */
struct neighbours *neighbours_new(struct fault *why);
void neighbours_free(struct neighbours *neighbours);

/*
 * Tells each entry on a LAN interface, of an address that another Thing has
 * in `now` than in `was`, where that Thing is.  Makes no entry, and leaves
 * those that somebody has fixed (permanent, noarp): nothing waits there.  What
 * fails is passed over: then what waits is judged as it was before the batch,
 * which no packet after it is.  Needs CAP_NET_ADMIN.
 */
void neighbours_settle(struct neighbours *neighbours, const struct model *model,
    const struct places *at);

/* Has the kernel ask all on that interface who has the address, whatever it
 * knew; but not on one that is no LAN interface (any more), or model is NULL.
 * An entry that somebody has fixed stays, and nobody is asked.  False: the
 * address is no host's. */
bool neighbours_ask(struct neighbours *neighbours, const struct model *model,
    const struct record_ask *ask);

#endif
