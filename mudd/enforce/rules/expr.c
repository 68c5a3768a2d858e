/*
 * Expressions by libnftnl.  Role: enforcer.  Input: rules that were checked.
 */
#include "enforce/rules/expr.h"

#include <stdio.h> /* FILE, for libnftnl */

#include <arpa/inet.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "enforce/parent/droplog.h"
#include "enforce/rules/part.h"

/* Logged at most: so many a second, after a burst of so many. */
#define LOG_RATE  1
#define LOG_UNIT  1 /* in seconds */
#define LOG_BURST 5

/* Where header fields lie, and how long they are. */
#define MAC_LEN           6
#define ETHER_TYPE_OFFSET 12
#define IP6_HOP_OFFSET    7
#define ND_TARGET_OFFSET  8
#define ND_TARGET_LEN     16

static void
compare8(struct nftnl_rule *rule, uint8_t value)
{
	part_compare(rule, NFT_CMP_EQ, &value, sizeof(value));
}

static void
compare16(struct nftnl_rule *rule, uint32_t op, uint16_t value)
{
	uint16_t wire = htons(value);

	part_compare(rule, op, &wire, sizeof(wire));
}

static void
load_mac(struct nftnl_rule *rule, enum end end)
{
	part_payload(rule, NFT_PAYLOAD_LL_HEADER, end == SOURCE ? MAC_LEN : 0,
	    MAC_LEN, NFT_REG_1);
}

/* The first len bytes of an address. */
static void
load_addr(struct nftnl_rule *rule, unsigned int family, enum end end,
    uint32_t len, uint32_t reg)
{
	uint32_t source = family == 4 ? 12 : 8;
	uint32_t width = family == 4 ? 4 : 16;

	part_payload(rule, NFT_PAYLOAD_NETWORK_HEADER,
	    end == SOURCE ? source : source + width, len, reg);
}

void
expr_interface_in(
    struct nftnl_rule *rule, enum way way, const char *set, bool inverted)
{
	part_meta(rule, way == COMES_IN ? NFT_META_IIFNAME : NFT_META_OIFNAME,
	    NFT_REG_1);
	(void)part_look_up(rule, set, inverted);
}

void
expr_hairpin_in(struct nftnl_rule *rule, const char *set)
{
	part_meta(rule, NFT_META_IIFNAME, NFT_REG_1);
	part_meta(rule, NFT_META_OIFNAME, PART_AFTER_IFNAME);
	(void)part_look_up(rule, set, false);
}

void
expr_is_ether(struct nftnl_rule *rule, enum way way)
{
	uint16_t type = ARPHRD_ETHER; /* in host order */

	part_meta(rule, way == COMES_IN ? NFT_META_IIFTYPE : NFT_META_OIFTYPE,
	    NFT_REG_1);
	part_compare(rule, NFT_CMP_EQ, &type, sizeof(type));
}

void
expr_ether_type(struct nftnl_rule *rule, uint16_t type)
{
	part_payload(rule, NFT_PAYLOAD_LL_HEADER, ETHER_TYPE_OFFSET,
	    sizeof(type), NFT_REG_1);
	compare16(rule, NFT_CMP_EQ, type);
}

void
expr_meta_protocol(struct nftnl_rule *rule, uint16_t type)
{
	part_meta(rule, NFT_META_PROTOCOL, NFT_REG_1);
	compare16(rule, NFT_CMP_EQ, type);
}

void
expr_family(struct nftnl_rule *rule, unsigned int family)
{
	if (nftnl_rule_get_u32(rule, NFTNL_RULE_FAMILY) != NFPROTO_INET) {
		expr_meta_protocol(rule, family == 4 ? ETH_P_IP : ETH_P_IPV6);
		return;
	}
	part_meta(rule, NFT_META_NFPROTO, NFT_REG_1);
	compare8(rule, family == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
}

void
expr_protocol(struct nftnl_rule *rule, uint8_t protocol)
{
	part_meta(rule, NFT_META_L4PROTO, NFT_REG_1);
	compare8(rule, protocol);
}

void
expr_mac_in(
    struct nftnl_rule *rule, enum end end, const char *set, bool inverted)
{
	load_mac(rule, end);
	(void)part_look_up(rule, set, inverted);
}

void
expr_addr_in(struct nftnl_rule *rule, unsigned int family, enum end end,
    const char *set, bool inverted)
{
	load_addr(rule, family, end, family == 4 ? 4 : 16, NFT_REG_1);
	(void)part_look_up(rule, set, inverted);
}

void
expr_bound_in(
    struct nftnl_rule *rule, unsigned int family, enum end end, const char *set)
{
	load_mac(rule, end);
	load_addr(rule, family, end, family == 4 ? 4 : 16, PART_AFTER_MAC);
	(void)part_look_up(rule, set, false);
}

static void
load_target(struct nftnl_rule *rule, uint32_t reg)
{
	part_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, ND_TARGET_OFFSET,
	    ND_TARGET_LEN, reg);
}

void
expr_target_bound_in(struct nftnl_rule *rule, const char *set, bool inverted)
{
	load_mac(rule, SOURCE);
	load_target(rule, PART_AFTER_MAC);
	(void)part_look_up(rule, set, inverted);
}

void
expr_target_in(struct nftnl_rule *rule, const char *set)
{
	load_target(rule, NFT_REG_1);
	(void)part_look_up(rule, set, false);
}

static void
keep_bits(struct nftnl_rule *rule, unsigned int bits, uint32_t len)
{
	uint8_t ones[16] = { 0 };

	memset(ones, 0xff, bits / 8);
	ones[bits / 8] = (uint8_t)(0xff00u >> bits % 8);
	part_keep(rule, ones, len);
}

/* Whole bytes are compared as they are; a rest of bits needs a mask. */
void
expr_prefix(struct nftnl_rule *rule, enum end end, const struct prefix *prefix)
{
	unsigned int family = prefix->addr.family, bits = prefix->len;
	uint32_t width = family == 4 ? 4 : 16;
	uint32_t len = bits % 8 == 0 ? bits / 8 : width;

	if (bits == 0)
		return;
	load_addr(rule, family, end, len, NFT_REG_1);
	if (bits % 8 != 0)
		keep_bits(rule, bits, width);
	part_compare(rule, NFT_CMP_EQ, prefix->addr.byte, len);
}

static void
not_in_range(struct nftnl_rule *rule, uint16_t low, uint16_t high)
{
	uint16_t from = htons(low), to = htons(high);
	struct nftnl_expr *expr = part_append(rule, "range");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_RANGE_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_RANGE_OP, NFT_RANGE_NEQ);
	nftnl_expr_set(expr, NFTNL_EXPR_RANGE_FROM_DATA, &from, sizeof(from));
	nftnl_expr_set(expr, NFTNL_EXPR_RANGE_TO_DATA, &to, sizeof(to));
}

void
expr_ports(struct nftnl_rule *rule, enum end end, const struct ports *ports)
{
	uint16_t low = ports->low, high = ports->high;

	if (low == 0 && high == UINT16_MAX && ports->negated == 0)
		return;
	part_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, end == SOURCE ? 0 : 2,
	    sizeof(uint16_t), NFT_REG_1);
	if (low == high) {
		compare16(rule, ports->negated ? NFT_CMP_NEQ : NFT_CMP_EQ, low);
	} else if (ports->negated) {
		not_in_range(rule, low, high);
	} else {
		if (low > 0)
			compare16(rule, NFT_CMP_GTE, low);
		if (high < UINT16_MAX)
			compare16(rule, NFT_CMP_LTE, high);
	}
}

void
expr_icmp(struct nftnl_rule *rule, int type, int code)
{
	uint8_t both[2] = { (uint8_t)type, (uint8_t)code };
	uint32_t offset = type < 0 ? 1u : 0u;
	uint32_t len = type < 0 || code < 0 ? 1 : 2;

	if (type < 0 && code < 0)
		return;
	part_payload(
	    rule, NFT_PAYLOAD_TRANSPORT_HEADER, offset, len, NFT_REG_1);
	part_compare(rule, NFT_CMP_EQ, both + offset, len);
}

void
expr_icmp_in(struct nftnl_rule *rule, uint32_t set_id)
{
	part_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1, NFT_REG_1);
	nftnl_expr_set_u32(part_look_up(rule, EXPR_ANONYMOUS, false),
	    NFTNL_EXPR_LOOKUP_SET_ID, set_id);
}

void
expr_field(struct nftnl_rule *rule, const struct field_wire *wire)
{
	static const uint32_t bases[] = {
		[FIELD_LINK] = NFT_PAYLOAD_LL_HEADER,
		[FIELD_NETWORK] = NFT_PAYLOAD_NETWORK_HEADER,
		[FIELD_TRANSPORT] = NFT_PAYLOAD_TRANSPORT_HEADER,
	};

	part_payload(
	    rule, bases[wire->base], wire->offset, wire->len, NFT_REG_1);
	if (wire->is_masked)
		part_keep(rule, wire->mask, wire->len);
	part_compare(rule, NFT_CMP_EQ, wire->value, wire->len);
}

void
expr_is_onward(struct nftnl_rule *rule, bool onward)
{
	uint32_t none = 0; /* in host order */

	part_meta(rule, NFT_META_OIF, NFT_REG_1);
	part_compare(
	    rule, onward ? NFT_CMP_NEQ : NFT_CMP_EQ, &none, sizeof(none));
}

void
expr_hop_limit(struct nftnl_rule *rule, uint8_t hops)
{
	part_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, IP6_HOP_OFFSET,
	    sizeof(hops), NFT_REG_1);
	compare8(rule, hops);
}

static struct nftnl_expr *
load_ct(struct nftnl_rule *rule, uint32_t key)
{
	struct nftnl_expr *expr = part_append(rule, "ct");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_CT_KEY, key);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CT_DREG, NFT_REG_1);
	return expr;
}

void
expr_ct_reply(struct nftnl_rule *rule, bool reply)
{
	(void)load_ct(rule, NFT_CT_DIRECTION);
	compare8(rule, reply ? 1 : 0);
}

/* One of the states that these bits stand for. */
static void
ct_state(struct nftnl_rule *rule, uint32_t states)
{
	uint32_t zero = 0;

	(void)load_ct(rule, NFT_CT_STATE);
	part_keep(rule, &states, sizeof(states));
	part_compare(rule, NFT_CMP_NEQ, &zero, sizeof(zero));
}

void
expr_ct_related(struct nftnl_rule *rule)
{
	ct_state(rule, NF_CT_STATE_BIT(IP_CT_RELATED));
}

void
expr_ct_established(struct nftnl_rule *rule)
{
	ct_state(rule, NF_CT_STATE_BIT(IP_CT_ESTABLISHED));
}

void
expr_ct_source_in(
    struct nftnl_rule *rule, unsigned int family, bool reply, const char *set)
{
	uint32_t key = family == 4 ? NFT_CT_SRC_IP : NFT_CT_SRC_IP6;

	nftnl_expr_set_u8(load_ct(rule, key), NFTNL_EXPR_CT_DIR,
	    reply ? IP_CT_DIR_REPLY : IP_CT_DIR_ORIGINAL);
	(void)part_look_up(rule, set, false);
}

struct nftnl_expr *
expr_new_counter(void)
{
	return part_new("counter");
}

struct nftnl_expr *
expr_new_limit(void)
{
	struct nftnl_expr *expr = part_new("limit");

	nftnl_expr_set_u64(expr, NFTNL_EXPR_LIMIT_RATE, LOG_RATE);
	nftnl_expr_set_u64(expr, NFTNL_EXPR_LIMIT_UNIT, LOG_UNIT);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_LIMIT_BURST, LOG_BURST);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_LIMIT_TYPE, NFT_LIMIT_PKTS);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_LIMIT_FLAGS, 0);
	return expr;
}

void
expr_counter(struct nftnl_rule *rule)
{
	nftnl_rule_add_expr(rule, expr_new_counter());
}

static void
update(struct nftnl_rule *rule, const char *set, enum tally tally)
{
	nftnl_expr_add_expr(part_update(rule, set), NFTNL_EXPR_DYNSET_EXPR,
	    tally == WITH_COUNTER ? expr_new_counter() : expr_new_limit());
}

void
expr_update_mac(
    struct nftnl_rule *rule, enum end end, const char *set, enum tally tally)
{
	load_mac(rule, end);
	update(rule, set, tally);
}

void
expr_update_addr(struct nftnl_rule *rule, unsigned int family, enum end end,
    const char *set, enum tally tally)
{
	load_addr(rule, family, end, family == 4 ? 4 : 16, NFT_REG_1);
	update(rule, set, tally);
}

void
expr_log(struct nftnl_rule *rule, const char *prefix)
{
	struct nftnl_expr *expr = part_append(rule, "log");

	nftnl_expr_set_str(expr, NFTNL_EXPR_LOG_PREFIX, prefix);
	nftnl_expr_set_u16(expr, NFTNL_EXPR_LOG_GROUP, DROPLOG_GROUP);
}

static void
verdict(struct nftnl_rule *rule, int code, const char *chain)
{
	struct nftnl_expr *expr = part_append(rule, "immediate");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_IMM_VERDICT, (uint32_t)code);
	if (chain != NULL)
		nftnl_expr_set_str(expr, NFTNL_EXPR_IMM_CHAIN, chain);
}

void
expr_accept(struct nftnl_rule *rule)
{
	verdict(rule, NF_ACCEPT, NULL);
}

void
expr_drop(struct nftnl_rule *rule)
{
	verdict(rule, NF_DROP, NULL);
}

void
expr_return(struct nftnl_rule *rule)
{
	verdict(rule, NFT_RETURN, NULL);
}

void
expr_jump(struct nftnl_rule *rule, const char *chain)
{
	verdict(rule, NFT_JUMP, chain);
}

void
expr_goto(struct nftnl_rule *rule, const char *chain)
{
	verdict(rule, NFT_GOTO, chain);
}
