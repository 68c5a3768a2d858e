/*
 * MUD files: JSON bytes in, a policy out (RFC 8520 s2, s3, s7; RFC 8519).
 *
 * Runs in the reader, over bytes whose signature was judged first (M-SIG-2),
 * and in mudctl.  What it does not understand makes the policy narrower, or
 * holds it for an administrator; never wider (S-9).
 */
#ifndef LIBMUD_MUDFILE_H
#define LIBMUD_MUDFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/bytes.h"
#include "libmud/finding.h"
#include "libmud/limits.h"

struct fault;
struct policy;

/*
 * The one leaf that may be read before the signature is judged (M-SIG-2).
 * Text as the file has it, not yet judged as a URL; "" where it is absent.
 */
struct mudfile_peek {
	char mud_signature[LIMIT_URL + 1];
};
bool mudfile_peek(
    struct bytes file, struct mudfile_peek *peek, struct fault *why);

/*
 * The whole file.  On success *policy is new and the caller frees it with
 * policy_free; its `hold` says whether an administrator must look before it
 * may be used (IP literals, a drop ACE that was not understood, ...).
 */
bool mudfile_parse(
    struct bytes file, struct policy **policy, struct fault *why);

/*
 * The same, and besides tells whoever wrote the file all that is wrong with
 * it, or was not used.  `now`, in seconds since 1970, is what its dates are
 * held against; 0: no clock.  A refusal is told as a finding too.  *breaks,
 * where it is not NULL, becomes whether the YANG modules of RFC 8520 and RFC
 * 8519 refuse the file, whatever is returned.
 */
bool mudfile_judge(struct bytes file, int64_t now, finding_fn *on_finding,
    void *arg, bool *breaks, struct policy **policy, struct fault *why);

#endif
