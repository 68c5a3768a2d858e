/*
 * Conditions without connection tracking, by libnftnl.  Role: enforcer.
 * Input: constants.
 *
 * Register 1 holds what is compared, as in expr.c.
 */
#include "enforce/expreast.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <arpa/inet.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter/nf_tables.h>
#include <stdint.h>
#include <stdlib.h>

/* RFC 791 s3.1: the last 14 bits of these two bytes are "more fragments" and
 * the offset. */
#define AT_FRAGMENT  6
#define FRAGMENT_IP4 0x3fff

/* RFC 9293 s3.1. */
#define AT_FLAGS 13
#define FLAG_SYN 0x02
#define FLAG_ACK 0x10

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
load(struct nftnl_rule *rule, uint32_t base, uint32_t offset, uint32_t len)
{
	struct nftnl_expr *expr = append(rule, "payload");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_BASE, base);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_LEN, len);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
}

static void
keep(struct nftnl_rule *rule, const void *mask, uint32_t len)
{
	static const uint8_t zero[2];
	struct nftnl_expr *expr = append(rule, "bitwise");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_OP, NFT_BITWISE_BOOL);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_LEN, len);
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_MASK, mask, len);
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_XOR, zero, len);
}

static void
compare(struct nftnl_rule *rule, uint32_t op, const void *value, uint32_t len)
{
	struct nftnl_expr *expr = append(rule, "cmp");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_OP, op);
	nftnl_expr_set(expr, NFTNL_EXPR_CMP_DATA, value, len);
}

void
expr_is_fragment(struct nftnl_rule *rule)
{
	uint16_t mask = htons(FRAGMENT_IP4), zero = 0;

	load(rule, NFT_PAYLOAD_NETWORK_HEADER, AT_FRAGMENT, sizeof(mask));
	keep(rule, &mask, sizeof(mask));
	compare(rule, NFT_CMP_NEQ, &zero, sizeof(zero));
}

static void
tcp_flags_not(struct nftnl_rule *rule, uint8_t flags)
{
	uint8_t mask = FLAG_SYN | FLAG_ACK;

	load(rule, NFT_PAYLOAD_TRANSPORT_HEADER, AT_FLAGS, sizeof(mask));
	keep(rule, &mask, sizeof(mask));
	compare(rule, NFT_CMP_NEQ, &flags, sizeof(flags));
}

void
expr_tcp_may_open(struct nftnl_rule *rule)
{
	tcp_flags_not(rule, FLAG_SYN | FLAG_ACK);
}

void
expr_tcp_may_reply(struct nftnl_rule *rule)
{
	tcp_flags_not(rule, FLAG_SYN);
}
