/*
 * Frames.  Role: watcher.  Input: hostile, straight off the LAN; the packet
 * filter in the kernel has looked at it, but nothing here leans on that.
 */
#include "watch/frame.h"

#include "libmud/fault.h"

#define ETHERTYPE_VLAN 0x8100 /* 802.1Q */
#define ETHERTYPE_QINQ 0x88a8 /* 802.1ad */
#define MACS           12     /* the two in front of the type */
#define IPV4_HEADER    20     /* without options */
#define IPV4_OFFSET    0x1fff /* of a fragment, in units of eight */
#define IPV4_MORE      0x2000 /* fragments follow */
#define PROTOCOL_UDP   17
#define UDP_HEADER     8

uint16_t
frame_type(struct bytes raw, uint8_t *next_header)
{
	struct cursor at = cursor_over(raw);
	uint16_t type;

	cursor_skip(&at, MACS);
	type = cursor_u16(&at);
	*next_header = 0;
	if (type == FRAME_IPV6) {
		cursor_skip(&at, 6);
		*next_header = cursor_u8(&at);
	}
	return type;
}

static bool
parse_ethernet(struct cursor *at, struct frame *frame, uint16_t *ethertype,
    struct fault *why)
{
	uint16_t type;

	cursor_copy(at, &frame->destination, sizeof(frame->destination));
	cursor_copy(at, &frame->source, sizeof(frame->source));
	type = cursor_u16(at);
	while (type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ) {
		if (frame->n_tags == FRAME_TAGS)
			return fault_set(why, FAULT_TOO_MANY, "S-2",
			    "more than %d VLAN tags", FRAME_TAGS);
		frame->n_tags++;
		cursor_skip(at, 2);
		type = cursor_u16(at);
	}
	if (at->ran_out)
		return fault_set(why, FAULT_MALFORMED, "IEEE 802.3",
		    "frame ends in its header");
	if (type != FRAME_IPV4 && type != FRAME_IPV6)
		return fault_set(why, FAULT_UNSUPPORTED, "IEEE 802.3",
		    "EtherType 0x%04x", type);
	*ethertype = type;
	return true;
}

/* Leaves the cursor over the datagram's payload alone, padding cut off. */
static bool
parse_ipv4(struct cursor *at, struct frame *frame, struct fault *why)
{
	const size_t there = at->left.len;
	uint8_t version_ihl = cursor_u8(at), protocol, byte[4];
	const size_t header = (size_t)(version_ihl & 0x0f) * 4;
	size_t total;
	uint16_t fragment;

	cursor_skip(at, 1);
	total = cursor_u16(at);
	cursor_skip(at, 2);
	fragment = cursor_u16(at);
	cursor_skip(at, 1);
	protocol = cursor_u8(at);
	cursor_skip(at, 2);
	cursor_copy(at, byte, sizeof(byte));
	frame->from = addr_v4(byte);
	cursor_copy(at, byte, sizeof(byte));
	frame->to = addr_v4(byte);
	if (at->ran_out)
		return fault_set(why, FAULT_MALFORMED, "RFC 791 s3.1",
		    "packet of %zu bytes", there);
	if (version_ihl >> 4 != 4 || header < IPV4_HEADER)
		return fault_set(why, FAULT_MALFORMED, "RFC 791 s3.1",
		    "first byte 0x%02x", version_ihl);
	if (total < header || total > there)
		return fault_set(why, FAULT_MALFORMED, "RFC 791 s3.1",
		    "total length %zu, header %zu, there %zu", total, header,
		    there);
	/* A message that needs fragments is none that a client sends. */
	if ((fragment & (IPV4_OFFSET | IPV4_MORE)) != 0)
		return fault_set(
		    why, FAULT_UNSUPPORTED, "RFC 791 s3.2", "a fragment");
	if (protocol != PROTOCOL_UDP)
		return fault_set(why, FAULT_UNSUPPORTED, "RFC 791 s3.1",
		    "protocol %u", protocol);
	cursor_skip(at, header - IPV4_HEADER);
	*at = cursor_over(cursor_take(at, total - header));
	return true;
}

static struct addr
take_addr6(struct cursor *at)
{
	uint8_t byte[16];

	cursor_copy(at, byte, sizeof(byte));
	return addr_v6(byte);
}

/* Likewise. */
static bool
parse_ipv6(struct cursor *at, struct frame *frame, struct fault *why)
{
	const size_t there = at->left.len;
	const uint8_t version = cursor_u8(at) >> 4;
	uint8_t next;
	size_t length;

	cursor_skip(at, 3);
	length = cursor_u16(at);
	next = cursor_u8(at);
	cursor_skip(at, 1); /* hop limit */
	frame->from = take_addr6(at);
	frame->to = take_addr6(at);
	if (at->ran_out)
		return fault_set(why, FAULT_MALFORMED, "RFC 8200 s3",
		    "packet of %zu bytes", there);
	if (version != 6 || length > at->left.len)
		return fault_set(why, FAULT_MALFORMED, "RFC 8200 s3",
		    "version %u, payload length %zu, there %zu", version,
		    length, at->left.len);
	if (next != PROTOCOL_UDP)
		return fault_set(why, FAULT_UNSUPPORTED, "RFC 8200 s4",
		    "next header %u", next);
	*at = cursor_over(cursor_take(at, length));
	return true;
}

static bool
parse_ip(struct cursor *at, uint16_t ethertype, struct frame *frame,
    struct fault *why)
{
	return ethertype == FRAME_IPV4 ? parse_ipv4(at, frame, why)
	                               : parse_ipv6(at, frame, why);
}

static bool
parse_udp(struct cursor *at, struct frame *frame, struct fault *why)
{
	const size_t there = at->left.len;
	size_t length;

	frame->source_port = cursor_u16(at);
	frame->destination_port = cursor_u16(at);
	length = cursor_u16(at);
	cursor_skip(at, 2);
	if (at->ran_out || length < UDP_HEADER || length > there)
		return fault_set(why, FAULT_MALFORMED, "RFC 768",
		    "length %zu, there %zu", length, there);
	frame->payload = cursor_take(at, length - UDP_HEADER);
	return true;
}

bool
frame_parse(struct bytes raw, struct frame *frame, struct fault *why)
{
	struct cursor at = cursor_over(raw);
	struct frame parsed = { 0 };
	uint16_t ethertype;

	if (!parse_ethernet(&at, &parsed, &ethertype, why) ||
	    !parse_ip(&at, ethertype, &parsed, why) ||
	    !parse_udp(&at, &parsed, why))
		return false;
	*frame = parsed;
	return true;
}
