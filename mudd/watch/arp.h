/*
 * A frame with ARP for IPv4 over Ethernet (RFC 826) → the address that its
 * sender uses, or asks whether it may use.
 *
 * A probe (sender 0.0.0.0, RFC 5227 s2.1.1) is a question: who has the address
 * answers, and only then, or a few seconds later, the prober knows whether it
 * may use it.  So unlike an announcement, or any other ARP message, it says
 * nothing about who has the address.
 */
#ifndef WATCH_ARP_H
#define WATCH_ARP_H

#include <stdbool.h>

#include "libmud/addr.h"
#include "libmud/bytes.h"

struct fault;

struct arp {
	struct mac source;   /* of the frame, and of the sender */
	struct addr address; /* IPv4; of a probe the one that is probed */
	bool is_probe;
};

/*
 * Refused, with *why and *arp untouched: what is cut, is not about IPv4 over
 * Ethernet, neither asks nor answers, speaks for another MAC address than the
 * frame's, or of an address that no host may have.  What follows the message
 * is padding.
 */
bool arp_parse(struct bytes raw, struct arp *arp, struct fault *why);

#endif
