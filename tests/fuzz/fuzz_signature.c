/*
 * Fuzz target: signatures.  Input: the signature; file, anchor and time are
 * fixed, so that a corpus of real signatures stays what it was.
 *
 * The corpus is what test_vectors writes, and nobody has the keys any more: so
 * whatever is accepted must be what one of those signers has signed.  A mutant
 * may differ from it where nothing is signed (a timestamp, more certificates,
 * another form of the same ECDSA value), but not in the signer's certificate
 * nor in the signed attributes, of which the file's digest is one.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/x509.h>

#include "libmud/certificate.h"
#include "libmud/digest.h"
#include "libmud/fault.h"
#include "libmud/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Five days after the corpus was made; some of it has expired by then. */
#define AT 1796054593

/* clang-format off */
static const char anchor[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBfTCCASSgAwIBAgIUZp0d1gce9GVjCu6l0oM+tYazvkswCgYIKoZIzj0EAwIw\n"
	"HTEOMAwGA1UECgwFVHJ1c3QxCzAJBgNVBAMMAkNBMB4XDTI2MTEyNTE2MDMwOVoX\n"
	"DTM2MTEyMjE2MDMwOVowHTEOMAwGA1UECgwFVHJ1c3QxCzAJBgNVBAMMAkNBMFkw\n"
	"EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5/UKojiDaOFs9ci3wbz1rEh8ChfTZ3/T\n"
	"KAb+F1QOOIiGIOibG8RfC25IgLUET8jjUL1jGVIeWn5/pNrcYE1epqNCMEAwDwYD\n"
	"VR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFFjFvOfCkgyg\n"
	"A2Z7h+3kzg+vIl3IMAoGCCqGSM49BAMCA0cAMEQCIEnZRe9W5R4wXJ+3aDuuE9jo\n"
	"GM/53LmmCnA7LZd2hPmSAiAuh7ocp7jYXbnoi8kV5XaU624SLtkMZn4dKooJqWKt\n"
	"vA==\n"
	"-----END CERTIFICATE-----\n";
/* clang-format on */

static const char file[] = "{ \"ietf-mud:mud\": {\n} }\n";
static const char other[] = "{ \"ietf-mud:mud\": {\n} } ";

/* What the good ones of the corpus have signed: see signed_by. */
static const uint64_t genuine[] = {
	0x585800a850f91f84, /* code-signing */
	0x3f4949ead1857440, /* eight-certificates */
	0xd1045e2323fa0ec4, /* four-intermediates */
	0x677c42ace360f006, /* intermediate */
	0xdd1ec532f6a2563f, /* mail-too */
	0x94092ad257b66383, /* mudtype */
	0x4a5ed4858c96318e, /* of two certificates of one number, one alone */
	0x2b46906fa3f2bb99, /* name-constraints-kept */
	0x8890a95c6dbfb2b1, /* p-256 */
	0x9e40258f3610cd02, /* p-384 */
	0x66308cd16e50da7e, /* p-521 */
	0x4d6e6582058796ed, /* path-length-kept */
	0x0941391b433a7013, /* rsa */
	0xbe98d9adff00b6e2, /* rsa-pss */
	0xda295edd02241236, /* rsa-pss-key */
	0x192869d00f25a3bc, /* sha-384 */
	0xb85ea0f4e8101e0e, /* sha-512 */
	0x45324942003b4ee8, /* signingcertificate-attribute */
};

/* Takes der. */
static void
add_digest(uint8_t sum[32], unsigned char *der, int len)
{
	uint8_t digest[32];

	if (len <= 0)
		abort();
	digest_of((struct bytes){ der, (size_t)len }, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		sum[i] ^= digest[i];
	OPENSSL_free(der);
}

/* The signer's certificate without its own signature; NULL: not inside. */
static X509 *
find_leaf(CMS_SignerInfo *info, STACK_OF(X509) * certs)
{
	for (int i = 0; i < sk_X509_num(certs); i++)
		if (CMS_SignerInfo_cert_cmp(info, sk_X509_value(certs, i)) == 0)
			return sk_X509_value(certs, i);
	return NULL;
}

/*
 * Who signed what, as a number: the first bytes of the digests of the signer's
 * certificate and of each attribute, put together in no order, since those of
 * a SET have none.
 */
static uint64_t
signed_by(struct bytes raw)
{
	const unsigned char *at = raw.data;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)raw.len);
	STACK_OF(X509) *certs = CMS_get1_certs(cms);
	CMS_SignerInfo *info =
	    sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	uint8_t sum[32] = { 0 };
	unsigned char *der = NULL;
	uint64_t number = 0;
	int len;

	len = i2d_re_X509_tbs(find_leaf(info, certs), &der);
	add_digest(sum, der, len);
	for (int i = 0; i < CMS_signed_get_attr_count(info); i++) {
		der = NULL;
		len = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(info, i), &der);
		add_digest(sum, der, len);
	}
	for (size_t i = 0; i < sizeof(number); i++)
		number = number << 8 | sum[i];
	sk_X509_pop_free(certs, X509_free);
	CMS_ContentInfo_free(cms);
	return number;
}

static void
check_genuine(struct bytes signature)
{
	const uint64_t number = signed_by(signature);

	for (size_t i = 0; i < sizeof(genuine) / sizeof(genuine[0]); i++)
		if (genuine[i] == number)
			return;
	(void)fprintf(
	    stderr, "nobody signed 0x%016llx\n", (unsigned long long)number);
	abort();
}

/* The texts end; an anchor is named if, and only if, the chain is good. */
static void
check_signer(
    const struct signer *signer, const struct anchors *anchors, bool is_good)
{
	static const uint8_t none[32];
	uint8_t key[32];

	certificate_key_digest(sk_X509_value(anchors->certs, 0), key);
	if (memchr(signer->subject, '\0', sizeof(signer->subject)) == NULL ||
	    memchr(signer->issuer, '\0', sizeof(signer->issuer)) == NULL)
		abort();
	if (memcmp(signer->anchor, key, sizeof(key)) != 0 &&
	    (is_good || memcmp(signer->anchor, none, sizeof(none)) != 0))
		abort();
}

static bool
verify(const char *text, struct bytes signature, const struct anchors *anchors,
    struct fault *why)
{
	const struct bytes raw = { (const uint8_t *)text, strlen(text) };
	struct signer signer;
	const bool ok = signature_verify(raw, signature, anchors,
	    (struct bytes){ NULL, 0 }, AT, &signer, why);

	check_signer(&signer, anchors, ok);
	return ok;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes pem = { (const uint8_t *)anchor,
		sizeof(anchor) - 1 };
	const struct bytes signature = { data, size };
	struct fault why = { 0 };
	struct anchors *anchors = anchors_parse(pem, &why);

	if (anchors == NULL)
		abort();
	if (!verify(file, signature, anchors, &why)) {
		if (!fault_is_sound(&why) || why.code == FAULT_NONE)
			abort();
	} else {
		check_genuine(signature);
		if (verify(other, signature, anchors, &why))
			abort();
	}
	anchors_free(anchors);
	return 0;
}
