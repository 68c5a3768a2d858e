/*
 * Certificates for tests.
 */
#include "tests/unit/certs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#define DAY (24l * 60 * 60)

static void
must(bool ok)
{
	if (ok)
		return;
	ERR_print_errors_fp(stderr);
	abort();
}

static void
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	must(extension != NULL && X509_add_ext(cert, extension, -1) == 1);
	X509_EXTENSION_free(extension);
}

static void
add_raw(X509 *cert, const struct cert_extension *wish)
{
	ASN1_OBJECT *type = OBJ_txt2obj(wish->oid, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension;

	must(type != NULL && value != NULL &&
	     ASN1_OCTET_STRING_set(value, (const unsigned char *)wish->value,
		 (int)wish->len) == 1);
	extension =
	    X509_EXTENSION_create_by_OBJ(NULL, type, wish->is_critical, value);
	must(extension != NULL && X509_add_ext(cert, extension, -1) == 1);
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(type);
}

static const char *
usage_of(const struct cert_wish *wish)
{
	if (wish->usage != NULL)
		return wish->usage;
	return wish->is_ca ? "critical,keyCertSign,cRLSign"
	                   : "critical,digitalSignature";
}

static void
set_validity(X509 *cert, const struct cert_wish *wish)
{
	X509_gmtime_adj(
	    X509_getm_notBefore(cert), wish->is_early ? DAY : -30 * DAY);
	if (wish->is_endless)
		must(ASN1_TIME_set_string_X509(
			 X509_getm_notAfter(cert), "99991231235959Z") == 1);
	else
		X509_gmtime_adj(X509_getm_notAfter(cert),
		    wish->is_expired ? -DAY : 30 * DAY);
}

static void
add_extensions(X509 *cert, X509 *issuer, const struct cert_wish *wish)
{
	add_extension(cert, issuer, NID_basic_constraints,
	    wish->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	if (usage_of(wish)[0] != '\0')
		add_extension(cert, issuer, NID_key_usage, usage_of(wish));
	if (wish->extended_usage != NULL)
		add_extension(
		    cert, issuer, NID_ext_key_usage, wish->extended_usage);
	add_extension(cert, issuer, NID_subject_key_identifier, "hash");
	add_extension(cert, issuer, NID_authority_key_identifier, "keyid");
	if (wish->san != NULL)
		add_extension(cert, issuer, NID_subject_alt_name, wish->san);
	for (size_t i = 0; i < 3 && wish->extensions[i].oid != NULL; i++)
		add_raw(cert, &wish->extensions[i]);
}

struct identity
certs_make(const struct cert_wish *wish)
{
	struct identity made = { EVP_EC_gen("P-256"), X509_new() };
	X509 *issuer = wish->issuer != NULL ? wish->issuer->cert : made.cert;
	EVP_PKEY *key = wish->issuer != NULL ? wish->issuer->key : made.key;
	X509_NAME *name = X509_get_subject_name(made.cert);
	uint64_t serial;

	must(made.key != NULL && made.cert != NULL);
	must(RAND_bytes((unsigned char *)&serial, sizeof(serial)) == 1);
	must(X509_set_version(made.cert, 2) == 1);
	must(ASN1_INTEGER_set_uint64(
		 X509_get_serialNumber(made.cert), serial >> 1) == 1);
	must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
		 (const unsigned char *)wish->name, -1, -1, 0) == 1);
	must(X509_set_issuer_name(made.cert, X509_get_subject_name(issuer)) ==
	     1);
	set_validity(made.cert, wish);
	must(X509_set_pubkey(made.cert, made.key) == 1);
	add_extensions(made.cert, issuer, wish);
	must(X509_sign(made.cert, key, EVP_sha256()) > 0);
	return made;
}

void
certs_free(struct identity *identity)
{
	EVP_PKEY_free(identity->key);
	X509_free(identity->cert);
}

char *
certs_pem(const struct identity *identity)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *text;
	long len;

	must(bio != NULL && PEM_write_bio_X509(bio, identity->cert) == 1);
	len = BIO_get_mem_data(bio, &data);
	text = strndup(data, (size_t)len);
	must(text != NULL);
	BIO_free(bio);
	return text;
}
