/*
 * The detached CMS signature over a MUD file (RFC 8520 s13, RFC 5652).
 *
 * Runs in the reader and in mudctl.  The steps are those of security.md 4.3,
 * in that order, each with a fault of its own.  The exact bytes of the file
 * are judged; no JSON is looked at.
 */
#ifndef LIBMUD_SIGNATURE_H
#define LIBMUD_SIGNATURE_H

#include <stdbool.h>
#include <time.h>

#include "libmud/anchors.h"
#include "libmud/bytes.h"
#include "libmud/signer.h"

struct fault;

/*
 * Judges the signature over the file at the time `at`.  mudsigner: the DER
 * Name that the Thing's own certificate asks for (M-SIG-4; mudsigner.h); empty
 * where there is none.
 *
 * *signer is filled as soon as one is known (also on some failures; subject
 * "" otherwise), its anchor once the chain is good.
 */
bool signature_verify(struct bytes file, struct bytes signature,
    const struct anchors *anchors, struct bytes mudsigner, time_t at,
    struct signer *signer, struct fault *why);

#endif
