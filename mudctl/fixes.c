/*
 * Fixes for makers.  Role: mudctl, in `validate`, `verify` and `sign`.
 */
#include "mudctl/fixes.h"

#include <stddef.h>

#define SIGN_AGAIN "Sign again with `mudctl sign`"
#define OR_OPENSSL(options)                                                    \
	SIGN_AGAIN ", or `openssl cms -sign -binary -outform DER" options "`."

/* clang-format off */
static const char *const fixes[FAULT_CODES] = {
	/* The file. */
	[FAULT_MALFORMED] = "Write it as the clause says.",
	[FAULT_TOO_LONG] = "Make it shorter.",
	[FAULT_TOO_MANY] = "Make the file smaller.",
	[FAULT_TOO_LARGE] = "Make the file smaller.",
	[FAULT_UNSUPPORTED] =
	    "Ask for it with conditions that RFC 8520 or RFC 8519 has. To leave "
	    "the condition out would open the entry to more than it says.",
	[FAULT_NOT_HTTPS] = "Write the https URL of this file.",
	[FAULT_URL_FORBIDDEN] =
	    "Write an https URL with a public host name, without userinfo or "
	    "fragment.",
	[FAULT_NOT_JSON] = "Correct the JSON at this place.",
	[FAULT_NOT_A_MUD_FILE] =
	    "Put \"ietf-mud:mud\" and \"ietf-access-control-list:acls\" at "
	    "the top.",
	[FAULT_MUD_VERSION] = "Write \"mud-version\": 1.",
	[FAULT_DRAFT_FILE] = "Write \"ietf-access-control-list:acls\".",
	[FAULT_IP_LITERAL] =
	    "Write a DNS name or a class; for addresses an administrator is "
	    "asked first.",
	[FAULT_DROP_NOT_UNDERSTOOD] =
	    "Say what to drop with RFC 8520 and RFC 8519 alone; as it is an "
	    "administrator is asked first.",
	[FAULT_ACCEPTS_ALL] =
	    "Say whom the Thing needs to reach, and on which ports; for an ACE "
	    "without any condition an administrator is asked first.",
	[FAULT_UNSIGNED] =
	    "Write the signature's URL as \"mud-signature\" and sign the "
	    "file; for unsigned files an administrator is asked first.",
	[FAULT_SIGNATURE_URL] =
	    "Write a \"mud-signature\" on the host and port of \"mud-url\".",

	[FAULT_FROM_FUTURE] =
	    "Date the file by when it was made.",
	[FAULT_NEVER_MATCHES] =
	    "Write what the entry is meant to match, or leave it out.",
	[FAULT_SHADOWED] =
	    "Put the narrower of the two entries first, or leave it out.",
	[FAULT_ACL_ORDER] =
	    "Put entries whose order matters into one ACL.",
	[FAULT_TWIN_MISSING] =
	    "Add the entry for the other direction of the same service.",
	[FAULT_BROAD] =
	    "Name the peers, the protocol and the port that the Thing needs.",
	[FAULT_EXTENSION] =
	    "Name in \"extensions\" what the file uses, and nothing else.",
	[FAULT_UNADVISED] = "Do as the clause advises.",

	/* The signature's form. */
	[FAULT_SIGNATURE_EMPTY] =
	    SIGN_AGAIN "; this file has no bytes.",
	[FAULT_SIGNATURE_LARGE] =
	    "Include the signer's certificate and its intermediates, and no "
	    "others.",
	[FAULT_SIGNATURE_PEM] =
	    "Turn it into DER: `openssl cms -cmsout -inform PEM -outform "
	    "DER`.",
	[FAULT_SIGNATURE_SMIME] =
	    "Turn it into DER: `openssl cms -cmsout -inform SMIME -outform "
	    "DER`.",
	[FAULT_SIGNATURE_FORM] = OR_OPENSSL(""),
	[FAULT_SIGNATURE_BER] =
	    "Sign again without -stream and -indef, so that DER comes out.",
	[FAULT_SIGNATURE_CUT] =
	    "Copy the signature again as binary, whole.",
	[FAULT_SIGNATURE_TAIL] =
	    "Cut off what stands behind the signature.",
	[FAULT_SIGNATURE_TYPE] = OR_OPENSSL(""),
	[FAULT_SIGNATURE_ATTACHED] =
	    "Sign again without -nodetach: the file stays outside the "
	    "signature.",
	[FAULT_CONTENT_TYPE] =
	    "Sign again without -econtent_type.",

	/* Signers, and what comes with them. */
	[FAULT_NO_SIGNER] = OR_OPENSSL(""),
	[FAULT_SIGNERS] = "Sign again with one -signer alone.",
	[FAULT_SIGNER_MISSING] =
	    "Sign again without -nocerts: the signer's certificate belongs "
	    "inside.",
	[FAULT_SIGNER_AMBIGUOUS] =
	    "Sign again with only the certificate that belongs to the key; "
	    "no two of one CA may have the same serial number.",
	[FAULT_MANY_CERTIFICATES] =
	    "Include the signer's certificate and its intermediates, and no "
	    "others.",
	[FAULT_CRL_INSIDE] =
	    "Sign again without revocation lists; publish them elsewhere.",

	/* Attributes. */
	[FAULT_NO_ATTRIBUTES] = "Sign again without -noattr.",
	[FAULT_MANY_ATTRIBUTES] = OR_OPENSSL(""),
	[FAULT_ATTRIBUTE_TWICE] = OR_OPENSSL(""),
	[FAULT_NO_CONTENT_TYPE] = OR_OPENSSL(""),
	[FAULT_CONTENT_TYPE_DIFFERS] = OR_OPENSSL(""),
	[FAULT_NO_MESSAGE_DIGEST] = OR_OPENSSL(""),
	[FAULT_SIGNING_TIME] = OR_OPENSSL(""),
	[FAULT_UNSIGNED_ATTRIBUTE] =
	    "Add nothing to the signature but a timestamp.",

	/* Algorithms and keys. */
	[FAULT_DIGEST_WEAK] = OR_OPENSSL(" -md sha256"),
	[FAULT_DIGESTS_DIFFER] = OR_OPENSSL(" -md sha256"),
	[FAULT_RSA_SHORT] =
	    "Get a certificate for an RSA key of 2048 bits or more, or for "
	    "one on P-256.",
	[FAULT_CURVE] =
	    "Get a certificate for a key on P-256, P-384 or P-521.",
	[FAULT_EDDSA] =
	    "The signature may be right, but gateways with this OpenSSL "
	    "cannot verify it: sign with an ECDSA or RSA key.",
	[FAULT_KEY_KIND] = "Get a certificate for an RSA or ECDSA key.",
	[FAULT_PADDING] = OR_OPENSSL(" -keyopt rsa_padding_mode:pss"),

	/* Does it hold? */
	[FAULT_SIGNATURE_BROKEN] =
	    "Sign the file as it is published, byte for byte, and after the "
	    "last change.",
	[FAULT_SIGNATURE_DAMAGED] =
	    "Sign again, with the key that belongs to the certificate.",
	[FAULT_SIGNED_AS_TEXT] =
	    "Sign again with -binary: as text it is another file.",

	/* The chain. */
	[FAULT_UNTRUSTED] =
	    "Include the intermediates (`mudctl sign --intermediate`, or "
	    "`openssl cms -certfile`), and name the root with --trust.",
	[FAULT_SELF_SIGNED] =
	    "Name this very certificate with --trust if it is meant to be "
	    "trusted by itself; else get one from a CA.",
	[FAULT_ANCHOR_TWIN] =
	    "Find out which CA issued it: there are two of one name, with "
	    "different keys.",
	[FAULT_CHAIN_DEEP] =
	    "Get a certificate with at most four CAs below the root.",
	[FAULT_PATH_LENGTH] =
	    "Get a certificate from a CA that may issue it: one above it may "
	    "not have so many below.",
	[FAULT_NAME_CONSTRAINTS] =
	    "Get a certificate whose names its CA is allowed to give.",
	[FAULT_ISSUER_NO_CA] =
	    "Get a certificate from a CA: its issuer is not one, or lacks "
	    "keyCertSign.",
	[FAULT_CHAIN_WEAK] =
	    "Get a certificate from CAs with keys of today's length that "
	    "sign with SHA-256 or better.",
	[FAULT_CERTIFICATE_BROKEN] =
	    "Get the certificate again: it is not what its CA signed.",
	[FAULT_CERTIFICATE_FORM] =
	    "Get a certificate as RFC 5280 wants it; the message names what "
	    "is wrong, and with which.",
	[FAULT_CRITICAL_EXTENSION] =
	    "Get a certificate without critical extensions of its own.",
	[FAULT_CHAIN] =
	    "Check the signer's certificate and those above it.",

	/* Time. */
	[FAULT_SIGNER_EXPIRED] =
	    "Get a new certificate and sign again.",
	[FAULT_CA_EXPIRED] =
	    "Get a certificate from a CA that has not expired, and sign "
	    "again.",
	[FAULT_NO_SIGNING_TIME] =
	    "Get a new certificate and sign again, with a signingTime.",
	[FAULT_NOT_YET_VALID] =
	    "Publish it when the certificate is valid; check the clock.",
	[FAULT_SIGNED_EARLY] =
	    "Check the clock, get a new certificate and sign again.",
	[FAULT_EXPIRED_AT_SIGNING] =
	    "Sign again with a certificate that is valid now.",

	/* Is the signer fit to sign? */
	[FAULT_NO_KEY_USAGE] =
	    "Get a certificate with `keyUsage = critical, "
	    "digitalSignature`.",
	[FAULT_KEY_USAGE] =
	    "Get a certificate with `keyUsage = critical, "
	    "digitalSignature`.",
	[FAULT_SIGNER_CA] =
	    "Let the CA issue a certificate for signing (`basicConstraints = "
	    "CA:FALSE`), and sign with that.",
	[FAULT_EXTENDED_KEY_USAGE] =
	    "Get a certificate without extendedKeyUsage, or with "
	    "emailProtection or codeSigning in it.",
	[FAULT_MUDSIGNER] =
	    "Sign with a certificate of the subject that the device's "
	    "certificate names.",

	/* Making one. */
	[FAULT_KEY_MISMATCH] =
	    "Name the private key that belongs to the certificate.",
	[FAULT_KEY_ENCRYPTED] =
	    "Name its passphrase with --passin file:PATH or --passin "
	    "env:NAME.",
	[FAULT_KEY_UNREADABLE] =
	    "Name a private key in PEM form, as `openssl genpkey` writes it.",
};
/* clang-format on */

const char *
fix_for(enum fault_code code)
{
	if ((unsigned int)code < FAULT_CODES && fixes[code] != NULL)
		return fixes[code];
	return fault_remedy(code, true);
}
