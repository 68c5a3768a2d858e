/*
 * Conditions without connection tracking, by libnftnl.  Role: enforcer.
 * Input: constants.
 */
#include "enforce/rules/expreast.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <stdint.h>

#include "enforce/rules/part.h"

/* RFC 791 s3.1: the last 14 bits of these two bytes are "more fragments" and
 * the offset. */
#define AT_FRAGMENT  6
#define FRAGMENT_IP4 0x3fff

/* RFC 9293 s3.1. */
#define AT_FLAGS 13
#define FLAG_SYN 0x02
#define FLAG_ACK 0x10

void
expr_is_fragment(struct nftnl_rule *rule)
{
	uint16_t mask = htons(FRAGMENT_IP4), zero = 0;

	part_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, AT_FRAGMENT,
	    sizeof(mask), NFT_REG_1);
	part_keep(rule, &mask, sizeof(mask));
	part_compare(rule, NFT_CMP_NEQ, &zero, sizeof(zero));
}

static void
tcp_flags_not(struct nftnl_rule *rule, uint8_t flags)
{
	uint8_t mask = FLAG_SYN | FLAG_ACK;

	part_payload(rule, NFT_PAYLOAD_TRANSPORT_HEADER, AT_FLAGS, sizeof(mask),
	    NFT_REG_1);
	part_keep(rule, &mask, sizeof(mask));
	part_compare(rule, NFT_CMP_NEQ, &flags, sizeof(flags));
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
