/*
 * The guard of ports: a managed MAC speaks on the port where the Thing is,
 * with the addresses that are bound to it, in frames that can be judged.
 *
 * For the tables that see frames (linkschema.h), at the ports that are told of:
 * those of LAN bridges, and LAN interfaces that are none.  Tagged
 * frames, and Ethernet types but those of ARP, IP and EAPOL, go by the inet
 * hooks, so none of them may go from port to port, by a Thing nor to one.
 *
 * A port that was silent for PORTGUARD_SILENT_SEC (S-47) holds its Thing no
 * more against another: what a host without a binding may do passes there
 * then.  Silence is judged in the kernel, frame by frame, by a set whose
 * elements run out.  The bridge learns a MAC behind the guard: so that it knows
 * a Thing on a new port shows that the guard has let it go there.
 */
#ifndef ENFORCE_PORTGUARD_H
#define ENFORCE_PORTGUARD_H

struct writer;

/* Of tables bridge and netdev, besides those of schema.h. */
#define SET_PORT_BIND "port_bind" /* ifname . ether_addr */
#define SET_PORTS     "ports"     /* ifname */
#define SET_LOCKED    "locked"    /* ifname */
#define SET_PLACED    "placed"    /* ether_addr: those of port_bind */
#define SET_HEARD     "heard"     /* ether_addr: on its port, lately */

#define PORTGUARD_SILENT_SEC 10

/* Adds the sets and chains, and fills these. The table has `things`, `bind4`,
 * `bind6`, `own4`, `dropped_from`; that of a bridge `own6`, `self6`, `denied`
 * and the chain drop_spoof, too. */
void portguard_write(struct writer *to);

/* A rule for the chain in hand: to the guard, if the frame came in by a port of
 * the LAN's. */
void portguard_enter(struct writer *to);

/* A rule for the chain in hand, of a bridge's frames that leave: by a port of
 * the LAN's none go to a Thing but those that one may send. */
void portguard_leave(struct writer *to);

/* The chain that a netdev hook goes to for what comes in. */
#define CHAIN_INGRESS "ingress"

#endif
