/*
 * MUD files that wait, as JSON.  Role: engine.  Texts of MUD files are handed
 * on as they are: whoever prints them escapes them (S-71).
 */
#include "engine/control/reportfile.h"

#include <stdlib.h>
#include <string.h>

#include "engine/control/put.h"
#include "engine/engine.h"
#include "engine/files/showing.h"
#include "libmud/words.h"

/* ---- whose it is -------------------------------------------------------- */

struct listing {
	struct engine *engine;
	const struct mudurl *mud;
	json_t *macs, *things;
};

static void
append_thing(void *arg, struct thing *thing)
{
	struct listing *listing = arg;
	const struct lan_link *lan =
	    lan_of_port(&listing->engine->lan, thing->port);
	json_t *object, *addresses;
	char mac[MAC_TEXT], text[ADDR_TEXT];

	if (thing->mud != listing->mud)
		return;
	(void)mac_text(&thing->mac, mac);
	(void)json_array_append_new(listing->macs, json_string(mac));
	object = json_object();
	put_value(object, "mac", json_string(mac));
	put_text(object, "name",
	    thing->name[0] != '\0' ? thing->name : thing->hostname);
	if (lan != NULL)
		put_text(object, "interface", lan->link.name);
	put_text(object, "port", thing->port_name);
	addresses = json_array();
	for (size_t i = 0; i < thing->n_leases; i++)
		(void)json_array_append_new(addresses,
		    json_string(addr_text(&thing->leases[i].addr, text)));
	put_value(object, "addresses", addresses);
	(void)json_array_append_new(listing->things, object);
}

/* ---- what waits --------------------------------------------------------- */

static json_t *
file_of(struct engine *engine, const struct mudurl *mud)
{
	const struct version *waiting = mudurl_waiting(mud);
	const struct version *candidate =
	    mud->candidate != NULL ? mud->candidate : waiting;
	json_t *object = json_object();
	struct listing listing = {
		.engine = engine,
		.mud = mud,
		.macs = json_array(),
		.things = json_array(),
	};

	put_value(object, "id", json_string(mud->id));
	put_value(object, "mud_url", json_string(mud->url.text));
	put_fault(object, "reason", mudurl_fault(mud), mudurl_remedy(mud));
	if (candidate != NULL) {
		if (version_has_digest(candidate))
			put_digest(object, "digest", candidate->digest);
		put_text(object, "signer", candidate->signer.subject);
		put_time(object, "fetched_at", candidate->fetched_at);
	}
	put_value(object, "can_approve", json_boolean(waiting != NULL));
	things_each(engine->things, append_thing, &listing);
	put_value(object, "devices", listing.macs);
	put_value(object, "things", listing.things);
	return object;
}

static bool
is_pending(const struct mudurl *mud)
{
	return mudurl_waiting(mud) != NULL ||
	       (mud->is_wanted && mud->candidate == NULL &&
		   mud->fault.code != FAULT_NONE);
}

json_t *
reportfile_pending(struct engine *engine)
{
	json_t *list = json_array();

	LIST_EACH(at, manager_all(engine->manager))
	{
		const struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);

		if (is_pending(mud))
			(void)json_array_append_new(list, file_of(engine, mud));
	}
	return json_pack("{s:o}", "pending", list);
}

/* ---- what is in it ------------------------------------------------------ */

static json_t *
signature_of(const struct shown_file *file)
{
	const struct signer *signer = &file->signer;
	json_t *object;

	if (signer->subject[0] == '\0')
		return json_null();
	object = json_object();
	put_text(object, "subject", signer->subject);
	put_text(object, "issuer", signer->issuer);
	put_time(object, "expires", signer->not_after);
	put_digest(object, "spki", signer->spki);
	put_value(
	    object, "is_good", json_boolean(file->verdict.code == FAULT_NONE));
	return object;
}

json_t *
reportfile_claims(const struct policy_info *info)
{
	json_t *object = json_object();

	put_text(object, "mud_url", info->mud_url);
	put_text(object, "mfg_name", info->manufacturer);
	put_text(object, "model_name", info->model);
	put_text(object, "systeminfo", info->systeminfo);
	put_text(object, "documentation", info->documentation);
	put_text(object, "last_update", info->last_update);
	put_value(object, "cache_validity_hours",
	    json_integer(info->cache_validity_hours));
	put_value(
	    object, "is_supported", json_boolean(info->is_supported != 0));
	put_value(object, "is_draft", json_boolean(info->is_draft != 0));
	put_value(object, "nodes_ignored", json_integer(info->n_ignored));
	return object;
}

static json_t *
warnings_of(const struct words_line *line)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < WORDS_WARNINGS; i++)
		if ((line->warnings & 1u << i) != 0)
			(void)json_array_append_new(
			    list, json_pack("{s:s,s:s}", "name",
				      words_warning_name(1u << i), "text",
				      words_warning_text(1u << i)));
	return list;
}

json_t *
reportfile_line(const struct words_line *line)
{
	static const char *const actions[] = { "accept", "drop", "reject" };
	static const char *const openers[] = { "", "device", "peer" };
	json_t *object = json_object();

	put_text(object, "text", line->text);
	put_text(object, "direction", words_way_name(line->way));
	put_text(object, "action", actions[line->action]);
	put_text(object, "peer", line->peer);
	put_text(object, "protocol", line->protocol);
	put_text(object, "peer_ports", line->ports);
	put_text(object, "own_ports", line->own_ports);
	put_text(object, "initiated", openers[line->initiated]);
	put_value(
	    object, "ipv4", json_boolean((line->families & FAMILY_4) != 0));
	put_value(
	    object, "ipv6", json_boolean((line->families & FAMILY_6) != 0));
	put_text(object, "ace", line->ace);
	put_value(object, "warnings", warnings_of(line));
	return object;
}

struct lines {
	struct words_line *each; /* owned */
	size_t n;
};

static struct lines
lines_of(const struct shown_file *file)
{
	struct lines lines = { NULL, 0 };

	if (file->policy != NULL)
		lines.each = words_of(file->policy, &lines.n);
	return lines;
}

/* Of these lines, those that the others do not have. */
static void
append_missing(json_t *list, const char *change, const struct lines *from,
    const struct lines *others)
{
	for (size_t i = 0; i < from->n; i++)
		if (!words_has(others->each, others->n, &from->each[i]))
			(void)json_array_append_new(
			    list, json_pack("{s:s,s:s}", "change", change,
				      "text", from->each[i].text));
}

/* What is in force now, and what would be different. */
static void
put_in_force(json_t *object, const struct mudurl *mud,
    const struct shown *shown, const struct lines *new)
{
	const struct version *accepted = mud->accepted;
	struct lines old;
	json_t *changes, *in_force;

	if (accepted == NULL || !version_is(accepted, shown->accepted.digest))
		return;
	in_force = json_object();
	put_digest(in_force, "digest", accepted->digest);
	put_text(in_force, "signer", accepted->signer.subject);
	put_time(in_force, "fetched_at", accepted->fetched_at);
	put_time(in_force, "approved_at", accepted->approved_at);
	put_fault(in_force, "unreadable", &shown->accepted.why,
	    fault_remedy(shown->accepted.why.code, false));
	put_value(object, "in_force", in_force);
	if (shown->candidate.policy == NULL || shown->accepted.policy == NULL)
		return;
	old = lines_of(&shown->accepted);
	changes = json_array();
	append_missing(changes, "+", new, &old);
	append_missing(changes, "-", &old, new);
	put_value(object, "changes", changes);
	free(old.each);
}

json_t *
reportfile_shown(
    struct engine *engine, const struct mudurl *mud, const struct shown *shown)
{
	const struct shown_file *file = &shown->candidate;
	json_t *object = file_of(engine, mud), *list;
	struct lines lines = lines_of(file);

	if (file->size > 0)
		put_value(object, "size", json_integer(file->size));
	put_value(object, "signature", signature_of(file));
	put_fault(object, "unreadable", &file->why,
	    fault_remedy(file->why.code, mudurl_waiting(mud) != NULL));
	if (file->policy != NULL) {
		put_value(
		    object, "claims", reportfile_claims(&file->policy->info));
		list = json_array();
		for (size_t i = 0; i < lines.n; i++)
			(void)json_array_append_new(
			    list, reportfile_line(&lines.each[i]));
		put_value(object, "policy", list);
	}
	put_in_force(object, mud, shown, &lines);
	free(lines.each);
	return object;
}
