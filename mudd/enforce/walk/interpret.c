/*
 * Rules read back.  Role: enforcer.  Input: expressions of the kernel's, which
 * anybody with its rights may have written: numbers of registers and lengths
 * are checked before use.
 */
#include "enforce/walk/interpret.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <string.h>

#include "enforce/attrs.h"
#include "enforce/walk/compute.h"
#include "enforce/walk/known.h"
#include "libmud/mem.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define NAME_MAX_LEN 32 /* of an expression, to be told */

/* Expressions of one rule; the kernel takes 128 (NFT_RULE_MAXEXPRS). */
#define EXPRESSIONS 128

struct expression {
	char name[NAME_MAX_LEN];
	struct attrs data;
};

struct expressions {
	size_t n;
	struct expression expression[EXPRESSIONS];
};

/* ---- registers ----------------------------------------------------------- */

static enum step
store(struct interpreter *in, const struct nlattr *dreg,
    const struct loaded *loaded)
{
	size_t at;

	if (!compute_register(dreg, loaded->len, &at))
		return STEP_STRANGE;
	memcpy(in->registers.value + at, loaded->value, loaded->len);
	memcpy(in->registers.known + at, loaded->known, loaded->len);
	return STEP_ON;
}

static enum step
store_if(struct interpreter *in, enum load load, const struct nlattr *dreg,
    const struct loaded *loaded)
{
	switch (load) {
	case LOAD_DONE:
		return store(in, dreg, loaded);
	case LOAD_BREAKS:
		return STEP_BREAKS;
	case LOAD_STRANGE:
		break;
	}
	return STEP_STRANGE;
}

/* ---- expressions --------------------------------------------------------- */

static enum step
do_payload(struct interpreter *in, const struct attrs *attrs)
{
	uint32_t base, offset, len;
	struct loaded loaded;

	/* With a source it writes into the packet. */
	if (attrs->at[NFTA_PAYLOAD_SREG] != NULL ||
	    !attrs_u32(attrs->at[NFTA_PAYLOAD_BASE], &base) ||
	    !attrs_u32(attrs->at[NFTA_PAYLOAD_OFFSET], &offset) ||
	    !attrs_u32(attrs->at[NFTA_PAYLOAD_LEN], &len))
		return STEP_STRANGE;
	return store_if(in,
	    packet_payload(in->packet, in->place, base, offset, len, &loaded),
	    attrs->at[NFTA_PAYLOAD_DREG], &loaded);
}

static enum step
do_exthdr(struct interpreter *in, const struct attrs *attrs)
{
	uint32_t op = NFT_EXTHDR_OP_IPV6, flags = 0;
	struct loaded loaded;

	if (attrs->at[NFTA_EXTHDR_SREG] != NULL ||
	    (attrs->at[NFTA_EXTHDR_OP] != NULL &&
		!attrs_u32(attrs->at[NFTA_EXTHDR_OP], &op)) ||
	    (attrs->at[NFTA_EXTHDR_FLAGS] != NULL &&
		!attrs_u32(attrs->at[NFTA_EXTHDR_FLAGS], &flags)) ||
	    (flags & ~(uint32_t)NFT_EXTHDR_F_PRESENT) != 0)
		return STEP_STRANGE;
	return store_if(in,
	    packet_exthdr(
		in->packet, op, (flags & NFT_EXTHDR_F_PRESENT) != 0, &loaded),
	    attrs->at[NFTA_EXTHDR_DREG], &loaded);
}

static enum step
do_meta(struct interpreter *in, const struct attrs *attrs)
{
	struct loaded loaded;
	uint32_t key;

	if (!attrs_u32(attrs->at[NFTA_META_KEY], &key))
		return STEP_STRANGE;
	/* What it sets here is open to whoever reads it, or nobody does. */
	if (attrs->at[NFTA_META_SREG] != NULL)
		return key == NFT_META_MARK || key == NFT_META_PRIORITY ||
		               key == NFT_META_NFTRACE
		           ? STEP_ON
		           : STEP_STRANGE;
	return store_if(in, packet_meta(in->packet, in->place, key, &loaded),
	    attrs->at[NFTA_META_DREG], &loaded);
}

static enum step
set_mark(struct interpreter *in, const struct attrs *attrs)
{
	struct packet *packet = in->packet;
	size_t at;

	if (!compute_register(
		attrs->at[NFTA_CT_SREG], sizeof(packet->mark), &at))
		return STEP_STRANGE;
	if (packet->track == WALK_NEW || packet->track == WALK_REPLY) {
		memcpy(packet->mark, in->registers.value + at,
		    sizeof(packet->mark));
		memcpy(packet->mark_known, in->registers.known + at,
		    sizeof(packet->mark_known));
	}
	return STEP_ON;
}

static enum step
do_ct(struct interpreter *in, const struct attrs *attrs)
{
	const struct nlattr *direction = attrs->at[NFTA_CT_DIRECTION];
	struct loaded loaded;
	uint32_t key;
	int way = -1;

	if (!attrs_u32(attrs->at[NFTA_CT_KEY], &key))
		return STEP_STRANGE;
	if (attrs->at[NFTA_CT_SREG] != NULL)
		return key == NFT_CT_MARK ? set_mark(in, attrs) : STEP_STRANGE;
	if (direction != NULL) {
		if (mnl_attr_get_payload_len(direction) != 1)
			return STEP_STRANGE;
		way = mnl_attr_get_u8(direction);
		if (way != IP_CT_DIR_ORIGINAL && way != IP_CT_DIR_REPLY)
			return STEP_STRANGE;
	}
	return store_if(in,
	    packet_ct(in->packet, in->place, in->priority, key, way, &loaded),
	    attrs->at[NFTA_CT_DREG], &loaded);
}

static enum step
decide(struct interpreter *in, uint32_t code, const char *chain)
{
	in->code = (int32_t)code;
	text_copy(in->chain, sizeof(in->chain), chain);
	switch (in->code) {
	case NF_ACCEPT:
	case NF_DROP:
	case NFT_RETURN:
		return STEP_DECIDES;
	case NFT_JUMP:
	case NFT_GOTO:
		return chain[0] != '\0' ? STEP_DECIDES : STEP_STRANGE;
	case NFT_CONTINUE:
		return STEP_ON;
	default:
		return STEP_STRANGE;
	}
}

static bool
is_verdict(const struct nlattr *dreg)
{
	uint32_t number;

	return attrs_u32(dreg, &number) && number == NFT_REG_VERDICT;
}

static enum step
take_found(struct interpreter *in, const struct nlattr *dreg,
    const struct lookups_found *found)
{
	struct loaded loaded = { .len = (found->len + 3) / 4 * 4 };

	if (is_verdict(dreg))
		return found->has_verdict
		           ? decide(in, found->code, found->chain)
		           : STEP_STRANGE;
	if (!found->has_value)
		return STEP_STRANGE;
	memcpy(loaded.value, found->value, found->len);
	memset(loaded.known, 0xff, loaded.len);
	return store(in, dreg, &loaded);
}

static enum step
fail(struct interpreter *in, int error)
{
	in->error = error;
	return STEP_FAILED;
}

/* STEP_ON: *set is the one that an expression names, and *at where its key
 * stands. */
static enum step
find_set(struct interpreter *in, const struct nlattr *name,
    const struct nlattr *sreg, struct lookups_set **set, size_t *at)
{
	char text[RULESET_NAME];
	int error;

	if (!attrs_text(name, text, sizeof(text)))
		return STEP_STRANGE;
	error = lookups_set(in->lookups, in->place->family, text, set);
	if (error != 0)
		return fail(in, error);
	return compute_register(sreg, (*set)->key_len, at) ? STEP_ON
	                                                   : STEP_STRANGE;
}

static enum step
do_lookup(struct interpreter *in, const struct attrs *attrs)
{
	const struct nlattr *dreg = attrs->at[NFTA_LOOKUP_DREG];
	const struct lookups_found *found;
	struct lookups_set *set;
	uint32_t flags = 0;
	enum step step;
	size_t at;
	int error;

	if (attrs->at[NFTA_LOOKUP_FLAGS] != NULL &&
	    (!attrs_u32(attrs->at[NFTA_LOOKUP_FLAGS], &flags) ||
		(flags & ~(uint32_t)NFT_LOOKUP_F_INV) != 0))
		return STEP_STRANGE;
	step = find_set(in, attrs->at[NFTA_LOOKUP_SET],
	    attrs->at[NFTA_LOOKUP_SREG], &set, &at);
	if (step != STEP_ON)
		return step;
	/* By what this packet itself has put there, nobody knows. */
	if (set->is_written)
		return STEP_STRANGE;
	/* A verdict that depends on what is open: there may be many. */
	if (!known_is_whole(in->registers.known + at, set->key_len))
		return dreg == NULL ? STEP_OPEN : STEP_STRANGE;
	error =
	    lookups_find(in->lookups, set, in->registers.value + at, &found);
	if (error != 0)
		return fail(in, error);
	if (found->is_open)
		return dreg == NULL ? STEP_OPEN : STEP_STRANGE;
	if (found->is_there == ((flags & NFT_LOOKUP_F_INV) != 0))
		return STEP_BREAKS;
	return dreg == NULL ? STEP_ON : take_found(in, dreg, found);
}

/* A set is taken to have room. */
static enum step
do_dynset(struct interpreter *in, const struct attrs *attrs)
{
	const struct lookups_found *found;
	struct lookups_set *set;
	uint32_t op, flags = 0;
	enum step step;
	size_t at;
	int error;

	step = find_set(in, attrs->at[NFTA_DYNSET_SET_NAME],
	    attrs->at[NFTA_DYNSET_SREG_KEY], &set, &at);
	if (step != STEP_ON)
		return step;
	set->is_written = true;
	if (!attrs_u32(attrs->at[NFTA_DYNSET_OP], &op) ||
	    op > NFT_DYNSET_OP_DELETE ||
	    (attrs->at[NFTA_DYNSET_FLAGS] != NULL &&
		(!attrs_u32(attrs->at[NFTA_DYNSET_FLAGS], &flags) ||
		    flags > (NFT_DYNSET_F_INV | NFT_DYNSET_F_EXPR))))
		return STEP_STRANGE;
	if (op == NFT_DYNSET_OP_DELETE)
		return STEP_ON;
	/* The set's own expressions are not told with the rule, and an element
	 * that is there has others. */
	if (set->is_open || lookups_is_open(attrs->at[NFTA_DYNSET_EXPR],
				attrs->at[NFTA_DYNSET_EXPRESSIONS]))
		return STEP_OPEN;
	if (!known_is_whole(in->registers.known + at, set->key_len))
		return STEP_OPEN;
	error =
	    lookups_find(in->lookups, set, in->registers.value + at, &found);
	if (error != 0)
		return fail(in, error);
	if (found->is_open)
		return STEP_OPEN;
	return (flags & NFT_DYNSET_F_INV) != 0 ? STEP_BREAKS : STEP_ON;
}

static enum step
do_immediate(struct interpreter *in, const struct attrs *attrs)
{
	const struct nlattr *dreg = attrs->at[NFTA_IMMEDIATE_DREG];
	char chain[RULESET_NAME] = "";
	struct attrs data, verdict;
	struct loaded loaded = { .len = 0 };
	const uint8_t *value;
	uint32_t code;
	size_t len;

	if (!is_verdict(dreg)) {
		value = compute_constant(attrs->at[NFTA_IMMEDIATE_DATA], &len);
		if (value == NULL || len == 0 || len > sizeof(loaded.value))
			return STEP_STRANGE;
		loaded.len = (len + 3) / 4 * 4;
		memcpy(loaded.value, value, len);
		memset(loaded.known, 0xff, loaded.len);
		return store(in, dreg, &loaded);
	}
	if (!attrs_of(attrs->at[NFTA_IMMEDIATE_DATA], &data) ||
	    !attrs_of(data.at[NFTA_DATA_VERDICT], &verdict) ||
	    !attrs_u32(verdict.at[NFTA_VERDICT_CODE], &code))
		return STEP_STRANGE;
	if (verdict.at[NFTA_VERDICT_CHAIN] != NULL &&
	    !attrs_text(verdict.at[NFTA_VERDICT_CHAIN], chain, sizeof(chain)))
		return STEP_STRANGE;
	return decide(in, code, chain);
}

/* It answers, and the packet goes no further. */
static enum step
do_reject(struct interpreter *in, const struct attrs *attrs)
{
	(void)attrs;
	return decide(in, NF_DROP, "");
}

static enum step
do_cmp(struct interpreter *in, const struct attrs *attrs)
{
	return compute_cmp(&in->registers, attrs);
}

static enum step
do_range(struct interpreter *in, const struct attrs *attrs)
{
	return compute_range(&in->registers, attrs);
}

static enum step
do_bitwise(struct interpreter *in, const struct attrs *attrs)
{
	return compute_bitwise(&in->registers, attrs);
}

static enum step
do_byteorder(struct interpreter *in, const struct attrs *attrs)
{
	return compute_byteorder(&in->registers, attrs);
}

static enum step
do_nothing(struct interpreter *in, const struct attrs *attrs)
{
	(void)in;
	(void)attrs;
	return STEP_ON;
}

/* What depends on how many packets came before this one. */
static enum step
do_open(struct interpreter *in, const struct attrs *attrs)
{
	(void)in;
	(void)attrs;
	return STEP_OPEN;
}

/* The highest attribute that is known of each: one above it means something
 * else than what is done here. */
static const struct {
	const char *name;
	uint16_t highest;
	bool has_effect; /* whatever its attributes are */
	enum step (*run)(struct interpreter *in, const struct attrs *attrs);
} expressions_known[] = {
	{ "payload", NFTA_PAYLOAD_CSUM_FLAGS, false, do_payload },
	{ "exthdr", NFTA_EXTHDR_SREG, false, do_exthdr },
	{ "meta", NFTA_META_SREG, false, do_meta },
	{ "ct", NFTA_CT_SREG, false, do_ct },
	{ "cmp", NFTA_CMP_DATA, false, do_cmp },
	{ "range", NFTA_RANGE_TO_DATA, false, do_range },
	{ "bitwise", NFTA_BITWISE_DATA, false, do_bitwise },
	{ "byteorder", NFTA_BYTEORDER_SIZE, false, do_byteorder },
	{ "lookup", NFTA_LOOKUP_FLAGS, false, do_lookup },
	{ "immediate", NFTA_IMMEDIATE_DATA, true, do_immediate },
	{ "reject", UINT16_MAX, true, do_reject },
	{ "counter", UINT16_MAX, false, do_nothing },
	{ "log", UINT16_MAX, false, do_nothing },
	{ "last", UINT16_MAX, false, do_nothing },
	{ "limit", UINT16_MAX, false, do_open },
	{ "quota", UINT16_MAX, false, do_open },
	{ "connlimit", UINT16_MAX, false, do_open },
	{ "dynset", NFTA_DYNSET_EXPRESSIONS, false, do_dynset },
};

/* ---- a rule -------------------------------------------------------------- */

/* LENGTH(expressions_known): it is not known. */
static size_t
find(const struct expression *expression)
{
	for (size_t i = 0; i < LENGTH(expressions_known); i++)
		if (strcmp(expressions_known[i].name, expression->name) == 0)
			return expression->data.highest >
			               expressions_known[i].highest
			           ? LENGTH(expressions_known)
			           : i;
	return LENGTH(expressions_known);
}

/* Could it decide, or change what later rules see? */
static bool
has_effect(const struct expression *expression)
{
	const struct attrs *data = &expression->data;
	size_t i = find(expression);

	if (i == LENGTH(expressions_known) || expressions_known[i].has_effect)
		return true;
	if (expressions_known[i].run == do_payload)
		return data->at[NFTA_PAYLOAD_SREG] != NULL;
	/* Else it writes, or takes an option away. */
	if (expressions_known[i].run == do_exthdr)
		return data->at[NFTA_EXTHDR_DREG] == NULL;
	if (expressions_known[i].run == do_meta)
		return data->at[NFTA_META_SREG] != NULL;
	if (expressions_known[i].run == do_ct)
		return data->at[NFTA_CT_SREG] != NULL;
	if (expressions_known[i].run == do_lookup)
		return data->at[NFTA_LOOKUP_DREG] != NULL;
	return false;
}

static int
take_expression(const struct nlattr *attr, void *arg)
{
	struct expressions *rule = arg;
	struct expression *expression;
	struct attrs attrs;

	if (rule->n == EXPRESSIONS || !attrs_of(attr, &attrs))
		return MNL_CB_ERROR;
	expression = &rule->expression[rule->n++];
	/* A name that is too long is none that is known. */
	if (!attrs_text(attrs.at[NFTA_EXPR_NAME], expression->name,
		sizeof(expression->name)))
		text_copy(expression->name, sizeof(expression->name),
		    "an unknown expression");
	/* Without data it has no attributes, which is as good as broken for
	 * those that need some. */
	(void)attrs_of(attrs.at[NFTA_EXPR_DATA], &expression->data);
	return MNL_CB_OK;
}

/* What comes after the last one that has an effect has none, but for what it
 * puts into sets. */
static void
note_written(struct interpreter *in, const struct expressions *rule, size_t i)
{
	const struct attrs *data = &rule->expression[i].data;
	struct lookups_set *set;
	size_t at;

	if (strcmp(rule->expression[i].name, "dynset") == 0 &&
	    find_set(in, data->at[NFTA_DYNSET_SET_NAME],
		data->at[NFTA_DYNSET_SREG_KEY], &set, &at) == STEP_ON)
		set->is_written = true;
}

static enum step
run(struct interpreter *in, const struct expression *expression)
{
	size_t i = find(expression);

	return i == LENGTH(expressions_known)
	           ? STEP_STRANGE
	           : expressions_known[i].run(in, &expression->data);
}

enum interpreted
interpret_rule(struct interpreter *in, const struct ruleset_rule *from)
{
	struct expressions rule = { .n = 0 };
	size_t last = 0;

	/* Registers are not cleared for each rule in the kernel either; one
	 * that is read before it is written holds nobody knows what. */
	memset(&in->registers, 0, sizeof(in->registers));
	text_copy(in->why, sizeof(in->why), "its expressions");
	if (from->expressions != NULL &&
	    mnl_attr_parse_nested(from->expressions, take_expression, &rule) <
		0)
		return INTERPRET_STRANGE;
	for (size_t i = 0; i < rule.n; i++)
		if (has_effect(&rule.expression[i]))
			last = i + 1;
	for (size_t i = last; i < rule.n; i++)
		note_written(in, &rule, i);
	for (size_t i = 0; i < last; i++) {
		const struct expression *expression = &rule.expression[i];

		switch (run(in, expression)) {
		case STEP_ON:
			break;
		case STEP_BREAKS:
			return INTERPRET_NEXT;
		case STEP_OPEN:
			if (!in->choose(in->choose_arg, expression->name))
				return INTERPRET_NEXT;
			break;
		case STEP_DECIDES:
			return INTERPRET_DECIDES;
		case STEP_STRANGE:
			text_copy(in->why, sizeof(in->why), expression->name);
			return INTERPRET_STRANGE;
		case STEP_FAILED:
			return INTERPRET_FAILED;
		}
	}
	return INTERPRET_NEXT;
}
