/*
 * Who signed a MUD file.  A plain value: it travels in records.
 */
#ifndef LIBMUD_SIGNER_H
#define LIBMUD_SIGNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Who signed: texts for people (RFC 2253 form, printable ASCII), and hashes to
 * compare.  S-31: the same signer is the same identity under the same anchor;
 * its key may change.
 */
struct signer {
	char subject[256];
	char issuer[256];
	uint8_t spki[32];     /* SHA-256 of the signer's public key */
	uint8_t identity[32]; /* SHA-256 of its subject and names, as DER */
	uint8_t anchor[32];   /* SHA-256 of the anchor's public key; all 0
	                       * while the chain has not been found good */
	int64_t not_after;    /* seconds since 1970 */
};

/* Does the text end, in printable ASCII? */
bool signer_text_is_sound(const char *text, size_t size);

/* Do its texts end, in printable ASCII? */
bool signer_is_sound(const struct signer *signer);

#endif
