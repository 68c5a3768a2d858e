/*
 * Netlink attributes in one form.  Role: enforcer.  Input: messages that we
 * have built, and the kernel's.
 */
#include "enforce/audit/form.h"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/rules/expr.h"
#include "libmud/mem.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define BIT(n)        (1u << (n))

uint32_t
form_u32(const struct attrs *attrs, unsigned int type)
{
	const struct nlattr *attr = attrs->at[type];

	return attr != NULL && mnl_attr_get_payload_len(attr) == 4
	           ? ntohl(mnl_attr_get_u32(attr))
	           : 0;
}

static const char *
text_of(const struct nlattr *attr)
{
	const char *text;
	size_t len;

	if (attr == NULL)
		return "";
	text = mnl_attr_get_payload(attr);
	len = mnl_attr_get_payload_len(attr);
	return len > 0 && text[len - 1] == '\0' ? text : "";
}

const char *
form_text(const struct attrs *attrs, unsigned int type)
{
	return text_of(attrs->at[type]);
}

const struct nlattr *
form_data(const struct attrs *attrs, unsigned int type)
{
	struct attrs data;

	(void)attrs_of(attrs->at[type], &data);
	return data.at[NFTA_DATA_VALUE];
}

bool
form_verdict(struct attrs *verdict, const struct nlattr *data)
{
	struct attrs inner;

	(void)attrs_of(data, &inner);
	(void)attrs_of(inner.at[NFTA_DATA_VERDICT], verdict);
	return inner.at[NFTA_DATA_VERDICT] != NULL;
}

void
form_done(struct form *text)
{
	free(text->data);
	*text = (struct form){ 0 };
}

/* Behind its length, so that no two rows of parts look alike. */
void
form_put(struct form *to, const void *data, size_t len)
{
	uint16_t size = (uint16_t)len;

	if (to->room - to->len < len + sizeof(size)) {
		to->room = 2 * to->room + len + 128;
		to->data = xrealloc(to->data, to->room, 1);
	}
	memcpy(to->data + to->len, &size, sizeof(size));
	if (len > 0)
		memcpy(to->data + to->len + sizeof(size), data, len);
	to->len += sizeof(size) + len;
}

static void
put_raw(struct form *to, const struct nlattr *attr)
{
	form_put(
	    to, mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
}

static void
put_number(struct form *to, uint32_t number)
{
	form_put(to, &number, sizeof(number));
}

/* One that is not among them is of a kernel younger than we: what it has is not
 * ours. */
static void
put_unknown(struct form *to, const struct attrs *attrs)
{
	if (attrs->highest >= ATTRS)
		put_number(to, attrs->highest);
}

/* Each with its number before it. */
static void
put_attr(struct form *to, const struct attrs *attrs, unsigned int type)
{
	if (attrs->at[type] == NULL)
		return;
	put_number(to, type);
	put_raw(to, attrs->at[type]);
}

static bool
is_zero(const struct nlattr *attr)
{
	const uint8_t *byte = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr);

	if (len > sizeof(uint64_t))
		return false;
	for (size_t i = 0; i < len; i++)
		if (byte[i] != 0)
			return false;
	return true;
}

/* Rules are made without a number for the chain that a jump leads to. */
void
form_write_data(struct form *to, const struct nlattr *data)
{
	struct attrs inner, verdict;

	(void)attrs_of(data, &inner);
	put_attr(to, &inner, NFTA_DATA_VALUE);
	if (!form_verdict(&verdict, data))
		return;
	put_attr(to, &verdict, NFTA_VERDICT_CODE);
	put_attr(to, &verdict, NFTA_VERDICT_CHAIN);
}

/* What the attributes of an expression are, by bits; the rest are numbers and
 * texts. */
struct kind {
	const char *name;
	uint32_t data;    /* nested data */
	uint32_t inner;   /* an expression, or a list of them */
	uint32_t ignored; /* counts, not meaning */
	unsigned int set, id;
};

static const struct kind kinds[] = {
	{ "counter", 0, 0, ~0u, 0, 0 },
	{ "immediate", BIT(NFTA_IMMEDIATE_DATA), 0, 0, 0, 0 },
	{ "cmp", BIT(NFTA_CMP_DATA), 0, 0, 0, 0 },
	{ "bitwise",
	    BIT(NFTA_BITWISE_MASK) | BIT(NFTA_BITWISE_XOR) |
		BIT(NFTA_BITWISE_DATA),
	    0, 0, 0, 0 },
	{ "range", BIT(NFTA_RANGE_FROM_DATA) | BIT(NFTA_RANGE_TO_DATA), 0, 0, 0,
	    0 },
	{ "lookup", 0, 0, BIT(NFTA_LOOKUP_SET_ID), NFTA_LOOKUP_SET,
	    NFTA_LOOKUP_SET_ID },
	{ "dynset", 0, BIT(NFTA_DYNSET_EXPR) | BIT(NFTA_DYNSET_EXPRESSIONS),
	    BIT(NFTA_DYNSET_SET_ID), NFTA_DYNSET_SET_NAME, NFTA_DYNSET_SET_ID },
};

static const struct kind *
kind_of(const char *name)
{
	static const struct kind other;

	for (size_t i = 0; i < LENGTH(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return &other;
}

struct naming {
	form_set_fn *name;
	void *arg;
};

/*
 * What is in an expression is a limit or a counter, and those hold none.  A
 * counter is not written: of a rule that feeds a set whose elements count by
 * themselves, the kernel does not tell of it.
 */
static void
write_inner(struct form *to, const struct nlattr *attr)
{
	struct attrs expr, body;
	const char *name;

	(void)attrs_of(attr, &expr);
	name = form_text(&expr, NFTA_EXPR_NAME);
	if (strcmp(name, "counter") == 0)
		return;
	form_put(to, name, strlen(name));
	(void)attrs_of(expr.at[NFTA_EXPR_DATA], &body);
	put_unknown(to, &body);
	for (unsigned int i = 0; i < ATTRS; i++)
		if (body.at[i] != NULL && !is_zero(body.at[i]))
			put_attr(to, &body, i);
}

static void
write_expr(
    struct form *to, const struct nlattr *attr, const struct naming *naming)
{
	const struct kind *kind;
	struct attrs expr, body;
	const char *name;

	(void)attrs_of(attr, &expr);
	name = form_text(&expr, NFTA_EXPR_NAME);
	kind = kind_of(name);
	form_put(to, name, strlen(name));
	(void)attrs_of(expr.at[NFTA_EXPR_DATA], &body);
	put_unknown(to, &body);
	for (unsigned int i = 0; i < ATTRS; i++) {
		const struct nlattr *at = body.at[i];
		const struct nlattr *one;

		if (at == NULL || (kind->ignored & BIT(i)) != 0)
			continue;
		if ((kind->data & BIT(i)) != 0) {
			put_number(to, i);
			form_write_data(to, at);
		} else if (i == NFTA_DYNSET_EXPRESSIONS &&
			   (kind->inner & BIT(i)) != 0) {
			FORM_EACH(one, at) write_inner(to, one);
		} else if ((kind->inner & BIT(i)) != 0) {
			write_inner(to, at);
		} else if (kind->set != 0 && kind->set == i) {
			naming->name(naming->arg, to, text_of(at),
			    form_u32(&body, kind->id));
		} else if (!is_zero(at)) {
			put_attr(to, &body, i);
		}
	}
}

void
form_write_rule(
    struct form *to, const struct attrs *rule, form_set_fn *name, void *arg)
{
	const struct naming naming = { name, arg };
	const struct nlattr *list = rule->at[NFTA_RULE_EXPRESSIONS];
	const struct nlattr *attr;

	put_attr(to, rule, NFTA_RULE_USERDATA);
	if (list == NULL)
		return;
	FORM_EACH(attr, list) write_expr(to, attr, &naming);
}

void
form_write_chain(struct form *to, const struct attrs *chain)
{
	struct attrs hook;

	if (chain->at[NFTA_CHAIN_HOOK] == NULL)
		return;
	(void)attrs_of(chain->at[NFTA_CHAIN_HOOK], &hook);
	put_attr(to, &hook, NFTA_HOOK_HOOKNUM);
	put_attr(to, &hook, NFTA_HOOK_PRIORITY);
	put_attr(to, &hook, NFTA_HOOK_DEV);
	put_attr(to, chain, NFTA_CHAIN_POLICY);
	put_attr(to, chain, NFTA_CHAIN_TYPE);
}

void
form_write_set(struct form *to, const struct attrs *set)
{
	static const unsigned int plain[] = { NFTA_SET_FLAGS, NFTA_SET_KEY_TYPE,
		NFTA_SET_KEY_LEN, NFTA_SET_DATA_TYPE, NFTA_SET_DATA_LEN,
		NFTA_SET_TIMEOUT, NFTA_SET_USERDATA };
	struct attrs size;

	for (size_t i = 0; i < LENGTH(plain); i++)
		if (set->at[plain[i]] != NULL && !is_zero(set->at[plain[i]]))
			put_attr(to, set, plain[i]);
	(void)attrs_of(set->at[NFTA_SET_DESC], &size);
	put_attr(to, &size, NFTA_SET_DESC_SIZE);
	if (set->at[NFTA_SET_EXPR] != NULL)
		write_inner(to, set->at[NFTA_SET_EXPR]);
}

uint32_t
form_anonymous(const struct attrs *rule, size_t *at)
{
	const struct nlattr *list = rule->at[NFTA_RULE_EXPRESSIONS];
	const struct nlattr *attr;
	size_t i = 0;

	if (list == NULL)
		return 0;
	FORM_EACH(attr, list)
	{
		const struct kind *kind;
		struct attrs expr, body;

		if (i++ < *at)
			continue;
		(void)attrs_of(attr, &expr);
		kind = kind_of(form_text(&expr, NFTA_EXPR_NAME));
		(void)attrs_of(expr.at[NFTA_EXPR_DATA], &body);
		if (kind->set == 0 ||
		    strcmp(form_text(&body, kind->set), EXPR_ANONYMOUS) != 0)
			continue;
		*at = i;
		return form_u32(&body, kind->id);
	}
	return 0;
}
