/*
 * What Things' certificates say of them, in the state: one row a Thing, which
 * goes with it.
 *
 * As everywhere in the state: a put returns once it is on the disk, and
 * what is read back is checked like input.
 */
#ifndef ENGINE_STATECERT_H
#define ENGINE_STATECERT_H

#include "engine/things/things.h"

struct state;

/* 0, or -errno: -EINVAL for what breaks its bounds, -ENOENT if the Thing is
 * not stored, -ENOSPC, -EIO. */
int state_put_certificate(struct state *state, const struct mac *mac,
    const struct thing_certificate *certificate);

/* Calls fn for each row, lent until fn returns, which must not change the
 * state. How many rows were left out, or -errno. */
typedef void state_certificate_fn(void *arg, const struct mac *mac,
    const struct thing_certificate *certificate);
int state_load_certificates(
    struct state *state, state_certificate_fn *fn, void *arg);

#endif
