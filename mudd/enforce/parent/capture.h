/*
 * Packet sockets that see how hosts make themselves known (DHCP, LLDP,
 * neighbour discovery, ARP), and nothing else.
 *
 * mudd opens them with its capability; the watcher reads them without.  The
 * filter is in place before the first frame and locked, so that whoever holds
 * the socket sees no more than this, whatever it does.
 */
#ifndef ENFORCE_CAPTURE_H
#define ENFORCE_CAPTURE_H

#include <stdint.h>

/* Bytes of a frame that are handed over; longer ones are cut. */
#define CAPTURE_BYTES 2048

/*
 * Opens a socket on interface ifindex for untagged frames that are
 *
 *   DHCPv4   IPv4, UDP, not a later fragment: from port 68 to 67 where they
 *            come in, from 67 to 68, and relayed, from 67 to 67, both ways;
 *   DHCPv6   IPv6, UDP straight behind the header: from port 546 to 547 where
 *            they come in, from 547 to 546, and relayed, from 547 to 547, both
 *            ways;
 *   ND       IPv6, a neighbour solicitation or advertisement straight behind
 *            the header, with the hop limit that shows that nobody has routed
 *            it; where they come in;
 *   LLDP     to whichever of its groups; where they come in;
 *   ARP      where they come in.
 *
 * On a port of a bridge it hears what comes in by it before the bridge does,
 * which hands LLDP to nobody.  Frames come with their Ethernet header, a time
 * (SO_TIMESTAMPNS) and PACKET_AUXDATA.
 * A non-blocking, close-on-exec descriptor that the caller owns, or -errno
 * (-ENODEV: there is no such interface). Needs CAP_NET_RAW.
 */
int capture_open(uint32_t ifindex);

#endif
