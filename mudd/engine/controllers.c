/*
 * Members of classes.  Role: engine.  Who is there, and with which addresses,
 * the LAN says; it has been judged by the modules that keep it.
 */
#include "engine/controllers.h"

#include <string.h>

#include "core/log.h"
#include "engine/config.h"
#include "engine/files/mudurl.h"
#include "engine/lan.h"
#include "engine/sets.h"
#include "engine/things/modes.h"
#include "engine/things/things.h"
#include "libmud/compile.h"

/* So many Things are looked at one by one; of more, all are. */
#define FEW 8

struct gathering {
	struct controllers *controllers;
	size_t n_members; /* of all classes */
};

static bool
is_due(const struct set *set)
{
	return set->refs > 0 && (set->is_stale || set->is_touched) &&
	       !set_has_timeouts(set);
}

/* ---- members ------------------------------------------------------------ */

/* Whom an administrator has taken out of service, nobody shall reach by a
 * class; who has departed may go on telling its neighbours of addresses. */
static bool
is_shunned(const struct config *config, const struct thing *thing)
{
	enum config_mode mode = modes_of(config, thing);

	return thing->departed || mode == CONFIG_QUARANTINE ||
	       mode == CONFIG_DENY;
}

/* Those who are in stay in, so that a full class does not flutter. */
static void
put_addr(struct gathering *gathering, struct set *set, const struct addr *addr,
    const struct thing *owner)
{
	struct sets *sets = gathering->controllers->sets;
	size_t before = set->n_members;

	if ((gathering->n_members >= LIMIT_MEMBERS &&
		!set_has_member(sets, set, addr)) ||
	    !set_put_of(sets, set, addr, owner)) {
		set->n_left_out++;
		return;
	}
	gathering->n_members += set->n_members - before;
}

static void
put_thing(struct gathering *gathering, struct set *set, struct thing *thing)
{
	const struct controllers *controllers = gathering->controllers;

	thing->in_class = true;
	if (is_shunned(controllers->config, thing))
		return;
	for (size_t i = 0; i < thing->n_leases; i++) {
		const struct addr *addr = &thing->leases[i].addr;

		/* Else it is not bound to the Thing either. */
		if (lan_may_keep(controllers->lan, thing->port, addr))
			put_addr(gathering, set, addr, thing);
	}
}

/* ---- controllers: whom the configuration names -------------------------- */

static void
put_host(struct gathering *gathering, struct set *set,
    const struct config_host *host)
{
	const struct controllers *controllers = gathering->controllers;
	struct thing *thing;

	if (host->addr.family == 0) {
		/* By MAC: whatever addresses it has now. */
		thing = things_find(controllers->things, &host->mac);
		if (thing != NULL)
			put_thing(gathering, set, thing);
		return;
	}
	thing = things_find_addr(controllers->things, &host->addr);
	if (thing == NULL || !is_shunned(controllers->config, thing))
		put_addr(gathering, set, &host->addr, NULL);
	else
		thing->in_class = true;
}

/* DNS and NTP are the gateway's own, unless somebody says otherwise. */
static void
put_gateway(struct gathering *gathering, struct set *set)
{
	struct addr servers[LIMIT_LOCALS];
	size_t n =
	    lan_servers(gathering->controllers->lan, servers, LIMIT_LOCALS);

	for (size_t i = 0; i < n; i++)
		put_addr(gathering, set, &servers[i], NULL);
}

static void
gather_configured(struct gathering *gathering, struct set *set)
{
	const struct config *config = gathering->controllers->config;
	const bool is_mine = set->kind == PEER_MY_CONTROLLER;
	bool found = false;

	for (size_t i = 0; i < config->n_classes; i++) {
		const struct config_class *class = &config->classes[i];

		if (class->is_mine != is_mine ||
		    strcmp(class->text, set->key) != 0)
			continue;
		for (size_t k = 0; k < class->n_hosts; k++)
			put_host(gathering, set, &class->hosts[k]);
		found = true;
	}
	if (!found && !is_mine &&
	    (strcmp(set->key, MUD_URN_DNS) == 0 ||
		strcmp(set->key, MUD_URN_NTP) == 0))
		put_gateway(gathering, set);
}

/* ---- manufacturer and model: whom the LAN shows ------------------------- */

/* The classes of a MUD URL's Things, looked up once in a round. */
static void
find_classes(struct controllers *controllers, struct mudurl *mud)
{
	char authority[LIMIT_URL + 1];
	/* What is announced says whose it is, whatever its file says (M-MFG-3);
	 * of a file of policies/ there is no other word. */
	const struct url *url = mud->is_own && mud->accepted != NULL &&
	                                mud->accepted->policy != NULL
	                            ? &mud->accepted->policy->mud_url
	                            : &mud->url;

	if (mud->class_round == controllers->round)
		return;
	mud->class_round = controllers->round;
	policies_authority(url, authority);
	for (unsigned int i = 0; i < STRENGTHS; i++) {
		enum strength strength = (enum strength)i;

		mud->makers[i] = sets_find_as(
		    controllers->sets, PEER_MANUFACTURER, authority, strength);
		mud->models[i] = sets_find_as(
		    controllers->sets, PEER_MODEL, url->text, strength);
	}
}

/* Only who lives under an accepted file is a member of anything (M-MFG-5), and
 * by the MUD URL of that file (S-43). */
static void
gather_thing(void *arg, struct thing *thing)
{
	struct gathering *gathering = arg;
	struct controllers *controllers = gathering->controllers;
	enum strength strength;
	struct mudurl *mud = things_lives_by(thing, &strength);
	struct set *classes[2];

	if (mud == NULL || (strength == STRENGTH_CLAIMED &&
			       !controllers->config->weak_classes))
		return;
	find_classes(controllers, mud);
	classes[0] = mud->makers[strength];
	classes[1] = mud->models[strength];
	for (size_t i = 0; i < 2; i++)
		if (classes[i] != NULL && is_due(classes[i]))
			put_thing(gathering, classes[i], thing);
}

/* ---- what has to be worked out ------------------------------------------ */

static void
mark(struct set *set, bool whole)
{
	if (set == NULL)
		return;
	set->is_stale = set->is_stale || whole;
	set->is_touched = true;
}

/* whole: all that are in its classes may have changed. */
static void
mark_url(struct controllers *controllers, struct mudurl *mud, bool whole)
{
	if (mud == NULL || mud->class_round == controllers->round)
		return;
	find_classes(controllers, mud);
	for (unsigned int i = 0; i < STRENGTHS; i++) {
		mark(mud->makers[i], whole);
		mark(mud->models[i], whole);
	}
}

static void
mark_if(struct controllers *controllers, bool of_things)
{
	LIST_EACH(at, sets_all(controllers->sets))
	{
		struct set *set = LIST_ENTRY(at, struct set, all);

		if (set_is_of_things(set) == of_things)
			set->is_stale = true;
	}
}

static bool
is_named(const struct config *config, const struct mac *mac)
{
	for (size_t i = 0; i < config->n_classes; i++)
		for (size_t k = 0; k < config->classes[i].n_hosts; k++) {
			const struct config_host *host =
			    &config->classes[i].hosts[k];

			if (host->addr.family == 0 &&
			    mac_equal(&host->mac, mac))
				return true;
		}
	return false;
}

/* Is it a host of a controller's class, or may it keep the address of one out
 * of it, or did it? */
static bool
touches_configured(const struct config *config, struct thing *thing)
{
	const bool was_shunned = thing->was_shunned;

	thing->was_shunned = is_shunned(config, thing);
	return thing->was_shunned || was_shunned ||
	       is_named(config, &thing->mac);
}

static bool
is_many(struct list *list)
{
	size_t n = 0;

	LIST_EACH(at, list)
	if (++n > FEW)
		return true;
	return false;
}

/*
 * Who is in a class changes with the Things that have been touched since the
 * kernel was told of them: whatever they were a member by, they have still as
 * their own MUD URL or as the previous one, or things_members_lost counts it.
 */
static void
mark_touched(struct controllers *controllers)
{
	const struct config *config = controllers->config;
	const bool many = is_many(things_dirty(controllers->things));
	bool configured = false;

	LIST_EACH(at, things_dirty(controllers->things))
	{
		struct thing *thing = LIST_ENTRY(at, struct thing, dirty);

		mark_url(controllers, thing->mud, many);
		mark_url(controllers, thing->previous, many);
		if (config->n_classes > 0 && touches_configured(config, thing))
			configured = true;
	}
	if (configured)
		mark_if(controllers, false);
}

static void
finish(struct controllers *controllers, struct set *set)
{
	if (set->n_left_out > 0 && !set->was_full)
		log_error("class %s: %d addresses are in classes already: the "
			  "rest is left out",
		    set->key, LIMIT_MEMBERS);
	set->is_stale = set->is_touched = false;
	set_round_end(controllers->sets, set);
}

/* Has anything to be worked out? Then for those too who were left out. */
static bool
is_any_due(struct controllers *controllers)
{
	bool any = false;

	LIST_EACH(at, sets_all(controllers->sets))
	any = any || is_due(LIST_ENTRY(at, struct set, all));
	LIST_EACH(at, sets_all(controllers->sets))
	{
		struct set *set = LIST_ENTRY(at, struct set, all);

		set->is_stale = set->is_stale || (any && set->n_left_out > 0);
	}
	return any;
}

static void
disown_touched(struct controllers *controllers, struct set *set)
{
	LIST_EACH(at, things_dirty(controllers->things))
	set_disown(set, LIST_ENTRY(at, struct thing, dirty));
}

static void
gather(struct controllers *controllers)
{
	struct gathering gathering = { .controllers = controllers };
	bool all = false;

	LIST_EACH(at, sets_all(controllers->sets))
	{
		struct set *set = LIST_ENTRY(at, struct set, all);

		if (!set_has_timeouts(set))
			gathering.n_members += set->n_members;
		if (!is_due(set))
			continue;
		set->was_full = set->n_left_out > 0;
		set->n_left_out = 0;
		if (set->is_stale)
			set_round(set);
		else
			disown_touched(controllers, set);
		all = all || (set->is_stale && set_is_of_things(set));
	}
	if (all)
		things_each(controllers->things, gather_thing, &gathering);
	else
		LIST_EACH(at, things_dirty(controllers->things))
	gather_thing(&gathering, LIST_ENTRY(at, struct thing, dirty));
	LIST_EACH(at, sets_all(controllers->sets))
	{
		struct set *set = LIST_ENTRY(at, struct set, all);

		if (!is_due(set))
			continue;
		if (!set_is_of_things(set))
			gather_configured(&gathering, set);
		finish(controllers, set);
	}
}

void
controllers_refresh(struct controllers *controllers)
{
	size_t lost = things_members_lost(controllers->things);

	controllers->round++;
	if (controllers->lan->links_changed ||
	    controllers->lan->addresses_changed ||
	    lost != controllers->members_lost) {
		mark_if(controllers, true);
		mark_if(controllers, false);
	}
	mark_touched(controllers);
	controllers->members_lost = lost;
	if (is_any_due(controllers))
		gather(controllers);
}
