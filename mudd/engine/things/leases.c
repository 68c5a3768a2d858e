/*
 * Leases: addresses that a DHCP server lends, and how they end.  Role: engine.
 */
#include "engine/things/leases.h"

#include "core/log.h"
#include "engine/events.h"
#include "engine/lan.h"
#include "engine/things/addresses.h"
#include "engine/things/announce.h"
#include "engine/things/sightings.h"
#include "engine/things/storing.h"
#include "engine/things/things.h"

/* Nobody's lease is longer than that, whatever its server says. */
#define LEASE_MAX_SEC (366 * 86400)

void
leases_depart(
    const struct sightings *sightings, struct thing *thing, const char *how)
{
	if (thing->mud == NULL || thing->departed)
		return;
	thing->departed = true;
	things_touch(sightings->things, thing);
	events_tell(EVENT_DEVICE_GONE, thing, "departed: %s", how);
}

static enum lease_source
source_of(const struct record_sighting *sighting)
{
	return sighting->carrier == CARRIER_DHCP6 ? LEASE_DHCP6 : LEASE_DHCP4;
}

/* The server says whose the address is (S-48). */
static void
lend(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now)
{
	const int64_t length = sighting->lease_sec < LEASE_MAX_SEC
	                           ? sighting->lease_sec
	                           : LEASE_MAX_SEC;
	struct thing *owner =
	    things_find_addr(sightings->things, &sighting->address);
	char addr[ADDR_TEXT], mac[MAC_TEXT];

	if (owner != NULL && owner != thing) {
		storing_due(sightings->storing, owner);
		events_tell(EVENT_ADDRESS_LOST, owner,
		    "%s, which is %s's by the DHCP server's word",
		    addr_text(&sighting->address, addr),
		    mac_text(&thing->mac, mac));
	}
	if (things_bind(sightings->things, thing, &sighting->address,
		source_of(sighting), now + length))
		events_tell(EVENT_ADDRESS_LEARNED, thing, "%s, lent for %lld s",
		    addr_text(&sighting->address, addr), (long long)length);
}

void
leases_take(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now)
{
	char mac[MAC_TEXT], addr[ADDR_TEXT];

	if (sighting->address.family != 0 &&
	    !lan_may_lend(
		sightings->lan, sighting->ifindex, &sighting->address)) {
		log_warning("%s: %s is no address for a device there: the "
			    "lease does not count",
		    mac_text(&thing->mac, mac),
		    addr_text(&sighting->address, addr));
		return;
	}
	announce_port(sightings, thing, sighting->ifindex);
	announce_confirm(sightings, thing, sighting, now);
	if (sighting->address.family != 0)
		lend(sightings, thing, sighting, now);
	storing_prove(sightings->storing, thing);
	storing_due(sightings->storing, thing);
}

/* It has lost an address that a server had lent it.  With the last of these it
 * has left: one that it gave itself would only be missed much later. */
static void
lose(const struct sightings *sightings, struct thing *thing, const char *how)
{
	if (things_has_lease(thing, LEASE_DHCP4) ||
	    things_has_lease(thing, LEASE_DHCP6))
		return;
	addresses_drop(sightings, thing, LEASE_NEIGHBOUR);
	leases_depart(sightings, thing, how);
}

/* An address that a server had lent it is no more its own; false: none had. */
static bool
end_lease(const struct sightings *sightings, struct thing *thing,
    const struct addr *address, const char *how)
{
	char addr[ADDR_TEXT];

	for (size_t i = 0; i < thing->n_leases; i++) {
		const struct lease *lease = &thing->leases[i];

		if (lease->source == LEASE_NEIGHBOUR ||
		    !addr_equal(&lease->addr, address))
			continue;
		(void)things_unbind(sightings->things, thing, address);
		storing_due(sightings->storing, thing);
		events_tell(EVENT_ADDRESS_LOST, thing, "%s: %s",
		    addr_text(address, addr), how);
		return true;
	}
	return false;
}

void
leases_release(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting)
{
	static const char how[] = "it released its lease";

	if (end_lease(sightings, thing, &sighting->address, how))
		lose(sightings, thing, how);
}

void
leases_nak(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting)
{
	/* The server denies it whatever it asked for: it has nothing now. */
	if (sighting->address.family == 0)
		addresses_drop(sightings, thing, source_of(sighting));
	else
		(void)end_lease(sightings, thing, &sighting->address,
		    "the server denies it");
}

/* ---- time -------------------------------------------------------------- */

struct expiring {
	const struct sightings *sightings;
	int64_t now, next;
};

static void
expire_thing(void *arg, struct thing *thing)
{
	static const char expired[] = "its lease has expired";
	struct expiring *expiring = arg;

	for (size_t i = 0; i < thing->n_leases;) {
		struct lease lease = thing->leases[i];

		if (lease.expires_at > expiring->now) {
			if (lease.expires_at < expiring->next)
				expiring->next = lease.expires_at;
			i++;
			continue;
		}
		if (end_lease(
			expiring->sightings, thing, &lease.addr, expired)) {
			lose(expiring->sightings, thing, expired);
			continue;
		}
		addresses_forget(expiring->sightings, thing, &lease.addr);
	}
}

int64_t
leases_expire(const struct sightings *sightings, int64_t now)
{
	struct expiring expiring = {
		.sightings = sightings,
		.now = now,
		.next = INT64_MAX,
	};

	things_each(sightings->things, expire_thing, &expiring);
	return expiring.next;
}
