/*
 * What guards IPv6 before anything is judged: neighbour discovery that lies,
 * and what may be sent before an address is bound.
 *
 * An advertisement speaks for the address in its target, not for the one that
 * it comes from (RFC 4861 s4.4): so the target must be bound to its sender.
 * A Thing is no router, so its router advertisements are dropped whatever its
 * policy says.
 */
#ifndef ENFORCE_SIXGUARD_H
#define ENFORCE_SIXGUARD_H

struct writer;

/* Rules for the chain in hand, of an inet or a bridge table; they go to
 * drop_spoof.  Before anything that returns. */
void sixguard_nd(struct writer *to);

/*
 * Rules for the chain in hand, of an inet or a netdev or a bridge table: what
 * a managed MAC may send from an address that is not bound.  DHCPv6, and what a
 * host needs to live on the link, from no address or a link-local one that is
 * neither a Thing's nor the gateway's: whoever hears a solicitation takes its
 * word for where its sender is.
 */
void sixguard_unbound(struct writer *to);

/* Rules for the chain in hand, of a table that sees frames: neighbour
 * discovery from an address that is bound. */
void sixguard_bound(struct writer *to);

/* Rules for the chain in hand, of a table that sees frames: what may be sent
 * to any address of a managed MAC, and what to bound ones. */
void sixguard_egress(struct writer *to);

#endif
