/*
 * One trust anchor: a certificate in PEM text, found and described.
 *
 * anchors.h has them as OpenSSL's objects, to verify with; here they are plain
 * values that travel in records, for people and for lists.
 */
#ifndef LIBMUD_ANCHOR_H
#define LIBMUD_ANCHOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/bytes.h"
#include "libmud/signer.h"

struct fault;

struct anchor {
	uint8_t id[32];       /* SHA-256 of the certificate, as DER */
	struct signer holder; /* subject, issuer, spki, not_after */
	uint8_t is_ca;        /* 0: an end entity's, trusted for itself */
	uint8_t zero[7];
};

/*
 * The next certificate of the text at or after *at, its BEGIN and END lines
 * included; *at moves behind it.  False: there is none.  One that does not end
 * goes up to the next BEGIN, or to the end: it is broken, and its parser's to
 * refuse.  Keys and other text between certificates are passed over.
 */
bool anchor_next(struct bytes text, size_t *at, struct bytes *pem);

/* Describes what anchor_next found.  False with *why (FAULT_MALFORMED) if it
 * is broken; *anchor is then untouched. */
bool anchor_describe(
    struct bytes pem, struct anchor *anchor, struct fault *why);

/* Is the value one that anchor_describe could have made? */
bool anchor_is_sound(const struct anchor *anchor);

#endif
