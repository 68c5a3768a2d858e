/*
 * Certificates made inside a test: keys are new each time, nothing on disk.
 */
#ifndef TESTS_UNIT_CERTS_H
#define TESTS_UNIT_CERTS_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

struct identity {
	EVP_PKEY *key;
	X509 *cert;
};

struct cert_wish {
	const char *name;              /* CN */
	const char *san;               /* "DNS:a.example", or NULL */
	const struct identity *issuer; /* NULL: self-signed */
	bool is_ca;
	bool is_expired; /* ended yesterday */
};

/* P-256; keyUsage digitalSignature, or keyCertSign for a CA. Ends the process
 * if OpenSSL cannot. */
struct identity certs_make(const struct cert_wish *wish);
void certs_free(struct identity *identity);

/* The certificate as PEM, a new string. */
char *certs_pem(const struct identity *identity);

#endif
