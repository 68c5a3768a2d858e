/*
 * Moves that may be none.  Role: engine.  Input: the watcher's records; anybody
 * on the LAN can send in anybody's name.
 */
#include "engine/things/moving.h"

#include "core/channel.h"
#include "core/records.h"
#include "engine/events.h"
#include "engine/lan.h"
#include "engine/things/leases.h"
#include "engine/things/roaming.h"
#include "engine/things/sightings.h"
#include "engine/things/things.h"

bool
moving_must_ask(struct lan *lan, const struct thing *thing,
    const struct record_sighting *sighting)
{
	const struct lan_link *port;

	if (thing == NULL || thing->mud == NULL || thing->departed ||
	    thing->port_name[0] == '\0' || thing->n_leases == 0 ||
	    sighting->kind != SIGHTING_LEASE)
		return false;
	port = lan_find_name(lan, thing->port_name);
	return port != NULL && port->link.is_up != 0 &&
	       port->link.ifindex != sighting->ifindex;
}

void
moving_ask(const struct sightings *sightings, struct thing *thing,
    const struct record_sighting *sighting, int64_t now)
{
	const struct lan_link *to = lan_find(sightings->lan, sighting->ifindex);
	struct moving *moving = &thing->moving;

	things_seen(sightings->things, thing, now);
	if (moving->due == 0)
		events_tell(EVENT_MOVED, thing,
		    "perhaps, from port %s to port %s: it is asked for on the "
		    "former",
		    thing->port_name, to == NULL ? "?" : to->link.name);
	/* Whoever goes on and on is asked once all the same. */
	*moving = (struct moving){
		.due = moving->due != 0 ? moving->due : now + MOVING_SEC,
		.is_asked = moving->is_asked,
		.carrier = sighting->carrier,
		.ifindex = sighting->ifindex,
		.lease_sec = sighting->lease_sec,
		.address = sighting->address,
	};
}

void
moving_heard(struct thing *thing, int64_t now)
{
	if (thing->moving.due == 0)
		return;
	thing->moving = (struct moving){ 0 };
	thing->spoofed = true;
	roaming_clash(thing, now);
}

static void
ask(const struct sightings *sightings, struct channel *mudd,
    struct thing *thing)
{
	const struct lan_link *port =
	    lan_find_name(sightings->lan, thing->port_name);
	const struct lan_link *lan =
	    port == NULL ? NULL
			 : lan_of_port(sightings->lan, port->link.ifindex);

	thing->moving.is_asked = true;
	for (size_t i = 0; lan != NULL && i < thing->n_leases; i++) {
		const struct record_ask record = {
			.ifindex = lan->link.ifindex,
			.addr = thing->leases[i].addr,
		};

		channel_send(mudd, RECORD_ASK, &record, NULL, 0);
	}
}

struct ticking {
	const struct sightings *sightings;
	struct channel *mudd;
	int64_t now, next;
};

static void
tick_thing(void *arg, struct thing *thing)
{
	struct ticking *ticking = arg;
	const struct moving moving = thing->moving;
	struct record_sighting lease = {
		.kind = SIGHTING_LEASE,
		.carrier = moving.carrier,
		.mac = thing->mac,
		.ifindex = moving.ifindex,
		.lease_sec = moving.lease_sec,
		.address = moving.address,
	};

	if (moving.due == 0)
		return;
	if (!moving.is_asked)
		ask(ticking->sightings, ticking->mudd, thing);
	if (moving.due > ticking->now) {
		if (moving.due < ticking->next)
			ticking->next = moving.due;
		return;
	}
	thing->moving = (struct moving){ 0 };
	thing->last_seen = ticking->now;
	/* It may have gone since, and the port too. */
	if (lan_of_port(ticking->sightings->lan, moving.ifindex) != NULL)
		leases_take(ticking->sightings, thing, &lease, ticking->now);
}

int64_t
moving_tick(
    const struct sightings *sightings, struct channel *mudd, int64_t now)
{
	struct ticking ticking = {
		.sightings = sightings,
		.mudd = mudd,
		.now = now,
		.next = INT64_MAX,
	};

	things_each(sightings->things, tick_thing, &ticking);
	return ticking.next;
}
