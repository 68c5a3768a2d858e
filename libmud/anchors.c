/*
 * Trust anchors.  Role: reader, mudctl.  Input: the administrator's files.
 */
#include "libmud/anchors.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/certificate.h"
#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

static void
free_certs(STACK_OF(X509) * certs)
{
	sk_X509_pop_free(certs, X509_free);
}

/* An encrypted object among the anchors is refused, not asked about. */
static int
no_passphrase(char *buf, int size, int rwflag, void *arg)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)arg;
	return -1;
}

/* True at the end of the text: nothing more begins with "-----BEGIN". */
static bool
is_end_of_pem(void)
{
	const unsigned long error = ERR_peek_last_error();

	return ERR_GET_LIB(error) == ERR_LIB_PEM &&
	       ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

static bool
read_certs(BIO *bio, STACK_OF(X509) * certs, struct fault *why)
{
	X509 *cert;

	ERR_clear_error();
	while (
	    (cert = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL)) != NULL)
		if (sk_X509_push(certs, cert) == 0) {
			X509_free(cert);
			return fault_set(why, FAULT_INTERNAL, "S-33",
			    "no memory for a trust anchor");
		}
	if (!is_end_of_pem())
		return fault_set(why, FAULT_MALFORMED, "RFC 7468 s5",
		    "trust anchor %d is broken", sk_X509_num(certs) + 1);
	return true;
}

struct anchors *
anchors_parse(struct bytes pem, struct fault *why)
{
	struct anchors *anchors;
	BIO *bio;
	bool ok;

	/* What is trusted must not hang on the machine's openssl.cnf. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	if (pem.len > LIMIT_ANCHORS) {
		(void)fault_set(why, FAULT_TOO_LARGE, "S-33",
		    "trust anchors of %zu bytes, the most is %d", pem.len,
		    LIMIT_ANCHORS);
		return NULL;
	}
	anchors = xcalloc(1, sizeof(*anchors));
	anchors->certs = sk_X509_new_null();
	bio = BIO_new_mem_buf(
	    pem.len == 0 ? "" : (const char *)pem.data, (int)pem.len);
	if (anchors->certs == NULL || bio == NULL)
		ok = fault_set(why, FAULT_INTERNAL, "S-33",
		    "no memory for the trust anchors");
	else
		ok = read_certs(bio, anchors->certs, why);
	BIO_free(bio);
	ERR_clear_error();
	if (!ok) {
		anchors_free(anchors);
		return NULL;
	}
	return anchors;
}

void
anchors_free(struct anchors *anchors)
{
	if (anchors == NULL)
		return;
	free_certs(anchors->certs);
	free(anchors);
}

size_t
anchors_count(const struct anchors *anchors)
{
	return (size_t)sk_X509_num(anchors->certs);
}

void
anchors_pin(struct anchors *anchors, const uint8_t spki[32])
{
	memcpy(anchors->pinned, spki, sizeof(anchors->pinned));
}

static bool
is_pinned(const struct anchors *anchors, const X509 *cert)
{
	static const uint8_t nobody[sizeof(anchors->pinned)];
	uint8_t spki[sizeof(anchors->pinned)];

	if (memcmp(anchors->pinned, nobody, sizeof(nobody)) == 0)
		return false;
	certificate_key_digest(cert, spki);
	return memcmp(anchors->pinned, spki, sizeof(spki)) == 0;
}

bool
anchors_have(const struct anchors *anchors, const X509 *cert)
{
	for (int i = 0; i < sk_X509_num(anchors->certs); i++)
		if (X509_cmp(sk_X509_value(anchors->certs, i), cert) == 0)
			return true;
	return is_pinned(anchors, cert);
}
