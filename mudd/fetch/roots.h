/*
 * The TLS roots that MUD file servers are judged by.
 *
 * A bundle holds some 150 certificates and a connection needs one of them;
 * to decode them all costs OpenSSL 3 about 30 ms each time (measured), a
 * third of what a fetch may take.  So only subjects are read from the bundle,
 * and a certificate is decoded when a chain asks for its name.
 */
#ifndef FETCH_ROOTS_H
#define FETCH_ROOTS_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/x509.h>

#include "libmud/bytes.h"

struct fault;
struct roots;

/*
 * From PEM bytes, which are not kept; text between certificates is ignored.
 * No certificate at all is fine: then nothing is trusted.  NULL with *why
 * (FAULT_MALFORMED) if one of them is broken.
 */
struct roots *roots_parse(struct bytes pem, struct fault *why);
/* NULL is fine. */
void roots_free(struct roots *roots);
size_t roots_count(const struct roots *roots);

/* Makes the store trust them. The roots must outlive the store, and are
 * changed by its look-ups. False: out of memory. */
bool roots_attach(struct roots *roots, X509_STORE *store);

#endif
