/*
 * Members of classes.  Role: engine.
 */
#include "engine/controllers.h"

#include <string.h>

#include "engine/config.h"
#include "engine/lan.h"
#include "engine/modes.h"
#include "engine/mudurl.h"
#include "engine/sets.h"
#include "engine/things.h"
#include "libmud/compile.h"

struct gathering {
	const struct controllers *controllers;
	struct set *set;
};

static void
put_thing(const struct gathering *gathering, const struct thing *thing)
{
	/* Who has departed may go on telling its neighbours of addresses. */
	if (thing->departed)
		return;
	for (size_t i = 0; i < thing->n_leases; i++)
		(void)set_put(gathering->controllers->sets, gathering->set,
		    &thing->leases[i].addr, 0);
}

static void
put_class(const struct gathering *gathering, const struct config_class *class)
{
	for (size_t i = 0; i < class->n_hosts; i++) {
		const struct config_host *host = &class->hosts[i];
		const struct thing *thing;

		if (host->addr.family != 0) {
			(void)set_put(gathering->controllers->sets,
			    gathering->set, &host->addr, 0);
			continue;
		}
		/* By MAC: whatever addresses it has been leased. */
		thing = things_find(gathering->controllers->things, &host->mac);
		if (thing != NULL)
			put_thing(gathering, thing);
	}
}

/* DNS and NTP are the gateway's own, unless somebody says otherwise. */
static void
put_gateway(const struct gathering *gathering)
{
	struct addr servers[LIMIT_LOCALS];
	size_t n =
	    lan_servers(gathering->controllers->lan, servers, LIMIT_LOCALS);

	for (size_t i = 0; i < n; i++)
		(void)set_put(gathering->controllers->sets, gathering->set,
		    &servers[i], 0);
}

static void
gather_configured(const struct gathering *gathering, bool is_mine)
{
	const struct config *config = gathering->controllers->config;
	const char *key = gathering->set->key;
	bool found = false;

	for (size_t i = 0; i < config->n_classes; i++) {
		const struct config_class *class = &config->classes[i];

		if (class->is_mine != is_mine || strcmp(class->text, key) != 0)
			continue;
		put_class(gathering, class);
		found = true;
	}
	if (!found && !is_mine &&
	    (strcmp(key, MUD_URN_DNS) == 0 || strcmp(key, MUD_URN_NTP) == 0))
		put_gateway(gathering);
}

/* Only who lives under an accepted file is a member of anything (M-MFG-5). */
static void
gather_thing(void *arg, struct thing *thing)
{
	const struct gathering *gathering = arg;
	const struct config *config = gathering->controllers->config;
	enum config_mode mode = modes_of(config, thing);
	char authority[LIMIT_URL + 1];

	if (mode == CONFIG_QUARANTINE || mode == CONFIG_DENY)
		return;
	if (thing->mud == NULL ||
	    mudurl_standing(thing->mud) != STANDING_ENFORCED)
		return;
	if (gathering->set->kind == PEER_MODEL) {
		if (strcmp(thing->mud->url.text, gathering->set->key) == 0)
			put_thing(gathering, thing);
		return;
	}
	policies_authority(&thing->mud->url, authority);
	if (strcmp(authority, gathering->set->key) == 0)
		put_thing(gathering, thing);
}

void
controllers_refresh(const struct controllers *controllers)
{
	LIST_EACH(at, sets_all(controllers->sets))
	{
		struct set *set = LIST_ENTRY(at, struct set, all);
		struct gathering gathering = {
			.controllers = controllers,
			.set = set,
		};

		if (set->refs == 0 || set->kind == PEER_DNSNAME)
			continue;
		set_round(set);
		if (set->kind == PEER_CONTROLLER)
			gather_configured(&gathering, false);
		else if (set->kind == PEER_MY_CONTROLLER)
			gather_configured(&gathering, true);
		else if (controllers->config->weak_classes)
			things_each(
			    controllers->things, gather_thing, &gathering);
		set_round_end(controllers->sets, set);
	}
}
