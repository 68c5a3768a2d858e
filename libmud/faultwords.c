/*
 * The words for what is wrong with a signature (RFC 8520 s13).  They speak to
 * administrators, who cannot mend it: they can tell the maker what to do, or
 * look at the file and approve it as it is (M-SIG-6).
 */
#include "libmud/faultwords.h"

/* Held, not lost: all but what was expired when it was signed. */
#define OR_APPROVE                                                             \
	", or look at the file and run `mudctl approve ID --digest HEX`."

/* clang-format off */
static const struct fault_words words[FAULT_CODES] = {
	[FAULT_UNSIGNED] = { "unsigned",
	    "Ask the maker for a signed file" OR_APPROVE },
	[FAULT_SIGNATURE_URL] = { "signature-url",
	    "Ask the maker to put the signature on the host of the MUD file"
	    OR_APPROVE },

	[FAULT_SIGNATURE_EMPTY] = { "signature-empty",
	    "Ask the maker to publish the signature: its file has no bytes"
	    OR_APPROVE },
	[FAULT_SIGNATURE_LARGE] = { "signature-large",
	    "Ask the maker to leave out certificates that lead to no root"
	    OR_APPROVE },
	[FAULT_SIGNATURE_PEM] = { "signature-pem",
	    "Ask the maker to publish the signature as DER (`openssl cms "
	    "-outform DER`)" OR_APPROVE },
	[FAULT_SIGNATURE_SMIME] = { "signature-smime",
	    "Ask the maker to publish the signature as DER, not as a mail "
	    "(`openssl cms -outform DER`)" OR_APPROVE },
	[FAULT_SIGNATURE_FORM] = { "signature-form",
	    "Ask the maker what lies at the signature's URL: it is no CMS "
	    "signature" OR_APPROVE },
	[FAULT_SIGNATURE_BER] = { "signature-ber",
	    "Ask the maker to sign without -stream or -indef, so that DER "
	    "comes out" OR_APPROVE },
	[FAULT_SIGNATURE_CUT] = { "signature-cut",
	    "Ask the maker to publish the signature again, whole"
	    OR_APPROVE },
	[FAULT_SIGNATURE_TAIL] = { "signature-tail",
	    "Ask the maker to publish the signature alone, with nothing "
	    "behind it" OR_APPROVE },
	[FAULT_SIGNATURE_TYPE] = { "signature-type",
	    "Ask the maker to sign with `openssl cms -sign`: this CMS object "
	    "is of another kind" OR_APPROVE },
	[FAULT_SIGNATURE_ATTACHED] = { "attached",
	    "Ask the maker to sign again without -nodetach, so that the file "
	    "stays outside the signature" OR_APPROVE },
	[FAULT_CONTENT_TYPE] = { "content-type",
	    "Ask the maker to sign the file as data, without -econtent_type"
	    OR_APPROVE },

	[FAULT_NO_SIGNER] = { "no-signer",
	    "Ask the maker to sign with a key: this CMS object only carries "
	    "certificates" OR_APPROVE },
	[FAULT_SIGNERS] = { "several-signers",
	    "Ask the maker to sign with one -signer alone" OR_APPROVE },
	[FAULT_SIGNER_MISSING] = { "signer-missing",
	    "Ask the maker to sign again without -nocerts, so that the "
	    "signer's certificate is inside" OR_APPROVE },
	[FAULT_SIGNER_AMBIGUOUS] = { "signer-ambiguous",
	    "Ask the maker to leave out all but the certificate that signed: "
	    "two inside have one issuer and serial number" OR_APPROVE },
	[FAULT_MANY_CERTIFICATES] = { "many-certificates",
	    "Ask the maker to include the signer's certificate and its "
	    "intermediates only" OR_APPROVE },
	[FAULT_CRL_INSIDE] = { "crl-inside",
	    "Ask the maker to sign without revocation lists inside"
	    OR_APPROVE },

	[FAULT_NO_ATTRIBUTES] = { "no-signed-attributes",
	    "Ask the maker to sign again without -noattr" OR_APPROVE },
	[FAULT_MANY_ATTRIBUTES] = { "many-attributes",
	    "Ask the maker to sign with the attributes that `openssl cms "
	    "-sign` adds by itself" OR_APPROVE },
	[FAULT_ATTRIBUTE_TWICE] = { "duplicate-attribute",
	    "Ask the maker to sign with each attribute once" OR_APPROVE },
	[FAULT_NO_CONTENT_TYPE] = { "no-content-type",
	    "Ask the maker to sign with a contentType attribute, as "
	    "`openssl cms -sign` does by itself" OR_APPROVE },
	[FAULT_CONTENT_TYPE_DIFFERS] = { "content-type-differs",
	    "Ask the maker to sign with a contentType attribute that names "
	    "the type of the content" OR_APPROVE },
	[FAULT_NO_MESSAGE_DIGEST] = { "no-message-digest",
	    "Ask the maker to sign with a messageDigest attribute, as "
	    "`openssl cms -sign` does by itself" OR_APPROVE },
	[FAULT_SIGNING_TIME] = { "signing-time",
	    "Ask the maker to sign with a signingTime that is a UTCTime or a "
	    "GeneralizedTime" OR_APPROVE },
	[FAULT_UNSIGNED_ATTRIBUTE] = { "unsigned-attribute",
	    "Ask the maker to add nothing to the signature but a timestamp"
	    OR_APPROVE },

	[FAULT_DIGEST_WEAK] = { "digest-weak",
	    "Ask the maker to sign with SHA-256 (`openssl cms -sign -md "
	    "sha256`)" OR_APPROVE },
	[FAULT_DIGESTS_DIFFER] = { "digests-differ",
	    "Ask the maker to sign with one digest throughout (`openssl cms "
	    "-sign -md sha256`)" OR_APPROVE },
	[FAULT_RSA_SHORT] = { "rsa-key-short",
	    "Ask the maker to sign with an RSA key of 2048 bits or more"
	    OR_APPROVE },
	[FAULT_CURVE] = { "curve",
	    "Ask the maker to sign with a key on P-256, P-384 or P-521"
	    OR_APPROVE },
	[FAULT_EDDSA] = { "eddsa",
	    "The file may be right: it is this gateway's OpenSSL that cannot "
	    "verify EdDSA in CMS; ask the maker for an ECDSA or RSA "
	    "signature" OR_APPROVE },
	[FAULT_KEY_KIND] = { "key-kind",
	    "Ask the maker to sign with an RSA or ECDSA key" OR_APPROVE },
	[FAULT_PADDING] = { "padding",
	    "Ask the maker to sign with `openssl cms -sign -keyopt "
	    "rsa_padding_mode:pss`" OR_APPROVE },

	[FAULT_SIGNATURE_BROKEN] = { "signature-broken",
	    "Do not approve it unseen: the file was changed after signing; "
	    "ask the maker to sign what it serves." },
	[FAULT_SIGNATURE_DAMAGED] = { "signature-damaged",
	    "Do not approve it unseen: the signature was not made by the key "
	    "of its certificate, or was changed; ask the maker to sign "
	    "again." },
	[FAULT_SIGNED_AS_TEXT] = { "signed-as-text",
	    "Ask the maker to sign again with `openssl cms -sign -binary`"
	    OR_APPROVE },

	[FAULT_UNTRUSTED] = { "untrusted-signer",
	    "If you trust this signer run `mudctl trust add FILE` with its "
	    "CA's certificate, or look at the file and run "
	    "`mudctl approve ID --digest HEX`." },
	[FAULT_SELF_SIGNED] = { "self-signed",
	    "Nobody vouches for this signer; if you trust it run `mudctl "
	    "trust add FILE` with this very certificate" OR_APPROVE },
	[FAULT_ANCHOR_TWIN] = { "anchor-other-key",
	    "Do not approve it unseen: its CA bears the name of one that you "
	    "trust, with another key; ask that CA whether it has a new key." },
	[FAULT_CHAIN_DEEP] = { "chain-deep",
	    "Ask the maker for a certificate with fewer CAs above it"
	    OR_APPROVE },
	[FAULT_PATH_LENGTH] = { "path-length",
	    "Do not approve it unseen: a CA in the chain was not allowed to "
	    "make another CA; ask the maker for another certificate." },
	[FAULT_NAME_CONSTRAINTS] = { "name-constraints",
	    "Do not approve it unseen: a CA in the chain was not allowed to "
	    "give that name; ask the maker for another certificate." },
	[FAULT_ISSUER_NO_CA] = { "issuer-no-ca",
	    "Do not approve it unseen: a certificate in the chain was issued "
	    "by one that is no CA's; ask the maker for another "
	    "certificate." },
	[FAULT_CHAIN_WEAK] = { "chain-weak",
	    "Ask the maker for a certificate whose CAs have keys of today's "
	    "length and sign with SHA-256 or better" OR_APPROVE },
	[FAULT_CERTIFICATE_BROKEN] = { "certificate-broken",
	    "Do not approve it unseen: a certificate in the chain is not "
	    "what its CA signed; ask the maker to sign again." },
	[FAULT_CERTIFICATE_FORM] = { "certificate-form",
	    "Ask the maker for certificates as RFC 5280 wants them; the text "
	    "above names what is wrong" OR_APPROVE },
	[FAULT_CRITICAL_EXTENSION] = { "critical-extension",
	    "Ask the maker for a certificate without critical extensions of "
	    "its own" OR_APPROVE },
	[FAULT_CHAIN] = { "chain",
	    "Ask the maker to check the signer's certificate and those above "
	    "it" OR_APPROVE },

	[FAULT_SIGNER_EXPIRED] = { "signer-expired",
	    "Ask the maker to sign again with a valid certificate"
	    OR_APPROVE },
	[FAULT_CA_EXPIRED] = { "ca-expired",
	    "Ask the CA for its new certificate and run `mudctl trust add "
	    "FILE` if it is the trust anchor that has expired; else ask the "
	    "maker to sign again" OR_APPROVE },
	[FAULT_NO_SIGNING_TIME] = { "no-signing-time",
	    "Ask the maker to sign again with a valid certificate: nothing "
	    "says that this one was valid then" OR_APPROVE },
	[FAULT_NOT_YET_VALID] = { "not-yet-valid",
	    "Check this gateway's clock; if it is right wait until the "
	    "certificate is valid" OR_APPROVE },
	[FAULT_SIGNED_EARLY] = { "signed-early",
	    "Ask the maker to check the clock of the machine that signs, and "
	    "to sign again with a valid certificate" OR_APPROVE },
	[FAULT_EXPIRED_AT_SIGNING] = { "expired-at-signing",
	    "Ask the maker to sign again with a valid certificate." },

	[FAULT_NO_KEY_USAGE] = { "no-key-usage",
	    "Ask the maker for a signing certificate that has "
	    "`keyUsage = digitalSignature`" OR_APPROVE },
	[FAULT_KEY_USAGE] = { "key-usage",
	    "Ask the maker for a signing certificate whose keyUsage has "
	    "digitalSignature" OR_APPROVE },
	[FAULT_SIGNER_CA] = { "signer-is-ca",
	    "Ask the maker to sign with a certificate that the CA issues for "
	    "signing, not with the CA's own" OR_APPROVE },
	[FAULT_EXTENDED_KEY_USAGE] = { "extended-key-usage",
	    "Ask the maker to sign with a certificate issued for signing, "
	    "not with a TLS server's or client's" OR_APPROVE },
	[FAULT_MUDSIGNER] = { "mudsigner",
	    "Do not approve it unseen: the device's own certificate names "
	    "another signer for its MUD file; ask the maker which is right." },

	[FAULT_KEY_MISMATCH] = { "key-mismatch",
	    "Name the private key that belongs to the certificate." },
	[FAULT_KEY_ENCRYPTED] = { "key-encrypted",
	    "Decrypt the key, or name its passphrase." },
	[FAULT_KEY_UNREADABLE] = { "key-unreadable",
	    "Name a private key in PEM form." },
};
/* clang-format on */

const struct fault_words *
faultwords_of_signature(enum fault_code code)
{
	return &words[code];
}
