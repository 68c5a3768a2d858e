/*
 * NFLOG messages.  Role: watcher.  Input: netlink messages of the kernel's, in
 * which hostile packets lie.
 */
#include "watch/nflog.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>

#include "watch/attrs.h"

#define ATTRS (NFULA_L2HDR + 1)

#define EGRESS 1 /* NF_NETDEV_EGRESS, which old headers do not know */

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_ARP  0x0806
#define ETHERTYPE_IPV6 0x86dd
#define ETHER_HEADER   14

#define FRAGMENT_OFFSET 0x1fff
#define IPV4_HEADER     20
#define IPV6_EXTENSIONS 8 /* more than any packet that means well */

enum protocol {
	PROTOCOL_HOPBYHOP = 0,
	PROTOCOL_ICMP = 1,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_DCCP = 33,
	PROTOCOL_ROUTING = 43,
	PROTOCOL_FRAGMENT = 44,
	PROTOCOL_ICMPV6 = 58,
	PROTOCOL_OPTIONS = 60,
	PROTOCOL_SCTP = 132,
	PROTOCOL_UDPLITE = 136
};

/* Source and destination, as the packet has them. */
struct ends {
	struct addr from, to;
};

/* What our rules' logs begin with (mudd/enforce/rules/writer.h). */
static const struct {
	const char *prefix;
	enum drop_kind kind;
} prefixes[] = {
	{ "mud:from ", DROP_FROM },
	{ "mud:to ", DROP_TO },
	{ "mud:spoof ", DROP_SPOOF },
	{ "mud:port ", DROP_PLACE },
	{ "mud:twice ", DROP_TWICE },
	{ "mud:arp ", DROP_ARP },
	{ "mud:ethertype ", DROP_TYPE },
};

static bool
kind_of(struct bytes prefix, uint8_t *kind)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (!attr_is_text(prefix, prefixes[i].prefix))
			continue;
		*kind = (uint8_t)prefixes[i].kind;
		return true;
	}
	return false;
}

/* The port it goes to, or the type of an ICMP message. */
static void
parse_transport(struct cursor *at, struct record_drop *drop)
{
	uint16_t number = 0;
	uint8_t what = DROP_NO_NUMBER;

	switch (drop->protocol) {
	case PROTOCOL_TCP:
	case PROTOCOL_UDP:
	case PROTOCOL_DCCP:
	case PROTOCOL_SCTP:
	case PROTOCOL_UDPLITE:
		cursor_skip(at, 2);
		number = cursor_u16(at);
		what = DROP_PORT;
		break;
	case PROTOCOL_ICMP:
	case PROTOCOL_ICMPV6:
		number = cursor_u8(at);
		what = DROP_ICMP_TYPE;
		break;
	default:
		break;
	}
	if (at->ran_out)
		return;
	drop->number = number;
	drop->has_number = what;
}

static void
parse_ipv4(struct cursor *at, struct record_drop *drop, struct ends *ends)
{
	const uint8_t first = cursor_u8(at);
	const size_t header = (size_t)(first & 0x0f) * 4;
	uint8_t protocol, byte[2][4];
	uint16_t fragment;

	cursor_skip(at, 5);
	fragment = cursor_u16(at);
	cursor_skip(at, 1);
	protocol = cursor_u8(at);
	cursor_skip(at, 2);
	cursor_copy(at, byte, sizeof(byte));
	if (at->ran_out || first >> 4 != 4 || header < IPV4_HEADER)
		return;
	ends->from = addr_v4(byte[0]);
	ends->to = addr_v4(byte[1]);
	drop->protocol = protocol;
	cursor_skip(at, header - IPV4_HEADER);
	if ((fragment & FRAGMENT_OFFSET) == 0)
		parse_transport(at, drop);
}

/* Leaves the cursor behind the extension headers and returns what follows;
 * *is_later: a fragment without its beginning. */
static uint8_t
skip_extensions(struct cursor *at, uint8_t next, bool *is_later)
{
	*is_later = false;
	for (int i = 0; i < IPV6_EXTENSIONS && !at->ran_out; i++) {
		uint8_t following, len;

		if (next != PROTOCOL_HOPBYHOP && next != PROTOCOL_ROUTING &&
		    next != PROTOCOL_FRAGMENT && next != PROTOCOL_OPTIONS)
			break;
		following = cursor_u8(at);
		len = cursor_u8(at);
		if (next == PROTOCOL_FRAGMENT) {
			/* The upper 13 bits are the offset. */
			*is_later = *is_later || cursor_u16(at) >> 3 != 0;
			cursor_skip(at, 4);
		} else {
			cursor_skip(at, 6 + (size_t)len * 8);
		}
		next = following;
	}
	return next;
}

static void
parse_ipv6(struct cursor *at, struct record_drop *drop, struct ends *ends)
{
	const uint8_t first = cursor_u8(at);
	uint8_t next, byte[2][16];
	bool is_later;

	cursor_skip(at, 5);
	next = cursor_u8(at);
	cursor_skip(at, 1);
	cursor_copy(at, byte, sizeof(byte));
	if (at->ran_out || first >> 4 != 6)
		return;
	ends->from = addr_v6(byte[0]);
	ends->to = addr_v6(byte[1]);
	next = skip_extensions(at, next, &is_later);
	if (at->ran_out)
		return;
	drop->protocol = next;
	if (!is_later)
		parse_transport(at, drop);
}

/* Who says that it has an address, and whom it asks or tells. */
static void
parse_arp(struct cursor *at, struct ends *ends)
{
	uint8_t byte[2][4];

	cursor_skip(at, 14);
	cursor_copy(at, byte[0], sizeof(byte[0]));
	cursor_skip(at, 6);
	cursor_copy(at, byte[1], sizeof(byte[1]));
	if (at->ran_out)
		return;
	ends->from = addr_v4(byte[0]);
	ends->to = addr_v4(byte[1]);
}

/*
 * The receiver's MAC is of use where the frame is about to leave: in the inet
 * table it is the one that the frame came in by, the gateway's own.
 */
static void
parse_macs(const struct bytes *of, uint8_t family, struct record_drop *drop)
{
	const bool is_link =
	    family == NFPROTO_BRIDGE || family == NFPROTO_NETDEV;
	struct bytes header = of[NFULA_L2HDR];
	struct mac receiver, sender;
	struct cursor at;

	if (header.len < ETHER_HEADER)
		header = of[NFULA_HWHEADER];
	at = cursor_over(header);
	cursor_copy(&at, &receiver, sizeof(receiver));
	cursor_copy(&at, &sender, sizeof(sender));
	if (at.ran_out)
		return;
	if (drop->kind != DROP_TO)
		drop->mac = sender;
	else if (is_link)
		drop->mac = receiver;
}

/* Of a frame that was dropped for its kind, that kind. The kernel has taken a
 * VLAN tag off the frame, and says so aside. */
static void
parse_ethertype(
    const struct bytes *of, uint16_t ethertype, struct record_drop *drop)
{
	struct bytes tag[NFULA_VLAN_TCI + 1] = { { NULL, 0 } };
	struct cursor at;

	if (attrs_take(of[NFULA_VLAN], tag, NFULA_VLAN_TCI + 1) &&
	    tag[NFULA_VLAN_PROTO].len == sizeof(ethertype)) {
		at = cursor_over(tag[NFULA_VLAN_PROTO]);
		ethertype = cursor_u16(&at);
	}
	drop->protocol = 0;
	drop->has_number = DROP_ETHERTYPE;
	drop->number = ethertype;
}

/* The packet; on its way out by a netdev hook the Ethernet header is still
 * before it. */
static struct cursor
payload_of(const struct bytes *of, uint8_t family, uint8_t hook)
{
	struct cursor at = cursor_over(of[NFULA_PAYLOAD]);

	if (family == NFPROTO_NETDEV && hook == EGRESS)
		cursor_skip(&at, of[NFULA_L2HDR].len);
	return at;
}

static bool
parse_packet(struct bytes body, struct record_drop *drop)
{
	struct bytes of[ATTRS] = { { NULL, 0 } };
	struct ends ends = { { 0 }, { 0 } };
	struct cursor at = cursor_over(body);
	const uint8_t family = cursor_u8(&at);
	struct cursor packet, about;
	uint16_t ethertype;

	cursor_skip(&at, sizeof(struct nfgenmsg) - sizeof(family));
	if (at.ran_out || !attrs_take(at.left, of, ATTRS))
		return false;
	*drop = (struct record_drop){ .count = 1 };
	if (!kind_of(of[NFULA_PREFIX], &drop->kind))
		return false;
	about = cursor_over(of[NFULA_PACKET_HDR]);
	ethertype = cursor_u16(&about);
	packet = payload_of(of, family, cursor_u8(&about));
	parse_macs(of, family, drop);
	if (ethertype == ETHERTYPE_IPV4)
		parse_ipv4(&packet, drop, &ends);
	else if (ethertype == ETHERTYPE_IPV6)
		parse_ipv6(&packet, drop, &ends);
	else if (ethertype == ETHERTYPE_ARP)
		parse_arp(&packet, &ends);
	if (drop->kind == DROP_TYPE)
		parse_ethertype(of, ethertype, drop);
	drop->own = drop->kind == DROP_TO ? ends.to : ends.from;
	drop->peer = drop->kind == DROP_TO ? ends.from : ends.to;
	return true;
}

enum nflog_found
nflog_next(struct cursor *at, struct record_drop *drop)
{
	struct nlmsghdr header;
	struct bytes body;

	if (at->left.len == 0)
		return NFLOG_END;
	cursor_copy(at, &header, sizeof(header));
	if (at->ran_out || header.nlmsg_len < sizeof(header))
		return NFLOG_END;
	body = cursor_take(at, header.nlmsg_len - sizeof(header));
	if (at->ran_out)
		return NFLOG_END;
	attrs_skip_padding(at, header.nlmsg_len);
	if (header.nlmsg_type != (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET) ||
	    !parse_packet(body, drop))
		return NFLOG_OTHER;
	return NFLOG_DROP;
}
