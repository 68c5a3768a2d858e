/*
 * Whether a message came in where its sender is.  Role: engine.  Input: the
 * watcher's records; anybody on the LAN can send in anybody's name.
 */
#include "engine/things/origin.h"

#include "core/log.h"
#include "core/records.h"
#include "engine/events.h"
#include "engine/lan.h"
#include "engine/things/things.h"

static const char *
name_of(struct lan *lan, uint32_t ifindex)
{
	const struct lan_link *port = lan_find(lan, ifindex);

	return port == NULL ? "?" : port->link.name;
}

static void
say_spoof(struct lan *lan, struct thing *thing,
    const struct record_sighting *sighting, uint32_t port)
{
	char mac[MAC_TEXT];

	if (thing != NULL)
		thing->spoofed = true;
	events_tell(EVENT_SPOOF, thing,
	    "a message in the name of %s came in by port %s, it is known on "
	    "port %s; nothing changes",
	    mac_text(&sighting->mac, mac), name_of(lan, sighting->ifindex),
	    name_of(lan, port));
}

static bool
is_managed(const struct thing *thing)
{
	return thing != NULL && thing->mud != NULL;
}

/* The port where we have it, if that is there and up, else NULL. */
static const struct lan_link *
port_in_books(struct lan *lan, const struct thing *thing)
{
	const struct lan_link *port;

	if (thing == NULL || thing->port_name[0] == '\0')
		return NULL;
	port = lan_find_name(lan, thing->port_name);
	return port != NULL && port->link.is_up != 0 ? port : NULL;
}

/*
 * The port that a MAC is known on: a Thing's by our own books, and else by the
 * bridge before this frame, or by them.  0: on none.  What a bridge learns is
 * no word against the books: while a Thing is silent the guard lets others ask
 * for an address in its name.  It is held by no port that is down (S-47).
 */
static uint32_t
port_of(struct lan *lan, const struct thing *thing,
    const struct record_sighting *sighting)
{
	const struct lan_link *books = port_in_books(lan, thing), *known;

	if (is_managed(thing) && !thing->departed && books != NULL)
		return books->link.ifindex;
	if (sighting->known_ifindex == 0)
		return books != NULL ? books->link.ifindex : 0;
	known = lan_find(lan, sighting->known_ifindex);
	if (is_managed(thing) && (known == NULL || known->link.is_up == 0))
		return 0;
	return sighting->known_ifindex;
}

bool
origin_is_right(struct lan *lan, struct thing *thing,
    const struct record_sighting *sighting)
{
	uint32_t port = port_of(lan, thing, sighting);
	char mac[MAC_TEXT];

	if (port == sighting->ifindex)
		return true;
	/* A Thing has moved where the guard lets it: its old port has been
	 * silent, or the bridge would not have it on the new one. */
	if (is_managed(thing) && sighting->kind == SIGHTING_LEASE &&
	    sighting->now_ifindex == sighting->ifindex)
		return true;
	if (port != 0) {
		say_spoof(lan, thing, sighting, port);
		return false;
	}
	if (sighting->present == 0 || is_managed(thing))
		return true;
	log_debug("%s: is present, but nobody knows where: port %u has no say",
	    mac_text(&sighting->mac, mac), sighting->ifindex);
	return false;
}

void
origin_refused(struct lan *lan, struct thing *thing,
    const struct record_sighting *sighting)
{
	if (thing != NULL && sighting->why.code == FAULT_SPOOF)
		thing->spoofed = true;
	if (thing != NULL)
		events_tell(EVENT_SPOOF, thing,
		    "by port %s: %s: %s; nothing changes",
		    name_of(lan, sighting->ifindex), sighting->why.clause,
		    sighting->why.detail);
	else
		events_tell_mac(EVENT_SPOOF, &sighting->mac,
		    "by port %s: %s: %s; nothing changes",
		    name_of(lan, sighting->ifindex), sighting->why.clause,
		    sighting->why.detail);
}
