/*
 * What certificates say of Things.  Role: engine.  Input: what a reader found
 * in a certificate whose chain is good; our own state read back.
 */
#include "engine/things/certificates.h"

#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "engine/events.h"
#include "engine/files/manager.h"
#include "engine/files/signers.h"
#include "engine/lan.h"
#include "engine/state/statecert.h"
#include "engine/things/announce.h"
#include "engine/things/sightings.h"
#include "engine/things/things.h"
#include "engine/things/thingstore.h"
#include "libmud/devcert.h"
#include "libmud/mem.h"

/* What is malformed is as if it were not there, but not in silence (M-X5-5). */
static void
tell_ignored(const struct mac *mac, const struct devcert *found)
{
	if (found->url_why.code == FAULT_DEVICE_EXTENSION)
		events_tell_mac(EVENT_CERTIFICATE_IGNORED, mac, "%s: %s: %s",
		    found->subject, found->url_why.clause,
		    found->url_why.detail);
	if (found->mudsigner_why.code == FAULT_DEVICE_EXTENSION)
		events_tell_mac(EVENT_CERTIFICATE_IGNORED, mac, "%s: %s: %s",
		    found->subject, found->mudsigner_why.clause,
		    found->mudsigner_why.detail);
}

static bool
is_same_url(const struct thing *thing, const struct devcert *found)
{
	return strcmp(thing->mud->url.text, found->url) == 0;
}

/* From now on it has this URL, by its certificate. */
static bool
manage(const struct sightings *sightings, struct thing *thing,
    const struct devcert *found, int64_t now, struct fault *why)
{
	if (thing->source == STATE_SOURCE_CONFIG ||
	    thing->source == STATE_SOURCE_ADMIN)
		return fault_set(why, FAULT_URL_CONFLICT,
		    "RFC 8520 s10 (M-URL-7)",
		    "an administrator gave this device its MUD URL, %s",
		    thing->mud == NULL ? "" : thing->mud->url.text);
	announce_manage(sightings, thing, found->url, STATE_SOURCE_X509, now);
	announce_keep(sightings, thing);
	if (thing->mud == NULL)
		return fault_set(why, FAULT_TOO_MANY, "S-61",
		    "as many devices are managed already as may be");
	if (!is_same_url(thing, found))
		return fault_set(why, FAULT_URL_CONFLICT,
		    "RFC 8520 s16 (M-SEC-5)",
		    "its certificate names %.80s, an earlier one another "
		    "maker's: %.80s",
		    found->url, thing->mud->url.text);
	thing->is_proven = true;
	return true;
}

static void
keep(struct thing *thing, const struct devcert *found, int64_t now)
{
	struct thing_certificate *kept = thing->certificate;

	if (kept == NULL)
		kept = thing->certificate = xcalloc(1, sizeof(*kept));
	memset(kept, 0, sizeof(*kept));
	text_copy(kept->subject, sizeof(kept->subject), found->subject);
	text_copy(kept->signer, sizeof(kept->signer), found->signer);
	text_copy(kept->serial, sizeof(kept->serial), found->serial);
	memcpy(
	    kept->fingerprint, found->fingerprint, sizeof(kept->fingerprint));
	memcpy(kept->mudsigner, found->mudsigner, sizeof(kept->mudsigner));
	kept->n_mudsigner = found->n_mudsigner;
	kept->seen_at = now;
}

static bool
store(const struct sightings *sightings, const struct thing *thing,
    struct fault *why)
{
	if (thingstore_put(sightings->state, thing) == 0 &&
	    state_put_certificate(
		sightings->state, &thing->mac, thing->certificate) == 0)
		return true;
	return fault_set(why, FAULT_INTERNAL, "R-1",
	    "it holds from now on, but could not be stored: a restart will "
	    "forget it");
}

bool
certificates_take(const struct sightings *sightings, const struct mac *mac,
    const struct devcert *found, int64_t now, struct fault *why)
{
	struct thing *thing = things_find(sightings->things, mac);
	struct mudurl *before = thing == NULL ? NULL : thing->mud;
	bool is_stored;

	if (!mac_is_host(mac) || lan_is_own_mac(sightings->lan, mac))
		return fault_set(why, FAULT_SPOOF, "S-49",
		    "that is the gateway's own MAC address, or no host's");
	tell_ignored(mac, found);
	/* A signer alone says something where there is a file to sign. */
	if (found->url[0] == '\0' &&
	    (thing == NULL || thing->mud == NULL || found->n_mudsigner == 0 ||
		thing->source == STATE_SOURCE_CONFIG ||
		thing->source == STATE_SOURCE_ADMIN)) {
		*why = found->url_why;
		return false;
	}
	if (thing == NULL)
		thing = sightings_add(sightings, mac, now);
	if (found->url[0] != '\0' && !manage(sightings, thing, found, now, why))
		return false;
	keep(thing, found, now);
	signers_due(before);
	signers_due(thing->mud);
	things_touch(sightings->things, thing);
	is_stored = store(sightings, thing, why);
	events_tell(EVENT_CERTIFICATE, thing, "%s, number %s%s%s",
	    found->subject, found->serial,
	    found->n_mudsigner == 0 ? "" : "; its MUD file is signed by ",
	    found->signer);
	return is_stored;
}

static void
load(void *arg, const struct mac *mac,
    const struct thing_certificate *certificate)
{
	const struct sightings *sightings = arg;
	struct thing *thing = things_find(sightings->things, mac);

	if (thing == NULL || thing->mud == NULL || thing->certificate != NULL ||
	    thing->source == STATE_SOURCE_CONFIG)
		return;
	thing->certificate = xcalloc(1, sizeof(*certificate));
	*thing->certificate = *certificate;
	signers_due(thing->mud);
}

void
certificates_load(const struct sightings *sightings)
{
	struct sightings *lent = (struct sightings *)(uintptr_t)sightings;

	if (state_load_certificates(sightings->state, load, lent) != 0)
		log_warning(
		    "state: some certificates of devices could not be read");
}
