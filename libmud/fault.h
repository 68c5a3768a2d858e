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
	/* signature (RFC 8520 s13) */
	FAULT_UNSIGNED,         /* the file names no mud-signature */
	FAULT_SIGNATURE_URL,    /* on another host, or not https */
	FAULT_SIGNATURE_FORM,   /* not one detached DER CMS SignedData */
	FAULT_SIGNATURE_WEAK,   /* digest or key below the floor */
	FAULT_SIGNATURE_BROKEN, /* does not match the bytes of the file */
	FAULT_SIGNED_AS_TEXT,   /* would match after CRLF translation */
	FAULT_UNTRUSTED,        /* the chain ends at no trust anchor */
	FAULT_SIGNER_EXPIRED,   /* expired now, but not at signing */
	FAULT_EXPIRED_AT_SIGNING,
	FAULT_KEY_USAGE,    /* keyUsage lacks digitalSignature */
	FAULT_SIGNER_UNFIT, /* CA, self-signed, TLS-only certificate */
	/* MUD file */
	FAULT_NOT_JSON,
	FAULT_NOT_A_MUD_FILE,
	FAULT_MUD_VERSION,
	FAULT_WRONG_MUD_URL, /* mud-url is not the URL asked for */
	FAULT_DRAFT_FILE,    /* shape of a draft before the RFC */
	FAULT_IP_LITERAL,    /* addresses as numbers: an admin must look */
	FAULT_DROP_NOT_UNDERSTOOD, /* S-9 */
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

/* What the reader of the fault can do next, one sentence; never NULL. */
const char *fault_remedy(enum fault_code code);

/* True if *why has a known code and its texts end inside their arrays. */
bool fault_is_sound(const struct fault *why);

#endif
