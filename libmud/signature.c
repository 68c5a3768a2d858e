/*
 * MUD file signatures.  Role: reader, mudctl.  Input: hostile DER beside a
 * hostile file; the trust anchors are the administrator's.
 *
 * CMS_verify alone admits much that RFC 8520 s13 does not ask for, or that we
 * do not want (content inside, several signers, SHA-1, a CA that signs), so
 * the form is judged before it and the signer's certificate after it.
 */
#include "libmud/signature.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#include "libmud/certificate.h"
#include "libmud/fault.h"
#include "libmud/limits.h"

/* RFC 8520 s13.1: CMS, detached, DER, over the file's bytes. */
static const char clause_form[] = "RFC 8520 s13.1 (M-SIG-1)";
static const char clause_match[] = "RFC 8520 s13.2 (M-SIG-2)";
static const char clause_trust[] = "RFC 8520 s13.2 (M-SIG-5)";

enum {
	ATTRIBUTES = 32, /* signed ones; four are usual */
	CHAIN_DEPTH = 4,
	SECURITY_LEVEL = 2, /* 112 bits: RSA 2048, no SHA-1 in the chain */
	TYPE_TEXT = 64,
};

/* One signature under judgement. */
struct judged {
	struct bytes file;
	const struct anchors *anchors;
	CMS_ContentInfo *cms;   /* owned */
	STACK_OF(X509) * certs; /* owned: those that cms carries */
	CMS_SignerInfo *info;   /* lent by cms */
	X509 *leaf;             /* lent by certs: the signer's */
};

/* How one try of CMS_verify ended. */
struct outcome {
	bool is_good;
	int chain; /* X509_V_OK, or why the chain does not hold */
	int depth; /* of the certificate that is to blame; 0: the leaf */
};

static bool
malformed(struct fault *why, const char *text)
{
	return fault_set(why, FAULT_SIGNATURE_FORM, clause_form, "%s", text);
}

/* One DER ContentInfo, and nothing behind it. */
static bool
decode(struct judged *judged, struct bytes raw, struct fault *why)
{
	const unsigned char *end = raw.data;

	if (raw.len == 0)
		return malformed(why, "the signature is empty");
	if (raw.len > LIMIT_SIGNATURE)
		return fault_set(why, FAULT_TOO_LARGE, "S-6",
		    "a signature of %zu bytes, the most is %d", raw.len,
		    LIMIT_SIGNATURE);
	if (raw.len > 10 && memcmp(raw.data, "-----BEGIN", 10) == 0)
		return malformed(why, "PEM, not DER");
	if (raw.len > 1 && raw.data[1] == 0x80)
		return malformed(why, "BER of indefinite length, not DER");
	judged->cms = d2i_CMS_ContentInfo(NULL, &end, (long)raw.len);
	if (judged->cms == NULL)
		return malformed(why, "not a DER CMS object, or cut short");
	if (end != raw.data + raw.len)
		return malformed(why, "bytes behind the CMS object");
	return true;
}

/* What is signed is said to be data, or a MUD file (M-SIG-10). */
static bool
is_content_type(const ASN1_OBJECT *type)
{
	static const char mudtype[] = "1.2.840.113549.1.9.16.1.41";
	char text[TYPE_TEXT];

	if (type == NULL)
		return false;
	if (OBJ_obj2nid(type) == NID_pkcs7_data)
		return true;
	return OBJ_obj2txt(text, sizeof(text), type, 1) > 0 &&
	       strcmp(text, mudtype) == 0;
}

static bool
check_type(struct judged *judged, struct fault *why)
{
	if (OBJ_obj2nid(CMS_get0_type(judged->cms)) != NID_pkcs7_signed)
		return malformed(why, "CMS, but no SignedData");
	if (CMS_is_detached(judged->cms) != 1)
		return malformed(
		    why, "attached: the content is inside the signature");
	if (!is_content_type(CMS_get0_eContentType(judged->cms)))
		return malformed(
		    why, "the content type is neither data nor mudtype");
	return true;
}

/* Exactly one signer, whose certificate is there. */
static bool
find_signer(struct judged *judged, struct fault *why)
{
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(judged->cms);
	STACK_OF(X509_CRL) * crls;

	if (sk_CMS_SignerInfo_num(infos) != 1)
		return fault_set(why, FAULT_SIGNATURE_FORM, clause_form,
		    "%d signers, not one", sk_CMS_SignerInfo_num(infos));
	judged->info = sk_CMS_SignerInfo_value(infos, 0);
	judged->certs = CMS_get1_certs(judged->cms);
	if (sk_X509_num(judged->certs) > LIMIT_CERTS)
		return fault_set(why, FAULT_TOO_MANY, "S-8",
		    "%d certificates, the most is %d",
		    sk_X509_num(judged->certs), LIMIT_CERTS);
	crls = CMS_get1_crls(judged->cms);
	if (crls != NULL) {
		sk_X509_CRL_pop_free(crls, X509_CRL_free);
		return malformed(why, "revocation lists inside");
	}
	for (int i = 0; i < sk_X509_num(judged->certs); i++) {
		X509 *cert = sk_X509_value(judged->certs, i);

		if (CMS_SignerInfo_cert_cmp(judged->info, cert) == 0) {
			judged->leaf = cert;
			return true;
		}
	}
	return malformed(why, "the signer's certificate is not inside");
}

/* How many signed attributes have this type. */
static int
count_attributes(const CMS_SignerInfo *info, const ASN1_OBJECT *type)
{
	int n = 0;

	for (int i = 0; i < CMS_signed_get_attr_count(info); i++) {
		const ASN1_OBJECT *other =
		    X509_ATTRIBUTE_get0_object(CMS_signed_get_attr(info, i));

		n += OBJ_cmp(type, other) == 0;
	}
	return n;
}

/* RFC 5652 s11: contentType and messageDigest must be there; none twice. */
static bool
check_attributes(struct judged *judged, struct fault *why)
{
	const CMS_SignerInfo *info = judged->info;
	const int n = CMS_signed_get_attr_count(info);
	const ASN1_OBJECT *type;

	if (n <= 0)
		return malformed(why, "no signed attributes");
	if (n > ATTRIBUTES)
		return malformed(why, "too many signed attributes");
	for (int i = 0; i < n; i++) {
		X509_ATTRIBUTE *attribute = CMS_signed_get_attr(info, i);

		if (X509_ATTRIBUTE_count(attribute) != 1 ||
		    count_attributes(
			info, X509_ATTRIBUTE_get0_object(attribute)) != 1)
			return malformed(why, "a signed attribute twice");
	}
	if (count_attributes(info, OBJ_nid2obj(NID_pkcs9_contentType)) != 1 ||
	    count_attributes(info, OBJ_nid2obj(NID_pkcs9_messageDigest)) != 1)
		return malformed(
		    why, "contentType or messageDigest is not signed");
	type = CMS_signed_get0_data_by_OBJ(
	    info, OBJ_nid2obj(NID_pkcs9_contentType), -3, V_ASN1_OBJECT);
	if (type == NULL ||
	    OBJ_cmp(type, CMS_get0_eContentType(judged->cms)) != 0)
		return malformed(
		    why, "the signed contentType is not the content's");
	for (int i = 0; i < CMS_unsigned_get_attr_count(info); i++)
		if (OBJ_obj2nid(X509_ATTRIBUTE_get0_object(
			CMS_unsigned_get_attr(info, i))) !=
		    NID_id_smime_aa_timeStampToken)
			return malformed(
			    why, "an unsigned attribute that is no timestamp");
	return true;
}

/* SHA-2, in the digest as in the signature's own algorithm. */
static bool
check_algorithms(struct judged *judged, struct fault *why)
{
	X509_ALGOR *digest_alg = NULL, *sign_alg = NULL;
	const ASN1_OBJECT *object;
	int digest, sign, sign_digest = NID_undef, kind = NID_undef;

	CMS_SignerInfo_get0_algs(
	    judged->info, NULL, NULL, &digest_alg, &sign_alg);
	X509_ALGOR_get0(&object, NULL, NULL, digest_alg);
	digest = OBJ_obj2nid(object);
	if (digest != NID_sha256 && digest != NID_sha384 &&
	    digest != NID_sha512)
		return fault_set(why, FAULT_SIGNATURE_WEAK, "RFC 5754 s2, S-37",
		    "digest %s, not SHA-256, SHA-384 or SHA-512",
		    digest == NID_undef ? "unknown" : OBJ_nid2sn(digest));
	X509_ALGOR_get0(&object, NULL, NULL, sign_alg);
	sign = OBJ_obj2nid(object);
	/* rsaEncryption and RSASSA-PSS name no digest of their own. */
	if (OBJ_find_sigid_algs(sign, &sign_digest, &kind) == 1 &&
	    sign_digest != NID_undef && sign_digest != digest)
		return malformed(
		    why, "two digests: the signer's and its signature's");
	return certificate_check_key(judged->leaf, why);
}

/* Remembers the first thing that is wrong with the chain. */
static int
note_chain(int ok, X509_STORE_CTX *ctx)
{
	struct outcome *outcome =
	    X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(ctx), 0);

	if (!ok && outcome->chain == X509_V_OK) {
		outcome->chain = X509_STORE_CTX_get_error(ctx);
		outcome->depth = X509_STORE_CTX_get_error_depth(ctx);
	}
	return ok;
}

/* Our anchors and no others; at: NULL judges the chain at no time. */
static X509_STORE *
make_store(
    const struct judged *judged, const time_t *at, struct outcome *outcome)
{
	const STACK_OF(X509) *certs = judged->anchors->certs;
	const bool is_anchor = anchors_have(judged->anchors, judged->leaf);
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *param;
	unsigned long flags = X509_V_FLAG_X509_STRICT;

	if (store == NULL)
		return NULL;
	/* A leaf that the administrator trusts is its own anchor. */
	if (is_anchor) {
		flags |= X509_V_FLAG_PARTIAL_CHAIN;
		(void)X509_STORE_add_cert(store, judged->leaf);
	}
	for (int i = 0; !is_anchor && i < sk_X509_num(certs); i++)
		(void)X509_STORE_add_cert(store, sk_X509_value(certs, i));
	param = X509_STORE_get0_param(store);
	if (at != NULL)
		X509_VERIFY_PARAM_set_time(param, *at);
	else
		flags |= X509_V_FLAG_NO_CHECK_TIME;
	(void)X509_VERIFY_PARAM_set_flags(param, flags);
	(void)X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_ANY);
	X509_VERIFY_PARAM_set_depth(param, CHAIN_DEPTH);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	X509_STORE_set_verify_cb(store, note_chain);
	(void)X509_STORE_set_ex_data(store, 0, outcome);
	return store;
}

/* flags: CMS_BINARY judges the bytes as they are, 0 with CRLF line ends. */
static struct outcome
attempt(const struct judged *judged, const time_t *at, unsigned int flags)
{
	struct outcome outcome = { .chain = X509_V_OK };
	X509_STORE *store = make_store(judged, at, &outcome);
	BIO *content = BIO_new_mem_buf(
	    judged->file.len == 0 ? "" : (const char *)judged->file.data,
	    (int)judged->file.len);

	ERR_clear_error();
	if (store != NULL && content != NULL)
		outcome.is_good = CMS_verify(judged->cms, NULL, store, content,
				      NULL, flags) == 1;
	BIO_free(content);
	X509_STORE_free(store);
	return outcome;
}

static bool
is_about_time(const struct outcome *outcome)
{
	return outcome->chain == X509_V_ERR_CERT_HAS_EXPIRED ||
	       outcome->chain == X509_V_ERR_CERT_NOT_YET_VALID;
}

static bool
refuse_chain(const struct outcome *outcome, struct fault *why)
{
	const char *text = X509_verify_cert_error_string(outcome->chain);

	switch (outcome->chain) {
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL:
	case X509_V_ERR_CA_MD_TOO_WEAK:
		return fault_set(why, FAULT_SIGNATURE_WEAK, clause_trust,
		    "certificate %d of the chain: %s", outcome->depth, text);
	default:
		return fault_set(why, FAULT_UNTRUSTED, clause_trust,
		    "certificate %d of the chain: %s", outcome->depth, text);
	}
}

/* The chain holds, the signature does not: find the likely reason. */
static bool
refuse_match(const struct judged *judged, const time_t *at, struct fault *why)
{
	const char *text = ERR_reason_error_string(ERR_peek_error());
	const struct outcome as_text = attempt(judged, at, 0);

	if (as_text.is_good)
		return fault_set(why, FAULT_SIGNED_AS_TEXT,
		    "S-30, RFC 8520 "
		    "s13.1 (M-SIG-1)",
		    "the signature is over the file with CRLF line ends");
	return fault_set(why, FAULT_SIGNATURE_BROKEN, clause_match,
	    "the signature does not match the file: %s",
	    text == NULL ? "unknown error" : text);
}

static const ASN1_TIME *
signing_time(const CMS_SignerInfo *info)
{
	const ASN1_OBJECT *type = OBJ_nid2obj(NID_pkcs9_signingTime);
	const ASN1_TIME *time;

	time = CMS_signed_get0_data_by_OBJ(info, type, -3, V_ASN1_UTCTIME);
	if (time == NULL)
		time = CMS_signed_get0_data_by_OBJ(
		    info, type, -3, V_ASN1_GENERALIZEDTIME);
	return time;
}

/* Only the time is wrong: was it right when the file was signed? */
static bool
refuse_time(const struct judged *judged, const struct outcome *outcome,
    struct fault *why)
{
	const ASN1_TIME *time = signing_time(judged->info);
	const char *who = outcome->depth == 0 ? "the signer's" : "a CA's";
	const char *what = outcome->chain == X509_V_ERR_CERT_HAS_EXPIRED
	                       ? "has expired"
	                       : "is not valid yet";

	if (time == NULL)
		return fault_set(why, FAULT_SIGNER_EXPIRED,
		    "RFC 5280 s6.1.3 (M-SIG-9)",
		    "%s certificate %s; the signature has no signingTime", who,
		    what);
	if (certificate_is_valid_at(judged->leaf, time))
		return fault_set(why, FAULT_SIGNER_EXPIRED,
		    "RFC 5280 s6.1.3 (M-SIG-9)",
		    "%s certificate %s; the signer's was valid at the "
		    "signingTime",
		    who, what);
	return fault_set(why, FAULT_EXPIRED_AT_SIGNING,
	    "RFC 5280 s6.1.3 (M-SIG-9)",
	    "the signer's certificate was not valid at the signingTime");
}

/* The one that CMS_verify used is the one that was judged. */
static bool
check_signers(const struct judged *judged, struct fault *why)
{
	STACK_OF(X509) *signers = CMS_get0_signers(judged->cms);
	const bool is_leaf =
	    sk_X509_num(signers) == 1 &&
	    X509_cmp(sk_X509_value(signers, 0), judged->leaf) == 0;

	sk_X509_free(signers);
	if (!is_leaf)
		return malformed(why, "two certificates claim the signature");
	return true;
}

static bool
check_match(struct judged *judged, time_t at, struct fault *why)
{
	struct outcome outcome = attempt(judged, &at, CMS_BINARY);
	const struct outcome first = outcome;
	const bool is_late = !outcome.is_good && is_about_time(&outcome);

	/* Expiry is the fault only if nothing else is. */
	if (is_late)
		outcome = attempt(judged, NULL, CMS_BINARY);
	if (!outcome.is_good && outcome.chain != X509_V_OK)
		return refuse_chain(&outcome, why);
	if (!outcome.is_good)
		return refuse_match(judged, is_late ? NULL : &at, why);
	if (!check_signers(judged, why) ||
	    !certificate_check_use(judged->leaf, why))
		return false;
	return !is_late || refuse_time(judged, &first, why);
}

bool
signature_verify(struct bytes file, struct bytes signature,
    const struct anchors *anchors, time_t at, struct signer *signer,
    struct fault *why)
{
	struct judged judged = { .file = file, .anchors = anchors };
	bool ok;

	*signer = (struct signer){ .subject = "" };
	if (file.len > LIMIT_FILE)
		return fault_set(why, FAULT_TOO_LARGE, "S-6",
		    "a file of %zu bytes, the most is %d", file.len,
		    LIMIT_FILE);
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	ERR_clear_error();
	ok = decode(&judged, signature, why) && check_type(&judged, why) &&
	     find_signer(&judged, why);
	if (judged.leaf != NULL)
		certificate_describe(judged.leaf, signer);
	ok = ok && check_attributes(&judged, why) &&
	     check_algorithms(&judged, why) && check_match(&judged, at, why);
	sk_X509_pop_free(judged.certs, X509_free);
	CMS_ContentInfo_free(judged.cms);
	ERR_clear_error();
	return ok;
}
