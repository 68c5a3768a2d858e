/*
 * Expressions about options and extension headers by libnftnl.  Role:
 * enforcer.  Input: constants.
 *
 * Register 1 holds what is compared, as in expr.c.
 */
#include "enforce/exproption.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>

/* The lower half of the first byte: how many words a header has. */
#define WORDS_MASK  0x0f
#define WORDS_PLAIN 5

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
compare(struct nftnl_rule *rule, uint32_t op, uint8_t value)
{
	struct nftnl_expr *expr = append(rule, "cmp");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_OP, op);
	nftnl_expr_set(expr, NFTNL_EXPR_CMP_DATA, &value, sizeof(value));
}

static void
exists(struct nftnl_rule *rule, uint32_t op, uint8_t type)
{
	struct nftnl_expr *expr = append(rule, "exthdr");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_DREG, NFT_REG_1);
	nftnl_expr_set_u8(expr, NFTNL_EXPR_EXTHDR_TYPE, type);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_OFFSET, 0);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_LEN, 1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_OP, op);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_FLAGS, NFT_EXTHDR_F_PRESENT);
	compare(rule, NFT_CMP_EQ, 1);
}

void
expr_has_options(struct nftnl_rule *rule)
{
	const uint8_t keep = WORDS_MASK, flip = 0;
	struct nftnl_expr *expr = append(rule, "payload");

	nftnl_expr_set_u32(
	    expr, NFTNL_EXPR_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET, 0);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_LEN, 1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
	expr = append(rule, "bitwise");
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_OP, NFT_BITWISE_BOOL);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_LEN, sizeof(keep));
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_MASK, &keep, sizeof(keep));
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_XOR, &flip, sizeof(flip));
	compare(rule, NFT_CMP_NEQ, WORDS_PLAIN);
}

void
expr_option_exists(struct nftnl_rule *rule, uint8_t option)
{
	exists(rule, NFT_EXTHDR_OP_IPV4, option);
}

void
expr_header_exists(struct nftnl_rule *rule, uint8_t header)
{
	exists(rule, NFT_EXTHDR_OP_IPV6, header);
}
