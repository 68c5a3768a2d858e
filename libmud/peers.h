/*
 * Who an ACE's peer is: the abstractions of RFC 8520 s4, DNS names (s8), and
 * addresses as numbers, which an administrator must see first (M-FILE-5).
 */
#ifndef LIBMUD_PEERS_H
#define LIBMUD_PEERS_H

#include <stdbool.h>

#include "libmud/matches.h"

/* A json_visit_fn over a struct matches: the "ietf-mud:mud" container. */
void peers_read_mud(const struct json_at *at, void *matches);

/* json_visit_fns for ietf-acldns:src-dnsname and dst-dnsname. */
void peers_read_src_dnsname(const struct json_at *at, void *matches);
void peers_read_dst_dnsname(const struct json_at *at, void *matches);

/* source- and destination-ipv4-network, and those of IPv6; the container's
 * family decides. */
void peers_read_source(const struct json_at *at, void *matches);
void peers_read_destination(const struct json_at *at, void *matches);

#endif
