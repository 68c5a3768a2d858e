/*
 * Certificates made inside a test: keys are new each time, nothing on disk.
 */
#ifndef TESTS_UNIT_CERTS_H
#define TESTS_UNIT_CERTS_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

struct identity {
	EVP_PKEY *key;
	X509 *cert;
};

/* One whose value is given as it is, DER or not. */
struct cert_extension {
	const char *oid; /* NULL: none */
	const char *value;
	size_t len;
	bool is_critical;
};

struct cert_wish {
	const char *name;              /* CN */
	const char *san;               /* "DNS:a.example", or NULL */
	const struct identity *issuer; /* NULL: self-signed */
	bool is_ca;
	bool is_expired;            /* ended yesterday */
	bool is_early;              /* begins tomorrow */
	bool is_endless;            /* ends at the end of 9999 (IEEE 802.1AR) */
	const char *usage;          /* another keyUsage; "": none */
	const char *extended_usage; /* NULL: none */
	struct cert_extension extensions[3];
};

/* P-256; keyUsage digitalSignature, or keyCertSign for a CA. Ends the process
 * if OpenSSL cannot. */
struct identity certs_make(const struct cert_wish *wish);
void certs_free(struct identity *identity);

/* The certificate as PEM, a new string. */
char *certs_pem(const struct identity *identity);

#endif
