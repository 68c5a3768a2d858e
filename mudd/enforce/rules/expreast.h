/*
 * Conditions of a table that has no connection tracker, as expr.h has those
 * that are common to all.
 */
#ifndef ENFORCE_EXPREAST_H
#define ENFORCE_EXPREAST_H

#include <stdbool.h>

struct nftnl_rule;

/* A fragment of IPv4, the first one too; behind expr_family. */
void expr_is_fragment(struct nftnl_rule *rule);

/*
 * By its flags this segment of TCP may go the way of the flow's first one: it
 * is no SYN with ACK; or the way of the replies: it is no SYN without.  Others
 * may go either way.  Behind expr_protocol.
 */
void expr_tcp_may_open(struct nftnl_rule *rule);
void expr_tcp_may_reply(struct nftnl_rule *rule);

#endif
