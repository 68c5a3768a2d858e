/*
 * Signatures, good and bad.  The keys and signatures are made by
 * data/make-signatures.sh before the test runs, in the folder that the first
 * argument names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <openssl/cms.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libmud/digest.h"
#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/signature.h"

#define DAY 86400

static const char *folder = "tests/unit/signatures";

struct blob {
	unsigned char data[LIMIT_ANCHORS];
	size_t len;
};

static struct blob file, signature, trust;

static void
load(const char *name, struct blob *blob)
{
	char path[512];
	FILE *in;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	in = fopen(path, "rb");
	if (in == NULL)
		fail_msg("%s is missing: run make-signatures.sh", path);
	blob->len = fread(blob->data, 1, sizeof(blob->data), in);
	(void)fclose(in);
}

static struct bytes
bytes_of(const struct blob *blob)
{
	return (struct bytes){ blob->data, blob->len };
}

/* Takes the signature apart, lets `change` at it, and writes it back. */
static void
edit(void (*change)(CMS_ContentInfo *cms))
{
	const unsigned char *in = signature.data;
	CMS_ContentInfo *cms =
	    d2i_CMS_ContentInfo(NULL, &in, (long)signature.len);
	unsigned char *out = NULL;
	int len;

	assert_non_null(cms);
	change(cms);
	len = i2d_CMS_ContentInfo(cms, &out);
	assert_true(len > 0);
	memcpy(signature.data, out, (size_t)len);
	signature.len = (size_t)len;
	OPENSSL_free(out);
	CMS_ContentInfo_free(cms);
}

static CMS_SignerInfo *
first_signer(CMS_ContentInfo *cms)
{
	return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
}

static void
put_crl(CMS_ContentInfo *cms)
{
	char path[512];
	X509_CRL *crl;
	FILE *in;

	(void)snprintf(path, sizeof(path), "%s/crl.pem", folder);
	in = fopen(path, "rb");
	assert_non_null(in);
	crl = PEM_read_X509_CRL(in, NULL, NULL, NULL);
	(void)fclose(in);
	assert_non_null(crl);
	assert_int_equal(CMS_add1_crl(cms, crl), 1);
	X509_CRL_free(crl);
}

static void
put_unsigned(CMS_ContentInfo *cms)
{
	assert_int_equal(CMS_unsigned_add1_attr_by_txt(first_signer(cms),
			     "unstructuredName", V_ASN1_UTF8STRING, "x", 1),
	    1);
}

static void
put_timestamp(CMS_ContentInfo *cms)
{
	assert_int_equal(
	    CMS_unsigned_add1_attr_by_txt(first_signer(cms),
		"id-smime-aa-timeStampToken", V_ASN1_UTF8STRING, "x", 1),
	    1);
}

/* Another attribute of a kind that is there, behind the API's back. */
static void
put_second_time(CMS_ContentInfo *cms)
{
	CMS_SignerInfo *info = first_signer(cms);
	const int at =
	    CMS_signed_get_attr_by_NID(info, NID_pkcs9_signingTime, -1);
	X509_ATTRIBUTE *attribute = CMS_signed_get_attr(info, at);
	ASN1_TIME *now = X509_gmtime_adj(NULL, 0);

	assert_int_equal(X509_ATTRIBUTE_set1_data(
			     attribute, V_ASN1_UTCTIME, now->data, now->length),
	    1);
	ASN1_TIME_free(now);
}

static void
rename_attribute(CMS_ContentInfo *cms, int from, int to)
{
	CMS_SignerInfo *info = first_signer(cms);
	X509_ATTRIBUTE *attribute = CMS_signed_get_attr(
	    info, CMS_signed_get_attr_by_NID(info, from, -1));

	assert_int_equal(
	    X509_ATTRIBUTE_set1_object(attribute, OBJ_nid2obj(to)), 1);
}

static void
double_attribute(CMS_ContentInfo *cms)
{
	rename_attribute(cms, NID_SMIMECapabilities, NID_pkcs9_signingTime);
}

static void
drop_digest(CMS_ContentInfo *cms)
{
	rename_attribute(
	    cms, NID_pkcs9_messageDigest, NID_pkcs9_unstructuredName);
}

static void
drop_type(CMS_ContentInfo *cms)
{
	rename_attribute(
	    cms, NID_pkcs9_contentType, NID_pkcs9_unstructuredName);
}

static void
change_type(CMS_ContentInfo *cms)
{
	CMS_SignerInfo *info = first_signer(cms);
	X509_ATTRIBUTE *attribute = CMS_signed_get_attr(
	    info, CMS_signed_get_attr_by_NID(info, NID_pkcs9_contentType, -1));

	ASN1_TYPE_set(X509_ATTRIBUTE_get0_type(attribute, 0), V_ASN1_OBJECT,
	    OBJ_nid2obj(NID_pkcs7_signed));
}

static void
spoil_type(CMS_ContentInfo *cms)
{
	CMS_SignerInfo *info = first_signer(cms);
	X509_ATTRIBUTE *attribute = CMS_signed_get_attr(
	    info, CMS_signed_get_attr_by_NID(info, NID_pkcs9_contentType, -1));

	ASN1_TYPE_set(
	    X509_ATTRIBUTE_get0_type(attribute, 0), V_ASN1_NULL, NULL);
}

static void
put_many(CMS_ContentInfo *cms)
{
	for (int i = 0; i < 32; i++) {
		char type[32];

		(void)snprintf(type, sizeof(type), "1.2.3.4.%d", i);
		assert_int_equal(CMS_signed_add1_attr_by_txt(first_signer(cms),
				     type, V_ASN1_UTF8STRING, "x", 1),
		    1);
	}
}

static void
drop_time(CMS_ContentInfo *cms)
{
	rename_attribute(
	    cms, NID_pkcs9_signingTime, NID_pkcs9_unstructuredName);
}

static void
mix_digests(CMS_ContentInfo *cms)
{
	X509_ALGOR *sign = NULL;

	CMS_SignerInfo_get0_algs(first_signer(cms), NULL, NULL, NULL, &sign);
	assert_int_equal(X509_ALGOR_set0(sign, OBJ_nid2obj(NID_ecdsa_with_SHA1),
			     V_ASN1_UNDEF, NULL),
	    1);
}

/* One line a case.  at: days from now. */
static const struct {
	const char *name, *file, *signature, *trust;
	int at;
	void (*change)(CMS_ContentInfo *cms);
	enum fault_code code;
	const char *detail; /* a part of it */
} cases[] = {
	{ "RSA", "file", "rsa.p7s", "ca.pem", 0, NULL, FAULT_NONE, "" },
	{ "PSS", "file", "pss.p7s", "ca.pem", 0, NULL, FAULT_NONE, "" },
	{ "P-256", "file", "p256.p7s", "ca.pem", 0, NULL, FAULT_NONE, "" },
	{ "P-384", "file", "p384.p7s", "ca.pem", 0, NULL, FAULT_NONE, "" },
	{ "SHA-512", "file", "sha512.p7s", "ca.pem", 0, NULL, FAULT_NONE, "" },
	{ "intermediate", "file", "inter.p7s", "ca.pem", 0, NULL, FAULT_NONE,
	    "" },
	{ "one of two anchors", "file", "foreign.p7s", "both.pem", 0, NULL,
	    FAULT_NONE, "" },
	{ "anchor itself", "file", "p256.p7s", "p256.pem", 0, NULL, FAULT_NONE,
	    "" },
	{ "self-signed anchor", "file", "self.p7s", "self.pem", 0, NULL,
	    FAULT_NONE, "" },
	{ "mudtype", "file", "mudtype.p7s", "ca.pem", 0, NULL, FAULT_NONE, "" },
	{ "key identifier", "file", "keyid.p7s", "ca.pem", 0, NULL, FAULT_NONE,
	    "" },
	{ "mail too", "file", "mail.p7s", "ca.pem", 0, NULL, FAULT_NONE, "" },
	{ "code signing", "file", "code.p7s", "ca.pem", 0, NULL, FAULT_NONE,
	    "" },
	{ "timestamp", "file", "p256.p7s", "ca.pem", 0, put_timestamp,
	    FAULT_NONE, "" },

	{ "another file", "other", "p256.p7s", "ca.pem", 0, NULL,
	    FAULT_SIGNATURE_BROKEN, "does not match" },
	{ "text mode", "file", "text.p7s", "ca.pem", 0, NULL,
	    FAULT_SIGNED_AS_TEXT, "CRLF" },
	{ "untrusted", "file", "foreign.p7s", "ca.pem", 0, NULL,
	    FAULT_UNTRUSTED, "issuer" },
	{ "no anchors", "file", "p256.p7s", "none.pem", 0, NULL,
	    FAULT_UNTRUSTED, "issuer" },
	{ "same name, other key", "file", "p256.p7s", "twin.pem", 0, NULL,
	    FAULT_UNTRUSTED, "chain" },
	{ "self-signed stranger", "file", "self.p7s", "ca.pem", 0, NULL,
	    FAULT_UNTRUSTED, "self" },
	{ "intermediate missing", "file", "no_inter.p7s", "ca.pem", 0, NULL,
	    FAULT_UNTRUSTED, "issuer" },
	{ "intermediate is no anchor", "file", "inter.p7s", "inter.pem", 0,
	    NULL, FAULT_UNTRUSTED, "issuer" },
	{ "chain too long", "file", "deep.p7s", "ca.pem", 0, NULL,
	    FAULT_UNTRUSTED, "chain" },
	{ "attached", "file", "attached.p7s", "ca.pem", 0, NULL,
	    FAULT_SIGNATURE_FORM, "attached" },
	{ "PEM", "file", "pem.p7s", "ca.pem", 0, NULL, FAULT_SIGNATURE_FORM,
	    "PEM" },
	{ "BER", "file", "ber.p7s", "ca.pem", 0, NULL, FAULT_SIGNATURE_FORM,
	    "BER" },
	{ "no SignedData", "file", "data.p7s", "ca.pem", 0, NULL,
	    FAULT_SIGNATURE_FORM, "no SignedData" },
	{ "odd content type", "file", "odd_type.p7s", "ca.pem", 0, NULL,
	    FAULT_SIGNATURE_FORM, "neither data" },
	{ "not CMS", "file", "file", "ca.pem", 0, NULL, FAULT_SIGNATURE_FORM,
	    "not a DER" },
	{ "empty", "file", "none.pem", "ca.pem", 0, NULL, FAULT_SIGNATURE_FORM,
	    "empty" },
	{ "two signers", "file", "two.p7s", "ca.pem", 0, NULL,
	    FAULT_SIGNATURE_FORM, "2 signers" },
	{ "no attributes", "file", "no_attributes.p7s", "ca.pem", 0, NULL,
	    FAULT_SIGNATURE_FORM, "no signed attributes" },
	{ "no certificates", "file", "no_certs.p7s", "ca.pem", 0, NULL,
	    FAULT_SIGNATURE_FORM, "not inside" },
	{ "nine certificates", "file", "many.p7s", "ca.pem", 0, NULL,
	    FAULT_TOO_MANY, "9 certificates" },
	{ "CRL inside", "file", "p256.p7s", "ca.pem", 0, put_crl,
	    FAULT_SIGNATURE_FORM, "revocation" },
	{ "unsigned attribute", "file", "p256.p7s", "ca.pem", 0, put_unsigned,
	    FAULT_SIGNATURE_FORM, "unsigned attribute" },
	{ "attribute of two values", "file", "p256.p7s", "ca.pem", 0,
	    put_second_time, FAULT_SIGNATURE_FORM, "twice" },
	{ "attribute twice", "file", "p256.p7s", "ca.pem", 0, double_attribute,
	    FAULT_SIGNATURE_FORM, "twice" },
	{ "no messageDigest", "file", "p256.p7s", "ca.pem", 0, drop_digest,
	    FAULT_SIGNATURE_FORM, "contentType or messageDigest" },
	{ "no contentType", "file", "p256.p7s", "ca.pem", 0, drop_type,
	    FAULT_SIGNATURE_FORM, "contentType or messageDigest" },
	{ "other contentType", "file", "p256.p7s", "ca.pem", 0, change_type,
	    FAULT_SIGNATURE_FORM, "not the content's" },
	{ "spoilt contentType", "file", "p256.p7s", "ca.pem", 0, spoil_type,
	    FAULT_SIGNATURE_FORM, "not the content's" },
	{ "many attributes", "file", "p256.p7s", "ca.pem", 0, put_many,
	    FAULT_SIGNATURE_FORM, "too many" },
	{ "attribute changed", "file", "p256.p7s", "ca.pem", 0, drop_time,
	    FAULT_SIGNATURE_BROKEN, "does not match" },
	{ "SHA-1", "file", "sha1.p7s", "ca.pem", 0, NULL, FAULT_SIGNATURE_WEAK,
	    "SHA1" },
	{ "digests mixed", "file", "p256.p7s", "ca.pem", 0, mix_digests,
	    FAULT_SIGNATURE_FORM, "two digests" },
	{ "RSA 1024", "file", "rsa1024.p7s", "ca.pem", 0, NULL,
	    FAULT_SIGNATURE_WEAK, "1024" },
	{ "secp256k1", "file", "k1.p7s", "ca.pem", 0, NULL,
	    FAULT_SIGNATURE_WEAK, "secp256k1" },
	{ "no keyUsage", "file", "no_usage.p7s", "ca.pem", 0, NULL,
	    FAULT_KEY_USAGE, "no keyUsage" },
	{ "no keyUsage, yet an anchor", "file", "no_usage.p7s", "no_usage.pem",
	    0, NULL, FAULT_KEY_USAGE, "no keyUsage" },
	{ "other keyUsage", "file", "other_usage.p7s", "ca.pem", 0, NULL,
	    FAULT_KEY_USAGE, "digitalSignature" },
	{ "CA signs", "file", "ca.p7s", "signing_ca.pem", 0, NULL,
	    FAULT_SIGNER_UNFIT, "CA" },
	{ "TLS server signs", "file", "tls.p7s", "ca.pem", 0, NULL,
	    FAULT_SIGNER_UNFIT, "extendedKeyUsage" },
	{ "broken extension", "file", "broken.p7s", "broken_leaf.pem", 0, NULL,
	    FAULT_UNTRUSTED, "purpose" },
	{ "expired since", "file", "short.p7s", "ca.pem", 4, NULL,
	    FAULT_SIGNER_EXPIRED, "the signer's certificate has expired" },
	{ "anchor expired since", "file", "p256.p7s", "p256.pem", 400, NULL,
	    FAULT_SIGNER_EXPIRED, "the signer's certificate has expired" },
	{ "not yet valid", "file", "p256.p7s", "ca.pem", -400, NULL,
	    FAULT_SIGNER_EXPIRED, "not valid yet" },
	{ "expired and broken", "other", "short.p7s", "ca.pem", 4, NULL,
	    FAULT_SIGNATURE_BROKEN, "does not match" },
	{ "expired and text", "file", "text.p7s", "ca.pem", 400, NULL,
	    FAULT_SIGNED_AS_TEXT, "CRLF" },
	{ "expired and untrusted", "file", "foreign.p7s", "ca.pem", 400, NULL,
	    FAULT_UNTRUSTED, "issuer" },
	{ "expired and unfit", "file", "tls.p7s", "ca.pem", 400, NULL,
	    FAULT_SIGNER_UNFIT, "extendedKeyUsage" },
	{ "expired at signing", "file", "old.p7s", "ca.pem", 0, NULL,
	    FAULT_EXPIRED_AT_SIGNING, "at the signingTime" },
};

static bool
verify(int days, struct signer *signer, struct fault *why)
{
	struct anchors *anchors = anchors_parse(bytes_of(&trust), why);
	bool ok;

	assert_non_null(anchors);
	ok = signature_verify(bytes_of(&file), bytes_of(&signature), anchors,
	    time(NULL) + (time_t)days * DAY, signer, why);
	anchors_free(anchors);
	return ok;
}

static void
vectors(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault why = { 0 };
		struct signer signer;
		bool ok;

		load(cases[i].file, &file);
		load(cases[i].signature, &signature);
		load(cases[i].trust, &trust);
		if (cases[i].change != NULL)
			edit(cases[i].change);
		ok = verify(cases[i].at, &signer, &why);
		if (ok != (cases[i].code == FAULT_NONE) ||
		    why.code != cases[i].code ||
		    strstr(why.detail, cases[i].detail) == NULL)
			fail_msg("%s: %s: %s", cases[i].name,
			    fault_name(why.code), why.detail);
		assert_true(ok || why.clause[0] != '\0');
	}
}

/* No byte of the file may change, none of the signature be lost or added. */
static void
every_byte_counts(void **state)
{
	struct signer signer;
	struct fault why;
	size_t whole;

	(void)state;
	load("file", &file);
	load("p256.p7s", &signature);
	load("ca.pem", &trust);
	for (size_t i = 0; i < file.len; i++) {
		file.data[i] ^= 1;
		assert_false(verify(0, &signer, &why));
		assert_int_equal(why.code, FAULT_SIGNATURE_BROKEN);
		file.data[i] ^= 1;
	}
	whole = signature.len;
	for (signature.len = 0; signature.len < whole; signature.len += 7) {
		assert_false(verify(0, &signer, &why));
		assert_int_equal(why.code, FAULT_SIGNATURE_FORM);
	}
	signature.len = whole;
	signature.data[signature.len++] = 0;
	assert_false(verify(0, &signer, &why));
	assert_int_equal(why.code, FAULT_SIGNATURE_FORM);
	assert_non_null(strstr(why.detail, "behind"));
}

static void
sizes(void **state)
{
	struct signer signer;
	struct fault why;

	(void)state;
	load("file", &file);
	load("p256.p7s", &signature);
	load("ca.pem", &trust);
	signature.len = LIMIT_SIGNATURE + 1;
	assert_false(verify(0, &signer, &why));
	assert_int_equal(why.code, FAULT_TOO_LARGE);
	load("p256.p7s", &signature);
	file.len = LIMIT_FILE + 1;
	assert_false(verify(0, &signer, &why));
	assert_int_equal(why.code, FAULT_TOO_LARGE);
	file.len = 0;
	assert_false(verify(0, &signer, &why));
	assert_int_equal(why.code, FAULT_SIGNATURE_BROKEN);
}

static void
names_the_signer(void **state)
{
	static const uint8_t none[32];
	struct signer signer;
	struct fault why;

	(void)state;
	load("file", &file);
	load("p256.p7s", &signature);
	load("ca.pem", &trust);
	assert_true(verify(0, &signer, &why));
	assert_string_equal(signer.subject, "CN=p256,O=Vendor");
	assert_string_equal(signer.issuer, "CN=CA,O=Trust");
	assert_memory_not_equal(signer.spki, none, sizeof(none));
	assert_true(signer.not_after > time(NULL) + 364 * DAY);
	assert_true(signer.not_after < time(NULL) + 366 * DAY);
	/* Also where it is not trusted, but not where nobody is known. */
	load("none.pem", &trust);
	assert_false(verify(0, &signer, &why));
	assert_string_equal(signer.subject, "CN=p256,O=Vendor");
	load("two.p7s", &signature);
	assert_false(verify(0, &signer, &why));
	assert_string_equal(signer.subject, "");
}

static void
anchors(void **state)
{
	static const struct {
		const char *name;
		size_t n;
		bool ok;
	} rows[] = { { "none.pem", 0, true }, { "ca.pem", 1, true },
		{ "both.pem", 2, true }, { "broken.pem", 0, false },
		{ "file", 0, true }, { "ca.key", 0, true } };

	struct fault why;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct anchors *got;

		load(rows[i].name, &trust);
		got = anchors_parse(bytes_of(&trust), &why);
		if ((got != NULL) != rows[i].ok)
			fail_msg("%s: %s", rows[i].name, why.detail);
		if (got != NULL)
			assert_int_equal(anchors_count(got), rows[i].n);
		else
			assert_int_equal(why.code, FAULT_MALFORMED);
		anchors_free(got);
	}
	anchors_free(NULL);
	assert_null(anchors_parse(
	    (struct bytes){ trust.data, LIMIT_ANCHORS + 1 }, &why));
	assert_int_equal(why.code, FAULT_TOO_LARGE);
}

static void
digests(void **state)
{
	static const uint8_t abc[32] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01,
		0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
		0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10,
		0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
	uint8_t digest[32];

	(void)state;
	digest_of((struct bytes){ (const uint8_t *)"abc", 3 }, digest);
	assert_memory_equal(digest, abc, sizeof(abc));
	digest_of((struct bytes){ NULL, 0 }, digest);
	assert_int_equal(digest[0], 0xe3);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(sizes),
		cmocka_unit_test(names_the_signer),
		cmocka_unit_test(anchors),
		cmocka_unit_test(digests),
	};

	if (argc > 1)
		folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
