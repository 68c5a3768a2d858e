/*
 * Packets whose sender chooses their way: source routes of IPv4 (RFC 791
 * s3.1), routing headers of IPv6 (RFC 8200 s4.4).
 *
 * A gateway that is told to honour them passes such a packet on under another
 * destination than the one that it was judged by: to `forward` of IPv4 it is
 * one to the gateway, and with segments (RFC 8754) its connection is.  So, for
 * table inet mudd, no Thing sends one, and none goes into the LAN to one.
 * Kernels honour neither unless told to; who forwards may drop them (RFC 7126
 * s4.3, RFC 5095).
 */
#ifndef ENFORCE_DETOUR_H
#define ENFORCE_DETOUR_H

struct writer;

/* Adds the chains and fills them. */
void detour_write(struct writer *to);

/* Rules for the chain in hand, `forward`: they go before the connection cache,
 * since all of this can be said of packets of a connection that is allowed. */
void detour_enter(struct writer *to);

#endif
