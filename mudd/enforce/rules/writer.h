/*
 * A table in the making: what the fixed parts of all our tables share.
 */
#ifndef ENFORCE_WRITER_H
#define ENFORCE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "enforce/batch.h"
#include "enforce/rules/object.h"

struct nftnl_rule;

/* After defragmentation (-400), before connection tracking (-200). */
#define PRIORITY_GUARD -310
/* Before ordinary filters at 0: an accept of ours overrides none of them. */
#define PRIORITY_FILTER -5

/* RFC 4443, 4861, 2710 and 3810: what a host needs to live on the link. */
#define ICMPV6_MLD_QUERY   130
#define ICMPV6_MLD_REPORT  131
#define ICMPV6_MLD_DONE    132
#define ICMPV6_SOLICIT     133
#define ICMPV6_ADVERT      134
#define ICMPV6_NS          135
#define ICMPV6_NA          136
#define ICMPV6_MLD2_REPORT 143

/* What a log line begins with (docs/architecture.md). */
#define LOG_FROM    "mud:from "
#define LOG_TO      "mud:to "
#define LOG_SPOOF   "mud:spoof "
#define LOG_UNKNOWN "mud:unknown "
#define LOG_PORT    "mud:port "
#define LOG_TWICE   "mud:twice "
#define LOG_ARP     "mud:arp "
#define LOG_TYPE    "mud:ethertype "

/* Sets of who was logged lately. */
#define SEEN_FLAGS    (NFT_SET_EVAL | NFT_SET_TIMEOUT)
#define SEEN_SIZE     4096
#define SEEN_KEEP_SEC 60

/* The chain in hand, and the last anonymous set: their numbers are one series
 * in a batch, so each table begins with its own. */
struct writer {
	struct batch *batch;
	uint16_t family;
	const char *chain; /* lent */
	uint32_t set_id;
	bool monitor; /* drop nothing */
};

/* Deletes the table, if it is there, and adds it empty. */
void writer_fresh(const struct writer *to);
void writer_set(const struct writer *to, const struct set_form *form);
/* It is the chain in hand from then on. */
void writer_chain(
    struct writer *to, const char *name, const struct hook_form *hook);

/* A rule for the chain in hand, and its place at the chain's end. */
struct nftnl_rule *writer_rule(const struct writer *to);
void writer_put(const struct writer *to, struct nftnl_rule *rule);

/*
 * Accepts ICMPv6 of these types, with the hop limit that proves that no
 * router has passed them on: 255 for neighbour discovery (RFC 4861 s7.1), 1
 * for listener reports (RFC 2710 s3).
 */
void writer_accept_icmpv6(
    struct writer *to, const uint8_t *types, size_t n, uint8_t hop_limit);
/* DHCP of these source and destination ports. `rule` says the rest. */
void writer_dhcp(
    struct nftnl_rule *rule, uint16_t source, uint16_t destination);
/* The end of a chain that drops: counts, and drops unless we monitor. */
void writer_drop(const struct writer *to);

#endif
