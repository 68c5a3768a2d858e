/*
 * Records as raw bytes, as an engine that was taken over might send them, into
 * the enforcer's model.  Whatever is taken must leave a model that is whole,
 * within its limits, and fit to be written as a transaction; whatever is
 * refused must leave it as it was.  No kernel.
 *
 * The input is a row of records: one byte that says which, then the body.  So
 * that batches end well often enough to be of use, the numbers of BEGIN and
 * END are put right unless the byte's highest bit is set; the next bit makes
 * the kernel refuse the batch.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mark.h"
#include "core/msg.h"
#include "enforce/batch.h"
#include "enforce/model.h"
#include "enforce/rules.h"
#include "enforce/rules/epoch.h"
#include "enforce/table.h"
#include "libmud/fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define AS_IT_IS      0x80
#define REFUSED       0x40
#define WHICH         0x3f
#define BODY          256

static const enum record_type types[] = { RECORD_BATCH_BEGIN, RECORD_BATCH_END,
	RECORD_LAN, RECORD_LOCAL, RECORD_SELF, RECORD_SET, RECORD_ELEMENT,
	RECORD_RULES_BEGIN, RECORD_RULE, RECORD_RULES_END, RECORD_POLICY_GONE,
	RECORD_THING, RECORD_BINDING };
/* Those that came later have bytes that no file of the corpus had, so that the
 * others mean what they meant. */
static const struct {
	size_t which;
	enum record_type type;
} later[] = { { 13, RECORD_ENDING }, { 16, RECORD_UNKNOWN },
	{ 40, RECORD_LAN_PORT }, { 41, RECORD_PLACE },
	{ WHICH - 1, RECORD_BRIDGES }, { WHICH, RECORD_MARK } };

/* What a model holds in all; enough to see that nothing has changed. */
struct tally {
	struct places places;
	struct model_counts n;
	size_t claims, refs, elements, policies, timeouts;
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static bool
find_device(void *arg, uint32_t ifindex, struct device *device)
{
	(void)arg;
	if (ifindex == 0 || ifindex > 300)
		return false;
	*device = (struct device){ .ifindex = ifindex,
		.is_bridge = ifindex % 2 == 0 };
	(void)snprintf(device->name, sizeof(device->name), "if%u", ifindex);
	return true;
}

static void
audit_places(const struct places *places)
{
	must(places->n_lan <= LIMIT_PORTS);
	must(places->n_locals <= LIMIT_LOCALS);
	must(places->n_selves <= MODEL_SELVES);
	for (size_t i = 0; i < places->n_locals; i++) {
		const struct prefix *local = &places->local[i];

		must(prefix_is_sound(local) && local->len > 0);
	}
}

static void
audit_sets(const struct model *model, struct tally *tally)
{
	size_t n = 0;

	LIST_EACH(at, &model->sets)
	{
		struct model_set *set = LIST_ENTRY(at, struct model_set, all);

		must(set->now.present && set->number != 0);
		n++;
		tally->refs += set->refs;
		LIST_EACH(link, &set->elements)
		{
			struct model_element *element =
			    LIST_ENTRY(link, struct model_element, of_set);

			must(element->now.present);
			must(addr_is_host(&element->addr));
			must((element->now.timeout_sec != 0) ==
			     set->now.has_timeout);
			tally->elements++;
			tally->timeouts += element->now.timeout_sec;
		}
	}
	must(n == model->n.sets && n <= LIMIT_SETS);
	must(tally->elements == model->n.elements);
	must(tally->elements <= LIMIT_ELEMENTS);
}

static void
audit_policies(struct model *model, struct tally *tally)
{
	size_t n = 0, n_rules = 0, peers = 0;
	struct fault why;

	LIST_EACH(at, &model->policies)
	{
		struct model_policy *policy =
		    LIST_ENTRY(at, struct model_policy, all);

		must(policy->now.present && policy->number != 0);
		must(policy->now.n <= LIMIT_RULES);
		n++;
		n_rules += policy->now.n;
		tally->policies += policy->refs;
		for (size_t i = 0; i < policy->now.n; i++) {
			const struct rule *rule = &policy->now.rule[i];

			must(rule_is_sound(rule, &why));
			for (size_t j = 0; j < rule->n_peers; j++) {
				uint32_t set = rule->peers[j].set;

				if (set == 0)
					continue;
				must(model_set_find(model, set) != NULL);
				peers++;
			}
		}
	}
	must(n == model->n.policies && n <= LIMIT_POLICIES);
	must(n_rules == model->n.rules && peers == tally->refs);
}

static void
audit_things(struct model *model, struct tally *tally)
{
	size_t n = 0, addresses = 0, under = 0;

	LIST_EACH(at, &model->things)
	{
		struct model_thing *thing =
		    LIST_ENTRY(at, struct model_thing, all);

		must(thing->now.present && mac_is_host(&thing->mac));
		must(thing->now.n_addrs <= MODEL_ADDRESSES);
		must(thing->now.policy != NULL || thing->now.n_addrs == 0);
		n++;
		under += thing->now.policy != NULL ? 1 : 0;
		must(thing->now.policy == NULL ||
		     thing->now.policy->now.present);
		must(thing->now.policy == NULL
			 ? !thing->now.denied
			 : thing->now.policy->ending < ENDING_UNKNOWN);
		for (size_t i = 0; i < thing->now.n_addrs; i++) {
			must(thing->now.addr[i]->now == thing);
			must(addr_is_host(&thing->now.addr[i]->addr));
			must(addr_is_sound(&thing->now.addr[i]->addr));
			addresses++;
		}
	}
	LIST_EACH(at, &model->addresses)
	{
		must(LIST_ENTRY(at, struct model_address, all)->claims == 1);
		tally->claims++;
	}
	must(n == model->n.things && n <= LIMIT_THINGS_MAX);
	must(model->unknown_now == NULL ||
	     model->unknown_now->ending == ENDING_UNKNOWN);
	under += model->unknown_now != NULL ? 1 : 0;
	must(tally->claims == addresses && tally->policies == under);
}

static struct tally
audit(struct model *model)
{
	struct tally tally = { 0 };

	if (model == NULL)
		return tally;
	must(list_is_empty(&model->dirty_sets) &&
	     list_is_empty(&model->dirty_elements) &&
	     list_is_empty(&model->dirty_policies) &&
	     list_is_empty(&model->dirty_things) &&
	     list_is_empty(&model->dirty_addresses));
	tally.places = model->now;
	tally.n = model->n;
	audit_places(&model->now);
	audit_sets(model, &tally);
	audit_policies(model, &tally);
	audit_things(model, &tally);
	return tally;
}

/* It goes to the kernel as messages that are within their bounds. */
static void
write_it(struct gather *gather)
{
	const struct tables tables = { true, true,
		gather->staged->bridge_choice == BRIDGE_CHOICE_STATELESS
		    ? BRIDGE_PATH_STATELESS
		    : BRIDGE_PATH_NETFILTER };
	const struct model *model = gather->staged;
	struct epoch epoch = { 0 };
	struct batch batch;

	must(mark_mask_is_sound(model->mark_mask));

	batch_init(&batch, 1);
	table_write(&batch, gather->staged, &tables, &gather->staged->now,
	    gather->staged != gather->live);
	/* What may take something away is followed by another epoch. */
	epoch = epoch_after(&epoch, model->mark_mask);
	if (model != gather->live)
		epoch_write(&batch, &epoch, model->monitor);
	else if (epoch_is_over(model))
		epoch_renew(&batch, &epoch);
	must(batch.len <= batch.room);
	batch_done(&batch);
}

/* Elements that have run out are gone, whatever became of the batch. */
static void
must_be_same(const struct tally *before, const struct tally *after)
{
	static struct tally expected;

	must(after->elements <= before->elements);
	expected = *before;
	expected.n.elements = after->n.elements;
	expected.elements = after->elements;
	expected.timeouts = after->timeouts;
	must(memcmp(&expected, after, sizeof(expected)) == 0);
}

static void
end(struct gather *gather, const struct record_batch *frame, bool refused,
    struct tally *before)
{
	struct fault why = { 0 };
	struct tally after;

	if (!gather->open)
		return;
	if (gather_end(gather, frame, &why)) {
		write_it(gather);
		if (refused)
			gather_drop(gather);
		else
			gather_keep(gather);
		after = audit(gather->live);
		if (refused)
			must_be_same(before, &after);
		*before = after;
		return;
	}
	must(fault_is_sound(&why) && why.code != FAULT_NONE);
	after = audit(gather->live);
	must_be_same(before, &after);
	*before = after;
}

static enum record_type
type_of(uint8_t how)
{
	size_t which = how & WHICH;

	for (size_t i = 0; i < LENGTH(later); i++)
		if (later[i].which == which)
			return later[i].type;
	return types[which % LENGTH(types)];
}

/* How many records stand before the next frame. */
static uint32_t
count(const uint8_t *data, size_t size)
{
	uint32_t n = 0;

	for (size_t at = 0; at < size; n++) {
		enum record_type type = type_of(data[at]);

		if (type == RECORD_BATCH_BEGIN || type == RECORD_BATCH_END ||
		    size - at - 1 < msg_size(type))
			break;
		at += 1 + msg_size(type);
	}
	return n;
}

static void
play(struct gather *gather, const uint8_t *data, size_t size)
{
	static struct tally before;
	int64_t at_sec = 0;

	memset(&before, 0, sizeof(before));
	for (size_t at = 0; at < size;) {
		uint8_t how = data[at++];
		enum record_type type = type_of(how);
		size_t len = msg_size(type);
		_Alignas(8) uint8_t body[BODY];
		struct record_batch *frame = (void *)body;

		if (size - at < len)
			break;
		memcpy(body, data + at, len);
		at += len;
		if (type == RECORD_BATCH_BEGIN) {
			if ((how & AS_IT_IS) == 0) {
				frame->batch = gather->batch + 1;
				frame->n = count(data + at, size - at);
				/* Time goes on, by what is no flag. */
				at_sec += frame->flags >> 8;
				frame->flags &= 3;
			}
			gather_begin(gather, frame, at_sec);
		} else if (type == RECORD_BATCH_END) {
			if ((how & AS_IT_IS) == 0) {
				frame->batch = gather->batch;
				frame->n = gather->n;
			}
			end(gather, frame, (how & REFUSED) != 0, &before);
		} else if (gather->open) {
			gather_record(gather, type, body);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gather gather;

	gather_init(&gather, find_device, NULL);
	play(&gather, data, size);
	gather_done(&gather);
	return 0;
}
