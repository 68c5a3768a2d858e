/*
 * Neighbour discovery.  Role: watcher.  Input: hostile, straight off the LAN;
 * the packet filter in the kernel has looked at it, but nothing here leans on
 * that.
 */
#include "watch/nd.h"

#include <string.h>

#include "libmud/fault.h"

#define ETHERTYPE_IPV6 0x86dd
#define PROTOCOL       58 /* ICMPv6 */
#define HOP_LIMIT      255
#define SOLICITATION   135
#define ADVERTISEMENT  136
#define SOLICITED      0x40 /* of an advertisement's flags */
#define SOURCE_MAC     1    /* options of RFC 4861 s4.6.1 */
#define TARGET_MAC     2
#define OPTIONS_MAX    16 /* seen: 3 */

/* What the headers say. */
struct message {
	struct mac source;
	struct addr from, to, target;
	uint8_t type, flags;
};

static struct addr
take_addr(struct cursor *at)
{
	uint8_t byte[16];

	cursor_copy(at, byte, sizeof(byte));
	return addr_v6(byte);
}

static bool
is_multicast(const struct addr *addr)
{
	return addr->byte[0] == 0xff;
}

static bool
is_unspecified(const struct addr *addr)
{
	static const uint8_t zero[16];

	return memcmp(addr->byte, zero, sizeof(zero)) == 0;
}

/* Leaves the cursor over what follows the IPv6 header, padding cut off. */
static bool
parse_ipv6(struct cursor *at, struct message *message, struct fault *why)
{
	uint8_t version, next, hops;
	size_t length;

	cursor_skip(at, sizeof(struct mac));
	cursor_copy(at, &message->source, sizeof(message->source));
	if (cursor_u16(at) != ETHERTYPE_IPV6)
		return fault_set(
		    why, FAULT_UNSUPPORTED, "IEEE 802.3", "is not IPv6");
	version = cursor_u8(at);
	cursor_skip(at, 3);
	length = cursor_u16(at);
	next = cursor_u8(at);
	hops = cursor_u8(at);
	message->from = take_addr(at);
	message->to = take_addr(at);
	if (at->ran_out || version >> 4 != 6 || length > at->left.len)
		return fault_set(why, FAULT_MALFORMED, "RFC 8200 s3",
		    "header with length %zu", length);
	if (next != PROTOCOL)
		return fault_set(why, FAULT_UNSUPPORTED, "RFC 8200 s4",
		    "next header %u", next);
	if (hops != HOP_LIMIT)
		return fault_set(why, FAULT_SPOOF, "RFC 4861 s7.1",
		    "hop limit %u: it was routed", hops);
	*at = cursor_over(cursor_take(at, length));
	return true;
}

static bool
parse_icmp(struct cursor *at, struct message *message, struct fault *why)
{
	uint8_t code;

	message->type = cursor_u8(at);
	code = cursor_u8(at);
	cursor_skip(at, 2);
	message->flags = cursor_u8(at);
	cursor_skip(at, 3);
	message->target = take_addr(at);
	if (at->ran_out || code != 0)
		return fault_set(why, FAULT_MALFORMED, "RFC 4861 s7.1",
		    "is cut, or has code %u", code);
	if (message->type != SOLICITATION && message->type != ADVERTISEMENT)
		return fault_set(why, FAULT_UNSUPPORTED, "RFC 4861 s4",
		    "ICMPv6 type %u", message->type);
	return true;
}

/* Is each whole, and the link-layer address the sender's own? */
static bool
judge_options(
    struct cursor *at, const struct message *message, struct fault *why)
{
	const bool is_nameless = is_unspecified(&message->from);
	const uint8_t own =
	    message->type == SOLICITATION ? SOURCE_MAC : TARGET_MAC;

	for (size_t n = 0; at->left.len > 0 && n < OPTIONS_MAX; n++) {
		uint8_t type = cursor_u8(at), units = cursor_u8(at);
		struct bytes value;
		struct mac mac;

		value = cursor_take(at, units == 0 ? 0 : units * 8u - 2u);
		if (units == 0 || at->ran_out)
			return fault_set(why, FAULT_MALFORMED, "RFC 4861 s4.6",
			    "option %u of length %u", type, units);
		if (type != own)
			continue;
		if (is_nameless || value.len != sizeof(mac))
			return fault_set(why, FAULT_MALFORMED, "RFC 4861 s7.1",
			    "a link-layer address that may not be there");
		memcpy(&mac, value.data, sizeof(mac));
		if (!mac_equal(&mac, &message->source))
			return fault_set(why, FAULT_SPOOF, "S-5",
			    "speaks for another MAC address");
	}
	if (at->left.len > 0)
		return fault_set(why, FAULT_TOO_MANY, "RFC 4861 s4.6",
		    "more than %d options", OPTIONS_MAX);
	return true;
}

static bool
judge(const struct message *message, struct fault *why)
{
	const bool is_nameless = is_unspecified(&message->from);
	bool holds;

	if (message->type == SOLICITATION)
		holds = !is_nameless || is_multicast(&message->to);
	else
		holds = !is_nameless && (!is_multicast(&message->to) ||
					    (message->flags & SOLICITED) == 0);
	if (!holds || is_multicast(&message->from) ||
	    is_multicast(&message->target))
		return fault_set(why, FAULT_MALFORMED, "RFC 4861 s7.1",
		    "addresses that do not go together");
	return true;
}

bool
nd_parse(struct bytes raw, struct nd *nd, struct fault *why)
{
	struct cursor at = cursor_over(raw);
	struct message message = { 0 };
	const struct addr *address;

	if (!parse_ipv6(&at, &message, why) ||
	    !parse_icmp(&at, &message, why) || !judge(&message, why) ||
	    !judge_options(&at, &message, why))
		return false;
	address = message.type == ADVERTISEMENT || is_unspecified(&message.from)
	              ? &message.target
	              : &message.from;
	if (!addr_is_host(address))
		return fault_set(why, FAULT_MALFORMED, "S-49",
		    "speaks of no host's address");
	nd->source = message.source;
	nd->address = *address;
	nd->is_probe = is_unspecified(&message.from);
	return true;
}
