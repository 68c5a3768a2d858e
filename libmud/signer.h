/*
 * Who signed a MUD file.  A plain value: it travels in records.
 */
#ifndef LIBMUD_SIGNER_H
#define LIBMUD_SIGNER_H

#include <stdint.h>

/* Who signed, as text for people (RFC 2253 form, printable ASCII). */
struct signer {
	char subject[256];
	char issuer[256];
	uint8_t spki[32];  /* SHA-256 of the signer's public key */
	int64_t not_after; /* seconds since 1970 */
};

#endif
