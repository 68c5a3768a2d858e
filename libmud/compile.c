/*
 * policy × sets → rules.  The engine runs it over policies that it has
 * checked with ace_is_sound(), mudctl over a file it was given.
 *
 * Each direction's list becomes two chains: its own, for packets of that
 * direction, and a mirror, which judges a reply by the packet that opened the
 * flow (docs/architecture.md, "What a verdict is", 3).
 */
#include "libmud/compile.h"

#include <stdlib.h>
#include <string.h>

#include "libmud/limits.h"
#include "libmud/mem.h"

/* Two families in a chain and its mirror; jumps and defaults besides. */
#define RULES_PER_ACE 4
#define RULES_BESIDES 32
_Static_assert(RULES_BESIDES + LIMIT_ACES * RULES_PER_ACE == LIMIT_RULES,
    "a policy within LIMIT_ACES always fits");

#define PORT_DNS 53
#define PORT_NTP 123

struct compiler {
	const struct policy *policy;
	compile_set_fn *set_of;
	void *arg;
	struct rules *rules;
};

static const struct ports any_port = { .high = UINT16_MAX };

static enum direction
direction_of(enum rule_chain chain)
{
	/* A mirror reads the list of the flow's opener: the other side's. */
	return chain == CHAIN_FROM || chain == CHAIN_TO_REPLY ? FROM_DEVICE
	                                                      : TO_DEVICE;
}

static bool
is_mirror(enum rule_chain chain)
{
	return chain == CHAIN_FROM_REPLY || chain == CHAIN_TO_REPLY;
}

static struct rule
rule_blank(enum rule_chain chain, enum rule_verdict verdict)
{
	struct rule rule;

	/* Padding too: a rule crosses to another process as it is. */
	memset(&rule, 0, sizeof(rule));
	rule.chain = (uint8_t)chain;
	rule.verdict = (uint8_t)verdict;
	rule.ace = RULE_NO_ACE;
	rule.protocol = rule.icmp_type = rule.icmp_code = -1;
	rule.source = rule.destination = any_port;
	return rule;
}

static void
add_rule(struct compiler *c, const struct rule *rule)
{
	c->rules->rule[c->rules->n++] = *rule;
}

/* The families that an ACE's conditions leave possible. */
static unsigned int
families_of(const struct ace *ace)
{
	return ace_families(ace) & fields_families(ace->fields);
}

/* False if a peer has no set, so that nothing can match. */
static bool
find_peers(const struct compiler *c, const struct ace *ace, struct rule *rule)
{
	for (size_t i = 0; i < ace->n_peers; i++) {
		const struct peer *peer = &ace->peers[i];
		struct rule_peer *at = &rule->peers[i];

		if (peer->kind == PEER_LOCAL_NETWORKS) {
			at->kind = RULE_SET_LOCAL;
			continue;
		}
		at->kind = RULE_SET_MEMBERS;
		at->set = c->set_of(c->arg, (enum peer_kind)peer->kind,
		    peer->text == PEER_NO_TEXT
			? NULL
			: c->policy->texts[peer->text].text);
		if (at->set == 0)
			return false;
	}
	rule->n_peers = ace->n_peers;
	return true;
}

/*
 * The type that answers a request, per RFC 792, RFC 950 and RFC 4443, and as
 * the connection tracker pairs them; -1 if it starts no exchange.
 */
static int
icmp_answer(int protocol, int type)
{
	static const struct {
		uint8_t protocol, request, answer;
	} pairs[] = {
		{ 1, 8, 0 },
		{ 1, 13, 14 },
		{ 1, 15, 16 },
		{ 1, 17, 18 },
		{ 58, 128, 129 },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (pairs[i].protocol == protocol && pairs[i].request == type)
			return pairs[i].answer;
	return -1;
}

/*
 * Turns a rule about the opening packet into one about its replies. False if
 * no reply can come of what it matches.
 */
static bool
mirror(const struct ace *ace, struct rule *rule)
{
	rule->source = ace->destination;
	rule->destination = ace->source;
	rule->from = ace->to;
	rule->to = ace->from;
	if (ace->icmp_type != -1) {
		int answer = icmp_answer(ace->protocol, ace->icmp_type);

		if (answer == -1)
			return false;
		rule->icmp_type = (int16_t)answer;
	}
	/* The code stays: the tracker pairs an answer with its request's. */
	return true;
}

/* What direction-initiated says of the flow's opener (RFC 8520 s4.8). */
static enum rule_opener
opener_of(const struct ace *ace)
{
	switch ((enum initiated)ace->initiated) {
	case INITIATED_ANY:
		break;
	case INITIATED_FROM_DEVICE:
		return ace->direction == FROM_DEVICE ? OPENER_ORIGINAL
		                                     : OPENER_REPLY;
	case INITIATED_TO_DEVICE:
		return ace->direction == TO_DEVICE ? OPENER_ORIGINAL
		                                   : OPENER_REPLY;
	}
	return OPENER_ANY;
}

/* The ACE's rule, without its family. False if it makes none in this chain. */
static bool
rule_of_ace(const struct compiler *c, enum rule_chain chain, size_t i,
    struct rule *rule)
{
	const struct ace *ace = &c->policy->aces[i];
	bool accepts = ace->forwarding == FORWARD_ACCEPT;

	/*
	 * S-9: an accept with an unknown condition matches nothing.  A drop
	 * with one stands here only because an administrator said so; then it
	 * drops all that its known conditions match.
	 */
	if (accepts && !ace->understood)
		return false;
	/* A reply tells nothing of the opening packet's header (3). */
	if (is_mirror(chain) && fields_count(ace->fields) > 0)
		return false;
	*rule = rule_blank(chain, accepts ? RULE_ACCEPT : RULE_DENY);
	rule->ace = (uint16_t)i;
	rule->protocol = ace->protocol;
	rule->icmp_type = ace->icmp_type;
	rule->icmp_code = ace->icmp_code;
	rule->source = ace->source;
	rule->destination = ace->destination;
	rule->from = ace->from;
	rule->to = ace->to;
	memcpy(rule->fields, ace->fields, sizeof(rule->fields));
	if (is_mirror(chain)) {
		/* The opening packet is an original one: no match on it. */
		if (opener_of(ace) == OPENER_REPLY || !mirror(ace, rule))
			return false;
	} else {
		rule->opener = (uint8_t)opener_of(ace);
	}
	return find_peers(c, ace, rule);
}

/* Has one of its fields a place of its own in each family? */
static bool
has_forms(const struct ace *ace)
{
	for (size_t i = 0; i < fields_count(ace->fields); i++)
		if (field_info(ace->fields[i].id)->is_by_family)
			return true;
	return false;
}

static void
add_ace(struct compiler *c, enum rule_chain chain, size_t i)
{
	const struct ace *ace = &c->policy->aces[i];
	unsigned int families = families_of(ace);
	struct rule rule;

	if (direction_of(chain) != (enum direction)ace->direction ||
	    !fields_can_hold(ace->fields) || !rule_of_ace(c, chain, i, &rule))
		return;
	if (families == (FAMILY_4 | FAMILY_6) && ace->n_peers == 0 &&
	    !has_forms(ace)) {
		add_rule(c, &rule);
		return;
	}
	if ((families & FAMILY_4) != 0) {
		rule.family = 4;
		add_rule(c, &rule);
	}
	if ((families & FAMILY_6) != 0) {
		rule.family = 6;
		add_rule(c, &rule);
	}
}

static bool
ports_have(const struct ports *ports, uint16_t port)
{
	bool inside = port >= ports->low && port <= ports->high;

	return inside != (ports->negated != 0);
}

/*
 * Does the file deny DNS over UDP, to any server and for any source port?
 * Which servers, and of which header fields, is not asked: when in doubt the
 * policy stays the narrower.
 */
static bool
denies_dns(const struct compiler *c)
{
	for (size_t i = 0; i < c->policy->n_aces; i++) {
		const struct ace *ace = &c->policy->aces[i];
		struct rule rule;

		if (ace->direction == FROM_DEVICE &&
		    ace->forwarding != FORWARD_ACCEPT &&
		    (ace->protocol == -1 || ace->protocol == 17) &&
		    ports_have(&ace->destination, PORT_DNS) &&
		    families_of(ace) != 0 &&
		    rule_of_ace(c, CHAIN_FROM, i, &rule))
			return true;
	}
	return false;
}

/* One default: to or from a service of a class, for both families. */
static void
add_default(struct compiler *c, enum rule_chain chain, const char *class,
    int16_t protocol, uint16_t port)
{
	bool to_service = chain == CHAIN_FROM || chain == CHAIN_FROM_REPLY;
	uint32_t set = c->set_of(c->arg, PEER_CONTROLLER, class);
	struct rule rule = rule_blank(chain, RULE_ACCEPT);
	struct ports service = { .low = port, .high = port };

	if (set == 0)
		return;
	rule.protocol = protocol;
	if (to_service)
		rule.destination = service;
	else
		rule.source = service;
	if (protocol == 6 && !is_mirror(chain))
		rule.opener = OPENER_ORIGINAL;
	rule.n_peers = 1;
	rule.peers[0].kind = RULE_SET_MEMBERS;
	rule.peers[0].set = set;
	rule.family = 4;
	add_rule(c, &rule);
	rule.family = 6;
	add_rule(c, &rule);
}

/*
 * RFC 8520 Appendix A: DNS and NTP over UDP, in both lists.  That the Thing
 * may open DNS over TCP too is ours (architecture.md, 4): truncated answers
 * need it.
 */
static void
add_defaults(struct compiler *c, enum rule_chain chain)
{
	bool from_device = direction_of(chain) == FROM_DEVICE;

	add_default(c, chain, MUD_URN_DNS, 17, PORT_DNS);
	if (from_device && !denies_dns(c))
		add_default(c, chain, MUD_URN_DNS, 6, PORT_DNS);
	add_default(c, chain, MUD_URN_NTP, 17, PORT_NTP);
}

static void
add_chain(struct compiler *c, enum rule_chain chain)
{
	struct rule replies = rule_blank(chain, RULE_REPLIES);

	for (size_t i = 0; i < c->policy->n_aces; i++)
		add_ace(c, chain, i);
	if (!is_mirror(chain))
		add_rule(c, &replies);
	add_defaults(c, chain);
}

bool
compile_policy(const struct policy *policy, compile_set_fn *set_of, void *arg,
    struct rules *rules, struct fault *why)
{
	struct rules made = { 0 };
	struct compiler c = { policy, set_of, arg, &made };

	if (policy->n_aces > LIMIT_ACES)
		return fault_set(
		    why, FAULT_TOO_MANY, "S-8", "%zu ACEs", policy->n_aces);
	made.rule = xcalloc(
	    policy->n_aces * RULES_PER_ACE + RULES_BESIDES, sizeof(*made.rule));
	for (int chain = 0; chain < RULE_CHAINS; chain++)
		add_chain(&c, (enum rule_chain)chain);
	*rules = made;
	return true;
}

void
rules_done(struct rules *rules)
{
	free(rules->rule);
	*rules = (struct rules){ 0 };
}
