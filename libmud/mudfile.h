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

#include "libmud/bytes.h"
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
 * The same, and besides tells whoever wrote the file what is wrong or was not
 * used, in the order of the file.  An error breaks a MUST of the RFC but does
 * not keep us from reading the file; a refusal is not told here but in *why.
 */
enum mudfile_severity { MUDFILE_INFO, MUDFILE_WARNING, MUDFILE_ERROR };
typedef void mudfile_note_fn(
    void *arg, enum mudfile_severity severity, const struct fault *note);
bool mudfile_judge(struct bytes file, mudfile_note_fn *on_note, void *arg,
    struct policy **policy, struct fault *why);

/*
 * Refusals and notes of these functions that are about one place begin with
 * "POINTER: ", a JSON pointer (RFC 6901).  How long that pointer is; 0: the
 * fault is about the whole file.
 */
size_t mudfile_pointer(const struct fault *fault);

#endif
