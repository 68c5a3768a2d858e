/*
 * A signer's certificate: who it names, and whether it is fit to sign a MUD
 * file.
 */
#ifndef LIBMUD_CERTIFICATE_H
#define LIBMUD_CERTIFICATE_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "libmud/signer.h"

struct fault;

/* The certificate's holder, as text and numbers. */
void certificate_describe(X509 *cert, struct signer *signer);

/* A key of today's length, of a kind that CMS verification knows. */
bool certificate_check_key(X509 *cert, struct fault *why);

/* RFC 8520 s13.2: keyUsage is there and has digitalSignature; besides, no CA
 * and no TLS-only certificate signs a policy. */
bool certificate_check_use(X509 *cert, struct fault *why);

/* True if the time lies within the certificate's validity. */
bool certificate_is_valid_at(const X509 *cert, const ASN1_TIME *time);

#endif
