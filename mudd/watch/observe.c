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
#include <string.h>

#include "libmud/mem.h"
#include "watch/budget.h"
#include "watch/dhcp4.h"
#include "watch/exchange.h"
#include "watch/frame.h"
#include "watch/links.h"
#include "watch/nd.h"
#include "watch/presence.h"

struct observer {
	const struct links *links;
	const struct presence *presence;
	struct budget *budget;
	/* Whoever talks to his neighbours a lot shall not miss his lease. */
	struct budget *nd_budget;
	struct exchanges *exchanges;
	size_t n_servers;
	struct mac servers[OBSERVE_SERVERS];
};

static bool
is_broadcast(const struct mac *mac)
{
	static const struct mac all = { { 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff } };

	return mac_equal(mac, &all);
}

/* Before anything is parsed or allocated (S-60). */
static bool
judge_sender(struct observer *observer, struct budget *budget,
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

static bool
judge_client(
    const struct frame *frame, const struct dhcp4 *message, struct fault *why)
{
	if (message->op != DHCP4_BOOTREQUEST)
		return fault_set(why, FAULT_MALFORMED, "RFC 2131 s4.1",
		    "an answer from a client's port");
	if (!mac_equal(&frame->source, &message->chaddr))
		return fault_set(why, FAULT_SPOOF, "S-5",
		    "chaddr is not the Ethernet source");
	if (message->giaddr.family != 0)
		return fault_set(
		    why, FAULT_UNSUPPORTED, "S-5", "the message was relayed");
	return true;
}

static void
sighting_of(const struct observer *observer, const struct observation *seen,
    const struct dhcp4 *message, struct record_sighting *sighting)
{
	*sighting = (struct record_sighting){
		.kind = SIGHTING_REQUEST,
		.message = (uint8_t)message->type,
		.mac = message->chaddr,
		.ifindex = seen->ifindex,
	};
	sighting->present = presence_before(observer->presence,
	    &message->chaddr, seen->at_msec, &sighting->known_ifindex);
}

/* It asks for a lease, and an ACK would give it one.  An INFORM is answered
 * by an ACK too, but that lends no address (RFC 2131 s4.3.5). */
static void
remember(struct observer *observer, const struct observation *seen,
    const struct dhcp4 *message, const struct record_sighting *sighting)
{
	const struct exchange asked = {
		.mac = message->chaddr,
		.xid = message->xid,
		.ifindex = seen->ifindex,
		.is_present = sighting->present != 0,
		.known_ifindex = sighting->known_ifindex,
		.at_msec = seen->at_msec,
	};

	exchanges_asked(observer->exchanges, &asked);
}

static bool
observe_client(struct observer *observer, const struct observation *seen,
    const struct frame *frame, struct record_sighting *sighting,
    struct fault *why)
{
	struct record_sighting told;
	struct dhcp4 message;

	if (!judge_sender(
		observer, observer->budget, seen, &frame->source, why) ||
	    !dhcp4_parse(frame->payload, &message, why) ||
	    !judge_client(frame, &message, why))
		return false;
	sighting_of(observer, seen, &message, &told);
	switch (message.type) {
	case DHCP4_RELEASE:
	case DHCP4_DECLINE:
		told.kind = SIGHTING_RELEASE;
		told.address = message.type == DHCP4_RELEASE
		                   ? message.ciaddr
		                   : message.requested;
		if (!addr_is_host(&told.address))
			return fault_set(why, FAULT_MALFORMED,
			    "RFC 2131 s4.4.1", "gives back no address");
		*sighting = told;
		return true;
	case DHCP4_DISCOVER:
		if (message.is_rapid)
			remember(observer, seen, &message, &told);
		break;
	case DHCP4_REQUEST:
		remember(observer, seen, &message, &told);
		break;
	case DHCP4_INFORM:
	case DHCP4_OFFER:
	case DHCP4_ACK:
	case DHCP4_NAK:
		break;
	}
	told.flagged = message.is_flagged;
	memcpy(told.url, message.url, sizeof(told.url));
	memcpy(told.hostname, message.hostname, sizeof(told.hostname));
	told.why = message.url_why;
	*sighting = told;
	return true;
}

/* Anybody on the LAN can make up an answer, and knows what was asked: it went
 * to all. */
static bool
is_server(const struct observer *observer, const struct mac *mac)
{
	for (size_t i = 0; i < observer->n_servers; i++)
		if (mac_equal(&observer->servers[i], mac))
			return true;
	return links_is_own(observer->links, mac);
}

static bool
judge_server(const struct observer *observer, const struct frame *frame,
    const struct dhcp4 *message, struct fault *why)
{
	if (!is_server(observer, &frame->source))
		return fault_set(why, FAULT_SPOOF, "S-48",
		    "a DHCP server that is neither the gateway nor one of "
		    "dhcp-servers");
	if (message->op != DHCP4_BOOTREPLY)
		return fault_set(why, FAULT_MALFORMED, "RFC 2131 s4.1",
		    "a request from a server's port");
	if (!mac_equal(&frame->destination, &message->chaddr) &&
	    !is_broadcast(&frame->destination))
		return fault_set(why, FAULT_SPOOF, "S-5",
		    "chaddr is not the Ethernet destination");
	if (message->type == DHCP4_ACK &&
	    (!addr_is_host(&message->yiaddr) || !message->has_lease))
		return fault_set(why, FAULT_MALFORMED, "RFC 2131 s4.3.1",
		    "an ACK that lends no address");
	return true;
}

static bool
observe_server(struct observer *observer, const struct observation *seen,
    const struct frame *frame, struct record_sighting *sighting,
    struct fault *why)
{
	struct exchange asked;
	struct dhcp4 message;

	if (!dhcp4_parse(frame->payload, &message, why) ||
	    !judge_server(observer, frame, &message, why) ||
	    message.type == DHCP4_OFFER)
		return false;
	if (!exchanges_answered(observer->exchanges, &message.chaddr,
		message.xid, seen->ifindex, seen->at_msec, &asked))
		return fault_set(why, FAULT_SPOOF, "RFC 8520 s10 (M-DH-9)",
		    "an answer to nothing that was asked on this port");
	*sighting = (struct record_sighting){
		.kind = SIGHTING_NAK,
		.message = (uint8_t)message.type,
		.present = asked.is_present,
		.mac = asked.mac,
		.ifindex = asked.ifindex,
		.known_ifindex = asked.known_ifindex,
	};
	if (message.type == DHCP4_ACK) {
		sighting->kind = SIGHTING_LEASE;
		sighting->now_ifindex =
		    presence_now(observer->presence, &asked.mac);
		sighting->lease_sec = message.lease_sec;
		sighting->address = message.yiaddr;
	}
	return true;
}

/* What its sender says of itself; whether that counts is the engine's. */
static bool
observe_neighbour(struct observer *observer, const struct observation *seen,
    struct record_sighting *sighting, struct fault *why)
{
	struct nd nd;

	if (!nd_parse(seen->raw, &nd, why) ||
	    !judge_sender(observer, observer->nd_budget, seen, &nd.source, why))
		return false;
	*sighting = (struct record_sighting){
		.kind = SIGHTING_ADDRESS,
		.carrier = CARRIER_ND,
		.mac = nd.source,
		.ifindex = seen->ifindex,
		.address = nd.address,
	};
	sighting->present = presence_before(observer->presence, &nd.source,
	    seen->at_msec, &sighting->known_ifindex);
	return true;
}

struct observer *
observer_new(
    const struct links *links, const struct presence *presence, uint64_t key)
{
	struct observer *observer = xcalloc(1, sizeof(*observer));

	observer->links = links;
	observer->presence = presence;
	observer->budget = budget_new(key);
	observer->nd_budget = budget_new(~key);
	observer->exchanges = exchanges_new();
	return observer;
}

void
observer_free(struct observer *observer)
{
	if (observer == NULL)
		return;
	budget_free(observer->budget);
	budget_free(observer->nd_budget);
	exchanges_free(observer->exchanges);
	free(observer);
}

void
observer_trust(struct observer *observer, const struct mac *server)
{
	if (observer->n_servers < OBSERVE_SERVERS)
		observer->servers[observer->n_servers++] = *server;
}

bool
observe(struct observer *observer, const struct observation *seen,
    struct record_sighting *sighting, struct fault *why)
{
	const bool is_ipv6 = nd_is_ipv6(seen->raw);
	struct budget *budget =
	    is_ipv6 ? observer->nd_budget : observer->budget;
	struct frame frame;

	*why = (struct fault){ 0 };
	/* What leaves was not sent by this port: its budget is not touched,
	 * and nothing is allocated for it. */
	if (!seen->is_leaving &&
	    !budget_port(budget, seen->ifindex, seen->at_msec))
		return fault_set(why, FAULT_BUSY, "S-60",
		    "more than %d messages a second on one port",
		    BUDGET_PORT_SECOND);
	if (is_ipv6)
		return !seen->is_leaving &&
		       observe_neighbour(observer, seen, sighting, why);
	if (!frame_parse(seen->raw, &frame, why))
		return false;
	if (!seen->is_leaving && frame.source_port == DHCP4_CLIENT_PORT &&
	    frame.destination_port == DHCP4_SERVER_PORT)
		return observe_client(observer, seen, &frame, sighting, why);
	if (seen->is_leaving && frame.source_port == DHCP4_SERVER_PORT &&
	    frame.destination_port == DHCP4_CLIENT_PORT)
		return observe_server(observer, seen, &frame, sighting, why);
	return false;
}
