/*
 * The signer's chain.  Role: reader, mudctl.  Input: certificates that anyone
 * may have made; the anchors are the administrator's.
 */
#include "libmud/chain.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "libmud/certificate.h"
#include "libmud/fault.h"

static const char clause_anchor[] = "RFC 8520 s13.2 (M-SIG-5)";
static const char clause_time[] = "RFC 5280 s6.1.3 (M-SIG-9)";

enum {
	CHAIN_DEPTH = 4,
	SECURITY_LEVEL = 2, /* 112 bits: RSA 2048, no SHA-1 in the chain */
};

/* What OpenSSL finds, as a fault of ours; what is not here is FAULT_CHAIN. */
static const struct {
	int error;
	enum fault_code code;
	const char *clause;
} kinds[] = {
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, FAULT_UNTRUSTED,
	    clause_anchor },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, FAULT_UNTRUSTED,
	    clause_anchor },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, FAULT_UNTRUSTED,
	    clause_anchor },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, FAULT_UNTRUSTED,
	    clause_anchor },
	{ X509_V_ERR_CERT_UNTRUSTED, FAULT_UNTRUSTED, clause_anchor },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, FAULT_SELF_SIGNED,
	    clause_anchor },
	{ X509_V_ERR_CERT_CHAIN_TOO_LONG, FAULT_CHAIN_DEEP,
	    "RFC 5280 s6.1 (M-SIG-5)" },
	{ X509_V_ERR_PATH_LENGTH_EXCEEDED, FAULT_PATH_LENGTH,
	    "RFC 5280 s4.2.1.9 (M-SIG-5)" },
	{ X509_V_ERR_PERMITTED_VIOLATION, FAULT_NAME_CONSTRAINTS,
	    "RFC 5280 s4.2.1.10 (M-SIG-5)" },
	{ X509_V_ERR_EXCLUDED_VIOLATION, FAULT_NAME_CONSTRAINTS,
	    "RFC 5280 s4.2.1.10 (M-SIG-5)" },
	{ X509_V_ERR_SUBTREE_MINMAX, FAULT_NAME_CONSTRAINTS,
	    "RFC 5280 s4.2.1.10 (M-SIG-5)" },
	{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, FAULT_NAME_CONSTRAINTS,
	    "RFC 5280 s4.2.1.10 (M-SIG-5)" },
	{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, FAULT_NAME_CONSTRAINTS,
	    "RFC 5280 s4.2.1.10 (M-SIG-5)" },
	{ X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, FAULT_NAME_CONSTRAINTS,
	    "RFC 5280 s4.2.1.10 (M-SIG-5)" },
	{ X509_V_ERR_INVALID_CA, FAULT_ISSUER_NO_CA,
	    "RFC 5280 s4.2.1.9 (M-SIG-5)" },
	{ X509_V_ERR_INVALID_NON_CA, FAULT_ISSUER_NO_CA,
	    "RFC 5280 s4.2.1.9 (M-SIG-5)" },
	{ X509_V_ERR_KEYUSAGE_NO_CERTSIGN, FAULT_ISSUER_NO_CA,
	    "RFC 5280 s4.2.1.3 (M-SIG-5)" },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, FAULT_CHAIN_WEAK, "S-37 (M-SIG-5)" },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, FAULT_CHAIN_WEAK, "S-37 (M-SIG-5)" },
	{ X509_V_ERR_CA_MD_TOO_WEAK, FAULT_CHAIN_WEAK, "S-37 (M-SIG-5)" },
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE, FAULT_CERTIFICATE_BROKEN,
	    "RFC 5280 s6.1.3 (M-SIG-5)" },
	{ X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, FAULT_CRITICAL_EXTENSION,
	    "RFC 5280 s4.2 (M-SIG-5)" },
};

/* From the first to the last of them, what X509_STRICT asks for. */
static bool
is_about_form(int error)
{
	return (error >= X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH &&
		   error <= X509_V_ERR_EC_KEY_EXPLICIT_PARAMS) ||
	       error == X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM ||
	       error == X509_V_ERR_INVALID_EXTENSION ||
	       error == X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD ||
	       error == X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD;
}

static bool
is_about_time(int error)
{
	return error == X509_V_ERR_CERT_HAS_EXPIRED ||
	       error == X509_V_ERR_CERT_NOT_YET_VALID;
}

static bool
is_about_anchor(int error)
{
	return error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
	       error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
	       error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
	       error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
}

/* An anchor that bears the name of the certificate's issuer, and did not sign
 * it (M-SIG-7). */
static bool
has_twin(const struct anchors *anchors, X509 *cert)
{
	for (int i = 0; i < sk_X509_num(anchors->certs); i++) {
		X509 *anchor = sk_X509_value(anchors->certs, i);

		if (X509_NAME_cmp(X509_get_subject_name(anchor),
			X509_get_issuer_name(cert)) == 0 &&
		    X509_verify(cert, X509_get0_pubkey(anchor)) != 1)
			return true;
	}
	return false;
}

/*
 * Remembers the first thing that is wrong, and goes on where it is only the
 * time.  Called for every certificate once the chain is built.
 */
static int
note_chain(int ok, X509_STORE_CTX *ctx)
{
	struct chain *chain =
	    X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(ctx), 0);
	const int error = X509_STORE_CTX_get_error(ctx);
	X509 *cert = X509_STORE_CTX_get_current_cert(ctx);

	if (ok || is_about_time(error)) {
		if (chain->certs == NULL)
			chain->certs = X509_STORE_CTX_get1_chain(ctx);
		return 1;
	}
	if (chain->error != X509_V_OK)
		return 0;
	chain->error = error;
	chain->depth = X509_STORE_CTX_get_error_depth(ctx);
	if (cert == NULL)
		return 0;
	/* Such a one finds no issuer, which is not what is wrong with it. */
	if ((X509_get_extension_flags(cert) & EXFLAG_INVALID) != 0)
		chain->error = X509_V_ERR_INVALID_EXTENSION;
	chain->has_twin = has_twin(chain->anchors, cert);
	certificate_print_name(X509_get_subject_name(cert), chain->subject,
	    sizeof(chain->subject));
	certificate_print_name(
	    X509_get_issuer_name(cert), chain->issuer, sizeof(chain->issuer));
	return 0;
}

/* Nobody stands above an anchor, whatever certificates come along with it. */
static int
is_issued(X509_STORE_CTX *ctx, X509 *cert, X509 *issuer)
{
	(void)ctx;
	(void)cert;
	(void)issuer;
	return 0;
}

void
chain_init(
    struct chain *chain, const struct anchors *anchors, X509 *leaf, time_t at)
{
	*chain = (struct chain){ .anchors = anchors, .leaf = leaf, .at = at };
}

void
chain_done(struct chain *chain)
{
	sk_X509_pop_free(chain->certs, X509_free);
}

X509_STORE *
chain_store(struct chain *chain)
{
	const STACK_OF(X509) *certs = chain->anchors->certs;
	const bool is_anchor = anchors_have(chain->anchors, chain->leaf);
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *param;
	unsigned long flags = X509_V_FLAG_X509_STRICT;

	if (store == NULL)
		return NULL;
	/* A leaf that the administrator trusts is its own anchor. */
	if (is_anchor) {
		flags |= X509_V_FLAG_PARTIAL_CHAIN;
		(void)X509_STORE_add_cert(store, chain->leaf);
		X509_STORE_set_check_issued(store, is_issued);
	}
	for (int i = 0; !is_anchor && i < sk_X509_num(certs); i++)
		(void)X509_STORE_add_cert(store, sk_X509_value(certs, i));
	param = X509_STORE_get0_param(store);
	X509_VERIFY_PARAM_set_time(param, chain->at);
	(void)X509_VERIFY_PARAM_set_flags(param, flags);
	(void)X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_ANY);
	X509_VERIFY_PARAM_set_depth(param, CHAIN_DEPTH);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	X509_STORE_set_verify_cb(store, note_chain);
	(void)X509_STORE_set_ex_data(store, 0, chain);
	return store;
}

bool
chain_is_good(const struct chain *chain)
{
	return chain->error == X509_V_OK && chain->certs != NULL;
}

bool
chain_check(const struct chain *chain, struct fault *why)
{
	const char *text = X509_verify_cert_error_string(chain->error);
	enum fault_code code = FAULT_CHAIN;
	const char *clause = clause_anchor;

	if (chain_is_good(chain))
		return true;
	if (chain->has_twin && is_about_anchor(chain->error))
		return fault_set(why, FAULT_ANCHOR_TWIN,
		    "RFC 8520 s16 (M-SIG-5, M-SIG-7)",
		    "%s was not issued with the key of the trust anchor %s",
		    chain->subject, chain->issuer);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].error == chain->error) {
			code = kinds[i].code;
			clause = kinds[i].clause;
		}
	if (code == FAULT_CHAIN && is_about_form(chain->error)) {
		code = FAULT_CERTIFICATE_FORM;
		clause = "RFC 5280 s4.1, s4.2 (M-SIG-5)";
	}
	if (code == FAULT_UNTRUSTED)
		return fault_set(why, code, clause,
		    "%s is issued by %s, and that leads to no trust anchor",
		    chain->subject, chain->issuer);
	return fault_set(why, code, clause, "certificate %d, %s: %s",
	    chain->depth, chain->subject, text);
}

/* The first certificate whose time has come to be this; -1: none has. */
static int
find_age(
    const struct chain *chain, enum certificate_age age, const ASN1_TIME *time)
{
	for (int i = 0; i < sk_X509_num(chain->certs); i++)
		if (certificate_age_at(sk_X509_value(chain->certs, i), time) ==
		    age)
			return i;
	return -1;
}

/* Expired by now: was everything valid when the file was signed? */
static bool
refuse_late(const struct chain *chain, int depth, const ASN1_TIME *signing,
    struct fault *why)
{
	const char *whose = depth == 0 ? "the signer's" : "a CA's";
	const X509 *cert = sk_X509_value(chain->certs, depth);
	char date[CERTIFICATE_DATE], signed_at[CERTIFICATE_DATE];

	certificate_print_time(X509_get0_notAfter(cert), date);
	if (signing == NULL)
		return fault_set(why, FAULT_NO_SIGNING_TIME, clause_time,
		    "%s certificate expired at %s; no signingTime says when "
		    "the file was signed",
		    whose, date);
	certificate_print_time(signing, signed_at);
	if (find_age(chain, CERTIFICATE_LATE, signing) >= 0)
		return fault_set(why, FAULT_EXPIRED_AT_SIGNING, clause_time,
		    "%s certificate expired at %s, before the signingTime %s",
		    whose, date, signed_at);
	if (find_age(chain, CERTIFICATE_EARLY, signing) >= 0)
		return fault_set(why, FAULT_SIGNED_EARLY, clause_time,
		    "%s certificate expired at %s, and the signingTime %s is "
		    "before it was valid",
		    whose, date, signed_at);
	return fault_set(why,
	    depth == 0 ? FAULT_SIGNER_EXPIRED : FAULT_CA_EXPIRED, clause_time,
	    "%s certificate expired at %s; it was valid at the signingTime "
	    "%s",
	    whose, date, signed_at);
}

bool
chain_check_time(
    const struct chain *chain, const ASN1_TIME *signing, struct fault *why)
{
	ASN1_TIME *now = ASN1_TIME_set(NULL, chain->at);
	char date[CERTIFICATE_DATE];
	bool ok = true;
	int depth;

	if ((depth = find_age(chain, CERTIFICATE_LATE, now)) >= 0) {
		ok = refuse_late(chain, depth, signing, why);
	} else if ((depth = find_age(chain, CERTIFICATE_EARLY, now)) >= 0) {
		certificate_print_time(
		    X509_get0_notBefore(sk_X509_value(chain->certs, depth)),
		    date);
		ok = fault_set(why, FAULT_NOT_YET_VALID, clause_time,
		    "%s certificate is not valid before %s",
		    depth == 0 ? "the signer's" : "a CA's", date);
	}
	ASN1_TIME_free(now);
	return ok;
}

void
chain_anchor(const struct chain *chain, uint8_t anchor[32])
{
	const int n = sk_X509_num(chain->certs);
	struct fault why;

	memset(anchor, 0, 32);
	if (!chain_is_good(chain) || !chain_check_time(chain, NULL, &why))
		return;
	certificate_key_digest(sk_X509_value(chain->certs, n - 1), anchor);
}
