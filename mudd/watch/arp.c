/*
 * ARP.  Role: watcher.  Input: hostile, straight off the LAN.
 */
#include "watch/arp.h"

#include "libmud/fault.h"
#include "watch/frame.h"

#define ETHERNET 1 /* hardware type */
#define REQUEST  1
#define REPLY    2

static struct addr
take_addr(struct cursor *at)
{
	uint8_t byte[4];

	cursor_copy(at, byte, sizeof(byte));
	return addr_v4(byte);
}

static bool
is_nobody(const struct addr *addr)
{
	static const uint8_t zero[4];
	const struct addr nobody = addr_v4(zero);

	return addr_equal(addr, &nobody);
}

bool
arp_parse(struct bytes raw, struct arp *arp, struct fault *why)
{
	struct cursor at = cursor_over(raw);
	struct mac source = { 0 }, sender = { 0 };
	uint16_t hardware, protocol, operation;
	struct addr from, target;
	uint8_t lengths[2];
	bool is_probe;

	cursor_skip(&at, sizeof(struct mac));
	cursor_copy(&at, &source, sizeof(source));
	if (cursor_u16(&at) != FRAME_ARP)
		return fault_set(
		    why, FAULT_UNSUPPORTED, "IEEE 802.3", "is not ARP");
	hardware = cursor_u16(&at);
	protocol = cursor_u16(&at);
	cursor_copy(&at, lengths, sizeof(lengths));
	operation = cursor_u16(&at);
	cursor_copy(&at, &sender, sizeof(sender));
	from = take_addr(&at);
	cursor_skip(&at, sizeof(struct mac));
	target = take_addr(&at);
	if (at.ran_out)
		return fault_set(why, FAULT_MALFORMED, "RFC 826", "is cut");
	if (hardware != ETHERNET || protocol != FRAME_IPV4 ||
	    lengths[0] != sizeof(sender) || lengths[1] != 4)
		return fault_set(why, FAULT_UNSUPPORTED, "RFC 826",
		    "is not about IPv4 over Ethernet");
	if (operation != REQUEST && operation != REPLY)
		return fault_set(why, FAULT_UNSUPPORTED, "RFC 826",
		    "operation %u", operation);
	if (!mac_equal(&source, &sender))
		return fault_set(
		    why, FAULT_SPOOF, "S-5", "speaks for another MAC address");
	is_probe = is_nobody(&from);
	if (is_probe && operation != REQUEST)
		return fault_set(
		    why, FAULT_MALFORMED, "RFC 5227 s1.1", "nobody answers");
	if (!addr_is_host(is_probe ? &target : &from))
		return fault_set(why, FAULT_MALFORMED, "S-49",
		    "speaks of no host's address");
	*arp = (struct arp){ source, is_probe ? target : from, is_probe };
	return true;
}
