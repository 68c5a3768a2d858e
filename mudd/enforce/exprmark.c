/*
 * Expressions about connection marks by libnftnl.  Role: enforcer.  Input:
 * masks that were checked.
 *
 * Register 1 holds what is compared, as in expr.c.  Marks are in host order.
 */
#include "enforce/exprmark.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>

static struct nftnl_expr *
append(struct nftnl_rule *rule, const char *name)
{
	struct nftnl_expr *expr = nftnl_expr_alloc(name);

	if (expr == NULL)
		abort();
	nftnl_rule_add_expr(rule, expr);
	return expr;
}

static void
load(struct nftnl_rule *rule, uint32_t key)
{
	struct nftnl_expr *expr = append(rule, "ct");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_CT_KEY, key);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CT_DREG, NFT_REG_1);
}

/* Register 1 becomes itself & keep ^ flip. */
static void
change(struct nftnl_rule *rule, uint32_t keep, uint32_t flip)
{
	struct nftnl_expr *expr = append(rule, "bitwise");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_OP, NFT_BITWISE_BOOL);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_LEN, sizeof(keep));
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_MASK, &keep, sizeof(keep));
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_XOR, &flip, sizeof(flip));
}

static void
compare(struct nftnl_rule *rule, uint32_t op, uint32_t value)
{
	struct nftnl_expr *expr = append(rule, "cmp");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_OP, op);
	nftnl_expr_set(expr, NFTNL_EXPR_CMP_DATA, &value, sizeof(value));
}

void
expr_mark_is_not(struct nftnl_rule *rule, uint32_t mask, uint32_t value)
{
	load(rule, NFT_CT_MARK);
	change(rule, mask, 0);
	compare(rule, NFT_CMP_NEQ, value);
}

void
expr_mark_in(struct nftnl_rule *rule, uint32_t mask, const char *set)
{
	struct nftnl_expr *expr;

	load(rule, NFT_CT_MARK);
	change(rule, mask, 0);
	expr = append(rule, "lookup");
	nftnl_expr_set_u32(expr, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
	nftnl_expr_set_str(expr, NFTNL_EXPR_LOOKUP_SET, set);
}

void
expr_mark_set(struct nftnl_rule *rule, uint32_t mask, uint32_t value)
{
	struct nftnl_expr *expr;

	load(rule, NFT_CT_MARK);
	change(rule, ~mask, value);
	expr = append(rule, "ct");
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CT_KEY, NFT_CT_MARK);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CT_SREG, NFT_REG_1);
}

void
expr_ct_unrelated(struct nftnl_rule *rule)
{
	load(rule, NFT_CT_STATE);
	change(rule, NF_CT_STATE_BIT(IP_CT_RELATED), 0);
	compare(rule, NFT_CMP_EQ, 0);
}
