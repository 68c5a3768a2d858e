/*
 * Expressions about frames by libnftnl.  Role: enforcer.  Input: constants.
 */
#include "enforce/rules/exprlink.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <arpa/inet.h>
#include <libnftnl/expr.h>
#include <linux/netfilter/nf_tables.h>

#include "enforce/rules/expr.h"
#include "enforce/rules/part.h"

/* In an Ethernet header, and in ARP of Ethernet and IPv4 (RFC 826). */
#define MAC_LEN           6
#define AT_SOURCE         6
#define AT_TYPE           12
#define ADDRESS_LEN       4
#define AT_ARP_SENDER     8
#define AT_ARP_SENDER_IP4 14

static void
load_sender(struct nftnl_rule *rule, uint32_t reg)
{
	part_payload(rule, NFT_PAYLOAD_LL_HEADER, AT_SOURCE, MAC_LEN, reg);
}

static void
load_arp_sender(struct nftnl_rule *rule, uint32_t reg)
{
	part_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, AT_ARP_SENDER_IP4,
	    ADDRESS_LEN, reg);
}

static void
load_port(struct nftnl_rule *rule)
{
	part_meta(rule, NFT_META_IIFNAME, NFT_REG_1);
}

void
expr_ether_type_not(struct nftnl_rule *rule, uint16_t type)
{
	const uint16_t wire = htons(type);

	part_payload(
	    rule, NFT_PAYLOAD_LL_HEADER, AT_TYPE, sizeof(wire), NFT_REG_1);
	part_compare(rule, NFT_CMP_NEQ, &wire, sizeof(wire));
}

void
expr_port_bound_in(struct nftnl_rule *rule, const char *set)
{
	load_port(rule);
	load_sender(rule, PART_AFTER_IFNAME);
	(void)part_look_up(rule, set, false);
}

void
expr_update_port(struct nftnl_rule *rule, const char *set)
{
	load_port(rule);
	nftnl_expr_add_expr(
	    part_update(rule, set), NFTNL_EXPR_DYNSET_EXPR, expr_new_limit());
}

void
expr_note_sender(struct nftnl_rule *rule, const char *set)
{
	load_sender(rule, NFT_REG_1);
	(void)part_update(rule, set);
}

void
expr_arp_is_probe(struct nftnl_rule *rule)
{
	static const uint8_t none[ADDRESS_LEN];

	load_arp_sender(rule, NFT_REG_1);
	part_compare(rule, NFT_CMP_EQ, none, sizeof(none));
}

void
expr_arp_sender_in(struct nftnl_rule *rule, const char *set)
{
	load_arp_sender(rule, NFT_REG_1);
	(void)part_look_up(rule, set, false);
}

void
expr_arp_pair_in(struct nftnl_rule *rule, const char *set, bool inverted)
{
	part_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, AT_ARP_SENDER, MAC_LEN,
	    NFT_REG_1);
	load_arp_sender(rule, PART_AFTER_MAC);
	(void)part_look_up(rule, set, inverted);
}

void
expr_arp_bound_in(struct nftnl_rule *rule, const char *set)
{
	load_sender(rule, NFT_REG_1);
	load_arp_sender(rule, PART_AFTER_MAC);
	(void)part_look_up(rule, set, false);
}

void
expr_update_arp(struct nftnl_rule *rule, const char *set)
{
	load_arp_sender(rule, NFT_REG_1);
	nftnl_expr_add_expr(
	    part_update(rule, set), NFTNL_EXPR_DYNSET_EXPR, expr_new_limit());
}
