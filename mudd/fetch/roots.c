/*
 * The TLS roots, decoded on demand.  Role: fetcher.  Input: a PEM bundle that
 * root configured, handed over by the engine; names looked up in it come from
 * the server's chain and are hostile.
 */
#include "fetch/roots.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

struct root {
	X509_NAME *subject; /* owned */
	unsigned char *der; /* owned, by OpenSSL's allocator */
	long len;
	X509 *certificate; /* owned; NULL until somebody asks */
};

struct roots {
	size_t n, room;
	struct root *root; /* owned */
	X509_LOOKUP_METHOD *method;
};

/*
 * Steps into (or, with `over`, past) the element at *at, which must be of this
 * class and tag and end before `end`; *at stays where it is if it is not.
 */
static bool
step(const unsigned char **at, const unsigned char *end, int class, int tag,
    bool over)
{
	const unsigned char *p = *at;
	long len = 0;
	int got_tag = -1, got_class = -1;
	int form = 0x80;

	if (p < end)
		form = ASN1_get_object(&p, &len, &got_tag, &got_class, end - p);
	/* Broken, or of indefinite length, which DER knows not. */
	if ((form & 0x81) != 0 || got_class != class || got_tag != tag)
		return false;
	*at = over ? p + len : p;
	return true;
}

static bool
enter(const unsigned char **at, const unsigned char *end)
{
	return step(at, end, V_ASN1_UNIVERSAL, V_ASN1_SEQUENCE, false);
}

static bool
skip(const unsigned char **at, const unsigned char *end, int tag)
{
	return step(at, end, V_ASN1_UNIVERSAL, tag, true);
}

/* The subject stands after version, serial, algorithm, issuer and validity
 * (RFC 5280 s4.1); nothing else is looked at. */
static X509_NAME *
subject_of(const unsigned char *der, long len)
{
	const unsigned char *at = der, *end = der + len;

	if (!enter(&at, end) || !enter(&at, end))
		return NULL;
	/* [0] version, which version 1 leaves out */
	(void)step(&at, end, V_ASN1_CONTEXT_SPECIFIC, 0, true);
	if (!skip(&at, end, V_ASN1_INTEGER) ||
	    !skip(&at, end, V_ASN1_SEQUENCE) ||
	    !skip(&at, end, V_ASN1_SEQUENCE) ||
	    !skip(&at, end, V_ASN1_SEQUENCE))
		return NULL;
	return d2i_X509_NAME(NULL, &at, end - at);
}

/* Takes der. */
static bool
add(struct roots *roots, unsigned char *der, long len)
{
	X509_NAME *subject = subject_of(der, len);

	if (subject == NULL) {
		OPENSSL_free(der);
		return false;
	}
	if (roots->n == roots->room) {
		roots->room = roots->room == 0 ? 64 : roots->room * 2;
		roots->root =
		    xrealloc(roots->root, roots->room, sizeof(*roots->root));
	}
	roots->root[roots->n++] = (struct root){
		.subject = subject,
		.der = der,
		.len = len,
	};
	return true;
}

static bool
is_certificate(const char *name)
{
	return strcmp(name, PEM_STRING_X509) == 0 ||
	       strcmp(name, PEM_STRING_X509_OLD) == 0;
}

/* 1: taken in or passed over; 0: the end; -1: broken. */
static int
add_next(struct roots *roots, BIO *pem)
{
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	long len = 0;
	bool ok = true;

	ERR_clear_error();
	if (PEM_read_bio(pem, &name, &header, &der, &len) != 1)
		return ERR_GET_REASON(ERR_peek_last_error()) ==
		               PEM_R_NO_START_LINE
		           ? 0
		           : -1;
	if (is_certificate(name))
		ok = add(roots, der, len);
	else
		OPENSSL_free(der);
	OPENSSL_free(name);
	OPENSSL_free(header);
	return ok ? 1 : -1;
}

static X509 *
certificate_of(struct root *root)
{
	const unsigned char *at = root->der;

	if (root->certificate == NULL)
		root->certificate = d2i_X509(NULL, &at, root->len);
	return root->certificate;
}

/*
 * All of the name go into the store, one of them is the answer.  OpenSSL's
 * caller counts one more reference than it gives back (X509_LOOKUP_meth_new(3)
 * says so), hence the X509_free; ours keeps the certificate alive.
 */
static int
find_subject(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name,
    X509_OBJECT *object)
{
	struct roots *roots = X509_LOOKUP_get_method_data(lookup);
	X509_STORE *store = X509_LOOKUP_get_store(lookup);
	int found = 0;

	if (type != X509_LU_X509)
		return 0;
	for (size_t i = 0; i < roots->n; i++) {
		X509 *certificate;

		if (X509_NAME_cmp(roots->root[i].subject, name) != 0)
			continue;
		certificate = certificate_of(&roots->root[i]);
		if (certificate == NULL ||
		    X509_STORE_add_cert(store, certificate) != 1)
			continue;
		if (!found && X509_OBJECT_set1_X509(object, certificate)) {
			X509_free(certificate);
			found = 1;
		}
	}
	return found;
}

struct roots *
roots_parse(struct bytes pem, struct fault *why)
{
	struct roots *roots = xcalloc(1, sizeof(*roots));
	BIO *bio = NULL;
	int got = 1;

	roots->method = X509_LOOKUP_meth_new("mudd");
	if (roots->method == NULL || X509_LOOKUP_meth_set_get_by_subject(
					 roots->method, find_subject) != 1)
		goto broken;
	if (pem.len == 0)
		return roots;
	if (pem.len <= LIMIT_CA_BUNDLE)
		bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	if (bio == NULL)
		goto broken;
	while (got == 1)
		got = add_next(roots, bio);
	BIO_free(bio);
	ERR_clear_error();
	if (got == 0)
		return roots;
broken:
	fault_set(why, FAULT_MALFORMED, "RFC 7468",
	    "TLS roots: certificate %zu is broken", roots->n + 1);
	roots_free(roots);
	return NULL;
}

void
roots_free(struct roots *roots)
{
	if (roots == NULL)
		return;
	for (size_t i = 0; i < roots->n; i++) {
		X509_NAME_free(roots->root[i].subject);
		OPENSSL_free(roots->root[i].der);
		X509_free(roots->root[i].certificate);
	}
	X509_LOOKUP_meth_free(roots->method);
	free(roots->root);
	free(roots);
}

size_t
roots_count(const struct roots *roots)
{
	return roots->n;
}

bool
roots_attach(struct roots *roots, X509_STORE *store)
{
	X509_LOOKUP *lookup = X509_STORE_add_lookup(store, roots->method);

	return lookup != NULL &&
	       X509_LOOKUP_set_method_data(lookup, roots) == 1;
}
