/*
 * Which MUD URL a Thing has, and who says so.  Role: engine.  Input: what
 * Things say of themselves, and what administrators say of them.
 */
#include "engine/things/announce.h"

#include <errno.h>
#include <string.h>

#include "core/log.h"
#include "engine/config.h"
#include "engine/events.h"
#include "engine/files/manager.h"
#include "engine/files/ownfiles.h"
#include "engine/files/signers.h"
#include "engine/lan.h"
#include "engine/state/state.h"
#include "engine/things/placing.h"
#include "engine/things/roaming.h"
#include "engine/things/sightings.h"
#include "engine/things/storing.h"
#include "engine/things/things.h"
#include "engine/things/thingstore.h"
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
	if (thing->certificate != NULL && thing->source != source)
		signers_due(thing->mud);
	thing->source = source;
	if (thing->strength == strength_of(source))
		return;
	thing->strength = strength_of(source);
	if (thing->mud != NULL)
		things_touch(sightings->things, thing);
}

/* Who beats whom: an administrator a certificate, that what anybody may say;
 * and mudd.conf mudctl, since it is read again at each start. */
static unsigned int
rank_of(enum state_source source)
{
	static const unsigned int ranks[STATE_SOURCES] = {
		[STATE_SOURCE_NONE] = 0,
		[STATE_SOURCE_DHCP4] = 1,
		[STATE_SOURCE_DHCP6] = 1,
		[STATE_SOURCE_LLDP] = 1,
		[STATE_SOURCE_X509] = 2,
		[STATE_SOURCE_ADMIN] = 3,
		[STATE_SOURCE_CONFIG] = 4,
	};

	return ranks[source];
}

/*
 * Another URL than the one in force.  Among those of one rank, only who said
 * that one may change it (S-42); and to another maker's nobody (M-SEC-5, S-45),
 * nor to one for another product of its maker's (S-37).
 */
static bool
may_change(
    const struct thing *thing, const struct url *url, enum state_source source)
{
	const unsigned int was = rank_of(thing->source), is = rank_of(source);

	if (thing->mud == NULL || thing->is_open || is > was)
		return true;
	if (is < was)
		return false;
	return is_by_administrator(source) ||
	       (source == thing->source &&
		   url_same_base(&thing->mud->url, url));
}

static void
say_no_url(const struct thing *thing, const struct fault *why)
{
	events_tell(EVENT_URL_ANNOUNCED, thing, "it is refused: %s: %s",
	    why->clause, why->detail);
}

static bool
has_room(const struct sightings *sightings, const struct thing *thing)
{
	if (thing->mud != NULL)
		return true;
	if (!things_has_room(sightings->things)) {
		events_tell(EVENT_LIMIT, thing,
		    "not managed: max-devices are managed already");
		return false;
	}
	if (thing->port != 0 &&
	    things_on_port(sightings->things, thing->port) >=
		sightings->config->max_devices_per_port) {
		events_tell(EVENT_LIMIT, thing,
		    "not managed: max-devices-per-port are managed on its port "
		    "already (S-61)");
		return false;
	}
	return true;
}

/* A URL that nobody may have is not wanted either: it would be fetched, and
 * kept. */
static bool
take_url(const struct sightings *sightings, struct thing *thing,
    const struct url *url, enum state_source source, int64_t now)
{
	struct mudurl *mud;
	struct fault why;

	if (!has_room(sightings, thing))
		return false;
	mud = manager_want(sightings->manager, url->text, now, &why);
	if (mud == NULL) {
		say_no_url(thing, &why);
		return false;
	}
	if (mud->asked_port == 0) {
		mud->asked_by = thing->mac;
		mud->asked_port = thing->port;
	}
	if (thing->certificate != NULL) {
		signers_due(thing->mud);
		signers_due(mud);
	}
	things_manage(sightings->things, thing, mud);
	announce_source(sightings, thing, source);
	return true;
}

/* It says what holds already.  Who says it better, or still says it where the
 * source of it does no more, is its source from now on. */
static void
agree(const struct sightings *sightings, struct thing *thing,
    enum state_source source)
{
	const unsigned int was = rank_of(thing->source), is = rank_of(source);

	if (is > was || thing->is_open ||
	    (is == was && !is_by_administrator(source) &&
		thing->claims.counts[thing->source] == NULL)) {
		announce_source(sightings, thing, source);
		thing->claims.is_dirty = true;
	}
}

/*
 * What is said and is not the URL in force: told once, flagged for as long as
 * it is so, and never fetched (S-42).  Where an administrator has decided
 * there is no question left.
 */
static void
judge(struct thing *thing)
{
	const bool is_asked = thing->mud != NULL && !thing->is_open &&
	                      !is_by_administrator(thing->source);

	thing->conflicted = false;
	for (size_t i = 0; i < CLAIM_SOURCES; i++) {
		struct claim *claim = thing->claims.counts[i];
		bool differs;

		if (claim == NULL)
			continue;
		differs =
		    is_asked && strcmp(claim->url, thing->mud->url.text) != 0;
		if (differs && !claim->differs)
			events_tell(EVENT_CONFLICT, thing,
			    "%s says %s, which does not count: it keeps %s, "
			    "which %s said",
			    state_source_name((enum state_source)i), claim->url,
			    thing->mud->url.text,
			    state_source_name(thing->source));
		thing->claims.is_dirty =
		    thing->claims.is_dirty || claim->differs != differs;
		claim->differs = differs;
		thing->conflicted = thing->conflicted || differs;
	}
}

/* True: it has another URL than before. */
static bool
manage(const struct sightings *sightings, struct thing *thing, const char *text,
    enum state_source source, int64_t now)
{
	bool is_new = false, had_url;
	struct fault why;
	struct url url;

	if (!(is_by_administrator(source) ? ownfiles_parse(text, &url, &why)
					  : url_parse(text, &url, &why))) {
		say_no_url(thing, &why);
		return false;
	}
	if (!is_by_administrator(source))
		(void)claims_count(&thing->claims, source, url.text);
	had_url = thing->mud != NULL;
	if (thing->mud != NULL && strcmp(thing->mud->url.text, url.text) == 0)
		agree(sightings, thing, source);
	else if (may_change(thing, &url, source))
		is_new = take_url(sightings, thing, &url, source, now);
	/* At a start it is as it was. */
	if (had_url)
		thing->is_open = false;
	/* What anybody may say brings nobody back: an exchange does. */
	if (thing->departed && rank_of(source) > rank_of(STATE_SOURCE_DHCP4) &&
	    thing->source == source)
		announce_return(sightings, thing);
	return is_new;
}

void
announce_manage(const struct sightings *sightings, struct thing *thing,
    const char *url, enum state_source source, int64_t now)
{
	if (manage(sightings, thing, url, source, now))
		events_tell(EVENT_URL_ANNOUNCED, thing, "%s %s by %s",
		    is_by_administrator(source) ? "is given" : "announces",
		    thing->mud->url.text, state_source_name(source));
	judge(thing);
}

void
announce_load(const struct sightings *sightings, struct thing *thing,
    const char *url, enum state_source source, int64_t now)
{
	(void)manage(sightings, thing, url, source, now);
	thing->claims.is_dirty = false;
}

void
announce_return(const struct sightings *sightings, struct thing *thing)
{
	if (!thing->departed)
		return;
	thing->departed = false;
	things_touch(sightings->things, thing);
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

enum state_source
announce_carrier(enum carrier carrier)
{
	switch (carrier) {
	case CARRIER_DHCP4:
		return STATE_SOURCE_DHCP4;
	case CARRIER_DHCP6:
		return STATE_SOURCE_DHCP6;
	case CARRIER_LLDP:
		return STATE_SOURCE_LLDP;
	case CARRIER_ND:
	case CARRIER_ARP:
	case CARRIERS:
		break;
	}
	return STATE_SOURCE_NONE;
}

static void
say_refused_url(struct thing *thing, const struct record_sighting *sighting)
{
	if (sighting->flagged != 0 && !thing->doubled) {
		thing->doubled = true;
		events_tell(EVENT_CONFLICT, thing,
		    "announces more than one MUD URL at once by %s: none "
		    "counts",
		    state_source_name(announce_carrier(sighting->carrier)));
	}
	/* LLDP is repeated every half minute. */
	if (sighting->carrier == CARRIER_LLDP) {
		const bool was_told = thing->lldp.is_refused;

		thing->lldp.is_refused = sighting->why.code != FAULT_NONE;
		if (was_told)
			return;
	}
	if (sighting->why.code != FAULT_NONE)
		say_no_url(thing, &sighting->why);
}

void
announce_keep(const struct sightings *sightings, struct thing *thing)
{
	if (!thing->claims.is_dirty || thing->mud == NULL)
		return;
	thing->claims.is_dirty = false;
	storing_due(sightings->storing, thing);
}

/* On a locked port nobody completes an exchange before he is a Thing, and to
 * be made one takes nothing from him. */
static void
take_at_once(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now)
{
	announce_port(sightings, thing, sighting->ifindex);
	announce_manage(sightings, thing, sighting->url,
	    announce_carrier(sighting->carrier), now);
	/* Not only once it has a lease: who restarts us meanwhile must not let
	 * it out. */
	storing_due(sightings->storing, thing);
}

/* It was said before, and did not count then either. */
static bool
is_old_news(
    const struct thing *thing, enum state_source source, const char *text)
{
	const struct claim *claim = thing->claims.counts[source];
	struct fault why;
	struct url url;

	return thing->mud != NULL && claim != NULL &&
	       strcmp(claim->url, text) == 0 && url_parse(text, &url, &why) &&
	       !may_change(thing, &url, source);
}

void
announce_take(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, bool was_here, int64_t now)
{
	const enum state_source source = announce_carrier(sighting->carrier);

	if (sighting->hostname[0] != '\0')
		text_copy(thing->hostname, sizeof(thing->hostname),
		    sighting->hostname);
	say_refused_url(thing, sighting);
	if (sighting->url[0] == '\0' ||
	    is_old_news(thing, source, sighting->url)) {
		claims_drop_waiting(&thing->claims, source);
		return;
	}
	if (!is_by_administrator(thing->source) &&
	    (!was_here || placing_is_locked(sightings->lan, sighting->ifindex)))
		take_at_once(sightings, thing, sighting, now);
	else if (thing->mud != NULL &&
		 strcmp(thing->mud->url.text, sighting->url) == 0)
		announce_manage(sightings, thing, sighting->url, source, now);
	else
		(void)claims_wait(&thing->claims, source, sighting->url,
		    sighting->ifindex, now,
		    source == STATE_SOURCE_LLDP ? now + sighting->lease_sec
						: INT64_MAX);
	announce_keep(sightings, thing);
}

void
announce_believe(const struct sightings *sightings, struct thing *thing,
    enum state_source source, int64_t now)
{
	const struct claim *claim = thing->claims.waits[source];
	char url[LIMIT_URL + 1];

	if (claim == NULL)
		return;
	text_copy(url, sizeof(url), claim->url);
	announce_manage(sightings, thing, url, source, now);
}

void
announce_confirm(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now)
{
	const enum state_source source = announce_carrier(sighting->carrier);
	struct claim **waits = thing->claims.waits;

	if (sighting->address.family != 0)
		thing->is_leased = true;
	/* First what the exchange itself has said: it is the source then. */
	if (waits[source] != NULL && waits[source]->port == sighting->ifindex)
		announce_believe(sightings, thing, source, now);
	claims_drop_waiting(&thing->claims, source);
	for (size_t i = 0; i < CLAIM_SOURCES; i++)
		if (waits[i] != NULL && waits[i]->port == sighting->ifindex)
			announce_believe(
			    sightings, thing, (enum state_source)i, now);
	/* Who has left by a lease that ended comes back by a lease. */
	if (sighting->address.family != 0 || !thing->is_leased)
		announce_return(sightings, thing);
}

void
announce_end(const struct sightings *sightings, struct thing *thing,
    enum state_source source)
{
	claims_drop(&thing->claims, source);
	judge(thing);
	announce_keep(sightings, thing);
}

void
announce_restore(struct thing *thing, enum state_source source, const char *url)
{
	struct claim *claim = claims_count(&thing->claims, source, url);

	/* It was told when it was new. */
	claim->differs = true;
	judge(thing);
	thing->claims.is_dirty = false;
}

int
announce_assign(const struct sightings *sightings, struct thing *thing,
    const char *text, int64_t now, struct fault *why)
{
	struct url url;

	if (!ownfiles_parse(text, &url, why))
		return -EINVAL;
	if (thing->source == STATE_SOURCE_CONFIG)
		return -EPERM;
	announce_manage(sightings, thing, url.text, STATE_SOURCE_ADMIN, now);
	if (thing->mud == NULL || strcmp(thing->mud->url.text, url.text) != 0)
		return -ENOSPC;
	announce_source(sightings, thing, STATE_SOURCE_ADMIN);
	judge(thing);
	thing->is_proven = true;
	return thingstore_put(sightings->state, thing) == 0 ? 0 : -EIO;
}
