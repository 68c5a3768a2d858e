/*
 * What a sighting means.  Role: engine.  Input: the watcher's records; it
 * parsed what the LAN said, and anybody on the LAN can say anything.
 */
#include "engine/sightings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/log.h"
#include "core/msg.h"
#include "engine/addresses.h"
#include "engine/config.h"
#include "engine/lan.h"
#include "engine/manager.h"
#include "engine/modes.h"
#include "engine/origin.h"
#include "engine/placing.h"
#include "engine/state.h"
#include "engine/things.h"
#include "engine/thingstore.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

/* Nobody's lease is longer than that, whatever its server says. */
#define LEASE_MAX_SEC (366 * 86400)

/* ---- announcements ----------------------------------------------------- */

/* What an administrator says beats what the Thing says (M-URL-7). */
static bool
is_by_administrator(enum state_source source)
{
	return source == STATE_SOURCE_CONFIG || source == STATE_SOURCE_ADMIN;
}

/* Who says which MUD URL it has; its classes follow that (S-40). */
static void
set_source(const struct sightings *sightings, struct thing *thing,
    enum state_source source)
{
	thing->source = source;
	if (thing->strength == strength_of(source))
		return;
	thing->strength = strength_of(source);
	if (thing->mud != NULL)
		things_touch(sightings->things, thing);
}

/* Another maker's URL from a known Thing is not believed (M-SEC-5, S-45), nor
 * one for another product of its maker's (S-37). */
static bool
may_change(struct thing *thing, const struct url *url, enum state_source source)
{
	char mac[MAC_TEXT];

	if (thing->mud == NULL || is_by_administrator(source) ||
	    strcmp(thing->mud->url.text, url->text) == 0)
		return true;
	if (url_same_base(&thing->mud->url, url) &&
	    thing->source == STATE_SOURCE_DHCP4)
		return true;
	if (!thing->conflicted)
		log_warning("%s: announces %s, keeps %s",
		    mac_text(&thing->mac, mac), url->text,
		    thing->mud->url.text);
	thing->conflicted = true;
	return false;
}

static void
say_no_url(const struct thing *thing, const struct fault *why)
{
	char mac[MAC_TEXT];

	log_warning("%s: its MUD URL is refused: %s: %s",
	    mac_text(&thing->mac, mac), why->clause, why->detail);
}

/* From now on it is managed under this URL.  A URL that nobody may have is
 * not wanted either: it would be fetched, and kept. */
static void
manage(const struct sightings *sightings, struct thing *thing, const char *text,
    enum state_source source, int64_t now)
{
	struct mudurl *mud;
	struct fault why;
	struct url url;
	char mac[MAC_TEXT];

	if (!url_parse(text, &url, &why)) {
		say_no_url(thing, &why);
		return;
	}
	if (!may_change(thing, &url, source))
		return;
	if (thing->mud == NULL && !things_has_room(sightings->things)) {
		log_error("%s: not managed: max-devices are managed already",
		    mac_text(&thing->mac, mac));
		return;
	}
	if (thing->mud == NULL && thing->port != 0 &&
	    things_on_port(sightings->things, thing->port) >=
		LIMIT_PORT_THINGS) {
		log_warning("%s: not managed: %d devices are managed on its "
			    "port already (S-61)",
		    mac_text(&thing->mac, mac), LIMIT_PORT_THINGS);
		return;
	}
	mud = manager_want(sightings->manager, url.text, now, &why);
	if (mud == NULL) {
		say_no_url(thing, &why);
		return;
	}
	if (thing->mud == mud) {
		if (thing->departed)
			things_touch(sightings->things, thing);
		thing->departed = false;
		return;
	}
	if (mud->asked_port == 0) {
		mud->asked_by = thing->mac;
		mud->asked_port = thing->port;
	}
	log_info("%s: %s %s", mac_text(&thing->mac, mac),
	    is_by_administrator(source) ? "is given" : "announces",
	    mud->url.text);
	thing->departed = false;
	things_manage(sightings->things, thing, mud);
	set_source(sightings, thing, source);
}

static void
note_port(
    const struct sightings *sightings, struct thing *thing, uint32_t ifindex)
{
	const struct lan_link *port = lan_find(sightings->lan, ifindex);

	thing->port = ifindex;
	if (port == NULL || strcmp(thing->port_name, port->link.name) == 0)
		return;
	text_copy(thing->port_name, sizeof(thing->port_name), port->link.name);
	if (thing->mud != NULL)
		things_touch(sightings->things, thing);
}

static void
say_refused_url(struct thing *thing, const struct record_sighting *sighting)
{
	char mac[MAC_TEXT];

	if (sighting->flagged != 0 && !thing->doubled) {
		thing->doubled = true;
		log_warning("%s: announces more than one MUD URL: none counts",
		    mac_text(&thing->mac, mac));
	}
	if (sighting->why.code != FAULT_NONE)
		say_no_url(thing, &sighting->why);
}

static void
on_request(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, bool was_here, int64_t now)
{
	if (sighting->hostname[0] != '\0')
		text_copy(thing->hostname, sizeof(thing->hostname),
		    sighting->hostname);
	say_refused_url(thing, sighting);
	thing->announced[0] = '\0';
	if (sighting->url[0] == '\0' || is_by_administrator(thing->source))
		return;
	/* On a locked port nobody completes an exchange before he is a Thing,
	 * and to be made one takes nothing from him. */
	if (!was_here || placing_is_locked(sightings->lan, sighting->ifindex)) {
		note_port(sightings, thing, sighting->ifindex);
		manage(
		    sightings, thing, sighting->url, STATE_SOURCE_DHCP4, now);
		/* Not only once it has a lease: who restarts us meanwhile
		 * must not let it out. */
		(void)thingstore_put(sightings->state, thing);
		return;
	}
	text_copy(thing->announced, sizeof(thing->announced), sighting->url);
	thing->announced_port = sighting->ifindex;
}

/* ---- leases ------------------------------------------------------------ */

static void
depart(const struct sightings *sightings, struct thing *thing, const char *how)
{
	char mac[MAC_TEXT];

	if (thing->mud == NULL || thing->departed)
		return;
	thing->departed = true;
	things_touch(sightings->things, thing);
	log_info("%s: departed: %s", mac_text(&thing->mac, mac), how);
}

static void
on_lease(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now)
{
	int64_t length = sighting->lease_sec < LEASE_MAX_SEC
	                     ? sighting->lease_sec
	                     : LEASE_MAX_SEC;
	char mac[MAC_TEXT], addr[ADDR_TEXT];
	struct thing *owner;

	if (!lan_may_lend(
		sightings->lan, sighting->ifindex, &sighting->address)) {
		log_warning("%s: %s is no address for a device there: the "
			    "lease does not count",
		    mac_text(&thing->mac, mac),
		    addr_text(&sighting->address, addr));
		return;
	}
	note_port(sightings, thing, sighting->ifindex);
	if (thing->announced[0] != '\0' &&
	    thing->announced_port == sighting->ifindex)
		manage(sightings, thing, thing->announced, STATE_SOURCE_DHCP4,
		    now);
	thing->announced[0] = '\0';
	if (thing->departed) {
		thing->departed = false;
		things_touch(sightings->things, thing);
	}
	owner = things_find_addr(sightings->things, &sighting->address);
	if (owner != NULL && owner != thing)
		thingstore_drop_lease(
		    sightings->state, owner, &sighting->address);
	if (owner != thing)
		addresses_make_room(sightings, thing, sighting->address.family);
	if (things_bind(
		sightings->things, thing, &sighting->address, now + length))
		log_info("%s: has %s for %lld s", mac_text(&thing->mac, mac),
		    addr_text(&sighting->address, addr), (long long)length);
	(void)thingstore_put(sightings->state, thing);
}

static void
on_release(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting)
{
	if (!things_unbind(sightings->things, thing, &sighting->address))
		return;
	thingstore_drop_lease(sightings->state, thing, &sighting->address);
	if (!things_has_lease(thing, LEASE_DHCP4)) {
		addresses_drop(sightings, thing, LEASE_NEIGHBOUR);
		depart(sightings, thing, "it released its lease");
	}
	(void)thingstore_put(sightings->state, thing);
}

static void
on_nak(const struct sightings *sightings, struct thing *thing)
{
	/* The server denies it whatever it asked for: it has nothing now. */
	addresses_drop(sightings, thing, LEASE_DHCP4);
}

/* ---- sightings --------------------------------------------------------- */

static bool
is_sound(const struct record_sighting *sighting)
{
	if (sighting->kind >= SIGHTING_KINDS || sighting->present > 1 ||
	    sighting->flagged > 1 || sighting->ifindex == 0 ||
	    !mac_is_host(&sighting->mac) ||
	    !msg_text_ends(sighting->url, sizeof(sighting->url)) ||
	    !msg_text_ends(sighting->hostname, sizeof(sighting->hostname)) ||
	    !fault_is_sound(&sighting->why))
		return false;
	if (sighting->kind == SIGHTING_LEASE)
		return sighting->address.family == 4 &&
		       addr_is_host(&sighting->address);
	if (sighting->kind == SIGHTING_ADDRESS)
		return sighting->address.family == 6 &&
		       addr_is_host(&sighting->address);
	return true;
}

static struct thing *
find_or_add(
    const struct sightings *sightings, const struct mac *mac, int64_t now)
{
	struct thing *thing = things_find(sightings->things, mac);
	const struct config_device *device;

	if (thing != NULL) {
		things_seen(sightings->things, thing, now);
		return thing;
	}
	thing = things_add(sightings->things, mac, now);
	thing->is_named = config_names_host(sightings->config, mac);
	device = config_find_device(sightings->config, mac);
	if (device != NULL) {
		text_copy(thing->name, sizeof(thing->name), device->name);
		modes_configure(thing, device);
	}
	return thing;
}

/* What the administrator wrote down beats what the Thing says (M-URL-7). */
static void
apply_configured(
    const struct sightings *sightings, struct thing *thing, int64_t now)
{
	const struct config_device *device =
	    config_find_device(sightings->config, &thing->mac);

	if (device != NULL && device->mud_url[0] != '\0' &&
	    thing->source != STATE_SOURCE_CONFIG) {
		manage(sightings, thing, device->mud_url, STATE_SOURCE_CONFIG,
		    now);
		set_source(sightings, thing, STATE_SOURCE_CONFIG);
	}
}

int
sightings_assign(const struct sightings *sightings, struct thing *thing,
    const char *text, int64_t now, struct fault *why)
{
	struct url url;

	if (!url_parse(text, &url, why))
		return -EINVAL;
	if (thing->source == STATE_SOURCE_CONFIG)
		return -EPERM;
	manage(sightings, thing, url.text, STATE_SOURCE_ADMIN, now);
	if (thing->mud == NULL || strcmp(thing->mud->url.text, url.text) != 0)
		return -ENOSPC;
	set_source(sightings, thing, STATE_SOURCE_ADMIN);
	thing->conflicted = false;
	thing->announced[0] = '\0';
	return thingstore_put(sightings->state, thing) == 0 ? 0 : -EIO;
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
	if (!origin_is_right(sightings->lan, thing, sighting))
		return true;
	/* A MAC that is in our own books was here before, too. */
	was_here =
	    sighting->present != 0 || (thing != NULL && thing->mud != NULL);
	if (thing == NULL && sighting->kind != SIGHTING_REQUEST &&
	    sighting->kind != SIGHTING_LEASE &&
	    sighting->kind != SIGHTING_ADDRESS)
		return true;
	if (sighting->kind == SIGHTING_ADDRESS &&
	    !addresses_may_have(sightings, sighting))
		return true;
	thing = find_or_add(sightings, &sighting->mac, now);
	apply_configured(sightings, thing, now);
	switch ((enum sighting_kind)sighting->kind) {
	case SIGHTING_REQUEST:
		on_request(sightings, thing, sighting, was_here, now);
		break;
	case SIGHTING_LEASE:
		on_lease(sightings, thing, sighting, now);
		break;
	case SIGHTING_RELEASE:
		on_release(sightings, thing, sighting);
		break;
	case SIGHTING_NAK:
		on_nak(sightings, thing);
		break;
	case SIGHTING_ADDRESS:
		note_port(sightings, thing, sighting->ifindex);
		addresses_take(sightings, thing, &sighting->address, now);
		break;
	case SIGHTING_KINDS:
		return false;
	}
	return true;
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

	for (size_t i = 0; i < thing->n_leases;) {
		struct lease lease = thing->leases[i];

		if (lease.expires_at > expiring->now) {
			if (lease.expires_at < expiring->next)
				expiring->next = lease.expires_at;
			i++;
			continue;
		}
		(void)things_unbind(
		    expiring->sightings->things, thing, &lease.addr);
		thingstore_drop_lease(
		    expiring->sightings->state, thing, &lease.addr);
		/* Who does not renew its lease has gone; an address that it
		 * gave itself would only be missed much later. */
		if (lease.source != LEASE_DHCP4 ||
		    things_has_lease(thing, LEASE_DHCP4))
			continue;
		addresses_drop(expiring->sightings, thing, LEASE_NEIGHBOUR);
		depart(expiring->sightings, thing, "its lease has expired");
		(void)thingstore_put(expiring->sightings->state, thing);
	}
}

int64_t
sightings_expire(const struct sightings *sightings, int64_t now)
{
	struct expiring expiring = {
		.sightings = sightings,
		.now = now,
		.next = INT64_MAX,
	};

	things_each(sightings->things, expire_thing, &expiring);
	return expiring.next;
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
			: !config_names_host(sightings->config, &row->mac)))
		return;
	thing = find_or_add(sightings, &row->mac, row->first_seen);
	thing->last_seen = row->last_seen;
	text_copy(thing->hostname, sizeof(thing->hostname), row->hostname);
	text_copy(thing->port_name, sizeof(thing->port_name), row->port);
	thingstore_flags(thing, row->flags);
	if (is_managed)
		manage(
		    sightings, thing, row->url, row->url_source, loading->now);
	thing->departed = row->departed;
	/* A section that was taken out of the configuration counts no more,
	 * but the Thing stays managed: what it announces next may change it. */
	if (row->url_source == STATE_SOURCE_CONFIG)
		set_source(sightings, thing, STATE_SOURCE_DHCP4);
	apply_configured(sightings, thing, loading->now);
}

static void
load_lease(void *arg, const struct state_lease *row)
{
	struct loading *loading = arg;
	struct thing *thing =
	    things_find(loading->sightings->things, &row->mac);

	if (thing == NULL)
		return;
	if (row->addr.family == 4)
		(void)things_bind(loading->sightings->things, thing, &row->addr,
		    row->expires_at);
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

	if (things != 0 || leases != 0)
		log_warning("state: some stored devices could not be read");
}
