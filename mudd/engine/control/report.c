/*
 * What the engine knows, as JSON.  Role: engine.  Texts of Things and MUD
 * files are handed on as they are: whoever prints them escapes them (S-71).
 */
#include <config.h>

#include "engine/control/report.h"

#include <string.h>

#include "engine/config.h"
#include "engine/control/dropcalls.h"
#include "engine/control/put.h"
#include "engine/engine.h"
#include "engine/files/ownfiles.h"
#include "engine/files/rejudge.h"
#include "engine/files/signers.h"
#include "engine/things/absence.h"
#include "engine/things/modes.h"
#include "libmud/fault.h"

/* Of what was denied to a device: enough to see what it lacks. */
#define DENIED_SHOWN 5

json_t *
report_digest(const uint8_t digest[32])
{
	json_t *answer = json_object();

	put_digest(answer, "digest", digest);
	return answer;
}

/* ---- devices ----------------------------------------------------------- */

/* True is what stands in the kernel: until its rules and its names' addresses
 * do, a Thing that will be enforced is still being fetched for, as far as
 * anybody can tell. */
const char *
report_state(const struct engine *engine, const struct thing *thing)
{
	bool enforces = engine->options.config->mode != CONFIG_MONITOR;

	if (thing->mud == NULL)
		return "unknown";
	if (enforces && thing->installed &&
	    plan_stands(engine->plan, thing->batch)) {
		if (thing->installed_mode == CONFIG_QUARANTINE)
			return "quarantined";
		if (thing->installed_mode == CONFIG_DENY)
			return "denied";
	}
	switch (mudurl_standing(thing->mud)) {
	case STANDING_FETCHING:
		return "fetching";
	case STANDING_PENDING:
		return "pending";
	case STANDING_REFUSED:
		return "refused";
	case STANDING_ENFORCED:
		if (!signers_serve(thing))
			return "pending";
		if (!plan_stands(engine->plan, thing->batch) ||
		    !plan_has_names(engine->plan, thing->mud->accepted->policy))
			return "fetching";
		return enforces && thing->installed_mode != CONFIG_MONITOR
		           ? "enforced"
		           : "monitored";
	}
	return "unknown";
}

static void
put_flags(
    const struct engine *engine, json_t *object, const struct thing *thing)
{
	const struct {
		bool is_set;
		const char *name;
	} flags[] = {
		{ thing->departed, "departed" },
		{ thing->conflicted, "conflict" },
		{ thing->spoofed, "spoof" },
		{ thing->doubled, "two-urls" },
		{ absence_is_random(&thing->mac), "random-mac" },
		{ thing->roaming.clashes_until != 0, "two-ports" },
		{ thing->roaming.flaps_until != 0, "flapping" },
		{ thing->mud != NULL &&
			rejudge_is_frozen(engine->trust, thing->mud),
		    "frozen" },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (flags[i].is_set)
			(void)json_array_append_new(
			    list, json_string(flags[i].name));
	put_value(object, "flags", list);
}

static void
put_place(struct engine *engine, json_t *object, const struct thing *thing)
{
	const struct lan_link *lan = lan_of_port(&engine->lan, thing->port);
	char text[ADDR_TEXT];
	json_t *list = json_array();

	if (lan != NULL)
		put_text(object, "interface", lan->link.name);
	put_text(object, "port", thing->port_name);
	for (size_t i = 0; i < thing->n_leases; i++)
		(void)json_array_append_new(
		    list, json_string(addr_text(&thing->leases[i].addr, text)));
	put_value(object, "addresses", list);
}

static void
put_file(json_t *object, const struct thing *thing)
{
	const struct mudurl *mud = thing->mud;
	const struct version *version;

	if (mud == NULL)
		return;
	put_text(object, "mud_url", mud->url.text);
	if (mud->is_own)
		put_text(object, "mud_file", ownfiles_name(mud->url.text));
	put_text(object, "url_source", state_source_name(thing->source));
	put_fault(object, "fault", mudurl_fault(mud), mudurl_remedy(mud));
	if (mudurl_waiting(mud) != NULL)
		put_text(object, "pending_id", mud->id);
	if (mudurl_standing(mud) != STANDING_ENFORCED && mud->is_wanted)
		put_time(object, "next_try", mud->next_fetch_at);
	version = mud->accepted != NULL ? mud->accepted : mud->candidate;
	if (version == NULL)
		return;
	put_text(object, "manufacturer", version->info.manufacturer);
	put_text(object, "model", version->info.model);
	put_text(object, "systeminfo", version->info.systeminfo);
	put_text(object, "signer", version->signer.subject);
	if (version->info.mud_url[0] != '\0')
		put_value(object, "is_supported",
		    json_boolean(version->info.is_supported));
}

void
report_certificate(json_t *object, const struct thing_certificate *certificate)
{
	json_t *shown;

	if (certificate == NULL)
		return;
	shown = json_object();
	put_text(shown, "subject", certificate->subject);
	put_text(shown, "serial", certificate->serial);
	put_digest(shown, "fingerprint", certificate->fingerprint);
	put_text(shown, "mudsigner", certificate->signer);
	put_time(shown, "seen_at", certificate->seen_at);
	put_value(object, "certificate", shown);
}

static json_t *
device_of(struct engine *engine, const struct thing *thing)
{
	json_t *object = json_object();
	char mac[MAC_TEXT];

	put_value(object, "mac", json_string(mac_text(&thing->mac, mac)));
	put_text(object, "name",
	    thing->name[0] != '\0' ? thing->name : thing->hostname);
	put_value(object, "state", json_string(report_state(engine, thing)));
	put_value(object, "mode",
	    json_string(
		config_mode_name(modes_of(engine->options.config, thing))));
	put_file(object, thing);
	put_place(engine, object, thing);
	put_time(object, "last_seen", thing->last_seen);
	put_flags(engine, object, thing);
	return object;
}

static void
append_device(void *arg, struct thing *thing)
{
	void **args = arg;

	(void)json_array_append_new(args[1], device_of(args[0], thing));
}

json_t *
report_devices(struct engine *engine)
{
	json_t *list = json_array();
	void *args[2] = { engine, list };

	things_each(engine->things, append_device, args);
	return json_pack("{s:o}", "devices", list);
}

static void
put_policy(json_t *object, const struct mudurl *mud)
{
	json_t *policy;

	if (mud == NULL || mud->accepted == NULL)
		return;
	policy = json_object();
	put_text(policy, "mud_url", mud->url.text);
	put_digest(policy, "digest", mud->accepted->digest);
	put_text(policy, "signer", mud->accepted->signer.subject);
	put_time(policy, "expires", mud->next_fetch_at);
	put_time(policy, "approved_at", mud->accepted->approved_at);
	put_value(object, "policy", policy);
}

static void
append_claim(json_t *list, size_t source, const struct claim *claim, bool waits)
{
	json_t *object;

	if (claim == NULL)
		return;
	object = json_object();
	put_text(
	    object, "source", state_source_name((enum state_source)source));
	put_text(object, "url", claim->url);
	put_value(object, "counts", json_boolean(!waits && !claim->differs));
	(void)json_array_append_new(list, object);
}

/* Who says which MUD URL. */
static json_t *
announced_of(const struct thing *thing)
{
	json_t *list = json_array();

	for (size_t i = 0; i < CLAIM_SOURCES; i++) {
		append_claim(list, i, thing->claims.counts[i], false);
		append_claim(list, i, thing->claims.waits[i], true);
	}
	return list;
}

json_t *
report_device(struct engine *engine, const struct thing *thing)
{
	json_t *object = device_of(engine, thing);
	json_t *leases = json_array();

	for (size_t i = 0; i < thing->n_leases; i++) {
		json_t *lease = json_object();
		char text[ADDR_TEXT];

		put_value(lease, "address",
		    json_string(addr_text(&thing->leases[i].addr, text)));
		put_time(lease, "expires", thing->leases[i].expires_at);
		(void)json_array_append_new(leases, lease);
	}
	put_value(object, "leases", leases);
	put_value(object, "announced", announced_of(thing));
	put_value(object, "drops",
	    json_pack("{s:I,s:I}", "from", (json_int_t)thing->dropped_from,
		"to", (json_int_t)thing->dropped_to));
	put_value(
	    object, "denied", dropcalls_rows(engine, thing, DENIED_SHOWN));
	put_value(object, "sent", json_integer((json_int_t)thing->sent));
	put_time(object, "first_seen", thing->first_seen);
	report_certificate(object, thing->certificate);
	put_policy(object, thing->mud);
	return object;
}

/* ---- status ------------------------------------------------------------ */

struct counting {
	const struct engine *engine;
	json_t *counts;
};

static void
count_one(json_t *counts, const char *key)
{
	json_t *n = json_object_get(counts, key);

	(void)json_integer_set(n, json_integer_value(n) + 1);
}

static void
count_thing(void *arg, struct thing *thing)
{
	struct counting *counting = arg;

	count_one(counting->counts, "total");
	count_one(counting->counts, report_state(counting->engine, thing));
}

static json_t *
counts_of(struct engine *engine)
{
	static const char *const keys[] = { "total", "enforced", "monitored",
		"fetching", "pending", "refused", "quarantined", "denied",
		"unknown" };
	struct counting counting = {
		.engine = engine,
		.counts = json_object(),
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		put_value(counting.counts, keys[i], json_integer(0));
	things_each(engine->things, count_thing, &counting);
	return counting.counts;
}

static json_t *
interfaces_of(const struct engine *engine)
{
	json_t *list = json_array();

	for (size_t i = 0; i < engine->lan.n_links; i++)
		if (engine->lan.links[i].is_lan)
			(void)json_array_append_new(
			    list, json_string(engine->lan.links[i].link.name));
	return list;
}

/* A bridge is not there where mudd has not chosen a path yet. */
static void
put_path(const struct engine *engine, json_t *object)
{
	static const char *const names[] = {
		[BRIDGE_PATH_NETFILTER] = "netfilter",
		[BRIDGE_PATH_STATELESS] = "stateless",
		[BRIDGE_PATH_NONE] = "none",
	};
	const struct record_path *path = plan_path_now(engine->plan);

	if (path->path >= BRIDGE_PATHS)
		return;
	put_text(object, "bridge_path", names[path->path]);
	put_text(object, "bridge_path_reason", path->why.detail);
}

/* What is left to others on this gateway. */
static json_t *
gaps_of(const struct engine *engine)
{
	json_t *list = json_array();

	if (plan_path_now(engine->plan)->path == BRIDGE_PATH_NONE)
		(void)json_array_append_new(list,
		    json_string("frames that stay on one LAN bridge are judged "
				"by address and MAC, not by policy"));
	if (plan_path_now(engine->plan)->path == BRIDGE_PATH_STATELESS)
		(void)json_array_append_new(list,
		    json_string("frames that stay on one LAN bridge are judged "
				"without connection tracking: of UDP and ICMP "
				"all passes that could be a reply"));
	(void)json_array_append_new(list,
	    json_string("an ICMP error passes if it is about any flow of the "
			"device that the connection tracker still knows"));
	return list;
}

json_t *
report_status(struct engine *engine)
{
	json_int_t n_pending = 0;
	json_t *object;

	LIST_EACH(at, manager_all(engine->manager))
	if (mudurl_waiting(LIST_ENTRY(at, struct mudurl, link)) != NULL)
		n_pending++;
	object = json_pack("{s:s,s:s,s:I,s:o,s:s,s:o,s:o,s:I,s:o}", "version",
	    PACKAGE_VERSION, "mode",
	    config_mode_name(engine->options.config->mode), "uptime_sec",
	    (json_int_t)(engine_now(engine) - engine->started_at), "interfaces",
	    interfaces_of(engine), "table",
	    plan_is_up(engine->plan)
		? tables_word(&engine->tables, engine_now(engine))
		: "missing",
	    "degraded", health_degraded(engine), "devices", counts_of(engine),
	    "pending_approvals", n_pending, "not_enforced", gaps_of(engine));
	put_value(object, "table_changed", tables_report(&engine->tables));
	put_path(engine, object);
	put_fault(object, "kernel_fault", plan_fault(engine->plan),
	    fault_remedy(plan_fault(engine->plan)->code, false));
	return object;
}
