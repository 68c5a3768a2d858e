/*
 * DHCPv6 to sightings.  Role: watcher.  Input: hostile frames, and what the
 * kernel says of them.
 *
 * A message names its client by a DUID, which says nothing about the frame.
 * So it is the Ethernet source that asks, or whom a relay that we were told to
 * trust heard asking.
 */
#include <string.h>

#include "watch/dhcp6.h"
#include "watch/exchange.h"
#include "watch/frame.h"
#include "watch/observer.h"
#include "watch/presence.h"

static const struct addr nothing;

/* An answer may come to each question; what it is worth depends on that. */
static void
remember(struct observer *observer, const struct observation *seen,
    const struct dhcp6 *message, const struct record_sighting *told)
{
	const struct exchange asked = {
		.mac = told->mac,
		.peer = message->peer,
		.carrier = CARRIER_DHCP6,
		.message = (uint8_t)message->type,
		.xid = message->xid,
		.ifindex = seen->ifindex,
		.is_present = told->present != 0,
		.known_ifindex = told->known_ifindex,
		.at_msec = seen->at_msec,
	};

	exchanges_asked(observer->exchanges, &asked);
}

static bool
take_question(struct observer *observer, const struct observation *seen,
    const struct mac *mac, const struct dhcp6 *message,
    struct record_sighting *sighting, struct fault *why)
{
	struct record_sighting told;

	observer_begin(
	    observer, seen, mac, SIGHTING_REQUEST, CARRIER_DHCP6, &told);
	told.message = (uint8_t)message->type;
	remember(observer, seen, message, &told);
	if (message->type == DHCP6_RELEASE || message->type == DHCP6_DECLINE) {
		if (message->n_addresses == 0)
			return fault_set(why, FAULT_MALFORMED,
			    "RFC 8415 s18.2.7", "gives back no address");
		observer->more = told;
		for (size_t i = 0; i < message->n_addresses; i++)
			observer_part(observer, SIGHTING_RELEASE,
			    &message->addresses[i].addr, 0);
		return observe_more(observer, sighting);
	}
	told.flagged = message->is_flagged;
	memcpy(told.url, message->url, sizeof(told.url));
	memcpy(told.hostname, message->hostname, sizeof(told.hostname));
	told.why = message->url_why;
	*sighting = told;
	return true;
}

bool
observe_client6(struct observer *observer, const struct observation *seen,
    const struct frame *frame, struct record_sighting *sighting,
    struct fault *why)
{
	struct dhcp6 message;

	if (!observer_judge(
		observer, observer->budget, seen, &frame->source, why) ||
	    !dhcp6_parse(frame->payload, &message, why))
		return false;
	if (message.is_answer || message.n_relays > 0)
		return fault_set(why, FAULT_MALFORMED, "RFC 8415 s7.2",
		    "no client's message from a client's port");
	return take_question(
	    observer, seen, &frame->source, &message, sighting, why);
}

/* From one relay's port to another's: whoever may speak for others. */
bool
observe_forward6(struct observer *observer, const struct observation *seen,
    const struct frame *frame, struct record_sighting *sighting,
    struct fault *why)
{
	struct dhcp6 message;

	/* Its answers to a relay on the gateway. */
	if (observer_is_server(observer, &frame->source))
		return false;
	if (!observer_may_relay(observer, seen, frame, CARRIER_DHCP6, why) ||
	    !dhcp6_parse(frame->payload, &message, why))
		return false;
	if (message.is_answer || message.n_relays == 0)
		return fault_set(why, FAULT_MALFORMED, "RFC 8415 s19",
		    "a relay passes nothing on");
	if (!message.has_mac)
		return fault_set(why, FAULT_UNSUPPORTED, "RFC 6939 s5 (S-5)",
		    "the relay does not say whose message it is");
	return observer_judge(
		   observer, observer->budget, seen, &message.mac, why) &&
	       take_question(
		   observer, seen, &message.mac, &message, sighting, why);
}

/* ---- answers ----------------------------------------------------------- */

/* The server would have nothing to do with what the client has. */
static bool
is_denial(uint16_t status)
{
	return status == DHCP6_NO_BINDING || status == DHCP6_NOT_ON_LINK;
}

/* It lends addresses, takes them away, or has none (RFC 8415 s18.2.10). */
static void
take_lease(struct observer *observer, const struct dhcp6 *message)
{
	/* Of all that it had; what it has still comes behind. */
	if (is_denial(message->status) || is_denial(message->inner_status))
		observer_part(observer, SIGHTING_NAK, &nothing, 0);
	for (size_t i = 0; i < message->n_addresses; i++) {
		const struct dhcp6_address *at = &message->addresses[i];

		observer_part(observer,
		    at->valid_sec == 0 ? SIGHTING_NAK : SIGHTING_LEASE,
		    &at->addr, at->valid_sec);
	}
	if (observer->n_more == 0)
		observer_part(observer, SIGHTING_LEASE, &nothing, 0);
}

/* What the answer is worth, by what was asked. */
static void
take_answer(struct observer *observer, const struct dhcp6 *message,
    enum dhcp6_type asked)
{
	/* The client will ask again. */
	if (message->status == DHCP6_UNSPEC_FAIL ||
	    message->status == DHCP6_USE_MULTICAST)
		return;
	switch (asked) {
	case DHCP6_SOLICIT:
		/* A client discards one without (RFC 8415 s18.2.10). */
		if (message->is_rapid)
			take_lease(observer, message);
		break;
	case DHCP6_REQUEST:
	case DHCP6_RENEW:
	case DHCP6_REBIND:
		take_lease(observer, message);
		break;
	case DHCP6_CONFIRM:
	case DHCP6_INFORMATION_REQUEST:
		observer_part(observer,
		    is_denial(message->status) ? SIGHTING_NAK : SIGHTING_LEASE,
		    &nothing, 0);
		break;
	case DHCP6_RELEASE:
	case DHCP6_DECLINE:
	case DHCP6_ADVERTISE:
	case DHCP6_REPLY:
	case DHCP6_RECONFIGURE:
		break;
	}
}

/* mac: the client's, where it was not relayed. */
static bool
complete(struct observer *observer, const struct observation *seen,
    const struct mac *mac, const struct dhcp6 *message,
    struct record_sighting *sighting, struct fault *why)
{
	const struct exchange answer = {
		.mac = *mac,
		.peer = message->peer,
		.carrier = CARRIER_DHCP6,
		.xid = message->xid,
		.ifindex = seen->ifindex,
		.at_msec = seen->at_msec,
	};
	struct exchange asked;

	if (message->type == DHCP6_ADVERTISE)
		return false;
	if (!exchanges_answered(observer->exchanges, &answer, &asked))
		return fault_set(why, FAULT_SPOOF, "RFC 8520 s10 (M-DH-9)",
		    "an answer to nothing that was asked on this port");
	observer->more = (struct record_sighting){
		.carrier = CARRIER_DHCP6,
		.message = (uint8_t)message->type,
		.present = asked.is_present,
		.mac = asked.mac,
		.ifindex = asked.ifindex,
		.known_ifindex = asked.known_ifindex,
		.now_ifindex = presence_now(observer->presence, &asked.mac),
	};
	take_answer(observer, message, (enum dhcp6_type)asked.message);
	return observe_more(observer, sighting);
}

static bool
judge_server(const struct observer *observer, const struct frame *frame,
    const struct dhcp6 *message, struct fault *why)
{
	if (!observer_is_server(observer, &frame->source))
		return fault_set(why, FAULT_SPOOF, "S-48",
		    "a DHCP server that is neither the gateway nor one of "
		    "dhcp-servers");
	if (!message->is_answer)
		return fault_set(why, FAULT_MALFORMED, "RFC 8415 s7.2",
		    "a question from a server's port");
	return true;
}

bool
observe_server6(struct observer *observer, const struct observation *seen,
    const struct frame *frame, struct record_sighting *sighting,
    struct fault *why)
{
	struct dhcp6 message;

	if (!dhcp6_parse(frame->payload, &message, why) ||
	    !judge_server(observer, frame, &message, why))
		return false;
	if (message.n_relays > 0)
		return fault_set(why, FAULT_MALFORMED, "RFC 8415 s7.2",
		    "a relay's envelope to a client's port");
	return complete(
	    observer, seen, &frame->destination, &message, sighting, why);
}

bool
observe_backward6(struct observer *observer, const struct observation *seen,
    const struct frame *frame, struct record_sighting *sighting,
    struct fault *why)
{
	struct dhcp6 message;

	/* What relays elsewhere say and are told; and the gateway's own. */
	if (!observer_is_relay(observer, &frame->destination))
		return false;
	if (!dhcp6_parse(frame->payload, &message, why) ||
	    !judge_server(observer, frame, &message, why))
		return false;
	if (message.n_relays == 0)
		return fault_set(why, FAULT_MALFORMED, "RFC 8415 s19",
		    "a relay is told nothing for a client");
	return complete(
	    observer, seen, &frame->destination, &message, sighting, why);
}
