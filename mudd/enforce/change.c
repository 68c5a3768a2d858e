/*
 * Changes to the model.  Role: enforcer.  Input: records of the engine, whose
 * form rules.c has checked; that they fit the model is checked here.
 */
#include "enforce/change.h"

#include <stdlib.h>
#include <string.h>

#include "enforce/model.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

static const char clause[] = "enforcer";

static bool
no_such_set(uint32_t number, struct fault *why)
{
	return fault_set(
	    why, FAULT_RECORD, clause, "set %u is not there", number);
}

bool
change_set_add(
    struct model *model, uint32_t number, bool has_timeout, struct fault *why)
{
	struct model_set *set = model_set_at(model, number);

	/* Its name says which it is; one batch does not make it the other. */
	if ((set->now.present && set->now.has_timeout != has_timeout) ||
	    (set->was.present && set->was.has_timeout != has_timeout))
		return fault_set(why, FAULT_RECORD, clause,
		    "set %u is of the other kind", number);
	if (set->now.present)
		return true;
	if (model->n.sets == LIMIT_SETS)
		return fault_set(why, FAULT_TOO_MANY, clause,
		    "more than %d sets", LIMIT_SETS);
	model->n.sets++;
	set->now.present = true;
	set->now.has_timeout = has_timeout;
	return true;
}

static void
element_leaves(struct model *model, struct model_element *element)
{
	model->n.elements--;
	element->set->n_elements[element->addr.family == 6]--;
	element->now = (struct element_state){ 0 };
}

bool
change_set_delete(struct model *model, uint32_t number, struct fault *why)
{
	struct model_set *set = model_set_find(model, number);

	if (set == NULL)
		return no_such_set(number, why);
	LIST_EACH(at, &set->elements)
	{
		struct model_element *element =
		    LIST_ENTRY(at, struct model_element, of_set);

		if (element->now.present)
			element_leaves(model,
			    model_element_at(model, set, &element->addr));
	}
	model->n.sets--;
	model_set_at(model, number)->now = (struct set_state){ 0 };
	return true;
}

static bool
element_fits(struct model *model, struct model_set *set, unsigned int family,
    struct fault *why)
{
	const size_t *n = &set->n_elements[family == 6];

	if (set->now.has_timeout && *n >= MODEL_NAME_ADDRS) {
		model_expire(model, set);
		if (*n >= MODEL_NAME_ADDRS)
			return fault_set(why, FAULT_TOO_MANY, "S-54",
			    "more than %d IPv%u addresses in set %u",
			    MODEL_NAME_ADDRS, family, set->number);
	}
	if (model->n.elements >= LIMIT_ELEMENTS) {
		model_expire(model, NULL);
		if (model->n.elements >= LIMIT_ELEMENTS)
			return fault_set(why, FAULT_TOO_MANY, "S-54",
			    "more than %d elements", LIMIT_ELEMENTS);
	}
	return true;
}

bool
change_element_add(struct model *model, uint32_t number,
    const struct addr *addr, uint32_t timeout_sec, struct fault *why)
{
	struct model_set *set = model_set_find(model, number);
	struct model_element *element;

	if (set == NULL)
		return no_such_set(number, why);
	if (set->now.has_timeout != (timeout_sec != 0))
		return fault_set(why, FAULT_RECORD, clause,
		    "timeout of %u s in set %u", timeout_sec, number);
	if (model_element_find(model, set, addr) == NULL &&
	    !element_fits(model, set, addr->family, why))
		return false;
	element = model_element_at(model, set, addr);
	if (!element->now.present) {
		model->n.elements++;
		set->n_elements[addr->family == 6]++;
	}
	element->now.present = true;
	element->now.timeout_sec = timeout_sec;
	element->now.ends_at =
	    timeout_sec == 0 ? INT64_MAX : model->at_sec + timeout_sec;
	return true;
}

bool
change_element_delete(struct model *model, uint32_t number,
    const struct addr *addr, struct fault *why)
{
	struct model_set *set = model_set_find(model, number);
	struct model_element *element;
	char text[ADDR_TEXT];

	if (set == NULL)
		return no_such_set(number, why);
	element = model_element_find(model, set, addr);
	if (element == NULL && set->now.has_timeout) {
		model->withdraws = true;
		return true;
	}
	if (element == NULL)
		return fault_set(why, FAULT_RECORD, clause,
		    "%s is not in set %u", addr_text(addr, text), number);
	element_leaves(model, model_element_at(model, set, addr));
	return true;
}

static bool
same_rules(const struct policy_state *state, const struct rule *rule, size_t n)
{
	return state->present && state->n == n &&
	       (n == 0 || memcmp(state->rule, rule, n * sizeof(*rule)) == 0);
}

/* Other rules, or none: `now` gives up those it had. */
static void
policy_state_replace(struct model *model, struct model_policy *policy,
    const struct policy_state *state)
{
	model_use_sets(model, &policy->now, false);
	model_use_sets(model, state, true);
	if (policy->now.rule != policy->was.rule)
		free(policy->now.rule);
	policy->now = *state;
}

/* The packets of one connection differ in their header fields. */
static bool
looks_at_fields(const struct rule *rule, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fields_count(rule[i].fields) > 0)
			return true;
	return false;
}

/* How their flows are remembered may change with the policy. */
static void
touch_things(struct model *model, const struct model_policy *policy)
{
	LIST_EACH(at, &model->things)
	{
		struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, all);

		for (size_t i = 0;
		     thing->now.policy == policy && i < thing->now.n_addrs; i++)
			(void)model_address_at(
			    model, &thing->now.addr[i]->addr);
	}
}

bool
change_policy_put(struct model *model, uint32_t number, struct rule *rule,
    size_t n, struct fault *why)
{
	struct model_policy *policy = model_policy_at(model, number);
	struct policy_state state = { .present = true,
		.n = n,
		.rule = rule,
		.is_uncached = looks_at_fields(rule, n) };
	bool fits = true;

	/* The kernel's counters go on where nothing has changed. */
	if (same_rules(&policy->now, rule, n)) {
		free(rule);
		return true;
	}
	if (!policy->now.present && model->n.policies == LIMIT_POLICIES)
		fits = fault_set(why, FAULT_TOO_MANY, clause,
		    "more than %d policies", LIMIT_POLICIES);
	else if (model->n.rules - policy->now.n + n > MODEL_RULES)
		fits = fault_set(why, FAULT_TOO_MANY, clause,
		    "more than %d rules", MODEL_RULES);
	if (!fits) {
		free(rule);
		return false;
	}
	model_take_slot(model, policy);
	model->n.policies += policy->now.present ? 0 : 1;
	model->n.rules += n - policy->now.n;
	if (policy->now.is_uncached != state.is_uncached)
		touch_things(model, policy);
	policy_state_replace(model, policy, &state);
	return true;
}

bool
change_policy_delete(struct model *model, uint32_t number, struct fault *why)
{
	static const struct policy_state none;
	struct model_policy *policy = model_policy_at(model, number);

	if (!policy->now.present)
		return fault_set(why, FAULT_RECORD, clause,
		    "policy %u is not there", number);
	model->n.policies--;
	model->n.rules -= policy->now.n;
	if (policy->now.is_uncached)
		touch_things(model, policy);
	policy_state_replace(model, policy, &none);
	if (!policy->was.present)
		model_leave_slot(model, policy);
	return true;
}

bool
change_policy_ending(struct model *model, uint32_t number,
    enum policy_ending ending, struct fault *why)
{
	struct model_policy *policy = model_policy_at(model, number);

	/* What was written into its chains stays there. */
	if (!policy->now.present || policy->was.present)
		return fault_set(
		    why, FAULT_RECORD, clause, "policy %u is not new", number);
	policy->ending = ending;
	return true;
}

bool
change_unknown(
    struct model *model, uint32_t number, bool is_first, struct fault *why)
{
	struct model_policy *policy = model_policy_at(model, number);

	/* The base chains do not ask about them yet. */
	if (!is_first && model->unknown_was == NULL)
		return fault_set(why, FAULT_RECORD, clause,
		    "unknown devices are judged from a RESET on");
	if (model->unknown_now != NULL)
		model->unknown_now->refs--;
	policy->refs++;
	model->unknown_now = policy;
	return true;
}

static void
unbind(struct model *model, struct model_thing *thing, size_t i)
{
	struct model_address *address =
	    model_address_at(model, &thing->now.addr[i]->addr);

	address->claims--;
	if (address->now == thing)
		address->now = NULL;
	thing->now.addr[i] = thing->now.addr[--thing->now.n_addrs];
}

static void
thing_leaves(struct model *model, struct model_thing *thing)
{
	while (thing->now.n_addrs > 0)
		unbind(model, thing, 0);
	if (thing->now.policy != NULL)
		thing->now.policy->refs--;
	thing->now.policy = NULL;
	memset(thing->now.port, 0, sizeof(thing->now.port));
}

bool
change_thing_put(struct model *model, const struct mac *mac, uint32_t policy,
    bool denied, struct fault *why)
{
	struct model_thing *thing = model_thing_find(model, mac);

	if (thing == NULL && model->n.things == LIMIT_THINGS_MAX)
		return fault_set(why, FAULT_TOO_MANY, clause,
		    "more than %d Things", LIMIT_THINGS_MAX);
	model->n.things += thing == NULL ? 1 : 0;
	thing = model_thing_at(model, mac);
	thing->now.present = true;
	thing->now.denied = denied;
	if (policy == 0) {
		thing_leaves(model, thing);
		return true;
	}
	if (thing->now.policy != NULL)
		thing->now.policy->refs--;
	thing->now.policy = model_policy_at(model, policy);
	thing->now.policy->refs++;
	/* What leads to it leads to the other policy from now on. */
	for (size_t i = 0; i < thing->now.n_addrs; i++)
		(void)model_address_at(model, &thing->now.addr[i]->addr);
	return true;
}

bool
change_thing_delete(
    struct model *model, const struct mac *mac, struct fault *why)
{
	struct model_thing *thing = model_thing_find(model, mac);
	char text[MAC_TEXT];

	if (thing == NULL)
		return fault_set(why, FAULT_RECORD, clause, "%s is not there",
		    mac_text(mac, text));
	thing = model_thing_at(model, mac);
	thing_leaves(model, thing);
	thing->now.present = false;
	model->n.things--;
	return true;
}

bool
change_place(struct model *model, const struct mac *mac,
    const struct device *device, struct fault *why)
{
	struct model_thing *thing = model_thing_find(model, mac);
	char text[MAC_TEXT];

	if (thing == NULL || (device != NULL && thing->now.policy == NULL))
		return fault_set(why, FAULT_RECORD, clause,
		    "%s is not under a policy", mac_text(mac, text));
	thing = model_thing_at(model, mac);
	memset(thing->now.port, 0, sizeof(thing->now.port));
	if (device != NULL)
		memcpy(thing->now.port, device->name, sizeof(thing->now.port));
	return true;
}

static bool
state_has(const struct thing_state *state, const struct addr *addr, size_t *at)
{
	for (size_t i = 0; i < state->n_addrs; i++)
		if (addr_equal(&state->addr[i]->addr, addr)) {
			*at = i;
			return true;
		}
	return false;
}

/* Has it as many addresses of this family as it may have? */
static bool
is_full(const struct thing_state *state, unsigned int family, int *limit)
{
	int n = 0;

	*limit = family == 4 ? LIMIT_ADDRESSES4 : LIMIT_ADDRESSES6;
	for (size_t i = 0; i < state->n_addrs; i++)
		n += state->addr[i]->addr.family == family ? 1 : 0;
	return n == *limit;
}

bool
change_binding_add(struct model *model, const struct mac *mac,
    const struct addr *addr, struct fault *why)
{
	struct model_thing *thing = model_thing_find(model, mac);
	struct model_address *address;
	char text[MAC_TEXT];
	size_t at;
	int limit;

	if (thing == NULL || thing->now.policy == NULL)
		return fault_set(why, FAULT_RECORD, clause,
		    "%s is not under a policy", mac_text(mac, text));
	if (state_has(&thing->now, addr, &at))
		return true;
	if (addr_among(model->now.self, model->now.n_selves, addr))
		return fault_set(why, FAULT_RECORD, "S-49",
		    "%s is bound to an address of the gateway",
		    mac_text(mac, text));
	if (is_full(&thing->now, addr->family, &limit))
		return fault_set(why, FAULT_TOO_MANY, "S-48",
		    "more than %d IPv%u addresses of %s", limit, addr->family,
		    mac_text(mac, text));
	thing = model_thing_at(model, mac);
	address = model_address_at(model, addr);
	address->claims++;
	address->now = thing;
	thing->now.addr[thing->now.n_addrs++] = address;
	return true;
}

bool
change_binding_delete(struct model *model, const struct mac *mac,
    const struct addr *addr, struct fault *why)
{
	struct model_thing *thing = model_thing_find(model, mac);
	char text[MAC_TEXT], text4[ADDR_TEXT];
	size_t at;

	/* A Thing that departs in this batch has lost it already. */
	if (thing != NULL && state_has(&thing->now, addr, &at))
		unbind(model, model_thing_at(model, mac), at);
	else if (thing == NULL || !state_has(&thing->was, addr, &at))
		return fault_set(why, FAULT_RECORD, clause,
		    "%s is not bound to %s", mac_text(mac, text),
		    addr_text(addr, text4));
	return true;
}
