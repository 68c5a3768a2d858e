/*
 * Expressions about connection marks by libnftnl.  Role: enforcer.  Input:
 * masks that were checked.
 *
 * Marks are in host order.
 */
#include "enforce/rules/exprmark.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <libnftnl/expr.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>

#include "enforce/rules/part.h"

static void
load(struct nftnl_rule *rule, uint32_t key)
{
	struct nftnl_expr *expr = part_append(rule, "ct");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_CT_KEY, key);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CT_DREG, NFT_REG_1);
}

static void
change(struct nftnl_rule *rule, uint32_t keep, uint32_t flip)
{
	part_change(rule, &keep, &flip, sizeof(keep));
}

static void
compare(struct nftnl_rule *rule, uint32_t op, uint32_t value)
{
	part_compare(rule, op, &value, sizeof(value));
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
	load(rule, NFT_CT_MARK);
	change(rule, mask, 0);
	(void)part_look_up(rule, set, false);
}

void
expr_mark_set(struct nftnl_rule *rule, uint32_t mask, uint32_t value)
{
	struct nftnl_expr *expr;

	load(rule, NFT_CT_MARK);
	change(rule, ~mask, value);
	expr = part_append(rule, "ct");
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
