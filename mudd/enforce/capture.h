/*
 * Packet sockets that see DHCP and neighbour discovery, and nothing else.
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
 * Opens a socket on interface ifindex for frames that are untagged IPv4, UDP,
 * not a later fragment, and DHCP: from port 68 to 67 where they come in, from
 * 67 to 68 where they leave; and for those that come in and are untagged
 * IPv6, with a neighbour solicitation or advertisement straight behind the
 * header, and the hop limit that shows that nobody has routed it.  Frames come
 * with their Ethernet header, a time (SO_TIMESTAMPNS) and PACKET_AUXDATA.
 * A non-blocking, close-on-exec descriptor that the caller owns, or -errno
 * (-ENODEV: there is no such interface). Needs CAP_NET_RAW.
 */
int capture_open(uint32_t ifindex);

#endif
