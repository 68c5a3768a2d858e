/*
 * Where the fetcher may go: which ports, and which addresses (S-22, S-53).
 *
 * The engine tells the rules by FETCH_ALLOW, FETCH_FORBID and FETCH_NAT64
 * before it asks for anything.  An address is judged by these steps, the first
 * that speaks decides:
 *
 *   1. an address of the gateway itself (is_own in FETCH_FORBID): no;
 *   2. within a prefix of FETCH_ALLOW (allow-prefixes): yes;
 *   3. within another prefix of FETCH_FORBID, which is a network of the
 *      gateway (connected, delegated to it, or routed to its LAN; where not all
 *      of these are known, they are told as one of length 0): no;
 *   4. global unicast: yes; anything else: no.
 *
 * An IPv6 address that carries an IPv4 one (mapped, or NAT64's well-known or
 * a configured prefix) is judged by that, since that is where the packets
 * end; rules of 1 and 2 may name the IPv6 one as well.
 */
#ifndef FETCH_ALLOWED_H
#define FETCH_ALLOWED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/records.h"

/* Rules of one kind: what the engine keeps of the gateway's networks fits.  A
 * rule must never be lost silently. */
#define ALLOWED_RULES (2 * LIMIT_NETWORKS)
#define ALLOWED_PORTS 64

enum allowed_verdict {
	ALLOWED_FIT,
	ALLOWED_OWN,       /* the gateway's own address */
	ALLOWED_CONNECTED, /* in a network of the gateway */
	ALLOWED_UNKNOWN,   /* it might be: not all of them are known */
	ALLOWED_NOT_GLOBAL
};

struct allowed;

/* Nothing allowed but port 443 and global unicast. */
struct allowed *allowed_new(void);
void allowed_free(struct allowed *allowed);

/* Takes a rule in. False: the record is unsound, or one too many. */
bool allowed_permit(struct allowed *allowed, const struct record_allow *rule);
bool allowed_forbid(struct allowed *allowed, const struct record_forbid *rule);
/* A prefix under which a NAT64 hands out the IPv4 internet. */
bool allowed_translate(
    struct allowed *allowed, const struct record_prefix *rule);

bool allowed_has_port(const struct allowed *allowed, uint16_t port);
enum allowed_verdict allowed_judge(
    const struct allowed *allowed, const struct addr *addr);

/* What is wrong with the address and what to do, as the end of a sentence
 * ("is ..."); never for ALLOWED_FIT. */
const char *allowed_words(enum allowed_verdict verdict);

#endif
