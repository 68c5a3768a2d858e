/*
 * The `eth` container of an ACE (RFC 8519 s4.2): its Ethernet type is an
 * address family to us, or frames that no rule judges; its MAC addresses are
 * header fields of what the Thing sends.
 *
 * RFC 8520 s2 does not let a MUD file count on it (A-FEAT-1).
 */
#ifndef LIBMUD_ETH_H
#define LIBMUD_ETH_H

#include "libmud/json.h"

/* A json_visit_fn over a struct matches. */
void eth_read(const struct json_at *at, void *matches);

#endif
