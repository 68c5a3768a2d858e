/*
 * Trust anchors for MUD file signers; never the web's roots by default.
 */
#ifndef LIBMUD_ANCHORS_H
#define LIBMUD_ANCHORS_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/bytes.h"

struct fault;

struct anchors {
	STACK_OF(X509) * certs; /* owned */
	uint8_t pinned[32];     /* see anchors_pin; all 0: none */
};

/* From PEM bytes (certificates, one after another, other text between them
 * is ignored).  Owns what it returns. NULL with *why if a certificate in it
 * is broken. No certificate at all is fine: then nothing is trusted. */
struct anchors *anchors_parse(struct bytes pem, struct fault *why);
/* The same, but broken ones are left out: whoever loads them has told of that.
 */
struct anchors *anchors_parse_good(struct bytes pem, struct fault *why);
void anchors_free(struct anchors *anchors);
size_t anchors_count(const struct anchors *anchors);

/*
 * Besides, whoever holds the key with this SHA-256 is trusted for itself: the
 * signer that an administrator pinned for one MUD URL (S-33).  All 0: nobody.
 */
void anchors_pin(struct anchors *anchors, const uint8_t spki[32]);

/* Is this very certificate among them, or its key pinned? */
bool anchors_have(const struct anchors *anchors, const X509 *cert);

#endif
