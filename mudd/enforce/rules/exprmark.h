/*
 * nftables expressions about a connection's mark, besides those of expr.h.
 */
#ifndef ENFORCE_EXPRMARK_H
#define ENFORCE_EXPRMARK_H

#include <stdint.h>

struct nftnl_rule;

/* ct mark & mask != value */
void expr_mark_is_not(struct nftnl_rule *rule, uint32_t mask, uint32_t value);
/* ct mark & mask @set; its elements are in host order. */
void expr_mark_in(struct nftnl_rule *rule, uint32_t mask, const char *set);
/* ct mark set ct mark & ~mask | value; no bit of value is outside of mask. */
void expr_mark_set(struct nftnl_rule *rule, uint32_t mask, uint32_t value);
/* Not an ICMP error about a flow, nor a flow that belongs to another. */
void expr_ct_unrelated(struct nftnl_rule *rule);

#endif
