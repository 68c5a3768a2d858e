/*
 * Expressions about options and extension headers by libnftnl.  Role:
 * enforcer.  Input: constants.
 */
#include "enforce/rules/exproption.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <libnftnl/expr.h>
#include <linux/netfilter/nf_tables.h>

#include "enforce/rules/part.h"

/* The lower half of the first byte: how many words a header has. */
#define WORDS_MASK  0x0f
#define WORDS_PLAIN 5

static void
exists(struct nftnl_rule *rule, uint32_t op, uint8_t type)
{
	const uint8_t present = 1;
	struct nftnl_expr *expr = part_append(rule, "exthdr");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_DREG, NFT_REG_1);
	nftnl_expr_set_u8(expr, NFTNL_EXPR_EXTHDR_TYPE, type);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_OFFSET, 0);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_LEN, 1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_OP, op);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_FLAGS, NFT_EXTHDR_F_PRESENT);
	part_compare(rule, NFT_CMP_EQ, &present, sizeof(present));
}

void
expr_has_options(struct nftnl_rule *rule)
{
	const uint8_t mask = WORDS_MASK, plain = WORDS_PLAIN;

	part_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, 0, 1, NFT_REG_1);
	part_keep(rule, &mask, sizeof(mask));
	part_compare(rule, NFT_CMP_NEQ, &plain, sizeof(plain));
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
