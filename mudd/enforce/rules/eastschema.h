/*
 * The stateless path (bridgepath.h): frames between two ports of a bridge are
 * judged by chains of table bridge mudd, which cannot ask the connection
 * tracker.
 *
 * `east` goes by the sender's MAC to the chain of what its policy says of
 * packets from it, and by the receiver's to that of packets to it.  There
 * (chains.h) what may be a reply is what is allowed, too: but TCP's first
 * segment never is one, so that a flow of TCP is opened as the files say.
 * Nothing is remembered, so there is nothing to revoke.  Errors of ICMP are
 * judged as all else.  Fragments from and to Things are dropped, since only
 * the first of them tells the ports, and so is what its sender routes.
 */
#ifndef ENFORCE_EASTSCHEMA_H
#define ENFORCE_EASTSCHEMA_H

#include <stdbool.h>

struct batch;

/* Managed MACs, to be asked for as often as one likes: `things` counts. */
#define SET_JUDGED "judged"

/* Where what a policy denies goes to, of packets to its Thing: of the others,
 * and of watched Things, the chains have the names that schema.h gives. */
#define CHAIN_EAST_DROP_TO "drop_east_to"

/* Into table bridge mudd, which linkschema.h has just made, with `things`,
 * `dropped_from` and `self6`. */
void eastschema_write(struct batch *batch, bool monitor);

#endif
