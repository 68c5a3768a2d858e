/*
 * Signing.  Role: mudctl.  Input: a maker's own file, certificate and key.
 */
#include "libmud/sign.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "libmud/anchors.h"
#include "libmud/certificate.h"
#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mem.h"
#include "libmud/mudfile.h"
#include "libmud/policy.h"
#include "libmud/signature.h"
#include "libmud/url.h"

static const char clause_form[] = "RFC 8520 s13.1 (M-SIG-1)";

/* Everything one signature is made of. */
struct maker {
	X509 *cert;                    /* owned */
	EVP_PKEY *key;                 /* owned */
	struct anchors *intermediates; /* owned; not trusted, only a list */
	CMS_ContentInfo *cms;          /* owned */
};

/* The passphrase, and whether anybody asked for it. */
struct passphrase {
	const char *text;
	bool is_asked;
};

/* Counts errors: what the RFC says MUST be, and is not. */
static void
count_errors(void *arg, const struct finding *finding)
{
	size_t *n = arg;

	*n += finding->kind->severity == FINDING_ERROR;
}

/* Where a gateway would look for the signature (S-26). */
static void
judge_place(
    const char *mud_url, const char *mud_signature, struct fault *warning)
{
	struct url base, url;

	if (!url_parse(mud_url, &base, warning) ||
	    !url_resolve(&base, mud_signature, &url, warning))
		return;
	if (!url_same_authority(&base, &url))
		(void)fault_set(warning, FAULT_SIGNATURE_URL,
		    "RFC 8520 s13.2 (S-26)",
		    "mud-signature is on %.60s, mud-url on %.60s", url.host,
		    base.host);
}

bool
sign_check_file(struct bytes file, struct fault *warning, struct fault *why)
{
	struct mudfile_peek peek;
	struct policy *policy;
	size_t n_errors = 0;

	*warning = (struct fault){ .code = FAULT_NONE };
	if (file.len > LIMIT_FILE)
		return fault_set(why, FAULT_TOO_LARGE, "S-6",
		    "a file of %zu bytes, the most is %d", file.len,
		    LIMIT_FILE);
	if (!mudfile_judge(
		file, 0, count_errors, &n_errors, NULL, &policy, why))
		return false;
	if (!mudfile_peek(file, &peek, why)) {
		policy_free(policy);
		return false;
	}
	if (peek.mud_signature[0] == '\0')
		(void)fault_set(why, FAULT_UNSIGNED,
		    "RFC 8520 s13.2 (M-SIG-12)",
		    "the file names no mud-signature: nobody would look for "
		    "its signature");
	else
		judge_place(policy->info.mud_url, peek.mud_signature, warning);
	if (warning->code == FAULT_NONE && n_errors > 0)
		(void)fault_set(warning, FAULT_MALFORMED, "RFC 8520 s2",
		    "the file has %zu errors, which `mudctl validate` names",
		    n_errors);
	policy_free(policy);
	return peek.mud_signature[0] != '\0';
}

static int
give_passphrase(char *buf, int size, int rwflag, void *arg)
{
	struct passphrase *passphrase = arg;
	size_t len;

	(void)rwflag;
	passphrase->is_asked = true;
	if (passphrase->text == NULL)
		return -1;
	len = strlen(passphrase->text);
	if (len > (size_t)size)
		return -1;
	memcpy(buf, passphrase->text, len);
	return (int)len;
}

static bool
load_key(struct maker *maker, const struct sign_with *with, struct fault *why)
{
	struct passphrase passphrase = { .text = with->passphrase };
	BIO *bio;

	if (with->key.len > 0 && with->key.len <= LIMIT_ANCHORS) {
		bio = BIO_new_mem_buf(with->key.data, (int)with->key.len);
		maker->key = PEM_read_bio_PrivateKey(
		    bio, NULL, give_passphrase, &passphrase);
		BIO_free(bio);
	}
	ERR_clear_error();
	if (maker->key != NULL)
		return true;
	if (passphrase.is_asked)
		return fault_set(why, FAULT_KEY_ENCRYPTED, clause_form, "%s",
		    with->passphrase == NULL
			? "the key is encrypted"
			: "the passphrase does not open the key");
	return fault_set(why, FAULT_KEY_UNREADABLE, clause_form,
	    "no private key in PEM form");
}

/* All must be valid now, or the signature is of no use tomorrow. */
static bool
check_time(const X509 *cert, time_t at, struct fault *why)
{
	ASN1_TIME *now = ASN1_TIME_set(NULL, at);
	const enum certificate_age age = certificate_age_at(cert, now);
	char name[64], date[CERTIFICATE_DATE];

	ASN1_TIME_free(now);
	certificate_print_name(X509_get_subject_name(cert), name, sizeof(name));
	if (age == CERTIFICATE_LATE) {
		certificate_print_time(X509_get0_notAfter(cert), date);
		return fault_set(why, FAULT_SIGNER_EXPIRED,
		    "RFC 5280 s6.1.3 (M-SIG-9)",
		    "the certificate of %s expired at %s", name, date);
	}
	if (age == CERTIFICATE_EARLY) {
		certificate_print_time(X509_get0_notBefore(cert), date);
		return fault_set(why, FAULT_NOT_YET_VALID,
		    "RFC 5280 s6.1.3 (M-SIG-9)",
		    "the certificate of %s is not valid before %s", name, date);
	}
	return true;
}

/* If any intermediates are given, one of them issued the certificate. */
static bool
check_intermediates(const struct maker *maker, time_t at, struct fault *why)
{
	const STACK_OF(X509) *certs = maker->intermediates->certs;
	bool is_issued = sk_X509_num(certs) == 0;
	char name[64];

	for (int i = 0; i < sk_X509_num(certs); i++) {
		X509 *cert = sk_X509_value(certs, i);

		if (!check_time(cert, at, why))
			return false;
		is_issued |= X509_check_issued(cert, maker->cert) == X509_V_OK;
	}
	certificate_print_name(
	    X509_get_issuer_name(maker->cert), name, sizeof(name));
	if (!is_issued)
		return fault_set(why, FAULT_UNTRUSTED,
		    "RFC 8520 s13.1 (M-SIG-1, M-SIG-5)",
		    "none of the intermediates is %s, which issued the "
		    "signer's certificate",
		    name);
	return true;
}

/* What a gateway would say of the signer, said before anything is made. */
static bool
load(struct maker *maker, const struct sign_with *with, time_t at,
    struct fault *why)
{
	maker->cert = certificate_parse(with->certificate, why);
	if (maker->cert == NULL)
		return false;
	maker->intermediates = anchors_parse(with->intermediates, why);
	if (maker->intermediates == NULL || !load_key(maker, with, why))
		return false;
	if (X509_check_private_key(maker->cert, maker->key) != 1)
		return fault_set(why, FAULT_KEY_MISMATCH, clause_form,
		    "the key does not belong to the certificate");
	return certificate_check_key(maker->cert, why) &&
	       certificate_check_use(maker->cert, why) &&
	       check_time(maker->cert, at, why) &&
	       check_intermediates(maker, at, why);
}

/* A key for PSS alone signs with PSS; OpenSSL 3.0 has to be told. */
static bool
set_padding(const struct maker *maker, CMS_SignerInfo *info)
{
	EVP_PKEY_CTX *ctx = CMS_SignerInfo_get0_pkey_ctx(info);

	if (EVP_PKEY_get_base_id(maker->key) != EVP_PKEY_RSA_PSS)
		return true;
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) >
	           0;
}

static bool
add_certificates(const struct maker *maker)
{
	const STACK_OF(X509) *certs = maker->intermediates->certs;

	for (int i = 0; i < sk_X509_num(certs); i++)
		if (X509_cmp(sk_X509_value(certs, i), maker->cert) != 0 &&
		    CMS_add1_cert(maker->cms, sk_X509_value(certs, i)) != 1)
			return false;
	return true;
}

static bool
make(struct maker *maker, struct bytes file)
{
	const unsigned int flags = CMS_DETACHED | CMS_BINARY | CMS_PARTIAL;
	BIO *content = BIO_new_mem_buf(
	    file.len == 0 ? "" : (const char *)file.data, (int)file.len);
	CMS_SignerInfo *info;
	bool ok = false;

	maker->cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
	if (content != NULL && maker->cms != NULL) {
		info = CMS_add1_signer(maker->cms, maker->cert, maker->key,
		    EVP_sha256(), flags | CMS_NOSMIMECAP | CMS_KEY_PARAM);
		ok = info != NULL && set_padding(maker, info) &&
		     add_certificates(maker) &&
		     CMS_final(maker->cms, content, NULL, flags) == 1;
	}
	BIO_free(content);
	return ok;
}

/* As a gateway does it. */
static bool
verify(const struct maker *maker, struct bytes file, struct bytes signature,
    time_t at, struct signer *signer, struct fault *why)
{
	const STACK_OF(X509) *certs = maker->intermediates->certs;
	const int n = sk_X509_num(certs);
	X509 *last = n == 0 ? NULL : sk_X509_value(certs, n - 1);
	struct anchors anchors = { .certs = sk_X509_new_null() };
	bool ok;

	if (last == NULL || X509_check_issued(last, last) != X509_V_OK)
		last = maker->cert;
	(void)sk_X509_push(anchors.certs, last);
	ok = signature_verify(file, signature, &anchors,
	    (struct bytes){ NULL, 0 }, at, signer, why);
	sk_X509_free(anchors.certs);
	return ok;
}

bool
sign_file(struct bytes file, const struct sign_with *with, time_t at,
    uint8_t **signature, size_t *len, struct signer *signer, struct fault *why)
{
	struct maker maker = { .cert = NULL };
	struct signer found;
	unsigned char *der = NULL;
	int n = 0;
	bool ok;

	if (file.len > LIMIT_FILE)
		return fault_set(why, FAULT_TOO_LARGE, "S-6",
		    "a file of %zu bytes, the most is %d", file.len,
		    LIMIT_FILE);
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	ok = load(&maker, with, at, why);
	if (ok && (!make(&maker, file) ||
		      (n = i2d_CMS_ContentInfo(maker.cms, &der)) <= 0))
		ok = fault_set(why, FAULT_INTERNAL, clause_form,
		    "OpenSSL cannot sign with this key: %s",
		    ERR_reason_error_string(ERR_peek_error()));
	ok = ok && verify(&maker, file, (struct bytes){ der, (size_t)n }, at,
		       &found, why);
	if (ok) {
		*signature = xcalloc((size_t)n, 1);
		memcpy(*signature, der, (size_t)n);
		*len = (size_t)n;
		*signer = found;
	}
	OPENSSL_free(der);
	CMS_ContentInfo_free(maker.cms);
	anchors_free(maker.intermediates);
	EVP_PKEY_free(maker.key);
	X509_free(maker.cert);
	ERR_clear_error();
	return ok;
}
