/*
 * Things, as the state keeps them.  Role: engine.
 */
#include "engine/things/thingstore.h"

#include <string.h>

#include "core/log.h"
#include "engine/files/mudurl.h"
#include "engine/state/state.h"
#include "engine/state/stateclaims.h"
#include "engine/things/modes.h"
#include "engine/things/things.h"
#include "libmud/mem.h"

#define FLAG_CONFLICTED 1u
#define FLAG_SPOOFED    2u
#define FLAG_DOUBLED    4u
#define FLAG_STRANGER   8u
#define FLAG_LEASED     128u /* between them modes.h's */
#define FLAG_OPEN       0x1000u

bool
thingstore_keeps(const struct thing *thing)
{
	return thing->mud != NULL || thing->is_named ||
	       (thing->name[0] != '\0' && !thing->has_configured_name);
}

/* What comes again by itself, and says no more than is known, is not kept. */
static bool
is_kept_claim(const struct thing *thing, size_t source)
{
	const struct claim *claim = thing->claims.counts[source];

	return claim != NULL &&
	       (claim->differs || (source == STATE_SOURCE_LLDP &&
				      thing->source == STATE_SOURCE_LLDP));
}

static int
put_claims(struct state *state, const struct thing *thing)
{
	int error = state_delete_claims(state, &thing->mac);

	for (size_t i = 0; error == 0 && i < CLAIM_SOURCES; i++) {
		struct state_claim row = {
			.mac = thing->mac,
			.source = (enum state_source)i,
		};

		if (!is_kept_claim(thing, i))
			continue;
		text_copy(
		    row.url, sizeof(row.url), thing->claims.counts[i]->url);
		if (row.source == STATE_SOURCE_LLDP)
			row.ttl_sec = thing->lldp.ttl_sec;
		error = state_put_claim(state, &row);
	}
	return error;
}

int
thingstore_put(struct state *state, const struct thing *thing)
{
	struct state_thing row = {
		.mac = thing->mac,
		.url_source =
		    thing->mud == NULL ? STATE_SOURCE_NONE : thing->source,
		.first_seen = thing->first_seen,
		.last_seen = thing->last_seen,
		.departed = thing->departed,
		.flags = (thing->conflicted ? FLAG_CONFLICTED : 0) |
		         (thing->spoofed ? FLAG_SPOOFED : 0) |
		         (thing->doubled ? FLAG_DOUBLED : 0) |
		         (thing->is_proven ? 0 : FLAG_STRANGER) |
		         (thing->is_leased ? FLAG_LEASED : 0) |
		         (thing->is_open ? FLAG_OPEN : 0) |
		         modes_to_flags(thing),
	};
	int error;

	if (!thingstore_keeps(thing))
		return 0;
	if (thing->mud != NULL)
		text_copy(row.url, sizeof(row.url), thing->mud->url.text);
	/* What mudd.conf says is there at each start. */
	if (!thing->has_configured_name)
		text_copy(row.name, sizeof(row.name), thing->name);
	text_copy(row.hostname, sizeof(row.hostname), thing->hostname);
	text_copy(row.port, sizeof(row.port), thing->port_name);
	error = state_put_thing(state, &row);
	if (error == 0)
		error = state_delete_leases(state, &thing->mac);
	for (size_t i = 0; error == 0 && i < thing->n_leases; i++) {
		struct state_lease lease = {
			.mac = thing->mac,
			.addr = thing->leases[i].addr,
			.expires_at = thing->leases[i].expires_at,
			.source = thing->leases[i].source,
		};

		error = state_put_lease(state, &lease);
	}
	if (error == 0 && thing->mud != NULL)
		error = put_claims(state, thing);
	if (error < 0) {
		char mac[MAC_TEXT];

		log_error("%s: cannot store it: %s", mac_text(&thing->mac, mac),
		    strerror(-error));
	}
	return error;
}

void
thingstore_flags(struct thing *thing, uint32_t flags)
{
	thing->conflicted = (flags & FLAG_CONFLICTED) != 0;
	thing->spoofed = (flags & FLAG_SPOOFED) != 0;
	thing->doubled = (flags & FLAG_DOUBLED) != 0;
	thing->is_proven = (flags & FLAG_STRANGER) == 0;
	thing->is_leased = (flags & FLAG_LEASED) != 0;
	thing->is_open = (flags & FLAG_OPEN) != 0;
	modes_from_flags(thing, flags);
}
