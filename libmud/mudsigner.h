/*
 * Whom a Thing's own certificate names as the signer of its MUD file: the
 * extension id-pe-mudsigner (RFC 8520 s11, s13.2; M-SIG-4).
 */
#ifndef LIBMUD_MUDSIGNER_H
#define LIBMUD_MUDSIGNER_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmud/bytes.h"

struct fault;

/*
 * Takes the Name out of the Thing's certificate (DER, or the first of PEM).
 * *name is its DER, new, and the caller frees it; NULL and *len 0 where the
 * certificate has no such extension.  Untouched on failure.
 *
 * The certificate is not judged: whoever uses this has validated its chain and
 * seen proof of its key (M-X5-5).
 */
bool mudsigner_find(
    struct bytes certificate, uint8_t **name, size_t *len, struct fault *why);

/* The same of a certificate that is parsed already. */
bool mudsigner_of(
    const X509 *cert, uint8_t **name, size_t *len, struct fault *why);

/* Is this Name (DER) the subject of the certificate that signed, by the name
 * matching of RFC 5280 s7.1?  Empty: any will do. */
bool mudsigner_check(const X509 *leaf, struct bytes name, struct fault *why);

/* The Name (DER) for people, as certificate_print_name does; "": it is none. */
void mudsigner_print(struct bytes name, char *buf, size_t size);

#endif
