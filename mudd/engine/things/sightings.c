/*
 * What a sighting means.  Role: engine.  Input: the watcher's records; it
 * parsed what the LAN said, and anybody on the LAN can say anything.
 */
#include "engine/things/sightings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/log.h"
#include "core/msg.h"
#include "engine/config.h"
#include "engine/events.h"
#include "engine/files/manager.h"
#include "engine/files/ownfiles.h"
#include "engine/lan.h"
#include "engine/state/state.h"
#include "engine/state/stateclaims.h"
#include "engine/things/absence.h"
#include "engine/things/addresses.h"
#include "engine/things/admin.h"
#include "engine/things/announce.h"
#include "engine/things/certificates.h"
#include "engine/things/leases.h"
#include "engine/things/lldp.h"
#include "engine/things/modes.h"
#include "engine/things/moving.h"
#include "engine/things/newcomers.h"
#include "engine/things/origin.h"
#include "engine/things/placing.h"
#include "engine/things/storing.h"
#include "engine/things/things.h"
#include "engine/things/thingstore.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

/* So long one that came in a crowd counts as one of it. */
#define CROWD_SEC 3600

void
sightings_begin(struct sightings *sightings)
{
	sightings->newcomers = newcomers_new();
	sightings->storing =
	    storing_new(sightings->state, sightings->newcomers);
}

void
sightings_end(struct sightings *sightings)
{
	storing_free(sightings->storing);
	newcomers_free(sightings->newcomers);
}

/* ---- sightings --------------------------------------------------------- */

/* An address of the carrier's family, or none where there may be none. */
static bool
is_dhcp(const struct record_sighting *sighting)
{
	const unsigned int family = sighting->carrier == CARRIER_DHCP4 ? 4 : 6;

	if (sighting->carrier != CARRIER_DHCP4 &&
	    sighting->carrier != CARRIER_DHCP6)
		return false;
	if (sighting->address.family == 0)
		return sighting->kind == SIGHTING_NAK ||
		       (sighting->kind == SIGHTING_LEASE && family == 6);
	return sighting->address.family == family &&
	       addr_is_host(&sighting->address);
}

static bool
is_sound(const struct record_sighting *sighting)
{
	if (sighting->kind >= SIGHTING_KINDS || sighting->present > 1 ||
	    sighting->carrier >= CARRIERS || sighting->flagged > 1 ||
	    sighting->ifindex == 0 || !mac_is_host(&sighting->mac) ||
	    !msg_text_ends(sighting->url, sizeof(sighting->url)) ||
	    !msg_text_ends(sighting->hostname, sizeof(sighting->hostname)) ||
	    !fault_is_sound(&sighting->why))
		return false;
	if (sighting->kind == SIGHTING_REQUEST)
		return announce_carrier((enum carrier)sighting->carrier) !=
		           STATE_SOURCE_NONE &&
		       (sighting->carrier != CARRIER_LLDP ||
			   sighting->lease_sec <= UINT16_MAX);
	if (sighting->kind == SIGHTING_LEASE ||
	    sighting->kind == SIGHTING_RELEASE ||
	    sighting->kind == SIGHTING_NAK)
		return is_dhcp(sighting);
	if (sighting->kind == SIGHTING_ADDRESS)
		return sighting->address.family ==
		           (sighting->carrier == CARRIER_ARP ? 4 : 6) &&
		       sighting->message < ADDRESS_WORDS &&
		       addr_is_host(&sighting->address);
	return true;
}

/* One that was never seen. */
static struct thing *
add(const struct sightings *sightings, const struct mac *mac, int64_t now)
{
	const struct config_device *device =
	    config_find_device(sightings->config, mac);
	struct thing *thing = things_add(sightings->things, mac, now);

	thing->is_named = config_names_host(sightings->config, mac);
	thing->is_proven = thing->is_named || device != NULL;
	if (device != NULL) {
		text_copy(thing->name, sizeof(thing->name), device->name);
		thing->has_configured_name = device->name[0] != '\0';
		modes_configure(thing, device);
	}
	return thing;
}

/* Before a record of it is made, and unless an administrator knows it. */
static bool
may_come(const struct sightings *sightings,
    const struct record_sighting *sighting, int64_t now)
{
	return config_find_device(sightings->config, &sighting->mac) != NULL ||
	       config_names_host(sightings->config, &sighting->mac) ||
	       newcomers_may(sightings->newcomers, sighting->ifindex, now);
}

/* Is it one of many?  Or has the kernel known it for a while, and not only
 * from this frame? */
static void
prove(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now)
{
	thing->in_crowd =
	    now - thing->first_seen < CROWD_SEC &&
	    newcomers_is_crowded(sightings->newcomers, sighting->ifindex, now);
	if (sighting->present != 0 &&
	    now - thing->first_seen >= STORING_PROVEN_SEC)
		storing_prove(sightings->storing, thing);
}

/* What the administrator wrote down beats what the Thing says (M-URL-7). */
static void
apply_configured(
    const struct sightings *sightings, struct thing *thing, int64_t now)
{
	const struct config_device *device =
	    config_find_device(sightings->config, &thing->mac);
	const char *url = device == NULL ? "" : device->mud_url;
	char own[LIMIT_URL + 1];

	if (device != NULL && device->mud_file[0] != '\0' &&
	    ownfiles_text(device->mud_file, own))
		url = own;
	if (url[0] == '\0' || thing->source == STATE_SOURCE_CONFIG)
		return;
	announce_manage(sightings, thing, url, STATE_SOURCE_CONFIG, now);
	announce_source(sightings, thing, STATE_SOURCE_CONFIG);
}

static void
tell_seen(const struct sightings *sightings, const struct thing *thing,
    uint32_t ifindex)
{
	const struct lan_link *port = lan_find(sightings->lan, ifindex);

	events_tell(EVENT_DEVICE_SEEN, thing, "on %s%s",
	    port == NULL ? "a port that has gone" : port->link.name,
	    absence_is_random(&thing->mac) ? ", with a locally administered MAC"
					   : "");
}

struct thing *
sightings_add(
    const struct sightings *sightings, const struct mac *mac, int64_t now)
{
	struct thing *thing = add(sightings, mac, now);

	apply_configured(sightings, thing, now);
	return thing;
}

/* May it be the first that is heard of a device? A goodbye may not. */
static bool
begins(const struct record_sighting *sighting)
{
	switch ((enum sighting_kind)sighting->kind) {
	case SIGHTING_REQUEST:
		return sighting->carrier != CARRIER_LLDP ||
		       sighting->lease_sec > 0;
	case SIGHTING_LEASE:
	case SIGHTING_ADDRESS:
		return true;
	case SIGHTING_RELEASE:
	case SIGHTING_NAK:
	case SIGHTING_REFUSED:
	case SIGHTING_KINDS:
		break;
	}
	return false;
}

bool
sightings_take(const struct sightings *sightings,
    const struct record_sighting *sighting, int64_t now)
{
	struct thing *thing;
	bool was_here;

	if (!is_sound(sighting))
		return false;
	if (lan_is_own_mac(sightings->lan, &sighting->mac) ||
	    lan_of_port(sightings->lan, sighting->ifindex) == NULL)
		return true;
	thing = things_find(sightings->things, &sighting->mac);
	if (sighting->kind == SIGHTING_REFUSED) {
		origin_refused(sightings->lan, thing, sighting);
		return true;
	}
	if (!origin_is_right(sightings->lan, thing, sighting))
		return true;
	if (moving_must_ask(sightings->lan, thing, sighting)) {
		moving_ask(sightings, thing, sighting, now);
		return true;
	}
	if (thing != NULL)
		moving_heard(thing, now);
	/* A MAC that is in our own books was here before, too. */
	was_here =
	    sighting->present != 0 || (thing != NULL && thing->mud != NULL);
	if (thing == NULL && !begins(sighting))
		return true;
	if (sighting->kind == SIGHTING_ADDRESS &&
	    !addresses_may_have(sightings, sighting))
		return true;
	if (thing == NULL && !may_come(sightings, sighting, now))
		return true;
	if (thing == NULL) {
		thing = add(sightings, &sighting->mac, now);
		tell_seen(sightings, thing, sighting->ifindex);
	} else {
		things_seen(sightings->things, thing, now);
	}
	apply_configured(sightings, thing, now);
	prove(sightings, thing, sighting, now);
	switch ((enum sighting_kind)sighting->kind) {
	case SIGHTING_REQUEST:
		if (sighting->carrier == CARRIER_LLDP)
			lldp_take(sightings, thing, sighting, was_here, now);
		else
			announce_take(
			    sightings, thing, sighting, was_here, now);
		break;
	case SIGHTING_LEASE:
		leases_take(sightings, thing, sighting, now);
		break;
	case SIGHTING_RELEASE:
		leases_release(sightings, thing, sighting);
		break;
	case SIGHTING_NAK:
		leases_nak(sightings, thing, sighting);
		break;
	case SIGHTING_ADDRESS:
		announce_port(sightings, thing, sighting->ifindex);
		addresses_take(sightings, thing, sighting, now);
		break;
	case SIGHTING_REFUSED:
	case SIGHTING_KINDS:
		return false;
	}
	return true;
}

int64_t
sightings_expire(const struct sightings *sightings, int64_t now)
{
	const int64_t leases = leases_expire(sightings, now);
	const int64_t lldp = lldp_expire(sightings, now);

	return leases < lldp ? leases : lldp;
}

/* ---- loading ----------------------------------------------------------- */

struct loading {
	const struct sightings *sightings;
	int64_t now;
};

static void
load_thing(void *arg, const struct state_thing *row)
{
	struct loading *loading = arg;
	const struct sightings *sightings = loading->sightings;
	const bool is_managed = row->url[0] != '\0';
	struct thing *thing;

	if (things_find(sightings->things, &row->mac) != NULL ||
	    (is_managed ? !things_has_room(sightings->things)
			: !config_names_host(sightings->config, &row->mac) &&
			      row->name[0] == '\0'))
		return;
	thing = add(sightings, &row->mac, row->first_seen);
	thing->is_stored = true;
	thing->last_seen = row->last_seen;
	if (!thing->has_configured_name)
		text_copy(thing->name, sizeof(thing->name), row->name);
	text_copy(thing->hostname, sizeof(thing->hostname), row->hostname);
	text_copy(thing->port_name, sizeof(thing->port_name), row->port);
	thingstore_flags(thing, row->flags);
	if (is_managed)
		announce_load(
		    sightings, thing, row->url, row->url_source, loading->now);
	thing->departed = row->departed;
	/* A section that was taken out of the configuration counts no more,
	 * but the Thing stays managed: what it announces next may change it. */
	if (row->url_source == STATE_SOURCE_CONFIG)
		admin_leave(sightings, thing);
	apply_configured(sightings, thing, loading->now);
	if (thing->source == STATE_SOURCE_LLDP)
		lldp_restore(thing, LLDP_TTL_SEC, loading->now);
}

static void
load_claim(void *arg, const struct state_claim *row)
{
	struct loading *loading = arg;
	struct thing *thing =
	    things_find(loading->sightings->things, &row->mac);

	if (thing == NULL || thing->mud == NULL)
		return;
	announce_restore(thing, row->source, row->url);
	if (row->source == STATE_SOURCE_LLDP)
		lldp_restore(thing, row->ttl_sec, loading->now);
}

static void
load_lease(void *arg, const struct state_lease *row)
{
	struct loading *loading = arg;
	struct thing *thing =
	    things_find(loading->sightings->things, &row->mac);

	if (thing == NULL)
		return;
	if (row->source != LEASE_NEIGHBOUR)
		(void)things_bind(loading->sightings->things, thing, &row->addr,
		    row->source, row->expires_at);
	else
		(void)things_notice(loading->sightings->things, thing,
		    &row->addr, row->expires_at);
}

void
sightings_load(const struct sightings *sightings, int64_t now)
{
	struct loading loading = { .sightings = sightings, .now = now };
	int things = state_load_things(sightings->state, load_thing, &loading);
	int leases = state_load_leases(sightings->state, load_lease, &loading);
	int claims = state_load_claims(sightings->state, load_claim, &loading);

	if (things != 0 || leases != 0 || claims != 0)
		log_warning("state: some stored devices could not be read");
	certificates_load(sightings);
}
