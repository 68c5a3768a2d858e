/*
 * nftables expressions about frames: the port that one came in by, and what
 * ARP says.  Besides those of expr.h.
 *
 * Those about ARP go behind expr_ether_type(rule, ETH_P_ARP); they read it as
 * Ethernet's and IPv4's, the only one that hosts take (RFC 826).
 */
#ifndef ENFORCE_EXPRLINK_H
#define ENFORCE_EXPRLINK_H

#include <stdbool.h>
#include <stdint.h>

struct nftnl_rule;

/* As expr_ether_type: a frame of another type, or with a VLAN tag. */
void expr_ether_type_not(struct nftnl_rule *rule, uint16_t type);

/* The incoming port . ether saddr in a set of pairs. */
void expr_port_bound_in(struct nftnl_rule *rule, const char *set);
/* As expr_update_mac, WITH_LIMIT: by the incoming port. */
void expr_update_port(struct nftnl_rule *rule, const char *set);
/* Puts ether saddr into a dynamic set for the set's own time, or anew. */
void expr_note_sender(struct nftnl_rule *rule, const char *set);

/* The sender's IPv4 address is 0.0.0.0: a probe (RFC 5227 s1.1). */
void expr_arp_is_probe(struct nftnl_rule *rule);
/* The sender's IPv4 address. */
void expr_arp_sender_in(struct nftnl_rule *rule, const char *set);
/* The sender's MAC as ARP has it . its IPv4 address. */
void expr_arp_pair_in(struct nftnl_rule *rule, const char *set, bool inverted);
/* ether saddr . the sender's IPv4 address. */
void expr_arp_bound_in(struct nftnl_rule *rule, const char *set);
/* As expr_update_addr, WITH_LIMIT: by the sender's IPv4 address. */
void expr_update_arp(struct nftnl_rule *rule, const char *set);

#endif
