/*
 * One attempt at a MUD file: fetch it, find its signature, fetch that, have
 * both judged, receive the policy (RFC 8520 s1.9).  Or, for bytes that are
 * here already, the judging alone.
 *
 * The fetcher and the readers do the work; this module only hands sealed
 * memfds from one to the next.  What was verified is what was parsed.
 */
#ifndef ENGINE_ATTEMPT_H
#define ENGINE_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/files/fetching.h"
#include "engine/files/jobs.h"
#include "libmud/fault.h"
#include "libmud/policy.h"
#include "libmud/signer.h"
#include "libmud/url.h"

/* A MUD file and its signature, as sealed memfds. */
struct mud_bytes {
	int file, signature; /* owned; signature is -1 where there is none */
	uint32_t file_size, signature_size;
};
void mud_bytes_done(struct mud_bytes *bytes);

enum outcome_kind {
	OUTCOME_NOT_FETCHED, /* nothing to judge: tried again later */
	OUTCOME_REFUSED,     /* judged unusable */
	OUTCOME_HELD,        /* an administrator must look; no policy */
	OUTCOME_POLICY,      /* a policy; perhaps with a hold of its own */
};

/* Lent until the callback returns, but for what is taken (set to NULL, -1). */
struct outcome {
	enum outcome_kind kind;
	struct fault why;     /* of the fetch, the refusal, or the verdict */
	uint8_t digest[32];   /* unless NOT_FETCHED */
	struct signer signer; /* subject "": none known */
	struct mud_bytes bytes;
	bool is_other_type;    /* served under a media type of something else */
	struct policy *policy; /* of OUTCOME_POLICY */
};

struct attempt;
typedef void attempt_done_fn(void *arg, struct outcome *outcome);

struct attempt_options {
	struct jobs *jobs;
	const struct fetching *fetching;
	const struct materials *materials;
	const struct material *anchors; /* what signatures are judged by */
	const struct url *url;
	int64_t at;         /* judge certificates at this time */
	uint8_t pinned[32]; /* the signer's key that is trusted for this URL */
	struct bytes mudsigner; /* whose it must be, as DER; empty: anybody's */
	bool is_approved;       /* an administrator approved these bytes */
	attempt_done_fn *done;
	void *arg;
};

/* NULL if the jobs are all taken. `done` is called later, exactly once, and
 * the attempt is freed after it. */
struct attempt *attempt_fetch(const struct attempt_options *options);
/* Takes bytes. */
struct attempt *attempt_read(
    const struct attempt_options *options, struct mud_bytes *bytes);
/* Gives it up: `done` is not called. */
void attempt_free(struct attempt *attempt);

#endif
