/*
 * The check of a rule.  The enforcer runs it over every rule that the engine
 * sends, and trusts nothing about the engine: a rule that passes here can do
 * no worse than let one Thing speak to one set of addresses.
 */
#include "libmud/rule.h"

#include <stddef.h>

#include "libmud/fault.h"
#include "libmud/limits.h"

static const char clause[] = "rule_is_sound";

static bool
ports_are_any(const struct ports *ports)
{
	return ports->low == 0 && ports->high == UINT16_MAX &&
	       ports->negated == 0 && ports->zero == 0;
}

static bool
ports_are_sound(const struct ports *ports, int protocol)
{
	if (ports_are_any(ports))
		return true;
	if (protocol != 6 && protocol != 17)
		return false;
	if (ports->negated > 1 || ports->zero != 0 || ports->low > ports->high)
		return false;
	/* All others than all: nothing, and nothing needs no rule. */
	return ports->low != 0 || ports->high != UINT16_MAX;
}

/* An ICMP of the other family is a rule that could never match. */
static bool
protocol_is_sound(const struct rule *rule)
{
	if (rule->protocol < -1 || rule->protocol > UINT8_MAX)
		return false;
	if (rule->protocol == 1)
		return rule->family == 4;
	if (rule->protocol == 58)
		return rule->family == 6;
	return true;
}

static bool
icmp_is_sound(const struct rule *rule)
{
	if (rule->icmp_type < -1 || rule->icmp_type > UINT8_MAX ||
	    rule->icmp_code < -1 || rule->icmp_code > UINT8_MAX)
		return false;
	if (rule->icmp_type == -1 && rule->icmp_code == -1)
		return true;
	return rule->protocol == 1 || rule->protocol == 58;
}

static bool
prefix_fits(const struct prefix *prefix, uint8_t family)
{
	static const struct prefix none;

	if (prefix->addr.family == 0)
		return prefix_equal(prefix, &none);
	return prefix->addr.family == family && prefix_is_sound(prefix);
}

static bool
peer_is_sound(const struct rule_peer *peer)
{
	if (peer->zero[0] != 0 || peer->zero[1] != 0 || peer->zero[2] != 0)
		return false;
	if (peer->kind == RULE_SET_MEMBERS)
		return peer->set != 0;
	return peer->kind == RULE_SET_LOCAL && peer->set == 0;
}

static bool
peers_are_sound(const struct rule *rule)
{
	if (rule->n_peers > ACE_PEERS)
		return false;
	if (rule->n_peers > 0 && rule->family == 0)
		return false;
	for (size_t i = 0; i < ACE_PEERS; i++) {
		const struct rule_peer *peer = &rule->peers[i];

		if (i < rule->n_peers && !peer_is_sound(peer))
			return false;
		if (i >= rule->n_peers &&
		    (peer->kind != 0 || peer->zero[0] != 0 ||
			peer->zero[1] != 0 || peer->zero[2] != 0 ||
			peer->set != 0))
			return false;
	}
	return true;
}

/* In a mirror the jump has said "reply" already, and only TCP is opened. */
static bool
opener_is_sound(const struct rule *rule)
{
	if (rule->opener == OPENER_ANY)
		return true;
	return rule->opener < RULE_OPENERS && rule->protocol == 6 &&
	       (rule->chain == CHAIN_FROM || rule->chain == CHAIN_TO);
}

static bool
fields_fit(const struct rule *rule)
{
	unsigned int families = rule->family == 4   ? FAMILY_4
	                        : rule->family == 6 ? FAMILY_6
	                                            : FAMILY_4 | FAMILY_6;

	if (!fields_are_sound(rule->fields, families, rule->protocol,
		rule->chain == CHAIN_FROM) ||
	    !fields_can_hold(rule->fields))
		return false;
	for (size_t i = 0; i < fields_count(rule->fields); i++) {
		const struct field_info *info = field_info(rule->fields[i].id);

		/* A mirror knows nothing of the packet that was answered. */
		if (rule->chain != CHAIN_FROM && rule->chain != CHAIN_TO)
			return false;
		if (rule->family == 0 &&
		    (info->is_by_family || info->families != families))
			return false;
	}
	return true;
}

/* Only the jump of a main chain, into its own mirror. */
static bool
replies_is_bare(const struct rule *rule)
{
	return (rule->chain == CHAIN_FROM || rule->chain == CHAIN_TO) &&
	       rule->family == 0 && rule->opener == OPENER_ANY &&
	       rule->n_peers == 0 && rule->ace == RULE_NO_ACE &&
	       rule->protocol == -1 && rule->icmp_type == -1 &&
	       rule->icmp_code == -1 && ports_are_any(&rule->source) &&
	       ports_are_any(&rule->destination) &&
	       rule->from.addr.family == 0 && rule->to.addr.family == 0 &&
	       fields_count(rule->fields) == 0;
}

bool
rule_is_sound(const struct rule *rule, struct fault *why)
{
	if (rule->chain >= RULE_CHAINS || rule->verdict >= RULE_VERDICTS ||
	    rule->zero != 0)
		return fault_set(why, FAULT_RECORD, clause,
		    "chain %u, verdict %u", rule->chain, rule->verdict);
	if (rule->family != 0 && rule->family != 4 && rule->family != 6)
		return fault_set(
		    why, FAULT_RECORD, clause, "family %u", rule->family);
	if (rule->ace >= LIMIT_ACES && rule->ace != RULE_NO_ACE)
		return fault_set(
		    why, FAULT_RECORD, clause, "ACE %u", rule->ace);
	if (!protocol_is_sound(rule) || !icmp_is_sound(rule))
		return fault_set(why, FAULT_RECORD, clause,
		    "protocol %d, ICMP %d/%d, family %u", rule->protocol,
		    rule->icmp_type, rule->icmp_code, rule->family);
	if (!opener_is_sound(rule))
		return fault_set(
		    why, FAULT_RECORD, clause, "opener %u", rule->opener);
	if (!ports_are_sound(&rule->source, rule->protocol) ||
	    !ports_are_sound(&rule->destination, rule->protocol))
		return fault_set(why, FAULT_RECORD, clause, "ports");
	if (!prefix_fits(&rule->from, rule->family) ||
	    !prefix_fits(&rule->to, rule->family))
		return fault_set(why, FAULT_RECORD, clause, "a prefix");
	if (!peers_are_sound(rule))
		return fault_set(why, FAULT_RECORD, clause, "a peer");
	if (!fields_fit(rule))
		return fault_set(why, FAULT_RECORD, clause, "a header field");
	if (rule->verdict == RULE_REPLIES && !replies_is_bare(rule))
		return fault_set(why, FAULT_RECORD, clause,
		    "a jump for replies with conditions");
	return true;
}

size_t
rule_forms(const struct rule *rule, struct rule_form forms[RULE_FORMS])
{
	size_t ttl = 0, n = 0;
	uint64_t hops;

	while (ttl < ACE_FIELDS && rule->fields[ttl].id != FIELD_TTL)
		ttl++;
	if (ttl == ACE_FIELDS || rule->chain != CHAIN_FROM) {
		forms[0] = (struct rule_form){ PATH_ANY, *rule };
		return 1;
	}
	forms[n++] = (struct rule_form){ PATH_HERE, *rule };
	hops = field_value(&rule->fields[ttl]);
	/* With fewer it is not passed on (RFC 1812 s5.3.1). */
	if (hops >= 2) {
		forms[n] = (struct rule_form){ PATH_ONWARD, *rule };
		(void)field_of(
		    FIELD_TTL, hops - 1, &forms[n++].rule.fields[ttl]);
	}
	forms[n++] = (struct rule_form){ PATH_BRIDGED, *rule };
	return n;
}
