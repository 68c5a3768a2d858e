/*
 * Frames to sightings.  Role: watcher.  Input: hostile frames, and what the
 * kernel says of them (the port, the direction, the time).
 *
 * A client's message counts where it comes in, a server's where it leaves: a
 * switch port shows every broadcast of its neighbours leaving, and whatever a
 * LAN host makes up coming in.
 */
#include "watch/observe.h"

#include <stdlib.h>

#include "libmud/mem.h"
#include "watch/budget.h"
#include "watch/dhcp4.h"
#include "watch/dhcp6.h"
#include "watch/exchange.h"
#include "watch/frame.h"
#include "watch/links.h"
#include "watch/observer.h"
#include "watch/presence.h"

#define ANY_PROTOCOL 0

static observe_type_fn observe_udp;

/* What a frame is, by its Ethernet type, and whose budget it takes from. */
static const struct type {
	uint16_t ethertype;
	uint8_t protocol; /* of IPv6, straight behind its header */
	bool is_neighbour;
	bool leaves_too;
	observe_type_fn *observe;
} types[] = {
	{ FRAME_ARP, ANY_PROTOCOL, true, false, observe_arp },
	{ FRAME_IPV6, FRAME_ICMPV6, true, false, observe_nd },
	{ FRAME_LLDP, ANY_PROTOCOL, false, false, observe_lldp },
};

/* The rest: UDP, or nothing that anybody here wants. */
static const struct type others = { 0, ANY_PROTOCOL, false, true, observe_udp };

/* DHCP, by the family, the way and the ports of its datagrams. */
static const struct {
	uint8_t family;
	bool is_leaving;
	uint16_t from, to;
	observe_udp_fn *observe;
} datagrams[] = {
	{ 4, false, DHCP4_CLIENT_PORT, DHCP4_SERVER_PORT, observe_client4 },
	{ 4, true, DHCP4_SERVER_PORT, DHCP4_CLIENT_PORT, observe_server4 },
	{ 4, false, DHCP4_SERVER_PORT, DHCP4_CLIENT_PORT, observe_rogue },
	{ 4, false, DHCP4_SERVER_PORT, DHCP4_SERVER_PORT, observe_forward4 },
	{ 4, true, DHCP4_SERVER_PORT, DHCP4_SERVER_PORT, observe_backward4 },
	{ 6, false, DHCP6_CLIENT_PORT, DHCP6_SERVER_PORT, observe_client6 },
	{ 6, true, DHCP6_SERVER_PORT, DHCP6_CLIENT_PORT, observe_server6 },
	{ 6, false, DHCP6_SERVER_PORT, DHCP6_CLIENT_PORT, observe_rogue },
	{ 6, false, DHCP6_SERVER_PORT, DHCP6_SERVER_PORT, observe_forward6 },
	{ 6, true, DHCP6_SERVER_PORT, DHCP6_SERVER_PORT, observe_backward6 },
};

static bool
observe_udp(struct observer *observer, const struct observation *seen,
    struct record_sighting *sighting, struct fault *why)
{
	struct frame frame;

	if (!frame_parse(seen->raw, &frame, why))
		return false;
	for (size_t i = 0; i < sizeof(datagrams) / sizeof(datagrams[0]); i++)
		if (datagrams[i].family == frame.from.family &&
		    datagrams[i].is_leaving == seen->is_leaving &&
		    datagrams[i].from == frame.source_port &&
		    datagrams[i].to == frame.destination_port)
			return datagrams[i].observe(
			    observer, seen, &frame, sighting, why);
	return false;
}

static const struct type *
type_of(struct bytes raw)
{
	uint8_t protocol;
	const uint16_t ethertype = frame_type(raw, &protocol);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].ethertype == ethertype &&
		    (types[i].protocol == ANY_PROTOCOL ||
			types[i].protocol == protocol))
			return &types[i];
	return &others;
}

bool
observer_judge(struct observer *observer, struct budget *budget,
    const struct observation *seen, const struct mac *source, struct fault *why)
{
	if (!mac_is_host(source) || links_is_own(observer->links, source))
		return fault_set(why, FAULT_MALFORMED, "S-49",
		    "Ethernet source can be no Thing");
	if (!budget_mac(budget, source, seen->ifindex, seen->at_msec))
		return fault_set(why, FAULT_BUSY, "S-60",
		    "more than %d messages a minute from one address",
		    BUDGET_MAC_MINUTE);
	return true;
}

void
observer_begin(const struct observer *observer, const struct observation *seen,
    const struct mac *mac, enum sighting_kind kind, enum carrier carrier,
    struct record_sighting *sighting)
{
	*sighting = (struct record_sighting){
		.kind = (uint8_t)kind,
		.carrier = (uint8_t)carrier,
		.mac = *mac,
		.ifindex = seen->ifindex,
	};
	sighting->present = presence_before(
	    observer->presence, mac, seen->at_msec, &sighting->known_ifindex);
}

void
observer_part(struct observer *observer, enum sighting_kind kind,
    const struct addr *address, uint32_t lease_sec)
{
	observer->parts[observer->n_more++] = (struct observer_part){
		.kind = (uint8_t)kind,
		.address = *address,
		.lease_sec = lease_sec,
	};
}

bool
observer_refuse(struct observer *observer, const struct observation *seen,
    const struct mac *mac, enum carrier carrier, const struct fault *why)
{
	static const struct addr none;

	observer_begin(
	    observer, seen, mac, SIGHTING_REFUSED, carrier, &observer->more);
	observer->more.why = *why;
	observer_part(observer, SIGHTING_REFUSED, &none, 0);
	return false;
}

static bool
is_one_of(const struct mac *macs, size_t n, const struct mac *mac)
{
	for (size_t i = 0; i < n; i++)
		if (mac_equal(&macs[i], mac))
			return true;
	return false;
}

bool
observer_is_server(const struct observer *observer, const struct mac *mac)
{
	return is_one_of(observer->servers, observer->n_servers, mac) ||
	       links_is_own(observer->links, mac);
}

bool
observer_is_relay(const struct observer *observer, const struct mac *mac)
{
	return is_one_of(observer->relays, observer->n_relays, mac);
}

bool
observer_may_relay(struct observer *observer, const struct observation *seen,
    const struct frame *frame, enum carrier carrier, struct fault *why)
{
	if (observer_is_relay(observer, &frame->source))
		return true;
	if (!observer_judge(
		observer, observer->budget, seen, &frame->source, why))
		return false;
	(void)fault_set(why, FAULT_UNSUPPORTED, "S-5",
	    "a DHCP relay that is none of dhcp-relays");
	return observer_refuse(observer, seen, &frame->source, carrier, why);
}

struct observer *
observer_new(
    const struct links *links, const struct presence *presence, uint64_t key)
{
	struct observer *observer = xcalloc(1, sizeof(*observer));

	observer->links = links;
	observer->presence = presence;
	observer->budget = budget_new(key);
	observer->neighbour_budget = budget_new(~key);
	observer->exchanges = exchanges_new();
	return observer;
}

void
observer_free(struct observer *observer)
{
	if (observer == NULL)
		return;
	budget_free(observer->budget);
	budget_free(observer->neighbour_budget);
	exchanges_free(observer->exchanges);
	free(observer);
}

void
observer_trust(struct observer *observer, const struct mac *server)
{
	if (observer->n_servers < OBSERVE_SERVERS)
		observer->servers[observer->n_servers++] = *server;
}

void
observer_trust_relay(struct observer *observer, const struct mac *relay)
{
	if (observer->n_relays < OBSERVE_SERVERS)
		observer->relays[observer->n_relays++] = *relay;
}

bool
observe(struct observer *observer, const struct observation *seen,
    struct record_sighting *sighting, struct fault *why)
{
	const struct type *type = type_of(seen->raw);
	struct budget *budget =
	    type->is_neighbour ? observer->neighbour_budget : observer->budget;

	*why = (struct fault){ 0 };
	observer->n_more = 0;
	observer->n_told = 0;
	/* What leaves was not sent by this port: its budget is not touched,
	 * and nothing is allocated for it. */
	if (seen->is_leaving)
		return type->leaves_too &&
		       type->observe(observer, seen, sighting, why);
	if (!budget_port(budget, seen->ifindex, seen->at_msec))
		return fault_set(why, FAULT_BUSY, "S-60",
		    "more than %d messages a second on one port",
		    BUDGET_PORT_SECOND);
	return type->observe(observer, seen, sighting, why);
}

bool
observe_more(struct observer *observer, struct record_sighting *sighting)
{
	const struct observer_part *next;

	if (observer->n_told == observer->n_more)
		return false;
	next = &observer->parts[observer->n_told++];
	*sighting = observer->more;
	sighting->kind = next->kind;
	sighting->address = next->address;
	sighting->lease_sec = next->lease_sec;
	return true;
}
