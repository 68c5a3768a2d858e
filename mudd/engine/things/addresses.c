/*
 * Addresses by neighbour discovery and ARP.  Role: engine.  Input: the
 * watcher's records of what anybody on the LAN may have said.
 */
#include "engine/things/addresses.h"

#include "core/log.h"
#include "core/records.h"
#include "engine/events.h"
#include "engine/lan.h"
#include "engine/things/sightings.h"
#include "engine/things/storing.h"

/* One that was not heard of for so long is its no more: one that it uses, it
 * speaks of many times a day. */
#define NEIGHBOUR_SEC (2 * 86400)

bool
addresses_may_have(
    const struct sightings *sightings, const struct record_sighting *sighting)
{
	const struct addr *address = &sighting->address;
	char mac[MAC_TEXT], addr[ADDR_TEXT];

	if (lan_is_own_addr(sightings->lan, address)) {
		/* The gateway answers, so who asks knows. */
		if (sighting->message == ADDRESS_USED)
			events_tell_mac(EVENT_SPOOF, &sighting->mac,
			    "claims %s, which is the gateway's; nothing "
			    "changes",
			    addr_text(address, addr));
		return false;
	}
	if (lan_may_lend(sightings->lan, sighting->ifindex, address))
		return true;
	log_debug("%s: %s is no address for a device there",
	    mac_text(&sighting->mac, mac), addr_text(address, addr));
	return false;
}

void
addresses_forget(const struct sightings *sightings, struct thing *thing,
    const struct addr *address)
{
	char addr[ADDR_TEXT];

	(void)things_unbind(sightings->things, thing, address);
	storing_due(sightings->storing, thing);
	events_tell(EVENT_ADDRESS_LOST, thing, "%s: nothing is heard from it",
	    addr_text(address, addr));
}

void
addresses_drop(const struct sightings *sightings, struct thing *thing,
    enum lease_source source)
{
	for (size_t i = 0; i < thing->n_leases;) {
		struct addr addr = thing->leases[i].addr;

		if (thing->leases[i].source != source) {
			i++;
			continue;
		}
		(void)things_unbind(sightings->things, thing, &addr);
		storing_due(sightings->storing, thing);
	}
}

/* Whose address it is keeps it.  Who asks whether somebody has it means no
 * harm, and will hear that it is so. */
static void
say_taken(const struct thing *thing, struct thing *owner,
    const struct record_sighting *sighting)
{
	const bool asks = sighting->message == ADDRESS_PROBED;
	char mac[MAC_TEXT], addr[ADDR_TEXT];

	owner->spoofed = owner->spoofed || !asks;
	events_tell(asks ? EVENT_CONFLICT : EVENT_SPOOF, owner,
	    "%s on port %u %s %s, which is its; nothing changes",
	    mac_text(&thing->mac, mac), thing->port,
	    asks ? "would have" : "claims",
	    addr_text(&sighting->address, addr));
}

void
addresses_take(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now)
{
	const struct addr *address = &sighting->address;
	const bool is_known = things_holds(thing, address);
	char addr[ADDR_TEXT];
	struct thing *owner;

	/* It is its own most of the time, and then nobody else's. */
	owner = is_known ? NULL : things_find_addr(sightings->things, address);
	if (owner != NULL) {
		say_taken(thing, owner, sighting);
		return;
	}
	if (sighting->message == ADDRESS_PROBED && address->family == 4)
		return;
	switch (things_notice(
	    sightings->things, thing, address, now + NEIGHBOUR_SEC)) {
	case NOTICE_NEW:
		events_tell(EVENT_ADDRESS_LEARNED, thing, "%s, by its own word",
		    addr_text(address, addr));
		break;
	case NOTICE_LATER:
		break;
	case NOTICE_KNOWN:
	case NOTICE_TAKEN:
		return;
	case NOTICE_FULL:
		events_tell(EVENT_LIMIT, thing,
		    "%s does not count: it may have no more (S-48)",
		    addr_text(address, addr));
		return;
	}
	storing_due(sightings->storing, thing);
}

/* What it was lent stays: that is the server's to end.  That this counts for
 * less long now is not worth a write to the disk. */
static void
shorten(struct lease *lease, int64_t now)
{
	if (lease->source == LEASE_NEIGHBOUR &&
	    lease->expires_at > now + ADDRESSES_GRACE_SEC)
		lease->expires_at = now + ADDRESSES_GRACE_SEC;
}

bool
addresses_unreachable(const struct sightings *sightings,
    const struct record_unreachable *told, int64_t now)
{
	const struct lan_link *link;
	struct thing *thing;

	if (told->ifindex == 0 || told->addr.family == 0 ||
	    !addr_is_sound(&told->addr))
		return false;
	thing = things_find_addr(sightings->things, &told->addr);
	if (thing == NULL)
		return true;
	link = lan_of_port(sightings->lan, thing->port);
	if (link == NULL || link->link.ifindex != told->ifindex)
		return true;
	for (size_t i = 0; i < thing->n_leases; i++)
		if (addr_equal(&thing->leases[i].addr, &told->addr))
			shorten(&thing->leases[i], now);
	return true;
}

struct review {
	const struct sightings *sightings;
	int64_t now;
};

static void
review_thing(void *arg, struct thing *thing)
{
	const struct review *review = arg;

	for (size_t i = 0; i < thing->n_leases; i++)
		if (!lan_may_keep(review->sightings->lan, thing->port,
			&thing->leases[i].addr))
			shorten(&thing->leases[i], review->now);
	if (thing->mud != NULL)
		things_touch(review->sightings->things, thing);
}

void
addresses_review(const struct sightings *sightings, int64_t now)
{
	struct review review = { sightings, now };

	/* A list that begins anew takes nothing away before it has ended. */
	if (sightings->lan->addresses_changed && sightings->lan->is_complete)
		things_each(sightings->things, review_thing, &review);
}
