/*
 * An administrator's word on a file that waits (RFC 8520 s13.2; S-38): it names
 * the file by its digest, and is written down before it counts.
 */
#ifndef ENGINE_APPROVAL_H
#define ENGINE_APPROVAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct mudurl;
struct verdicts;

/*
 * Approves the candidate: it has to be read once more before it is in force.
 * digest and pin_signer: see manager_approve.  0 once it is durable; -EINVAL:
 * another digest; -EAGAIN: nothing waits; -ENOKEY: no signer is known; -EIO.
 */
int approval_give(const struct verdicts *verdicts, struct mudurl *mud,
    const char *digest, bool pin_signer, uid_t uid, int64_t now);

/* Rejects it: until the URL has another file, it is not asked about again. 0
 * once it is durable; -EAGAIN: nothing waits; -EIO. */
int approval_refuse(
    const struct verdicts *verdicts, struct mudurl *mud, uid_t uid);

#endif
