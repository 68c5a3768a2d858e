/*
 * Described packets.  Role: enforcer.  Input: a question that was judged, and
 * numbers in rules, which are the kernel's but may be anybody's.
 */
#include "enforce/walk/packet.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#define ICMP   1
#define TCP    6
#define UDP    17
#define ICMPV6 58

#define TCP_FLAGS 13
#define SYN       0x02
#define ACK       0x10
#define FLAGS     0x17 /* FIN, SYN, RST and ACK are known */

#define ND_TARGET 8

#define PRIORITY_CONNTRACK (-200)

/* ---- the headers --------------------------------------------------------- */

static void
tell(uint8_t *value, uint8_t *known, size_t at, const void *data, size_t len)
{
	memcpy(value + at, data, len);
	memset(known + at, 0xff, len);
}

static void
tell_byte(uint8_t *value, uint8_t *known, size_t at, int byte)
{
	uint8_t one = (uint8_t)byte;

	tell(value, known, at, &one, 1);
}

/* The hop limit that proves that no router has passed it on; -1: it has to
 * prove nothing. */
static int
hop_limit(const struct record_walk *walk)
{
	if (walk->protocol != ICMPV6)
		return -1;
	if (walk->icmp_type >= 133 && walk->icmp_type <= 137)
		return 255;
	if ((walk->icmp_type >= 130 && walk->icmp_type <= 132) ||
	    walk->icmp_type == 143)
		return 1;
	return -1;
}

static void
describe_network(struct packet *packet, const struct record_walk *walk)
{
	uint8_t *value = packet->network, *known = packet->network_known;
	size_t width = packet->family == 4 ? 4 : 16;
	size_t source = packet->family == 4 ? 12 : 8;
	int hops = hop_limit(walk);

	packet->network_len = packet->family == 4 ? 20 : 40;
	value[0] = packet->family == 4 ? 0x40 : 0x60;
	known[0] = 0xf0;
	if (packet->family == 4) {
		/* Fragments have been put together: no more of them, and no
		 * offset. */
		known[6] = 0x3f;
		known[7] = 0xff;
		tell_byte(value, known, 9, packet->protocol);
	} else {
		tell_byte(value, known, 6, packet->protocol);
		if (hops >= 0)
			tell_byte(value, known, 7, hops);
	}
	tell(value, known, source, packet->source.byte, width);
	tell(value, known, source + width, packet->destination.byte, width);
}

/* An advertisement speaks of its sender's own address, a solicitation of the
 * one that it is sent to. */
static void
describe_nd(struct packet *packet, int type)
{
	const struct addr *target =
	    type == 136 ? &packet->source : &packet->destination;

	if (packet->family == 6 && (type == 135 || type == 136) &&
	    target->byte[0] != 0xff)
		tell(packet->transport, packet->transport_known, ND_TARGET,
		    target->byte, 16);
}

static void
describe_transport(struct packet *packet, const struct record_walk *walk)
{
	uint8_t *value = packet->transport, *known = packet->transport_known;

	if (walk->protocol == ICMP || walk->protocol == ICMPV6) {
		if (walk->icmp_type >= 0)
			tell_byte(value, known, 0, walk->icmp_type);
		if (walk->icmp_code >= 0)
			tell_byte(value, known, 1, walk->icmp_code);
		if (walk->protocol == ICMPV6)
			describe_nd(packet, walk->icmp_type);
	}
	if (walk->protocol != TCP && walk->protocol != UDP)
		return;
	for (size_t i = 0; i < 2; i++) {
		int32_t port = i == 0 ? walk->source : walk->destination;
		uint16_t wire = htons((uint16_t)port);

		if (port >= 0)
			tell(value, known, 2 * i, &wire, sizeof(wire));
	}
	if (walk->protocol == TCP) {
		value[TCP_FLAGS] = walk->track == WALK_REPLY ? SYN | ACK : SYN;
		known[TCP_FLAGS] = FLAGS;
	}
}

void
packet_describe(struct packet *packet, const struct record_walk *walk)
{
	bool from = walk->direction == FROM_DEVICE;

	*packet = (struct packet){
		.family = walk->own.family,
		.protocol = walk->protocol,
		.track = (enum walk_track)walk->track,
		.source = from ? walk->own : walk->peer,
		.destination = from ? walk->peer : walk->own,
	};
	memset(packet->mark_known, 0xff, sizeof(packet->mark_known));
	describe_network(packet, walk);
	describe_transport(packet, walk);
}

/* ---- what rules read ----------------------------------------------------- */

/* Padded with zeros to whole registers, as the kernel does. */
static enum load
load(struct loaded *out, const void *value, const void *known, size_t len)
{
	size_t whole = (len + 3) / 4 * 4;

	memset(out->value, 0, whole);
	memset(out->known, 0xff, whole);
	if (value == NULL)
		memset(out->known, 0, len);
	else
		memcpy(out->value, value, len);
	if (known != NULL)
		memcpy(out->known, known, len);
	out->len = whole;
	return LOAD_DONE;
}

static enum load
load_open(struct loaded *out, size_t len)
{
	return load(out, NULL, NULL, len);
}

static enum load
load8(struct loaded *out, int value)
{
	uint8_t byte = (uint8_t)value;

	return load(out, &byte, NULL, sizeof(byte));
}

static enum load
load32(struct loaded *out, uint32_t value)
{
	return load(out, &value, NULL, sizeof(value));
}

static uint16_t
ether_type(const struct packet *packet)
{
	return htons(packet->family == 4 ? ETH_P_IP : ETH_P_IPV6);
}

/* What lies behind what was described is there, for all that is known. */
static enum load
load_part(struct loaded *out, const uint8_t *value, const uint8_t *known,
    size_t have, uint32_t offset, uint32_t len)
{
	uint8_t part[PACKET_LOAD_MAX] = { 0 }, clear[PACKET_LOAD_MAX] = { 0 };

	for (size_t i = 0; i < len && offset + i < have; i++) {
		part[i] = value[offset + i];
		clear[i] = known[offset + i];
	}
	return load(out, part, clear, len);
}

enum load
packet_payload(const struct packet *packet, const struct packet_place *place,
    uint32_t base, uint32_t offset, uint32_t len, struct loaded *out)
{
	uint8_t link[ETH_HLEN], all[ETH_HLEN];
	uint16_t type = ether_type(packet);

	if (len == 0 || len > PACKET_LOAD_MAX || offset > UINT16_MAX)
		return LOAD_STRANGE;
	switch (base) {
	case NFT_PAYLOAD_LL_HEADER:
		if (place->from == NULL || place->to == NULL)
			return LOAD_BREAKS;
		if (offset + len > sizeof(link))
			return LOAD_STRANGE;
		memcpy(link, place->to, ETH_ALEN);
		memcpy(link + ETH_ALEN, place->from, ETH_ALEN);
		memcpy(link + 2 * ETH_ALEN, &type, sizeof(type));
		memset(all, 0xff, sizeof(all));
		return load_part(out, link, all, sizeof(link), offset, len);
	case NFT_PAYLOAD_NETWORK_HEADER:
		return load_part(out, packet->network, packet->network_known,
		    packet->network_len, offset, len);
	case NFT_PAYLOAD_TRANSPORT_HEADER:
		return load_part(out, packet->transport,
		    packet->transport_known, sizeof(packet->transport), offset,
		    len);
	default:
		return LOAD_STRANGE;
	}
}

enum load
packet_exthdr(const struct packet *packet, uint32_t op, bool is_presence,
    struct loaded *out)
{
	if (op == NFT_EXTHDR_OP_IPV4 || op == NFT_EXTHDR_OP_IPV6 ||
	    (op == NFT_EXTHDR_OP_TCPOPT && packet->protocol != TCP))
		return is_presence ? load8(out, 0) : LOAD_BREAKS;
	if (op == NFT_EXTHDR_OP_TCPOPT && is_presence)
		return load_open(out, sizeof(uint8_t));
	return LOAD_STRANGE;
}

static enum load
load_name(struct loaded *out, const struct packet_link *link)
{
	static const char none[IFNAMSIZ];

	return load(out, link == NULL ? none : link->name, NULL, IFNAMSIZ);
}

static enum load
load_index(struct loaded *out, const struct packet_link *link)
{
	if (link != NULL && link->ifindex == 0)
		return load_open(out, sizeof(uint32_t));
	return load32(out, link == NULL ? 0 : link->ifindex);
}

static enum load
load_type(struct loaded *out, const struct packet_link *link)
{
	if (link == NULL)
		return LOAD_BREAKS;
	return load(out, &link->type, NULL, sizeof(link->type));
}

enum load
packet_meta(const struct packet *packet, const struct packet_place *place,
    uint32_t key, struct loaded *out)
{
	uint16_t type = ether_type(packet);

	switch (key) {
	case NFT_META_PROTOCOL:
		return load(out, &type, NULL, sizeof(type));
	case NFT_META_NFPROTO:
		if (place->family != NFPROTO_INET)
			return load8(out, place->family);
		return load8(
		    out, packet->family == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
	case NFT_META_L4PROTO:
		return load8(out, packet->protocol);
	case NFT_META_IIF:
		return load_index(out, place->in);
	case NFT_META_OIF:
		return load_index(out, place->out);
	case NFT_META_IIFNAME:
		return load_name(out, place->in);
	case NFT_META_OIFNAME:
		return load_name(out, place->out);
	case NFT_META_IIFTYPE:
		return load_type(out, place->in);
	case NFT_META_OIFTYPE:
		return load_type(out, place->out);
	case NFT_META_BRI_IIFNAME:
		return place->in == NULL || place->bridge == NULL
		           ? LOAD_BREAKS
		           : load_name(out, place->bridge);
	case NFT_META_BRI_OIFNAME:
		return place->out == NULL || place->bridge == NULL
		           ? LOAD_BREAKS
		           : load_name(out, place->bridge);
	case NFT_META_LEN:
	case NFT_META_MARK:
	case NFT_META_PRIORITY:
		return load_open(out, sizeof(uint32_t));
	case NFT_META_PKTTYPE:
		return load_open(out, sizeof(uint8_t));
	default:
		return LOAD_STRANGE;
	}
}

/* ---- the connection ------------------------------------------------------ */

static bool
is_before_tracking(const struct packet_place *place, int32_t priority)
{
	return (place->hook == NF_INET_PRE_ROUTING ||
		   place->hook == NF_INET_LOCAL_OUT) &&
	       priority <= PRIORITY_CONNTRACK;
}

/* The source that the flow's packets of this direction have.  Destinations may
 * be others than the packet's, where addresses are translated. */
static enum load
load_source(const struct packet *packet, unsigned int family, int direction,
    struct loaded *out)
{
	bool is_mine =
	    (direction == IP_CT_DIR_REPLY) == (packet->track == WALK_REPLY);

	if (packet->family != family)
		return LOAD_BREAKS;
	return load(out,
	    is_mine ? packet->source.byte : packet->destination.byte, NULL,
	    family == 4 ? 4 : 16);
}

static enum load
load_connection(const struct packet *packet, uint32_t key, int direction,
    struct loaded *out)
{
	const unsigned int family = packet->family;

	switch (key) {
	case NFT_CT_DIRECTION:
		return load8(out, packet->track == WALK_REPLY
				      ? IP_CT_DIR_REPLY
				      : IP_CT_DIR_ORIGINAL);
	case NFT_CT_MARK:
		return load(out, packet->mark, packet->mark_known,
		    sizeof(packet->mark));
	case NFT_CT_STATUS:
	case NFT_CT_EXPIRATION:
		return load_open(out, sizeof(uint32_t));
	case NFT_CT_L3PROTOCOL:
		return load8(out, family == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
	case NFT_CT_PROTOCOL:
		return load8(out, packet->protocol);
	case NFT_CT_SRC_IP:
	case NFT_CT_SRC_IP6:
		if (direction < 0)
			return LOAD_STRANGE;
		return load_source(
		    packet, key == NFT_CT_SRC_IP ? 4 : 6, direction, out);
	case NFT_CT_DST_IP:
		return family == 4 ? load_open(out, 4) : LOAD_BREAKS;
	case NFT_CT_DST_IP6:
		return family == 6 ? load_open(out, 16) : LOAD_BREAKS;
	default:
		return LOAD_STRANGE;
	}
}

enum load
packet_ct(const struct packet *packet, const struct packet_place *place,
    int32_t priority, uint32_t key, int direction, struct loaded *out)
{
	const enum walk_track track =
	    is_before_tracking(place, priority) ? WALK_INVALID : packet->track;

	/* Connections of frames on a bridge are tracked by modules that may
	 * be there or not. */
	if (place->family != NFPROTO_INET)
		return LOAD_STRANGE;
	if (key == NFT_CT_STATE)
		switch (track) {
		case WALK_NEW:
			return load32(out, NF_CT_STATE_BIT(IP_CT_NEW));
		case WALK_REPLY:
			return load32(out, NF_CT_STATE_BIT(IP_CT_ESTABLISHED));
		case WALK_UNTRACKED:
			return load32(out, NF_CT_STATE_UNTRACKED_BIT);
		case WALK_INVALID:
		case WALK_TRACKS:
			return load32(out, NF_CT_STATE_INVALID_BIT);
		}
	if (track != WALK_NEW && track != WALK_REPLY)
		return LOAD_BREAKS;
	return load_connection(packet, key, direction, out);
}
