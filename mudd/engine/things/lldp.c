/*
 * What LLDP says of Things.  Role: engine.  Input: the watcher's records;
 * anybody on the LAN can say anything.
 */
#include "engine/things/lldp.h"

#include "engine/events.h"
#include "engine/lan.h"
#include "engine/things/addresses.h"
#include "engine/things/announce.h"
#include "engine/things/leases.h"
#include "engine/things/sightings.h"
#include "engine/things/storing.h"
#include "engine/things/things.h"

static bool
is_its_port(struct lan *lan, const struct thing *thing, uint32_t ifindex)
{
	const struct lan_link *port =
	    thing->port_name[0] == '\0' ? NULL
					: lan_find_name(lan, thing->port_name);

	return port != NULL && port->link.ifindex == ifindex;
}

/* Where the bridge knew it before this frame, or our own books do. */
static bool
is_its_place(struct lan *lan, const struct thing *thing,
    const struct record_sighting *sighting)
{
	return sighting->known_ifindex == sighting->ifindex ||
	       is_its_port(lan, thing, sighting->ifindex);
}

static bool
has_lease(const struct thing *thing)
{
	return things_has_lease(thing, LEASE_DHCP4) ||
	       things_has_lease(thing, LEASE_DHCP6);
}

static void
end(const struct sightings *sightings, struct thing *thing, const char *how)
{
	const bool leaves = thing->mud != NULL && !thing->departed &&
	                    thing->source == STATE_SOURCE_LLDP &&
	                    !has_lease(thing);

	thing->lldp = (struct lldp_life){ 0 };
	announce_end(sightings, thing, STATE_SOURCE_LLDP);
	if (!leaves)
		return;
	addresses_drop(sightings, thing, LEASE_NEIGHBOUR);
	leases_depart(sightings, thing, how);
	storing_due(sightings->storing, thing);
}

/* A Thing that lives by LLDP alone is where it speaks it. */
static bool
lives_by_it(const struct thing *thing)
{
	return thing->mud != NULL && thing->source == STATE_SOURCE_LLDP &&
	       !thing->is_leased;
}

/* What waits counts once it has been repeated for long enough. */
static void
believe(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now)
{
	const struct claim *claim = thing->claims.waits[STATE_SOURCE_LLDP];

	if (claim == NULL || now - claim->since < LLDP_STAY_SEC ||
	    !is_its_place(sightings->lan, thing, sighting))
		return;
	if (!thing->is_leased)
		announce_port(sightings, thing, sighting->ifindex);
	announce_believe(sightings, thing, STATE_SOURCE_LLDP, now);
}

static void
bring_back(const struct sightings *sightings, struct thing *thing)
{
	if (!thing->departed)
		return;
	announce_return(sightings, thing);
	events_tell(EVENT_DEVICE_SEEN, thing, "is back: announced by LLDP");
	storing_due(sightings->storing, thing);
}

static void
live(struct thing *thing, const struct record_sighting *sighting, int64_t now)
{
	const struct claim *claim = thing->claims.counts[STATE_SOURCE_LLDP];

	if (thing->mud == NULL ||
	    (claim == NULL && thing->source != STATE_SOURCE_LLDP))
		return;
	thing->lldp.until = now + sighting->lease_sec;
	if (thing->lldp.ttl_sec != sighting->lease_sec)
		thing->claims.is_dirty = true;
	thing->lldp.ttl_sec = (uint16_t)sighting->lease_sec;
}

void
lldp_take(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, bool was_here, int64_t now)
{
	struct lan *lan = sightings->lan;
	const bool has_url = sighting->url[0] != '\0';

	if (sighting->lease_sec == 0) {
		if (is_its_place(lan, thing, sighting))
			end(sightings, thing, "its LLDP was shut down");
		return;
	}
	/* By another port it takes what a new URL takes. */
	if (has_url && lives_by_it(thing) &&
	    !is_its_port(lan, thing, sighting->ifindex))
		(void)claims_wait(&thing->claims, STATE_SOURCE_LLDP,
		    sighting->url, sighting->ifindex, now,
		    now + sighting->lease_sec);
	else
		announce_take(sightings, thing, sighting, was_here, now);
	believe(sightings, thing, sighting, now);
	/* An LLDPDU replaces the one before it, whole (802.1AB 9.2.7.7.2). */
	if (!has_url)
		announce_end(sightings, thing, STATE_SOURCE_LLDP);
	if (!is_its_place(lan, thing, sighting))
		return;
	live(thing, sighting, now);
	if (has_url && lives_by_it(thing) &&
	    is_its_port(lan, thing, sighting->ifindex))
		bring_back(sightings, thing);
	announce_keep(sightings, thing);
}

void
lldp_restore(struct thing *thing, uint16_t ttl_sec, int64_t now)
{
	if (thing->departed)
		return;
	thing->lldp.ttl_sec = ttl_sec;
	thing->lldp.until = now + ttl_sec;
}

/* ---- time -------------------------------------------------------------- */

struct expiring {
	const struct sightings *sightings;
	int64_t now, next;
};

static void
expire_thing(void *arg, struct thing *thing)
{
	struct expiring *expiring = arg;
	struct claim *waits = thing->claims.waits[STATE_SOURCE_LLDP];

	if (waits != NULL && waits->until <= expiring->now)
		claims_drop_waiting(&thing->claims, STATE_SOURCE_LLDP);
	else if (waits != NULL && waits->until < expiring->next)
		expiring->next = waits->until;
	if (thing->lldp.until == 0)
		return;
	if (thing->lldp.until <= expiring->now)
		end(expiring->sightings, thing, "its LLDP was not repeated");
	else if (thing->lldp.until < expiring->next)
		expiring->next = thing->lldp.until;
}

int64_t
lldp_expire(const struct sightings *sightings, int64_t now)
{
	struct expiring expiring = {
		.sightings = sightings,
		.now = now,
		.next = INT64_MAX,
	};

	things_each(sightings->things, expire_thing, &expiring);
	return expiring.next;
}
