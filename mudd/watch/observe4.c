/*
 * DHCPv4 to sightings.  Role: watcher.  Input: hostile frames, and what the
 * kernel says of them.
 */
#include <string.h>

#include "watch/dhcp4.h"
#include "watch/exchange.h"
#include "watch/frame.h"
#include "watch/observer.h"
#include "watch/presence.h"

static bool
is_broadcast(const struct mac *mac)
{
	static const struct mac all = { { 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff } };

	return mac_equal(mac, &all);
}

static bool
judge_client(const struct dhcp4 *message, struct fault *why)
{
	if (message->op != DHCP4_BOOTREQUEST)
		return fault_set(why, FAULT_MALFORMED, "RFC 2131 s4.1",
		    "an answer from a client's port");
	if (message->giaddr.family != 0)
		return fault_set(
		    why, FAULT_UNSUPPORTED, "S-5", "the message was relayed");
	return true;
}

/* Whose message is it then?  A host that says that it speaks for another one
 * does so under its name: that one is shown to be spoofed. */
static bool
judge_chaddr(struct observer *observer, const struct observation *seen,
    const struct frame *frame, const struct dhcp4 *message, struct fault *why)
{
	char source[MAC_TEXT];

	if (mac_equal(&frame->source, &message->chaddr))
		return true;
	(void)fault_set(why, FAULT_SPOOF, "S-5",
	    "chaddr is not the Ethernet source, %s",
	    mac_text(&frame->source, source));
	return observer_refuse(observer, seen,
	    mac_is_host(&message->chaddr) ? &message->chaddr : &frame->source,
	    CARRIER_DHCP4, why);
}

/* It asks for a lease, and an ACK would give it one.  An INFORM is answered
 * by an ACK too, but that lends no address (RFC 2131 s4.3.5). */
static void
remember(struct observer *observer, const struct observation *seen,
    const struct dhcp4 *message, const struct record_sighting *sighting)
{
	const struct exchange asked = {
		.mac = message->chaddr,
		.carrier = CARRIER_DHCP4,
		.message = (uint8_t)message->type,
		.xid = message->xid,
		.ifindex = seen->ifindex,
		.is_present = sighting->present != 0,
		.known_ifindex = sighting->known_ifindex,
		.at_msec = seen->at_msec,
	};

	exchanges_asked(observer->exchanges, &asked);
}

static bool
take_question(struct observer *observer, const struct observation *seen,
    const struct dhcp4 *message, struct record_sighting *sighting,
    struct fault *why)
{
	struct record_sighting told;

	observer_begin(observer, seen, &message->chaddr, SIGHTING_REQUEST,
	    CARRIER_DHCP4, &told);
	told.message = (uint8_t)message->type;
	switch (message->type) {
	case DHCP4_RELEASE:
	case DHCP4_DECLINE:
		told.kind = SIGHTING_RELEASE;
		told.address = message->type == DHCP4_RELEASE
		                   ? message->ciaddr
		                   : message->requested;
		if (!addr_is_host(&told.address))
			return fault_set(why, FAULT_MALFORMED,
			    "RFC 2131 s4.4.1", "gives back no address");
		*sighting = told;
		return true;
	case DHCP4_DISCOVER:
		if (message->is_rapid)
			remember(observer, seen, message, &told);
		break;
	case DHCP4_REQUEST:
		remember(observer, seen, message, &told);
		break;
	case DHCP4_INFORM:
	case DHCP4_OFFER:
	case DHCP4_ACK:
	case DHCP4_NAK:
		break;
	}
	told.flagged = message->is_flagged;
	memcpy(told.url, message->url, sizeof(told.url));
	memcpy(told.hostname, message->hostname, sizeof(told.hostname));
	told.why = message->url_why;
	*sighting = told;
	return true;
}

bool
observe_client4(struct observer *observer, const struct observation *seen,
    const struct frame *frame, struct record_sighting *sighting,
    struct fault *why)
{
	struct dhcp4 message;

	return observer_judge(
		   observer, observer->budget, seen, &frame->source, why) &&
	       dhcp4_parse(frame->payload, &message, why) &&
	       judge_client(&message, why) &&
	       judge_chaddr(observer, seen, frame, &message, why) &&
	       take_question(observer, seen, &message, sighting, why);
}

/* From one server's port to another's: whoever may speak for others. */
bool
observe_forward4(struct observer *observer, const struct observation *seen,
    const struct frame *frame, struct record_sighting *sighting,
    struct fault *why)
{
	struct dhcp4 message;

	/* Its answers to a relay on the gateway. */
	if (observer_is_server(observer, &frame->source))
		return false;
	if (!observer_may_relay(observer, seen, frame, CARRIER_DHCP4, why) ||
	    !dhcp4_parse(frame->payload, &message, why))
		return false;
	if (message.op != DHCP4_BOOTREQUEST || message.giaddr.family == 0)
		return fault_set(why, FAULT_MALFORMED, "RFC 1542 s4.1.1",
		    "a relay passes nothing on");
	return observer_judge(
		   observer, observer->budget, seen, &message.chaddr, why) &&
	       take_question(observer, seen, &message, sighting, why);
}

/* ---- answers ----------------------------------------------------------- */

static bool
judge_server(const struct observer *observer, const struct frame *frame,
    const struct dhcp4 *message, struct fault *why)
{
	if (!observer_is_server(observer, &frame->source))
		return fault_set(why, FAULT_SPOOF, "S-48",
		    "a DHCP server that is neither the gateway nor one of "
		    "dhcp-servers");
	if (message->op != DHCP4_BOOTREPLY)
		return fault_set(why, FAULT_MALFORMED, "RFC 2131 s4.1",
		    "a request from a server's port");
	if (message->type == DHCP4_ACK &&
	    (!addr_is_host(&message->yiaddr) || !message->has_lease))
		return fault_set(why, FAULT_MALFORMED, "RFC 2131 s4.3.1",
		    "an ACK that lends no address");
	return true;
}

static bool
complete(struct observer *observer, const struct observation *seen,
    const struct dhcp4 *message, struct record_sighting *sighting,
    struct fault *why)
{
	const struct exchange answer = {
		.mac = message->chaddr,
		.carrier = CARRIER_DHCP4,
		.xid = message->xid,
		.ifindex = seen->ifindex,
		.at_msec = seen->at_msec,
	};
	struct exchange asked;

	if (message->type == DHCP4_OFFER)
		return false;
	if (!exchanges_answered(observer->exchanges, &answer, &asked))
		return fault_set(why, FAULT_SPOOF, "RFC 8520 s10 (M-DH-9)",
		    "an answer to nothing that was asked on this port");
	*sighting = (struct record_sighting){
		.kind = SIGHTING_NAK,
		.carrier = CARRIER_DHCP4,
		.message = (uint8_t)message->type,
		.present = asked.is_present,
		.mac = asked.mac,
		.ifindex = asked.ifindex,
		.known_ifindex = asked.known_ifindex,
	};
	if (message->type == DHCP4_ACK) {
		sighting->kind = SIGHTING_LEASE;
		sighting->now_ifindex =
		    presence_now(observer->presence, &asked.mac);
		sighting->lease_sec = message->lease_sec;
		sighting->address = message->yiaddr;
	}
	return true;
}

bool
observe_server4(struct observer *observer, const struct observation *seen,
    const struct frame *frame, struct record_sighting *sighting,
    struct fault *why)
{
	struct dhcp4 message;

	if (!dhcp4_parse(frame->payload, &message, why) ||
	    !judge_server(observer, frame, &message, why))
		return false;
	if (!mac_equal(&frame->destination, &message.chaddr) &&
	    !is_broadcast(&frame->destination))
		return fault_set(why, FAULT_SPOOF, "S-5",
		    "chaddr is not the Ethernet destination");
	return complete(observer, seen, &message, sighting, why);
}

bool
observe_backward4(struct observer *observer, const struct observation *seen,
    const struct frame *frame, struct record_sighting *sighting,
    struct fault *why)
{
	struct dhcp4 message;

	/* What relays elsewhere say and are told; and the gateway's own. */
	return observer_is_relay(observer, &frame->destination) &&
	       dhcp4_parse(frame->payload, &message, why) &&
	       judge_server(observer, frame, &message, why) &&
	       complete(observer, seen, &message, sighting, why);
}
