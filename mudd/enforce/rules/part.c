/*
 * Single expressions by libnftnl.  Role: enforcer.  Input: constants, and
 * rules that were checked.
 */
#include "enforce/rules/part.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>

struct nftnl_expr *
part_new(const char *name)
{
	struct nftnl_expr *expr = nftnl_expr_alloc(name);

	if (expr == NULL)
		abort();
	return expr;
}

struct nftnl_expr *
part_append(struct nftnl_rule *rule, const char *name)
{
	struct nftnl_expr *expr = part_new(name);

	nftnl_rule_add_expr(rule, expr);
	return expr;
}

void
part_meta(struct nftnl_rule *rule, uint32_t key, uint32_t reg)
{
	struct nftnl_expr *expr = part_append(rule, "meta");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_KEY, key);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_DREG, reg);
}

void
part_payload(struct nftnl_rule *rule, uint32_t base, uint32_t offset,
    uint32_t len, uint32_t reg)
{
	struct nftnl_expr *expr = part_append(rule, "payload");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_BASE, base);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_LEN, len);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_DREG, reg);
}

void
part_change(
    struct nftnl_rule *rule, const void *mask, const void *flip, uint32_t len)
{
	struct nftnl_expr *expr = part_append(rule, "bitwise");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_OP, NFT_BITWISE_BOOL);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_LEN, len);
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_MASK, mask, len);
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_XOR, flip, len);
}

void
part_keep(struct nftnl_rule *rule, const void *mask, uint32_t len)
{
	static const uint8_t zero[16];

	part_change(rule, mask, zero, len);
}

void
part_compare(
    struct nftnl_rule *rule, uint32_t op, const void *value, uint32_t len)
{
	struct nftnl_expr *expr = part_append(rule, "cmp");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_OP, op);
	nftnl_expr_set(expr, NFTNL_EXPR_CMP_DATA, value, len);
}

struct nftnl_expr *
part_look_up(struct nftnl_rule *rule, const char *set, bool inverted)
{
	struct nftnl_expr *expr = part_append(rule, "lookup");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
	nftnl_expr_set_str(expr, NFTNL_EXPR_LOOKUP_SET, set);
	if (inverted)
		nftnl_expr_set_u32(
		    expr, NFTNL_EXPR_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
	return expr;
}

struct nftnl_expr *
part_update(struct nftnl_rule *rule, const char *set)
{
	struct nftnl_expr *expr = part_append(rule, "dynset");

	nftnl_expr_set_str(expr, NFTNL_EXPR_DYNSET_SET_NAME, set);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_DYNSET_OP, NFT_DYNSET_OP_UPDATE);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_DYNSET_SREG_KEY, NFT_REG_1);
	return expr;
}
