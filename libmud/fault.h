/*
 * Why an input was refused, as a value.
 *
 * A fault is made once, where the input is refused; it is copied as it is
 * from process to process, logged once by the engine, and is what mudctl
 * prints.  It names the clause that was broken, what was seen, and (through
 * its code) what to do next.  Fixed size, no pointers: it travels in records.
 */
#ifndef LIBMUD_FAULT_H
#define LIBMUD_FAULT_H

#include <stdbool.h>

enum fault_code {
	FAULT_NONE,
	/* any input */
	FAULT_MALFORMED,   /* does not follow its grammar */
	FAULT_TOO_LONG,    /* longer than a limit */
	FAULT_TOO_MANY,    /* more than a limit */
	FAULT_UNSUPPORTED, /* right, but not understood (yet) */
	/* MUD URL */
	FAULT_NOT_HTTPS,
	FAULT_URL_FORBIDDEN, /* userinfo, fragment, port, local host */
	FAULT_URL_CONFLICT,  /* more than one MUD URL announced */
	/* fetching */
	FAULT_RESOLVE,         /* the name has no usable address */
	FAULT_ADDRESS_REFUSED, /* it leads where we do not go (S-22) */
	FAULT_CONNECT,
	FAULT_TLS,      /* the server's certificate is not trusted */
	FAULT_HTTP,     /* status other than 200, too many redirects */
	FAULT_REDIRECT, /* to another host, port or scheme */
	FAULT_TIMEOUT,
	FAULT_TOO_LARGE,
	FAULT_MEDIA_TYPE, /* served as something else (S-26) */
	/* signature: of the file (RFC 8520 s13.2) */
	FAULT_UNSIGNED,      /* the file names no mud-signature */
	FAULT_SIGNATURE_URL, /* on another host, or not https */
	/* signature: its form (RFC 8520 s13.1, RFC 5652) */
	FAULT_SIGNATURE_EMPTY,
	FAULT_SIGNATURE_LARGE,
	FAULT_SIGNATURE_PEM,
	FAULT_SIGNATURE_SMIME,
	FAULT_SIGNATURE_FORM, /* no CMS object at all */
	FAULT_SIGNATURE_BER,  /* CMS perhaps, but not as DER */
	FAULT_SIGNATURE_CUT,  /* its end is missing */
	FAULT_SIGNATURE_TAIL, /* bytes behind it */
	FAULT_SIGNATURE_TYPE, /* CMS, but no SignedData */
	FAULT_SIGNATURE_ATTACHED,
	FAULT_CONTENT_TYPE, /* signed as something else than data */
	/* signature: signers and what comes with them (RFC 5652 s5) */
	FAULT_NO_SIGNER,
	FAULT_SIGNERS,          /* more than one */
	FAULT_SIGNER_MISSING,   /* its certificate is not inside */
	FAULT_SIGNER_AMBIGUOUS, /* two certificates could be its */
	FAULT_MANY_CERTIFICATES,
	FAULT_CRL_INSIDE,
	/* signature: attributes (RFC 5652 s5.3, s11) */
	FAULT_NO_ATTRIBUTES,
	FAULT_MANY_ATTRIBUTES,
	FAULT_ATTRIBUTE_TWICE,
	FAULT_NO_CONTENT_TYPE,
	FAULT_CONTENT_TYPE_DIFFERS, /* from the eContentType */
	FAULT_NO_MESSAGE_DIGEST,
	FAULT_SIGNING_TIME, /* is no time */
	FAULT_UNSIGNED_ATTRIBUTE,
	/* signature: algorithms and keys */
	FAULT_DIGEST_WEAK,
	FAULT_DIGESTS_DIFFER, /* of the signer and of its signature */
	FAULT_RSA_SHORT,
	FAULT_CURVE,
	FAULT_EDDSA, /* the library cannot verify it in CMS */
	FAULT_KEY_KIND,
	FAULT_PADDING, /* a PSS key, but no PSS signature */
	/* signature: does it hold (RFC 8520 s13.2) */
	FAULT_SIGNATURE_BROKEN,  /* does not match the bytes of the file */
	FAULT_SIGNATURE_DAMAGED, /* the digest does, the signature does not */
	FAULT_SIGNED_AS_TEXT,    /* would match after CRLF translation */
	/* signature: the signer's chain (RFC 5280 s6) */
	FAULT_UNTRUSTED,   /* ends at no trust anchor */
	FAULT_SELF_SIGNED, /* is no trust anchor itself */
	FAULT_ANCHOR_TWIN, /* an anchor's name, but not its key */
	FAULT_CHAIN_DEEP,
	FAULT_PATH_LENGTH,
	FAULT_NAME_CONSTRAINTS,
	FAULT_ISSUER_NO_CA,
	FAULT_CHAIN_WEAK,         /* key or digest of a CA */
	FAULT_CERTIFICATE_BROKEN, /* it is not its issuer's signature */
	FAULT_CERTIFICATE_FORM,   /* not as RFC 5280 s4 wants it */
	FAULT_CRITICAL_EXTENSION,
	FAULT_CHAIN, /* anything else about it */
	/* signature: time */
	FAULT_SIGNER_EXPIRED, /* expired now, but not at signing */
	FAULT_CA_EXPIRED,     /* the same of a CA above it */
	FAULT_NO_SIGNING_TIME,
	FAULT_NOT_YET_VALID,
	FAULT_SIGNED_EARLY, /* expired now, and not yet valid at signing */
	FAULT_EXPIRED_AT_SIGNING,
	/* signature: is the signer fit to sign (RFC 8520 s13.2) */
	FAULT_NO_KEY_USAGE,
	FAULT_KEY_USAGE,          /* keyUsage lacks digitalSignature */
	FAULT_SIGNER_CA,          /* a CA's own certificate */
	FAULT_EXTENDED_KEY_USAGE, /* TLS only */
	FAULT_MUDSIGNER,          /* not whom the Thing's certificate names */
	/* signature: making one */
	FAULT_KEY_MISMATCH, /* not the certificate's */
	FAULT_KEY_ENCRYPTED,
	FAULT_KEY_UNREADABLE,
	/* MUD file */
	FAULT_NOT_JSON,
	FAULT_NOT_A_MUD_FILE,
	FAULT_MUD_VERSION,
	FAULT_WRONG_MUD_URL, /* mud-url is not the URL asked for */
	FAULT_DRAFT_FILE,    /* shape of a draft before the RFC */
	FAULT_IP_LITERAL,    /* addresses as numbers: an admin must look */
	FAULT_DROP_NOT_UNDERSTOOD, /* S-9 */
	FAULT_ACL_TYPE,            /* no ACL has a type for what is in it */
	FAULT_ACCEPTS_ALL,         /* an ACE without any condition */
	/* a good file, beside what is known of its MUD URL (S-37) */
	FAULT_SIGNER_CHANGED, /* another signed before (S-31) */
	FAULT_ROLLED_BACK,    /* older than what was in force (S-36) */
	FAULT_SAME_DATE,      /* another file of the same date (S-36) */
	FAULT_FROM_FUTURE,    /* its date has not come (S-36) */
	FAULT_WIDER,          /* opens more of the local network */
	/* the gateway */
	FAULT_SPOOF,
	FAULT_REJECTED, /* an administrator said no */
	FAULT_KERNEL,   /* the kernel refused a batch */
	FAULT_WORKER,   /* the program that held the job died */
	FAULT_BUSY,     /* a budget is used up; tried again later */
	FAULT_RECORD,   /* a record broke its rules */
	FAULT_INTERNAL,
	FAULT_DISTRUSTED, /* an administrator distrusts its signer (S-34) */
	/* a good file that its maker can hardly mean so (lint.h) */
	FAULT_NEVER_MATCHES,
	FAULT_SHADOWED,  /* an earlier ACE decides all that this one would */
	FAULT_ACL_ORDER, /* ACLs of one direction that contradict (M-POL-2) */
	FAULT_TWIN_MISSING, /* the same service, the other direction */
	FAULT_BROAD,        /* opens more than one service needs */
	FAULT_EXTENSION,    /* declared and not used, used and not declared */
	FAULT_UNADVISED,    /* against a SHOULD of the RFC */
	/* a Thing's certificate (RFC 8520 s11) */
	FAULT_DEVICE_UNTRUSTED, /* leads to no device anchor */
	FAULT_DEVICE_TIME,      /* expired, or not yet valid */
	FAULT_DEVICE_UNFIT,     /* anything else about it or its chain */
	FAULT_DEVICE_EXTENSION, /* its MUD extensions are malformed */
	FAULT_DEVICE_NO_URL,    /* it names no MUD URL */
	FAULT_CODES
};

struct fault {
	enum fault_code code;
	char clause[48];  /* "RFC 8520 s13.2 (M-SIG-12)", "S-22", ... */
	char detail[208]; /* printable ASCII, already escaped */
};

/*
 * Fills *why and returns false, so that a refusal is one statement.  Text
 * that does not fit is cut; bytes outside printable ASCII become \xNN, so a
 * detail may quote what came from outside with %s (never longer than needed).
 */
bool fault_set(struct fault *why, enum fault_code code, const char *clause,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* A stable word for a code ("untrusted-signer"), for JSON and logs. */
const char *fault_name(enum fault_code code);

/* The code of such a word; false, and *code untouched, if there is none. */
bool fault_find(const char *name, enum fault_code *code);

/* What the reader of the fault can do next, one sentence; never NULL.  Of
 * approval it speaks only where there is a file that can be approved. */
const char *fault_remedy(enum fault_code code, bool can_approve);

/* True if *why has a known code and its texts end inside their arrays. */
bool fault_is_sound(const struct fault *why);

#endif
