/*
 * Which MUD URL a Thing has, and who says so.  Role: engine.  Input: what
 * Things say of themselves, and what administrators say of them.
 */
#include "engine/announce.h"

#include <errno.h>
#include <string.h>

#include "core/log.h"
#include "engine/certificates.h"
#include "engine/config.h"
#include "engine/events.h"
#include "engine/lan.h"
#include "engine/manager.h"
#include "engine/placing.h"
#include "engine/roaming.h"
#include "engine/sightings.h"
#include "engine/signers.h"
#include "engine/state.h"
#include "engine/storing.h"
#include "engine/things.h"
#include "engine/thingstore.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

/* What an administrator says beats what the Thing says (M-URL-7). */
static bool
is_by_administrator(enum state_source source)
{
	return source == STATE_SOURCE_CONFIG || source == STATE_SOURCE_ADMIN;
}

/* Who says which MUD URL it has; its classes follow that (S-40). */
void
announce_source(const struct sightings *sightings, struct thing *thing,
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

	/* certificates.c has its own say. */
	if (thing->mud == NULL || thing->is_open ||
	    is_by_administrator(source) || source == STATE_SOURCE_X509 ||
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
	events_tell(EVENT_URL_ANNOUNCED, thing, "it is refused: %s: %s",
	    why->clause, why->detail);
}

/* From now on it is managed under this URL.  A URL that nobody may have is
 * not wanted either: it would be fetched, and kept. */
void
announce_manage(const struct sightings *sightings, struct thing *thing,
    const char *text, enum state_source source, int64_t now)
{
	struct mudurl *mud;
	struct fault why;
	struct url url;

	if (!url_parse(text, &url, &why)) {
		say_no_url(thing, &why);
		return;
	}
	if (!may_change(thing, &url, source))
		return;
	if (thing->mud == NULL && !things_has_room(sightings->things)) {
		events_tell(EVENT_LIMIT, thing,
		    "not managed: max-devices are managed already");
		return;
	}
	if (thing->mud == NULL && thing->port != 0 &&
	    things_on_port(sightings->things, thing->port) >=
		sightings->config->max_devices_per_port) {
		events_tell(EVENT_LIMIT, thing,
		    "not managed: max-devices-per-port are managed on its port "
		    "already (S-61)");
		return;
	}
	mud = manager_want(sightings->manager, url.text, now, &why);
	if (mud == NULL) {
		say_no_url(thing, &why);
		return;
	}
	/* At a start it is as it was. */
	if (thing->mud != NULL)
		thing->is_open = false;
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
	events_tell(EVENT_URL_ANNOUNCED, thing, "%s %s",
	    is_by_administrator(source) ? "is given" : "announces",
	    mud->url.text);
	thing->departed = false;
	signers_due(thing->mud);
	signers_due(mud);
	things_manage(sightings->things, thing, mud);
	announce_source(sightings, thing, source);
}

void
announce_port(
    const struct sightings *sightings, struct thing *thing, uint32_t ifindex)
{
	const struct lan_link *port = lan_find(sightings->lan, ifindex);

	thing->port = ifindex;
	if (port == NULL || strcmp(thing->port_name, port->link.name) == 0)
		return;
	/* It was heard just now. */
	if (thing->mud != NULL && thing->port_name[0] != '\0')
		roaming_moved(sightings->things, thing, thing->port_name,
		    port->link.name, thing->last_seen);
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

void
announce_take(const struct sightings *sightings, struct thing *thing,
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
		announce_port(sightings, thing, sighting->ifindex);
		announce_manage(
		    sightings, thing, sighting->url, STATE_SOURCE_DHCP4, now);
		storing_due(sightings->storing, thing);
		return;
	}
	text_copy(thing->announced, sizeof(thing->announced), sighting->url);
	thing->announced_port = sighting->ifindex;
}

int
announce_assign(const struct sightings *sightings, struct thing *thing,
    const char *text, int64_t now, struct fault *why)
{
	struct url url;

	if (!url_parse(text, &url, why))
		return -EINVAL;
	if (thing->source == STATE_SOURCE_CONFIG)
		return -EPERM;
	announce_manage(sightings, thing, url.text, STATE_SOURCE_ADMIN, now);
	if (thing->mud == NULL || strcmp(thing->mud->url.text, url.text) != 0)
		return -ENOSPC;
	announce_source(sightings, thing, STATE_SOURCE_ADMIN);
	thing->conflicted = false;
	thing->announced[0] = '\0';
	thing->is_proven = true;
	certificates_drop(sightings, thing);
	return thingstore_put(sightings->state, thing) == 0 ? 0 : -EIO;
}
