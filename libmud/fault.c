/*
 * Faults: why an input was refused, as a value.  Every program makes and
 * carries them; what a fault quotes may be hostile, so it is escaped here,
 * once, and needs no care afterwards (S-13, S-70).
 */
#include "libmud/fault.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "libmud/faultwords.h"

/* What is not here is about a signature, or unknown. */
/* clang-format off */
static const struct fault_words codes[FAULT_CODES] = {
	[FAULT_NONE] = { "none",
	    "Nothing needs to be done.", NULL },
	[FAULT_MALFORMED] = { "malformed",
	    "Ask the maker to follow the grammar of the clause named here.",
	    NULL },
	[FAULT_TOO_LONG] = { "too-long",
	    "Ask the maker for a shorter one; this limit cannot be raised.",
	    NULL },
	[FAULT_TOO_MANY] = { "too-many",
	    "Ask the maker for a smaller file; this limit cannot be raised.",
	    NULL },
	[FAULT_UNSUPPORTED] = { "unsupported",
	    "Ask the maker to say it with RFC 8520 and RFC 8519 alone.", NULL },
	[FAULT_NOT_HTTPS] = { "not-https",
	    "Ask the maker to announce an https URL, or give the device one "
	    "with `mudctl device assign DEV URL`.", NULL },
	[FAULT_URL_FORBIDDEN] = { "url-forbidden",
	    "Use an https URL with a full host name and without userinfo or "
	    "fragment; other ports than 443 need fetch.allow-ports.", NULL },
	[FAULT_URL_CONFLICT] = { "url-conflict",
	    "Say which MUD URL holds with `mudctl device assign DEV URL`.",
	    NULL },
	[FAULT_RESOLVE] = { "resolve",
	    "Check that the gateway can look the name up; it will be tried "
	    "again.", NULL },
	[FAULT_ADDRESS_REFUSED] = { "address-refused",
	    "If the server is meant to stand in that network, add the network "
	    "to fetch.allow-prefixes in mudd.conf; the gateway itself never "
	    "serves MUD files.", NULL },
	[FAULT_CONNECT] = { "connect",
	    "Check that the gateway reaches the server; it will be tried "
	    "again.", NULL },
	[FAULT_TLS] = { "tls",
	    "Check the clock and the server's certificate; a private CA "
	    "belongs into fetch.ca-file in mudd.conf.", NULL },
	[FAULT_HTTP] = { "http",
	    "Ask the maker to serve the file at that URL (HTTP status 200); "
	    "it will be tried again.", NULL },
	[FAULT_REDIRECT] = { "redirect",
	    "Ask the maker to serve the file where the URL says, or give the "
	    "device the new URL with `mudctl device assign DEV URL`.", NULL },
	[FAULT_TIMEOUT] = { "timeout",
	    "Check the line and the server; it will be tried again, and "
	    "fetch.timeout sets the limit.", NULL },
	[FAULT_TOO_LARGE] = { "too-large",
	    "Ask the maker for a smaller file; fetch.max-size sets the "
	    "limit.", NULL },
	[FAULT_MEDIA_TYPE] = { "media-type",
	    OR_APPROVE("Ask the maker to serve the file with its media type") },
	[FAULT_NOT_JSON] = { "not-json",
	    "Ask the maker to serve the MUD file itself, JSON as RFC 7951 says "
	    "(`mudctl validate FILE`); it will be tried again.", NULL },
	[FAULT_NOT_A_MUD_FILE] = { "not-a-mud-file",
	    "Ask the maker for an RFC 8520 MUD file (`mudctl validate FILE` "
	    "shows what is missing); it will be tried again.", NULL },
	[FAULT_MUD_VERSION] = { "mud-version",
	    "Ask the maker for a file with mud-version 1.", NULL },
	[FAULT_WRONG_MUD_URL] = { "wrong-mud-url",
	    OR_APPROVE("Ask the maker to make mud-url the URL that the "
	        "file is served at") },
	[FAULT_DRAFT_FILE] = { "draft-file",
	    OR_APPROVE("Ask the maker for a file in RFC 8520's shape, or "
	        "set accept-draft-files") },
	[FAULT_IP_LITERAL] = { "ip-literal",
	    OR_APPROVE("Ask the maker for names or classes instead of "
	        "addresses, which may mean something else in this network") },
	[FAULT_DROP_NOT_UNDERSTOOD] = { "drop-not-understood",
	    OR_APPROVE("Ask the maker to say what is denied with RFC 8520 "
	        "and RFC 8519 alone") },
	[FAULT_ACL_TYPE] = { "acl-type",
	    "Ask the maker to give each ACL its type.", NULL },
	[FAULT_ACCEPTS_ALL] = { "accepts-all",
	    OR_APPROVE("Ask the maker to say whom the device needs to "
	        "reach, and how") },
	[FAULT_SIGNER_CHANGED] = { "signer-changed",
	    OR_APPROVE("Ask the maker whether another signs its files now") },
	[FAULT_ROLLED_BACK] = { "rolled-back",
	    OR_APPROVE("Somebody may be serving an old file: ask the maker "
	        "whether it went back") },
	[FAULT_SAME_DATE] = { "same-date",
	    OR_APPROVE("Ask the maker which of the two files holds, and to "
	        "date each anew") },
	[FAULT_FROM_FUTURE] = { "from-the-future",
	    OR_APPROVE("Check the gateway's clock; if it is right, ask the "
	        "maker to date the file by its own") },
	[FAULT_WIDER] = { "wider",
	    OR_APPROVE("Look at what it opens, with `mudctl pending show "
	        "ID`") },
	[FAULT_SPOOF] = { "spoof",
	    "Find out which port sent it: someone speaks in another's name.",
	    NULL },
	[FAULT_REJECTED] = { "rejected",
	    "An administrator said no; `mudctl policy refresh URL` asks for "
	    "the file anew.", NULL },
	[FAULT_KERNEL] = { "kernel",
	    "Run `mudctl health` and look into the system's log: the kernel "
	    "lacks something or another program interferes.", NULL },
	[FAULT_WORKER] = { "worker",
	    "It will be tried again; if it comes back, report it with the "
	    "MUD file.", NULL },
	[FAULT_BUSY] = { "busy",
	    "It will be tried again by itself.", NULL },
	[FAULT_RECORD] = { "record",
	    "Report it, with the log: a program of mudd broke its own "
	    "rules.", NULL },
	[FAULT_INTERNAL] = { "internal",
	    "Report it, with the log; `mudctl health` may say more.", NULL },
	[FAULT_DISTRUSTED] = { "distrusted-signer",
	    OR_APPROVE("If the signer is to be trusted again run `mudctl "
	        "trust restore SIGNER`") },
	[FAULT_NEVER_MATCHES] = { "never-matches",
	    "Ask the maker what the entry was meant to match.", NULL },
	[FAULT_SHADOWED] = { "shadowed",
	    "Ask the maker which of the two entries is meant.", NULL },
	[FAULT_ACL_ORDER] = { "acl-order",
	    "Ask the maker for one ACL a direction and family.", NULL },
	[FAULT_TWIN_MISSING] = { "twin-missing",
	    "Nothing: replies pass by themselves here.", NULL },
	[FAULT_BROAD] = { "over-broad",
	    "Ask the maker which hosts and services the device needs.", NULL },
	[FAULT_EXTENSION] = { "extension",
	    "Ask the maker to name in extensions what the file uses.", NULL },
	[FAULT_UNADVISED] = { "unadvised",
	    "Ask the maker to follow the clause named here.", NULL },
	[FAULT_DEVICE_UNTRUSTED] = { "device-untrusted",
	    "Put the CA that issues this maker's device certificates into "
	    "device-anchors (/etc/mudd/device-anchors.d) as PEM, with the CAs "
	    "between that the device does not send, and restart mudd.", NULL },
	[FAULT_DEVICE_TIME] = { "device-certificate-time",
	    "Check the gateway's clock; if it is right, give the device a new "
	    "certificate.", NULL },
	[FAULT_DEVICE_UNFIT] = { "device-certificate",
	    "Ask the maker for a device certificate as IEEE 802.1AR says; "
	    "until then `mudctl device assign DEV URL` gives the MUD URL.",
	    NULL },
	[FAULT_DEVICE_EXTENSION] = { "device-extension",
	    "Ask the maker to follow RFC 8520 s11; until then `mudctl device "
	    "assign DEV URL` gives the MUD URL.", NULL },
	[FAULT_DEVICE_NO_URL] = { "device-no-url",
	    "The device keeps the MUD URL that it has; `mudctl device assign "
	    "DEV URL` gives it one.", NULL },
};
/* clang-format on */

static bool
is_printable(uint8_t byte)
{
	return byte >= 0x20 && byte < 0x7f;
}

/* Copies text into to[size], escaped, and cut where the next would not fit. */
static void
escape(char *to, size_t size, const char *text)
{
	size_t at = 0;

	for (; *text != '\0'; text++) {
		uint8_t byte = (uint8_t)*text;
		bool plain = is_printable(byte) && byte != '\\';
		size_t width = plain ? 1 : byte == '\\' ? 2 : 4;

		if (at + width >= size)
			break;
		if (plain)
			to[at] = *text;
		else if (byte == '\\')
			memset(to + at, '\\', 2);
		else
			(void)snprintf(to + at, width + 1, "\\x%02x", byte);
		at += width;
	}
	memset(to + at, 0, size - at);
}

bool
fault_set(struct fault *why, enum fault_code code, const char *clause,
    const char *fmt, ...)
{
	/* Made aside: the arguments may point into *why. */
	struct fault made = { .code = code };
	char text[4 * sizeof(made.detail)];
	va_list args;

	va_start(args, fmt);
	if (vsnprintf(text, sizeof(text), fmt, args) < 0)
		text[0] = '\0';
	va_end(args);
	escape(made.clause, sizeof(made.clause), clause);
	escape(made.detail, sizeof(made.detail), text);
	*why = made;
	return false;
}

static bool
is_known(enum fault_code code)
{
	return (unsigned int)code < FAULT_CODES;
}

static const struct fault_words *
find_words(enum fault_code code)
{
	static const struct fault_words unknown = { .name = "unknown" };

	if (!is_known(code))
		return &unknown;
	return codes[code].name != NULL ? &codes[code]
	                                : faultwords_of_signature(code);
}

const char *
fault_name(enum fault_code code)
{
	return find_words(code)->name;
}

bool
fault_find(const char *name, enum fault_code *code)
{
	for (int i = 0; i < FAULT_CODES; i++)
		if (strcmp(fault_name((enum fault_code)i), name) == 0) {
			*code = (enum fault_code)i;
			return true;
		}
	return false;
}

const char *
fault_remedy(enum fault_code code, bool can_approve)
{
	const struct fault_words *found = find_words(code);

	if (found->remedy == NULL)
		return codes[FAULT_INTERNAL].remedy;
	return can_approve || found->otherwise == NULL ? found->remedy
	                                               : found->otherwise;
}

static bool
text_is_sound(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	for (size_t i = 0; i < len; i++)
		if (!is_printable((uint8_t)text[i]))
			return false;
	return len < size;
}

bool
fault_is_sound(const struct fault *why)
{
	return is_known(why->code) &&
	       text_is_sound(why->clause, sizeof(why->clause)) &&
	       text_is_sound(why->detail, sizeof(why->detail));
}
