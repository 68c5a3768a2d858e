/*
 * Policies in use, as JSON.  Role: engine.  Texts of MUD files are handed on
 * as they are: whoever prints them escapes them (S-71).
 */
#include "engine/control/reportpolicy.h"

#include <stdlib.h>

#include "engine/control/put.h"
#include "engine/control/reportfile.h"
#include "engine/engine.h"
#include "libmud/words.h"

struct listing {
	const struct engine *engine;
	const struct kernel_policy *policy;
	json_t *macs;
};

/* Where it comes from: its file, who signed that, how old it is. */
static void
put_origin(
    json_t *object, const struct engine *engine, const struct mudurl *mud)
{
	const struct version *version = mud->accepted;
	int64_t age = engine_now(engine) - version->fetched_at;

	put_text(object, "mud_url", mud->url.text);
	put_digest(object, "digest", version->digest);
	put_text(object, "signer", version->signer.subject);
	put_time(object, "fetched_at", version->fetched_at);
	put_value(object, "age_sec", json_integer(age > 0 ? age : 0));
	put_time(object, "expires", mud->next_fetch_at);
	put_time(object, "approved_at", version->approved_at);
	put_value(object, "is_supported",
	    json_boolean(version->info.is_supported != 0));
}

static bool
is_in_use(const struct mudurl *mud)
{
	return mud->accepted != NULL && mud->accepted->policy != NULL;
}

json_t *
reportpolicy_all(struct engine *engine)
{
	json_t *list = json_array();

	LIST_EACH(at, manager_all(engine->manager))
	{
		const struct mudurl *mud = LIST_ENTRY(at, struct mudurl, link);
		json_int_t n_devices;
		json_t *object;

		if (!is_in_use(mud))
			continue;
		object = json_object();
		put_origin(object, engine, mud);
		n_devices = (json_int_t)mud->n_things;
		n_devices += (json_int_t)mud->n_previous;
		put_value(object, "n_devices", json_integer(n_devices));
		(void)json_array_append_new(list, object);
	}
	return json_pack("{s:o}", "policies", list);
}

static void
append_thing(void *arg, struct thing *thing)
{
	const struct listing *listing = arg;
	char mac[MAC_TEXT];

	if (thing->mud != NULL &&
	    policies_is_like(
		listing->policy, plan_policy_of(listing->engine->plan, thing)))
		(void)json_array_append_new(
		    listing->macs, json_string(mac_text(&thing->mac, mac)));
}

/* What all its Things have sent and got by it, watched or not; POLICY_NO_RULE
 * where that is not known. */
static uint64_t
packets_of(const struct kernel_policy *policy, size_t i)
{
	const struct kernel_policy *likes[POLICY_LIKES];
	size_t n = policies_likes(policy, likes);
	uint64_t packets = POLICY_NO_RULE;

	for (size_t k = 0; k < n; k++) {
		if (likes[k]->packets == NULL ||
		    likes[k]->packets[i] == POLICY_NO_RULE)
			continue;
		packets = packets == POLICY_NO_RULE ? 0 : packets;
		packets += likes[k]->packets[i];
	}
	return packets;
}

/* One ACE, in words, as if the policy had no other. */
static json_t *
ace_of(const struct kernel_policy *policy, size_t i)
{
	const struct ace *ace = &policy->policy->aces[i];
	const uint64_t packets = packets_of(policy, i);
	struct policy one = *policy->policy;
	struct words_line *lines;
	json_t *object;
	size_t n;

	one.aces = &policy->policy->aces[i];
	one.n_aces = 1;
	lines = words_of(&one, &n);
	object = n == 0 ? json_object() : reportfile_line(lines);
	free(lines);
	put_text(object, "acl", ace->acl);
	put_text(object, "ace", ace->name);
	if (packets != POLICY_NO_RULE)
		put_value(object, "packets", json_integer((json_int_t)packets));
	return object;
}

json_t *
reportpolicy_one(struct engine *engine, const struct mudurl *mud,
    const struct kernel_policy *policy)
{
	struct listing listing = { engine, policy, json_array() };
	json_t *object = json_object(), *aces = json_array();

	if (mud != NULL)
		put_origin(object, engine, mud);
	else
		put_text(object, "mud_url", "pending.json");
	things_each(engine->things, append_thing, &listing);
	put_value(object, "devices", listing.macs);
	put_value(object, "claims", reportfile_claims(&policy->policy->info));
	for (size_t i = 0; i < policy->policy->n_aces; i++)
		(void)json_array_append_new(aces, ace_of(policy, i));
	put_value(object, "aces", aces);
	return object;
}
