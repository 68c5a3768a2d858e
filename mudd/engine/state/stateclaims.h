/*
 * What is said of Things' MUD URLs, in the state: what differs from the URL in
 * force, and what LLDP said, with its TTL.  state.h holds here too: a put is
 * durable, and what is read back is checked.
 */
#ifndef ENGINE_STATECLAIMS_H
#define ENGINE_STATECLAIMS_H

#include "engine/state/state.h"

struct state_claim {
	struct mac mac; /* with source, the key; of a Thing that is stored */
	enum state_source source; /* DHCP4 to X509 */
	char url[LIMIT_URL + 1];  /* canonical */
	uint16_t ttl_sec;         /* of LLDP; else 0 */
};

/* They go with their Thing. -ENOENT: that is not stored. */
int state_put_claim(struct state *state, const struct state_claim *claim);
/* All of one Thing. */
int state_delete_claims(struct state *state, const struct mac *mac);

/* The claim is lent until fn returns. How many were left out, or -errno. */
typedef void state_claim_fn(void *arg, const struct state_claim *claim);
int state_load_claims(struct state *state, state_claim_fn *fn, void *arg);

#endif
