/*
 * Signing a MUD file (RFC 8520 s13.1): detached CMS, DER, over the file as it
 * is, SHA-256, with contentType, messageDigest and signingTime signed and the
 * certificates inside.
 *
 * Runs in mudctl, for makers of MUD files.  What a gateway would refuse is
 * refused here, before it is published; what has been made is judged by
 * signature_verify, as a gateway does it.
 */
#ifndef LIBMUD_SIGN_H
#define LIBMUD_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "libmud/bytes.h"
#include "libmud/signer.h"

struct fault;

/* What to sign with; all lent. */
struct sign_with {
	struct bytes certificate;   /* the signer's: DER, or the first of PEM */
	struct bytes key;           /* PEM */
	const char *passphrase;     /* of the key; NULL: there is none */
	struct bytes intermediates; /* PEM, one after another; may be empty */
};

/*
 * Is the file worth a signature: a MUD file that names a mud-signature?
 * *warning is FAULT_NONE, or what keeps a gateway from fetching it or an
 * administrator from not being asked.
 */
bool sign_check_file(
    struct bytes file, struct fault *warning, struct fault *why);

/*
 * Signs at the time `at`, which is now.  On success *signature is new, the
 * caller frees it, and *signer says who signed; both are untouched on failure.
 * It was verified with the last intermediate as the anchor if that is
 * self-signed, else with the signer's certificate as one.
 */
bool sign_file(struct bytes file, const struct sign_with *with, time_t at,
    uint8_t **signature, size_t *len, struct signer *signer, struct fault *why);

#endif
