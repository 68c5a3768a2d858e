/*
 * One reader that lists the certificates in PEM text (RECORD_ANCHORS): the
 * engine itself never parses a certificate.
 */
#ifndef ENGINE_ANCHORJOB_H
#define ENGINE_ANCHORJOB_H

#include <stddef.h>
#include <stdint.h>

#include "libmud/anchor.h"
#include "libmud/bytes.h"
#include "libmud/fault.h"

struct anchorjob;
struct jobs;

struct anchor_found {
	uint32_t offset, size; /* of its PEM in the text that was given */
	struct anchor anchor;  /* only if it is good: */
	struct fault why;      /* FAULT_NONE */
};

/* In the order of the text; lent until the callback returns. */
struct anchors_found {
	struct fault why; /* not FAULT_NONE: nothing was listed */
	size_t n, n_left_out;
	const struct anchor_found *each;
};

typedef void anchorjob_done_fn(void *arg, const struct anchors_found *found);

/* The text, of at most LIMIT_ANCHORS bytes, is copied. NULL if the jobs are all
 * taken. `done` is called later, exactly once; the job is freed after it. */
struct anchorjob *anchorjob_start(
    struct jobs *jobs, struct bytes pem, anchorjob_done_fn *done, void *arg);
/* Gives it up: `done` is not called. NULL is fine. */
void anchorjob_free(struct anchorjob *anchorjob);

#endif
