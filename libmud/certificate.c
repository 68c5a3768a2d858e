/*
 * Certificates.  Role: reader, mudctl.  Input: a signer's certificate, that
 * anyone may have made.
 */
#include "libmud/certificate.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libmud/digest.h"
#include "libmud/fault.h"
#include "libmud/mem.h"

enum { RSA_BITS = 2048 };

/* RFC 2253 form; whatever is not printable ASCII comes escaped. */
static void
print_name(const X509_NAME *name, char *buf, size_t size)
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
certificate_describe(X509 *cert, struct signer *signer)
{
	unsigned char *spki = NULL;
	struct signer found = { .subject = "" };
	struct tm end;
	int len;

	print_name(
	    X509_get_subject_name(cert), found.subject, sizeof(found.subject));
	print_name(
	    X509_get_issuer_name(cert), found.issuer, sizeof(found.issuer));
	len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &spki);
	if (len > 0)
		digest_of((struct bytes){ spki, (size_t)len }, found.spki);
	OPENSSL_free(spki);
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

	(void)EVP_PKEY_get_group_name(key, name, sizeof(name), NULL);
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (strcmp(name, curves[i]) == 0)
			return true;
	return fault_set(why, FAULT_SIGNATURE_WEAK, "RFC 5480 s2.1.1.1, S-37",
	    "curve %s, not P-256, P-384 or P-521", name);
}

bool
certificate_check_key(X509 *cert, struct fault *why)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);

	switch (key == NULL ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
	case EVP_PKEY_RSA_PSS:
		if (EVP_PKEY_get_bits(key) < RSA_BITS)
			return fault_set(why, FAULT_SIGNATURE_WEAK,
			    "RFC 8017, S-37",
			    "RSA key of %d bits, the least is %d",
			    EVP_PKEY_get_bits(key), RSA_BITS);
		return true;
	case EVP_PKEY_EC:
		return check_curve(key, why);
	case EVP_PKEY_ED25519:
	case EVP_PKEY_ED448:
		return fault_set(why, FAULT_UNSUPPORTED, "RFC 8419",
		    "an EdDSA key: this OpenSSL cannot verify it in CMS");
	default:
		return fault_set(why, FAULT_UNSUPPORTED, "RFC 5652 s5.3",
		    "a key that is neither RSA nor ECDSA");
	}
}

bool
certificate_check_use(X509 *cert, struct fault *why)
{
	const uint32_t flags = X509_get_extension_flags(cert);

	if ((flags & EXFLAG_INVALID) != 0)
		return fault_set(why, FAULT_SIGNER_UNFIT, "RFC 5280 s4.2",
		    "an extension of the signer's certificate is broken");
	if ((flags & EXFLAG_KUSAGE) == 0)
		return fault_set(why, FAULT_KEY_USAGE,
		    "RFC 8520 s13.2 (M-SIG-3)",
		    "the signer's certificate has no keyUsage");
	if ((X509_get_key_usage(cert) & KU_DIGITAL_SIGNATURE) == 0)
		return fault_set(why, FAULT_KEY_USAGE,
		    "RFC 8520 s13.2 (M-SIG-3)",
		    "the signer's keyUsage lacks digitalSignature");
	if (X509_check_ca(cert) != 0)
		return fault_set(why, FAULT_SIGNER_UNFIT,
		    "RFC 5280 s4.2.1.9, S-37",
		    "the signer's certificate is a CA's");
	if ((flags & EXFLAG_XKUSAGE) != 0 &&
	    (X509_get_extended_key_usage(cert) & (XKU_SMIME | XKU_CODE_SIGN)) ==
		0)
		return fault_set(why, FAULT_SIGNER_UNFIT,
		    "RFC 5280 s4.2.1.12, S-37",
		    "the signer's extendedKeyUsage has neither "
		    "emailProtection nor codeSigning");
	return true;
}

bool
certificate_is_valid_at(const X509 *cert, const ASN1_TIME *time)
{
	const int begin = ASN1_TIME_compare(X509_get0_notBefore(cert), time);
	const int end = ASN1_TIME_compare(X509_get0_notAfter(cert), time);

	/* -2: one of them is no time at all. */
	return (begin == -1 || begin == 0) && (end == 1 || end == 0);
}
