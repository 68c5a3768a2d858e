/*
 * Device certificates, as they are handed over.  Role: engine.  Callers are
 * identified, their parameters are not trusted; a reader looks into the
 * certificate.
 */
#include "engine/control/certcalls.h"

#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "engine/control/calls.h"
#include "engine/control/put.h"
#include "engine/control/report.h"
#include "engine/engine.h"
#include "engine/events.h"
#include "engine/files/certjob.h"
#include "engine/things/certificates.h"
#include "libmud/limits.h"

/* As many wait as can be connected. */
#define WAITING_MAX LIMIT_CLIENTS

static void
refuse(const struct waiting *waiting, const struct fault *why)
{
	char reason[sizeof(*why) + 512];

	events_tell_mac(EVENT_CERTIFICATE_REFUSED, &waiting->mac, "%s: %s",
	    why->clause, why->detail);
	(void)snprintf(reason, sizeof(reason), "%s (%s). %s", why->detail,
	    why->clause, fault_remedy(why->code, false));
	calls_not_possible(waiting->call, reason);
}

static void
on_judged(void *arg, const struct devcert *found, const struct fault *why)
{
	struct waiting *waiting = arg;
	struct engine *engine = waiting->engine;
	struct fault own;

	waiting->certjob = NULL;
	engine_touch(engine);
	if (found != NULL &&
	    certificates_take(&engine->sightings, &waiting->mac, found,
		engine_now(engine), &own)) {
		waiting->what = WAIT_CERTIFIED;
		return;
	}
	refuse(waiting, found != NULL ? &own : why);
	calls_end(waiting);
}

/* A MAC that was never seen will do: EAP comes before all else. */
static bool
name_device(struct engine *engine, const char *text, struct mac *mac)
{
	const struct thing *thing;

	if (mac_parse(text, mac))
		return mac_is_host(mac);
	thing = things_find_text(engine->things, text);
	if (thing != NULL)
		*mac = thing->mac;
	return thing != NULL;
}

void
certcalls_take(void *arg, struct control_call *call, json_t *params, uid_t uid)
{
	struct commands *commands = arg;
	struct engine *engine = commands->engine;
	const char *who = calls_text(call, params, "device");
	const char *pem =
	    who == NULL ? NULL : calls_text(call, params, "certificate");
	struct waiting *waiting;
	char text[MAC_TEXT];
	struct mac mac;

	if (pem == NULL)
		return;
	if (!name_device(engine, who, &mac)) {
		calls_not_found(call, who);
		return;
	}
	if (strlen(pem) > LIMIT_DEVCERT) {
		calls_not_possible(
		    call, "the certificate is too large, its CAs included");
		return;
	}
	if (calls_count(commands, WAIT_JUDGED) >= WAITING_MAX) {
		control_error(call, CONTROL_BUSY, NULL);
		return;
	}
	log_info("%s: a certificate was handed over by uid %u",
	    mac_text(&mac, text), (unsigned int)uid);
	waiting = calls_wait(commands, call, WAIT_JUDGED);
	waiting->mac = mac;
	waiting->certjob =
	    certjob_start(engine->jobs, engine->options.materials,
		(struct bytes){ (const uint8_t *)pem, strlen(pem) },
		engine_now(engine), on_judged, waiting);
	if (waiting->certjob != NULL)
		return;
	control_error(call, CONTROL_BUSY, NULL);
	calls_end(waiting);
}

bool
certcalls_answer(struct engine *engine, const struct waiting *waiting)
{
	const struct thing *thing = things_find(engine->things, &waiting->mac);
	json_t *answer;
	char mac[MAC_TEXT];

	if (thing == NULL || thing->mud == NULL || thing->certificate == NULL) {
		calls_not_found(waiting->call, "it has gone");
		return true;
	}
	if (!plan_is_idle(engine->plan))
		return false;
	answer = json_object();
	put_text(answer, "mac", mac_text(&thing->mac, mac));
	put_text(answer, "mud_url", thing->mud->url.text);
	report_certificate(answer, thing->certificate);
	control_reply(waiting->call, answer);
	return true;
}
