/*
 * The model of what stands in the kernel.  Role: enforcer.  Input: values that
 * rules.c has checked; the engine that sent them is not trusted.
 *
 * The trees are tsearch's: balanced, so that no choice of MAC addresses on
 * the LAN makes a look-up slow, as it would with a hash that can be guessed.
 */
#include "enforce/model.h"

#include <assert.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "core/mark.h"
#include "enforce/rules/ending.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* The kernel drops what has run out within about a second. */
#define EXPIRE_SLACK_SEC 5

static int
compare(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int
by_set_number(const void *a, const void *b)
{
	const struct model_set *left = a, *right = b;

	return compare(left->number, right->number);
}

static int
by_policy_number(const void *a, const void *b)
{
	const struct model_policy *left = a, *right = b;

	return compare(left->number, right->number);
}

static int
by_set_and_address(const void *a, const void *b)
{
	const struct model_element *left = a, *right = b;
	int order = compare(left->set->number, right->set->number);

	return order != 0
	           ? order
	           : memcmp(&left->addr, &right->addr, sizeof(left->addr));
}

static int
by_mac(const void *a, const void *b)
{
	const struct model_thing *left = a, *right = b;

	return memcmp(&left->mac, &right->mac, sizeof(left->mac));
}

static int
by_address(const void *a, const void *b)
{
	const struct model_address *left = a, *right = b;

	return memcmp(&left->addr, &right->addr, sizeof(left->addr));
}

static void *
find(const void *key, void *const *tree,
    int (*order)(const void *, const void *))
{
	void *const *node = tfind(key, tree, order);

	return node == NULL ? NULL : *node;
}

static void
insert(
    const void *object, void **tree, int (*order)(const void *, const void *))
{
	if (tsearch(object, tree, order) == NULL)
		abort();
}

struct model *
model_new(bool monitor)
{
	struct model *model = xcalloc(1, sizeof(*model));

	struct list *heads[] = { &model->sets, &model->policies, &model->things,
		&model->addresses, &model->dirty_sets, &model->dirty_elements,
		&model->dirty_policies, &model->dirty_things,
		&model->dirty_addresses };

	for (size_t i = 0; i < LENGTH(heads); i++)
		list_init(heads[i]);
	model->monitor = monitor;
	model->mark_mask = MARK_MASK_DEFAULT;
	return model;
}

static void
drop_element(struct model *model, struct model_element *element)
{
	tdelete(element, &model->element_tree, by_set_and_address);
	list_remove(&element->of_set);
	list_remove(&element->dirty);
	free(element);
}

static void
drop_set(struct model *model, struct model_set *set)
{
	tdelete(set, &model->set_tree, by_set_number);
	list_remove(&set->all);
	list_remove(&set->dirty);
	free(set);
}

static void
drop_policy(struct model *model, struct model_policy *policy)
{
	tdelete(policy, &model->policy_tree, by_policy_number);
	model_leave_slot(model, policy);
	list_remove(&policy->all);
	list_remove(&policy->dirty);
	if (policy->now.rule != policy->was.rule)
		free(policy->now.rule);
	free(policy->was.rule);
	free(policy);
}

static void
drop_thing(struct model *model, struct model_thing *thing)
{
	tdelete(thing, &model->thing_tree, by_mac);
	list_remove(&thing->all);
	list_remove(&thing->dirty);
	free(thing);
}

static void
drop_address(struct model *model, struct model_address *address)
{
	tdelete(address, &model->address_tree, by_address);
	list_remove(&address->all);
	list_remove(&address->dirty);
	free(address);
}

void
model_free(struct model *model)
{
	if (model == NULL)
		return;
	LIST_EACH_SAFE(at, &model->sets)
	{
		struct model_set *set = LIST_ENTRY(at, struct model_set, all);

		LIST_EACH_SAFE(link, &set->elements)
		drop_element(
		    model, LIST_ENTRY(link, struct model_element, of_set));
		drop_set(model, set);
	}
	LIST_EACH_SAFE(at, &model->policies)
	drop_policy(model, LIST_ENTRY(at, struct model_policy, all));
	LIST_EACH_SAFE(at, &model->things)
	drop_thing(model, LIST_ENTRY(at, struct model_thing, all));
	LIST_EACH_SAFE(at, &model->addresses)
	drop_address(model, LIST_ENTRY(at, struct model_address, all));
	free(model);
}

struct model_thing *
model_thing_find(struct model *model, const struct mac *mac)
{
	struct model_thing key = { .mac = *mac };
	struct model_thing *thing = find(&key, &model->thing_tree, by_mac);

	return thing != NULL && thing->now.present ? thing : NULL;
}

struct model_address *
model_address_find(struct model *model, const struct addr *addr)
{
	struct model_address key = { .addr = *addr };
	struct model_address *address =
	    find(&key, &model->address_tree, by_address);

	return address != NULL && address->now != NULL ? address : NULL;
}

struct model_set *
model_set_find(struct model *model, uint32_t number)
{
	struct model_set key = { .number = number };
	struct model_set *set = find(&key, &model->set_tree, by_set_number);

	return set != NULL && set->now.present ? set : NULL;
}

struct model_element *
model_element_find(
    struct model *model, struct model_set *set, const struct addr *addr)
{
	struct model_element key = { .set = set, .addr = *addr };
	struct model_element *element =
	    find(&key, &model->element_tree, by_set_and_address);

	return element != NULL && element->now.present ? element : NULL;
}

struct model_thing *
model_thing_at(struct model *model, const struct mac *mac)
{
	struct model_thing key = { .mac = *mac };
	struct model_thing *thing = find(&key, &model->thing_tree, by_mac);

	if (thing == NULL) {
		thing = xcalloc(1, sizeof(*thing));
		thing->mac = *mac;
		list_init(&thing->dirty);
		list_append(&model->things, &thing->all);
		insert(thing, &model->thing_tree, by_mac);
	}
	list_append_once(&model->dirty_things, &thing->dirty);
	return thing;
}

struct model_address *
model_address_at(struct model *model, const struct addr *addr)
{
	struct model_address key = { .addr = *addr };
	struct model_address *address =
	    find(&key, &model->address_tree, by_address);

	if (address == NULL) {
		address = xcalloc(1, sizeof(*address));
		address->addr = *addr;
		list_init(&address->dirty);
		list_append(&model->addresses, &address->all);
		insert(address, &model->address_tree, by_address);
	}
	list_append_once(&model->dirty_addresses, &address->dirty);
	return address;
}

struct model_set *
model_set_at(struct model *model, uint32_t number)
{
	struct model_set key = { .number = number };
	struct model_set *set = find(&key, &model->set_tree, by_set_number);

	if (set == NULL) {
		set = xcalloc(1, sizeof(*set));
		set->number = number;
		list_init(&set->elements);
		list_init(&set->dirty);
		list_append(&model->sets, &set->all);
		insert(set, &model->set_tree, by_set_number);
	}
	list_append_once(&model->dirty_sets, &set->dirty);
	return set;
}

struct model_element *
model_element_at(
    struct model *model, struct model_set *set, const struct addr *addr)
{
	struct model_element key = { .set = set, .addr = *addr };
	struct model_element *element =
	    find(&key, &model->element_tree, by_set_and_address);

	if (element == NULL) {
		element = xcalloc(1, sizeof(*element));
		element->set = set;
		element->addr = *addr;
		list_init(&element->dirty);
		list_append(&set->elements, &element->of_set);
		insert(element, &model->element_tree, by_set_and_address);
	}
	list_append_once(&model->dirty_elements, &element->dirty);
	return element;
}

struct model_policy *
model_policy_at(struct model *model, uint32_t number)
{
	struct model_policy key = { .number = number };
	struct model_policy *policy =
	    find(&key, &model->policy_tree, by_policy_number);

	if (policy == NULL) {
		policy = xcalloc(1, sizeof(*policy));
		policy->number = number;
		list_init(&policy->dirty);
		list_append(&model->policies, &policy->all);
		insert(policy, &model->policy_tree, by_policy_number);
	}
	list_append_once(&model->dirty_policies, &policy->dirty);
	return policy;
}

/* Of this batch as many as there may be, and as many of before it. */
_Static_assert(2 * LIMIT_POLICIES < MODEL_SLOTS - 1, "slots for all policies");

void
model_take_slot(struct model *model, struct model_policy *policy)
{
	uint32_t slot = 1;

	if (policy->slot != 0)
		return;
	while (model->slot[slot] != NULL)
		slot++;
	assert(slot < MODEL_SLOTS - 1);
	model->slot[slot] = policy;
	policy->slot = slot;
	if (model->n_slots <= slot)
		model->n_slots = slot + 1;
}

void
model_leave_slot(struct model *model, struct model_policy *policy)
{
	model->slot[policy->slot] = NULL;
	policy->slot = 0;
}

void
model_use_sets(struct model *model, const struct policy_state *state, bool used)
{
	for (size_t i = 0; i < state->n; i++) {
		const struct rule *rule = &state->rule[i];

		for (size_t j = 0; j < rule->n_peers; j++) {
			const struct rule_peer *peer = &rule->peers[j];
			struct model_set *set;

			if (peer->kind != RULE_SET_MEMBERS)
				continue;
			set = model_set_at(model, peer->set);
			set->refs = used ? set->refs + 1 : set->refs - 1;
			if (rule->verdict == RULE_DENY)
				set->denials =
				    used ? set->denials + 1 : set->denials - 1;
		}
	}
}

void
model_begin(struct model *model, int64_t at_sec)
{
	model->was = model->now;
	model->n_was = model->n;
	model->at_sec = at_sec;
	model->withdraws = false;
}

void
model_expire(struct model *model, struct model_set *set)
{
	if (set == NULL) {
		LIST_EACH(at, &model->sets)
		model_expire(model, LIST_ENTRY(at, struct model_set, all));
		return;
	}
	LIST_EACH_SAFE(at, &set->elements)
	{
		struct model_element *element =
		    LIST_ENTRY(at, struct model_element, of_set);

		if (!list_is_empty(&element->dirty) ||
		    element->now.timeout_sec == 0 ||
		    model->at_sec - element->now.ends_at < EXPIRE_SLACK_SEC)
			continue;
		set->n_elements[element->addr.family == 6]--;
		/* Undoing the batch does not bring it back. */
		model->n.elements--;
		model->n_was.elements--;
		drop_element(model, element);
	}
}

static void
settle_elements(struct model *model, bool keep)
{
	LIST_EACH_SAFE(at, &model->dirty_elements)
	{
		struct model_element *element =
		    LIST_ENTRY(at, struct model_element, dirty);
		size_t *n =
		    &element->set->n_elements[element->addr.family == 6];

		list_remove(&element->dirty);
		if (keep) {
			element->was = element->now;
		} else {
			*n -= element->now.present ? 1 : 0;
			*n += element->was.present ? 1 : 0;
			element->now = element->was;
		}
		if (!element->now.present)
			drop_element(model, element);
	}
}

static void
settle_things(struct model *model, bool keep)
{
	LIST_EACH_SAFE(at, &model->dirty_things)
	{
		struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, dirty);

		list_remove(&thing->dirty);
		if (keep) {
			thing->was = thing->now;
		} else {
			if (thing->now.policy != NULL)
				thing->now.policy->refs--;
			if (thing->was.policy != NULL)
				thing->was.policy->refs++;
			thing->now = thing->was;
		}
		if (!thing->now.present)
			drop_thing(model, thing);
	}
}

static void
settle_addresses(struct model *model, bool keep)
{
	LIST_EACH_SAFE(at, &model->dirty_addresses)
	{
		struct model_address *address =
		    LIST_ENTRY(at, struct model_address, dirty);

		list_remove(&address->dirty);
		if (keep) {
			address->was = address->now;
		} else {
			address->now = address->was;
			address->claims = address->was != NULL ? 1 : 0;
		}
		if (address->now == NULL)
			drop_address(model, address);
	}
}

static void
settle_policies(struct model *model, bool keep)
{
	LIST_EACH_SAFE(at, &model->dirty_policies)
	{
		struct model_policy *policy =
		    LIST_ENTRY(at, struct model_policy, dirty);
		struct policy_state *gone = keep ? &policy->was : &policy->now;
		struct policy_state *stays = keep ? &policy->now : &policy->was;

		list_remove(&policy->dirty);
		if (policy->now.rule != policy->was.rule) {
			if (!keep) {
				model_use_sets(model, gone, false);
				model_use_sets(model, stays, true);
			}
			free(gone->rule);
		}
		*gone = *stays;
		if (!policy->now.present)
			drop_policy(model, policy);
	}
}

static void
settle_sets(struct model *model, bool keep)
{
	LIST_EACH_SAFE(at, &model->dirty_sets)
	{
		struct model_set *set = LIST_ENTRY(at, struct model_set, dirty);

		list_remove(&set->dirty);
		if (keep)
			set->was = set->now;
		else
			set->now = set->was;
		if (!set->now.present)
			drop_set(model, set);
	}
}

/* Users before what they use, so that what is dropped is used no more. */
static void
settle(struct model *model, bool keep)
{
	settle_elements(model, keep);
	settle_addresses(model, keep);
	settle_things(model, keep);
	ending_settle(model, keep);
	settle_policies(model, keep);
	settle_sets(model, keep);
}

void
model_keep(struct model *model)
{
	settle(model, true);
	model->was = model->now;
}

void
model_undo(struct model *model)
{
	settle(model, false);
	model->now = model->was;
	model->n = model->n_was;
}
