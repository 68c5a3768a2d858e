/*
 * Expressions about frames by libnftnl.  Role: enforcer.  Input: constants.
 *
 * Register 1 holds what is compared, as in expr.c; what follows a MAC or an
 * interface's name in a key stands behind its padded length.
 */
#include "enforce/exprlink.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <arpa/inet.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>

#include "enforce/expr.h"

#define AFTER_MAC    NFT_REG32_02
#define AFTER_IFNAME NFT_REG_2

/* In an Ethernet header, and in ARP of Ethernet and IPv4 (RFC 826). */
#define MAC_LEN           6
#define AT_SOURCE         6
#define AT_TYPE           12
#define ADDRESS_LEN       4
#define AT_ARP_SENDER     8
#define AT_ARP_SENDER_IP4 14

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
load(struct nftnl_rule *rule, uint32_t base, uint32_t offset, uint32_t len,
    uint32_t reg)
{
	struct nftnl_expr *expr = append(rule, "payload");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_BASE, base);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_LEN, len);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_DREG, reg);
}

static void
load_sender(struct nftnl_rule *rule, uint32_t reg)
{
	load(rule, NFT_PAYLOAD_LL_HEADER, AT_SOURCE, MAC_LEN, reg);
}

static void
load_arp_sender(struct nftnl_rule *rule, uint32_t reg)
{
	load(rule, NFT_PAYLOAD_NETWORK_HEADER, AT_ARP_SENDER_IP4, ADDRESS_LEN,
	    reg);
}

static void
load_port(struct nftnl_rule *rule)
{
	struct nftnl_expr *expr = append(rule, "meta");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_KEY, NFT_META_IIFNAME);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_DREG, NFT_REG_1);
}

static void
look_up(struct nftnl_rule *rule, const char *set, bool inverted)
{
	struct nftnl_expr *expr = append(rule, "lookup");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
	nftnl_expr_set_str(expr, NFTNL_EXPR_LOOKUP_SET, set);
	if (inverted)
		nftnl_expr_set_u32(
		    expr, NFTNL_EXPR_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
}

static struct nftnl_expr *
update(struct nftnl_rule *rule, const char *set)
{
	struct nftnl_expr *expr = append(rule, "dynset");

	nftnl_expr_set_str(expr, NFTNL_EXPR_DYNSET_SET_NAME, set);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_DYNSET_OP, NFT_DYNSET_OP_UPDATE);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_DYNSET_SREG_KEY, NFT_REG_1);
	return expr;
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
expr_ether_type_not(struct nftnl_rule *rule, uint16_t type)
{
	const uint16_t wire = htons(type);

	load(rule, NFT_PAYLOAD_LL_HEADER, AT_TYPE, sizeof(wire), NFT_REG_1);
	compare(rule, NFT_CMP_NEQ, &wire, sizeof(wire));
}

void
expr_port_bound_in(struct nftnl_rule *rule, const char *set)
{
	load_port(rule);
	load_sender(rule, AFTER_IFNAME);
	look_up(rule, set, false);
}

void
expr_update_port(struct nftnl_rule *rule, const char *set)
{
	load_port(rule);
	nftnl_expr_add_expr(
	    update(rule, set), NFTNL_EXPR_DYNSET_EXPR, expr_new_limit());
}

void
expr_note_sender(struct nftnl_rule *rule, const char *set)
{
	load_sender(rule, NFT_REG_1);
	(void)update(rule, set);
}

void
expr_arp_is_probe(struct nftnl_rule *rule)
{
	static const uint8_t none[ADDRESS_LEN];

	load_arp_sender(rule, NFT_REG_1);
	compare(rule, NFT_CMP_EQ, none, sizeof(none));
}

void
expr_arp_sender_in(struct nftnl_rule *rule, const char *set)
{
	load_arp_sender(rule, NFT_REG_1);
	look_up(rule, set, false);
}

void
expr_arp_pair_in(struct nftnl_rule *rule, const char *set, bool inverted)
{
	load(rule, NFT_PAYLOAD_NETWORK_HEADER, AT_ARP_SENDER, MAC_LEN,
	    NFT_REG_1);
	load_arp_sender(rule, AFTER_MAC);
	look_up(rule, set, inverted);
}

void
expr_arp_bound_in(struct nftnl_rule *rule, const char *set)
{
	load_sender(rule, NFT_REG_1);
	load_arp_sender(rule, AFTER_MAC);
	look_up(rule, set, false);
}

void
expr_update_arp(struct nftnl_rule *rule, const char *set)
{
	load_arp_sender(rule, NFT_REG_1);
	nftnl_expr_add_expr(
	    update(rule, set), NFTNL_EXPR_DYNSET_EXPR, expr_new_limit());
}
