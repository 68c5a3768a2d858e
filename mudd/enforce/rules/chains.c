/*
 * Rules as numbers to rules as expressions.  Role: enforcer.  Input: rules of
 * the engine that rule_is_sound has passed.
 *
 * An ACE that allows returns, it does not accept: a packet between two Things
 * must satisfy both (docs/architecture.md, "A policy in the kernel").
 */
#include "enforce/rules/chains.h"

#include <linux/netfilter.h>
#include <stdio.h>

#include "enforce/model.h"
#include "enforce/rules/eastschema.h"
#include "enforce/rules/ending.h"
#include "enforce/rules/expr.h"
#include "enforce/rules/expreast.h"
#include "enforce/rules/schema.h"
#include "enforce/rules/unknown.h"

#define TCP 6
#define UDP 17

const char *
chains_name(enum rule_chain chain, uint32_t policy, char name[OBJECT_NAME])
{
	static const char *const kinds[RULE_CHAINS] = {
		[CHAIN_FROM] = "pf",
		[CHAIN_TO] = "pt",
		[CHAIN_FROM_REPLY] = "mf",
		[CHAIN_TO_REPLY] = "mt",
	};

	(void)snprintf(name, OBJECT_NAME, "%s_%u", kinds[chain], policy);
	return name;
}

const char *
chains_set_name(uint32_t number, bool has_timeout, unsigned int family,
    char name[OBJECT_NAME])
{
	(void)snprintf(name, OBJECT_NAME, "%s%u_%u",
	    has_timeout ? "dns" : "cls", number, family);
	return name;
}

static struct about
about(uint32_t policy)
{
	return (struct about){ "policy", policy };
}

void
chains_add(struct batch *batch, uint16_t family, uint32_t policy)
{
	char name[OBJECT_NAME];

	for (unsigned int chain = 0; chain < RULE_CHAINS; chain++)
		object_chain_add(batch, family,
		    chains_name(chain, policy, name), NULL, about(policy));
}

void
chains_flush(struct batch *batch, uint16_t family, uint32_t policy)
{
	char name[OBJECT_NAME];

	for (unsigned int chain = 0; chain < RULE_CHAINS; chain++)
		object_chain_flush(batch, family,
		    chains_name(chain, policy, name), about(policy));
}

void
chains_delete(struct batch *batch, uint16_t family, uint32_t policy)
{
	char name[OBJECT_NAME];

	for (unsigned int chain = 0; chain < RULE_CHAINS; chain++)
		object_chain_delete(batch, family,
		    chains_name(chain, policy, name), about(policy));
}

static bool
is_stateless(uint16_t family)
{
	return family == NFPROTO_BRIDGE;
}

/* Where what the policy denies goes.  Unknown devices have none that is asked
 * in table bridge mudd. */
static const char *
chain_end(
    const struct model *model, uint16_t family, uint32_t policy, bool from)
{
	switch (ending_of(model, policy)) {
	case ENDING_WATCH:
		return from ? CHAIN_WATCH_FROM : CHAIN_WATCH_TO;
	case ENDING_UNKNOWN:
		if (is_stateless(family))
			break;
		return from ? CHAIN_DROP_UNKNOWN_FROM : CHAIN_DROP_UNKNOWN_TO;
	case ENDING_DROP:
	case ENDINGS:
		break;
	}
	if (!from && is_stateless(family))
		return CHAIN_EAST_DROP_TO;
	return from ? CHAIN_DROP_FROM : CHAIN_DROP_TO;
}

/* Is the packet one from the Thing? Then its peer is the destination. */
static bool
is_from(unsigned int chain)
{
	return chain == CHAIN_FROM || chain == CHAIN_FROM_REPLY;
}

/* S-44: local networks are never the gateway itself. */
static void
put_peer(struct nftnl_rule *to, struct model *model, const struct rule *rule,
    const struct rule_peer *peer)
{
	enum end end = is_from(rule->chain) ? DESTINATION : SOURCE;
	bool is_4 = rule->family == 4;
	const struct model_set *set;
	char name[OBJECT_NAME];

	if (peer->kind == RULE_SET_LOCAL) {
		expr_addr_in(to, rule->family, end,
		    is_4 ? SET_LOCAL4 : SET_LOCAL6, false);
		expr_addr_in(
		    to, rule->family, end, is_4 ? SET_SELF4 : SET_SELF6, true);
		return;
	}
	set = model_set_find(model, peer->set);
	expr_addr_in(to, rule->family, end,
	    chains_set_name(
		peer->set, set->now.has_timeout, rule->family, name),
	    false);
}

/* Fields of one header. */
static void
put_fields(struct nftnl_rule *to, const struct rule *rule, enum field_base base)
{
	for (size_t i = 0; i < fields_count(rule->fields); i++) {
		const struct field_wire wire =
		    field_wire(&rule->fields[i], rule->family);

		if (wire.base != base)
			continue;
		if (base == FIELD_LINK)
			expr_is_ether(to, COMES_IN);
		expr_field(to, &wire);
	}
}

static void
put_path(struct nftnl_rule *to, enum rule_path path)
{
	if (path == PATH_ANY)
		return;
	expr_is_onward(to, path != PATH_HERE);
	if (path == PATH_HERE)
		return;
	expr_is_ether(to, COMES_IN);
	expr_mac_in(to, DESTINATION, SET_GATEWAY, path == PATH_BRIDGED);
}

static void
put_opener(struct nftnl_rule *to, uint16_t family, bool reply)
{
	if (!is_stateless(family))
		expr_ct_reply(to, reply);
	else if (reply)
		expr_tcp_may_reply(to);
	else
		expr_tcp_may_open(to);
}

static void
put_conditions(struct nftnl_rule *to, uint16_t family, struct model *model,
    const struct rule_form *form)
{
	const struct rule *rule = &form->rule;

	if (!is_stateless(family))
		put_path(to, form->path);
	put_fields(to, rule, FIELD_LINK);
	if (rule->family != 0)
		expr_family(to, rule->family);
	if (rule->from.addr.family != 0)
		expr_prefix(to, SOURCE, &rule->from);
	if (rule->to.addr.family != 0)
		expr_prefix(to, DESTINATION, &rule->to);
	for (size_t i = 0; i < rule->n_peers; i++)
		put_peer(to, model, rule, &rule->peers[i]);
	put_fields(to, rule, FIELD_NETWORK);
	if (rule->protocol >= 0)
		expr_protocol(to, (uint8_t)rule->protocol);
	if (rule->protocol == TCP || rule->protocol == UDP) {
		expr_ports(to, SOURCE, &rule->source);
		expr_ports(to, DESTINATION, &rule->destination);
	}
	expr_icmp(to, rule->icmp_type, rule->icmp_code);
	put_fields(to, rule, FIELD_TRANSPORT);
	if (rule->opener != OPENER_ANY)
		put_opener(to, family, rule->opener == OPENER_REPLY);
}

static void
put_verdict(struct nftnl_rule *to, uint16_t family, const struct model *model,
    uint32_t policy, const struct rule *rule)
{
	bool from = is_from(rule->chain);
	char name[OBJECT_NAME];

	switch ((enum rule_verdict)rule->verdict) {
	case RULE_ACCEPT:
		expr_counter(to);
		expr_return(to);
		break;
	case RULE_DENY:
		expr_counter(to);
		expr_goto(to, chain_end(model, family, policy, from));
		break;
	case RULE_REPLIES:
		/* An ICMP error is no reply in the flow that it quotes. */
		expr_ct_established(to);
		expr_ct_reply(to, true);
		expr_goto(
		    to, chains_name(from ? CHAIN_FROM_REPLY : CHAIN_TO_REPLY,
			    policy, name));
		break;
	case RULE_VERDICTS:
		break;
	}
}

static void
put_form(struct batch *batch, uint16_t family, struct model *model,
    uint32_t policy, const struct rule_form *form)
{
	const struct rule *rule = &form->rule;
	char name[OBJECT_NAME], comment[OBJECT_NAME];
	struct nftnl_rule *to =
	    object_rule(family, chains_name(rule->chain, policy, name));

	put_conditions(to, family, model, form);
	put_verdict(to, family, model, policy, rule);
	if (rule->ace != RULE_NO_ACE) {
		(void)snprintf(comment, sizeof(comment), "ace %u", rule->ace);
		object_rule_comment(to, comment);
	}
	object_rule_put(batch, to, about(policy));
}

/* What stays on its bridge meets those forms alone that are for it. */
static void
put_rule(struct batch *batch, uint16_t family, struct model *model,
    uint32_t policy, const struct rule *rule)
{
	struct rule_form forms[RULE_FORMS];
	size_t n = rule_forms(rule, forms);

	if (is_stateless(family) && rule->verdict == RULE_REPLIES)
		return;
	for (size_t i = 0; i < n; i++)
		if (!is_stateless(family) || forms[i].path == PATH_ANY ||
		    forms[i].path == PATH_BRIDGED)
			put_form(batch, family, model, policy, &forms[i]);
}

static void
put_end(struct batch *batch, uint16_t family, uint32_t policy,
    enum rule_chain chain, const char *end)
{
	char name[OBJECT_NAME];
	struct nftnl_rule *last =
	    object_rule(family, chains_name(chain, policy, name));

	expr_goto(last, end);
	object_rule_put(batch, last, about(policy));
}

/* Does the chain end in the mirror of the other one? */
static bool
is_mirrored(enum rule_chain chain, const struct rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rules[i].chain == chain && rules[i].verdict == RULE_REPLIES)
			return true;
	return false;
}

/*
 * What comes to the end of the list may still be a reply, which its mirror
 * judges; of TCP all may but what opens a flow.
 */
static void
put_mirror(struct batch *batch, uint16_t family, uint32_t policy,
    enum rule_chain chain, const char *end)
{
	char name[OBJECT_NAME], mirror[OBJECT_NAME];
	struct nftnl_rule *to;

	(void)chains_name(chain, policy, name);
	(void)chains_name(
	    chain == CHAIN_FROM ? CHAIN_FROM_REPLY : CHAIN_TO_REPLY, policy,
	    mirror);
	to = object_rule(family, name);
	expr_protocol(to, TCP);
	expr_tcp_may_reply(to);
	expr_goto(to, mirror);
	object_rule_put(batch, to, about(policy));

	to = object_rule(family, name);
	expr_protocol(to, TCP);
	expr_goto(to, end);
	object_rule_put(batch, to, about(policy));

	put_end(batch, family, policy, chain, mirror);
}

void
chains_fill(struct batch *batch, uint16_t family, struct model *model,
    uint32_t policy, const struct rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_rule(batch, family, model, policy, &rules[i]);
	for (unsigned int chain = 0; chain < RULE_CHAINS; chain++) {
		const char *end =
		    chain_end(model, family, policy, is_from(chain));

		if (is_stateless(family) && is_mirrored(chain, rules, n))
			put_mirror(batch, family, policy, chain, end);
		else
			put_end(batch, family, policy, chain, end);
	}
}
