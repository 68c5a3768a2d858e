/*
 * A packet's way.  Role: enforcer.  Input: a question that was judged, and the
 * kernel's interfaces and routes.
 *
 * A packet that the gateway routes is received by one side and sent by the
 * other; each side is a plain interface, or a bridge with a port.  Between
 * neighbours on one bridge there is no routing, and inet hooks only where
 * br_netfilter calls them.
 */
#include "enforce/walk/way.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>

#include "libmud/mem.h"

/* NF_BR_*, whose header does not go with <net/if.h>. */
#define BR_PRE_ROUTING  0
#define BR_LOCAL_IN     1
#define BR_FORWARD      2
#define BR_LOCAL_OUT    3
#define BR_POST_ROUTING 4

/* What is not known of a host beyond the LAN, or of one that was never seen:
 * neither a MAC nor an interface that anything in our tables is about. */
static const struct mac nobody = { { 0x0e, 0x6d, 0x75, 0x64, 0x64, 0x00 } };
static const struct packet_link beyond = { INT32_MAX, "?", { { 0 } },
	ARPHRD_NONE };

/* One side of the gateway. */
struct side {
	bool is_here; /* the gateway itself */
	bool is_bridge;
	const struct packet_link *interface; /* NULL: it is here */
	const struct packet_link *port;      /* of a bridge */
	uint32_t ifindex;
	bool filters; /* the bridge calls the inet hooks for this family */
	struct mac mac;
};

static const struct packet_link *
keep(struct way *way, const struct packet_link *link)
{
	way->link[way->n_links] = *link;
	return &way->link[way->n_links++];
}

static void
pass(struct way *way, const struct packet_place *place)
{
	if (way->n < WAY_PLACES)
		way->place[way->n++] = *place;
}

/* The port of a host that was never seen. */
static const struct packet_link unknown_port = { 0, "?", { { 0 } },
	ARPHRD_ETHER };

static bool
side_of(struct routes *routes, struct way *way, uint32_t ifindex, uint32_t port,
    uint8_t family, struct side *side)
{
	struct route_link link, behind;

	if (!routes_link(routes, ifindex, &link))
		return false;
	side->is_bridge = link.is_bridge;
	side->ifindex = ifindex;
	side->filters = family == 4 ? link.filters4 : link.filters6;
	side->interface = keep(way, &link.link);
	if (link.is_bridge)
		side->port =
		    keep(way, port != 0 && routes_link(routes, port, &behind) &&
				      behind.bridge == ifindex
				  ? &behind.link
				  : &unknown_port);
	return true;
}

/* Where it was last seen; or else, after a restart for instance, behind the
 * interface that leads to its address, at the port that the bridge knows. */
static int
find_thing(struct routes *routes, const struct record_walk *walk,
    uint32_t *interface, uint32_t *port)
{
	struct route route = { .ifindex = 0 };
	struct route_link link;
	int error;

	*port = walk->port;
	if (routes_link(routes, walk->port, &link)) {
		*interface = link.bridge != 0 ? link.bridge : walk->port;
		return 0;
	}
	error = routes_to(routes, &walk->own, &route);
	if (error != 0)
		return error;
	if (route.is_here || route.is_none ||
	    !routes_link(routes, route.ifindex, &link))
		return -ENODEV;
	*interface = route.ifindex;
	*port = link.is_bridge
	            ? routes_port(routes, route.ifindex, &walk->thing)
	            : route.ifindex;
	return *port == 0 ? -ENODEV : 0;
}

static int
thing_side(struct routes *routes, struct way *way,
    const struct record_walk *walk, struct side *side)
{
	uint32_t interface, port;
	int error = find_thing(routes, walk, &interface, &port);

	if (error != 0)
		return error;
	if (!side_of(routes, way, interface, port, walk->own.family, side))
		return -ENODEV;
	side->mac = walk->thing;
	return 0;
}

/* A neighbour is where the Thing is: of a link-local address the routes do
 * not tell. */
static int
peer_side(struct routes *routes, struct way *way,
    const struct record_walk *walk, uint32_t interface, struct side *side)
{
	static const struct mac none;
	struct route route = { .ifindex = interface };
	int error = walk->is_neighbour != 0
	                ? 0
	                : routes_to(routes, &walk->peer, &route);

	if (error != 0)
		return error;
	side->mac = memcmp(&walk->peer_mac, &none, sizeof(none)) == 0
	                ? nobody
	                : walk->peer_mac;
	side->is_here = route.is_here;
	if (route.is_here)
		return 0;
	if (route.is_none || !side_of(routes, way, route.ifindex,
				 walk->peer_port, walk->peer.family, side))
		side->interface = keep(way, &beyond);
	return 0;
}

/* ---- the hooks ----------------------------------------------------------- */

static bool
is_ether(const struct packet_link *link)
{
	return link->type == ARPHRD_ETHER;
}

static void
come_in(struct way *way, const struct side *side)
{
	struct packet_place place = {
		.family = NFPROTO_NETDEV,
		.hook = NF_NETDEV_INGRESS,
		.from = &way->from_mac,
		.to = &way->to_mac,
	};

	if (!is_ether(side->interface))
		place.from = place.to = NULL;
	if (side->is_bridge) {
		place.in = side->port;
		pass(way, &place);
		place.family = NFPROTO_BRIDGE;
		place.hook = BR_PRE_ROUTING;
		place.bridge = side->interface;
		pass(way, &place);
	}
}

/* Past the ports, or without them. */
static void
come_up(struct way *way, const struct side *side)
{
	struct packet_place place = {
		.family = NFPROTO_BRIDGE,
		.hook = BR_LOCAL_IN,
		.in = side->port,
		.bridge = side->interface,
		.from = &way->from_mac,
		.to = &way->to_mac,
	};

	if (side->is_bridge)
		pass(way, &place);
	if (!is_ether(side->interface))
		place.from = place.to = NULL;
	place.family = NFPROTO_NETDEV;
	place.hook = NF_NETDEV_INGRESS;
	place.in = side->interface;
	place.bridge = NULL;
	pass(way, &place);
	place.family = NFPROTO_INET;
	place.hook = NF_INET_PRE_ROUTING;
	pass(way, &place);
}

static void
go_out(struct way *way, const struct side *side)
{
	struct packet_place place = {
		.family = NFPROTO_NETDEV,
		.hook = NF_NETDEV_EGRESS,
		.out = side->interface,
		.from = &way->out_from_mac,
		.to = &way->out_to_mac,
	};

	if (!is_ether(side->interface))
		place.from = place.to = NULL;
	pass(way, &place);
	if (!side->is_bridge)
		return;
	place.family = NFPROTO_BRIDGE;
	place.hook = BR_LOCAL_OUT;
	place.out = side->port;
	place.bridge = side->interface;
	pass(way, &place);
	place.hook = BR_POST_ROUTING;
	pass(way, &place);
	place.family = NFPROTO_NETDEV;
	place.hook = NF_NETDEV_EGRESS;
	place.bridge = NULL;
	pass(way, &place);
}

static void
pass_inet(struct way *way, uint32_t hook, const struct packet_link *in,
    const struct packet_link *out)
{
	const bool has_frame = in != NULL && is_ether(in);
	const struct packet_place place = {
		.family = NFPROTO_INET,
		.hook = hook,
		.in = hook == NF_INET_POST_ROUTING ? NULL : in,
		.out = out,
		.from = has_frame ? &way->from_mac : NULL,
		.to = has_frame ? &way->to_mac : NULL,
	};

	pass(way, &place);
}

/* Between neighbours on one bridge. */
static void
cross(struct way *way, const struct side *from, const struct side *to)
{
	struct packet_place place = {
		.family = NFPROTO_BRIDGE,
		.hook = BR_FORWARD,
		.in = from->port,
		.out = to->port,
		.bridge = from->interface,
		.from = &way->from_mac,
		.to = &way->to_mac,
	};

	come_in(way, from);
	if (from->filters)
		pass_inet(way, NF_INET_PRE_ROUTING, from->interface, NULL);
	pass(way, &place);
	if (from->filters) {
		pass_inet(
		    way, NF_INET_FORWARD, from->interface, from->interface);
		pass_inet(way, NF_INET_POST_ROUTING, from->interface,
		    from->interface);
	}
	place.hook = BR_POST_ROUTING;
	place.in = NULL;
	pass(way, &place);
	place.family = NFPROTO_NETDEV;
	place.hook = NF_NETDEV_EGRESS;
	place.bridge = NULL;
	pass(way, &place);
}

/* The frames that the packet comes and goes in. */
static void
address(struct way *way, const struct side *from, const struct side *to,
    const struct addr *destination)
{
	static const uint8_t all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	uint8_t *to_mac = way->to_mac.byte;

	way->from_mac = from->mac;
	way->out_to_mac = to->mac;
	if (!to->is_here)
		way->out_from_mac = to->interface->mac;
	if (!from->is_here)
		way->to_mac = from->interface->mac;
	if (destination->family == 6 && destination->byte[0] == 0xff) {
		to_mac[0] = to_mac[1] = 0x33;
		memcpy(to_mac + 2, destination->byte + 12, 4);
	} else if (destination->family == 4 &&
		   (destination->byte[0] & 0xf0) == 0xe0) {
		to_mac[0] = 0x01, to_mac[1] = 0x00, to_mac[2] = 0x5e;
		memcpy(to_mac + 3, destination->byte + 1, 3);
		to_mac[3] &= 0x7f;
	} else if (destination->family == 4 && destination->byte[0] == 0xff) {
		memcpy(to_mac, all, sizeof(all));
	}
}

int
way_find(struct routes *routes, const struct record_walk *walk, struct way *way)
{
	bool is_from = walk->direction == FROM_DEVICE;
	struct side thing = { .ifindex = 0 }, peer = { .ifindex = 0 };
	const struct side *from = is_from ? &thing : &peer;
	const struct side *to = is_from ? &peer : &thing;
	int error = 0;

	*way = (struct way){ .n = 0 };
	error = thing_side(routes, way, walk, &thing);
	if (error == 0)
		error = peer_side(routes, way, walk, thing.ifindex, &peer);
	if (error != 0)
		return error;
	address(way, from, to, is_from ? &walk->peer : &walk->own);
	if (walk->is_neighbour != 0) {
		/* Frames between hosts on one cable pass nothing of ours. */
		way->to_mac = to->mac;
		way->out_from_mac = from->mac;
		if (thing.is_bridge && peer.is_bridge)
			cross(way, from, to);
		return 0;
	}
	if (from->is_here) {
		pass_inet(way, NF_INET_LOCAL_OUT, NULL, to->interface);
	} else {
		come_in(way, from);
		come_up(way, from);
	}
	if (to->is_here) {
		pass_inet(way, NF_INET_LOCAL_IN, from->interface, NULL);
		return 0;
	}
	if (!from->is_here)
		pass_inet(way, NF_INET_FORWARD, from->interface, to->interface);
	pass_inet(way, NF_INET_POST_ROUTING, from->interface, to->interface);
	go_out(way, to);
	return 0;
}

bool
way_knows_hook(uint16_t family, uint32_t hook)
{
	switch (family) {
	case NFPROTO_INET:
		return hook <= NF_INET_POST_ROUTING;
	case NFPROTO_BRIDGE:
		return hook <= BR_POST_ROUTING;
	case NFPROTO_NETDEV:
		return hook <= NF_NETDEV_EGRESS;
	default:
		return false;
	}
}
