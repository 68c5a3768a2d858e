/*
 * One batch, gathered and checked.  Role: enforcer.  Input: records of the
 * engine, of the right type and size (msg.c) and not trusted beyond that: an
 * engine that was taken over must not get more into the kernel than rules
 * over numbered sets and managed Things.
 */
#include "enforce/rules.h"

#include <stdlib.h>
#include <string.h>

#include "core/mark.h"
#include "core/msg.h"
#include "enforce/change.h"
#include "enforce/model.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const char clause[] = "enforcer";

static bool
op_is_sound(uint32_t op, struct fault *why)
{
	if (op == OP_ADD || op == OP_DELETE)
		return true;
	return fault_set(why, FAULT_RECORD, clause, "op %u", op);
}

static bool
take_lan(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_lan *record = body;
	struct device device;

	if (!op_is_sound(record->op, why))
		return false;
	if (record->op == OP_DELETE)
		return change_lan_delete(gather->staged, record->ifindex, why);
	if (!gather->device(gather->device_arg, record->ifindex, &device))
		return fault_set(why, FAULT_RECORD, clause,
		    "no interface has number %u", record->ifindex);
	return change_lan_add(gather->staged, &device, why);
}

static bool
take_lan_port(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_lan_port *record = body;
	struct device device;

	if (!op_is_sound(record->op, why))
		return false;
	if (record->is_locked > 1)
		return fault_set(why, FAULT_RECORD, clause,
		    "port %u, locked %u", record->ifindex, record->is_locked);
	if (record->op == OP_DELETE)
		return change_port_delete(gather->staged, record->ifindex, why);
	/* One that has just gone is no loss: the engine will hear of it. */
	if (!gather->device(gather->device_arg, record->ifindex, &device))
		device = (struct device){ .ifindex = record->ifindex };
	return change_port_add(
	    gather->staged, &device, record->is_locked == 1, why);
}

static bool
take_local(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_prefix *record = body;

	if (!op_is_sound(record->op, why))
		return false;
	if (!prefix_is_sound(&record->prefix) ||
	    !addr_is_sound(&record->prefix.addr) ||
	    !prefix_is_unicast(&record->prefix))
		return fault_set(why, FAULT_RECORD, "S-44", "no local network");
	if (record->op == OP_DELETE)
		return change_local_delete(
		    gather->staged, &record->prefix, why);
	return change_local_add(gather->staged, &record->prefix, why);
}

static bool
take_self(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_prefix *record = body;
	const struct addr *addr = &record->prefix.addr;

	if (!op_is_sound(record->op, why))
		return false;
	if (!addr_is_sound(addr) ||
	    record->prefix.len != (addr->family == 4 ? 32 : 128))
		return fault_set(why, FAULT_RECORD, clause, "not one address");
	if (record->op == OP_DELETE)
		return change_self_delete(gather->staged, addr, why);
	return change_self_add(gather->staged, addr, why);
}

static bool
take_set(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_set *record = body;

	if (!op_is_sound(record->op, why))
		return false;
	if (record->set == 0 || record->has_timeout > 1)
		return fault_set(why, FAULT_RECORD, clause, "set %u, kind %u",
		    record->set, record->has_timeout);
	if (record->op == OP_DELETE)
		return change_set_delete(gather->staged, record->set, why);
	return change_set_add(
	    gather->staged, record->set, record->has_timeout == 1, why);
}

static bool
take_element(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_element *record = body;

	if (!op_is_sound(record->op, why))
		return false;
	if (!addr_is_sound(&record->addr) || !addr_is_host(&record->addr))
		return fault_set(why, FAULT_RECORD, "S-53",
		    "no host address for set %u", record->set);
	if (record->op == OP_DELETE)
		return change_element_delete(
		    gather->staged, record->set, &record->addr, why);
	/* S-55: a time to live, and as much again of grace. */
	if (record->timeout_sec > 2 * LIMIT_TTL_MAX_SEC)
		return fault_set(why, FAULT_RECORD, "S-55", "timeout of %u s",
		    record->timeout_sec);
	return change_element_add(gather->staged, record->set, &record->addr,
	    record->timeout_sec, why);
}

static bool
take_rules_begin(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_rules *record = body;

	if (record->policy == 0 || record->n > LIMIT_RULES)
		return fault_set(why, FAULT_RECORD, clause,
		    "policy %u with %u rules", record->policy, record->n);
	gather->policy = record->policy;
	gather->n_rules = record->n;
	gather->n_seen_rules = 0;
	gather->rule = xcalloc(record->n, sizeof(*gather->rule));
	return true;
}

static bool
take_rule(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_rule *record = body;

	if (gather->n_seen_rules == gather->n_rules)
		return fault_set(why, FAULT_RECORD, clause,
		    "policy %u has more than %u rules", gather->policy,
		    gather->n_rules);
	if (!rule_is_sound(&record->rule, why))
		return false;
	gather->rule[gather->n_seen_rules++] = record->rule;
	return true;
}

static bool
take_rules_end(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_rules *record = body;
	struct rule *rule = gather->rule;

	if (record->policy != gather->policy || record->n != gather->n_rules ||
	    gather->n_seen_rules != gather->n_rules)
		return fault_set(why, FAULT_RECORD, clause,
		    "policy %u has %u of %u rules", gather->policy,
		    gather->n_seen_rules, gather->n_rules);
	gather->rule = NULL;
	gather->policy = 0;
	return change_policy_put(
	    gather->staged, record->policy, rule, record->n, why);
}

static bool
take_ending(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_ending *record = body;

	if (record->policy == 0 || record->ending >= ENDINGS)
		return fault_set(why, FAULT_RECORD, clause,
		    "policy %u with ending %u", record->policy, record->ending);
	return change_policy_ending(gather->staged, record->policy,
	    (enum policy_ending)record->ending, why);
}

static bool
take_unknown(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_unknown *record = body;

	if (record->policy == 0)
		return fault_set(why, FAULT_RECORD, clause,
		    "unknown devices under policy 0");
	return change_unknown(gather->staged, record->policy,
	    gather->staged != gather->live, why);
}

static bool
take_policy_gone(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_rules *record = body;

	return change_policy_delete(gather->staged, record->policy, why);
}

static bool
take_thing(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_thing *record = body;
	char text[MAC_TEXT];

	if (!op_is_sound(record->op, why))
		return false;
	if (!mac_is_host(&record->mac))
		return fault_set(why, FAULT_RECORD, "S-49", "%s names no Thing",
		    mac_text(&record->mac, text));
	if (record->is_denied > (record->policy != 0 ? 1 : 0))
		return fault_set(why, FAULT_RECORD, clause,
		    "%s under policy %u, denied %u",
		    mac_text(&record->mac, text), record->policy,
		    record->is_denied);
	if (record->op == OP_DELETE)
		return change_thing_delete(gather->staged, &record->mac, why);
	return change_thing_put(gather->staged, &record->mac, record->policy,
	    record->is_denied == 1, why);
}

static bool
take_binding(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_binding *record = body;
	char text[MAC_TEXT];

	if (!op_is_sound(record->op, why))
		return false;
	if (!addr_is_sound(&record->addr) || !addr_is_host(&record->addr))
		return fault_set(why, FAULT_RECORD, "S-48",
		    "%s is bound to no host address",
		    mac_text(&record->mac, text));
	if (record->op == OP_DELETE)
		return change_binding_delete(
		    gather->staged, &record->mac, &record->addr, why);
	return change_binding_add(
	    gather->staged, &record->mac, &record->addr, why);
}

/* From a port that has just gone nothing comes in. */
static bool
take_place(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_place *record = body;
	struct device device;
	bool is_there =
	    record->ifindex != 0 &&
	    gather->device(gather->device_arg, record->ifindex, &device);

	return change_place(
	    gather->staged, &record->mac, is_there ? &device : NULL, why);
}

/* The bits that stamps stand in are chosen once for a table. */
static bool
take_mark(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_mark *record = body;

	if ((gather->flags & BATCH_RESET) == 0)
		return fault_set(
		    why, FAULT_RECORD, clause, "a mark without RESET");
	if (!mark_mask_is_sound(record->mask))
		return fault_set(why, FAULT_RECORD, clause,
		    "mark mask 0x%08x is no run of %d bits", record->mask,
		    MARK_BITS);
	gather->staged->mark_mask = record->mask;
	return true;
}

static bool
take_bridges(struct gather *gather, const void *body, struct fault *why)
{
	const struct record_bridges *record = body;

	if ((gather->flags & BATCH_RESET) == 0)
		return fault_set(
		    why, FAULT_RECORD, clause, "a bridge path without RESET");
	if (record->choice >= BRIDGE_CHOICES)
		return fault_set(why, FAULT_RECORD, clause, "bridge path %u",
		    record->choice);
	gather->staged->bridge_choice = record->choice;
	return true;
}

static const struct {
	enum record_type type;
	bool (*take)(
	    struct gather *gather, const void *body, struct fault *why);
	bool in_rules; /* stands between RULES_BEGIN and RULES_END */
} records[] = {
	{ RECORD_LAN, take_lan, false },
	{ RECORD_LOCAL, take_local, false },
	{ RECORD_SELF, take_self, false },
	{ RECORD_SET, take_set, false },
	{ RECORD_ELEMENT, take_element, false },
	{ RECORD_RULES_BEGIN, take_rules_begin, false },
	{ RECORD_RULE, take_rule, true },
	{ RECORD_RULES_END, take_rules_end, true },
	{ RECORD_ENDING, take_ending, false },
	{ RECORD_POLICY_GONE, take_policy_gone, false },
	{ RECORD_UNKNOWN, take_unknown, false },
	{ RECORD_THING, take_thing, false },
	{ RECORD_BINDING, take_binding, false },
	{ RECORD_MARK, take_mark, false },
	{ RECORD_BRIDGES, take_bridges, false },
	{ RECORD_LAN_PORT, take_lan_port, false },
	{ RECORD_PLACE, take_place, false },
};

bool
gather_takes(enum record_type type)
{
	for (size_t i = 0; i < LENGTH(records); i++)
		if (records[i].type == type)
			return true;
	return type == RECORD_BATCH_BEGIN || type == RECORD_BATCH_END;
}

void
gather_init(struct gather *gather, gather_device_fn *device, void *device_arg)
{
	*gather = (struct gather){ .device = device, .device_arg = device_arg };
}

static void
drop_rules(struct gather *gather)
{
	free(gather->rule);
	gather->rule = NULL;
	gather->policy = 0;
}

void
gather_drop(struct gather *gather)
{
	drop_rules(gather);
	gather->open = false;
	if (gather->staged == NULL)
		return;
	if (gather->staged == gather->live)
		model_undo(gather->live);
	else
		model_free(gather->staged);
	gather->staged = NULL;
}

void
gather_keep(struct gather *gather)
{
	model_keep(gather->staged);
	if (gather->staged != gather->live)
		model_free(gather->live);
	gather->live = gather->staged;
	gather->staged = NULL;
}

void
gather_forget(struct gather *gather)
{
	gather_drop(gather);
	model_free(gather->live);
	gather->live = NULL;
}

void
gather_done(struct gather *gather)
{
	gather_forget(gather);
}

static bool
begin_is_sound(const struct gather *gather, const struct record_batch *begin,
    uint32_t last, struct fault *why)
{
	bool reset = (begin->flags & BATCH_RESET) != 0;

	if ((begin->flags & ~BATCH_FLAGS) != 0 || (!reset && begin->flags != 0))
		return fault_set(why, FAULT_RECORD, clause,
		    "batch with flags 0x%x", begin->flags);
	if (begin->n > LIMIT_BATCH)
		return fault_set(why, FAULT_TOO_MANY, clause,
		    "batch of %u records", begin->n);
	if (!reset && gather->live == NULL)
		return fault_set(why, FAULT_RECORD, clause,
		    "the first batch must be a RESET");
	if (!reset && begin->batch != last + 1)
		return fault_set(why, FAULT_RECORD, clause,
		    "batch %u after batch %u", begin->batch, last);
	return true;
}

void
gather_begin(
    struct gather *gather, const struct record_batch *begin, int64_t at_sec)
{
	uint32_t last = gather->batch;

	gather_drop(gather);
	gather->open = true;
	gather->batch = begin->batch;
	gather->flags = begin->flags;
	gather->n = begin->n;
	gather->seen = 0;
	gather->why = (struct fault){ 0 };
	if (!begin_is_sound(gather, begin, last, &gather->why))
		return;
	gather->staged = (begin->flags & BATCH_RESET) == 0
	                     ? gather->live
	                     : model_new((begin->flags & BATCH_MONITOR) != 0);
	model_begin(gather->staged, at_sec);
}

/* Says which record it was, and lets go of the batch. */
static void
deny(struct gather *gather, enum record_type type, const struct fault *why)
{
	(void)fault_set(&gather->why, why->code, why->clause,
	    "record %u of batch %u, %s: %s", gather->seen, gather->batch,
	    msg_name(type), why->detail);
	gather_drop(gather);
	gather->open = true;
}

void
gather_record(struct gather *gather, enum record_type type, const void *body)
{
	struct fault why;
	bool ok = fault_set(&why, FAULT_RECORD, clause, "not of a batch");

	gather->seen += gather->seen < UINT32_MAX ? 1 : 0;
	if (gather->why.code != FAULT_NONE)
		return;
	for (size_t i = 0; i < LENGTH(records); i++) {
		if (records[i].type != type)
			continue;
		if (gather->seen > gather->n)
			(void)fault_set(&why, FAULT_RECORD, clause,
			    "more than the %u announced", gather->n);
		else if (records[i].in_rules != (gather->rule != NULL))
			(void)fault_set(
			    &why, FAULT_RECORD, clause, "out of turn");
		else
			ok = records[i].take(gather, body, &why);
	}
	if (!ok)
		deny(gather, type, &why);
}

static bool
has_lan(const struct places *places, uint32_t ifindex)
{
	for (size_t i = 0; i < places->n_lan; i++)
		if (places->lan[i].ifindex == ifindex)
			return true;
	return false;
}

/*
 * A LAN interface leaves when it is gone, or has another name: no record can
 * take it out from under its Things while it is there.  A RESET begins with
 * none, and says anew which there are.
 */
static bool
lan_is_kept(const struct gather *gather, struct fault *why)
{
	const struct places *was = &gather->staged->was;
	const struct places *now = &gather->staged->now;

	for (size_t i = 0; i < was->n_lan; i++) {
		const struct device *lan = &was->lan[i];
		struct device device;

		if (!has_lan(now, lan->ifindex) &&
		    gather->device(gather->device_arg, lan->ifindex, &device) &&
		    memcmp(device.name, lan->name, sizeof(lan->name)) == 0)
			return fault_set(why, FAULT_RECORD, clause,
			    "LAN interface %u is still there", lan->ifindex);
	}
	return true;
}

static bool
end_is_sound(const struct gather *gather, const struct record_batch *end,
    struct fault *why)
{
	if (gather->why.code != FAULT_NONE) {
		*why = gather->why;
		return false;
	}
	if (gather->rule != NULL)
		return fault_set(why, FAULT_RECORD, clause,
		    "batch %u ends within the rules of policy %u",
		    gather->batch, gather->policy);
	if (end->batch != gather->batch || end->n != gather->n ||
	    gather->seen != gather->n)
		return fault_set(why, FAULT_RECORD, clause,
		    "batch %u of %u records ends as batch %u of %u",
		    gather->batch, gather->n, end->batch, gather->seen);
	return lan_is_kept(gather, why) && model_is_whole(gather->staged, why);
}

bool
gather_end(
    struct gather *gather, const struct record_batch *end, struct fault *why)
{
	gather->open = false;
	if (end_is_sound(gather, end, why))
		return true;
	gather_drop(gather);
	return false;
}
