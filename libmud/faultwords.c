/*
 * The words for what is wrong with a signature (RFC 8520 s13).  They speak to
 * administrators, who cannot mend it: they can tell the maker what to do, or
 * look at the file and approve it as it is (M-SIG-6).
 */
#include "libmud/faultwords.h"

#include <stddef.h>

/* clang-format off */
static const struct fault_words words[FAULT_CODES] = {
	[FAULT_UNSIGNED] = { "unsigned",
	    OR_APPROVE("Ask the maker for a signed file") },
	[FAULT_SIGNATURE_URL] = { "signature-url",
	    OR_APPROVE("Ask the maker to put the signature on the host of "
	        "the MUD file") },

	[FAULT_SIGNATURE_EMPTY] = { "signature-empty",
	    OR_APPROVE("Ask the maker to publish the signature: its file "
	        "has no bytes") },
	[FAULT_SIGNATURE_LARGE] = { "signature-large",
	    OR_APPROVE("Ask the maker to leave out certificates that lead "
	        "to no root") },
	[FAULT_SIGNATURE_PEM] = { "signature-pem",
	    OR_APPROVE("Ask the maker to publish the signature as DER "
	        "(`openssl cms -outform DER`)") },
	[FAULT_SIGNATURE_SMIME] = { "signature-smime",
	    OR_APPROVE("Ask the maker to publish the signature as DER, not "
	        "as a mail (`openssl cms -outform DER`)") },
	[FAULT_SIGNATURE_FORM] = { "signature-form",
	    OR_APPROVE("Ask the maker what lies at the signature's URL: it "
	        "is no CMS signature") },
	[FAULT_SIGNATURE_BER] = { "signature-ber",
	    OR_APPROVE("Ask the maker to sign without -stream or -indef, "
	        "so that DER comes out") },
	[FAULT_SIGNATURE_CUT] = { "signature-cut",
	    OR_APPROVE("Ask the maker to publish the signature again, whole") },
	[FAULT_SIGNATURE_TAIL] = { "signature-tail",
	    OR_APPROVE("Ask the maker to publish the signature alone, with "
	        "nothing behind it") },
	[FAULT_SIGNATURE_TYPE] = { "signature-type",
	    OR_APPROVE("Ask the maker to sign with `openssl cms -sign`: "
	        "this CMS object is of another kind") },
	[FAULT_SIGNATURE_ATTACHED] = { "attached",
	    OR_APPROVE("Ask the maker to sign again without -nodetach, so "
	        "that the file stays outside the signature") },
	[FAULT_CONTENT_TYPE] = { "content-type",
	    OR_APPROVE("Ask the maker to sign the file as data, without "
	        "-econtent_type") },

	[FAULT_NO_SIGNER] = { "no-signer",
	    OR_APPROVE("Ask the maker to sign with a key: this CMS object "
	        "only carries certificates") },
	[FAULT_SIGNERS] = { "several-signers",
	    OR_APPROVE("Ask the maker to sign with one -signer alone") },
	[FAULT_SIGNER_MISSING] = { "signer-missing",
	    OR_APPROVE("Ask the maker to sign again without -nocerts, so "
	        "that the signer's certificate is inside") },
	[FAULT_SIGNER_AMBIGUOUS] = { "signer-ambiguous",
	    OR_APPROVE("Ask the maker to leave out all but the certificate "
	        "that signed: two inside have one issuer and serial number") },
	[FAULT_MANY_CERTIFICATES] = { "many-certificates",
	    OR_APPROVE("Ask the maker to include the signer's certificate "
	        "and its intermediates only") },
	[FAULT_CRL_INSIDE] = { "crl-inside",
	    OR_APPROVE("Ask the maker to sign without revocation lists "
	        "inside") },

	[FAULT_NO_ATTRIBUTES] = { "no-signed-attributes",
	    OR_APPROVE("Ask the maker to sign again without -noattr") },
	[FAULT_MANY_ATTRIBUTES] = { "many-attributes",
	    OR_APPROVE("Ask the maker to sign with the attributes that "
	        "`openssl cms -sign` adds by itself") },
	[FAULT_ATTRIBUTE_TWICE] = { "duplicate-attribute",
	    OR_APPROVE("Ask the maker to sign with each attribute once") },
	[FAULT_NO_CONTENT_TYPE] = { "no-content-type",
	    OR_APPROVE("Ask the maker to sign with a contentType "
	        "attribute, as `openssl cms -sign` does by itself") },
	[FAULT_CONTENT_TYPE_DIFFERS] = { "content-type-differs",
	    OR_APPROVE("Ask the maker to sign with a contentType attribute "
	        "that names the type of the content") },
	[FAULT_NO_MESSAGE_DIGEST] = { "no-message-digest",
	    OR_APPROVE("Ask the maker to sign with a messageDigest "
	        "attribute, as `openssl cms -sign` does by itself") },
	[FAULT_SIGNING_TIME] = { "signing-time",
	    OR_APPROVE("Ask the maker to sign with a signingTime that is a "
	        "UTCTime or a GeneralizedTime") },
	[FAULT_UNSIGNED_ATTRIBUTE] = { "unsigned-attribute",
	    OR_APPROVE("Ask the maker to add nothing to the signature but "
	        "a timestamp") },

	[FAULT_DIGEST_WEAK] = { "digest-weak",
	    OR_APPROVE("Ask the maker to sign with SHA-256 (`openssl cms "
	        "-sign -md sha256`)") },
	[FAULT_DIGESTS_DIFFER] = { "digests-differ",
	    OR_APPROVE("Ask the maker to sign with one digest throughout "
	        "(`openssl cms -sign -md sha256`)") },
	[FAULT_RSA_SHORT] = { "rsa-key-short",
	    OR_APPROVE("Ask the maker to sign with an RSA key of 2048 bits "
	        "or more") },
	[FAULT_CURVE] = { "curve",
	    OR_APPROVE("Ask the maker to sign with a key on P-256, P-384 "
	        "or P-521") },
	[FAULT_EDDSA] = { "eddsa",
	    OR_APPROVE("The file may be right: it is this gateway's "
	        "OpenSSL that cannot verify EdDSA in CMS; ask the maker "
	        "for an ECDSA or RSA signature") },
	[FAULT_KEY_KIND] = { "key-kind",
	    OR_APPROVE("Ask the maker to sign with an RSA or ECDSA key") },
	[FAULT_PADDING] = { "padding",
	    OR_APPROVE("Ask the maker to sign with `openssl cms -sign "
	        "-keyopt rsa_padding_mode:pss`") },

	[FAULT_SIGNATURE_BROKEN] = { "signature-broken",
	    UNSEEN("the file was changed after signing; ask the maker to "
	        "sign what it serves.") },
	[FAULT_SIGNATURE_DAMAGED] = { "signature-damaged",
	    UNSEEN("the signature was not made by the key of its "
	        "certificate, or was changed; ask the maker to sign again.") },
	[FAULT_SIGNED_AS_TEXT] = { "signed-as-text",
	    OR_APPROVE("Ask the maker to sign again with `openssl cms "
	        "-sign -binary`") },

	[FAULT_UNTRUSTED] = { "untrusted-signer",
	    OR_APPROVE("If you trust this signer run `mudctl trust add "
	        "FILE` with its CA's certificate") },
	[FAULT_SELF_SIGNED] = { "self-signed",
	    OR_APPROVE("Nobody vouches for this signer; if you trust it "
	        "run `mudctl trust add FILE` with this very certificate") },
	[FAULT_ANCHOR_TWIN] = { "anchor-other-key",
	    UNSEEN("its CA bears the name of one that you trust, with "
	        "another key; ask that CA whether it has a new key.") },
	[FAULT_CHAIN_DEEP] = { "chain-deep",
	    OR_APPROVE("Ask the maker for a certificate with fewer CAs "
	        "above it") },
	[FAULT_PATH_LENGTH] = { "path-length",
	    UNSEEN("a CA in the chain was not allowed to make another CA; "
	        "ask the maker for another certificate.") },
	[FAULT_NAME_CONSTRAINTS] = { "name-constraints",
	    UNSEEN("a CA in the chain was not allowed to give that name; "
	        "ask the maker for another certificate.") },
	[FAULT_ISSUER_NO_CA] = { "issuer-no-ca",
	    UNSEEN("a certificate in the chain was issued by one that is "
	        "no CA's; ask the maker for another certificate.") },
	[FAULT_CHAIN_WEAK] = { "chain-weak",
	    OR_APPROVE("Ask the maker for a certificate whose CAs have "
	        "keys of today's length and sign with SHA-256 or better") },
	[FAULT_CERTIFICATE_BROKEN] = { "certificate-broken",
	    UNSEEN("a certificate in the chain is not what its CA signed; "
	        "ask the maker to sign again.") },
	[FAULT_CERTIFICATE_FORM] = { "certificate-form",
	    OR_APPROVE("Ask the maker for certificates as RFC 5280 wants "
	        "them; the text above names what is wrong") },
	[FAULT_CRITICAL_EXTENSION] = { "critical-extension",
	    OR_APPROVE("Ask the maker for a certificate without critical "
	        "extensions of its own") },
	[FAULT_CHAIN] = { "chain",
	    OR_APPROVE("Ask the maker to check the signer's certificate "
	        "and those above it") },

	[FAULT_SIGNER_EXPIRED] = { "signer-expired",
	    OR_APPROVE("Ask the maker to sign again with a valid "
	        "certificate") },
	[FAULT_CA_EXPIRED] = { "ca-expired",
	    OR_APPROVE("Ask the CA for its new certificate and run `mudctl "
	        "trust add FILE` if it is the trust anchor that has "
	        "expired; else ask the maker to sign again") },
	[FAULT_NO_SIGNING_TIME] = { "no-signing-time",
	    OR_APPROVE("Ask the maker to sign again with a valid "
	        "certificate: nothing says that this one was valid then") },
	[FAULT_NOT_YET_VALID] = { "not-yet-valid",
	    OR_APPROVE("Check this gateway's clock; if it is right wait "
	        "until the certificate is valid") },
	[FAULT_SIGNED_EARLY] = { "signed-early",
	    OR_APPROVE("Ask the maker to check the clock of the machine "
	        "that signs, and to sign again with a valid certificate") },
	[FAULT_EXPIRED_AT_SIGNING] = { "expired-at-signing",
	    "Ask the maker to sign again with a valid certificate; it will be "
	    "tried again.", NULL },

	[FAULT_NO_KEY_USAGE] = { "no-key-usage",
	    OR_APPROVE("Ask the maker for a signing certificate that has "
	        "`keyUsage = digitalSignature`") },
	[FAULT_KEY_USAGE] = { "key-usage",
	    OR_APPROVE("Ask the maker for a signing certificate whose "
	        "keyUsage has digitalSignature") },
	[FAULT_SIGNER_CA] = { "signer-is-ca",
	    OR_APPROVE("Ask the maker to sign with a certificate that the "
	        "CA issues for signing, not with the CA's own") },
	[FAULT_EXTENDED_KEY_USAGE] = { "extended-key-usage",
	    OR_APPROVE("Ask the maker to sign with a certificate issued "
	        "for signing, not with a TLS server's or client's") },
	[FAULT_MUDSIGNER] = { "mudsigner",
	    UNSEEN("the device's own certificate names another signer for "
	        "its MUD file; ask the maker which is right.") },

	[FAULT_KEY_MISMATCH] = { "key-mismatch",
	    "Name the private key that belongs to the certificate.", NULL },
	[FAULT_KEY_ENCRYPTED] = { "key-encrypted",
	    "Decrypt the key, or name its passphrase.", NULL },
	[FAULT_KEY_UNREADABLE] = { "key-unreadable",
	    "Name a private key in PEM form.", NULL },
};
/* clang-format on */

const struct fault_words *
faultwords_of_signature(enum fault_code code)
{
	return &words[code];
}
