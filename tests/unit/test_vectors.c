/*
 * Signatures, good and bad: a line a vector.  No two bad ones end in the same
 * code and text, unless the line says why they may.
 *
 * test_vectors [SIGNATURES [SEEDS]]: the folder that make-signatures.sh filled,
 * and one to write all vectors to, as seeds for fuzz_signature.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libmud/fault.h"
#include "tests/unit/sigedits.h"
#include "tests/unit/sigworld.h"

struct vector {
	const char *name, *signature, *trust;
	enum fault_code code;
	const char *detail; /* a part of it */
	void (*edit)(void);
	change_fn *change;
	int at;           /* days after it was made */
	const char *file; /* NULL: "file" */
	const char *same; /* why it may end as another does */
};

#define AS_MADE .edit = NULL

/* clang-format off */
static const struct vector good[] = {
	{ "RSA", "rsa", "ca.pem", 0, "", AS_MADE },
	{ "RSA-PSS", "pss", "ca.pem", 0, "", AS_MADE },
	{ "RSA-PSS key", "psskey", "ca.pem", 0, "", AS_MADE },
	{ "P-256", "p256", "ca.pem", 0, "", AS_MADE },
	{ "P-384", "p384", "ca.pem", 0, "", AS_MADE },
	{ "P-521", "p521", "ca.pem", 0, "", AS_MADE },
	{ "SHA-384", "sha384", "ca.pem", 0, "", AS_MADE },
	{ "SHA-512", "sha512", "ca.pem", 0, "", AS_MADE },
	{ "intermediate", "inter", "ca.pem", 0, "", AS_MADE },
	{ "four intermediates", "deep_enough", "ca.pem", 0, "", AS_MADE },
	{ "root inside", "with_root", "ca.pem", 0, "", AS_MADE },
	{ "eight certificates", "eight", "ca.pem", 0, "", AS_MADE },
	{ "one of two anchors", "foreign", "both.pem", 0, "", AS_MADE },
	{ "leaf is the anchor", "p256", "p256.pem", 0, "", AS_MADE },
	{ "leaf is the anchor, its CA inside", "inter", "below.pem", 0, "",
	    AS_MADE },
	{ "leaf is the anchor, its CA expired", "old_inter", "below_old.pem",
	    0, "", AS_MADE },
	{ "leaf is the anchor, its CA weak", "weak_ca", "below_weak.pem", 0,
	    "", AS_MADE },
	{ "self-signed anchor", "self", "self.pem", 0, "", AS_MADE },
	{ "mudtype", "mudtype", "ca.pem", 0, "", AS_MADE },
	{ "key identifier", "keyid", "ca.pem", 0, "", AS_MADE },
	{ "signingCertificate attribute", "cades", "ca.pem", 0, "", AS_MADE },
	{ "mail too", "mail", "ca.pem", 0, "", AS_MADE },
	{ "code signing", "code", "ca.pem", 0, "", AS_MADE },
	{ "path length kept", "path_kept", "ca.pem", 0, "", AS_MADE },
	{ "name constraints kept", "names_kept", "ca.pem", 0, "", AS_MADE },
	{ "timestamp", "p256", "ca.pem", 0, "", .change = change_timestamp },
	{ "no signingTime", "short", "ca.pem", 0, "",
	    .change = change_again_without_time },
	{ "signed in the future", "short", "ca.pem", 0, "",
	    .change = change_again_after },
	{ "last day", "short", "ca.pem", 0, "", .at = 1 },
};

static const struct vector bad[] = {
	/* Form: not one detached SignedData as DER. */
	{ "empty", "p256", "ca.pem", FAULT_SIGNATURE_EMPTY, "empty",
	    .edit = edit_empty },
	{ "too large", "p256", "ca.pem", FAULT_SIGNATURE_LARGE, "65537",
	    .edit = edit_grow },
	{ "PEM", "pem", "ca.pem", FAULT_SIGNATURE_PEM, "PEM", AS_MADE },
	{ "Base64", "base64", "ca.pem", FAULT_SIGNATURE_PEM, "Base64",
	    AS_MADE },
	{ "S/MIME", "smime", "ca.pem", FAULT_SIGNATURE_SMIME, "S/MIME",
	    AS_MADE },
	{ "indefinite length", "ber", "ca.pem", FAULT_SIGNATURE_BER,
	    "indefinite", AS_MADE },
	{ "long length", "p256", "ca.pem", FAULT_SIGNATURE_BER,
	    "than it needs", .edit = edit_long_length },
	{ "cut short", "p256", "ca.pem", FAULT_SIGNATURE_CUT, "missing",
	    .edit = edit_cut },
	{ "trailing byte", "p256", "ca.pem", FAULT_SIGNATURE_TAIL, "behind",
	    .edit = edit_tail },
	{ "the file itself", "not_cms.p7s", "ca.pem", FAULT_SIGNATURE_FORM,
	    "0x7b", AS_MADE },
	{ "a certificate", "certificate", "ca.pem", FAULT_SIGNATURE_FORM,
	    "though it is DER", AS_MADE },
	{ "Data", "data", "ca.pem", FAULT_SIGNATURE_TYPE, "pkcs7-data",
	    AS_MADE },
	{ "EnvelopedData", "enveloped", "ca.pem", FAULT_SIGNATURE_TYPE,
	    "enveloped", AS_MADE },
	{ "DigestedData", "digested", "ca.pem", FAULT_SIGNATURE_TYPE,
	    "digestData", AS_MADE },
	{ "EncryptedData", "encrypted", "ca.pem", FAULT_SIGNATURE_TYPE,
	    "encryptedData", AS_MADE },
	{ "attached", "attached", "ca.pem", FAULT_SIGNATURE_ATTACHED, "inside",
	    AS_MADE },
	{ "other content type", "odd_type", "ca.pem", FAULT_CONTENT_TYPE,
	    "1.2.3.4", AS_MADE },

	/* Signers, and what comes with them. */
	{ "no signer", "no_signer", "ca.pem", FAULT_NO_SIGNER, "no signer",
	    AS_MADE },
	{ "two signers", "two", "ca.pem", FAULT_SIGNERS, "2 signers",
	    AS_MADE },
	{ "no certificates", "no_certs", "ca.pem", FAULT_SIGNER_MISSING,
	    "not inside", AS_MADE },
	{ "two certificates of one number", "seven", "ca.pem",
	    FAULT_SIGNER_AMBIGUOUS, "2 certificates", .change = change_sevens },
	{ "nine certificates", "nine", "ca.pem", FAULT_MANY_CERTIFICATES,
	    "9 certificates", AS_MADE },
	{ "chain of twenty", "much_too_deep", "ca.pem",
	    FAULT_MANY_CERTIFICATES, "21 certificates", AS_MADE },
	{ "CRL inside", "p256", "ca.pem", FAULT_CRL_INSIDE, "revocation",
	    .change = change_crl },

	/* Attributes. */
	{ "no attributes", "no_attributes", "ca.pem", FAULT_NO_ATTRIBUTES,
	    "no signed attributes", AS_MADE },
	{ "many attributes", "p256", "ca.pem", FAULT_MANY_ATTRIBUTES,
	    "36 signed", .change = change_many },
	{ "attribute of two values", "p256", "ca.pem", FAULT_ATTRIBUTE_TWICE,
	    "signingTime has 2", .change = change_second_value },
	{ "attribute twice", "p256", "ca.pem", FAULT_ATTRIBUTE_TWICE,
	    "signingTime is there twice", .change = change_attribute_twice },
	{ "contentType twice", "p256", "ca.pem", FAULT_ATTRIBUTE_TWICE,
	    "contentType is there twice", .change = change_content_type_twice },
	{ "no contentType", "p256", "ca.pem", FAULT_NO_CONTENT_TYPE,
	    "no contentType", .change = change_drop_type },
	{ "other contentType", "p256", "ca.pem", FAULT_CONTENT_TYPE_DIFFERS,
	    "pkcs7-signedData", .change = change_other_type },
	{ "spoilt contentType", "p256", "ca.pem", FAULT_CONTENT_TYPE_DIFFERS,
	    "no type", .change = change_spoil_type },
	{ "no messageDigest", "p256", "ca.pem", FAULT_NO_MESSAGE_DIGEST,
	    "no messageDigest", .change = change_drop_digest },
	{ "spoilt messageDigest", "p256", "ca.pem", FAULT_NO_MESSAGE_DIGEST,
	    "no digest", .change = change_spoil_digest },
	{ "spoilt signingTime", "p256", "ca.pem", FAULT_SIGNING_TIME,
	    "no time", .change = change_spoil_time },
	{ "unsigned attribute", "p256", "ca.pem", FAULT_UNSIGNED_ATTRIBUTE,
	    "unstructuredName", .change = change_unsigned },

	/* Algorithms and keys. */
	{ "SHA-1", "sha1", "ca.pem", FAULT_DIGEST_WEAK, "sha1", AS_MADE },
	{ "MD5", "md5", "ca.pem", FAULT_DIGEST_WEAK, "md5", AS_MADE },
	{ "SHA-224", "sha224", "ca.pem", FAULT_DIGEST_WEAK, "sha224",
	    AS_MADE },
	{ "SHA-3", "sha3-256", "ca.pem", FAULT_DIGEST_WEAK, "sha3-256",
	    AS_MADE },
	{ "digests mixed", "p256", "ca.pem", FAULT_DIGESTS_DIFFER, "SHA1",
	    .change = change_mix_digests },
	{ "RSA 1024", "rsa1024", "ca.pem", FAULT_RSA_SHORT, "1024", AS_MADE },
	{ "RSA 2047", "rsa2047", "ca.pem", FAULT_RSA_SHORT, "2047", AS_MADE },
	{ "P-224", "p224", "ca.pem", FAULT_CURVE, "secp224r1", AS_MADE },
	{ "secp256k1", "k1", "ca.pem", FAULT_CURVE, "secp256k1", AS_MADE },
	{ "curve spelt out", "explicit", "ca.pem", FAULT_CURVE, "spelt out",
	    AS_MADE },
	{ "Ed25519", "seven", "ca.pem", FAULT_EDDSA, "ED25519",
	    .change = change_ed25519 },
	{ "Ed448", "seven", "ca.pem", FAULT_EDDSA, "ED448",
	    .change = change_ed448 },
	{ "DSA", "seven", "ca.pem", FAULT_KEY_KIND, "neither",
	    .change = change_dsa },
	{ "key of no known kind", "seven", "ca.pem", FAULT_KEY_KIND,
	    "cannot be read", .change = change_unknown_key },
	{ "PSS key without PSS", "padding", "ca.pem", FAULT_PADDING, "PSS",
	    AS_MADE },

	/* Does it hold? */
	{ "another file", "p256", "ca.pem", FAULT_SIGNATURE_BROKEN,
	    "does not match", .file = "other" },
	{ "other messageDigest", "p256", "ca.pem", FAULT_SIGNATURE_BROKEN,
	    "does not match", .change = change_other_digest,
	    .same = "both say that the file has another digest" },
	{ "expired and broken", "short", "ca.pem", FAULT_SIGNATURE_BROKEN,
	    "does not match", .at = 4, .file = "other",
	    .same = "expiry is told last" },
	{ "attribute changed", "p256", "ca.pem", FAULT_SIGNATURE_DAMAGED,
	    "not made by", .change = change_drop_time },
	{ "signature changed", "p256", "ca.pem", FAULT_SIGNATURE_DAMAGED,
	    "not made by", .change = change_value,
	    .same = "nobody can tell signature and attributes apart" },
	{ "other key of the same number", "seven", "ca.pem",
	    FAULT_SIGNATURE_DAMAGED, "not made by", .change = change_other_key,
	    .same = "nobody can tell whose key it was" },
	{ "text mode", "text", "ca.pem", FAULT_SIGNED_AS_TEXT, "CRLF",
	    AS_MADE },
	{ "expired and text", "text", "ca.pem", FAULT_SIGNED_AS_TEXT, "CRLF",
	    .at = 400, .same = "expiry is told last" },

	/* The chain. */
	{ "other anchor", "foreign", "ca.pem", FAULT_UNTRUSTED,
	    "O=Stranger, and", AS_MADE },
	{ "no anchors", "p256", "none.pem", FAULT_UNTRUSTED, "O=Trust, and",
	    AS_MADE },
	{ "root inside is no anchor", "with_root", "none.pem", FAULT_UNTRUSTED,
	    "CN=CA,O=Trust is issued", AS_MADE },
	{ "intermediate missing", "no_inter", "ca.pem", FAULT_UNTRUSTED,
	    "CN=below,O=Vendor is issued by CN=inter", AS_MADE },
	{ "intermediate is no anchor", "inter", "inter.pem", FAULT_UNTRUSTED,
	    "CN=inter,O=Vendor is issued by CN=CA", AS_MADE },
	{ "expired and untrusted", "foreign", "ca.pem", FAULT_UNTRUSTED,
	    "O=Stranger", .at = 400, .same = "expiry is told last" },
	{ "self-signed", "self", "ca.pem", FAULT_SELF_SIGNED, "self",
	    AS_MADE },
	{ "same subject, other key", "twin_leaf", "ca.pem", FAULT_ANCHOR_TWIN,
	    "CN=twin_leaf", AS_MADE },
	{ "anchor replaced", "p256", "twin.pem", FAULT_ANCHOR_TWIN, "CN=p256",
	    AS_MADE },
	{ "chain of six", "too_deep", "ca.pem", FAULT_CHAIN_DEEP, "too long",
	    AS_MADE },
	{ "path length", "too_far", "ca.pem", FAULT_PATH_LENGTH, "path length",
	    AS_MADE },
	{ "name not permitted", "not_permitted", "ca.pem",
	    FAULT_NAME_CONSTRAINTS, "permitted", AS_MADE },
	{ "name excluded", "is_excluded", "ca.pem", FAULT_NAME_CONSTRAINTS,
	    "excluded", AS_MADE },
	{ "issuer is no CA", "not_ca", "ca.pem", FAULT_ISSUER_NO_CA, "not_ca",
	    AS_MADE },
	{ "issuer may not issue", "no_issue", "ca.pem", FAULT_ISSUER_NO_CA,
	    "no_issue", AS_MADE },
	{ "weak CA", "weak_ca", "ca.pem", FAULT_CHAIN_WEAK,
	    "CA certificate key too weak", AS_MADE },
	{ "SHA-1 in the chain", "sha1_leaf", "ca.pem", FAULT_CHAIN_WEAK,
	    "digest", AS_MADE },
	{ "certificate changed", "seven", "ca.pem", FAULT_CERTIFICATE_BROKEN,
	    "signature failure", .change = change_spoil_certificate },
	{ "critical extension", "critical", "ca.pem", FAULT_CRITICAL_EXTENSION,
	    "critical extension", AS_MADE },
	{ "basicConstraints not critical", "below_mild", "mild_ca.pem",
	    FAULT_CERTIFICATE_FORM, "Basic Constraints", AS_MADE },
	{ "CA without keyUsage", "below_plain", "plain_ca.pem",
	    FAULT_CERTIFICATE_FORM, "key usage", AS_MADE },
	{ "CA without a key identifier", "below_keyless", "no_subject_key.pem",
	    FAULT_CERTIFICATE_FORM, "Subject Key", AS_MADE },
	{ "leaf without its CA's key identifier", "no_authority", "ca.pem",
	    FAULT_CERTIFICATE_FORM, "Authority Key", AS_MADE },
	{ "leaf without a name", "nameless", "ca.pem", FAULT_CERTIFICATE_FORM,
	    "name empty", AS_MADE },
	{ "broken extension", "broken_leaf", "ca.pem", FAULT_CERTIFICATE_FORM,
	    "extension", AS_MADE },
	{ "broken extension, yet an anchor", "broken_leaf", "broken_leaf.pem",
	    FAULT_CERTIFICATE_FORM, "extension",
	    .same = "an anchor must be read all the same" },

	/* Time. */
	{ "expired since", "short", "ca.pem", FAULT_SIGNER_EXPIRED,
	    "it was valid at the signingTime", .at = 4 },
	{ "anchor expired since", "p256", "p256.pem", FAULT_SIGNER_EXPIRED,
	    "the signer's certificate expired", .at = 400 },
	{ "CA expired since", "short_inter", "ca.pem", FAULT_CA_EXPIRED,
	    "a CA's certificate expired", .at = 4 },
	{ "expired, nobody knows when signed", "short", "ca.pem",
	    FAULT_NO_SIGNING_TIME, "no signingTime",
	    .change = change_again_without_time, .at = 4 },
	{ "not yet valid", "p256", "ca.pem", FAULT_NOT_YET_VALID,
	    "the signer's certificate is not valid before", .at = -1 },
	{ "expired, signed before it was valid", "short", "ca.pem",
	    FAULT_SIGNED_EARLY, "before it was valid",
	    .change = change_again_before, .at = 4 },
	{ "expired at signing", "old", "ca.pem", FAULT_EXPIRED_AT_SIGNING,
	    "the signer's certificate expired at 2020-02-01", AS_MADE },
	{ "CA expired at signing", "old_inter", "ca.pem",
	    FAULT_EXPIRED_AT_SIGNING, "a CA's certificate expired at 2020",
	    AS_MADE },
	{ "signed after it had expired", "short", "ca.pem",
	    FAULT_EXPIRED_AT_SIGNING, "before the signingTime",
	    .change = change_again_after, .at = 4 },

	/* Is the signer fit to sign? */
	{ "no keyUsage", "no_usage", "ca.pem", FAULT_NO_KEY_USAGE,
	    "no keyUsage", AS_MADE },
	{ "no keyUsage, yet an anchor", "no_usage", "no_usage.pem",
	    FAULT_NO_KEY_USAGE, "no keyUsage",
	    .same = "an anchor needs it all the same" },
	{ "other keyUsage", "other_usage", "ca.pem", FAULT_KEY_USAGE,
	    "digitalSignature", AS_MADE },
	{ "root signs", "signing_ca", "signing_ca.pem", FAULT_SIGNER_CA, "CA",
	    AS_MADE },
	{ "intermediate signs", "sub_ca", "ca.pem", FAULT_SIGNER_CA, "CA",
	    .same = "a CA is a CA" },
	{ "TLS server signs", "tls", "ca.pem", FAULT_EXTENDED_KEY_USAGE,
	    "extendedKeyUsage", AS_MADE },
	{ "any extendedKeyUsage", "any", "ca.pem", FAULT_EXTENDED_KEY_USAGE,
	    "extendedKeyUsage", .same = "neither names signing" },
	{ "expired and unfit", "tls", "ca.pem", FAULT_EXTENDED_KEY_USAGE,
	    "extendedKeyUsage", .at = 400, .same = "expiry is told last" },
};
/* clang-format on */

static const char *seeds; /* NULL: none are wanted */

/* One signature as a seed of fuzz_signature, which has small ones only. */
static void
write_seed(const struct vector *v)
{
	char path[512];
	FILE *out;

	if (seeds == NULL || sigworld.signature.len > 5000)
		return;
	(void)snprintf(path, sizeof(path), "%s/%s", seeds, v->name);
	for (char *at = path + strlen(seeds) + 1; *at != '\0'; at++)
		if (*at == ' ' || *at == ',' || *at == '/' || *at == '\'')
			*at = '-';
	out = fopen(path, "wb");
	assert_non_null(out);
	(void)fwrite(sigworld.signature.data, 1, sigworld.signature.len, out);
	assert_int_equal(fclose(out), 0);
}

#define N_GOOD (sizeof(good) / sizeof(good[0]))
#define N_BAD  (sizeof(bad) / sizeof(bad[0]))

static bool
judge(const struct vector *v, struct fault *why)
{
	struct signer signer;
	char name[128];

	(void)snprintf(name, sizeof(name), "%s%s", v->signature,
	    strchr(v->signature, '.') == NULL ? ".p7s" : "");
	sigworld_load(v->file == NULL ? "file" : v->file, &sigworld.file);
	sigworld_load(name, &sigworld.signature);
	sigworld_load(v->trust, &sigworld.trust);
	if (v->edit != NULL)
		v->edit();
	if (v->change != NULL)
		edit_apply(v->change);
	write_seed(v);
	*why = (struct fault){ .code = FAULT_NONE };
	return sigworld_verify(v->at, (struct bytes){ NULL, 0 }, &signer, why);
}

static void
accepts(void **state)
{
	struct fault why;

	(void)state;
	for (size_t i = 0; i < N_GOOD; i++)
		if (!judge(&good[i], &why))
			fail_msg("%s: %s: %s", good[i].name,
			    fault_name(why.code), why.detail);
}

static void
refuses(void **state)
{
	static struct fault found[N_BAD];
	size_t n_wrong = 0;

	(void)state;
	assert_true(N_BAD >= 60);
	for (size_t i = 0; i < N_BAD; i++) {
		const bool ok = judge(&bad[i], &found[i]);

		if (!ok && found[i].code == bad[i].code &&
		    strstr(found[i].detail, bad[i].detail) != NULL)
			continue;
		print_error("%s: %s: %s\n", bad[i].name,
		    fault_name(found[i].code), found[i].detail);
		n_wrong++;
	}
	assert_int_equal(n_wrong, 0);
	for (size_t i = 0; i < N_BAD; i++) {
		assert_true(fault_is_sound(&found[i]));
		assert_true(found[i].clause[0] != '\0');
		for (size_t j = 0; j < i; j++)
			if (found[i].code == found[j].code &&
			    strcmp(found[i].detail, found[j].detail) == 0 &&
			    bad[i].same == NULL)
				fail_msg("%s ends as %s does: %s", bad[i].name,
				    bad[j].name, found[i].detail);
	}
}

/* Whatever can be found wrong with a signature is found in some vector. */
static void
leaves_no_code_out(void **state)
{
	(void)state;
	for (int code = FAULT_SIGNATURE_EMPTY; code < FAULT_MUDSIGNER; code++) {
		bool is_there = code == FAULT_CHAIN;

		for (size_t i = 0; i < N_BAD; i++)
			is_there |= bad[i].code == (enum fault_code)code;
		if (!is_there)
			fail_msg("%s", fault_name((enum fault_code)code));
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts),
		cmocka_unit_test(refuses),
		cmocka_unit_test(leaves_no_code_out),
	};

	if (argc > 1)
		sigworld.folder = argv[1];
	if (argc > 2)
		seeds = argv[2];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
