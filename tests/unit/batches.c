/*
 * Batches for the tests of the enforcer.
 */
#include "tests/unit/batches.h"

#include <stdlib.h>
#include <string.h>

#include "core/msg.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

void *
script_put(struct script *script, enum record_type type)
{
	struct script_record *record;

	if (msg_size(type) > sizeof(record->body))
		abort();
	if (script->n == script->room) {
		script->room = 2 * script->room + 16;
		script->record =
		    xrealloc(script->record, script->room, sizeof(*record));
	}
	record = &script->record[script->n++];
	memset(record, 0, sizeof(*record));
	record->type = type;
	return record->body;
}

void
script_done(struct script *script)
{
	free(script->record);
	*script = (struct script){ 0 };
}

static struct prefix
prefix_from(const char *text)
{
	struct prefix prefix;

	if (!prefix_parse(text, &prefix))
		abort();
	return prefix;
}

static struct addr
addr_from(const char *text)
{
	struct addr addr;

	if (!addr_parse(text, &addr))
		abort();
	return addr;
}

static struct mac
mac_from(const char *text)
{
	struct mac mac;

	if (!mac_parse(text, &mac))
		abort();
	return mac;
}

void
script_lan(struct script *script, enum record_op op, uint32_t ifindex)
{
	struct record_lan *record = script_put(script, RECORD_LAN);

	record->op = op;
	record->ifindex = ifindex;
}

void
script_local(struct script *script, enum record_op op, const char *text)
{
	struct record_prefix *record = script_put(script, RECORD_LOCAL);

	record->op = op;
	record->prefix = prefix_from(text);
}

void
script_self(struct script *script, enum record_op op, const char *text)
{
	struct record_prefix *record = script_put(script, RECORD_SELF);

	record->op = op;
	record->prefix = prefix_from(text);
}

void
script_set(
    struct script *script, enum record_op op, uint32_t set, bool has_timeout)
{
	struct record_set *record = script_put(script, RECORD_SET);

	record->op = op;
	record->set = set;
	record->has_timeout = has_timeout ? 1 : 0;
}

void
script_element(struct script *script, enum record_op op, uint32_t set,
    const char *text, uint32_t timeout_sec)
{
	struct record_element *record = script_put(script, RECORD_ELEMENT);

	record->op = op;
	record->set = set;
	record->timeout_sec = timeout_sec;
	record->addr = addr_from(text);
}

void
script_rules(
    struct script *script, uint32_t policy, const struct rule *rules, size_t n)
{
	struct record_rules frame = { .policy = policy, .n = (uint32_t)n };

	memcpy(script_put(script, RECORD_RULES_BEGIN), &frame, sizeof(frame));
	for (size_t i = 0; i < n; i++)
		memcpy(script_put(script, RECORD_RULE), &rules[i],
		    sizeof(rules[i]));
	memcpy(script_put(script, RECORD_RULES_END), &frame, sizeof(frame));
}

void
script_gone(struct script *script, uint32_t policy)
{
	struct record_rules *record = script_put(script, RECORD_POLICY_GONE);

	record->policy = policy;
}

void
script_thing(
    struct script *script, enum record_op op, const char *mac, uint32_t policy)
{
	struct record_thing *record = script_put(script, RECORD_THING);

	record->op = op;
	record->policy = policy;
	record->mac = mac_from(mac);
}

void
script_ending(struct script *script, uint32_t policy, uint32_t ending)
{
	struct record_ending *record = script_put(script, RECORD_ENDING);

	record->policy = policy;
	record->ending = ending;
}

void
script_unknown(struct script *script, uint32_t policy)
{
	struct record_unknown *record = script_put(script, RECORD_UNKNOWN);

	record->policy = policy;
}

void
script_deny(struct script *script, const char *mac, uint32_t policy)
{
	struct record_thing *record = script_put(script, RECORD_THING);

	record->op = OP_ADD;
	record->policy = policy;
	record->mac = mac_from(mac);
	record->is_denied = 1;
}

void
script_binding(
    struct script *script, enum record_op op, const char *mac, const char *text)
{
	struct record_binding *record = script_put(script, RECORD_BINDING);

	record->op = op;
	record->mac = mac_from(mac);
	record->addr = addr_from(text);
}

void
script_port(
    struct script *script, enum record_op op, uint32_t ifindex, bool locked)
{
	struct record_lan_port *record = script_put(script, RECORD_LAN_PORT);

	record->op = op;
	record->ifindex = ifindex;
	record->is_locked = locked ? 1 : 0;
}

void
script_place(struct script *script, const char *mac, uint32_t ifindex)
{
	struct record_place *record = script_put(script, RECORD_PLACE);

	record->ifindex = ifindex;
	record->mac = mac_from(mac);
}

void
script_mark(struct script *script, uint32_t mask)
{
	struct record_mark *record = script_put(script, RECORD_MARK);

	record->mask = mask;
}

bool
script_play(struct script *script, uint32_t batch, uint32_t flags,
    script_taker *taker, void *arg, struct fault *why)
{
	struct record_batch frame = { batch, flags, (uint32_t)script->n };
	bool good = taker(arg, RECORD_BATCH_BEGIN, &frame, why);

	for (size_t i = 0; good && i < script->n; i++)
		good = taker(
		    arg, script->record[i].type, script->record[i].body, why);
	script->n = 0;
	return good && taker(arg, RECORD_BATCH_END, &frame, why);
}

struct rule
rule_any(enum rule_chain chain, unsigned int family)
{
	return (struct rule){ .chain = (uint8_t)chain,
		.verdict = RULE_ACCEPT,
		.family = (uint8_t)family,
		.opener = OPENER_ANY,
		.ace = RULE_NO_ACE,
		.protocol = -1,
		.icmp_type = -1,
		.icmp_code = -1,
		.source = { 0, UINT16_MAX, 0, 0 },
		.destination = { 0, UINT16_MAX, 0, 0 } };
}

struct rule
rule_port(enum rule_chain chain, uint8_t protocol, uint32_t set,
    bool is_destination, uint16_t port)
{
	struct rule rule = rule_any(chain, 4);

	rule.protocol = protocol;
	rule.n_peers = 1;
	rule.peers[0].kind = RULE_SET_MEMBERS;
	rule.peers[0].set = set;
	if (is_destination)
		rule.destination = (struct ports){ port, port, 0, 0 };
	else
		rule.source = (struct ports){ port, port, 0, 0 };
	return rule;
}
