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

#include "libmud/attributes.h"
#include "libmud/certificate.h"
#include "libmud/chain.h"
#include "libmud/der.h"
#include "libmud/fault.h"
#include "libmud/limits.h"
#include "libmud/mudsigner.h"

/* RFC 8520 s13.1: CMS, detached, DER, over the file's bytes. */
static const char clause_form[] = "RFC 8520 s13.1 (M-SIG-1)";
static const char clause_match[] = "RFC 8520 s13.2 (M-SIG-2)";

enum { TYPE_TEXT = 64 };

/* One signature under judgement. */
struct judged {
	struct bytes file;
	CMS_ContentInfo *cms;   /* owned */
	STACK_OF(X509) * certs; /* owned: those that cms carries */
	CMS_SignerInfo *info;   /* lent by cms */
	X509 *leaf;             /* lent by certs: the signer's */
};

static bool
begins_with(struct bytes raw, const char *text)
{
	const size_t len = strlen(text);

	return raw.len >= len && memcmp(raw.data, text, len) == 0;
}

/* What other tools write; told apart so that the maker hears what it is. */
static bool
check_text(struct bytes raw, struct fault *why)
{
	if (begins_with(raw, "-----BEGIN"))
		return fault_set(
		    why, FAULT_SIGNATURE_PEM, clause_form, "PEM, not DER");
	if (begins_with(raw, "MII"))
		return fault_set(
		    why, FAULT_SIGNATURE_PEM, clause_form, "Base64, not DER");
	if (begins_with(raw, "MIME-Version:") ||
	    begins_with(raw, "Content-Type:"))
		return fault_set(
		    why, FAULT_SIGNATURE_SMIME, clause_form, "S/MIME, not DER");
	return true;
}

/* Step 1: one DER ContentInfo, and nothing behind it. */
static bool
decode(struct judged *judged, struct bytes raw, struct fault *why)
{
	const unsigned char *end = raw.data;

	if (raw.len == 0)
		return fault_set(why, FAULT_SIGNATURE_EMPTY, clause_form,
		    "the signature is empty");
	if (raw.len > LIMIT_SIGNATURE)
		return fault_set(why, FAULT_SIGNATURE_LARGE, "S-6",
		    "a signature of %zu bytes, the most is %d", raw.len,
		    LIMIT_SIGNATURE);
	if (!check_text(raw, why) || !der_check(raw, why))
		return false;
	judged->cms = d2i_CMS_ContentInfo(NULL, &end, (long)raw.len);
	if (judged->cms == NULL || end != raw.data + raw.len)
		return fault_set(why, FAULT_SIGNATURE_FORM, clause_form,
		    "not a CMS object, though it is DER");
	return true;
}

/* What is signed is said to be data, or a MUD file (M-SIG-10). */
static bool
is_content_type(const ASN1_OBJECT *type)
{
	static const char mudtype[] = "1.2.840.113549.1.9.16.1.41";
	char text[TYPE_TEXT];

	if (OBJ_obj2nid(type) == NID_pkcs7_data)
		return true;
	return OBJ_obj2txt(text, sizeof(text), type, 1) > 0 &&
	       strcmp(text, mudtype) == 0;
}

/* Step 2. */
static bool
check_type(struct judged *judged, struct fault *why)
{
	const ASN1_OBJECT *type = CMS_get0_type(judged->cms);
	char name[TYPE_TEXT] = "";

	(void)OBJ_obj2txt(name, sizeof(name), type, 0);
	if (OBJ_obj2nid(type) != NID_pkcs7_signed)
		return fault_set(why, FAULT_SIGNATURE_TYPE, clause_form,
		    "CMS, but %s, no SignedData", name);
	if (CMS_is_detached(judged->cms) != 1)
		return fault_set(why, FAULT_SIGNATURE_ATTACHED,
		    "S-30, RFC 8520 s13.1 (M-SIG-1)",
		    "attached: the content is inside the signature");
	type = CMS_get0_eContentType(judged->cms);
	if (is_content_type(type))
		return true;
	(void)OBJ_obj2txt(name, sizeof(name), type, 0);
	return fault_set(why, FAULT_CONTENT_TYPE,
	    "RFC 5652 s5.2, RFC 8520 s11 (M-SIG-10)",
	    "the content type %s is neither data nor mudtype", name);
}

/* Step 3: not more than a signer and its chain. */
static bool
check_contents(struct judged *judged, struct fault *why)
{
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(judged->cms);
	const int n = sk_CMS_SignerInfo_num(infos);
	STACK_OF(X509_CRL) * crls;

	if (n <= 0)
		return fault_set(why, FAULT_NO_SIGNER, "RFC 5652 s5.1",
		    "no signer: the SignedData carries certificates only");
	if (n > 1)
		return fault_set(why, FAULT_SIGNERS, "RFC 5652 s5.1",
		    "%d signers, not one", n);
	judged->info = sk_CMS_SignerInfo_value(infos, 0);
	judged->certs = CMS_get1_certs(judged->cms);
	if (sk_X509_num(judged->certs) > LIMIT_CERTS)
		return fault_set(why, FAULT_MANY_CERTIFICATES, "S-8",
		    "%d certificates, the most is %d",
		    sk_X509_num(judged->certs), LIMIT_CERTS);
	crls = CMS_get1_crls(judged->cms);
	if (crls == NULL)
		return true;
	sk_X509_CRL_pop_free(crls, X509_CRL_free);
	return fault_set(
	    why, FAULT_CRL_INSIDE, "RFC 5652 s5.1", "revocation lists inside");
}

/* The signer's certificate is there, and only one can be meant; the same one
 * twice does no harm. */
static bool
find_signer(struct judged *judged, struct fault *why)
{
	int n = 0;

	for (int i = 0; i < sk_X509_num(judged->certs); i++) {
		X509 *cert = sk_X509_value(judged->certs, i);

		if (CMS_SignerInfo_cert_cmp(judged->info, cert) != 0)
			continue;
		n += judged->leaf == NULL || X509_cmp(judged->leaf, cert) != 0;
		judged->leaf = cert;
	}
	if (n == 1)
		return true;
	judged->leaf = NULL;
	if (n == 0)
		return fault_set(why, FAULT_SIGNER_MISSING, "RFC 5652 s5.1",
		    "the signer's certificate is not inside");
	return fault_set(why, FAULT_SIGNER_AMBIGUOUS, "RFC 5652 s5.3",
	    "%d certificates could be the signer's", n);
}

/* A key for PSS alone, which some versions of openssl(1) sign with as if it
 * were for PKCS #1 as well. */
static bool
check_padding(const struct judged *judged, int kind, struct fault *why)
{
	const EVP_PKEY *key = X509_get0_pubkey(judged->leaf);

	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS &&
	    kind != NID_rsassaPss)
		return fault_set(why, FAULT_PADDING, "RFC 4056 s2.2",
		    "an RSA-PSS key, but the signature is not said to be PSS");
	return true;
}

/* Step 5: SHA-2, in the digest as in the signature's own algorithm. */
static bool
check_algorithms(struct judged *judged, struct fault *why)
{
	X509_ALGOR *digest_alg = NULL, *sign_alg = NULL;
	const ASN1_OBJECT *object;
	int digest, sign_digest = NID_undef, kind = NID_undef;
	char name[TYPE_TEXT] = "";

	CMS_SignerInfo_get0_algs(
	    judged->info, NULL, NULL, &digest_alg, &sign_alg);
	X509_ALGOR_get0(&object, NULL, NULL, digest_alg);
	digest = OBJ_obj2nid(object);
	(void)OBJ_obj2txt(name, sizeof(name), object, 0);
	if (digest != NID_sha256 && digest != NID_sha384 &&
	    digest != NID_sha512)
		return fault_set(why, FAULT_DIGEST_WEAK, "RFC 5754 s2, S-37",
		    "digest %s, not SHA-256, SHA-384 or SHA-512", name);
	X509_ALGOR_get0(&object, NULL, NULL, sign_alg);
	/* rsaEncryption and RSASSA-PSS name no digest of their own. */
	if (OBJ_find_sigid_algs(OBJ_obj2nid(object), &sign_digest, &kind) ==
		1 &&
	    sign_digest != NID_undef && sign_digest != digest)
		return fault_set(why, FAULT_DIGESTS_DIFFER, "RFC 5754 s3",
		    "digest %s, but the signature is made with %s", name,
		    OBJ_nid2sn(sign_digest));
	return certificate_check_key(judged->leaf, why) &&
	       check_padding(judged, OBJ_obj2nid(object), why);
}

/*
 * The file's bytes to read from.  CMS_verify reads a memory BIO through another
 * of its own, and loses that where it does not know a digest; so it is not to
 * see that this is one.
 */
static BIO *
open_content(struct bytes file)
{
	BIO *memory = BIO_new_mem_buf(
	    file.len == 0 ? "" : (const char *)file.data, (int)file.len);
	BIO *filter = BIO_new(BIO_f_null());

	if (memory != NULL && filter != NULL)
		return BIO_push(filter, memory);
	BIO_free(memory);
	BIO_free(filter);
	return NULL;
}

/* Step 7. flags: CMS_BINARY judges the bytes as they are, 0 with CRLF line
 * ends. */
static bool
attempt(const struct judged *judged, struct chain *chain, unsigned int flags)
{
	X509_STORE *store = chain_store(chain);
	BIO *content = open_content(judged->file);
	bool is_good = false;

	ERR_clear_error();
	if (store != NULL && content != NULL)
		is_good = CMS_verify(judged->cms, NULL, store, content, NULL,
			      flags) == 1;
	BIO_free_all(content);
	X509_STORE_free(store);
	return is_good;
}

/* Is the signed messageDigest that of the file? */
static bool
is_digest_right(const struct judged *judged)
{
	const ASN1_OCTET_STRING *signed_digest =
	    attributes_digest(judged->info);
	unsigned char digest[EVP_MAX_MD_SIZE];
	const ASN1_OBJECT *object;
	X509_ALGOR *algorithm;
	unsigned int len;

	CMS_SignerInfo_get0_algs(judged->info, NULL, NULL, &algorithm, NULL);
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	if (EVP_Digest(judged->file.data, judged->file.len, digest, &len,
		EVP_get_digestbyobj(object), NULL) != 1)
		return false;
	return (unsigned int)ASN1_STRING_length(signed_digest) == len &&
	       memcmp(ASN1_STRING_get0_data(signed_digest), digest, len) == 0;
}

/* The chain holds, the signature does not: find the likely reason (S-30). */
static bool
refuse_match(
    const struct judged *judged, const struct chain *chain, struct fault *why)
{
	struct chain again;
	bool is_text;

	chain_init(&again, chain->anchors, chain->leaf, chain->at);
	is_text = attempt(judged, &again, 0);
	chain_done(&again);
	if (is_text)
		return fault_set(why, FAULT_SIGNED_AS_TEXT,
		    "S-30, RFC 8520 s13.1 (M-SIG-1)",
		    "the signature is over the file with CRLF line ends");
	if (is_digest_right(judged))
		return fault_set(why, FAULT_SIGNATURE_DAMAGED, clause_match,
		    "the signature was not made by the key of its "
		    "certificate, or was changed");
	return fault_set(why, FAULT_SIGNATURE_BROKEN, clause_match,
	    "the signature does not match the file: it was made over other "
	    "bytes");
}

/* Step 8: the one that CMS_verify used is the one that was judged. */
static bool
check_signers(const struct judged *judged, struct fault *why)
{
	STACK_OF(X509) *signers = CMS_get0_signers(judged->cms);
	const bool is_leaf =
	    sk_X509_num(signers) == 1 &&
	    X509_cmp(sk_X509_value(signers, 0), judged->leaf) == 0;

	sk_X509_free(signers);
	if (!is_leaf)
		return fault_set(why, FAULT_SIGNER_AMBIGUOUS, "RFC 5652 s5.3",
		    "the signer's certificate is not the one that was judged");
	return true;
}

/* Steps 7 to 9. Expiry is the fault only if nothing else is. */
static bool
check_match(const struct judged *judged, struct chain *chain,
    struct bytes mudsigner, struct fault *why)
{
	const bool is_good = attempt(judged, chain, CMS_BINARY);
	const char *text = ERR_reason_error_string(ERR_peek_error());

	if (!is_good && chain->error == X509_V_OK && !chain_is_good(chain))
		return fault_set(why, FAULT_SIGNATURE_DAMAGED, clause_match,
		    "the signature cannot be judged: %s",
		    text == NULL ? "unknown error" : text);
	if (!chain_check(chain, why))
		return false;
	if (!is_good)
		return refuse_match(judged, chain, why);
	return check_signers(judged, why) &&
	       certificate_check_use(judged->leaf, why) &&
	       mudsigner_check(judged->leaf, mudsigner, why) &&
	       chain_check_time(chain, attributes_time(judged->info), why);
}

/* All that can be said of the form, before anything is verified. */
static bool
check_form(struct judged *judged, struct bytes signature, struct signer *signer,
    struct fault *why)
{
	if (!decode(judged, signature, why) || !check_type(judged, why) ||
	    !check_contents(judged, why) || !find_signer(judged, why))
		return false;
	certificate_describe(judged->leaf, signer);
	return attributes_check(
		   judged->info, CMS_get0_eContentType(judged->cms), why) &&
	       check_algorithms(judged, why);
}

bool
signature_verify(struct bytes file, struct bytes signature,
    const struct anchors *anchors, struct bytes mudsigner, time_t at,
    struct signer *signer, struct fault *why)
{
	struct judged judged = { .file = file };
	struct chain chain;
	bool ok;

	*signer = (struct signer){ .subject = "" };
	if (file.len > LIMIT_FILE)
		return fault_set(why, FAULT_TOO_LARGE, "S-6",
		    "a file of %zu bytes, the most is %d", file.len,
		    LIMIT_FILE);
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	ERR_clear_error();
	ok = check_form(&judged, signature, signer, why);
	if (ok) {
		chain_init(&chain, anchors, judged.leaf, at);
		ok = check_match(&judged, &chain, mudsigner, why);
		chain_anchor(&chain, signer->anchor);
		chain_done(&chain);
	}
	sk_X509_pop_free(judged.certs, X509_free);
	CMS_ContentInfo_free(judged.cms);
	ERR_clear_error();
	return ok;
}
