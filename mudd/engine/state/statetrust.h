/*
 * What an administrator decided about trust, in the state: anchors that were
 * added at run time, and signers that are distrusted (S-34).
 *
 * As everywhere in the state: a put returns once it is on the disk, and
 * what is read back is checked like input.
 */
#ifndef ENGINE_STATETRUST_H
#define ENGINE_STATETRUST_H

#include <stddef.h>
#include <stdint.h>

#include "libmud/bytes.h"
#include "libmud/limits.h"

struct state;

struct state_anchor {
	uint8_t id[32];   /* the key: SHA-256 of the certificate */
	struct bytes pem; /* 1..LIMIT_REQUEST bytes, one certificate */
	int64_t added_at;
	int64_t added_by; /* uid */
};

struct state_distrust {
	uint8_t spki[32];  /* the key: SHA-256 of the signer's public key */
	char subject[256]; /* as it was shown; printable ASCII, or "" */
	int64_t since;
	int64_t by; /* uid */
};

/* 0, or -errno: -EINVAL for what breaks its bounds, -ENOSPC, -EIO. */
int state_put_anchor(struct state *state, const struct state_anchor *anchor);
int state_put_distrust(
    struct state *state, const struct state_distrust *distrust);
/* Their absence is fine. */
int state_delete_anchor(struct state *state, const uint8_t id[32]);
int state_delete_distrust(struct state *state, const uint8_t spki[32]);

/* Calls fn for each row, at most LIMIT_ANCHOR_COUNT of them; the row is lent
 * until fn returns, which must not change the state. How many rows were left
 * out, or -errno. */
typedef void state_anchor_fn(void *arg, const struct state_anchor *anchor);
typedef void state_distrust_fn(
    void *arg, const struct state_distrust *distrust);
int state_load_anchors(struct state *state, state_anchor_fn *fn, void *arg);
int state_load_distrust(struct state *state, state_distrust_fn *fn, void *arg);

#endif
