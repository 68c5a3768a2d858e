/*
 * One reader that judges a Thing's certificate (RECORD_CERTIFICATE): the
 * engine itself never parses one.
 */
#ifndef ENGINE_CERTJOB_H
#define ENGINE_CERTJOB_H

#include <stdint.h>

#include "libmud/bytes.h"
#include "libmud/devcert.h"

struct certjob;
struct jobs;
struct materials;

/* found: what it says, lent until the callback returns; or NULL, and why. */
typedef void certjob_done_fn(
    void *arg, const struct devcert *found, const struct fault *why);

/* The certificate, of at most LIMIT_DEVCERT bytes, is copied, and judged by the
 * device anchors of `materials` at the time `at`. NULL if the jobs are all
 * taken. `done` is called later, exactly once; the job is freed after it. */
struct certjob *certjob_start(struct jobs *jobs,
    const struct materials *materials, struct bytes certificate, int64_t at,
    certjob_done_fn *done, void *arg);
/* Gives it up: `done` is not called. NULL is fine. */
void certjob_free(struct certjob *certjob);

#endif
