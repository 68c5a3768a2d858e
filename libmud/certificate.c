/*
 * Certificates.  Role: reader, mudctl.  Input: a signer's certificate, that
 * anyone may have made.
 */
#include "libmud/certificate.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libmud/digest.h"
#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mem.h"

enum { RSA_BITS = 2048 };

static X509 *
parse_pem(struct bytes raw)
{
	BIO *bio = BIO_new_mem_buf(raw.data, (int)raw.len);
	X509 *cert;

	/* With a passphrase of ours nobody is asked for one. */
	cert = PEM_read_bio_X509(bio, NULL, NULL, (void *)(uintptr_t) "");
	BIO_free(bio);
	return cert;
}

X509 *
certificate_parse(struct bytes raw, struct fault *why)
{
	const unsigned char *at = raw.data;
	X509 *cert = NULL;

	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	if (raw.len > LIMIT_ANCHORS) {
		(void)fault_set(why, FAULT_TOO_LARGE, "S-6",
		    "a certificate of %zu bytes, the most is %d", raw.len,
		    LIMIT_ANCHORS);
		return NULL;
	}
	if (raw.len > 0)
		cert = d2i_X509(NULL, &at, (long)raw.len);
	if (cert == NULL && raw.len > 0)
		cert = parse_pem(raw);
	ERR_clear_error();
	if (cert == NULL)
		(void)fault_set(why, FAULT_MALFORMED, "RFC 5280 s4.1",
		    "no certificate, neither in PEM nor in DER form");
	return cert;
}

/* An encrypted object is refused, not asked about. */
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
read_all(BIO *bio, const char *what, STACK_OF(X509) * certs, struct fault *why)
{
	X509 *cert;

	ERR_clear_error();
	while (
	    (cert = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL)) != NULL)
		if (sk_X509_push(certs, cert) == 0) {
			X509_free(cert);
			return fault_set(why, FAULT_INTERNAL, "S-33",
			    "no memory for a %s", what);
		}
	if (!is_end_of_pem())
		return fault_set(why, FAULT_MALFORMED, "RFC 7468 s5",
		    "%s %d is broken", what, sk_X509_num(certs) + 1);
	return true;
}

bool
certificate_parse_all(struct bytes pem, const char *what,
    STACK_OF(X509) * certs, struct fault *why)
{
	BIO *bio = BIO_new_mem_buf(
	    pem.len == 0 ? "" : (const char *)pem.data, (int)pem.len);
	bool ok;

	if (bio == NULL)
		return fault_set(
		    why, FAULT_INTERNAL, "S-33", "no memory for a %s", what);
	ok = read_all(bio, what, certs, why);
	BIO_free(bio);
	ERR_clear_error();
	return ok;
}

void
certificate_print_name(const X509_NAME *name, char *buf, size_t size)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	long len;

	buf[0] = '\0';
	if (bio == NULL)
		return;
	if (X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0 &&
	    (len = BIO_get_mem_data(bio, &text)) > 0) {
		size_t n = (size_t)len < size ? (size_t)len : size - 1;

		for (size_t i = 0; i < n; i++)
			buf[i] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
		buf[n] = '\0';
	}
	BIO_free(bio);
}

void
certificate_print_time(const ASN1_TIME *time, char buf[CERTIFICATE_DATE])
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1 ||
	    strftime(buf, CERTIFICATE_DATE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		(void)snprintf(buf, CERTIFICATE_DATE, "no time");
}

void
certificate_key_digest(const X509 *cert, uint8_t digest[32])
{
	unsigned char *spki = NULL;
	const int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &spki);

	memset(digest, 0, 32);
	if (len > 0)
		digest_of((struct bytes){ spki, (size_t)len }, digest);
	OPENSSL_free(spki);
}

/*
 * S-31: subject and subjectAltName as they stand in the certificate.  Each is
 * DER, which says itself where it ends, so the two may stand in a row.
 */
static void
digest_identity(const X509 *cert, uint8_t digest[32])
{
	const int at = X509_get_ext_by_NID(cert, NID_subject_alt_name, -1);
	const ASN1_OCTET_STRING *names =
	    at < 0 ? NULL : X509_EXTENSION_get_data(X509_get_ext(cert, at));
	const size_t n_names =
	    names == NULL ? 0 : (size_t)ASN1_STRING_length(names);
	const unsigned char *subject;
	uint8_t *all;
	size_t len;

	memset(digest, 0, 32);
	if (X509_NAME_get0_der(X509_get_subject_name(cert), &subject, &len) !=
	    1)
		return;
	all = xcalloc(len + n_names + 1, 1);
	memcpy(all, subject, len);
	if (n_names > 0)
		memcpy(all + len, ASN1_STRING_get0_data(names), n_names);
	digest_of((struct bytes){ all, len + n_names }, digest);
	free(all);
}

void
certificate_describe(X509 *cert, struct signer *signer)
{
	struct signer found = { .subject = "" };
	struct tm end;

	certificate_print_name(
	    X509_get_subject_name(cert), found.subject, sizeof(found.subject));
	certificate_print_name(
	    X509_get_issuer_name(cert), found.issuer, sizeof(found.issuer));
	certificate_key_digest(cert, found.spki);
	digest_identity(cert, found.identity);
	if (ASN1_TIME_to_tm(X509_get0_notAfter(cert), &end) == 1)
		found.not_after = timegm(&end);
	*signer = found;
}

static bool
check_curve(EVP_PKEY *key, struct fault *why)
{
	static const char *const curves[] = { "prime256v1", "secp384r1",
		"secp521r1" };
	char name[64] = "";
	int is_explicit = 0;

	(void)EVP_PKEY_get_group_name(key, name, sizeof(name), NULL);
	(void)EVP_PKEY_get_int_param(
	    key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit);
	if (is_explicit != 0)
		return fault_set(why, FAULT_CURVE, "RFC 5480 s2.1.1",
		    "an EC key whose curve is spelt out, not named");
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (strcmp(name, curves[i]) == 0)
			return true;
	return fault_set(why, FAULT_CURVE, "RFC 5480 s2.1.1.1, S-37",
	    "an EC key on %s, not on P-256, P-384 or P-521",
	    name[0] == '\0' ? "a curve without a name" : name);
}

bool
certificate_check_key(X509 *cert, struct fault *why)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);

	switch (key == NULL ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_NONE:
		return fault_set(why, FAULT_KEY_KIND, "RFC 5280 s4.1.2.7",
		    "the signer's public key cannot be read");
	case EVP_PKEY_RSA:
	case EVP_PKEY_RSA_PSS:
		if (EVP_PKEY_get_bits(key) < RSA_BITS)
			return fault_set(why, FAULT_RSA_SHORT,
			    "RFC 8017 s3, S-37",
			    "an RSA key of %d bits, the least is %d",
			    EVP_PKEY_get_bits(key), RSA_BITS);
		return true;
	case EVP_PKEY_EC:
		return check_curve(key, why);
	case EVP_PKEY_ED25519:
	case EVP_PKEY_ED448:
		return fault_set(why, FAULT_EDDSA, "RFC 8419",
		    "an %s key: this OpenSSL cannot verify it in CMS",
		    OBJ_nid2sn(EVP_PKEY_get_base_id(key)));
	default:
		return fault_set(why, FAULT_KEY_KIND, "RFC 5652 s5.3, S-37",
		    "a key that is neither RSA nor ECDSA");
	}
}

bool
certificate_check_use(X509 *cert, struct fault *why)
{
	const uint32_t flags = X509_get_extension_flags(cert);

	if ((flags & EXFLAG_INVALID) != 0)
		return fault_set(why, FAULT_CERTIFICATE_FORM, "RFC 5280 s4.2",
		    "an extension of the signer's certificate is broken");
	if ((flags & EXFLAG_KUSAGE) == 0)
		return fault_set(why, FAULT_NO_KEY_USAGE,
		    "RFC 8520 s13.2 (M-SIG-3)",
		    "the signer's certificate has no keyUsage");
	if ((X509_get_key_usage(cert) & KU_DIGITAL_SIGNATURE) == 0)
		return fault_set(why, FAULT_KEY_USAGE,
		    "RFC 8520 s13.2 (M-SIG-3)",
		    "the signer's keyUsage lacks digitalSignature");
	if (X509_check_ca(cert) != 0)
		return fault_set(why, FAULT_SIGNER_CA,
		    "RFC 5280 s4.2.1.9, S-37",
		    "the signer's certificate is a CA's");
	if ((flags & EXFLAG_XKUSAGE) != 0 &&
	    (X509_get_extended_key_usage(cert) & (XKU_SMIME | XKU_CODE_SIGN)) ==
		0)
		return fault_set(why, FAULT_EXTENDED_KEY_USAGE,
		    "RFC 5280 s4.2.1.12, S-37",
		    "the signer's extendedKeyUsage has neither "
		    "emailProtection nor codeSigning");
	return true;
}

enum certificate_age
certificate_age_at(const X509 *cert, const ASN1_TIME *time)
{
	/* -2: one of them is no time at all; then it is not valid. */
	const int begin = ASN1_TIME_compare(X509_get0_notBefore(cert), time);
	const int end = ASN1_TIME_compare(X509_get0_notAfter(cert), time);

	if (end == -1 || end == -2)
		return CERTIFICATE_LATE;
	return begin == 1 || begin == -2 ? CERTIFICATE_EARLY
	                                 : CERTIFICATE_VALID;
}
