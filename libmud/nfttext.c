/*
 * Rules as nft text.  mudctl and the golden tests run it.  The rules are our
 * own; the names of ACEs are the file's, and are escaped.
 */
#include "libmud/nfttext.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/mem.h"

/* Text that grows in a buffer of the caller's, and is cut at its end. */
struct line {
	char *buf;
	size_t size, len;
};

struct sets {
	nfttext_is_name_fn *is_name;
	void *arg;
};

static void __attribute__((format(printf, 2, 3)))
add(struct line *line, const char *fmt, ...)
{
	size_t room = line->size - line->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(line->buf + line->len, room, fmt, args);
	va_end(args);
	if (n > 0)
		line->len += (size_t)n < room ? (size_t)n : room - 1;
}

static const char *
chain_prefix(enum rule_chain chain)
{
	switch (chain) {
	case CHAIN_FROM:
		return "pf";
	case CHAIN_TO:
		return "pt";
	case CHAIN_FROM_REPLY:
		return "mf";
	case CHAIN_TO_REPLY:
		return "mt";
	case RULE_CHAINS:
		break;
	}
	return "";
}

static bool
is_from(enum rule_chain chain)
{
	return chain == CHAIN_FROM || chain == CHAIN_FROM_REPLY;
}

static void
add_peer(struct line *line, const struct rule *rule,
    const struct rule_peer *peer, const struct sets *sets)
{
	const char *ip = rule->family == 4 ? "ip" : "ip6";
	const char *side =
	    is_from((enum rule_chain)rule->chain) ? "daddr" : "saddr";

	if (peer->kind == RULE_SET_LOCAL)
		add(line, "%s %s @local%u %s %s != @self%u ", ip, side,
		    rule->family, ip, side, rule->family);
	else
		add(line, "%s %s @%s%" PRIu32 "_%u ", ip, side,
		    sets->is_name(sets->arg, peer->set) ? "dns" : "cls",
		    peer->set, rule->family);
}

static void
add_prefix(struct line *line, const char *side, const struct prefix *prefix)
{
	char text[PREFIX_TEXT];

	if (prefix->addr.family != 0)
		add(line, "%s %s %s ", prefix->addr.family == 4 ? "ip" : "ip6",
		    side, prefix_text(prefix, text));
}

static void
add_ports(struct line *line, const char *protocol, const char *side,
    const struct ports *ports)
{
	const char *not = ports->negated ? "!= " : "";

	if (ports->low == 0 && ports->high == UINT16_MAX)
		return;
	if (ports->low == ports->high)
		add(line, "%s %s %s%u ", protocol, side, not, ports->low);
	else
		add(line, "%s %s %s%u-%u ", protocol, side, not, ports->low,
		    ports->high);
}

/* Fields of one header; those of others stand elsewhere in the line. */
static void
add_fields(struct line *line, const struct rule *rule, enum field_base base)
{
	char text[FIELD_TEXT];

	for (size_t i = 0; i < fields_count(rule->fields); i++)
		if (field_wire(&rule->fields[i], rule->family).base == base)
			add(line, "%s ",
			    field_nft(&rule->fields[i], rule->family, text));
}

static bool
has_fields(const struct rule *rule, enum field_base base)
{
	for (size_t i = 0; i < fields_count(rule->fields); i++)
		if (field_wire(&rule->fields[i], rule->family).base == base)
			return true;
	return false;
}

static void
add_protocol(struct line *line, const struct rule *rule)
{
	static const struct ports any = { .high = UINT16_MAX };
	const char *name = rule->protocol == 6 ? "tcp" : "udp";
	const char *icmp = rule->protocol == 1 ? "icmp" : "icmpv6";
	bool implied = memcmp(&rule->source, &any, sizeof(any)) != 0 ||
	               memcmp(&rule->destination, &any, sizeof(any)) != 0 ||
	               rule->icmp_type != -1 || rule->icmp_code != -1 ||
	               has_fields(rule, FIELD_TRANSPORT);

	if (rule->protocol != -1 && !implied)
		add(line, "meta l4proto %d ", rule->protocol);
	add_ports(line, name, "sport", &rule->source);
	add_ports(line, name, "dport", &rule->destination);
	if (rule->icmp_type != -1)
		add(line, "%s type %d ", icmp, rule->icmp_type);
	if (rule->icmp_code != -1)
		add(line, "%s code %d ", icmp, rule->icmp_code);
}

static void
add_verdict(struct line *line, const struct rule *rule, uint32_t policy)
{
	const char *side =
	    is_from((enum rule_chain)rule->chain) ? "from" : "to";

	switch ((enum rule_verdict)rule->verdict) {
	case RULE_ACCEPT:
		add(line, "return");
		return;
	case RULE_DENY:
		add(line, "goto drop_%s", side);
		return;
	case RULE_REPLIES:
		add(line,
		    "ct state established ct direction reply goto m%c_%" PRIu32,
		    side[0], policy);
		return;
	case RULE_VERDICTS:
		break;
	}
}

static void
add_form(struct line *line, const struct rule_form *form, uint32_t policy,
    const struct sets *sets)
{
	const struct rule *rule = &form->rule;

	if (form->path != PATH_ANY)
		add(line, "oif %s0 ", form->path == PATH_HERE ? "" : "!= ");
	if (form->path == PATH_ONWARD || form->path == PATH_BRIDGED)
		add(line, "ether daddr %s@gateway ",
		    form->path == PATH_ONWARD ? "" : "!= ");
	add_fields(line, rule, FIELD_LINK);
	if (rule->family != 0 && rule->n_peers == 0 &&
	    rule->from.addr.family == 0 && rule->to.addr.family == 0 &&
	    !has_fields(rule, FIELD_NETWORK))
		add(line, "meta nfproto ipv%u ", rule->family);
	add_prefix(line, "saddr", &rule->from);
	add_prefix(line, "daddr", &rule->to);
	for (size_t i = 0; i < rule->n_peers && i < ACE_PEERS; i++)
		add_peer(line, rule, &rule->peers[i], sets);
	add_fields(line, rule, FIELD_NETWORK);
	add_protocol(line, rule);
	add_fields(line, rule, FIELD_TRANSPORT);
	if (rule->opener == OPENER_ORIGINAL)
		add(line, "ct direction original ");
	if (rule->opener == OPENER_REPLY)
		add(line, "ct direction reply ");
	add_verdict(line, rule, policy);
}

const char *
nfttext_rule(const struct rule *rule, uint32_t policy,
    nfttext_is_name_fn *is_name, void *arg, char buf[NFTTEXT_RULE])
{
	struct line line = { buf, NFTTEXT_RULE, 0 };
	struct sets sets = { is_name, arg };
	struct rule_form forms[RULE_FORMS];
	size_t n = rule_forms(rule, forms);

	buf[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		add(&line, "%s", i == 0 ? "" : "\n");
		add_form(&line, &forms[i], policy, &sets);
	}
	return buf;
}

/* As nft wants it: no quotes, no line breaks inside. */
static void
add_comment(struct line *line, const char *name)
{
	add(line, " comment \"");
	for (; *name != '\0'; name++)
		add(line, "%c",
		    *name >= 0x20 && *name < 0x7f && *name != '"' &&
			    *name != '\\'
			? *name
			: '_');
	add(line, "\"");
}

static void
add_rule(struct line *line, const struct rule *rule, uint32_t policy,
    const struct policy *of, const struct sets *sets)
{
	struct rule_form forms[RULE_FORMS];
	size_t n = rule_forms(rule, forms);

	for (size_t i = 0; i < n; i++) {
		add(line, "\t");
		add_form(line, &forms[i], policy, sets);
		if (of != NULL && rule->ace < of->n_aces)
			add_comment(line, of->aces[rule->ace].name);
		add(line, "\n");
	}
}

char *
nfttext_chains(const struct rules *rules, uint32_t policy,
    const struct policy *of, nfttext_is_name_fn *is_name, void *arg)
{
	size_t size = (rules->n + 4 * RULE_CHAINS) * NFTTEXT_RULE;
	struct line line = { xcalloc(size, 1), size, 0 };
	struct sets sets = { is_name, arg };

	for (int chain = 0; chain < RULE_CHAINS; chain++) {
		add(&line, "chain %s_%" PRIu32 " {\n",
		    chain_prefix((enum rule_chain)chain), policy);
		for (size_t i = 0; i < rules->n; i++) {
			if (rules->rule[i].chain == chain)
				add_rule(
				    &line, &rules->rule[i], policy, of, &sets);
		}
		add(&line, "\tgoto drop_%s\n}\n",
		    is_from((enum rule_chain)chain) ? "from" : "to");
	}
	return line.buf;
}
