/*
 * Signatures taken apart, changed behind the library's back, and put together.
 */
#include "tests/unit/sigedits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/cms.h>
#include <openssl/pem.h>

#include "tests/unit/sigworld.h"

void
edit_apply(change_fn *change)
{
	struct blob *blob = &sigworld.signature;
	const unsigned char *in = blob->data;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &in, (long)blob->len);
	unsigned char *out = NULL;
	int len;

	assert_non_null(cms);
	change(cms);
	len = i2d_CMS_ContentInfo(cms, &out);
	assert_true(len > 0);
	memcpy(blob->data, out, (size_t)len);
	blob->len = (size_t)len;
	OPENSSL_free(out);
	CMS_ContentInfo_free(cms);
}

static CMS_SignerInfo *
signer_of(CMS_ContentInfo *cms)
{
	return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
}

static FILE *
open_file(const char *name)
{
	char path[512];
	FILE *in;

	sigworld_path(name, path);
	in = fopen(path, "rb");
	assert_non_null(in);
	return in;
}

void
edit_empty(void)
{
	sigworld.signature.len = 0;
}

void
edit_cut(void)
{
	sigworld.signature.len /= 2;
}

void
edit_tail(void)
{
	sigworld.signature.data[sigworld.signature.len++] = 0;
}

/* The outermost length in three bytes, where two would do. */
void
edit_long_length(void)
{
	unsigned char *data = sigworld.signature.data;

	assert_int_equal(data[1], 0x82);
	memmove(data + 3, data + 2, sigworld.signature.len - 2);
	data[1] = 0x83;
	data[2] = 0;
	sigworld.signature.len++;
}

void
edit_grow(void)
{
	sigworld.signature.len = LIMIT_SIGNATURE + 1;
}

void
change_crl(CMS_ContentInfo *cms)
{
	FILE *in = open_file("crl.pem");
	X509_CRL *crl = PEM_read_X509_CRL(in, NULL, NULL, NULL);

	(void)fclose(in);
	assert_non_null(crl);
	assert_int_equal(CMS_add1_crl(cms, crl), 1);
	X509_CRL_free(crl);
}

void
change_unsigned(CMS_ContentInfo *cms)
{
	assert_int_equal(CMS_unsigned_add1_attr_by_txt(signer_of(cms),
			     "unstructuredName", V_ASN1_UTF8STRING, "x", 1),
	    1);
}

void
change_timestamp(CMS_ContentInfo *cms)
{
	assert_int_equal(
	    CMS_unsigned_add1_attr_by_txt(signer_of(cms),
		"id-smime-aa-timeStampToken", V_ASN1_UTF8STRING, "x", 1),
	    1);
}

static X509 *
load_cert(const char *name)
{
	FILE *in = open_file(name);
	X509 *cert = PEM_read_X509(in, NULL, NULL, NULL);

	(void)fclose(in);
	assert_non_null(cert);
	return cert;
}

static void
put_cert(CMS_ContentInfo *cms, const char *name)
{
	X509 *cert = load_cert(name);

	assert_int_equal(CMS_add1_cert(cms, cert), 1);
	X509_free(cert);
}

void
change_sevens(CMS_ContentInfo *cms)
{
	put_cert(cms, "seven.pem");
	put_cert(cms, "seven_other.pem");
}

void
change_ed25519(CMS_ContentInfo *cms)
{
	put_cert(cms, "seven_ed25519.pem");
}

void
change_ed448(CMS_ContentInfo *cms)
{
	put_cert(cms, "seven_ed448.pem");
}

void
change_dsa(CMS_ContentInfo *cms)
{
	put_cert(cms, "seven_dsa.pem");
}

void
change_other_key(CMS_ContentInfo *cms)
{
	put_cert(cms, "seven_other.pem");
}

void
change_unknown_key(CMS_ContentInfo *cms)
{
	X509 *cert = load_cert("seven.pem");
	X509_ALGOR *algorithm = NULL;

	assert_int_equal(X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm,
			     X509_get_X509_PUBKEY(cert)),
	    1);
	assert_int_equal(X509_ALGOR_set0(algorithm, OBJ_txt2obj("1.2.3.4", 1),
			     V_ASN1_UNDEF, NULL),
	    1);
	assert_true(i2d_re_X509_tbs(cert, NULL) > 0);
	assert_int_equal(CMS_add1_cert(cms, cert), 1);
	X509_free(cert);
}

/* The last byte of the certificate is of its issuer's signature. */
void
change_spoil_certificate(CMS_ContentInfo *cms)
{
	X509 *cert = load_cert("seven.pem");
	const ASN1_BIT_STRING *signature;
	unsigned char *byte;

	X509_get0_signature(&signature, NULL, cert);
	byte = (unsigned char *)(uintptr_t)ASN1_STRING_get0_data(signature);
	byte[ASN1_STRING_length(signature) - 1] ^= 1;
	assert_int_equal(CMS_add1_cert(cms, cert), 1);
	X509_free(cert);
}

static X509_ATTRIBUTE *
attribute_of(CMS_ContentInfo *cms, int nid)
{
	CMS_SignerInfo *info = signer_of(cms);
	const int at = CMS_signed_get_attr_by_NID(info, nid, -1);

	assert_true(at >= 0);
	return CMS_signed_get_attr(info, at);
}

void
change_second_value(CMS_ContentInfo *cms)
{
	ASN1_TIME *now = X509_gmtime_adj(NULL, 0);

	assert_int_equal(
	    X509_ATTRIBUTE_set1_data(attribute_of(cms, NID_pkcs9_signingTime),
		V_ASN1_UTCTIME, now->data, now->length),
	    1);
	ASN1_TIME_free(now);
}

static void
rename_attribute(CMS_ContentInfo *cms, int from, int to)
{
	assert_int_equal(X509_ATTRIBUTE_set1_object(
			     attribute_of(cms, from), OBJ_nid2obj(to)),
	    1);
}

void
change_attribute_twice(CMS_ContentInfo *cms)
{
	rename_attribute(cms, NID_SMIMECapabilities, NID_pkcs9_signingTime);
}

void
change_content_type_twice(CMS_ContentInfo *cms)
{
	rename_attribute(cms, NID_SMIMECapabilities, NID_pkcs9_contentType);
}

void
change_drop_digest(CMS_ContentInfo *cms)
{
	rename_attribute(
	    cms, NID_pkcs9_messageDigest, NID_pkcs9_unstructuredName);
}

void
change_drop_type(CMS_ContentInfo *cms)
{
	rename_attribute(
	    cms, NID_pkcs9_contentType, NID_pkcs9_unstructuredName);
}

void
change_drop_time(CMS_ContentInfo *cms)
{
	rename_attribute(
	    cms, NID_pkcs9_signingTime, NID_pkcs9_unstructuredName);
}

/* In the place of an attribute's value. */
static void
set_value(CMS_ContentInfo *cms, int nid, int type, void *value)
{
	ASN1_TYPE_set(
	    X509_ATTRIBUTE_get0_type(attribute_of(cms, nid), 0), type, value);
}

void
change_other_type(CMS_ContentInfo *cms)
{
	set_value(cms, NID_pkcs9_contentType, V_ASN1_OBJECT,
	    OBJ_nid2obj(NID_pkcs7_signed));
}

void
change_spoil_type(CMS_ContentInfo *cms)
{
	set_value(cms, NID_pkcs9_contentType, V_ASN1_NULL, NULL);
}

void
change_spoil_digest(CMS_ContentInfo *cms)
{
	set_value(cms, NID_pkcs9_messageDigest, V_ASN1_NULL, NULL);
}

void
change_spoil_time(CMS_ContentInfo *cms)
{
	set_value(cms, NID_pkcs9_signingTime, V_ASN1_NULL, NULL);
}

void
change_other_digest(CMS_ContentInfo *cms)
{
	ASN1_TYPE *value = X509_ATTRIBUTE_get0_type(
	    attribute_of(cms, NID_pkcs9_messageDigest), 0);

	value->value.octet_string->data[0] ^= 1;
}

void
change_many(CMS_ContentInfo *cms)
{
	for (int i = 0; i < 32; i++) {
		char type[32];

		(void)snprintf(type, sizeof(type), "1.2.3.4.%d", i);
		assert_int_equal(CMS_signed_add1_attr_by_txt(signer_of(cms),
				     type, V_ASN1_UTF8STRING, "x", 1),
		    1);
	}
}

void
change_mix_digests(CMS_ContentInfo *cms)
{
	X509_ALGOR *sign = NULL;

	CMS_SignerInfo_get0_algs(signer_of(cms), NULL, NULL, NULL, &sign);
	assert_int_equal(X509_ALGOR_set0(sign, OBJ_nid2obj(NID_ecdsa_with_SHA1),
			     V_ASN1_UNDEF, NULL),
	    1);
}

void
change_value(CMS_ContentInfo *cms)
{
	ASN1_OCTET_STRING *value =
	    CMS_SignerInfo_get0_signature(signer_of(cms));

	value->data[value->length - 1] ^= 1;
}

static int
compare(const void *a, const void *b)
{
	const ASN1_STRING *const *x = a, *const *y = b;

	return ASN1_STRING_cmp(*x, *y);
}

/* RFC 5652 s5.4: the DER of the attributes as a SET. */
static size_t
encode_attributes(CMS_SignerInfo *info, unsigned char set[4096])
{
	ASN1_STRING *parts[8];
	const int n = CMS_signed_get_attr_count(info);
	unsigned char *at = set;
	int total = 0;

	assert_in_range(n, 1, 8);
	for (int i = 0; i < n; i++) {
		unsigned char *der = NULL;
		int len =
		    i2d_X509_ATTRIBUTE(CMS_signed_get_attr(info, i), &der);

		parts[i] = ASN1_STRING_new();
		assert_int_equal(ASN1_STRING_set(parts[i], der, len), 1);
		OPENSSL_free(der);
		total += len;
	}
	/* Shorter ones first: so it is for values that begin alike. */
	qsort(parts, (size_t)n, sizeof(parts[0]), compare);
	assert_true(total < 4000);
	ASN1_put_object(&at, 1, total, V_ASN1_SET, V_ASN1_UNIVERSAL);
	for (int i = 0; i < n; i++) {
		memcpy(at, ASN1_STRING_get0_data(parts[i]),
		    (size_t)ASN1_STRING_length(parts[i]));
		at += ASN1_STRING_length(parts[i]);
		ASN1_STRING_free(parts[i]);
	}
	return (size_t)(at - set);
}

static void
sign_again(CMS_ContentInfo *cms)
{
	FILE *in = open_file("short.key");
	EVP_PKEY *key = PEM_read_PrivateKey(in, NULL, NULL, NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char set[4096], value[512];
	size_t len = sizeof(value);
	const size_t n = encode_attributes(signer_of(cms), set);

	(void)fclose(in);
	assert_non_null(key);
	assert_int_equal(
	    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, value, &len, set, n), 1);
	assert_int_equal(
	    ASN1_STRING_set(
		CMS_SignerInfo_get0_signature(signer_of(cms)), value, (int)len),
	    1);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

void
change_again_without_time(CMS_ContentInfo *cms)
{
	change_drop_time(cms);
	sign_again(cms);
}

static void
set_time(CMS_ContentInfo *cms, time_t time)
{
	set_value(cms, NID_pkcs9_signingTime, V_ASN1_UTCTIME,
	    ASN1_UTCTIME_set(NULL, time));
	sign_again(cms);
}

void
change_again_before(CMS_ContentInfo *cms)
{
	set_time(cms, sigworld_now() - (time_t)10 * DAY);
}

void
change_again_after(CMS_ContentInfo *cms)
{
	set_time(cms, sigworld_now() + (time_t)3 * DAY);
}
