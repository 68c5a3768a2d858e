/*
 * A signer's certificate: who it names, and whether it is fit to sign a MUD
 * file.
 */
#ifndef LIBMUD_CERTIFICATE_H
#define LIBMUD_CERTIFICATE_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/bytes.h"
#include "libmud/signer.h"

struct fault;

/* "2026-01-15T10:32:28Z" and a NUL. */
#define CERTIFICATE_DATE 24

/* One certificate: DER, or the first of PEM.  Owns what it returns; NULL with
 * *why if there is none. */
X509 *certificate_parse(struct bytes raw, struct fault *why);

/* Every certificate of PEM text (other text between them is ignored) onto the
 * stack, whose owner owns them, also on failure: one is broken, or encrypted.
 * `what` names them in the fault. */
bool certificate_parse_all(struct bytes pem, const char *what,
    STACK_OF(X509) * certs, struct fault *why);

/* RFC 2253 form, cut to fit; whatever is not printable ASCII is escaped. */
void certificate_print_name(const X509_NAME *name, char *buf, size_t size);

/* RFC 3339; "no time" if it is none. */
void certificate_print_time(const ASN1_TIME *time, char buf[CERTIFICATE_DATE]);

/* SHA-256 of the SubjectPublicKeyInfo. */
void certificate_key_digest(const X509 *cert, uint8_t digest[32]);

/* The certificate's holder, as text and numbers; the anchor is left 0. */
void certificate_describe(X509 *cert, struct signer *signer);

/* A key of today's length, of a kind that CMS verification knows: RSA of 2048
 * bits or more, ECDSA on P-256, P-384 or P-521. */
bool certificate_check_key(X509 *cert, struct fault *why);

/* RFC 8520 s13.2: keyUsage is there and has digitalSignature; besides, no CA
 * and no TLS-only certificate signs a policy (security.md 4.3, step 9). */
bool certificate_check_use(X509 *cert, struct fault *why);

/* Where a time lies: within the certificate's validity, both ends included
 * (RFC 5280 s4.1.2.5), or before it, or after it. */
enum certificate_age { CERTIFICATE_VALID, CERTIFICATE_EARLY, CERTIFICATE_LATE };
enum certificate_age certificate_age_at(
    const X509 *cert, const ASN1_TIME *time);

#endif
