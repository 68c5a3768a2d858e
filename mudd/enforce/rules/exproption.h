/*
 * nftables expressions about what may stand between a header of IP and what it
 * carries, besides those of expr.h.  Each goes behind its expr_family.
 */
#ifndef ENFORCE_EXPROPTION_H
#define ENFORCE_EXPROPTION_H

#include <stdint.h>

struct nftnl_rule;

/* The header of IPv4 is longer than 20 bytes. */
void expr_has_options(struct nftnl_rule *rule);
/* This option of IPv4 is there; the kernel finds source routes, the record of
 * one, and router alerts. */
void expr_option_exists(struct nftnl_rule *rule, uint8_t option);
/* This extension header of IPv6 is there. */
void expr_header_exists(struct nftnl_rule *rule, uint8_t header);

#endif
