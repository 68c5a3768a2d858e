/*
 * Names to addresses with their TTLs (c-ares), less the addresses that the
 * rules forbid (S-22, S-53).
 */
#ifndef FETCH_RESOLVE_H
#define FETCH_RESOLVE_H

#include <stddef.h>
#include <stdint.h>

#include "libmud/addr.h"
#include "libmud/limits.h"

struct allowed;
struct event_base;
struct fault;

/* Lookups under way at one time; one whose answer was given while a name
 * server still owes the other family's counts as well. */
#define RESOLVE_LOOKUPS 256

struct resolve_addr {
	struct addr addr;
	uint32_t ttl_sec; /* LIMIT_TTL_MIN_SEC..LIMIT_TTL_MAX_SEC */
};

/* IPv6 first, without doubles, at most LIMIT_NAME_ADDRS of a family. */
struct resolve_answer {
	size_t n;
	struct resolve_addr addrs[2 * LIMIT_NAME_ADDRS];
};

/*
 * answer->n > 0: these may be used; why->code is FAULT_NONE.  Else why says
 * what happened: FAULT_RESOLVE, FAULT_TIMEOUT, FAULT_ADDRESS_REFUSED or
 * FAULT_BUSY.  Both are lent for the call.
 */
typedef void resolve_fn(
    void *arg, const struct resolve_answer *answer, const struct fault *why);

struct resolver;
struct resolve_lookup;

/* Reads resolv.conf and the hosts file, so it must be made before the
 * sandbox closes. Lends allowed and base. NULL with *why. */
struct resolver *resolver_new(
    struct event_base *base, const struct allowed *allowed, struct fault *why);
/* Lookups under way end without a call. NULL is fine. */
void resolver_free(struct resolver *resolver);

/*
 * Looks up a name that host_parse has passed.  on_answer is called exactly
 * once, from the loop, never from here; the lookup is gone afterwards.
 * clause: what a refusal of addresses cites (a constant text).
 */
struct resolve_lookup *resolve_start(struct resolver *resolver,
    const char *name, const char *clause, resolve_fn *on_answer, void *arg);
/* on_answer will not be called. */
void resolve_cancel(struct resolve_lookup *lookup);

#endif
